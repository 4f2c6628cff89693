"""The bundled samples over real HTTP, so that they travel the path of the real sources."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType

from samples.dates import fill
from vocab.messages import Told, say

_SCHEME = "sample:"
_OCTETS = 75
_FILES = Path(__file__).parent / "files"
_TYPES = MappingProxyType(
    {
        ".ics": "text/calendar; charset=utf-8",
        ".rss": "application/rss+xml; charset=utf-8",
        ".atom": "application/atom+xml; charset=utf-8",
        ".json": "application/json",
        ".geojson": "application/geo+json",
        ".csv": "text/csv; charset=utf-8",
    }
)


class UnknownSampleError(Told):
    """There is no sample of that name."""


@cache
def _paths() -> MappingProxyType[str, Path]:
    return MappingProxyType({path.stem: path for path in sorted(_FILES.iterdir())})


def names() -> tuple[str, ...]:
    """The names of the samples, in alphabetical order."""
    return tuple(_paths())


def media_type(name: str) -> str:
    """The Content-Type that sample ``name`` is served with.

    Raises:
        UnknownSampleError: when there is none of that name.
    """
    return _TYPES[_path(name).suffix]


def render(name: str, today: date) -> bytes:
    """The bytes of sample ``name`` as served on ``today``.

    Raises:
        UnknownSampleError: when there is none of that name.
    """
    path = _path(name)
    text = fill(path.read_text(encoding="utf-8"), today)
    if path.suffix == ".ics":
        text = "".join(map(_folded, text.splitlines()))
    return text.encode()


def resolve(address: str, base_url: str) -> str:
    """The loopback URL of ``sample:NAME`` at the server ``base_url``; other addresses as given.

    Raises:
        UnknownSampleError: when there is no sample of that name.
    """
    if not address.startswith(_SCHEME):
        return address
    return f"{base_url}/{_path(address.removeprefix(_SCHEME)).name}"


def _folded(line: str) -> str:
    """A line of a calendar, in pieces of at most 75 octets (RFC 5545, section 3.1)."""
    pieces = [""]
    for char in line:
        if len((pieces[-1] + char).encode()) > _OCTETS:
            pieces.append(" ")
        pieces[-1] += char
    return "\r\n".join(pieces) + "\r\n"


def _path(name: str) -> Path:
    try:
        return _paths()[name]
    except KeyError:
        near = get_close_matches(name, names(), n=1)
        if near:
            message = say("no sample {name} — write sample:{near}", name=name, near=near[0])
        else:
            known = ", ".join(names())
            message = say("no sample {name} — write one of: {known}", name=name, known=known)
        raise UnknownSampleError(message) from None


@contextmanager
def serve(today: Callable[[], date]) -> Iterator[str]:
    """Serve the samples on a free loopback port until the block ends; the base URL.

    Args:
        today: asked at each request, so that a server left running moves with the days.
    """
    with _Server(today) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.today = today


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer with a sample, conditionally and compressed as a good server does."""
        name, _, extension = self.path.removeprefix("/").rpartition(".")
        path = _paths().get(name)
        if path is None or path.suffix != f".{extension}":
            self._send(HTTPStatus.NOT_FOUND, b"", {})
            return
        body = render(name, self.server.today())
        headers = {
            "Content-Type": media_type(name),
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
            "Vary": "Accept-Encoding",
        }
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self._send(HTTPStatus.NOT_MODIFIED, b"", headers)
            return
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        self._send(HTTPStatus.OK, body, headers)

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: the harvest run tells what it fetched."""
