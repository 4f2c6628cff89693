"""The HTML pages: templates, what they are given, and the result of a query as a table."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sparql.exchange import Operation
from sparql.formats import formats_of
from sparql.guard import check
from sparql.language import preferred
from sparql.protocol import prepare
from sparql.values import SparqlError
from sparql.workers import Pool
from vocab.messages import LANGUAGES
from web.home import Homes
from web.texts import Words, link

ROOM = Path(__file__).parent
MOST_ROWS = 500
"""Rows of a result that the page shows; the data formats give all of them."""

_MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """A result on the page: a table or a ``text``; ``cut`` when there is more of it."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    text: str = ""
    cut: bool = False


class Pages:
    """Renders the pages of one node."""

    def __init__(self, pool: Pool, homes: Homes, title: str) -> None:
        self._pool = pool
        self._homes = homes
        self._title = title
        self._templates = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def home(self, request: Request) -> Response:
        """``/``: what this is, what it holds, what comes up, and how to ask it."""
        generation = self._pool.generation
        if generation is None:
            return self._page(request, "empty.html", status=503)
        try:
            home = await self._homes.now(generation)
        except SparqlError as error:
            return self._page(request, "trouble.html", status=error.status, error=error)
        endpoint = str(request.url_for("sparql"))
        commands = {
            example.name: f"curl -G -H 'Accept: text/csv' {endpoint} \\\n"
            f"  --data-urlencode query={shlex.quote(example.text)}"
            for example in home.examples
        }
        return self._page(request, "home.html", home=home, commands=commands)

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
        )

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

    def _page(
        self, request: Request, template: str, *, status: int = 200, **values: object
    ) -> Response:
        language = preferred(
            request.headers.get("accept-language", ""), request.query_params.get("lang", "")
        )
        words = Words(language, self._homes.zone)
        other = next(known for known in LANGUAGES if known != language)
        body = self._templates.get_template(template).render(
            values,
            _=words.say,
            words=words,
            link=link,
            lang=language,
            keep=f"?lang={language}" if "lang" in request.query_params else "",
            other=f"?{request.url.include_query_params(lang=other).query}",
            title=self._title,
            generation=self._pool.generation,
        )
        headers = {
            "vary": "Accept, Accept-Language",
            "content-language": language,
            "cache-control": "no-store" if status != 200 else "public, max-age=60",  # noqa: PLR2004
        }
        if status == 503:  # noqa: PLR2004  # Service Unavailable: worth asking again
            headers["retry-after"] = "10"
        return HTMLResponse(body, status_code=status, headers=headers)


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
