"""``/sources/{id}/suivi/{token}.atom``: how a source does, for its publisher alone."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.follow import feed_of

_NOWHERE = 404
_HEADERS = {
    "content-type": "application/atom+xml; charset=utf-8",
    "cache-control": "private, max-age=300",
    "x-robots-tag": "noindex",
}


class Follow:
    """Serves the feeds that harvests write in ``var``; whoever has no token finds nothing."""

    def __init__(self, var: Path) -> None:
        self._var = var

    def routes(self) -> list[Route]:
        """The address of the feeds."""
        return [Route("/sources/{source}/suivi/{token}.atom", self.feed, methods=["GET"])]

    def feed(self, request: Request) -> Response:
        """The feed of a source, for whoever knows its address."""
        feed = feed_of(self._var, request.path_params["source"], request.path_params["token"])
        if feed is None:
            raise HTTPException(_NOWHERE)
        return Response(feed, headers=_HEADERS)
