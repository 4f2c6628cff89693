"""Local files → items: rows of a CSV file, what a JSONPath or an XPath selects.

Each of the three streams, so that memory does not grow with the file. Where a JSONPath or an
XPath cannot be followed in a stream (filters, descent, steps upwards) the file is read whole.
"""

from __future__ import annotations

import csv
import gzip
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast
from zipfile import BadZipFile, ZipFile

import ijson
from lxml import etree

from mappings import csv_items, json_items, xml_items
from mappings.paths import Item
from mappings.paths import Path as Steps
from mappings.problems import MappingError
from mappings.source import Source
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
    RecursionError,
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
            with opened(path, source) as stream:
                yield from csv_items.items(stream, source, unmet)
        elif source.formulation == "xpath":
            with opened(path, source) as stream:
                yield from xml_items.items(stream, source, references, unmet)
        else:
            by_line = path.suffix in _LINES
            yield from json_items.items(partial(opened, path, source), source, by_line=by_line)
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
                reason=_first_line(error),
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


def _first_line(error: Exception) -> str:
    """What ``error`` says; its other lines show bytes of the file, or are about other formats."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(" :")
