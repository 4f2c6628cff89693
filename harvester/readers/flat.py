"""JSON of no known publisher → Records whose nested fields can be found by their names.

``{"address": {"city": …}}`` is also a field ``city``, where no other bears that name, so that
columns are recognised as those of a table are. What is said of people is not taken out of
the objects that say it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from harvester.readers.shapes import shaped
from harvester.records import Issue, ReadOptions, Record

_PEOPLE = frozenset(
    {"author", "auteur", "contact", "contacts", "contributor", "createdby", "creator", "manager"}
    | {"organizer", "owner", "person", "personne", "referent", "user", "utilisateur", "members"}
)
_DEEPEST = 4
_SEVERAL, _MOST_OF = 5, 0.6


def _flattened(
    record: Record,
    options: ReadOptions,  # noqa: ARG001  # the protocol of shapes
) -> Iterator[Record | Issue]:
    own = {name: value for name, value in record.data.items() if not isinstance(value, dict)}
    prefix = _prefix(list(record.data))
    found: dict[str, list[Any]] = {}
    for name, value in record.data.items():
        for leaf, inner in _leaves(name, value, _DEEPEST):
            found.setdefault(leaf, []).append(inner)
    extra = {leaf: values[0] for leaf, values in found.items() if len(values) == 1}
    bare = {name.removeprefix(prefix): value for name, value in own.items()} if prefix else {}
    yield Record(record.key, {**extra, **bare, **own}, record.where)


def _prefix(names: list[str]) -> str:
    """What most of the names begin with, as those of a table's columns do (``c_nom``)."""
    counts = Counter(name.partition("_")[0] for name in names if "_" in name)
    common = counts.most_common(1)
    most = len(names) * _MOST_OF
    return f"{common[0][0]}_" if common and common[0][1] >= max(most, _SEVERAL) else ""


def _leaves(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """The fields within an object, by their own names, and a point's coordinates."""
    if not isinstance(value, dict) or not depth or name.casefold().replace("_", "") in _PEOPLE:
        return
    match value:
        case {"type": "Point", "coordinates": [longitude, latitude, *_]}:
            yield from (("latitude", latitude), ("longitude", longitude))
            return
    for inner, each in value.items():
        if isinstance(each, dict):
            yield from _leaves(inner, each, depth - 1)
        else:
            yield inner, each


read = shaped(_flattened)
