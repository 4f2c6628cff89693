"""Answers that anyone may read from anywhere, and keep: CORS, and conditional requests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sparql.protocol import CORS

METHODS = ("GET", "HEAD", "OPTIONS")
_PREFLIGHT = CORS | {
    "access-control-allow-methods": ", ".join(METHODS),
    "access-control-allow-headers": "Accept, Accept-Language, If-None-Match",
    "access-control-max-age": "86400",
    "allow": ", ".join(METHODS),
}


def preflight() -> Response:
    """The answer to OPTIONS: reading is free to all."""
    return Response(status_code=204, headers=_PREFLIGHT)


def conditional(
    request: Request, body: bytes, headers: Mapping[str, str], *, seconds: int = 300
) -> Response:
    """``body``, or 304 for whoever has it already (RFC 9110, section 13.1.2).

    Args:
        request: what is answered.
        body: the whole of it.
        headers: those of the content.
        seconds: how long it may be used without asking again.
    """
    told = {
        **CORS,
        "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "cache-control": f"public, max-age={seconds}",
        **headers,
    }
    known = request.headers.get("if-none-match", "")
    if told["etag"] in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return Response(status_code=304, headers=told)
    return Response(body, headers=told)


def json_answer(request: Request, data: Any, media: str = "application/json") -> Response:
    """``data`` as JSON, for programs and scripts of any site."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return conditional(request, body, {"content-type": media, "vary": "Accept-Language"})
