"""Sitemaps (sitemaps.org, protocol 0.9): which pages a site has, and when each changed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from harvester.readers import gz
from harvester.readers.text import broken, refusal
from harvester.records import Content, ReadError
from vocab.messages import say

_LARGEST = 50 * 1024 * 1024  # bytes decompressed, and
_MOST = 50_000  # addresses: the limits of the protocol
_MOST_ELEMENTS = 20 * _MOST  # of XML, as images and languages are told of each address
_LISTS = ("urlset", "sitemapindex")
_TEXT = re.compile(rb"\s*https?://[^\s<>]+\s*(?:\n|$)")
_DAY = 10  # characters of a date


@dataclass(frozen=True, slots=True)
class Entry:
    """An address of a sitemap; ``changed`` is when its page last did, None when it is not said."""

    url: str
    changed: datetime | None = None
    is_sitemap: bool = False


def entries(content: Content) -> list[Entry]:
    """The addresses of a sitemap, or of a sitemap index, in their order.

    Raises:
        ReadError: when it is neither, is broken, or larger than the protocol allows.
    """
    body = gz.plain(content.body, _LARGEST)
    if _TEXT.match(body):
        lines = body.decode("utf-8", "replace").split()
        found = [Entry(line) for line in lines if line.startswith(("http://", "https://"))]
    elif b"<" not in body[:1_000] or not any(name.encode() in body[:10_000] for name in _LISTS):
        raise refusal(Content(body, content.media_type), say("a sitemap").render())
    else:
        found = list(islice(_listed(body, content.url), _MOST + 1))
    if len(found) > _MOST:
        raise ReadError(say("the sitemap lists more than {most} addresses", most=_MOST))
    return found


def _listed(body: bytes, base: str) -> Iterator[Entry]:
    try:
        for number, (_, element) in enumerate(iterparse(io.BytesIO(body), forbid_dtd=True)):
            if number >= _MOST_ELEMENTS:
                raise ReadError(say("the sitemap holds more than {most} elements", most=number))
            name = _name(element)
            if name not in {"url", "sitemap"}:
                continue
            told = {_name(child): (child.text or "").strip() for child in element}
            if address := told.get("loc"):
                yield Entry(_whole(base, address), _moment(told.get("lastmod", "")), name != "url")
            element.clear()
    except DefusedXmlException as error:
        raise ReadError(
            say("the XML declares a document type — such a file is not read; ask for another form")
        ) from error
    except (ParseError, ValueError) as error:
        raise broken("sitemap", error) from error


def _whole(base: str, address: str) -> str:
    """The address, absolute; what is none, as half an IPv6 address, stays and is on no site."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _moment(written: str) -> datetime | None:
    """The latest instant that ``written`` (W3C date and time formats) may mean."""
    try:
        if len(written) == _DAY:
            day = datetime.combine(date.fromisoformat(written), time.min, UTC)
            return day + timedelta(days=1, hours=12)  # wherever on Earth
        moment = datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + timedelta(hours=12)
