"""ActivityPub (Mobilizon, Gancio, WordPress…) → one Record per public Event.

An event comes alone, within the activity that announces it, or in a page of an outbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.readers.shapes import shaped
from harvester.records import Issue, ReadOptions, Record
from vocab.messages import say

_PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_DEEPEST = 4  # an event in an activity in a page
_INSIDE = ("object", "orderedItems", "items", "first")


def _events(
    record: Record,
    options: ReadOptions,  # noqa: ARG001  # the protocol of shapes
) -> Iterator[Record | Issue]:
    found = list(_inside(record.data, _DEEPEST))
    for data in found:
        key = (str(data.get("id") or data.get("url") or record.key[0]),)
        if _is_public(data):
            yield Record(key, data, record.where)
        else:
            message = say("the event is not addressed to the public — it was left out")
            yield Issue("not-public", message, "notice", record.where, key)
    if not found and record.data:
        message = say(
            "no event, but {kind} — only events of an outbox are read",
            kind=str(record.data.get("type", "?"))[:40],
        )
        yield Issue("not-an-event", message, "notice", record.where)


def _inside(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The Events in ``value``, whatever wraps them; what was deleted is none."""
    if isinstance(value, list):
        for each in value:
            yield from _inside(each, depth)
    elif isinstance(value, dict) and depth and "Delete" not in _types(value):
        if "Event" in _types(value):
            yield value
        else:
            for name in _INSIDE:
                yield from _inside(value.get(name), depth - 1)


def _types(value: dict[str, Any]) -> list[Any]:
    told = value.get("type", value.get("@type"))
    return told if isinstance(told, list) else [told]


def _is_public(data: dict[str, Any]) -> bool:
    """Whether an event is for everybody: one without addressees was published as a document."""
    told = [data[name] for name in ("to", "cc") if data.get(name)]
    names = {str(each) for one in told for each in (one if isinstance(one, list) else [one])}
    return not told or not names.isdisjoint(_PUBLIC)


read = shaped(_events)
