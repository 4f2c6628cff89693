"""What was found behind an address, for whoever chooses what to add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from harvester.discovery.choices import Choice, Holds
from harvester.discovery.leads import Rank
from harvester.discovery.search import Refusal
from harvester.telling.wording import labelled
from vocab.messages import Message, say

_REFUSED = 5  # addresses asked in vain that are told
_POINTED_AT = frozenset({Rank.NAMED, Rank.LINKED, Rank.EMBEDDED})

_HOLDS: Mapping[Holds, Message] = MappingProxyType(
    {
        "events": say("events: {count}"),
        "places": say("places and organisations: {count}"),
        "articles": say("articles: {count}"),
        "datasets": say("data sets: {count}"),
        "": say("nothing that can be used"),
    }
)


def choice_lines(number: int, choice: Choice, language: str) -> Iterator[str]:
    """A source that may be added: its kind, what it holds, where it is, why it is here."""
    held = _held(choice).render(language)
    yield f"{number}. {choice.candidate.guess.kind} — {held}"
    yield f"   {choice.candidate.url}"
    why = (choice.candidate.why, choice.candidate.guess.reason, choice.trouble)
    yield from (f"   {each.render(language)}" for each in why if each)
    if licence := choice.proposal.around:
        stated = say(
            "the page around states the licence {licence}: if it holds for these data too, write "
            'licence = "{licence}" into the block',
            licence=licence,
        )
        yield f"   {stated.render(language)}"


def _held(choice: Choice) -> Message:
    if not choice.trouble and not choice.preview.report.records:
        return say("empty at the moment")
    return Message(_HOLDS[choice.holds].text, {"count": choice.count})


def refused_lines(refusals: Sequence[Refusal], language: str) -> Iterator[str]:
    """What the page points to and cannot be used, and why; not what was a mere try."""
    told = [each for each in refusals if each.rank in _POINTED_AT]
    for each in told[:_REFUSED]:
        why = each.why.render(language)
        yield why if each.url in why else labelled(each.url, why, language)
