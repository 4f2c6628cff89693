"""The HTTP application: its addresses, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from sparql.protocol import Endpoint
from sparql.values import Limits
from sparql.workers import Pool
from store.generations import Generations
from web.follow import Follow
from web.health import Health
from web.home import Clock, Homes
from web.pages import Pages
from web.shell import ROOM, Shell
from web.vocabulary import Vocabulary

SECURITY = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""No script, nothing from another host, no frame around a page, no word of where one was."""


def _now() -> datetime:
    return datetime.now(UTC)


def create(
    generations_root: Path,
    *,
    title: str,
    timezone: str = "Europe/Paris",
    limits: Limits | None = None,
    clock: Clock = _now,
    every: float = 1.0,
) -> Starlette:
    """The application that serves what is published under ``generations_root``.

    Query workers start with the application and follow each new generation; before the
    first one, the pages say what to do.

    Args:
        generations_root: the folder that ``store.generations`` publishes in; the state of the
            sources and the feeds of their publishers lie beside it.
        title: the node's name, ``[site] title``.
        timezone: IANA name of the zone whose days and hours the pages tell.
        limits: bounds on queries and clients.
        clock: the present, aware; it decides what "this week" is.
        every: seconds between two looks at what is published.
    """
    pool = Pool(Generations(generations_root).current, limits, every=every)
    zone = ZoneInfo(timezone)
    shell = Shell(title, zone)
    pages = Pages(pool, Homes(pool, clock, zone), shell)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with pool:
            yield

    endpoint = Endpoint(pool, pages.sparql)
    return Starlette(
        routes=[
            Route("/", pages.home, methods=["GET"], name="home"),
            Route("/sparql", endpoint, name="sparql"),
            Route("/sparql/", endpoint),
            *Health(pool, generations_root.parent).routes(),
            *Follow(generations_root.parent).routes(),
            *Vocabulary(shell).routes(),
            Mount("/static", StaticFiles(directory=ROOM / "static"), name="static"),
        ],
        exception_handlers={404: pages.nowhere},
        middleware=[Middleware(_Secured)],
        lifespan=lifespan,
    )


class _Secured:
    """Adds ``SECURITY`` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY)
            await send(message)

        await self._app(scope, receive, secured)
