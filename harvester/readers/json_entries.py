"""JSON → one Record per entry that the iterator selects, streamed with ijson."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import ijson

from harvester.readers.json_text import mended
from harvester.readers.text import (
    apart,
    broken,
    check_depth,
    decode,
    hash_key,
    is_object_or_list,
    native_key,
    refusal,
)
from harvester.readers.unkeyed import Unkeyed
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from vocab.messages import say

_PATH = re.compile(r"\$((?:\.[^.\[\]*]+|\['[^']+'\])*)(\[\*\])?")
_NAMES = re.compile(r"\.([^.\[\]*]+)|\['([^']+)'\]")
_MAX_NAMES = 12

COLLECTIONS = (
    *("events", "data", "items", "results", "records", "elements", "features", "entries"),
    *("objects", "rows", "orderedItems", "member", "hydra:member", "@graph", "value"),
    *("structures", "services", "objetsTouristiques", "labs"),
)
"""Names under which an object usually holds its entries; the first that does so is taken."""


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The entries that ``options.iterator`` selects.

    Without an iterator: the entries of a list, or those that an object holds under one of the
    names of ``COLLECTIONS``; otherwise the whole document is one entry.

    Raises:
        ReadError: when the body is not JSON, is nested too deep, the iterator is not one that
            is supported or selects nothing; and while iterating, when the body is cut short.
    """
    text, notice = decode(content.body, content.charset, forced=options.encoding)
    if not is_object_or_list(text):
        raise refusal(content, "JSON")
    text, halves = mended(text)
    body = text.encode()
    check_depth(body)
    yield from (issue for issue in (notice, halves) if issue)
    prefix, entries = _prefix(options.iterator or _guess(body))
    yield from _records(body, f"{prefix}.item".lstrip(".") if entries else prefix, options)


def _records(body: bytes, prefix: str, options: ReadOptions) -> Iterator[Record | Issue]:
    seen: dict[str, int] = {}
    unkeyed = Unkeyed()
    number = 0
    for number, entry in enumerate(_stream(body, prefix), 1):
        where = f"entry {number}"
        if not isinstance(entry, dict):
            message = say("the entry is not an object — it was left out")
            yield Issue("json-bad-entry", message, where=where)
            continue
        key = native_key(entry, options.key)
        unkeyed.watch(entry, has_id=bool(key or options.key))
        if not key:
            key = hash_key(json.dumps(entry, sort_keys=True))
            if options.key:
                message = say("the entry has no {path} — its content is its key", path=options.key)
                yield Issue("json-no-key", message, "warning", where, (key,))
        if key in seen:
            message = say(
                "entry {first} has the same key — its content was added to tell them apart",
                first=seen[key],
            )
            yield Issue("json-same-key", message, "warning", where, (key,))
            key = apart(key, seen, number, json.dumps(entry, sort_keys=True))
        seen[key] = number
        yield Record((key,), entry, where)
    if notice := unkeyed.issue():
        yield notice
    if not number:
        _explain_nothing(body, options.iterator)


def _stream(body: bytes, prefix: str) -> Iterator[Any]:
    try:
        yield from ijson.items(io.BytesIO(body), prefix, use_float=True)
    except (ijson.JSONError, ValueError, OverflowError) as error:
        raise broken("JSON", error) from error


def _prefix(iterator: str) -> tuple[str, bool]:
    """A JSONPath as an ijson prefix, and whether it goes on to the entries of a list.

    Raises:
        ReadError: when it says more than names and one final ``[*]``.
    """
    match = _PATH.fullmatch(iterator.strip())
    if match is None:
        raise ReadError(
            say(
                "the iterator {iterator} is not supported — write $, $[*] or $.name.name[*]",
                iterator=iterator,
            )
        )
    names = [plain or quoted for plain, quoted in _NAMES.findall(match[1])]
    return ".".join(names), bool(match[2])


def _guess(body: bytes) -> str:
    """The iterator for a document whose source names none."""
    if body.lstrip()[:1] == b"[":
        return "$[*]"
    top = _top(body)
    named = [name for name in COLLECTIONS if name in top]
    full = (name for name in named if top[name] == "start_map")
    empty = (name for name in named if top[name] == "start_array")
    name = next(full, None) or next(empty, None)
    return f"$['{name}'][*]" if name else "$"


def _top(body: bytes) -> dict[str, str]:
    """The names at the top of an object, and what each holds.

    "start_map" stands for a list with objects in it, "start_array" for an empty list, "" for
    anything else.

    Raises:
        ReadError: when the body is cut short or broken.
    """
    found: dict[str, str] = {}
    name = ""
    try:
        for prefix, event, value in ijson.parse(io.BytesIO(body)):
            if event == "map_key" and not prefix:
                name = str(value)
                found[name] = ""
            elif event == "start_array" and prefix == name:
                found[name] = event
            elif prefix == f"{name}.item" and found.get(name) in {"", "start_array"}:
                found[name] = event if event == "start_map" else ""
    except (ijson.JSONError, ValueError) as error:
        raise broken("JSON", error) from error
    return found


def _explain_nothing(body: bytes, iterator: str) -> None:
    """Nothing was selected: that is all right when the list is there, and empty.

    Raises:
        ReadError: when the iterator leads nowhere.
    """
    if not iterator:
        return
    prefix, entries = _prefix(iterator)
    started = {"start_array"} if entries else {"start_map", "start_array"}
    if any(at == prefix and event in started for at, event, _ in ijson.parse(io.BytesIO(body))):
        return
    names = list(_top(body))[:_MAX_NAMES] if body.lstrip()[:1] == b"{" else []
    if names:
        raise ReadError(
            say(
                "the iterator {iterator} selects nothing — the document holds: {names}",
                iterator=iterator,
                names=", ".join(names),
            )
        )
    raise ReadError(
        say(
            "the iterator {iterator} selects nothing — the document is a list: write $[*]",
            iterator=iterator,
        )
    )
