"""Reading one HTTP response: its body within limits, what its headers say, where it points."""

from __future__ import annotations

import gzip
import re
import string
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import requests

from harvester.fetch.errors import broken, too_large, undecoded, weakened
from harvester.fetch.freshness import http_date
from harvester.fetch.values import Answer, Validators
from harvester.records import Content

PORTS = {"http": 80, "https": 443}
_CHUNK = 64 * 1024
_GZIP = {"gzip", "x-gzip"}
_RETURNABLE = re.compile(r"[!-~]([ -~]{0,500}[!-~])?")  # RFC 9110, field values; some send junk


def body_of(response: requests.Response, url: str, most: int, *, cut: bool = False) -> bytes:
    """The decoded body, never more than ``most`` bytes in memory.

    Args:
        response: whose body was not read yet.
        url: what errors name.
        most: the limit.
        cut: whether the body is cut there, instead of being refused.

    Raises:
        FetchError: when it is too large, stops short, or is compressed in another way.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", *_GZIP}:
        raise undecoded(url, encoding)
    # GzipFile tells a stream that stops short; urllib3's decoder takes it for the whole.
    source = gzip.GzipFile(fileobj=response.raw) if encoding in _GZIP else response.raw
    body = bytearray()
    try:
        while chunk := source.read(_CHUNK):
            body += chunk
            if len(body) > most:
                if cut:
                    return bytes(body[:most])
                raise too_large(url, most)
    except (EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:  # a chunk of size -1
        raise broken(url, str(error)) from error
    return bytes(body)


def not_before(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Retry-After (RFC 9110, section 10.2.3): seconds, or a date."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 9:  # noqa: PLR2004  # 3 years
        return now + timedelta(seconds=int(value))
    return http_date(value)


def media_type(headers: Mapping[str, str]) -> tuple[str, str]:
    """The media type and the charset of Content-Type, lower case."""
    media_type, *parameters = headers.get("Content-Type", "").lower().split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return media_type.strip(), value.strip(" \t\"'")
    return media_type.strip(), ""


def content_of(answer: Answer) -> Content:
    """One page, as readers take it."""
    return Content(answer.body, *media_type(answer.headers), url=answer.url)


def conditions(validators: Validators | None) -> dict[str, str]:
    """The headers of a request that asks only for what changed (RFC 9110, section 13)."""
    headers = {"Accept-Encoding": "gzip", "Accept": "*/*"}
    if validators and validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators and validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def validators_of(
    headers: Mapping[str, str],
    content_hash: str,
    last: Validators = Validators(),  # noqa: B008  # frozen
) -> Validators:
    """What an answer gives; a 304 need not repeat what the ``last`` one gave."""
    etag = headers.get("ETag", last.etag)
    modified = headers.get("Last-Modified", last.last_modified)
    return Validators(
        etag=etag if _RETURNABLE.fullmatch(etag) else "",
        last_modified=modified if _RETURNABLE.fullmatch(modified) else "",
        content_hash=content_hash,
    )


def next_hop(hops: Sequence[str], response: requests.Response) -> str:
    """Where ``response`` points, as an absolute address.

    Raises:
        FetchError: when that leads from https down to http.
        ValueError: when it is no address.
    """
    # http.client reads headers as Latin-1; addresses are sent as UTF-8, or by old sites in Latin-1.
    sent = response.headers["Location"].encode("latin-1")
    try:
        location = sent.decode()
    except UnicodeDecodeError:
        location = quote(sent, safe=string.punctuation)
    target = urljoin(hops[-1], location)
    if (urlsplit(hops[-1]).scheme, urlsplit(target).scheme) == ("https", "http"):
        raise weakened(trail([*hops, target]))
    return target


def same_server(first: SplitResult, last: SplitResult) -> bool:
    """Whether ``last`` is the host and port of ``first``, or its https on the usual port."""
    ports = tuple(parts.port or PORTS[parts.scheme] for parts in (first, last))
    return first.hostname == last.hostname and (ports[0] == ports[1] or ports == (80, 443))


def trail(hops: Sequence[str]) -> str:
    """The chain of redirects, for people."""
    return " → ".join(hops)
