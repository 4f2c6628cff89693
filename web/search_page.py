"""``/recherche``: one field over everything that is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.things import KINDS
from web.answers import json_answer
from web.filters import Filter
from web.front import Front
from web.library import Shelf
from web.structured import listing

_MOST = 10
"""Results of one kind on the page of all kinds."""


class Search:
    """Answers at the address of the search."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """The page, and the same for programs."""
        yield self._front.route("/recherche", self.page)
        yield self._front.route("/recherche.json", self.data)

    def page(self, request: Request, shelf: Shelf) -> Response:
        """What answers the words, kind by kind; of the events, those that come."""
        words = Filter.read(request.query_params).words
        asked = Filter(words=words)
        today = self._front.today().isoformat()
        found = []
        for kind in KINDS if words else ():
            wanted = asked.wanted((kind,), order="rank", limit=_MOST + 1)
            if kind == "event":
                wanted = replace(wanted, first=today, order="days")
            if things := shelf.index.find(wanted):
                found.append((kind, things[:_MOST], len(things) > _MOST))
        return self._front.page(request, shelf, "search.html", asked=words, found=found)

    def data(self, request: Request, shelf: Shelf) -> Response:
        """``/recherche.json?q=``: the best fifty, as schema.org describes them."""
        asked = Filter(words=Filter.read(request.query_params).words)
        wanted = asked.wanted(KINDS, order="rank", limit=50)
        things = shelf.index.find(wanted) if asked.words else []
        body = listing(things, self._front.wording(request, shelf))
        return json_answer(request, body, "application/ld+json")
