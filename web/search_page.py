"""``/recherche``: one field over everything that is published."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.searching import Found, search
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
        words, found = self._found(request, shelf)
        return self._front.page(request, shelf, "search.html", asked=words, found=found)

    def data(self, request: Request, shelf: Shelf) -> Response:
        """``/recherche.json?q=``: the best ten of each kind, as schema.org describes them."""
        _, found = self._found(request, shelf)
        things = [thing for each in found for thing in each.things]
        body = listing(things, self._front.wording(request, shelf))
        return json_answer(request, body, "application/ld+json")

    def _found(self, request: Request, shelf: Shelf) -> tuple[str, list[Found]]:
        """The words that are asked for, and what answers them."""
        words = Filter.read(request.query_params).words
        today = self._front.today().isoformat()
        return words, search(shelf.index, words, today, _MOST) if words else []
