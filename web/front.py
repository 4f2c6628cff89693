"""What every page of the data starts from: the shelf to read, and what to say without one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.errors import StoreError
from store.generations import Generation
from web.answers import METHODS, preflight
from web.library import Library, Shelf
from web.shell import Clock, Shell, Site, language_of
from web.wording import Wording

log = logging.getLogger("enbauges.web")

View = Callable[[Request, Shelf], Response]
"""Answers a request from what is published; it is run in a thread and may read files."""


class Front:
    """The library of a node, the frame of its pages, and the present."""

    def __init__(self, library: Library, shell: Shell, clock: Clock) -> None:
        self._library = library
        self.shell = shell
        self.clock = clock

    @property
    def site(self) -> Site:
        """What pages say of the node itself."""
        return self.shell.site

    @property
    def generation(self) -> Generation | None:
        """What is published now."""
        return self._library.generation

    def today(self) -> date:
        """The local day."""
        return self.clock().astimezone(self.site.zone).date()

    def route(self, path: str, view: View) -> Route:
        """The route of ``path``; ``view`` is not called while there is nothing to read."""

        def answer(request: Request) -> Response:
            if request.method == "OPTIONS":
                return preflight()
            try:
                shelf = self._library.shelf()
                if shelf is None:
                    return self.shell.page(request, "empty.html", status=503)
                return view(request, shelf)
            except StoreError as error:
                log.error("%s", error)  # noqa: TRY400  # what to do is in the sentence
                return self.shell.page(request, "trouble.html", status=503)

        return Route(path, answer, methods=list(METHODS))

    def wording(self, request: Request, shelf: Shelf) -> Wording:
        """Tells things in the language of a request."""
        return Wording(shelf, language_of(request))

    def page(
        self, request: Request, shelf: Shelf, template: str, *, status: int = 200, **values: object
    ) -> Response:
        """A page about what is on ``shelf``."""
        return self.shell.page(
            request,
            template,
            status=status,
            generation=shelf.generation,
            wording=self.wording(request, shelf),
            shelf=shelf,
            today=self.today(),
            **values,
        )
