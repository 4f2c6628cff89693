"""CSV → one Record per row; delimiter and encoding are found out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any

from harvester.readers.text import (
    ID_NAMES,
    apart,
    decode,
    hash_key,
    is_binary,
    is_html,
    refusal,
)
from harvester.readers.unkeyed import Unkeyed
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from vocab.messages import say

DELIMITERS = ";,\t|"
"""Those that are tried, in the order in which they win a draw."""

_SAMPLE_ROWS = 50
_LONGEST_CELL = 1 << 20
_ANY_CELL = (1 << 31) - 1  # the limit of the csv module is one for the whole process
_JSON = re.compile(r"\s*[\[{]\s*[\"{\[\]}]")


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The rows under the first one, which names the columns.

    Raises:
        ReadError: when the body is empty, a web page, a spreadsheet or JSON; and while
            iterating, when a quoted cell has no end.
    """
    if not content.body.strip() or is_html(content.body) or is_binary(content.body):
        raise refusal(content, "CSV")
    text, notice = decode(content.body, content.charset, forced=options.encoding)
    if _JSON.match(text) or text.lstrip().startswith(("<?xml", "BEGIN:V")):
        raise refusal(content, "CSV")
    if notice:
        yield notice
    text = text.replace("\r\n", "\n")
    rows = _rows(text, options.delimiter or _delimiter(text))
    header = next(rows, None)
    if header is None:
        raise refusal(content, "CSV")
    names, issues = _columns(header[1])
    yield from issues
    yield from _records(rows, names, options)


def _records(
    rows: Iterator[tuple[int, list[str]]], names: list[str], options: ReadOptions
) -> Iterator[Record | Issue]:
    column = _key_column(names, options.key)
    seen: dict[str, int] = {}
    unkeyed = Unkeyed()
    for line, cells in rows:
        where = f"line {line}"
        data: dict[str, Any] = {
            name: value for name, cell in zip(names, cells, strict=False) if (value := cell.strip())
        }
        if not data:
            continue
        unkeyed.watch(data, has_id=bool(column))
        key = data.get(column) or hash_key(*cells)
        if long := _long_cell(data):
            yield replace(long, where=where, key=(key,) if len(key) <= _LONGEST_CELL else ())
            continue
        if len(cells) != len(names):
            message = say(
                "cells in the row: {found}, in the header: {expected} — it was kept as it is",
                found=len(cells),
                expected=len(names),
            )
            yield Issue("csv-ragged-row", message, "warning", where, (key,))
        if key in seen:
            message = say(
                "line {first} has the same key — its content was added to tell them apart",
                first=seen[key],
            )
            yield Issue("csv-same-key", message, "warning", where, (key,))
            key = apart(key, seen, line, *cells)
        seen[key] = line
        data["_line"], data["_columns"] = line, names
        yield Record((key,), data, where)
    if notice := unkeyed.issue():
        yield notice


def _long_cell(data: dict[str, Any]) -> Issue | None:
    """Why a row is left out, None when it may stay."""
    name = next((name for name, cell in data.items() if len(cell) > _LONGEST_CELL), None)
    if name is None:
        return None
    message = say(
        "the cell {name} holds more than {count} characters — the row was left out",
        name=name,
        count=_LONGEST_CELL,
    )
    return Issue("csv-long-cell", message)


class _Lines:
    """The lines of a table, and those taken since its last row.

    csv.reader asks for no line beyond the end of a row: a table that it has asked to the end
    when it gives a row ends inside a quoted cell.
    """

    def __init__(self, text: str) -> None:
        self._text = io.StringIO(text, newline="")
        self.taken: list[str] = []
        self.is_over = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline()
        if not line:
            self.is_over = True
            raise StopIteration
        self.taken.append(line)
        return line


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line each begins on.

    Raises:
        ReadError: when a quoted cell never ends, or ends at the quotation mark of another cell:
            the rows between would be lost without a word.
    """
    csv.field_size_limit(_ANY_CELL)
    lines = _Lines(text)
    line = 1
    for cells in csv.reader(lines, delimiter=delimiter):
        if lines.is_over or (len(lines.taken) > 1 and _is_misquoted(lines.taken, delimiter)):
            raise ReadError(
                say(
                    "the table is cut short or a quotation mark is never closed, from line {line}"
                    " on: {start} — nothing is changed; it will be read again, tell its publisher"
                    " if it lasts",
                    line=line,
                    start=" ".join(lines.taken[0].split())[:80],
                )
            )
        if any(cells):
            yield line, cells
        line += len(lines.taken)
        lines.taken = []


def _is_misquoted(lines: list[str], delimiter: str) -> bool:
    """Whether a quoted cell of a row of several lines is followed by anything but a delimiter."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into the same number of cells, the most of them.

    csv.Sniffer guesses from the frequency of characters, and takes letters for delimiters.
    """
    scores = {one: _score(text, one) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: scores[one])


def _score(text: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    with suppress(ReadError):  # the rows before it tell the delimiter
        for _, cells in islice(_rows(text, delimiter), _SAMPLE_ROWS):
            widths.append(len(cells))
    width = widths[0] if widths else 0
    if width < 2:  # noqa: PLR2004  # one column is cut by nothing
        return 0.0, 0
    return widths.count(width) / len(widths), width


def _columns(header: list[str]) -> tuple[list[str], list[Issue]]:
    """Names for the columns: trimmed, and made unique where they are empty or repeated."""
    issues: list[Issue] = []
    names: list[str] = []
    counts: Counter[str] = Counter()
    for position, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"_column{position}"
        counts[name] += 1
        if counts[name] > 1:
            renamed = f"{name}_{counts[name]}"
            message = say(
                "the column {name} is there {count} times — this one is called {renamed}",
                name=name,
                count=counts[name],
                renamed=renamed,
            )
            issues.append(Issue("csv-same-column", message, "warning", f"column {position}"))
            name = renamed
        names.append(name)
    return names, issues


def _key_column(names: list[str], wanted: str) -> str:
    """The column of the native id.

    Raises:
        ReadError: when the operator named one that is not there.
    """
    if wanted:
        if wanted not in names:
            raise ReadError(
                say(
                    "no column {name} — the file has: {names}",
                    name=wanted,
                    names=", ".join(names[:20]),
                )
            )
        return wanted
    folded = {name.casefold(): name for name in reversed(names)}
    return next((folded[name] for name in ID_NAMES if name in folded), "")
