"""A site on many loopback addresses that misbehaves as it is told, byte by byte.

Each 127.x.y.z is another host to the harvester. The site counts what is asked of each, how
many requests it holds at once, and how long each of them lasted.
"""

from __future__ import annotations

import contextlib
import select
import selectors
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate

HEAD_END = b"\r\n\r\n"
GONE = (ConnectionError, TimeoutError)
LATE = 0.5  # seconds


@dataclass
class Exchange:
    """One request, and the connection that its answer is written to."""

    connection: socket.socket
    host: str
    path: str
    headers: dict[str, str]

    def send(self, content: bytes) -> None:
        """Raises ConnectionError when the client has gone."""
        self.connection.sendall(content)

    def wait(self, seconds: float) -> None:
        """Do nothing for a while, unless the client goes: then raise ConnectionError."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable and not self.connection.recv(1024):
                raise ConnectionAbortedError

    def reset(self) -> None:
        """End with a TCP reset."""
        no_linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)


Act = Callable[[Exchange], None]
"""What the site does with a request."""


def head(status: str = "200 OK", media: str = "text/calendar; charset=utf-8", *more: str) -> bytes:
    """A status line and headers; ``more`` are header lines."""
    kind = [f"Content-Type: {media}"] if media else []
    lines = [f"HTTP/1.1 {status}", *kind, "Connection: close", *more]
    return ("\r\n".join(lines)).encode("latin-1") + HEAD_END


def answer(
    body: bytes, media: str = "text/calendar; charset=utf-8", status: str = "200 OK", *more: str
) -> Act:
    """A whole, sound answer, whatever its body."""
    return sent(head(status, media, f"Content-Length: {len(body)}", *more) + body)


def tagged(body: bytes, media: str) -> Act:
    """A sound answer with an ETag, or 304 to whoever has it already."""
    tag = f'"{sha256(body).hexdigest()}"'
    whole = head("200 OK", media, f"Content-Length: {len(body)}", f"ETag: {tag}") + body

    def act(exchange: Exchange) -> None:
        known = exchange.headers.get("if-none-match") == tag
        exchange.send(head("304 Not Modified", "", f"ETag: {tag}") if known else whole)

    return act


def sent(*parts: bytes | float) -> Act:
    """Bytes as they are; a number is a pause in seconds."""

    def act(exchange: Exchange) -> None:
        for part in parts:
            if isinstance(part, bytes):
                exchange.send(part)
            else:
                exchange.wait(part)

    return act


def trickled(content: bytes, gap: float) -> Act:
    """One byte at a time."""

    def act(exchange: Exchange) -> None:
        for place in range(len(content)):
            exchange.send(content[place : place + 1])
            exchange.wait(gap)

    return act


def endless(first: bytes, again: bytes) -> Act:
    """``again`` until the client goes."""

    def act(exchange: Exchange) -> None:
        exchange.send(first)
        while True:
            exchange.send(again)

    return act


NOT_FOUND = answer(b"", "text/plain", "404 Not Found")


@dataclass(frozen=True)
class Visit:
    """A request as the site saw it: it ends when the answer is sent, or the client has gone."""

    host: str
    path: str
    start: float
    seconds: float


@dataclass
class RawSite:
    """Acts by host and path; whatever has none is not found."""

    port: int
    listen: Callable[[str], None]
    acts: dict[tuple[str, str], Act] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    most_hosts_at_once: int = 0

    def most_at_once(self, host: str) -> int:
        """How many requests of ``host`` were under way together.

        A thread of the site may learn a little late that its client had the whole answer, or
        went: what overlaps by less than ``LATE`` does not count.
        """
        mine = [visit for visit in self.visits if visit.host == host]
        starts = ((visit.start, 1) for visit in mine)
        ends = ((max(visit.start, visit.start + visit.seconds - LATE), -1) for visit in mine)
        return max(accumulate(step for _, step in sorted([*starts, *ends])), default=0)

    @property
    def hosts(self) -> set[str]:
        """The hosts that were asked."""
        return {visit.host for visit in self.visits}

    def put(self, host: str, path: str, act: Act) -> str:
        """Do ``act`` at this address, which is given back."""
        if not any(host == known for known, _ in self.acts):
            self.listen(host)
        self.acts[host, path] = act
        return f"http://{host}:{self.port}{path}"


def numbered(number: int) -> str:
    """A loopback host of its own for each number."""
    return f"127.{1 + number // 62500}.{1 + number // 250 % 250}.{1 + number % 250}"


@contextmanager
def raw_site() -> Iterator[RawSite]:
    """Serve until the block ends."""
    selector = selectors.DefaultSelector()
    first = _listening("127.0.0.1", 0)
    port = first.getsockname()[1]
    selector.register(first, selectors.EVENT_READ)
    site = RawSite(
        port, lambda host: _register(selector, host, port) if host != "127.0.0.1" else None
    )
    at_work = _AtWork(site)
    stopping = threading.Event()

    def accept() -> None:
        while not stopping.is_set():
            for key, _ in selector.select(0.05):
                connection, _ = key.fileobj.accept()  # type: ignore[union-attr]
                threading.Thread(target=at_work.serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield site
    finally:
        stopping.set()
        thread.join()
        for key in list(selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        selector.close()


def _listening(host: str, port: int) -> socket.socket:
    return socket.create_server((host, port), backlog=64)


def _register(selector: selectors.BaseSelector, host: str, port: int) -> None:
    selector.register(_listening(host, port), selectors.EVENT_READ)


class _AtWork:
    """Answers connections, and counts them."""

    def __init__(self, site: RawSite) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._now = Counter[str]()

    def serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(*GONE):
            connection.settimeout(60)
            exchange = asked(connection)
            if exchange is None:
                return
            with self._counted(exchange):
                act = self._site.acts.get((exchange.host, exchange.path), NOT_FOUND)
                act(exchange)

    @contextmanager
    def _counted(self, exchange: Exchange) -> Iterator[None]:
        host, start = exchange.host, time.monotonic()
        with self._lock:
            self._now[host] += 1
            busy = sum(count > 0 for count in self._now.values())
            self._site.most_hosts_at_once = max(self._site.most_hosts_at_once, busy)
        try:
            yield
        finally:
            visit = Visit(host, exchange.path, start, time.monotonic() - start)
            with self._lock:
                self._now[host] -= 1
                self._site.visits.append(visit)


def asked(connection: socket.socket) -> Exchange | None:
    """The request that came, None when the client went without one."""
    told = b""
    while HEAD_END not in told:
        if not (more := connection.recv(65536)):
            return None
        told += more
    first, *lines = told.partition(HEAD_END)[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Exchange(connection, connection.getsockname()[0], first.split(" ")[1], headers)
