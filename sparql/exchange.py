"""From an HTTP request to what it asks: the query operation of the SPARQL 1.1 Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.requests import Request

from sparql.values import (
    MethodRefusedError,
    QueryMalformedError,
    QueryRefusedError,
    QueryTooLongError,
    UnsupportedBodyError,
)
from vocab.messages import Message, say

MOST_BODY = 1 << 20
"""Bytes of a request body: a text at the limit of length, percent-encoded, is well below."""

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation (SPARQL 1.1 Protocol, section 2.1).

    ``text`` is None for a GET that names no query, which asks for the description of the
    service. ``format`` is the ``format`` parameter, "" when it is absent.
    """

    text: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str = ""


async def read(request: Request) -> Operation:
    """The operation that ``request`` asks for.

    Raises:
        MethodRefusedError: a method other than GET, HEAD and POST.
        UnsupportedBodyError: a POST that is neither a form nor a query.
        QueryMalformedError: no query or several, a body that is not UTF-8, a relative graph IRI.
        QueryRefusedError: an update.
        QueryTooLongError: a body beyond ``MOST_BODY``.
    """
    parameters = _pairs(request.url.query)
    if request.method in ("GET", "HEAD"):
        return _operation(parameters, described=True)
    if request.method != "POST":
        raise MethodRefusedError(
            say("{method} is not a way to ask a query: use GET or POST", method=request.method)
        )
    media, charset = _content_type(request)
    if media == "application/sparql-update":
        raise _update()
    if media not in (FORM, DIRECT) or charset not in ("", "utf-8", "utf8"):
        raise UnsupportedBodyError(_unsupported(request.headers.get("content-type", "")))
    body = await _body(request)
    if media == DIRECT:
        if any(name == "query" for name, _ in parameters):
            raise _several()
        return _operation([*parameters, ("query", body)])
    return _operation([*parameters, *_pairs(body)])


def _operation(parameters: list[tuple[str, str]], *, described: bool = False) -> Operation:
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) > 1:
        raise _several()
    if any(name == "update" for name, _ in parameters):
        raise _update()
    if not queries and not described:
        raise QueryMalformedError(say("no query: give it as the parameter named query"))
    formats = [value for name, value in parameters if name == "format"]
    return Operation(
        text=queries[0] if queries else None,
        default_graphs=_graphs(parameters, "default-graph-uri"),
        named_graphs=_graphs(parameters, "named-graph-uri"),
        format=formats[-1] if formats else "",
    )


def _graphs(parameters: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    graphs = tuple(value for name, value in parameters if name == wanted)
    for graph in graphs:
        try:
            ox.NamedNode(graph)
        except ValueError as error:
            raise QueryMalformedError(
                say(
                    "{name}={graph}: write an absolute IRI, percent-encoded",
                    name=wanted,
                    graph=graph,
                )
            ) from error
    return graphs


def _pairs(encoded: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise QueryMalformedError(
            say("the parameters cannot be read: percent-encode them as UTF-8")
        ) from error


def _content_type(request: Request) -> tuple[str, str]:
    media, *parameters = request.headers.get("content-type", "").lower().split(";")
    charsets = [
        value.strip().strip('"')
        for name, _, value in (parameter.partition("=") for parameter in parameters)
        if name.strip() == "charset"
    ]
    return media.strip(), charsets[0] if charsets else ""


def _unsupported(media: str) -> Message:
    if not media:
        return say(
            "the body has no Content-Type: send {form} with a query parameter, or the query "
            "itself as {direct}, in UTF-8",
            form=FORM,
            direct=DIRECT,
        )
    return say(
        "the body is said to be {media}: send {form} with a query parameter, or the "
        "query itself as {direct}, in UTF-8",
        media=media,
        form=FORM,
        direct=DIRECT,
    )


async def _body(request: Request) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            raise QueryTooLongError(
                say("the body is longer than {most} bytes: shorten the query", most=MOST_BODY)
            )
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise QueryMalformedError(say("the body is not UTF-8: encode it as UTF-8")) from error


def _several() -> QueryMalformedError:
    return QueryMalformedError(say("several queries in one request: send one request for each"))


def _update() -> QueryRefusedError:
    return QueryRefusedError(
        say(
            "this endpoint only reads: data come in through the sources that are harvested, "
            "not through SPARQL Update"
        )
    )
