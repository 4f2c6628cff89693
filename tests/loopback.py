"""A small web site on loopback whose pages a test changes as it goes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Page:
    body: bytes
    media: str = "text/calendar; charset=utf-8"
    status: int = 200
    tagged: bool = True


@dataclass
class Site:
    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@contextmanager
def loopback_site() -> Iterator[Site]:
    """Serve until the block ends; a path without a page is a 404.

    ``asked`` and ``statuses`` do not tell of robots.txt where there is none.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            page = site.pages.get(self.path, Page(b"", status=404))
            tag = f'"{sha256(page.body).hexdigest()}"'
            fresh = page.tagged and self.headers.get("If-None-Match") == tag
            status = 304 if fresh else page.status
            if self.path in site.pages or self.path != "/robots.txt":
                site.asked.append(self.path)
                site.statuses.append(status)
            self.send_response(status)
            body = b"" if fresh else page.body
            if page.tagged and page.status == 200:
                self.send_header("ETag", tag)
            self.send_header("Content-Type", page.media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.daemon_threads = True
        site = Site(f"http://127.0.0.1:{httpd.server_port}")
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            httpd.shutdown()
            thread.join()
