"""RSS, Atom and RDF (through feedparser) and JSON Feed → one Record per entry.

feedparser is given a stream of bytes, never a string: it opens strings as files and
addresses. Its cleaning of HTML is off, since mapping cleans with nh3, and it resolves
relative links inside HTML only where there are any: together a third of its cost.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from time import struct_time
from typing import Any

import feedparser
import nh3
from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.exceptions import CharacterEncodingOverride, NonXMLContentType

from harvester.readers.jsonfeed import Found, is_json_feed, read_json_feed
from harvester.readers.text import (
    absolute,
    hash_key,
    is_charset,
    is_html,
    point,
    refusal,
    wide_encoding,
)
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from vocab.messages import say

_ROOT = re.compile(rb"<(?:[\w-]+:)?(?:rss|feed|channel)[\s>/]", re.IGNORECASE)
_RELATIVE = re.compile(
    rb"(?:src|href)\s*=\s*(?:[\"']|&quot;|&#3[49];)(?!https?:|mailto:|tel:|data:|#|//)[^\"'&]",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]\w+);", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:[\w-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_DECLARED = re.compile(r"(?<=\s)encoding\s*=\s*[\"'][\w-]+[\"']")
_ENCODING = re.compile(rb"(?<=\s)encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_REFERENCE = re.compile(
    rb"&#(?:[xX]0*(?P<hex>[dD][89a-fA-F][0-9a-fA-F]{2}|[1-9a-fA-F][0-9a-fA-F]{5,})"
    rb"|0*(?P<decimal>5[567]\d{3}|[1-9]\d{6,}))(?![0-9a-fA-F]);?"
)
_HALVES = range(0xD800, 0xE000)
_LAST = 0x10FFFF  # of Unicode
_DIGITS = 8  # the last one has fewer
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_LONG_TAG = 8_192  # bytes
_MOST_ATTRIBUTES = 500
_HEAD = 256  # bytes, in which an XML declaration ends
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:\?|$)", re.IGNORECASE)
_EVENT_MODULES = (
    "http://purl.org/rss/1.0/modules/event/",
    "urn:ietf:params:xml:ns:xcal",
    "http://www.w3.org/2002/12/cal/ical#",
)
_EVENT_FIELDS = {
    "startdate": "startdate",
    "enddate": "enddate",
    "location": "location",
    "type": "type",
    "organizer": "organizer",
    "dtstart": "startdate",
    "dtend": "enddate",
}

_BASIC = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?$", re.ASCII)

Entry = dict[str, Any]

for _parser in (StrictFeedParser, LooseFeedParser):
    # feedparser takes a guid for a link and resolves "n1" against the address of the feed: were
    # that so, a feed that moves to another host would rename its entries. An id is a name.
    _parser.can_be_relative_uri = _parser.can_be_relative_uri - {"id"}


def read(
    content: Content,
    options: ReadOptions,  # noqa: ARG001  # the protocol of readers; a feed needs none of them
) -> Iterator[Record | Issue]:
    """The entries of a feed; of two that are the same, the first.

    Raises:
        ReadError: when the body is not a feed, or so broken that no entry is left of it.
    """
    content = _narrow(content)
    found = read_json_feed(content) if is_json_feed(content.body) else _entries(content)
    yield from _keyed(found)


def _keyed(found: Iterator[Found]) -> Iterator[Record | Issue]:
    """Records with a key each; some publishers give one guid to several entries."""
    seen: dict[str, tuple[object, object]] = {}
    for one in found:
        if isinstance(one, Issue):
            yield one
            continue
        where, data = one
        identity = (data.get("title"), data.get("link"))
        key = str(data.get("id") or data.get("link") or "") or hash_key(
            data.get("title"), data.get("published"), data.get("summary"), data.get("content")
        )
        if (other := seen.get(key)) is not None:
            if identity[0] == other[0] or identity[1] == other[1]:
                message = say("the entry is there twice — the first one was kept")
                yield Issue("feed-duplicate", message, "notice", where, (key,))
                continue
            key = f"{key}#{hash_key(*identity)}"
        seen[key] = identity
        data["id"] = key
        yield Record((key,), data, where)


def _narrow(content: Content) -> Content:
    """``content`` in UTF-8 when it is UTF-16 without a mark, which XML parsers do not find."""
    wide = wide_encoding(content.body)
    if not wide:
        return content
    text = _DECLARED.sub("", content.body.decode(wide, "replace"), count=1)
    return replace(content, body=text.encode(), charset="utf-8")


def _entries(content: Content) -> Iterator[Found]:
    parsed = _parse(content)
    broken = _complaint(parsed)
    if broken is not None:
        yield broken
    names = parsed.get("namespaces", {})
    modules = [prefix for prefix, uri in names.items() if uri in _EVENT_MODULES]
    about = _about(parsed["feed"], content.url)
    for number, entry in enumerate(parsed["entries"], 1):
        yield from _entry(entry, f"entry {number}", about, modules, content.url)


def _parse(content: Content) -> Any:
    """What feedparser makes of the body.

    Raises:
        ReadError: when that is nothing.
    """
    kind = f"{content.media_type or 'application/xml'}"
    is_told = is_charset(content.charset)
    headers = {"content-type": f"{kind}; charset={content.charset}" if is_told else kind}
    if content.url:
        headers["content-location"] = content.url
    if not content.body.strip():
        raise refusal(content, "RSS/Atom/JSON Feed")
    _check_tags(content.body)
    try:
        parsed = feedparser.parse(
            io.BytesIO(_sound(content.body)),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=bool(_RELATIVE.search(content.body)),
        )
    except Exception as error:  # feedparser's loose parser trips over some broken markup
        raise ReadError(
            say(
                "the feed cannot be read ({reason}) — it will be read again; "
                "tell its publisher if it lasts",
                reason=str(error)[:160],
            )
        ) from error
    if parsed["entries"]:
        return parsed
    if not parsed.get("version") and (
        is_html(content.body) or not _ROOT.search(content.body[:4096])
    ):
        raise refusal(content, "RSS/Atom/JSON Feed")
    broken = _complaint(parsed)
    if broken and broken.severity == "warning" and not _CLOSED.search(content.body[-512:]):
        raise ReadError(
            say(
                "the feed is broken or cut short, and no entry is left of it ({reason}) — "
                "it will be read again; tell its publisher if it lasts",
                reason=broken.message.values["reason"],
            )
        )
    return parsed


def _check_tags(body: bytes) -> None:
    """Refuse what costs feedparser the square of its length: tags of thousands of attributes.

    Raises:
        ReadError: when there is one.
    """
    plain = body.replace(b"\0", b"")  # UTF-16 that has its mark
    for piece in plain.split(b"<"):
        if len(piece) > _LONG_TAG and piece[:1].isalpha():
            tag = _QUOTED.sub(b"", piece).partition(b">")[0]
            if (count := tag.count(b"=")) > _MOST_ATTRIBUTES:
                raise ReadError(
                    say(
                        "one tag of the feed has {count} attributes — such a file is not read; its"
                        " publisher must correct it",
                        count=count,
                    )
                )


def _sound(body: bytes) -> bytes:
    """``body`` without references to what is no character, or an encoding that is none."""
    head, rest = body[:_HEAD], body[_HEAD:]
    if (found := _ENCODING.search(head)) and not is_charset(found[1].decode()):
        head = head.replace(found[0], b"", 1)
    return _REFERENCE.sub(_whole, head + rest)


def _whole(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference["hex"], 16) if reference["hex"] else (reference["decimal"], 10)
    if len(digits) > _DIGITS or (number := int(digits, base)) > _LAST or number in _HALVES:
        return b"&#xFFFD;"
    return reference[0]


def _complaint(parsed: Any) -> Issue | None:
    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    if error is None or isinstance(error, NonXMLContentType):
        return None
    reason = " ".join(str(error).split())[:160]
    if isinstance(error, CharacterEncodingOverride):
        return Issue(
            "encoding",
            say("the encoding is not the one announced: {reason}", reason=reason),
            "notice",
        )
    message = say(
        "the feed is not well-formed and was read as far as possible: {reason}", reason=reason
    )
    return Issue("feed-not-well-formed", message, "warning")


def _about(feed: Entry, url: str) -> dict[str, str]:
    told = {
        "title": _plain(feed, "title"),
        "link": absolute(_get(feed, "link"), url),
        "language": str(_get(feed, "language") or ""),
    }
    return {name: value for name, value in told.items() if value}


def _entry(
    entry: Entry, where: str, about: dict[str, str], modules: list[str], url: str
) -> Iterator[Found]:
    data: dict[str, Any] = {
        "id": str(_get(entry, "id") or "").strip(),
        "title": _plain(entry, "title"),
        "link": absolute(_link(entry), url),
        "summary": _get(entry, "summary"),
        "content": _content(entry),
        "tags": _tags(entry),
        "image": _image(entry, url),
        "language": _language(entry) or about.get("language"),
        "geo": _geo(entry),
        "ev": _event(entry, modules),
        "feed": about,
    }
    for name in ("published", "updated"):
        moment = _moment(_get(entry, f"{name}_parsed"))
        raw = _get(entry, name)
        if moment is None and raw:
            message = say("the date {value} cannot be read and was left out", value=str(raw)[:60])
            key = (data["id"],) if data["id"] else ()
            yield Issue("feed-bad-date", message, "warning", where, key)
        data[name] = moment
    if data["summary"] == data["content"]:  # feedparser fills the one with the other
        del data["summary"]
    yield where, {name: value for name, value in data.items() if value}


def _get(entry: Entry, name: str) -> Any:
    """A field as it is: FeedParserDict answers some missing ones with others, and a warning."""
    return dict.get(entry, name)


def _link(entry: Entry) -> str:
    """The page of an entry; not its id, which feedparser offers, where that is a bare word."""
    link = str(_get(entry, "link") or "").strip()
    return "" if link == _get(entry, "id") and not re.search(r"[/.:]", link) else link


def _plain(entry: Entry, name: str) -> str:
    """The text of a title; feeds put tags and doubly escaped entities into it."""
    text = str(_get(entry, name) or "")
    if "<" in text and _TAG.search(text):
        text = unescape(nh3.clean(text, tags=set()))
    if "&" in text and _ENTITY.search(text):
        text = unescape(text)
    return " ".join(text.split())


def _content(entry: Entry) -> str:
    parts = _get(entry, "content") or []
    texts = [str(dict.get(part, "value") or "") for part in parts]
    return max(texts, key=len, default="")


def _moment(parsed: struct_time | None) -> str | None:
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    return moment.isoformat()


def _tags(entry: Entry) -> list[str]:
    words = (
        str(dict.get(tag, "label") or dict.get(tag, "term") or "").strip()
        for tag in _get(entry, "tags") or []
    )
    return list(dict.fromkeys(unescape(word) for word in words if word))


def _language(entry: Entry) -> str | None:
    for name in ("title_detail", "summary_detail"):
        if language := dict.get(_get(entry, name) or {}, "language"):
            return str(language)
    return None


def _image(entry: Entry, url: str) -> str:
    """The first picture that the entry declares."""
    links = [one for one in _get(entry, "links") or [] if dict.get(one, "rel") == "enclosure"]
    media = _get(entry, "media_content") or []
    for one in [*links, *media]:
        address = dict.get(one, "href") or dict.get(one, "url") or ""
        kind = str(dict.get(one, "type") or dict.get(one, "medium") or "")
        if kind.startswith("image") or (not kind and _PICTURE.search(address)):
            return absolute(address, url)
    for one in _get(entry, "media_thumbnail") or []:
        if address := absolute(dict.get(one, "url"), url):
            return address
    return absolute(dict.get(_get(entry, "image") or {}, "href"), url)


def _geo(entry: Entry) -> dict[str, float] | None:
    where = _get(entry, "where") or {}
    coordinates = dict.get(where, "coordinates")
    if dict.get(where, "type") == "Point" and coordinates:
        return point(coordinates[1], coordinates[0])
    return point(_get(entry, "geo_lat"), _get(entry, "geo_long"))


def _extended(basic: re.Match[str]) -> str:
    """A date of iCalendar, as xCal has them, in the form of ISO 8601 with hyphens and colons."""
    year, month, day, hour, minute, second, zone = (part or "" for part in basic.groups())
    date = f"{year}-{month}-{day}"
    return f"{date}T{hour}:{minute}:{second or '00'}{zone}" if hour else date


def _event(entry: Entry, modules: list[str]) -> dict[str, str]:
    """The fields of the RSS event module and of xCal, under the former's names."""
    told: dict[str, str] = {}
    for prefix in modules:
        for field, name in _EVENT_FIELDS.items():
            value = str(_get(entry, f"{prefix}_{field}") or "").strip()
            if value:
                told.setdefault(name, _BASIC.sub(_extended, value))
    return told
