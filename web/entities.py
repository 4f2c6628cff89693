"""``/id/...``: every thing at its own address, as a page for people and as data for programs.

An entity that was withdrawn answers 410 with its tombstone: who copied it learns so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sparql.formats import Format, choose
from sparql.protocol import CORS
from vocab.iris import is_iri
from vocab.messages import say
from web.agenda import map_events
from web.answers import conditional
from web.calendars import calendar
from web.documents import DATA, FORMATS, NAMES, iri_of, split, written
from web.front import Front
from web.library import Shelf
from web.portrait import Portraits
from web.shell import HTML, VARY, language_of
from web.source_pages import SourcePages
from web.structured import document

_GONE, _MISSING, _NOT_ACCEPTABLE = 410, 404, 406
_CALENDAR = ".ics"
_BEFORE, _AHEAD = timedelta(days=31), timedelta(days=400)
"""The days that the calendar of a place or an organisation tells of, as those of the agenda."""


class Entities:
    """Answers at the addresses of instance IRIs."""

    def __init__(self, front: Front, portraits: Portraits, sources: SourcePages) -> None:
        self._front = front
        self._portraits = portraits
        self._sources = sources

    def routes(self) -> Iterator[Route]:
        """One route: the IRI is the whole path."""
        yield self._front.route("/id/{rest:path}", self.answer)

    def answer(self, request: Request, shelf: Shelf) -> Response:
        """What is known under an IRI, in the format that is asked."""
        asked = iri_of(shelf.generation.base, request.scope["raw_path"])
        if not is_iri(asked):
            return _missing(request)
        if asked.endswith(_CALENDAR):
            return self._calendar(request, shelf, asked.removesuffix(_CALENDAR))
        return self._told(request, shelf, asked)

    def _told(self, request: Request, shelf: Shelf, asked: str) -> Response:
        triples = shelf.published.document(asked)
        iri, extension = (asked, None) if triples else split(asked)
        triples = triples or shelf.published.document(iri)
        chosen = choose(FORMATS, request.headers.get("accept", ""))
        format_, media = (extension, extension.media) if extension else chosen or (None, "")
        if format_ is None:
            return _unacceptable(request)
        if format_ is HTML:
            return self._page(request, shelf, iri, triples)
        if tomb := self._tombstone(shelf, iri):
            headers = {**CORS, "content-type": format_.content_type(), "vary": VARY}
            return Response(written(iri, tomb, format_), _GONE, headers)
        if not triples:
            return _missing(request)
        headers = {
            "content-type": format_.content_type(media),
            "vary": VARY,
            "link": _links(iri, shelf, format_),
        }
        return conditional(request, written(iri, triples, format_), headers)

    def _tombstone(self, shelf: Shelf, iri: str) -> list[ox.Triple]:
        """What remains of an entity that is there no more; empty for one that is."""
        there = shelf.published.thing(iri) is not None
        return [] if there else shelf.published.tombstone(iri)

    def _page(
        self, request: Request, shelf: Shelf, iri: str, triples: Sequence[ox.Triple]
    ) -> Response:
        """An entity or a source in words; of records, runs and the like, what is said of them."""
        formats, there = _formats(iri, shelf), shelf.published.thing(iri)
        if thing := there or shelf.published.withdrawn(iri):
            wording = self._front.wording(request, shelf)
            return self._front.page(
                request,
                shelf,
                "entity.html",
                thing=thing,
                portrait=self._portraits.of(thing, wording, self._front.today()),
                formats=formats,
                data=document(thing, wording) if there else {},
            )
        if self._tombstone(shelf, iri):
            return self._gone(request, shelf, iri)
        source = iri.removeprefix(shelf.iris.source(""))
        if source != iri and self._sources.knows(shelf, source):
            return self._sources.one(request, shelf, source, formats)
        if not triples:
            return self._front.page(request, shelf, "nowhere.html", status=_MISSING)
        commune = iri.removeprefix(shelf.iris.commune(""))
        if commune != iri:
            keep = f"&lang={language_of(request)}" if "lang" in request.query_params else ""
            return RedirectResponse(f"/agenda?commune={quote(commune)}{keep}", 303, dict(CORS))
        return self._front.page(
            request, shelf, "statements.html", iri=iri, triples=triples, formats=formats
        )

    def _gone(self, request: Request, shelf: Shelf, iri: str) -> Response:
        """That a thing was withdrawn by its sources, or hidden by the editors."""
        values: dict[str, object] = {}
        if hidden := shelf.published.hidden(iri):
            announcing = (shelf.sources.get(id_) for id_ in shelf.published.hidden_sources(iri))
            values = {"hidden": hidden, "announcing": [each for each in announcing if each]}
        template = "hidden.html" if hidden else "gone.html"
        response = self._front.page(request, shelf, template, status=_GONE, **values)
        response.headers.update(CORS)
        return response

    def _calendar(self, request: Request, shelf: Shelf, iri: str) -> Response:
        """One event, all dates of a series, or what takes place somewhere, as a calendar."""
        thing, wording = shelf.published.thing(iri), self._front.wording(request, shelf)
        if thing is None or thing.kind == "article":
            return _missing(request)
        if thing.kind == "event":
            things = [thing]
        elif thing.kind == "series":
            things = self._portraits.dates(shelf, iri)
        else:
            today = self._front.today()
            things = self._portraits.there(thing, shelf, today - _BEFORE, today + _AHEAD)
        zone = self._front.site.zone
        body = calendar(
            map_events(things, zone), wording, name=thing.name, address=iri, zone=zone.key
        )
        return conditional(request, body, {"content-type": "text/calendar; charset=utf-8"})


def _missing(request: Request) -> Response:
    sentence = say(
        "there is nothing at {path}: the first page is /, the SPARQL endpoint /sparql, "
        "the vocabulary /ns",
        path=request.url.path,
    )
    return _plain(request, sentence.render(language_of(request)), _MISSING)


def _formats(iri: str, shelf: Shelf) -> list[tuple[str, str]]:
    """The names of the data formats, and where the same is in each of them."""
    path = quote(iri.removeprefix(shelf.generation.base), safe="/%")
    return [(NAMES[one.key], f"/{path}.{one.extension}") for one in DATA]


def _unacceptable(request: Request) -> Response:
    sentence = say(
        "{path} cannot be given as {accept}: take one of {known}",
        path=request.url.path,
        accept=request.headers.get("accept", ""),
        known=", ".join(f"{one.media} (.{one.extension})" for one in FORMATS),
    )
    return _plain(request, sentence.render(language_of(request)), _NOT_ACCEPTABLE)


def _plain(request: Request, sentence: str, status: int) -> Response:
    headers = {
        **CORS,
        "vary": VARY,
        "cache-control": "no-store",
        "content-language": language_of(request),
    }
    return PlainTextResponse(f"{sentence}\n", status, headers)


def _links(iri: str, shelf: Shelf, current: Format) -> str:
    """The other formats of the same, and what it is about."""
    path = quote(iri.removeprefix(shelf.generation.base), safe="/%")
    links = [
        f'</{path}.{one.extension}>; rel="alternate"; type="{one.media}"'
        for one in FORMATS
        if one is not current
    ]
    return ", ".join([*links, f'<{quote(iri, safe=":/%")}>; rel="describes"'])
