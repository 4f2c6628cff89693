"""``/sources``: who says it, how each source does, and what is wrong with it since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.standing import PastRun, SourceState
from vocab.messages import Message, say
from web.answers import json_answer
from web.front import Front
from web.library import Shelf
from web.sources import Source
from web.standing import Standings

_DRAWN = 30
_WIDTH, _HEIGHT, _GAP = 6, 28, 2  # of a bar of the chart, in pixels
_SHORTEST = 2

OUTCOMES = MappingProxyType(
    {
        "committed": say("up to date"),
        "unchanged": say("up to date"),
        "held": say("waiting for a decision"),
        "failed": say("cannot be read"),
        "": say("not read yet"),
    }
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A run as a bar of the chart, in pixels; its outcome and what to say of it."""

    x: int
    y: int
    height: int
    run: PastRun


@dataclass(frozen=True, slots=True)
class Told:
    """A source, its state when it is known, and the chart of its last runs."""

    source: Source
    state: SourceState | None
    bars: tuple[Bar, ...]

    @property
    def outcome(self) -> Message:
        """How it does, in words."""
        return OUTCOMES.get(self.state.outcome if self.state else "", OUTCOMES[""])

    @property
    def ill(self) -> bool:
        """Whether somebody has to look at it."""
        failing = self.state is not None and self.state.outcome in ("failed", "held")
        return failing and not self.source.retired


class SourcePages:
    """Answers at the addresses of the sources."""

    def __init__(self, front: Front, standings: Standings) -> None:
        self._front = front
        self._standings = standings

    def routes(self) -> Iterator[Route]:
        """The list, and the same for programs; a source's own page is at its IRI."""
        yield self._front.route("/sources", self.page)
        yield self._front.route("/sources.json", self.data)

    def page(self, request: Request, shelf: Shelf) -> Response:
        """All sources, the ill ones first."""
        told = [self._told(source) for source in self._all(shelf)]
        told.sort(key=lambda each: (not each.ill, each.source.title.casefold()))
        return self._front.page(
            request, shelf, "sources.html", told=told, ill=sum(each.ill for each in told)
        )

    def one(
        self, request: Request, shelf: Shelf, id_: str, formats: Sequence[tuple[str, str]]
    ) -> Response:
        """The page of one source."""
        told = self._told(next(each for each in self._all(shelf) if each.id == id_))
        issues = self._standings.issues(id_)
        return self._front.page(
            request, shelf, "source.html", told=told, issues=issues, formats=formats
        )

    def data(self, request: Request, shelf: Shelf) -> Response:
        """``/sources.json``."""
        found = [self._plain(self._told(source), shelf) for source in self._all(shelf)]
        return json_answer(request, {"sources": found})

    def knows(self, shelf: Shelf, id_: str) -> bool:
        """Whether there is a source of that id, be it one that could never be read."""
        return any(each.id == id_ for each in self._all(shelf))

    def _all(self, shelf: Shelf) -> list[Source]:
        """The sources that something is published of, and those that were only tried."""
        states = self._standings.all()
        tried = sorted(states.keys() - shelf.sources.keys())
        unread = (Source(id_, states[id_].title or id_, known=False) for id_ in tried)
        return [*shelf.sources.values(), *unread]

    def _told(self, source: Source) -> Told:
        state = self._standings.all().get(source.id)
        return Told(source, state, bars(self._standings.runs(source.id)))

    def _plain(self, told: Told, shelf: Shelf) -> dict[str, Any]:
        state = told.state
        return {
            "id": shelf.iris.source(told.source.id),
            "title": told.source.title,
            "publisher": told.source.publisher,
            "address": told.source.address,
            "licence": told.source.licence_address,
            "agreed": told.source.agreed,
            "records": told.source.records,
            "retiredSince": _stamp(told.source.retired),
            "changed": _stamp(told.source.changed),
            "outcome": state.outcome if state else None,
            "read": _stamp(state.checked_at if state else None),
            "readWell": _stamp(state.good_at if state else None),
            "brokenSince": _stamp(state.broken_since if state else None),
            "reason": str(state.reason) if state and state.reason else None,
        }


def bars(runs: Sequence[PastRun]) -> tuple[Bar, ...]:
    """The last runs as bars as high as what each read; one that read nothing is a stub."""
    drawn = runs[-_DRAWN:]
    most = max((run.records for run in drawn), default=0) or 1
    heights = (max(_SHORTEST, round(run.records / most * _HEIGHT)) for run in drawn)
    return tuple(
        Bar(place * (_WIDTH + _GAP), _HEIGHT - height, height, run)
        for place, (height, run) in enumerate(zip(heights, drawn, strict=True))
    )


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
