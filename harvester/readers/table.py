"""Inventories that are published both as CSV and as JSON: whichever of the two it is."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.readers import csv_rows, json_entries
from harvester.records import Content, Issue, ReadOptions, Record

_JSON = frozenset({b"{", b"["})
_HEAD = 1024  # bytes


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The rows of a CSV file, or the entries of a JSON document.

    Raises:
        ReadError: as the reader of the one that it is.
    """
    head = content.body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    reader = json_entries if head[:1] in _JSON else csv_rows
    yield from reader.read(content, options)
