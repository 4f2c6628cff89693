"""The HTTP application: its addresses, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sparql.protocol import Endpoint
from sparql.values import Limits
from sparql.workers import Pool
from store.generations import Generations
from web.agenda_feeds import AgendaFeeds
from web.agenda_pages import Agenda
from web.coverage import Coverage
from web.directory import Directory
from web.embed import Embeds
from web.entities import Entities
from web.follow import Follow
from web.front import Front
from web.health import Health
from web.home import Home
from web.library import Library
from web.map_page import MapPage
from web.pages import Pages
from web.plain_pages import PlainPages
from web.policy import Named, Secured
from web.portrait import Portraits
from web.search_page import Search
from web.shell import ROOM, Clock, Shell, Site
from web.source_pages import SourcePages
from web.standing import Standings
from web.vocabulary import Vocabulary


def _now() -> datetime:
    return datetime.now(UTC)


def create(
    generations_root: Path,
    *,
    title: str,
    timezone: str = "Europe/Paris",
    contact: str = "",
    tiles: str = "",
    attribution: str = "",
    state: Path | None = None,
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
        contact: a mailbox or a web address of whoever runs the node.
        tiles: address of map tiles with ``{z}/{x}/{y}``; without it maps have no background.
        attribution: whom the server of the tiles asks to name.
        state: the file of the operational state, for the pages that tell how the sources do.
        limits: bounds on queries and clients.
        clock: the present, aware; it decides what "this week" is.
        every: seconds between two looks at what is published.
    """
    pool = Pool(Generations(generations_root).current, limits, every=every)
    shell = Shell(Site(title, ZoneInfo(timezone), contact, tiles, attribution, state))
    library = Library(pool)
    front = Front(library, shell, clock)
    standings = Standings(state, clock)
    sources, maps = SourcePages(front, standings), MapPage(front)
    pages = Pages(pool, shell)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with pool:
            following = asyncio.create_task(library.follow(every))
            try:
                yield
            finally:
                following.cancel()

    def public() -> str:
        return pool.generation.base if pool.generation else ""

    endpoint = Endpoint(pool, pages.sparql)
    return Starlette(
        routes=[
            *Home(front).routes(),
            *Agenda(front).routes(),
            *AgendaFeeds(front).routes(),
            *Directory(front).routes(),
            *maps.routes(),
            *Embeds(front, maps).routes(),
            *PlainPages(front).routes(),
            *Search(front).routes(),
            *sources.routes(),
            *Coverage(front).routes(),
            *Entities(front, Portraits(standings, front.site.zone), sources).routes(),
            Route("/sparql", endpoint, name="sparql"),
            Route("/sparql/", endpoint),
            *Health(pool, generations_root.parent).routes(),
            *Follow(generations_root.parent).routes(),
            *Vocabulary(shell).routes(),
            Mount("/static", StaticFiles(directory=ROOM / "static"), name="static"),
        ],
        exception_handlers={404: pages.nowhere},
        middleware=[Middleware(Secured), Middleware(Named, base=public)],
        lifespan=lifespan,
    )
