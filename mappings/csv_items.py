"""CSV files → items: rows by the names in the first one (RFC 4180, and dialects of CSVW)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

from mappings.paths import Item
from mappings.source import CsvDialect, Source
from mappings.unmet import Unmet

_ANY_CELL = 1 << 30  # characters; the drawing of a district on a map outgrows the usual 131,072


def items(stream: IO[bytes], source: Source, unmet: Unmet) -> Iterator[Item]:
    """The rows of the CSV file ``stream``; a cell that is one of the nulls has no value.

    Raises:
        csv.Error: when it is no CSV.
    """
    csv.field_size_limit(_ANY_CELL)
    dialect, nulls = source.dialect, frozenset(source.nulls)
    encoding = "utf-8-sig" if source.is_utf8 else source.encoding
    with io.TextIOWrapper(stream, encoding, newline="") as lines:
        for _ in range(dialect.skip):
            lines.readline()
        rows: Iterator[list[str]] = filter(None, _read(lines, dialect))
        columns = next(rows, [])
        if not dialect.header:
            rows = chain([columns] if columns else [], rows)
            columns = [f"_col.{number}" for number, _ in enumerate(columns, 1)]
        unmet.header(columns)
        for row in rows:
            if nulls.isdisjoint(row):
                yield dict(zip(columns, row, strict=False))
            else:
                cells = zip(columns, row, strict=False)
                yield {key: cell for key, cell in cells if cell not in nulls}


def _read(lines: Iterable[str], dialect: CsvDialect) -> Iterator[list[str]]:
    """The rows of ``lines``, without those that are comments."""
    rows: Iterator[list[str]] = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.double,
        escapechar=None if dialect.double else "\\",
    )
    if mark := dialect.comment:
        rows = (row for row in rows if not (row and row[0].startswith(mark)))
    return ([cell.strip() for cell in row] for row in rows) if dialect.trim else rows
