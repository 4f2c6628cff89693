"""The first page: what this is, what comes up, what is new, where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.things import GUIDE, KINDS, PINNED, Thing
from web.agenda import Period, days, event_of, events
from web.examples import examples
from web.filters import Filter
from web.front import Front
from web.library import Shelf

_NEWS, _FIRST, _EXAMPLES = 5, 6, 3


class Home:
    """Answers at ``/``."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """The page."""
        yield self._front.route("/", self.page)

    def page(self, request: Request, shelf: Shelf) -> Response:
        """What this is, and what comes up."""
        period = Period.week(self._front.clock(), self._front.site.zone)
        found = events(shelf.index, Filter(), period)
        newest = Filter().wanted(("article",), order="newest", limit=_NEWS)
        newest = replace(newest, without=(GUIDE,))
        return self._front.page(
            request,
            shelf,
            "home.html",
            period=period,
            days=days(found, period),
            first=self._first(shelf),
            news=shelf.index.find(newest),
            counts=_counts(shelf),
            examples=examples(request, period, shelf.generation.base)[:_EXAMPLES],
        )

    def _first(self, shelf: Shelf) -> list[Thing]:
        """What the editors put first and is not over, of a series only the next date."""
        wanted = replace(Filter().wanted(KINDS, order="days"), having=(PINNED,))
        today, zone = self._front.today(), self._front.site.zone
        shown: dict[str, Thing] = {}
        for thing in shelf.index.find(wanted):
            event = event_of(thing, zone) if thing.kind == "event" else None
            if thing.kind != "event" or (event and event.last >= today):
                shown.setdefault(thing.series or thing.iri, thing)
        dated = [each for each in shown.values() if each.kind == "event"]
        return [*dated, *(each for each in shown.values() if each.kind != "event")][:_FIRST]


def _counts(shelf: Shelf) -> list[tuple[str, int]]:
    """How many things there are of each kind, each counted once; third places apart."""
    kinds = shelf.index.kinds()
    third = shelf.index.count(Filter().having("genre", "ThirdPlace").wanted(("place",)))
    kinds["place"] = kinds.get("place", 0) - third
    kinds["third"] = third
    order = ("event", "series", "third", "place", "organization", "service", "article")
    return [(kind, kinds[kind]) for kind in order if kinds.get(kind)]
