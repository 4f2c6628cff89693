"""Bytes → their form, from the first of them: which syntax, whatever it says.

The content type decides only where the text does not, and the end of an address never: servers
send calendars as ``text/plain``, error pages as ``text/calendar``, a web page under ``agenda.ics``.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Literal

from harvester.readers.csv_rows import DELIMITERS
from harvester.readers.text import decode, is_binary
from harvester.records import Content
from mappings.detecting import Form

_MEDIA: Mapping[str, Form] = MappingProxyType(
    {
        "application/n-quads": "rdf",
        "application/n-triples": "rdf",
        "application/trig": "rdf",
        "text/csv": "csv",
        "text/tab-separated-values": "csv",
        "text/turtle": "rdf",
    }
)
"""What the content type says where the text alone says nothing: a table of one column, for one."""

HEAD = 256 * 1024
"""Bytes that are looked at: a map may tell all of its settings before its first place."""

_LAST_OF_UTF8 = 4
_PROLOGUE = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\b(?:[^\[\]>]|\[[^\]]*\])*>)", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"\s*<([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?=[\s/>])")
_HTML_TYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_HTML_ROOTS = frozenset(
    {"html", "head", "body", "title", "meta", "div", "p", "span", "table", "section", "article"}
    | {"main", "nav", "header", "script", "style", "h1", "h2", "ul", "ol", "a", "b", "br", "center"}
)
_CALENDAR = re.compile(
    r"^BEGIN:(?:VCALENDAR|VEVENT|VTODO|VJOURNAL)[ \t\r]*$", re.MULTILINE | re.IGNORECASE
)
_TRIPLE = re.compile(r"\s*(?:<[^<>\s]*>|_:\S+)\s+<[^<>\s]+>\s+\S")
_TURTLE = re.compile(r"^[ \t]*@?(?:prefix\s+[\w.-]*:\s*<|base\s+<)", re.MULTILINE | re.IGNORECASE)
_COMMENT_LINES = re.compile(r"(?:\s*#[^\n]*\n)+")
_ROWS = 30
_EVEN = 0.8  # of the rows have as many cells as the first
_WIDE = 6  # columns: then programs leave the last empty ones out of a row
_LONGEST_NAME = 80
_PLAIN_TEXT = 0.02  # of the characters may be neither text nor space


@dataclass(frozen=True, slots=True)
class Shape:
    """What the first bytes of an answer are: ``form`` "" when they are none of those we read.

    ``text`` is the beginning, decoded; ``root`` the first element of XML, with its prefix. Of
    what is no text, ``form`` says "binary", and "empty" of nothing at all.
    """

    form: Form | Literal["", "empty", "binary"]
    text: str = ""
    root: str = ""


def shape_of(content: Content) -> Shape:
    """The form of ``content``, from its first ``HEAD`` bytes."""
    head, cut = content.body[:HEAD], len(content.body) > HEAD
    if not head.strip(b"\0 \t\r\n\v\f"):
        return Shape("empty")
    if is_binary(head):
        return Shape("binary")
    text = decode(_whole_characters(head) if cut else head, content.charset)[0]
    if not _is_plain(text):
        return Shape("binary")
    start = text.lstrip()
    if start[:1] == "<":
        return _marked_up(start)
    return Shape(_written(start) or _MEDIA.get(content.media_type, ""), text)


def _written(text: str) -> Form | Literal[""]:
    """The form of a text that is not marked up."""
    if text[:1] in {"{", "["}:
        return "json"
    if _CALENDAR.search(text):
        return "ics"
    bare = text[found.end() :].lstrip() if (found := _COMMENT_LINES.match(text)) else text
    if _TURTLE.match(bare) or _TRIPLE.match(bare):
        return "rdf"
    return "csv" if table_of(text) else ""


def _whole_characters(head: bytes) -> bytes:
    """``head`` without a character of UTF-8 that it may have been cut within."""
    for back in range(1, _LAST_OF_UTF8 + 1):
        if head[-back] & 0xC0 != 0x80:  # noqa: PLR2004  # not a byte that continues one
            return head[:-back] if head[-back] & 0x80 else head
    return head


def _is_plain(text: str) -> bool:
    """Whether ``text`` looks like text, and not like the bytes of an image."""
    sample = text[:2_000]
    odd = sum(not (char.isprintable() or char.isspace()) for char in sample)
    return odd <= max(2, len(sample) * _PLAIN_TEXT)


def _marked_up(text: str) -> Shape:
    """XML or a web page; a triple begins with ``<`` too."""
    place, is_page = 0, False
    while prologue := _PROLOGUE.match(text, place):
        is_page = is_page or bool(_HTML_TYPE.match(prologue[0].lstrip()))
        place = prologue.end()
    found = _ROOT.match(text, place)
    root = found[1] if found else ""
    if is_page or root.lower() in _HTML_ROOTS:
        return Shape("html", text, root)
    if root:
        return Shape("xml", text, root)
    return Shape("rdf" if _TRIPLE.match(text) else "", text)


def table_of(text: str) -> list[list[str]]:
    """The first rows of a table, its header among them; none when ``text`` is no table.

    A table has several columns, names in its first line, and rows that are as long.
    """
    lines = [line for line in text.split("\n", _ROWS * 4) if line.strip()][: _ROWS * 2]
    if len(lines) < 2:  # noqa: PLR2004  # the names, and one row
        return []
    counts = Counter({each: lines[0].count(each) for each in DELIMITERS})
    delimiter, most = counts.most_common(1)[0]
    if not most:
        return []
    try:
        rows = list(islice(csv.reader(lines, delimiter=delimiter), _ROWS))
    except csv.Error:
        return []
    header = rows[0]
    named = [name for name in header if name.strip()]
    is_header = len(named) * 2 > len(header) and all(len(name) < _LONGEST_NAME for name in named)
    wide = len(header) >= _WIDE
    even = sum(len(row) * 2 > len(header) if wide else len(row) == len(header) for row in rows)
    return rows if is_header and even > 1 and even >= len(rows) * _EVEN else []
