"""Servers that break HTTP (RFC 9110, 9112), or keep to it and give no calendar."""

from __future__ import annotations

import gzip
import zlib

from tests.resilience.bad import Bad, failed, same, slow, stored
from tests.resilience.nodes import calendar, event
from tests.resilience.raw import (
    HEAD_END,
    Act,
    Exchange,
    answer,
    endless,
    head,
    sent,
    trickled,
)

NEW = calendar(event("neuf", "Loto"))
LENGTH = f"Content-Length: {len(NEW)}"
CHUNKED = "Transfer-Encoding: chunked"
ONE_CHUNK = f"{len(NEW):x}\r\n".encode() + NEW + b"\r\n"
END = b"0\r\n\r\n"
ZIPPED = gzip.compress(NEW)
CALENDAR = "text/calendar"
BOMB = gzip.compress(bytes(64 * 1024 * 1024))
BROKEN = "stops short or is not HTTP"
HTML = (
    b"<!DOCTYPE html><html><head><title>Site en maintenance</title></head><body>...</body></html>"
)


def reset(exchange: Exchange) -> None:
    exchange.send(head("200 OK", CALENDAR, LENGTH) + NEW[:40])
    exchange.reset()


def drop_by_drop(exchange: Exchange) -> None:
    exchange.send(head("200 OK", CALENDAR, LENGTH))
    trickled(NEW, 0.2)(exchange)


def reset_at_once(exchange: Exchange) -> None:
    exchange.reset()


def status(line: str, *more: str, body: bytes = b"") -> Act:
    return answer(body, "text/html", line, *more)


def redirect(location: str, line: str = "302 Found") -> Act:
    return status(line, f"Location: {location}")


def zipped(body: bytes, encoding: str = "gzip") -> Act:
    return answer(body, CALENDAR, "200 OK", f"Content-Encoding: {encoding}")


def bare(first_line: bytes, *lines: bytes) -> Act:
    return sent(b"\r\n".join([first_line, *lines]) + HEAD_END + NEW)


CONNECTION = (
    failed("closed-at-once", "ics", sent(), BROKEN),
    failed("reset-at-once", "ics", reset_at_once, BROKEN),
    failed("reset-in-the-body", "ics", reset, BROKEN),
    failed("closed-in-the-status-line", "ics", sent(b"HTTP/1."), BROKEN),
    failed("closed-in-the-headers", "ics", sent(b"HTTP/1.1 200 OK\r\nContent-Le"), "empty body"),
    slow("silent-before-the-status-line", sent(60.0)),
    slow("silent-in-the-headers", sent(b"HTTP/1.1 200 OK\r\n", 60.0)),
    slow("silent-before-the-body", sent(head("200 OK", CALENDAR, LENGTH), 60.0)),
    slow("silent-in-the-body", sent(head("200 OK", CALENDAR, LENGTH) + NEW[:60], 60.0)),
    slow("silent-between-chunks", sent(head("200 OK", CALENDAR, CHUNKED) + ONE_CHUNK, 60.0)),
    slow("status-line-drop-by-drop", trickled(head("200 OK", CALENDAR, LENGTH) + NEW, 0.2)),
    slow("body-drop-by-drop", drop_by_drop),
    slow("endless-headers-drop-by-drop", trickled(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500, 0.1)),
)

FRAMING = (
    failed(
        "a-length-too-long",
        "ics",
        sent(head("200 OK", CALENDAR, "Content-Length: 9999") + NEW),
        BROKEN,
    ),
    failed(
        "a-length-too-short",
        "ics",
        sent(head("200 OK", CALENDAR, "Content-Length: 90") + NEW),
        "cut short",
    ),
    stored("a-negative-length", "ics", sent(head("200 OK", CALENDAR, "Content-Length: -1") + NEW)),
    stored("a-length-in-words", "ics", sent(head("200 OK", CALENDAR, "Content-Length: ten") + NEW)),
    failed(
        "two-lengths",
        "ics",
        sent(head("200 OK", CALENDAR, LENGTH, "Content-Length: 3") + NEW),
        BROKEN,
    ),
    failed(
        "an-immense-length",
        "ics",
        sent(head("200 OK", CALENDAR, "Content-Length: " + "9" * 30) + NEW),
        BROKEN,
    ),
    stored(
        "a-length-and-chunks",
        "ics",
        sent(head("200 OK", CALENDAR, CHUNKED, "Content-Length: 3") + ONE_CHUNK + END),
    ),
    failed("no-last-chunk", "ics", sent(head("200 OK", CALENDAR, CHUNKED) + ONE_CHUNK), BROKEN),
    failed(
        "a-chunk-cut-short",
        "ics",
        sent(head("200 OK", CALENDAR, CHUNKED) + b"fff\r\n" + NEW),
        BROKEN,
    ),
    failed(
        "a-chunk-size-in-words",
        "ics",
        sent(head("200 OK", CALENDAR, CHUNKED) + b"many\r\n" + NEW + b"\r\n" + END),
        BROKEN,
    ),
    failed(
        "a-negative-chunk",
        "ics",
        sent(head("200 OK", CALENDAR, CHUNKED) + b"-5\r\n" + NEW + b"\r\n" + END),
        BROKEN,
    ),
    failed(
        "an-immense-chunk",
        "ics",
        sent(head("200 OK", CALENDAR, CHUNKED) + b"f" * 16 + b"\r\n" + NEW),
        BROKEN,
    ),
    failed(
        "a-chunk-line-of-100-kB",
        "ics",
        sent(head("200 OK", CALENDAR, CHUNKED) + b"5;x=" + b"y" * 100_000 + b"\r\nBEGIN"),
        BROKEN,
    ),
    failed("chunks-that-are-none", "ics", sent(head("200 OK", CALENDAR, CHUNKED) + NEW), BROKEN),
    failed(
        "endless-chunks",
        "ics",
        endless(head("200 OK", CALENDAR, CHUNKED), b"8000\r\n" + b"X" * 0x8000 + b"\r\n"),
        "holds more than",
    ),
    failed(
        "an-endless-body", "ics", endless(head("200 OK", CALENDAR), b"X" * 65536), "holds more than"
    ),
    failed(
        "an-unknown-transfer-coding",
        "ics",
        sent(head("200 OK", CALENDAR, "Transfer-Encoding: rot13") + HTML),
        "web page",
    ),
)

HEADERS = (
    failed("no-http-at-all", "ics", sent(b"220 ftp.example.org ready\r\n"), BROKEN),
    failed("http-0.9", "ics", sent(NEW), BROKEN),
    failed(
        "http-2-frames", "ics", sent(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)), BROKEN
    ),
    failed("a-tls-alert", "ics", sent(b"\x15\x03\x01\x00\x02\x02\x46"), BROKEN),
    failed("a-status-in-words", "ics", bare(b"HTTP/1.1 good fine"), BROKEN),
    failed("a-status-of-four-digits", "ics", bare(b"HTTP/1.1 2000 OK"), BROKEN),
    failed("a-negative-status", "ics", bare(b"HTTP/1.1 -200 OK"), BROKEN),
    failed("a-status-line-of-100-kB", "ics", bare(b"HTTP/1.1 200 " + b"O" * 100_000), BROKEN),
    failed("an-unknown-version", "ics", bare(b"HTTP/7.3 200 OK"), BROKEN),
    failed("a-header-of-100-kB", "ics", bare(b"HTTP/1.1 200 OK", b"X: " + b"y" * 100_000), BROKEN),
    failed("a-thousand-headers", "ics", bare(b"HTTP/1.1 200 OK", *[b"X: y"] * 1000), BROKEN),
    stored("a-header-without-colon", "ics", bare(b"HTTP/1.1 200 OK", b"X-Broken", b"A: b")),
    stored("a-header-with-nul", "ics", bare(b"HTTP/1.1 200 OK", b"X: a\x00b", b"Content-Type: t")),
    stored(
        "a-folded-header",
        "ics",
        bare(b"HTTP/1.1 200 OK", b"Content-Type: text/calendar;", b"\tcharset=utf-8"),
    ),
    stored(
        "line-feeds-alone", "ics", sent(b"HTTP/1.1 200 OK\nContent-Type: text/calendar\n\n" + NEW)
    ),
    stored(
        "an-etag-with-control-characters", "ics", bare(b"HTTP/1.1 200 OK", b'ETag: "a\x07\x7f\xff"')
    ),
    stored("an-etag-of-50-kB", "ics", bare(b"HTTP/1.1 200 OK", b'ETag: "' + b"e" * 50_000 + b'"')),
    stored(
        "a-date-that-is-none",
        "ics",
        bare(
            b"HTTP/1.1 200 OK",
            b"Last-Modified: hier",
            b"Expires: -1",
            b"Cache-Control: max-age=soon",
        ),
    ),
    stored(
        "an-immense-max-age",
        "ics",
        bare(b"HTTP/1.1 200 OK", b"Cache-Control: max-age=" + b"9" * 400),
    ),
    stored("a-hundred-cookies", "ics", bare(b"HTTP/1.1 200 OK", *[b"Set-Cookie: a=b"] * 90)),
    stored("no-content-type", "ics", bare(b"HTTP/1.1 200 OK")),
    stored(
        "a-content-type-that-is-none",
        "ics",
        bare(b"HTTP/1.1 200 OK", b"Content-Type: ;;;=/\xff; charset"),
    ),
    stored(
        "a-path-for-a-charset",
        "ics",
        bare(b"HTTP/1.1 200 OK", b"Content-Type: text/calendar; charset=../../etc/passwd"),
    ),
    stored(
        "a-codec-for-a-charset",
        "ics",
        bare(b"HTTP/1.1 200 OK", b"Content-Type: text/calendar; charset=zlib_codec"),
    ),
    stored(
        "rot13-for-a-charset",
        "ics",
        bare(b"HTTP/1.1 200 OK", b"Content-Type: text/calendar; charset=rot13"),
    ),
    stored(
        "idna-for-a-charset",
        "ics",
        bare(b"HTTP/1.1 200 OK", b"Content-Type: text/calendar; charset=idna"),
    ),
    slow("endless-100-continue", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
)

STATUS = (
    failed("101", "ics", status("101 Switching Protocols", "Upgrade: h2c"), "unexpected answer"),
    failed("204", "ics", sent(head("204 No Content", "")), "unexpected answer"),
    failed(
        "206",
        "ics",
        answer(NEW[:50], CALENDAR, "206 Partial Content", "Content-Range: bytes 0-49/150"),
        "unexpected answer",
    ),
    failed("300", "ics", status("300 Multiple Choices"), "unexpected answer"),
    same("304-with-a-body", "ics", answer(HTML, "text/html", "304 Not Modified")),
    failed("400", "ics", status("400 Bad Request", body=HTML), "unexpected answer"),
    failed(
        "401", "ics", status("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'), "refuses"
    ),
    failed("402", "ics", status("402 Payment Required"), "unexpected answer"),
    failed("403", "ics", status("403 Forbidden", body=NEW), "refuses to answer us"),
    failed("404", "ics", status("404 Not Found", body=NEW), "does not exist"),
    failed("407", "ics", status("407 Proxy Authentication Required"), "unexpected answer"),
    failed("410", "ics", status("410 Gone", body=NEW), "withdrawn for good"),
    failed("418", "ics", status("418 I'm a teapot"), "unexpected answer"),
    failed("429", "ics", status("429 Too Many Requests", "Retry-After: bientôt"), "too often"),
    failed(
        "429-for-ages",
        "ics",
        status("429 Too Many Requests", "Retry-After: " + "9" * 40),
        "too often",
    ),
    failed(
        "429-until-year-9999",
        "ics",
        status("429 Too Many Requests", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"),
        "too often",
    ),
    failed("451", "ics", status("451 Unavailable For Legal Reasons"), "unexpected answer"),
    failed("500", "ics", status("500 Internal Server Error", body=NEW), "breakdown"),
    failed("503", "ics", status("503 Service Unavailable", "Retry-After: -5"), "breakdown"),
    failed("599", "ics", status("599 Odd"), "breakdown"),
    failed("999", "ics", status("999 Request denied"), "breakdown"),
)

REDIRECTS = (
    failed("a-redirect-to-itself", "ics", redirect("/bad"), "redirects more than"),
    failed("a-redirect-without-address", "ics", status("302 Found"), "unexpected answer"),
    failed("an-empty-redirect", "ics", redirect(""), "redirects more than|unexpected answer"),
    failed(
        "a-redirect-to-data",
        "ics",
        redirect("data:text/calendar,BEGIN:VCALENDAR"),
        "not an address of the web",
    ),
    failed(
        "a-redirect-to-a-mailbox",
        "ics",
        redirect("mailto:a@example.org"),
        "not an address of the web",
    ),
    failed(
        "a-redirect-to-half-an-address", "ics", redirect("http://[::1"), "not an address of the web"
    ),
    failed(
        "a-redirect-to-an-immense-port",
        "ics",
        redirect("http://example.org:123456/"),
        "not an address of the web",
    ),
    failed("a-redirect-of-60-kB", "ics", redirect("/" + "a" * 60_000), "does not exist"),
    failed("a-redirect-in-latin-1", "ics", redirect("/caf\xe9"), "caf%E9 does not exist"),
    failed(
        "a-redirect-with-a-password",
        "ics",
        redirect("http://a:b@example.org/"),
        "user name or a password",
    ),
)

CODINGS = (
    failed("brotli-not-asked-for", "ics", zipped(b"\x0b\x02\x80", "br"), "compressed with br"),
    failed(
        "zstd-not-asked-for", "ics", zipped(b"\x28\xb5\x2f\xfd", "zstd"), "compressed with zstd"
    ),
    failed("deflate-not-asked-for", "ics", zipped(zlib.compress(NEW), "deflate"), "deflate"),
    failed("gzip-twice", "ics", zipped(gzip.compress(ZIPPED), "gzip, gzip"), "gzip, gzip"),
    failed("an-immense-coding", "ics", zipped(NEW, "x" * 50_000), "which we did not ask for"),
    failed("said-gzip-and-is-not", "ics", zipped(NEW), BROKEN),
    failed("gzip-cut-short", "ics", zipped(ZIPPED[:-20]), BROKEN),
    failed("gzip-with-a-wrong-checksum", "ics", zipped(ZIPPED[:-8] + bytes(8)), BROKEN),
    failed("gzip-broken-inside", "ics", zipped(ZIPPED[:20] + b"\xff" * 9 + ZIPPED[29:]), BROKEN),
    failed("gzip-of-nothing", "ics", zipped(b""), "empty|" + BROKEN),
    failed("a-gzip-bomb", "ics", zipped(BOMB), "holds more than"),
    failed(
        "a-gzip-bomb-in-members",
        "ics",
        zipped(gzip.compress(bytes(1 << 20)) * 64),
        "holds more than",
    ),
    failed(
        "gzip-inside-gzip", "ics", zipped(gzip.compress(BOMB[:20_000])), "not iCalendar|web page"
    ),
    failed("gzip-and-rubbish", "ics", zipped(ZIPPED + b"rubbish"), BROKEN),
    failed("gzip-not-said", "ics", answer(ZIPPED, CALENDAR), "not iCalendar"),
)

INSTEAD = (
    failed("a-web-page", "ics", answer(HTML, "text/html"), "web page"),
    failed("a-web-page-said-to-be-a-calendar", "ics", answer(HTML, CALENDAR), "web page"),
    failed("a-web-page-instead-of-a-feed", "feed", answer(HTML, "text/html"), "web page"),
    failed("a-web-page-instead-of-json", "gogocarto", answer(HTML, "text/html"), "web page"),
    failed("a-web-page-instead-of-a-table", "csv", answer(HTML, "text/html"), "web page"),
    failed("a-web-page-instead-of-geojson", "geojson", answer(HTML, "text/html"), "web page"),
    failed("nothing", "ics", b"", "empty"),
    failed("nothing-instead-of-a-feed", "feed", b"", "empty"),
    failed("nothing-instead-of-json", "enbauges", b"", "empty"),
    failed("nothing-instead-of-a-table", "csv", b"", "empty"),
    failed("nothing-instead-of-geojson", "geojson", b"", "empty"),
    failed("white-space", "ics", b" \r\n\t" * 5000, "empty"),
    failed("a-picture", "ics", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "iCalendar"),
    failed("a-zip", "ics", b"PK\x03\x04" + bytes(200), "iCalendar"),
    failed(
        "a-pdf",
        "csv",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20,
        "PDF file, not CSV",
    ),
    failed("an-error-in-json", "ics", b'{"error": "unauthorized", "code": 401}', "iCalendar"),
    failed("an-error-in-words", "ics", b"Database connection failed", "iCalendar"),
)

CASES: tuple[Bad, ...] = (
    *CONNECTION,
    *FRAMING,
    *HEADERS,
    *STATUS,
    *REDIRECTS,
    *CODINGS,
    *INSTEAD,
)
