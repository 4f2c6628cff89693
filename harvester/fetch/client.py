"""The guarded HTTP client: what reads a foreign address, politely and within limits.

::

    fetch ──▶ page ──▶ hop ──▶ robots.txt ──▶ turn at the host ──▶ guarded request
              (pages)  (hops)                 (gate)               (guard)

One deadline, one size limit and one guard hold for all of it. ``hops`` and what it uses
open connections; nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Self

from harvester.fetch.answers import conditions, content_of, validators_of
from harvester.fetch.errors import FetchError, too_large
from harvester.fetch.flight import Flights
from harvester.fetch.freshness import fresh_until
from harvester.fetch.gate import Manners
from harvester.fetch.hops import Ask, Hops, Permit
from harvester.fetch.pages import next_page
from harvester.fetch.refusals import endless, moved, stopped
from harvester.fetch.robots import NAME, Obedience, Verdict
from harvester.fetch.robots_files import RobotsBook
from harvester.fetch.route import LONGEST, Route, Step, Travelled
from harvester.fetch.values import Answer, Fetched, Limits, Validators, hash_of, is_whole
from harvester.records import Content, Issue
from mappings import Paging


def user_agent(version: str, base: str, contact: str) -> str:
    """Who we are, in the characters that a header may hold.

    ``EnBauges/<version> (+<base>moissonneur; <contact>)``: the address is that of a page of this
    node that says what its harvester does and how to refuse it.
    """
    said = f"{NAME}/{version} (+{base}moissonneur; {contact})"
    return said.encode("ascii", "ignore").decode()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Telling:
    """What is told of an answer as it comes."""

    notices: dict[str, Issue] = field(default_factory=dict, kw_only=True)

    def tell(self, issue: Issue | None) -> None:
        """Keep an issue, once."""
        if issue is not None:
            self.notices.setdefault(f"{issue.code} {issue.message}", issue)


@dataclass(slots=True)
class _Reading(_Telling):
    """The pages of one source as they come, and what is told of them."""

    url: str
    validators: Validators | None
    paging: Sequence[Paging]
    most: int
    pages: list[Answer] = field(default_factory=list)

    @property
    def is_single(self) -> bool:
        """Whether the page that was read says itself that it is the only one."""
        counted = any(way.counted for way in self.paging)
        return len(self.pages) == 1 and not counted and is_whole(self.notices.values())


@dataclass(slots=True)
class _Journey(_Telling):
    """A route under way: the bytes that are left to it, the seconds it spent, what is told."""

    url: str
    left: int
    allow_private: bool
    robots: Obedience
    spent: float = 0.0


class Client:
    """Reads addresses; a context manager.

    Connections are kept and used again per host, cookies are not. Threads may share one, and
    then share its manners: one request in flight to a host. ``robots`` holds what was read of
    robots.txt files, origin → text; give it one that outlives the process to spare requests.
    """

    def __init__(
        self,
        user_agent: str,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        clock: Callable[[], datetime] = _now,
        *,
        manners: Manners = Manners(),  # noqa: B008  # frozen
        robots: MutableMapping[str, str] | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._flights = Flights()
        self._hops = Hops(user_agent, limits, manners, clock)
        self._robots = RobotsBook(self._hops, {} if robots is None else robots, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End what is still under way, and close the connections that were kept."""
        self.abort()
        self._hops.close()

    def abort(self) -> None:
        """End all fetches at once, those under way and those to come.

        They raise a ``FetchError`` with the code ``stopped``, which says nothing about their
        source. Any thread may call this, and a signal handler.
        """
        self._flights.stop()
        self._hops.turn_away()

    def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        allow_private: bool = False,
        robots: Obedience = "named",
        paging: Sequence[Paging] = (),
        pages: int = 1,
    ) -> Fetched:
        """What ``url`` holds now, or that it has not changed.

        A source of several pages is unchanged when all of them are: only the hash over all
        pages can tell, since the first page of a list may stay the same for ever. So an ETag or
        a date is kept only of a source that came in one page, and whose page says itself that
        it is the only one; the others are read in full each time.

        Args:
            url: an http or https address.
            validators: those of the last good answer; None asks for the content in any case.
            allow_private: whether this very host and port may be in a private network.
            robots: whose rules of the site's robots.txt bind.
            paging: the ways in which the source may go on, besides the Link header.
            pages: how many pages are read at most.

        Raises:
            FetchError: when the address cannot be read, or must not be.
        """
        with self._flights.under_way(self._limits.total):
            if self._flights.stopped:
                raise stopped(url)
            self._hops.place(url)
            reading = _Reading(url, validators, paging, pages)
            ask = Ask(
                headers=conditions(validators),
                allow_private=allow_private,
                most=self._limits.max_bytes,
                permit=self._permit(robots, reading),
                may_be_unchanged=validators is not None and validators.conditional,
            )
            return self._read(reading, ask)

    def travel(
        self,
        url: str,
        route: Route,
        *,
        validators: Validators | None = None,
        allow_private: bool = False,
        robots: Obedience = "named",
    ) -> Fetched:
        """What ``route`` brings back, or that it is what it was the last time.

        Each step is a fetch of its own, with the time that one has; the bytes of all of them count
        together. After ``LONGEST`` seconds every further step fails with the code ``endless``.

        Args:
            url: the registered address; ``allow_private`` opens its host and port only.
            route: what to ask, step by step.
            validators: those of the last good answer; None asks for the content in any case.
            allow_private: whether that host and port may be in a private network.
            robots: whose rules of a site's robots.txt bind.

        Raises:
            FetchError: when the route does not get over one.
        """
        journey = _Journey(url, self._limits.max_bytes, allow_private, robots)
        try:
            step = next(route)
            while True:
                step = route.send(self._taken(step, journey))
        except StopIteration as end:
            travelled: Travelled = end.value
        finally:
            route.close()
        bodies = [content.body for content in travelled.contents]
        told = [f"{one.code} {one.where}".encode() for one in travelled.notices]
        digest = hash_of([*bodies, *told])  # other pages that failed are another answer
        unchanged = validators is not None and validators.content_hash == digest
        return Fetched(
            url=url,
            at=self._clock(),
            status=HTTPStatus.OK,
            contents=None if unchanged else travelled.contents,
            validators=Validators(content_hash=digest),
            notices=(*journey.notices.values(), *travelled.notices),
        )

    def _taken(self, step: Step, journey: _Journey) -> Answer | FetchError:
        """What came of one step; only that we were stopped is raised at once."""
        if journey.spent > LONGEST:
            return endless(journey.url, LONGEST)
        with self._flights.under_way(self._limits.total) as flight:
            if self._flights.stopped:
                raise stopped(step.url)
            try:
                private = journey.allow_private and self._hops.is_same(journey.url, step.url)
                headers = {**conditions(None), **step.headers}
                ask = Ask(
                    headers,
                    private,
                    journey.left,
                    self._permit(journey.robots, journey),
                    may_be_unchanged="If-Modified-Since" in headers,
                    body=step.body,
                )
                answer = self._hops.get(step.url, ask)
            except FetchError as error:
                if error.code == "stopped":
                    raise
                return error
            finally:
                journey.spent += flight.spent
        journey.left -= len(answer.body)
        return answer

    def post(self, url: str, body: bytes, media_type: str = "application/json") -> None:
        """Send ``body`` to an address of the operator's own, which may be in a private network.

        Raises:
            FetchError: when it cannot be reached, or does not answer that it took it (2xx).
        """
        with self._flights.under_way(self._limits.total):
            if self._flights.stopped:
                raise stopped(url)
            self._hops.post(url, body, media_type)

    def robots_of(self, url: str, *, allow_private: bool = False) -> Verdict:
        """What the robots.txt of its site says of ``url``, for people to see.

        Raises:
            FetchError: when the site cannot be reached, or must not be.
        """
        with self._flights.under_way(self._limits.total):
            return self._robots.verdict([url], allow_private=allow_private)

    def _permit(self, robots: Obedience, telling: _Telling) -> Permit:
        """Asks the robots.txt of each hop, and tells what it advises."""

        def permit(hops: Sequence[str], private: bool) -> None:  # noqa: FBT001
            telling.tell(self._robots.permit(hops, robots, allow_private=private))

        return permit

    def _read(self, reading: _Reading, ask: Ask) -> Fetched:
        last = reading.validators
        first = self._hops.get(reading.url, ask)
        reading.pages.append(first)
        if last and first.status == HTTPStatus.NOT_MODIFIED:
            seen = validators_of(first.headers, last.content_hash, last)
            return self._fetched(reading, None, seen)
        if reading.most > 1:
            self._follow(reading, ask)
        digest = hash_of([page.body for page in reading.pages])
        seen = Validators(content_hash=digest)
        if reading.is_single:
            seen = validators_of(first.headers, digest)
        contents = None
        if last is None or last.content_hash != digest:
            contents = tuple(map(content_of, reading.pages))
        return self._fetched(reading, contents, seen)

    def _follow(self, reading: _Reading, ask: Ask) -> None:
        """Read the pages after the first, as long as there are any and they may be read."""
        while url := next_page(reading.pages, reading.paging, reading.most):
            if isinstance(url, Issue):
                reading.tell(url)
                return
            size = sum(len(page.body) for page in reading.pages)
            further = replace(
                ask,
                headers=conditions(None),
                allow_private=ask.allow_private and self._hops.is_same(reading.url, url),
                most=self._limits.max_bytes - size,
                may_be_unchanged=False,
            )
            try:
                reading.pages.append(self._hops.get(url, further))
            except FetchError as error:
                error.gone = False  # a page is, the source is not
                if error.code == "too-large":
                    raise too_large(url, self._limits.max_bytes) from error
                raise

    def _fetched(
        self, reading: _Reading, contents: tuple[Content, ...] | None, seen: Validators
    ) -> Fetched:
        first, now = reading.pages[0], self._clock()
        if first.moved:
            reading.tell(moved(reading.url, first.moved))
        return Fetched(
            url=first.url,
            at=now,
            status=first.status,
            contents=contents,
            validators=seen,
            moved=first.moved,
            fresh_until=fresh_until(first.headers, first.body, now),
            notices=tuple(reading.notices.values()),
        )
