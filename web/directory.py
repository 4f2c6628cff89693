"""The lists of what there is: the directory, third places, shared resources, news."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.lookup import Order, Wanted
from store.things import DOCUMENTED, GUIDE, KINDS, OFFERED, OPEN, PLACED, Thing
from vocab.messages import Message, say
from web.agenda_data import feature_collection
from web.answers import json_answer
from web.choices import chips, choices
from web.filters import Filter
from web.front import Front, View
from web.library import Shelf
from web.structured import listing

PER_PAGE = 50
"""Things on one page of a list."""

_MOST_DOCUMENTED = 30


@dataclass(frozen=True, slots=True)
class Room:
    """One list: where it is, what it is called, what it holds and by what it is filtered.

    ``fixed`` are facets that always hold; ``having`` facets of which each thing has one, and
    ``without`` values of facets of which it has none.
    ``documented`` tells that documents are shown beside its things.
    """

    path: str
    name: Message
    lead: Message
    kinds: tuple[str, ...]
    facets: tuple[tuple[str, Message, Message], ...]
    fixed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    having: tuple[str, ...] = ()
    order: Order = "name"
    documented: bool = False
    without: tuple[tuple[str, str], ...] = ()

    def wanted(self, asked: Filter, *, limit: int = 5_000, offset: int = 0) -> Wanted:
        """What the room holds of what is asked."""
        found = asked.wanted(self.kinds, order=self.order, limit=limit, offset=offset)
        facets = (*found.facets, *self.fixed)
        return replace(found, facets=facets, having=self.having, without=self.without)


_COMMUNE = ("commune", say("Commune"), say("all communes"))
_THEME = ("theme", say("Theme"), say("all themes"))
_TYPE = ("type", say("Type"), say("all types"))
_SERVICE = ("service", say("Services"), say("all services"))

ROOMS = (
    Room(
        "/annuaire",
        say("Directory"),
        say(
            "The associations, collectives, communes, producers, craftspeople, local services "
            "and places that a public source tells of."
        ),
        PLACED,
        (_COMMUNE, ("acteur", say("Kind"), say("all kinds")), _TYPE, _THEME),
    ),
    Room(
        "/tiers-lieux",
        say("Third places"),
        say(
            "A “tiers-lieu” is a place between home and work where people work, meet, learn, make "
            "and help each other: shared offices, workshops, cafés run by associations, gardens."
        ),
        ("place",),
        (
            *(_COMMUNE, _TYPE, _SERVICE),
            ("espace", say("Spaces"), say("all spaces")),
            ("acces", say("Access"), say("any access")),
            ("label", say("Labels"), say("all labels")),
            (OPEN, say("Open"), say("at any time")),
        ),
        fixed=(("genre", ("ThirdPlace",)),),
    ),
    Room(
        "/ressources",
        say("Shared resources"),
        say(
            "What places and organisations put at the disposal of others: rooms and desks, tools "
            "and machines, help with the internet, advice, booked or borrowed at their place; and "
            "the guides and documents that they mention."
        ),
        PLACED,
        (_SERVICE, ("espace", say("Spaces"), say("all spaces")), _COMMUNE),
        having=("service", "espace", OFFERED),
        documented=True,
    ),
    Room(
        "/actualites",
        say("News"),
        say("What the associations and the communes publish on their own sites, the newest first."),
        ("article",),
        (_COMMUNE, _THEME, ("source", say("Source"), say("all sources"))),
        order="newest",
        without=(GUIDE,),
    ),
)


class Directory:
    """Answers at the addresses of the lists."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """The page of each room, and its things on a map."""
        for room in ROOMS:
            yield self._front.route(room.path, _bound(self._page, room))
            yield self._front.route(f"{room.path}.geojson", _bound(self._map, room))

    def _page(self, room: Room, request: Request, shelf: Shelf) -> Response:
        asked, wording = Filter.read(request.query_params), self._front.wording(request, shelf)
        page = _page_number(request.query_params.get("page", ""))
        wanted = room.wanted(asked, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
        found, total = shelf.index.find(wanted), shelf.index.count(wanted)
        language = ("lang", request.query_params.get("lang", ""))

        def address(*, asked: Filter = asked, page: int = 1) -> str:
            return room.path + asked.query(("page", str(page) if page > 1 else ""), language)

        return self._front.page(
            request,
            shelf,
            "list.html",
            room=room,
            asked=asked,
            found=found,
            total=total,
            page=page,
            last=max(1, -(-total // PER_PAGE)),
            choices={facet: choices(wording, facet, wanted, asked) for facet, _, _ in room.facets},
            chips=chips(wording, asked),
            address=address,
            documented=_documented(room, asked, shelf) if page == 1 else [],
            feeds=asked.query(),
            data=listing(found, wording),
        )

    def _map(self, room: Room, request: Request, shelf: Shelf) -> Response:
        things = shelf.index.find(room.wanted(Filter.read(request.query_params)))
        found = feature_collection(things, self._front.wording(request, shelf))
        return json_answer(request, found, "application/geo+json")


def _documented(room: Room, asked: Filter, shelf: Shelf) -> list[Thing]:
    """What mentions documents, and guides, the newest first; no service or space leads to them."""
    if not room.documented or asked.values("service") or asked.values("espace"):
        return []
    wanted = asked.wanted(KINDS, order="newest", limit=_MOST_DOCUMENTED)
    return shelf.index.find(replace(wanted, having=(DOCUMENTED,)))


def _bound(view: Callable[[Room, Request, Shelf], Response], room: Room) -> View:
    """``view`` of one room."""
    return lambda request, shelf: view(room, request, shelf)


def _page_number(text: str) -> int:
    return max(1, min(int(text), 10_000)) if text.isdecimal() and len(text) <= 5 else 1  # noqa: PLR2004  # digits
