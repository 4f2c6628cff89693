"""JSON files → items: what a JSONPath selects, in a stream where it crosses a list by names.

Numbers are those of RFC 8259, of any size.
"""

from __future__ import annotations

import io
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from itertools import islice, takewhile
from typing import IO, Any, cast

import ijson

from mappings.paths import Item, Path, as_item
from mappings.source import Source

Open = Callable[[], AbstractContextManager[IO[bytes]]]
"""Opens the file from its beginning: it may have to be read twice."""


def items(open_: Open, source: Source, *, by_line: bool) -> Iterator[Item]:
    """The items that the iterator of ``source`` selects in the document that ``open_`` opens.

    With ``by_line``, each line is a document (JSON Lines).

    Raises:
        ValueError: when it is no JSON.
    """
    nulls = frozenset(source.nulls)
    path = Path.parse(source.iterator)
    for value in (_lines if by_line else _selected)(open_, source, path):
        yield as_item(_without(value, nulls) if nulls else value)


def _lines(open_: Open, source: Source, path: Path) -> Iterator[Any]:
    with open_() as stream:
        for line in stream:
            if line.strip():
                yield from path.select(_value(line, source))


def _selected(open_: Open, source: Source, path: Path) -> Iterator[Any]:
    names = [*takewhile(lambda step: isinstance(step, str), path.steps)]
    rest = Path(path.steps[len(names) + 1 :], path.query)
    listed = path.steps[len(names) : len(names) + 1] == (None,)
    if not listed or any("." in str(name) for name in names) or not source.is_utf8:
        yield from path.select(_whole(open_, source))
        return
    found = False
    for value in _streamed(open_, ".".join([*map(str, names), "item"])):
        found = True
        yield from rest.select(value)
    if not found:
        yield from path.select(_whole(open_, source))


def _streamed(open_: Open, prefix: str) -> Iterator[Any]:
    """The items of a list, one by one.

    The fast way of reading numbers ends at the first integer beyond 64 bits; from there on the file
    is read in the slow way, which knows them all.
    """
    count = 0
    try:
        with open_() as stream:
            for value in ijson.items(_without_mark(stream), prefix, use_float=True):
                count += 1
                yield value
    except ijson.JSONError as error:
        if "overflow" not in str(error):
            raise
        with open_() as stream:
            values = ijson.items(_without_mark(stream), prefix)
            yield from map(_floating, islice(values, count, None))


def _without_mark(stream: IO[bytes]) -> IO[bytes]:
    """``stream`` behind its byte order mark, if it has one."""
    if cast(io.BufferedReader, stream).peek(len(BOM_UTF8)).startswith(BOM_UTF8):
        stream.read(len(BOM_UTF8))
    return stream


def _floating(value: Any) -> Any:
    """``value`` with floats for its decimal numbers, as JSON is read elsewhere."""
    if isinstance(value, dict):
        return {name: _floating(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_floating(child) for child in value]
    return float(value) if isinstance(value, Decimal) else value


def _whole(open_: Open, source: Source) -> Any:
    with open_() as stream:
        return _value(stream.read(), source)


def _value(content: bytes, source: Source) -> Any:
    text = content.decode("utf-8-sig" if source.is_utf8 else source.encoding)
    return json.loads(text, parse_constant=_refused)


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _without(value: Any, nulls: frozenset[str]) -> Any:
    """``value`` with null in the place of every text that means it."""
    if isinstance(value, dict):
        return {name: _without(child, nulls) for name, child in value.items()}
    if isinstance(value, list):
        return [_without(child, nulls) for child in value]
    return None if isinstance(value, str) and value in nulls else value
