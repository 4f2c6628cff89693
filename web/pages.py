"""The HTML pages of the data: what their templates are given, and a result as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sparql.exchange import Operation
from sparql.formats import Format, choose, formats_of
from sparql.guard import check
from sparql.protocol import prepare
from sparql.values import SparqlError
from sparql.workers import Pool
from vocab.messages import say
from web.shell import HTML, VARY, Shell, language_of
from web.texts import reference

MOST_ROWS = 500
"""Rows of a result that the page shows; the data formats give all of them."""

_MOST_BYTES = 256 * 1024
_PLAIN = Format("text", "text/plain", "", graph=False, extension="txt", charset=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A result on the page: a table or a ``text``; ``cut`` when there is more of it."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    text: str = ""
    cut: bool = False


class Pages:
    """Renders the pages of one node."""

    def __init__(self, pool: Pool, shell: Shell) -> None:
        self._pool = pool
        self._shell = shell

    async def sparql(self, request: Request, operation: Operation) -> Response:
        """``/sparql`` in a browser: a form, and the result of its query."""
        shown: Shown | None = None
        error: SparqlError | None = None
        if operation.text:
            client = request.client.host if request.client else ""
            try:
                shown = await self._result(operation, operation.text, client)
            except SparqlError as refused:
                error = refused
        return self._page(
            request,
            "sparql.html",
            status=error.status if error else 200,
            text=operation.text or "",
            shown=shown,
            error=error,
            formats=(*formats_of("SELECT"), *formats_of("CONSTRUCT")),
            reference=self._reference,
        )

    def nowhere(self, request: Request, _: Exception) -> Response:
        """An address that is none of ours: a page for people, a sentence for programs."""
        accepted = choose((_PLAIN, HTML), request.headers.get("accept", ""))
        if accepted and accepted[0] is HTML:
            return self._page(request, "nowhere.html", status=404)
        language = language_of(request)
        message = say(
            "there is nothing at {path}: the first page is /, the SPARQL endpoint /sparql, "
            "the vocabulary /ns",
            path=request.url.path,
        )
        headers = {"cache-control": "no-store", "content-language": language, "vary": VARY}
        return PlainTextResponse(f"{message.render(language)}\n", 404, headers)

    async def _result(self, operation: Operation, text: str, client: str) -> Shown:
        graph = check(text, self._pool.limits).form in ("CONSTRUCT", "DESCRIBE")
        asked = Operation(
            text, operation.default_graphs, operation.named_graphs, "turtle" if graph else "csv"
        )
        plan = prepare(asked, "", self._pool, text)
        async with self._pool.ask(plan.question, client) as answer:
            body, cut = await _beginning(answer.chunks)
        if graph:
            return Shown(text=body, cut=cut)
        return _table(body, cut=cut)

    def _reference(self, cell: str) -> str:
        generation = self._pool.generation
        return reference(cell, generation.base) if generation else ""

    def _page(
        self, request: Request, template: str, *, status: int = 200, **values: object
    ) -> Response:
        generation = self._pool.generation
        return self._shell.page(request, template, status=status, generation=generation, **values)


async def _beginning(chunks: AsyncIterator[bytes]) -> tuple[str, bool]:
    """The first bytes of a result, up to a whole line, and whether there is more."""
    body = b""
    async for chunk in chunks:
        body += chunk
        if len(body) > _MOST_BYTES:
            return body[:_MOST_BYTES].rpartition(b"\n")[0].decode(errors="replace"), True
    return body.decode(), False


def _table(body: str, *, cut: bool) -> Shown:
    """A CSV result as a table; the answer of an ASK is a bare word."""
    if body.strip() in ("true", "false"):
        return Shown(text=body.strip())
    lines = [tuple(line) for line in csv.reader(io.StringIO(body, newline=""))]
    columns, rows = lines[0] if lines else (), lines[1:]
    return Shown(columns, tuple(rows[:MOST_ROWS]), cut=cut or len(rows) > MOST_ROWS)
