"""What browsers may do with our pages: the headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.datastructures import URL, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send


def policy(*, img: str = "", frames: str = "'none'") -> str:
    """A Content-Security-Policy: nothing from another host, no script or style inside a page.

    Args:
        img: another host that pictures may come from: that of the map's tiles.
        frames: who may show the page in a frame.
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        f"img-src 'self'{f' {img}' if img else ''}; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {frames}"
    )


SECURITY = {
    "content-security-policy": policy(),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Scripts of ours only, nothing from another host, no frame, no word of where one was."""


LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names by which this machine calls itself."""


class Named:
    """Lets the node be called by its own name, or by one of this machine, and by no other.

    Pages write whole addresses of ours into what people copy and caches keep; a request that
    calls us by another name (Host, RFC 9110, section 7.2) must not write that one there.

    Args:
        app: what answers.
        base: the public address of the node, "" while it is not known.
    """

    def __init__(self, app: ASGIApp, base: Callable[[], str]) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, by a name that is ours."""
        if scope["type"] == "http" and URL(scope=scope).hostname not in LOOPBACK:
            own = URL(self._base())
            if own.netloc and own.hostname not in LOOPBACK:
                others = [(name, value) for name, value in scope["headers"] if name != b"host"]
                host = (b"host", own.netloc.encode())
                scope = {**scope, "scheme": own.scheme, "headers": [host, *others]}
        await self._app(scope, receive, send)


class Secured:
    """Adds ``SECURITY`` to every answer that does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/static/"):  # components that other sites load
                    headers.setdefault("access-control-allow-origin", "*")
            await send(message)

        await self._app(scope, receive, secured)
