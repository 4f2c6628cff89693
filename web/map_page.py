"""``/carte``: what there is and what comes up, on a map and as the same list beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.things import PLACED, Thing
from web.agenda import Period, events
from web.agenda_data import feature_collection
from web.answers import json_answer
from web.choices import chips, choices
from web.filters import Filter
from web.front import Front
from web.library import Shelf
from web.policy import policy

CHOICES = ("commune", "type", "service", "theme")
_AHEAD = timedelta(days=7)


class MapPage:
    """Answers at the address of the map."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """The page, and what it shows as GeoJSON."""
        yield self._front.route("/carte", self.page)
        yield self._front.route("/carte.geojson", self.data)

    def page(
        self,
        request: Request,
        shelf: Shelf,
        *,
        template: str = "map.html",
        frames: str = "'none'",
    ) -> Response:
        """The map and its list; ``frames`` tells who may show it in one."""
        asked, wording = Filter.read(request.query_params), self._front.wording(request, shelf)
        things = self._things(request, shelf, asked)
        language = ("lang", request.query_params.get("lang", ""))

        def address(*, asked: Filter = asked, kind: str = "") -> str:
            return "/carte" + asked.query(("quoi", kind or _kind(request)), language)

        wanted = asked.wanted(("event",) if _kind(request) else PLACED)
        response = self._front.page(
            request,
            shelf,
            template,
            asked=asked,
            here=[thing for thing in things if thing.latitude is not None],
            near=near(things, shelf),
            elsewhere=[thing for thing in things if not is_placed(thing, shelf)],
            agenda=bool(_kind(request)),
            choices={facet: choices(wording, facet, wanted, asked) for facet in CHOICES},
            chips=chips(wording, asked),
            carried=[("quoi", "agenda")] if _kind(request) else [],
            address=address,
            feeds=asked.query(("quoi", _kind(request))),
        )
        tiles = urlsplit(self._front.site.tiles)
        img = f"{tiles.scheme}://{tiles.netloc.replace('{s}', '*')}" if tiles.netloc else ""
        response.headers["content-security-policy"] = policy(img=img, frames=frames)
        return response

    def data(self, request: Request, shelf: Shelf) -> Response:
        """``/carte.geojson``: the same, for any map tool."""
        things = self._things(request, shelf, Filter.read(request.query_params))
        found = feature_collection(things, self._front.wording(request, shelf))
        return json_answer(request, found, "application/geo+json")

    def _things(self, request: Request, shelf: Shelf, asked: Filter) -> list[Thing]:
        """The events of the coming week, or the places and organisations."""
        if _kind(request):
            today = self._front.today()
            week = Period(today, today + _AHEAD, self._front.site.zone)
            return [event.thing for event in events(shelf.index, asked, week)]
        return shelf.index.find(asked.wanted(PLACED, limit=2_000))


def is_placed(thing: Thing, shelf: Shelf) -> bool:
    """Whether the map can show a thing, be it in the middle of its commune."""
    return thing.latitude is not None or thing.commune in shelf.index.centres


def near(things: Iterable[Thing], shelf: Shelf) -> list[tuple[Thing, float, float]]:
    """The things of which only the commune is known, each with the centre of the commune.

    That is where to show them, not where they are: no data that leaves here says it.
    """
    centres = shelf.index.centres
    return [
        (thing, *centres[thing.commune])
        for thing in things
        if thing.latitude is None and thing.commune in centres
    ]


def _kind(request: Request) -> str:
    """What the map shows: "agenda" for events, "" for places."""
    return "agenda" if request.query_params.get("quoi") == "agenda" else ""
