"""Local files → items: rows of a CSV file, what a JSONPath or an XPath selects.

Each of the three streams, so that memory does not grow with the file. Where a JSONPath or an
XPath cannot be followed in a stream (filters, descent, steps upwards) the file is read whole.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import IO, Any, cast
from zipfile import BadZipFile, ZipFile

import ijson
from lxml import etree

from mappings import xml_items
from mappings.paths import Item, as_item
from mappings.paths import Path as Steps
from mappings.plan import Source
from mappings.problems import MappingError
from mappings.unmet import Unmet
from vocab.messages import say

_NAMES = {"csv": "CSV", "jsonpath": "JSON", "xpath": "XML"}
_LINES = (".jsonl", ".ndjson")
_UNREADABLE = (
    ijson.JSONError,
    csv.Error,
    etree.XMLSyntaxError,
    etree.XPathError,
    UnicodeError,
    LookupError,
    ValueError,
    BadZipFile,
    tarfile.TarError,
    EOFError,
)


def items(path: Path, source: Source, references: Iterable[Steps], unmet: Unmet) -> Iterator[Item]:
    """The items of the file ``path``, read as ``source`` says.

    Args:
        path: the file; where the source says so, a compressed one.
        source: formulation, iterator, encoding, delimiter and null values.
        references: what will be read of an item; XPaths are evaluated here.
        unmet: is told the fields that there are.

    Raises:
        MappingError: when the file cannot be read, or is not of its formulation.
    """
    try:
        if source.formulation == "csv":
            yield from _rows(path, source, unmet)
        elif source.formulation == "xpath":
            with opened(path, source) as stream:
                yield from xml_items.items(stream, source, references, unmet)
        else:
            steps = Steps.parse(source.iterator)
            nulls = frozenset(source.nulls)
            for value in _selected(path, source, steps):
                yield as_item(_without(value, nulls) if nulls else value)
    except OSError as error:
        raise MappingError(
            say(
                "{file}: the file cannot be read: {reason} — check the path",
                file=str(path),
                reason=error.strerror or str(error),
            ),
            file=str(path),
        ) from error
    except _UNREADABLE as error:
        raise MappingError(
            say(
                "{file}: this is not {formulation}: {reason} — check the file and its encoding",
                file=str(path),
                formulation=_NAMES[source.formulation],
                reason=str(error),
            ),
            file=str(path),
        ) from error


@contextmanager
def opened(path: Path, source: Source) -> Iterator[IO[bytes]]:
    """The bytes of ``path``, decompressed; of an archive, those of its first file."""
    if source.compression == "gzip":
        with path.open("rb") as stored, gzip.GzipFile(fileobj=stored) as stream:
            yield cast(IO[bytes], stream)
    elif source.compression == "zip":
        with ZipFile(path) as archive, archive.open(archive.namelist()[0]) as stream:
            yield stream
    elif source.compression in ("targz", "tarxz"):
        with tarfile.open(path) as folder:
            member = next(each for each in folder if each.isfile())
            inner = folder.extractfile(member)
            assert inner is not None  # noqa: S101  # for the type checker: it is a file
            yield inner
    else:
        with path.open("rb") as stream:
            yield stream


def _rows(path: Path, source: Source, unmet: Unmet) -> Iterator[Item]:
    """The rows of a CSV file (RFC 4180); an empty cell, or one of the nulls, has no value."""
    encoding = "utf-8-sig" if source.encoding.lower() in ("utf-8", "utf8") else source.encoding
    nulls = frozenset(("", *source.nulls))
    with opened(path, source) as stream:
        rows = csv.reader(
            io.TextIOWrapper(stream, encoding, newline=""), delimiter=source.delimiter
        )
        columns = next(rows, [])
        unmet.header(columns)
        for row in rows:
            if nulls.isdisjoint(row):
                yield dict(zip(columns, row, strict=False))
            elif row:
                cells = zip(columns, row, strict=False)
                yield {key: cell for key, cell in cells if cell not in nulls}


def _selected(path: Path, source: Source, steps: Steps) -> Iterator[Any]:
    """What ``steps`` select in a JSON file, item by item where it is a list that they cross."""
    names = [*takewhile(lambda step: isinstance(step, str), steps.steps)]
    rest = Steps(steps.steps[len(names) + 1 :], steps.query)
    if path.suffix in _LINES:
        with opened(path, source) as stream:
            for line in stream:
                if line.strip():
                    yield from steps.select(json.loads(line))
        return
    listed = steps.steps[len(names) : len(names) + 1] == (None,)
    if not listed or any("." in str(name) for name in names) or not _is_utf8(source):
        yield from steps.select(_whole(path, source))
        return
    found = False
    with opened(path, source) as stream:
        for value in ijson.items(stream, ".".join([*map(str, names), "item"]), use_float=True):
            found = True
            yield from rest.select(value)
    if not found:
        yield from steps.select(_whole(path, source))


def _is_utf8(source: Source) -> bool:
    return source.encoding.lower() in ("utf-8", "utf8")


def _whole(path: Path, source: Source) -> Any:
    with opened(path, source) as stream:
        content = stream.read()
    return json.loads(content if _is_utf8(source) else content.decode(source.encoding))


def _without(value: Any, nulls: frozenset[str]) -> Any:
    """``value`` with null in the place of every text that means it."""
    if isinstance(value, dict):
        return {name: _without(child, nulls) for name, child in value.items()}
    if isinstance(value, list):
        return [_without(child, nulls) for child in value]
    return None if isinstance(value, str) and value in nulls else value
