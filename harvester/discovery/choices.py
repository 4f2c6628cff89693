"""What was found behind an address, looked at as a harvest would, the best first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from harvester.discovery.addresses import meant
from harvester.discovery.proposal import Proposal, proposal
from harvester.discovery.search import (
    Candidate,
    Found,
    NothingFoundError,
    Refusal,
    only,
    search,
)
from harvester.discovery.writing import registered
from harvester.fetch import Client, Fetched, FetchError, Obedience
from harvester.fetch.guard import is_private
from harvester.means import Means
from harvester.records import HarvestError
from harvester.seeing.preview import Preview, preview
from harvester.sources import Config, Source
from harvester.sources.problems import WrongValueError
from harvester.sources.rules import slug
from harvester.telling.wording import what_is_wrong
from mappings import platform, platforms
from vocab import term
from vocab.messages import Message, language_of, say

_MOST = 8
"""Candidates that are looked at: reading one may take seconds."""

_SHOWN = 2  # entries that are shown of each

Holds = Literal["events", "places", "articles", "datasets", ""]
_WORTH: Mapping[Holds, frozenset[str]] = MappingProxyType(
    {
        "events": frozenset({term("schema:Event"), term("schema:EventSeries")}),
        "places": frozenset({term("schema:Place"), term("schema:Organization")}),
        "articles": frozenset({term("schema:Article")}),
        "datasets": frozenset({term("schema:Dataset")}),
    }
)
"""What a source may hold, that which the site is for first."""


_LATER = say("try again later; tell its publisher if it lasts")
_NOT_YET: Mapping[str, Message] = MappingProxyType(
    {
        "timeout": _LATER,
        **{f"http-{status}": _LATER for status in range(500, 600)},
        "robots": say("ask its publisher to let EnBauges in"),
    }
)
"""Failures whose remedy is another one while no source is there to be read again or paused."""


class AddError(HarvestError):
    """A source cannot be added as it was asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an operator asks for: the address as pasted; the rest overrides what is found."""

    pasted: str
    kind: str = ""
    source_id: str = ""
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A source that may be added: where it was found, its block, and what a harvest would say."""

    candidate: Candidate
    proposal: Proposal
    preview: Preview

    @property
    def holds(self) -> Holds:
        """What it holds most worth having: events, places, articles; "" when that is nothing."""
        if not self.preview.report.records:
            return ""
        types = self.preview.types
        return next((name for name, each in _WORTH.items() if not each.isdisjoint(types)), "")

    @property
    def count(self) -> int:
        """How many of these it holds."""
        return sum(self.preview.types.get(each, 0) for each in _WORTH.get(self.holds, ()))

    @property
    def trouble(self) -> Message | None:
        """Why a harvest could use nothing of it; None when it could."""
        if self.preview.outcome != "failed":
            return None
        errors = (each.message for each in self.preview.issues if each.severity == "error")
        return next(errors, self.preview.reason)

    @property
    def worth(self) -> tuple[int, ...]:
        """What puts choices in order, the least first."""
        names = (*_WORTH, "")
        dates = self.preview.dates
        candidate = self.candidate
        return (
            names.index(self.holds),
            not (dates and dates.ahead),
            candidate.guess.kind == "html",
            -1 if candidate.rank is None else candidate.rank,
            -candidate.guess.weight,
            -self.preview.report.records,
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What an operator may choose from, the best first, and what was asked in vain."""

    choices: tuple[Choice, ...]
    refusals: tuple[Refusal, ...]

    def best(self) -> Choice:
        """The one to take where there is nobody to ask.

        Raises:
            AddError: when a harvest could use nothing of it.
        """
        first = self.choices[0]
        if first.trouble:
            raise AddError(first.trouble)
        return first


def choices(
    request: Request, config: Config, means: Means, tell: Callable[[str], None] = lambda _: None
) -> Choices:
    """What may be added for ``request``; nothing is written.

    Args:
        request: the address, and what overrides what is found.
        config: the sources that there are.
        means: from ``harvester.seeing.looking``.
        tell: told each address before it is asked.

    Raises:
        AddError: when its id cannot be one, or its address is registered already.
        HarvestError: when the address cannot be read, or leads to nothing.
        MappingError: when there is no such kind.
    """
    _check_id(request.source_id, config)
    addresses = meant(request.pasted)
    _refuse_known(config, *addresses)
    ask = partial(_asked, means.client, addresses, allow_private=request.allow_private)
    try:
        if request.kind:
            found = only(request.pasted, ask, platform(request.kind), tell)
        else:
            found = search(request.pasted, ask, platforms().values(), tell)
    except FetchError as error:
        if error.code == "forbidden-address" and _is_allowable(error, addresses):
            raise AddError(_to_be_allowed(error)) from error
        if remedy := _NOT_YET.get(error.code):
            what = what_is_wrong(error.message.render(language_of()))
            raise AddError(say("{what} — {remedy}", what=what, remedy=remedy)) from error
        raise
    return _weighed(request, found, config, means)


def _is_allowable(error: FetchError, given: Sequence[str]) -> bool:
    """Whether an operator may allow what was refused: a server of their own, not a redirect."""
    values = error.message.values
    return values["url"] in given and is_private(ip_address(str(values["address"])))


def _to_be_allowed(error: FetchError) -> Message:
    return say(
        "{url} leads to {address}, in a private network — write --allow-private if the server is "
        "yours",
        **error.message.values,
    )


def _asked(
    client: Client, given: Sequence[str], url: str, robots: Obedience, *, allow_private: bool
) -> Fetched:
    """Read ``url``; only the server that was given may be in a private network."""
    ours = urlsplit(url).netloc in {urlsplit(each).netloc for each in given}
    return client.fetch(url, allow_private=allow_private and ours, robots=robots)


def _weighed(request: Request, found: Found, config: Config, means: Means) -> Choices:
    refusals = list(found.refusals)
    looked: list[Choice] = []
    for candidate in found.candidates[:_MOST]:
        known = registered(config, candidate.url, candidate.fetched.url)
        if known is not None:
            refusals.append(Refusal(candidate.url, _known(candidate.url, known), candidate.rank))
            continue
        try:
            looked.append(_choice(request, candidate, config, means))
        except ValidationError:
            why = say("this address cannot stand in a sources file — copy it from a browser")
            refusals.append(Refusal(candidate.url, why))
    if not looked:
        raise NothingFoundError(refusals[-1].why)
    return Choices(tuple(sorted(looked, key=lambda each: each.worth)), tuple(refusals))


def _choice(request: Request, candidate: Candidate, config: Config, means: Means) -> Choice:
    proposed = proposal(
        candidate,
        {each.id for each in config.sources},
        source_id=request.source_id,
        territory=config.site.territory,
        allow_private=request.allow_private,
    )
    source = Source.model_validate(dict(proposed.fields))
    return Choice(candidate, proposed, preview(source, means, _SHOWN, answer=candidate.answer))


def _check_id(source_id: str, config: Config) -> None:
    if not source_id:
        return
    try:
        slug(source_id)
    except WrongValueError as error:
        raise AddError(
            say(
                "“{id}” cannot be an id — use only a-z, 0-9 and single hyphens between them, like "
                "agenda-lescheraines",
                id=source_id,
            )
        ) from error
    if any(each.id == source_id for each in config.sources):
        raise AddError(
            say("there is a source “{id}” already — give another one with --id", id=source_id)
        )


def _refuse_known(config: Config, *addresses: str) -> None:
    if known := registered(config, *addresses):
        raise AddError(_known(known.url, known))


def _known(url: str, source: Source) -> Message:
    return say(
        "{url} is registered already, as “{id}” — to see what it gives: enbauges source preview "
        "{id}",
        url=url,
        id=source.id,
    )
