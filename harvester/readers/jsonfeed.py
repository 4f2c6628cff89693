"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), under the names of ``feed``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any

from harvester.readers.json_text import mended
from harvester.readers.text import absolute, broken, check_depth, decode, refusal
from harvester.records import Content, Issue
from vocab.messages import say

Found = tuple[str, dict[str, Any]] | Issue
"""An entry as a feed gives it, with its place; or what could not be understood."""

_VERSION = "jsonfeed.org/version/"


def is_json_feed(body: bytes) -> bool:
    """Whether ``body`` is JSON, so that nothing but a JSON Feed can be meant."""
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def read_json_feed(content: Content) -> Iterator[Found]:
    """The items of a JSON Feed.

    Raises:
        ReadError: when the body is another JSON, or cut short.
    """
    text, _ = decode(content.body, content.charset)
    text, halves = mended(text)
    check_depth(text.encode())
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise broken("JSON Feed", error) from error
    is_feed = isinstance(document, dict) and _VERSION in str(document.get("version", ""))
    if not is_feed or not isinstance(document.get("items", []), list):
        raise refusal(content, "RSS/Atom/JSON Feed")
    if halves:
        yield halves
    about = {
        "title": _text(document, "title"),
        "link": absolute(document.get("home_page_url"), content.url),
        "language": _text(document, "language"),
    }
    about = {name: value for name, value in about.items() if value}
    for number, item in enumerate(document.get("items", []), 1):
        where = f"entry {number}"
        if isinstance(item, dict):
            yield from _item(item, where, about, content.url)
        else:
            message = say("the item is not an object — it was left out")
            yield Issue("feed-bad-entry", message, where=where)


def _item(item: dict[str, Any], where: str, about: dict[str, str], url: str) -> Iterator[Found]:
    plain = _text(item, "content_text")
    tags = item.get("tags")
    data: dict[str, Any] = {
        "id": _text(item, "id"),
        "title": _text(item, "title"),
        "link": absolute(item.get("url") or item.get("external_url"), url),
        "summary": escape(_text(item, "summary"), quote=False),
        "content": _text(item, "content_html") or escape(plain, quote=False),
        "tags": [str(tag) for tag in tags if tag] if isinstance(tags, list) else None,
        "image": absolute(item.get("image") or item.get("banner_image"), url),
        "language": _text(item, "language") or about.get("language"),
        "feed": about,
    }
    key = (data["id"],) if data["id"] else ()
    for name, field in (("published", "date_published"), ("updated", "date_modified")):
        raw = _text(item, field)
        try:
            moment = datetime.fromisoformat(raw) if raw else None
        except ValueError:
            message = say("the date {value} cannot be read and was left out", value=raw[:60])
            yield Issue("feed-bad-date", message, "warning", where, key)
            continue
        if moment is not None:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            data[name] = moment.isoformat(timespec="seconds")
    yield where, {name: value for name, value in data.items() if value}


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value).strip() if isinstance(value, str | int | float) else ""
