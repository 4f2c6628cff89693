"""Serving the application: the address it listens on, and a clean stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from sparql.values import Limits
from vocab.messages import Told, say
from web.app import create

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LAST_PORT = 65535
_GRACE = 3  # seconds that answers under way get when the server stops


class WebError(Told):
    """Base of the room's errors."""


class ListenError(WebError):
    """The address cannot be listened on."""


class _Server(uvicorn.Server):
    """A server that stops on a signal and then returns, instead of dying of the signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on the first signal, at once on the second."""
        loop = asyncio.get_running_loop()
        try:
            for number in _SIGNALS:
                loop.add_signal_handler(number, self._stop, number, None)
        except (ValueError, RuntimeError):  # not the main thread: its caller stops it
            yield
            return
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)


def serve(
    root: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    title: str,
    timezone: str = "Europe/Paris",
    contact: str = "",
    tiles: str = "",
    attribution: str = "",
    state: Path | None = None,
    limits: Limits | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve what is published under ``root`` until SIGINT or SIGTERM; then return.

    No access log is kept: it would be a list of who read what. A client's address counts in
    the sharing of the workers for as long as it asks, and behind a proxy on this machine it
    is the one that X-Forwarded-For tells.

    Args:
        root: the folder of the generations.
        host: name or address to listen on.
        port: 0 lets the system choose.
        title: the node's name, shown on the pages.
        timezone: IANA name of the zone whose days and hours the pages tell.
        contact: a mailbox or a web address of whoever runs the node.
        tiles: address of map tiles with ``{z}/{x}/{y}``; without it maps have no background.
        attribution: whom the server of the tiles asks to name.
        state: the file of the operational state, for the pages that tell how the sources do.
        limits: bounds on queries and clients.
        announce: told the address once it accepts connections.

    Raises:
        ListenError: the address is taken, not of this machine, or not permitted.
    """
    listening = listen(host, port)
    logging.getLogger("enbauges").setLevel(logging.WARNING)
    app = create(
        root,
        title=title,
        timezone=timezone,
        contact=contact,
        tiles=tiles,
        attribution=attribution,
        state=state,
        limits=limits,
    )
    config = uvicorn.Config(
        app,
        access_log=False,
        http="h11",
        lifespan="on",
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        ws="none",
    )
    with listening:
        announce(_address(host, listening))
        _Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port``.

    Raises:
        ListenError: with what to do about it.
    """
    if not 0 <= port <= _LAST_PORT:
        raise ListenError(say("{port} is not a port: choose one from 1 to 65535", port=port))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = say(
                "port {port} of {host} is taken: stop what listens there, or choose another "
                "one with --port {other}",
                port=port,
                host=host,
                other=port + 1,
            )
        elif error.errno in (errno.EACCES, errno.EPERM):
            message = say(
                "listening on port {port} is not permitted: choose one above 1023 with --port",
                port=port,
            )
        else:
            message = say(
                "{host} is not an address of this machine ({reason}): write --host 127.0.0.1 "
                "for this machine alone, or --host 0.0.0.0 for every network",
                host=host,
                reason=error.strerror or str(error),
            )
        raise ListenError(message) from error
    # asyncio does so on sockets it opens itself; without it an answer in pieces waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _address(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}/"
