"""What all readers do with bytes before their format matters: decode, or refuse clearly."""

from __future__ import annotations

import codecs
import re
from collections.abc import Container, Iterator
from hashlib import sha256
from math import isfinite
from typing import Any
from urllib.parse import urljoin, urlsplit

from harvester.records import Content, Issue, ReadError
from vocab.messages import Message, say

MAX_DEPTH = 64
"""Nested lists and objects a JSON document may hold (design, facts measured)."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = {"iso8859-1", "ascii"}
_NO_TEXT = frozenset(
    {"base64", "bz2", "hex", "idna", "punycode", "quopri", "raw-unicode-escape", "rot-13"}
    | {"undefined", "unicode-escape", "utf-7", "uu", "zlib"}
)
"""Python's codecs that no text is written in: a charset of that name is no charset."""
_GUESSES = ["cp1252", "mac_roman", "koi8_r", "cp1251"]
_GUESS_BYTES = 65_536
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"[]{}")))
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")
"""How spreadsheets (zipped or old), archives and PDF files begin."""
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:[a-z0-9-]+\.)+([a-z]{2,})(?:[/?#].*)?$", re.IGNORECASE)
_FILES = frozenset(
    {"html", "htm", "php", "asp", "aspx", "jsp", "xml", "pdf", "ics", "rss", "json", "txt"}
    | {"jpg", "jpeg", "png", "gif", "svg", "webp", "avif", "mp3", "mp4"}
)
"""What follows the last dot of a relative address, and is no top-level domain."""


def decode(body: bytes, declared: str = "", *, forced: str = "") -> tuple[str, Issue | None]:
    """The text of ``body``, and a notice when its encoding was not the one announced.

    A byte order mark wins, then UTF-8 where the bytes allow it (bytes that are valid UTF-8
    by chance are rare, wrong declarations are not), then the declared charset, then a guess
    among those seen in real files, cp1252 last. ``forced`` is the operator's word and wins
    over everything but is reported when the bytes contradict it. NUL characters are left out.
    """
    if forced:
        return _forced(body, forced)
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _tidy(body.decode(encoding, "replace")), None
    if wide := wide_encoding(body):
        return _tidy(body.decode(wide, "replace")), None
    try:
        return _tidy(body.decode("utf-8")), None
    except UnicodeDecodeError:
        pass
    encoding = _declared_codec(declared) or _guess(body)
    text = _tidy(body.decode(encoding, "replace"))
    if _normal(declared) not in {"", "utf-8"}:
        return text, None
    message = say("the text is not UTF-8 — read as {encoding}", encoding=encoding)
    return text, Issue("encoding", message, "notice")


def _forced(body: bytes, encoding: str) -> tuple[str, Issue | None]:
    if not _normal(encoding):
        raise ReadError(
            say("unknown encoding {encoding} — write utf-8, cp1252…", encoding=encoding)
        )
    try:
        return _tidy(body.decode(encoding)), None
    except UnicodeDecodeError:
        message = say(
            "some characters are not {encoding} and were replaced — correct “encoding” in the"
            " source, or remove it",
            encoding=encoding,
        )
        return _tidy(body.decode(encoding, "replace")), Issue("encoding", message, "warning")


def _tidy(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\0", "")


def _normal(encoding: str) -> str:
    """The name of a codec from bytes to text, "" for any other and for unknown ones."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_TEXT else name


def is_charset(name: str) -> bool:
    """Whether ``name`` is that of an encoding of text."""
    return bool(_normal(name))


def _declared_codec(declared: str) -> str:
    """The declared codec, "" when useless here; Latin-1 is read as cp1252, as browsers do."""
    name = _normal(declared)
    if name in _LATIN:
        return "cp1252"
    return "" if name == "utf-8" else name


def wide_encoding(body: bytes) -> str:
    """UTF-16 or UTF-32 without its mark, "" if not: of a mostly ASCII text they are half NUL."""
    head = body[:512].rstrip(b"\0")
    if len(head) < 4 or any(head.startswith(mark) for mark, _ in _BOMS):  # noqa: PLR2004
        return ""
    share = head.count(0) / len(head)
    if share > 0.7:  # noqa: PLR2004  # three bytes in four
        return "utf-32-be" if head[0] == 0 else "utf-32-le"
    if share > 0.4:  # noqa: PLR2004  # one in two
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    return ""


def _guess(body: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  # 100 ms, and rarely needed

    best = from_bytes(body[:_GUESS_BYTES], cp_isolation=_GUESSES).best()
    return best.encoding if best else "cp1252"


def is_html(body: bytes) -> bool:
    """Whether ``body`` begins as a web page (after a BOM, an XML declaration, comments)."""
    return bool(_HTML.search(body[:1024]))


def is_binary(body: bytes) -> bool:
    """Whether ``body`` is a spreadsheet, an archive or a PDF file, which hold no plain text."""
    return body.startswith(_BINARY)


def refusal(content: Content, wanted: str) -> ReadError:
    """The error for a body that is not ``wanted`` ("iCalendar", "GeoJSON"…): what it is instead."""
    head = content.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    message: Message
    if not content.body.strip(b"\0 \t\r\n\v\f"):
        message = say(
            "the address answers with an empty body, not {format} — it may be down for a moment,"
            " or want another address",
            format=wanted,
        )
    elif is_binary(content.body):
        message = say(
            "the address gives a spreadsheet, an archive or a PDF file, not {format} — ask for its"
            " export as {format}, and register the address of that",
            format=wanted,
        )
    elif is_html(content.body):
        message = say(
            "the address answers with a web page, not {format} — open it in a browser and copy"
            " the address of the {format} file or of its export",
            format=wanted,
        )
    elif head[:1] in {b"{", b"["}:
        message = say(
            "the address answers with JSON, not {format} — it may be an error of the server,"
            " or the source wants another kind: {start}",
            format=wanted,
            start=_excerpt(content.body),
        )
    elif head[:15].upper() == b"BEGIN:VCALENDAR":
        message = say(
            'the address answers with a calendar, not {format} — write kind = "ics"',
            format=wanted,
        )
    elif head[:1] == b"<":
        message = say(
            "the address answers with XML, not {format} — check the address and the kind of the"
            " source: {start}",
            format=wanted,
            start=_excerpt(content.body),
        )
    else:
        message = say(
            "the content is not {format} — check the address and the kind of the source: {start}",
            format=wanted,
            start=_excerpt(content.body),
        )
    return ReadError(message)


def broken(form: str, error: Exception) -> ReadError:
    """The error for a body that is ``form`` ("GeoJSON", "XML"…) and cannot be read to its end."""
    message = say(
        "the {format} is broken or cut short ({reason}) — it will be read again; tell its "
        "publisher if it lasts",
        format=form,
        reason=" ".join(str(error).split())[:160],
    )
    return ReadError(message)


def _excerpt(body: bytes) -> str:
    text = body[:200].decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:80]


def check_depth(body: bytes) -> None:
    """Refuse JSON nested deeper than ``MAX_DEPTH``, before anything is built from it.

    Strings are cut out, then the innermost pairs of brackets are taken away round by round,
    which is quick. Where something is left, it is too deep, or its brackets do not match: then
    they are counted one by one (a parser tells better what does not match).

    Raises:
        ReadError: when it is too deep.
    """
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    skeleton = b"".join(unescaped.split(b'"')[::2]).translate(None, _NOT_BRACKETS)
    left = skeleton
    for _ in range(MAX_DEPTH):
        left = left.replace(b"[]", b"").replace(b"{}", b"")
        if not left:
            return
    depth = 0
    for bracket in skeleton:
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            message = say(
                "the document is nested more than {depth} levels deep — such a file is not read",
                depth=MAX_DEPTH,
            )
            raise ReadError(message)


def absolute(address: object, base: str) -> str:
    """``address`` as an absolute web address, "" when it cannot be one.

    ``www.example.org/page``, written without a scheme, is taken as https; a relative one is
    resolved against ``base``.
    """
    text = str(address or "").strip()
    if not text or any(char.isspace() for char in text):
        return ""
    if (host := _BARE_HOST.match(text)) and host[1].lower() not in _FILES:
        text = f"https://{text}"
    try:
        whole = urlsplit(urljoin(base, text))
    except ValueError:
        return ""
    return whole.geturl() if whole.scheme in {"http", "https"} and whole.netloc else ""


def point(latitude: Any, longitude: Any) -> dict[str, float] | None:
    """``{"lat", "lon"}`` of two numbers or texts, None when they are no numbers.

    Whether they are degrees, and in which order, is for the mapping to say: it mends and tells.
    """
    try:
        lat, lon = (float(str(value).strip().replace(",", ".")) for value in (latitude, longitude))
    except ValueError:
        return None
    return {"lat": lat, "lon": lon} if isfinite(lat) and isfinite(lon) else None


def hash_key(*parts: object) -> str:
    """A stable native id, ``~`` and 16 hexadecimal digits, for an entry that has none."""
    seed = "\x1f".join(map(str, parts))
    return "~" + sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def apart(key: str, taken: Container[str], number: int, *parts: object) -> str:
    """Another key for an entry whose own is taken: by what it says, by its place if that is too."""
    told = f"{key}#{hash_key(*parts)}"
    return told if told not in taken else f"{key}#{hash_key(number, *parts)}"


def paths(value: Any, dotted: str) -> Iterator[Any]:
    """What a dotted path selects in nested objects: one value, or none."""
    for name in dotted.split("."):
        if not isinstance(value, dict) or name not in value:
            return
        value = value[name]
    yield value


ID_NAMES = ("id", "_id", "@id", "uid", "uuid", "guid", "identifier", "identifiant", "slug")
"""Where entries of JSON and columns of CSV keep their native id, the likeliest first."""


def native_key(entry: dict[str, Any], path: str = "") -> str:
    """The native id of an entry: at ``path`` when one is named, else under the usual names."""
    for name in (path,) if path else ID_NAMES:
        found = next(paths(entry, name) if "." in name else iter([entry.get(name)]), None)
        usable = isinstance(found, str | int | float) and not isinstance(found, bool)
        if usable and (text := str(found).strip()):
            return text
    return ""


def is_object_or_list(text: str) -> bool:
    """Whether ``text`` begins as JSON that can hold entries."""
    return text[:1024].lstrip()[:1] in {"{", "["}
