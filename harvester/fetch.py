"""The guarded HTTP client: the only file that opens a connection to a foreign address.

Every hop of a redirect passes the same guard as the first address. What ``allow_private``
opens is the registered host and port (and its https on the usual port), never what they
redirect to: no server can send us into a private network. A redirect from https down to
http is refused, as it would let anyone on the way write the answer.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import string
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Self
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import requests
import urllib3.exceptions

from harvester import guard
from harvester.fetch_errors import (
    FetchError,
    answered,
    bad_address,
    broken,
    explain,
    secret_address,
    too_large,
    too_many_redirects,
    undecoded,
    weakened,
)
from harvester.records import Content

__all__ = ["Client", "FetchError", "Fetched", "Limits", "Validators", "user_agent"]

_CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_GZIP = {"gzip", "x-gzip"}


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last good answer gave, by which the next one may be found unchanged."""

    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""

    @property
    def conditional(self) -> bool:
        """Whether a server may answer 304 to a request made with them."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much a fetch may take.

    ``connect`` (to one host) and ``read`` (between two packets) are seconds, and so is
    ``total``, from the first hop to the last byte; ``max_bytes`` counts decoded bytes. The
    name look-up has the limits of the system's resolver (resolv.conf) and counts in ``total``.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    max_bytes: int = 50 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``contents`` is None when nothing changed since ``validators`` were given.

    It holds one content for each page of the source. ``url`` is the final address; ``moved``
    is the address that the server says has replaced the registered one for good (301, 308),
    "" when there is none.
    """

    url: str
    at: datetime
    status: int
    contents: tuple[Content, ...] | None
    validators: Validators
    moved: str = ""

    @property
    def unchanged(self) -> bool:
        """Whether the server (304) or the hash of the content says that nothing changed."""
        return self.contents is None


def user_agent(version: str, contact: str) -> str:
    """``EnBauges/<version> (+contact)``, in the characters that a header may hold."""
    return f"EnBauges/{version} (+{contact})".encode("ascii", "ignore").decode()


def _now() -> datetime:
    return datetime.now(UTC)


class Client:
    """Reads addresses, politely and within limits; a context manager.

    Connections are kept and used again per host, cookies are not. Threads may share one.
    """

    def __init__(
        self,
        user_agent: str,
        limits: Limits = Limits(),
        clock: Callable[[], datetime] = _now,
    ) -> None:
        tls = cache(guard.tls_context)
        self._public = guard.session(user_agent, tls, allow_private=False)
        self._private = guard.session(user_agent, tls, allow_private=True)
        self._limits = limits
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that were kept."""
        self._public.close()
        self._private.close()

    def fetch(
        self, url: str, *, validators: Validators | None = None, allow_private: bool = False
    ) -> Fetched:
        """What ``url`` holds now, or that it has not changed.

        Args:
            url: an http or https address.
            validators: those of the last good answer; None asks for the content in any case.
            allow_private: whether this very host and port may be in a private network.

        Raises:
            FetchError: when the address cannot be read, or must not be.
        """
        token = guard.deadline.set(time.monotonic() + self._limits.total)
        try:
            return self._follow(url, validators, allow_private=allow_private)
        finally:
            guard.deadline.reset(token)

    def _follow(self, url: str, validators: Validators | None, *, allow_private: bool) -> Fetched:
        headers = _headers(validators)
        hops = [url]
        moved, permanent = "", True
        while len(hops) <= self._limits.redirects + 1:
            try:
                with self._send(hops, headers, allow_private=allow_private) as response:
                    if not response.is_redirect:
                        return self._read(response, hops, validators, moved)
                    permanent = permanent and response.is_permanent_redirect
                    hops.append(_next_hop(hops, response))
                    moved = hops[-1] if permanent else moved
            except (requests.RequestException, urllib3.exceptions.HTTPError) as failure:
                seconds = self._limits.total - _left()
                redirected = len(hops) > 1
                raise explain(
                    _trail(hops), failure, redirected=redirected, seconds=seconds
                ) from failure
            except ValueError as error:  # urllib.parse
                raise bad_address(_trail(hops)) from error
        raise too_many_redirects(_trail(hops), self._limits.redirects)

    def _send(
        self, hops: list[str], headers: dict[str, str], *, allow_private: bool
    ) -> requests.Response:
        """One request to the last of ``hops``, without following where the answer points."""
        request = self._prepare(hops[-1], headers)
        parts = urlsplit(request.url or "")
        if parts.scheme not in _PORTS:
            raise bad_address(_trail(hops))
        if parts.username is not None:
            raise secret_address(parts)
        if allow_private and len(hops) > 1:
            allow_private = _same_server(urlsplit(self._prepare(hops[0]).url or ""), parts)
        session = self._private if allow_private else self._public
        left = max(_left(), 0.001)
        timeout = (min(self._limits.connect, left), min(self._limits.read, left))
        response: requests.Response = session.send(request, stream=True, timeout=timeout)
        return response

    def _prepare(self, url: str, headers: dict[str, str] | None = None) -> requests.PreparedRequest:
        r"""The request; its address, as requests rewrote it, is the one to judge.

        ``http://10.0.0.1\@example.org/`` names another host to ``urllib.parse`` until then.
        """
        request: requests.PreparedRequest = self._public.prepare_request(
            requests.Request("GET", url, headers=headers)
        )
        return request

    def _read(
        self,
        response: requests.Response,
        hops: list[str],
        validators: Validators | None,
        moved: str,
    ) -> Fetched:
        status, url = response.status_code, _trail(hops)
        if status == requests.codes.not_modified and validators and validators.conditional:
            response.raw.drain_conn()
            seen = _validators(response, validators.content_hash, validators)
            return Fetched(hops[-1], self._clock(), status, None, seen, moved)
        if status not in {requests.codes.ok, requests.codes.non_authoritative_info}:
            raise answered(url, status, self._not_before(response))
        body = self._body(response, url)
        seen = _validators(response, hashlib.sha256(body).hexdigest())
        contents = None
        if validators is None or validators.content_hash != seen.content_hash:
            contents = (Content(body, *_media_type(response), url=hops[-1]),)
        return Fetched(hops[-1], self._clock(), status, contents, seen, moved)

    def _body(self, response: requests.Response, url: str) -> bytes:
        """The decoded body, never more than the limit in memory."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in {"", "identity", *_GZIP}:
            raise undecoded(url, encoding)
        # GzipFile tells a stream that stops short; urllib3's decoder takes it for the whole.
        source = gzip.GzipFile(fileobj=response.raw) if encoding in _GZIP else response.raw
        body = bytearray()
        try:
            while chunk := source.read(_CHUNK):
                body += chunk
                if len(body) > self._limits.max_bytes:
                    raise too_large(url, self._limits.max_bytes)
        except (EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:  # a chunk of size -1
            raise broken(url, str(error)) from error
        return bytes(body)

    def _not_before(self, response: requests.Response) -> datetime | None:
        """Retry-After (RFC 9110, section 10.2.3): seconds, or a date."""
        value = response.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit() and len(value) < 9:  # noqa: PLR2004  # 3 years
            return self._clock() + timedelta(seconds=int(value))
        try:
            return parsedate_to_datetime(value).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def _left() -> float:
    """Seconds until the deadline of the current fetch."""
    return guard.deadline.get() - time.monotonic()


_RETURNABLE = re.compile(r"[!-~]([ -~]{0,500}[!-~])?")  # RFC 9110, field values; some send junk


def _headers(validators: Validators | None) -> dict[str, str]:
    headers = {"Accept-Encoding": "gzip", "Accept": "*/*"}
    if validators and validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators and validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _validators(
    response: requests.Response, content_hash: str, last: Validators = Validators()
) -> Validators:
    """What ``response`` gives; a 304 need not repeat what the ``last`` answer gave."""
    etag = response.headers.get("ETag", last.etag)
    modified = response.headers.get("Last-Modified", last.last_modified)
    return Validators(
        etag=etag if _RETURNABLE.fullmatch(etag) else "",
        last_modified=modified if _RETURNABLE.fullmatch(modified) else "",
        content_hash=content_hash,
    )


def _media_type(response: requests.Response) -> tuple[str, str]:
    """The media type and the charset of Content-Type, lower case."""
    media_type, *parameters = response.headers.get("Content-Type", "").lower().split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return media_type.strip(), value.strip(" \t\"'")
    return media_type.strip(), ""


def _next_hop(hops: list[str], response: requests.Response) -> str:
    """Where ``response`` points, as an absolute address."""
    # http.client reads headers as Latin-1; addresses are sent as UTF-8, or by old sites in Latin-1.
    sent = response.headers["Location"].encode("latin-1")
    try:
        location = sent.decode()
    except UnicodeDecodeError:
        location = quote(sent, safe=string.punctuation)
    target = urljoin(hops[-1], location)
    if (urlsplit(hops[-1]).scheme, urlsplit(target).scheme) == ("https", "http"):
        raise weakened(_trail([*hops, target]))
    return target


def _same_server(first: SplitResult, last: SplitResult) -> bool:
    """Whether ``last`` is the host and port of ``first``, or its https on the usual port."""
    ports = tuple(parts.port or _PORTS[parts.scheme] for parts in (first, last))
    return first.hostname == last.hostname and (ports[0] == ports[1] or ports == (80, 443))


def _trail(hops: list[str]) -> str:
    return " → ".join(hops)
