"""The agenda and the map inside other sites: frames, and oEmbed to find them by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sparql.protocol import CORS
from vocab.messages import Message, say
from web.agenda import Period, days, events
from web.answers import json_answer
from web.filters import Filter
from web.front import Front
from web.library import Shelf
from web.map_page import MapPage
from web.policy import policy
from web.shell import language_of

_MOST_DAYS = 92
_WIDTH, _HEIGHT = 640, 600
_EMBEDDED = ("/agenda", "/carte")
"""The pages that have a frame, at ``/embed`` and their own path."""


class Embeds:
    """Answers at the addresses of the frames."""

    def __init__(self, front: Front, maps: MapPage) -> None:
        self._front = front
        self._maps = maps

    def routes(self) -> Iterator[Route]:
        """Two frames, and the service that tells of them."""
        yield self._front.route("/embed/agenda", self.agenda)
        yield self._front.route("/embed/carte", self.map)
        yield self._front.route("/oembed", self.oembed)

    def agenda(self, request: Request, shelf: Shelf) -> Response:
        """``/embed/agenda?jours=``: the coming days, with the filters of the agenda."""
        asked, today = Filter.read(request.query_params), self._front.today()
        count = _number(request.query_params.get("jours", ""), 7, _MOST_DAYS)
        period = Period(today, today + timedelta(days=count - 1), self._front.site.zone)
        found = events(shelf.index, asked, period)
        response = self._front.page(
            request, shelf, "embed-agenda.html", days=days(found, period), feeds=asked.query()
        )
        response.headers["content-security-policy"] = policy(frames="*")
        return response

    def map(self, request: Request, shelf: Shelf) -> Response:
        """``/embed/carte``: the map alone, and its list where there is no script."""
        return self._maps.page(request, shelf, template="embed-map.html", frames="*")

    def oembed(self, request: Request, shelf: Shelf) -> Response:
        """``/oembed?url=``: how to show a page of ours in another (oembed.com)."""
        url = urlsplit(request.query_params.get("url", ""))
        here = (request.url.netloc, urlsplit(shelf.generation.base).netloc)
        if url.netloc not in here or url.path not in _EMBEDDED:
            message = say(
                "only {known} can be embedded: give the whole address of one of them as url",
                known=", ".join(_EMBEDDED),
            )
            return _told(request, message, 404)
        if request.query_params.get("format", "json") != "json":
            return _told(request, say("the answer is written in JSON only"), 501)
        asked = Filter.read(QueryParams(url.query))
        address = f"{request.base_url}embed{url.path}{asked.query()}"
        width = _number(request.query_params.get("maxwidth", ""), _WIDTH, _WIDTH)
        height = _number(request.query_params.get("maxheight", ""), _HEIGHT, _HEIGHT)
        title = self._front.site.title
        frame = Markup(
            '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0"></iframe>'
        ).format(address, title, width, height)
        return json_answer(
            request,
            {
                "version": "1.0",
                "type": "rich",
                "title": title,
                "provider_name": title,
                "provider_url": str(request.base_url),
                "html": str(frame),
                "width": width,
                "height": height,
                "cache_age": 3600,
            },
        )


def _told(request: Request, message: Message, status: int) -> Response:
    return PlainTextResponse(f"{message.render(language_of(request))}\n", status, CORS)


def _number(text: str, usual: int, most: int) -> int:
    """A number of the address between 1 and ``most``, ``usual`` when it is none."""
    return max(1, min(int(text), most)) if text.isdecimal() and len(text) < 6 else usual  # noqa: PLR2004
