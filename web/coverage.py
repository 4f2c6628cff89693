"""``/couverture``: per commune, what is known and what is missing: where to look next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.lookup import Wanted
from store.things import GUIDE
from vocab.messages import say
from web.answers import json_answer
from web.filters import Filter
from web.front import Front
from web.library import Shelf

_AHEAD, _BEHIND = timedelta(days=60), timedelta(days=60)
_WIDTH, _HEIGHT, _MARGIN = 640, 420, 40
_NARROW = 0.7  # a degree of longitude beside one of latitude, at 45.6 degrees north
_LEAST, _MOST = 6, 26  # radius of a commune of which little or much is known

KINDS = MappingProxyType(
    {
        "events": say("Coming events"),
        "third": say("Third places"),
        "places": say("Other places"),
        "organizations": say("Organisations"),
        "services": say("Services"),
        "articles": say("Recent news"),
    }
)


@dataclass(frozen=True, slots=True)
class Commune:
    """What is known of a commune: a number for each of ``KINDS``, and where it lies."""

    code: str
    name: str
    counts: tuple[int, ...]
    latitude: float | None
    longitude: float | None

    @property
    def total(self) -> int:
        """How much in all."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Spot:
    """A commune on the drawing, in pixels."""

    commune: Commune
    x: int
    y: int
    radius: int


class Coverage:
    """Answers at the address of the coverage."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """The page, and the same for programs."""
        yield self._front.route("/couverture", self.page)
        yield self._front.route("/couverture.json", self.data)

    def page(self, request: Request, shelf: Shelf) -> Response:
        """A drawing and a table."""
        found = self._communes(shelf)
        return self._front.page(
            request,
            shelf,
            "coverage.html",
            communes=found,
            kinds=KINDS,
            spots=spots(found),
            size=(_WIDTH, _HEIGHT),
        )

    def data(self, request: Request, shelf: Shelf) -> Response:
        """``/couverture.json``."""
        found = [
            {"insee": each.code, "name": each.name, **dict(zip(KINDS, each.counts, strict=True))}
            for each in self._communes(shelf)
        ]
        return json_answer(request, {"communes": found})

    def _communes(self, shelf: Shelf) -> list[Commune]:
        """Those of the territory and those where something is known, the least known first."""
        counted = [
            {facet.value: count for facet, count in shelf.index.values("commune", wanted)}
            for wanted in self._wanted()
        ]
        start = shelf.iris.commune("")
        names = {
            iri.removeprefix(start): text
            for (iri, _), text in shelf.index.labels.items()
            if iri.startswith(start)
        }
        found = []
        for code, name in names.items():
            latitude, longitude = _middle(shelf, code)
            counts = tuple(each.get(code, 0) for each in counted)
            found.append(Commune(code, name, counts, latitude, longitude))
        return sorted(found, key=lambda each: (each.total, each.name))

    def _wanted(self) -> tuple[Wanted, ...]:
        """The questions behind ``KINDS``, in their order."""
        today = self._front.today()
        first, last = today.isoformat(), (today + _AHEAD).isoformat()
        third = Filter().having("genre", "ThirdPlace")
        return (
            Wanted(kinds=("event",), first=first, last=last),
            third.wanted(("place",)),
            Wanted(kinds=("place",), without=(("genre", "ThirdPlace"),)),
            Wanted(kinds=("organization",)),
            Wanted(kinds=("service",)),
            Wanted(kinds=("article",), without=(GUIDE,), since=(today - _BEHIND).isoformat()),
        )


def spots(communes: Sequence[Commune]) -> list[Spot]:
    """The communes that lie somewhere, drawn at their size, the largest first."""
    placed = [
        (each, (each.longitude or 0) * _NARROW, -(each.latitude or 0))
        for each in communes
        if each.latitude is not None
    ]
    if not placed:
        return []
    west, north = min(x for _, x, _ in placed), min(y for _, _, y in placed)
    wide = max(x for _, x, _ in placed) - west
    high = max(y for _, _, y in placed) - north
    scale = min((_WIDTH - 4 * _MARGIN) / (wide or 1), (_HEIGHT - 2 * _MARGIN) / (high or 1))
    most = max(each.total for each, _, _ in placed) or 1
    drawn = [
        Spot(
            each,
            round((_WIDTH - wide * scale) / 2 + (x - west) * scale),
            round((_HEIGHT - high * scale) / 2 + (y - north) * scale),
            round(_LEAST + (_MOST - _LEAST) * (each.total / most) ** 0.5),
        )
        for each, x, y in placed
    ]
    return sorted(drawn, key=lambda spot: -spot.radius)


def _middle(shelf: Shelf, code: str) -> tuple[float | None, float | None]:
    """The centre of a commune; else the mean position of what is known there."""
    if code in shelf.index.centres:
        return shelf.index.centres[code]
    things = shelf.index.find(Wanted(facets=(("commune", (code,)),), limit=200))
    known = [
        (each.latitude, each.longitude)
        for each in things
        if each.latitude is not None and each.longitude is not None
    ]
    if not known:
        return None, None
    return sum(a for a, _ in known) / len(known), sum(b for _, b in known) / len(known)
