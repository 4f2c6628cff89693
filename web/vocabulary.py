"""The vocabulary at its addresses: pages for people, statements for programs.

An address without an extension is negotiated (RFC 9110, section 12.5.1); with one, as in
``/ns.ttl``, it is that format. Whoever asks for nothing in particular gets Turtle, as the
W3C's recipes for publishing vocabularies advise; a browser asks for HTML by name. Nothing
harvested is needed to answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from markupsafe import Markup
from pyoxigraph import BlankNode, RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sparql.formats import BY_KEY, Format, choose
from sparql.protocol import CORS
from vocab import ROOM, term
from vocab.concepts import SCHEMES
from vocab.documents import description, turtle, versions
from vocab.facts import Facts
from vocab.messages import say
from vocab.pages import Page, picture_svg
from vocab.picture import picture
from web.answers import METHODS, conditional, preflight
from web.listings import page_of
from web.shell import HTML, VARY, Shell, language_of

DATA = tuple(BY_KEY[key] for key in ("turtle", "jsonld", "ntriples", "rdfxml"))
FORMATS = (*DATA, HTML)

_BY_EXTENSION = {format_.extension: format_ for format_ in FORMATS}
_NAMES = {"turtle": "Turtle", "jsonld": "JSON-LD", "ntriples": "N-Triples", "rdfxml": "RDF/XML"}
_SECONDS = 3_600  # a page may be kept for so long: the vocabulary changes with a release
_VARY = {"vary": VARY}
_CONTEXT = (
    '</context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
)
_CONTEXT_TYPE = {"content-type": "application/ld+json"}
_OWN_LINK = re.compile(r'href="/(?:ns|concept/)[^"#]*')
_PICTURE = "/picture.svg"
_KEPT = 1024
"""Bodies kept in memory; all there is of one version, in every format, is some 900."""


class Vocabulary:
    """Answers at the addresses of the namespaces."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> Iterator[Route]:
        """The routes of ``/ns``, ``/shapes``, ``/concept`` and the JSON-LD context."""
        methods = list(METHODS)
        for room in ("ns", "shapes", "concept"):
            for tail in ("", ".{extension}", "/{rest:path}"):
                yield Route(f"/{room}{tail}", self.answer, methods=methods)
        yield Route("/context.jsonld", self.context, methods=methods)

    def answer(self, request: Request) -> Response:
        """One address of the vocabulary, in the format that is asked."""
        if request.method == "OPTIONS":
            return preflight()
        path = request.url.path.strip("/")
        if path.endswith(_PICTURE):
            return self._picture(request, path.removeprefix("ns/").removesuffix(_PICTURE))
        path, asked = _split(path)
        if not _statements(path):
            return self._missing(request)
        chosen = choose(FORMATS, request.headers.get("accept", ""))
        format_, media = (asked, asked.media) if asked else chosen or (None, "")
        if format_ is None:
            return _unacceptable(request, path)
        headers = _VARY | {"link": _links(path, format_)}
        if format_ is not HTML:
            headers |= {"content-type": format_.content_type(media)}
            headers["content-location"] = f"/{path}.{format_.extension}"
            return conditional(request, _data(path, format_.key), headers, seconds=_SECONDS)
        return self._html(request, path, headers)

    def context(self, request: Request) -> Response:
        """``/context.jsonld``: the context that the vocabulary is written to be used with."""
        if request.method == "OPTIONS":
            return preflight()
        body = (ROOM / "context.jsonld").read_bytes()
        return conditional(request, body, _CONTEXT_TYPE, seconds=_SECONDS)

    def _html(self, request: Request, path: str, headers: Mapping[str, str]) -> Response:
        """A page; for a lone concept, the way to its place on the page of its scheme."""
        language = language_of(request)
        keep = f"?lang={language}" if "lang" in request.query_params else ""
        if path.count("/") == 2:  # noqa: PLR2004  # concept, scheme, slug
            scheme, _, slug = path.rpartition("/")
            return RedirectResponse(
                f"/{scheme}{keep}#{slug}",
                303,
                {**CORS, "cache-control": f"public, max-age={_SECONDS}", **headers},
            )
        page, article = _article(path, language, keep)
        body = self._shell.render(
            request,
            "vocabulary.html",
            page=page,
            article=article,
            formats=[(_NAMES[one.key], f"/{path}.{one.extension}") for one in DATA],
            versions=versions(),
        )
        told = {"content-type": HTML.content_type(), "content-language": language}
        return conditional(request, body.encode(), {**headers, **told}, seconds=_SECONDS)

    def _picture(self, request: Request, version: str) -> Response:
        """The classes of the vocabulary as a picture that stands alone: its logo."""
        if version not in versions():
            return self._missing(request)
        language = language_of(request)
        layout = picture(Facts(description("ns")))
        drawn = Markup(str(picture_svg(language)).replace('href="#', 'href="/ns#'))  # noqa: S704  # ours
        body = self._shell.render(request, "picture.svg", layout=layout, drawn=drawn)
        told = {"content-type": "image/svg+xml", "content-language": language}
        return conditional(
            request, body.encode(), {**told, "vary": "Accept-Language"}, seconds=_SECONDS
        )

    def _missing(self, request: Request) -> Response:
        """Nothing here, and what there is instead."""
        named = choose(FORMATS, request.headers.get("accept", ""))
        if named and named[0] is HTML:
            response = self._shell.page(
                request,
                "missing.html",
                status=404,
                schemes=_article("ns", language_of(request), "")[0].schemes,
                versions=versions(),
            )
            response.headers.update(CORS)
            return response
        message = say(
            "the vocabulary has nothing at {path}: see /ns for its terms, /shapes for its shapes, "
            "and one of these for its concepts: {known}",
            path=request.url.path,
            known=", ".join(f"/concept/{slug}" for slug in SCHEMES),
        )
        language = language_of(request)
        return _plain(message.render(language), 404, language)


def _split(path: str) -> tuple[str, Format | None]:
    """A path without its extension, and the format of that extension; versions have dots too."""
    stem, _, extension = path.rpartition(".")
    format_ = _BY_EXTENSION.get(extension)
    return (stem, format_) if stem and format_ else (path, None)


def _links(path: str, current: Format) -> str:
    """The other formats of an address, and the context of ours where JSON-LD is served."""
    links = [
        f'</{path}.{one.extension}>; rel="alternate"; type="{one.media}"'
        for one in FORMATS
        if one is not current
    ]
    return ", ".join([*links, _CONTEXT] if current.key == "jsonld" else links)


def _plain(sentence: str, status: int, language: str) -> Response:
    headers = CORS | _VARY | {"cache-control": "no-store", "content-language": language}
    return PlainTextResponse(f"{sentence}\n", status, headers)


def _unacceptable(request: Request, path: str) -> Response:
    message = say(
        "/{path} cannot be given as {accept}: take one of {known}",
        path=path,
        accept=request.headers.get("accept", ""),
        known=", ".join(f"{one.media} (/{path}.{one.extension})" for one in FORMATS),
    )
    language = language_of(request)
    return _plain(message.render(language), 406, language)


@lru_cache(maxsize=_KEPT)
def _statements(path: str) -> tuple[Triple, ...]:
    """What is behind an address, subject by subject, the same bytes after each start.

    The parser gives blank nodes names of chance, and their statements in the midst of others.
    """
    triples = description(path)
    names: dict[object, BlankNode] = {}
    places: dict[object, int] = {}
    for one in triples:
        places.setdefault(one.subject, len(places))
        for end in (one.subject, one.object):
            if isinstance(end, BlankNode):
                names.setdefault(end, BlankNode(f"b{len(names) + 1}"))
    return tuple(
        Triple(
            names.get(one.subject, one.subject), one.predicate, names.get(one.object, one.object)
        )
        for one in sorted(triples, key=lambda one: places[one.subject])
    )


@lru_cache(maxsize=_KEPT)
def _data(path: str, key: str) -> bytes:
    """The statements behind an address, written in the format of that short name."""
    triples = _statements(path)
    if key == "turtle":
        return turtle(triples).encode()
    if key == "jsonld":
        return _jsonld(triples)
    return serialize(triples, format=getattr(RdfFormat, BY_KEY[key].oxigraph)) or b""


def _jsonld(triples: Iterable[Triple]) -> bytes:
    """Expanded JSON-LD: it needs no context, hence no network; types said as ``@type``."""
    nodes = json.loads(serialize(triples, format=RdfFormat.JSON_LD) or b"[]")
    for one in nodes:
        if types := one.pop(term("rdf:type"), None):
            one["@type"] = [type_["@id"] for type_ in types]
    return json.dumps(nodes, ensure_ascii=False, indent=1).encode()


@lru_cache(maxsize=_KEPT)
def _article(path: str, language: str, keep: str) -> tuple[Page, Markup]:
    """A page and its body, whose links to our own addresses keep the language that was chosen."""
    page = page_of(path, language)
    linked = _OWN_LINK.sub(rf"\g<0>{keep}", str(page.html()))
    return page, Markup(linked)  # noqa: S704  # a page of ours, escaped where it was made
