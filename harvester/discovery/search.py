"""Asking an address, and those that it leads to, until there is something to choose from.

The address that was given is asked as a subscription would be; all others obey every rule of
their site's robots.txt (design, rule 13). At most ``MOST`` requests are made, one at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from harvester.discovery.addresses import meant, same
from harvester.discovery.detection import Detection, Guess, detect
from harvester.discovery.forms import HEAD, shape_of
from harvester.discovery.leads import Lead, Rank, leads_of
from harvester.discovery.marks import marks_of
from harvester.discovery.pages import WebPage, page_of
from harvester.fetch import Fetched, FetchError, Obedience
from harvester.readers.text import decode
from harvester.records import Content, HarvestError
from mappings import Platform
from vocab.messages import Message, say

MOST = 16
"""Requests in all; each is a second or more, out of manners."""

_MOST_PAGES = 3  # pages of a site that are looked at after its first
_NEWS = frozenset({"feed", "wordpress"})
"""Kinds that a site has beside an agenda, which may be on another of its pages."""

_ASKED = frozenset({"sparql"})
"""Kinds whose address says nothing without a question."""

_UNSURE = frozenset({"unreachable", "refused", "timeout", "tls", "dns", "broken"})
"""Failures after which the same address with http instead of https is worth a try."""

_Led = tuple[Lead, WebPage]
"""What led to an address, and the page where it stands."""

Ask = Callable[[str, Obedience], Fetched]


class NothingFoundError(HarvestError):
    """An address leads to nothing that can be harvested."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source that was found: its address, what it answered, its kind, and why it is here.

    ``why`` is None for the address that was given. ``page`` is itself as a page, else the page
    that led to it, which ``leader`` always is.
    """

    url: str
    fetched: Fetched
    guess: Guess
    rank: Rank | None = None
    why: Message | None = None
    page: WebPage | None = None
    leader: WebPage | None = None

    @property
    def content(self) -> Content:
        """The first page of what it answered."""
        assert self.fetched.contents  # noqa: S101  # it was asked without validators
        return self.fetched.contents[0]

    @property
    def answer(self) -> Fetched | None:
        """What a harvest would have got; None of a kind that is asked in a way of its own."""
        return None if self.guess.kind in _ASKED else self.fetched


@dataclass(frozen=True, slots=True)
class Refusal:
    """An address that was asked and gave nothing, and why.

    ``rank`` is that of the lead to it; None for the address that was given.
    """

    url: str
    why: Message
    rank: Rank | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came of an address: the sources behind it, and what was asked in vain."""

    candidates: tuple[Candidate, ...]
    refusals: tuple[Refusal, ...]


@dataclass(slots=True)
class _Search:
    ask: Ask
    kinds: Sequence[Platform]
    tell: Callable[[str], None]
    said: Guess | None = None
    candidates: list[Candidate] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    waiting: deque[tuple[Lead, WebPage]] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    asked: int = 0
    pages: int = 0

    def first(self, addresses: Sequence[str]) -> None:
        """Ask the first of ``addresses`` that answers, and take what it is.

        Raises:
            FetchError: when none answers.
        """
        for url in addresses:
            try:
                fetched = self._fetch(url, "named")
            except FetchError as error:
                if error.code in _UNSURE and url != addresses[-1]:
                    continue
                raise
            self._take(url, fetched)
            return

    def follow(self) -> None:
        """Ask what was led to, the surest first, as long as there is something to ask."""
        while self.waiting and self.asked < MOST:
            lead, page = self.waiting.popleft()
            if lead.rank is Rank.AGENDA and (
                self.pages >= _MOST_PAGES or self._has_more_than_news()
            ):
                continue
            self.pages += lead.rank is Rank.AGENDA
            try:
                fetched = self._fetch(lead.url, "strict")
            except FetchError as error:
                self.refusals.append(Refusal(lead.url, _refused(lead.url, error), lead.rank))
            else:
                self._take(lead.url, fetched, (lead, page))

    def _fetch(self, url: str, obedience: Obedience) -> Fetched:
        self.asked += 1
        self.seen.add(same(url))
        self.tell(url)
        return self.ask(url, obedience)

    def _take(self, url: str, fetched: Fetched, led: _Led | None = None) -> None:
        lead = led[0] if led else None
        if self.said:
            self.candidates.append(Candidate(fetched.moved or url, fetched, self.said))
            return
        content = (fetched.contents or (Content(b""),))[0]
        detection = detect(content, self.kinds)
        read = page_of(_text(content), fetched.url) if detection.form == "html" else None
        if detection.guesses and not self._is_there(content):
            self._keep(url, fetched, detection, led, read)
        if read is not None and (lead is None or lead.rank is Rank.AGENDA):
            self._queue(read, deeper=lead is None)
        if not detection.guesses and detection.why:
            self.refusals.append(Refusal(url, detection.why, lead.rank if lead else None))

    def _keep(
        self,
        url: str,
        fetched: Fetched,
        detection: Detection,
        led: _Led | None,
        read: WebPage | None,
    ) -> None:
        lead, page = led or (None, None)
        if detection.form == "html" and (rule := _kept_away(fetched)):
            self.refusals.append(Refusal(url, rule, lead.rank if lead else None))
            return
        rank, why = (lead.rank, lead.why) if lead else (None, None)
        self.candidates.append(
            Candidate(
                fetched.moved or url, fetched, detection.guesses[0], rank, why, read or page, page
            )
        )

    def _has_more_than_news(self) -> bool:
        return any(
            each.guess.kind not in _NEWS
            and not (each.guess.kind == "html" and not _has_events(each.content))
            for each in self.candidates
        )

    def _is_there(self, content: Content) -> bool:
        """Whether another address gave the very same bytes."""
        return any(each.content.body == content.body for each in self.candidates)

    def _queue(self, page: WebPage, *, deeper: bool) -> None:
        for lead in leads_of(page, self.kinds):
            if same(lead.url) not in self.seen and (deeper or lead.rank is not Rank.AGENDA):
                self.seen.add(same(lead.url))
                self.waiting.append((lead, page))
        self.waiting = deque(sorted(self.waiting, key=lambda each: each[0].rank))


def _has_events(content: Content) -> bool:
    """Whether a page says of what happens; many first pages only say whose they are."""
    return "event" in marks_of(shape_of(content), content).get("kind", ())


def _told_to_nobody(_: str) -> None:
    """Tell nobody."""


def search(
    pasted: str,
    ask: Ask,
    kinds: Iterable[Platform],
    tell: Callable[[str], None] = _told_to_nobody,
) -> Found:
    """The sources behind an address that someone pasted.

    Args:
        pasted: an address, or nearly one.
        ask: reads an address, obeying its robots.txt as far as it is told.
        kinds: the platforms that a source may be of.
        tell: told each address before it is asked.

    Raises:
        AddressError: when it is no address.
        FetchError: when the address itself cannot be read.
        NothingFoundError: when nothing behind it can be harvested.
    """
    found = _Search(ask, tuple(kinds), tell)
    found.first(_led_in(meant(pasted), found.kinds))
    found.follow()
    if not found.candidates:
        raise NothingFoundError(_nothing(found))
    return Found(tuple(found.candidates), tuple(found.refusals))


def only(pasted: str, ask: Ask, kind: Platform, tell: Callable[[str], None]) -> Found:
    """The address itself, as the kind that the operator says it is; nothing else is asked.

    Raises:
        AddressError: when it is no address.
        FetchError: when it cannot be read.
    """
    told = Guess(kind.name, say("you say so"), 0)
    found = _Search(ask, (kind,), tell, said=told)
    found.first(meant(pasted))
    return Found(tuple(found.candidates), ())


def _led_in(addresses: tuple[str, ...], kinds: Sequence[Platform]) -> tuple[str, ...]:
    """The data behind an address that names them itself, as one of an embedded calendar does."""
    leads = leads_of(WebPage(addresses[0]), kinds)
    named = tuple(lead.url for lead in leads if lead.rank is Rank.EMBEDDED)
    return (*named[:1], *addresses) if named else addresses


def _refused(url: str, error: FetchError) -> Message:
    """Why an address that a page led to was not read."""
    if error.code != "robots":
        return error.message
    return say(
        "{url} is closed to robots that look around — if its publisher agrees to a subscription, "
        "give this very address to: enbauges source add",
        url=url,
    )


def _kept_away(fetched: Fetched) -> Message | None:
    """Why a page is not to be harvested: robots.txt binds whole what was made for people."""
    told = (each.message for each in fetched.notices if each.code == "robots-advice")
    advice = next(told, None)
    if advice is None:
        return None
    return say(
        "line {line} of {robots} asks robots to keep away from this page — ask its publisher for "
        "a calendar or a feed",
        line=advice.values.get("line"),
        robots=advice.values.get("robots"),
    )


def _nothing(found: _Search) -> Message:
    """Why nothing was found: what the address itself is, and what else was tried."""
    first = found.refusals[0]
    tried = found.asked - 1
    if not tried:
        return first.why
    return say(
        "{url} leads to nothing that can be harvested, and neither do the addresses that were "
        "tried from there: {count} — ask its publisher for the address of a calendar (.ics) or "
        "a feed",
        url=first.url,
        count=tried,
    )


def _text(content: Content) -> str:
    """A page as text; four times as much of it as tells its kind."""
    return decode(content.body[: 4 * HEAD], content.charset)[0]
