"""The SPARQL endpoint as an ASGI application: negotiation, streaming, errors, caching."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sparql import exchange, guard
from sparql.description import describe
from sparql.exchange import Operation
from sparql.formats import Format, accepted, by_name, negotiate, quality
from sparql.language import preferred
from sparql.values import PoolBusyError, Question, SparqlError, WorkerDiedError
from sparql.workers import Answer, Pool
from store.generations import Generation
from vocab.iris import Iris
from vocab.messages import say

_LOG = logging.getLogger("enbauges.sparql")

CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Retry-After, Link",
}
_PREFLIGHT = CORS | {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "access-control-max-age": "86400",
    "allow": "GET, HEAD, POST, OPTIONS",
}
_FRESH = "public, max-age=60"

Page = Callable[[Request, Operation], Awaitable[Response]]
"""What a browser is shown: a form, and the result of the query when there is one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A query ready to run, and how its answer will be written."""

    question: Question
    format: Format
    content_type: str
    etag: str


class Endpoint:
    """``/sparql``: every way of asking a query, one way of answering it.

    ``page`` makes the HTML for browsers; it belongs to the web room.
    """

    def __init__(self, pool: Pool, page: Page) -> None:
        self._pool = pool
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        if request.method == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
            return
        try:
            operation = await exchange.read(request)
            response = await self._respond(request, operation)
        except SparqlError as error:
            response = refusal(error, request)
        await response(scope, receive, send)

    async def _respond(self, request: Request, operation: Operation) -> Response:
        if operation.format == "html" or (_is_browser(request) and not operation.format):
            return await self._page(request, operation)
        if operation.text is None:
            return self._description(request)
        plan = prepare(operation, request.headers.get("accept", ""), self._pool, operation.text)
        if plan.etag and plan.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=_headers(plan))
        return Streamed(self._pool, plan, request)

    def _description(self, request: Request) -> Response:
        generation = self._pool.generation
        form, media = negotiate("DESCRIBE", request.headers.get("accept", ""))
        body = describe(str(request.url.replace(query="")), generation, form)
        headers = CORS | {"vary": "Accept", "cache-control": _FRESH}
        return Response(body, headers=headers, media_type=form.content_type(media))


def prepare(operation: Operation, accept: str, pool: Pool, text: str) -> Plan:
    """Check and negotiate: everything that can be refused before a worker is taken.

    Raises:
        SparqlError: the text is refused, or no format fits.
    """
    checked = guard.check(text, pool.limits)
    if operation.format:
        format_ = by_name(checked.form, operation.format)
        media = format_.media
    else:
        format_, media = negotiate(checked.form, accept)
    generation = pool.generation
    default_graphs, named_graphs = _dataset(operation, checked, generation)
    base = generation.base if generation else None
    question = Question(text, format_.key, base, default_graphs, named_graphs, checked.again)
    content_type = format_.content_type(media)
    stable = generation is not None and not checked.volatile
    etag = _etag(question, content_type, generation) if stable and generation else ""
    return Plan(question, format_, content_type, etag)


def _dataset(
    operation: Operation, checked: guard.Checked, generation: Generation | None
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The dataset of a query: the protocol's, else its own, else the canonical graph.

    The protocol's replaces the query's as a whole (SPARQL 1.1 Protocol, section 2.1.4).
    """
    if operation.default_graphs or operation.named_graphs:
        return operation.default_graphs, operation.named_graphs
    if checked.dataset or generation is None:
        return None, None
    return (Iris(generation.base).graph("canonical"),), None


def _etag(question: Question, content_type: str, generation: Generation) -> str:
    """A weak validator: the same rows, in an order that may differ."""
    told = repr((generation.number, generation.base, question, content_type))
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'


def _headers(plan: Plan) -> dict[str, str]:
    headers = CORS | {"vary": "Accept", "content-type": plan.content_type}
    if plan.etag:
        return headers | {"etag": plan.etag, "cache-control": _FRESH}
    return headers | {"cache-control": "no-store"}


def refusal(error: SparqlError, request: Request) -> Response:
    """The error as a response: its status and its sentence in plain text."""
    headers = CORS | {"cache-control": "no-store", "vary": "Accept, Accept-Language"}
    if isinstance(error, PoolBusyError):
        headers["retry-after"] = str(error.retry_after)
    if error.status == 405:  # noqa: PLR2004  # Method Not Allowed says which are
        headers["allow"] = _PREFLIGHT["allow"]
    language = preferred(request.headers.get("accept-language", ""))
    headers["content-language"] = language
    return PlainTextResponse(
        error.message.render(language) + "\n", status_code=error.status, headers=headers
    )


class Streamed(Response):
    """A result sent as it is computed, in the time that the pool gives.

    An error before the first byte is a proper response. After it, the connection is closed
    in the middle of the chunked encoding, so that no client takes what it has for the whole.
    """

    def __init__(self, pool: Pool, plan: Plan, request: Request) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers(_headers(plan))
        self._pool = pool
        self._plan = plan
        self._request = request
        self._started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the query, and end it when the client goes away."""
        work = asyncio.ensure_future(self._run(scope, send))
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not work.done():
                work.cancel()
            with suppress(asyncio.CancelledError):
                await work

    async def _run(self, scope: Scope, send: Send) -> None:
        client = scope["client"][0] if scope.get("client") else ""
        try:
            async with self._pool.ask(self._plan.question, client) as answer:
                if scope["http_version"] == "1.0":
                    await self._send_whole(answer, send)
                else:
                    await self._send_chunks(answer, scope["method"], send)
        except SparqlError as error:
            if self._started:
                _LOG.info("result cut short: %s", error)
                return
            await refusal(error, self._request)(scope, self._request.receive, send)

    async def _send_chunks(self, answer: Answer, method: str, send: Send) -> None:
        """In one piece with its length when it is short, else chunk by chunk."""
        chunks = answer.chunks
        first = await anext(chunks, b"")
        second = await anext(chunks, b"")
        if not second:
            self.headers["content-length"] = str(len(first))
        await self._start(send)
        if method == "HEAD":
            await _send_body(send, b"", more=False)
            return
        await _send_body(send, first, more=bool(second))
        if second:
            await _send_body(send, second, more=True)
            async for chunk in chunks:
                await _send_body(send, chunk, more=True)
            await _send_body(send, b"", more=False)

    async def _send_whole(self, answer: Answer, send: Send) -> None:
        """For HTTP/1.0, where a body of unknown length ends as a cut one does."""
        most = self._pool.limits.spool
        with tempfile.SpooledTemporaryFile(max_size=1 << 20) as spool:
            async for chunk in answer.chunks:
                spool.write(chunk)
                if spool.tell() > most:
                    raise WorkerDiedError(
                        say(
                            "the result is longer than {most} MB, which HTTP/1.0 cannot carry "
                            "safely: ask by HTTP/1.1, or add a LIMIT",
                            most=most >> 20,
                        )
                    )
            self.headers["content-length"] = str(spool.tell())
            spool.seek(0)
            await self._start(send)
            while piece := spool.read(1 << 16):
                await _send_body(send, piece, more=True)
        await _send_body(send, b"", more=False)

    async def _start(self, send: Send) -> None:
        self._started = True
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )


async def _send_body(send: Send, body: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_browser(request: Request) -> bool:
    """Whether HTML is asked by name and before every format of data."""
    ranges = list(accepted(request.headers.get("accept", "")))
    html = max((weight for media, weight in ranges if media == "text/html"), default=0.0)
    data = ("application/sparql-results+json", "application/json", "text/turtle", "text/csv")
    named = [(media, weight) for media, weight in ranges if "*" not in media]
    return html > 0 and all(quality(media, named) < html for media in data)
