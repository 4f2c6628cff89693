"""CSV → one Record per row; delimiter and encoding are found out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from harvester.readers.text import ID_NAMES, apart, decode, hash_key, is_html, refusal
from harvester.readers.unkeyed import Unkeyed
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from vocab.messages import say

DELIMITERS = ";,\t|"
"""Those that are tried, in the order in which they win a draw."""

_SAMPLE_ROWS = 50
_FIELD_LIMIT = 1 << 20
_JSON = re.compile(r"\s*[\[{]\s*[\"{\[\]}]")


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The rows under the first one, which names the columns.

    Raises:
        ReadError: when the body is empty, a web page or JSON, or a quoted cell has no end.
    """
    if not content.body.strip() or is_html(content.body):
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


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line each begins on.

    Raises:
        ReadError: when a quoted cell never ends.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(
            say(
                "the CSV cannot be read from line {line} on: {reason} — look for a quotation mark"
                " that is not closed",
                line=line,
                reason=str(error)[:120],
            )
        ) from error


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into the same number of cells, the most of them.

    csv.Sniffer guesses from the frequency of characters, and takes letters for delimiters.
    """
    scores = {one: _score(text, one) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: scores[one])


def _score(text: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for _, cells in _rows(text, delimiter):
            widths.append(len(cells))
            if len(widths) >= _SAMPLE_ROWS:
                break
    except ReadError:
        return 0.0, 0
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
