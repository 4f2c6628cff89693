"""How an answer goes on: the address of the next page, from the pages read so far. Pure.

A server says it in a header (RFC 8288, ``Link: <...>; rel="next"``), which is always followed;
a platform's file says where else to look (``mappings.paging``); and a source that says
``pages = N`` has the links of its feed followed (RFC 5005).

The next page must be on the host of the first one, so that no server can send us elsewhere
under the name of a registered address.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Final, Protocol
from urllib.parse import quote, unquote_plus, urljoin, urlsplit, urlunsplit

import ijson

from harvester.records import Issue
from mappings import Paging
from vocab.messages import say

PAGES: Final = 20
"""How many pages are read of a source that does not say ``pages = N``."""

PARTIAL: Final = frozenset(
    {"pages-limit", "pages-loop", "pages-elsewhere", "page-failed", "peer-changed"}
)
"""Codes of the issues that leave pages unread."""

BY_LINKS: Final = (Paging(links=True),)

_HEAD = 64 * 1024  # bytes
_MOST = 2_048  # characters of an address
_ENTRY = re.compile(rb"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_FEED_LINK = re.compile(rb"<(?:[\w-]+:)?link\s([^<>]{1,4096})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]+))?)*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)


class Page(Protocol):
    """What is looked at in a page: its final address, headers and content."""

    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def body(self) -> bytes: ...  # noqa: D102


def next_page(pages: Sequence[Page], paging: Sequence[Paging], most: int) -> str | Issue | None:
    """Where the source goes on after ``pages``.

    Args:
        pages: those read so far, at least one.
        paging: where to look besides the Link header; the first that says something counts.
        most: how many pages may be read.

    Returns:
        The address of the next page, None when there is none, and an Issue when there is one
        that is not to be read.
    """
    last = pages[-1]
    declared = (_declared(last, way) for way in paging)
    found = _linked(last.headers.get("Link", "")) or next(filter(None, declared), "")
    if not found:
        return None
    url = _absolute(last.url, found)
    if urlsplit(url).hostname != urlsplit(pages[0].url).hostname:
        return _elsewhere(url or found)
    if any(url == page.url for page in pages) or (len(pages) > 1 and last.body == pages[-2].body):
        return _loop(url)
    return url if len(pages) < most else _limit(url, most)


def _linked(header: str) -> str:
    """The target of ``rel="next"`` in a Link header (RFC 8288, section 3)."""
    for target, parameters in _LINK.findall(header[: 4 * _MOST]):
        relation = _RELATION.search(parameters)
        if relation and "next" in (relation[1] or relation[2]).lower().split():
            return str(target)
    return ""


def _declared(page: Page, paging: Paging) -> str:
    """Where the platform's file says that the next page is; "" at the end."""
    if paging.next and (found := _value(page, paging.next)):
        return found
    if paging.page:
        number = _number(_parameter(page.url, paging.page)) or 1
        return _with(page.url, paging.page, number + 1) if number < _count(page, paging) else ""
    if paging.offset:
        start = _number(_parameter(page.url, paging.offset)) + _size(page, paging)
        return _with(page.url, paging.offset, start) if start < _total(page, paging) else ""
    return _of_feed(page) if paging.links else ""


def _count(page: Page, paging: Paging) -> int:
    """How many pages there are; 0 when that is not said."""
    if paging.pages:
        return _number(_value(page, paging.pages))
    return -(-_total(page, paging) // _size(page, paging))


def _total(page: Page, paging: Paging) -> int:
    return _number(_value(page, paging.total))


def _size(page: Page, paging: Paging) -> int:
    asked = _number(_parameter(page.url, paging.limit)) if paging.limit else 0
    return asked or paging.size


def _of_feed(page: Page) -> str:
    """The next page that a feed names before its entries, or a JSON Feed anywhere."""
    if page.body.lstrip()[:1] == b"{":
        return _value(page, "$.next_url")
    head = page.body[:_HEAD]
    if entry := _ENTRY.search(head):
        head = head[: entry.start()]
    for link in _FEED_LINK.findall(head):
        written = _ATTRIBUTE.findall(link.decode("utf-8", "replace"))
        given = {name.lower(): unescape(double or single) for name, double, single in written}
        if "next" in given.get("rel", "").lower().split():
            return given.get("href", "").strip()
    return ""


def _value(page: Page, where: str) -> str:
    """What a header, or a path such as ``$.total`` in a JSON answer, holds; "" without it."""
    if not where.startswith("$"):
        return page.headers.get(where, "").strip()
    try:
        values = ijson.items(io.BytesIO(page.body), where.removeprefix("$."))
        value = next(values, None)
    except (ijson.JSONError, ValueError, OverflowError):  # the reader will tell what is wrong
        return ""
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() if plain else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _absolute(base: str, target: str) -> str:
    """``target`` as seen from ``base``, without fragment.

    A server behind a proxy that does the TLS often writes http in the links it makes; such a
    link means the https address that we came by.
    """
    try:
        parts = urlsplit(urljoin(base, target[:_MOST]))
        scheme = "https" if urlsplit(base).scheme == "https" else parts.scheme
        is_plain = (parts.scheme, parts.port) in {("http", None), ("http", 80)}
    except ValueError:
        return ""
    if is_plain and scheme == "https":
        parts = parts._replace(scheme=scheme, netloc=parts.netloc.removesuffix(":80"))
    return urlunsplit(parts._replace(fragment=""))


def _parameter(url: str, name: str) -> str:
    """The value of a query parameter, "" when the address lacks it."""
    for part in urlsplit(url).query.split("&"):
        key, _, value = part.partition("=")
        if unquote_plus(key) == name:
            return unquote_plus(value)
    return ""


def _with(url: str, name: str, value: int) -> str:
    """``url`` with a query parameter set; what else it says stays as it is written."""
    parts = urlsplit(url)
    others = [
        part
        for part in parts.query.split("&")
        if part and unquote_plus(part.partition("=")[0]) != name
    ]
    query = "&".join([*others, f"{quote(name)}={value}"])
    return urlunsplit(parts._replace(query=query, fragment=""))


def _limit(url: str, most: int) -> Issue:
    message = say(
        "the source goes on after {most} pages, at {url}: the rest was not read, and nothing is "
        "taken for gone — write a larger “pages” in this source, or an address that asks for less",
        most=most,
        url=url,
    )
    return Issue("pages-limit", message, "notice")


def _loop(url: str) -> Issue:
    message = say(
        "the next page of the source is one that was read already, {url}: its pages turn in a "
        "circle, and nothing is taken for gone — tell its publisher, or write pages = 1",
        url=url,
    )
    return Issue("pages-loop", message, "notice")


def _elsewhere(url: str) -> Issue:
    message = say(
        "the next page of the source is on another server, {url}: it was not read, and nothing "
        "is taken for gone — register it as a source of its own, or write pages = 1",
        url=url,
    )
    return Issue("pages-elsewhere", message, "notice")
