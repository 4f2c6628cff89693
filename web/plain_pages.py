"""The pages that tell of the site itself, and what programs ask of any site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.things import Thing
from web.agenda import Period
from web.answers import conditional
from web.examples import examples
from web.front import Front
from web.library import Shelf

PAGES = MappingProxyType(
    {
        "/a-propos": "about.html",
        "/moissonneur": "harvester.html",
        "/reutiliser": "reuse.html",
        "/accessibilite": "accessibility.html",
        "/mentions-legales": "legal.html",
    }
)
"""Address → template."""

_LISTS = ("", "agenda", "carte", "annuaire", "tiers-lieux", "ressources", "actualites", "sources")
_MOST = 45_000
"""Addresses of things in the sitemap; a file may hold 50,000 (sitemaps.org)."""


class PlainPages:
    """Answers at those addresses."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """The pages need no generation; the sitemap lists one."""
        for path, template in PAGES.items():
            yield Route(path, self._page(template), methods=["GET"])
        yield Route("/robots.txt", self._robots, methods=["GET"])
        yield self._front.route("/sitemap.xml", self._sitemap)

    def _page(self, template: str) -> Callable[[Request], Response]:
        def page(request: Request) -> Response:
            here, generation = str(request.base_url).rstrip("/"), self._front.generation
            week = Period.week(self._front.clock(), self._front.site.zone)
            return self._front.shell.page(
                request,
                template,
                generation=generation,
                here=here,
                examples=examples(request, week, generation.base) if generation else [],
            )

        return page

    def _robots(self, request: Request) -> Response:
        """Everything may be read; a query is no page to be indexed.

        Other nodes of EnBauges ask the endpoint when they harvest this one (RFC 9309, section
        2.2.1: their own group is the one that binds them).
        """
        body = (
            "User-agent: EnBauges\nAllow: /\n\n"
            "User-agent: *\nDisallow: /sparql\nDisallow: /recherche\n"
            f"Sitemap: {request.base_url}sitemap.xml\n"
        )
        return conditional(request, body.encode(), {"content-type": "text/plain; charset=utf-8"})

    def _sitemap(self, request: Request, shelf: Shelf) -> Response:
        """The lists, and a page for each thing that is not over."""
        entries = [(shelf.public(path), "") for path in (*_LISTS, *(p[1:] for p in PAGES))]
        first = self._front.today().isoformat()
        entries += [_entry(thing) for thing in shelf.index.all(first=first, limit=_MOST)]
        body = self._front.shell.render(request, "sitemap.xml", entries=entries)
        return conditional(request, body.encode(), {"content-type": "application/xml"})


def _entry(thing: Thing) -> tuple[str, str]:
    return thing.iri, thing.modified[:10]
