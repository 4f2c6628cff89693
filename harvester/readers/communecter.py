"""Communecter's API → one Record per entity; it answers with an object by id.

Citizens are people: they are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.readers.shapes import shaped
from harvester.records import Issue, ReadOptions, Record

_COLLECTIONS = ("entities", "results", "map")
_PEOPLE = frozenset({"citoyens", "citoyen", "citizens", "person", "persons"})


def _entities(
    record: Record,
    options: ReadOptions,  # noqa: ARG001  # the protocol of shapes
) -> Iterator[Record | Issue]:
    entities = next(
        (found for name in _COLLECTIONS if isinstance(found := record.data.get(name), dict)), None
    )
    if entities is None:
        entities = {record.key[0]: record.data}
    for number, (key, data) in enumerate(entities.items(), 1):
        if isinstance(data, dict) and not _is_person(data):
            yield _named(key, data, record.where if len(entities) == 1 else f"entity {number}")


def _is_person(data: dict[str, Any]) -> bool:
    told = {str(data.get(name, "")).casefold() for name in ("typeElement", "collection", "type")}
    return not _PEOPLE.isdisjoint(told)


def _named(key: str, data: dict[str, Any], where: str) -> Record:
    """An entity under its id; MongoDB's export writes it as ``{"$id": …}``."""
    told = data.get("_id")
    own = told.get("$id") or told.get("$oid") if isinstance(told, dict) else None
    return Record((str(own or key),), data, where)


read = shaped(_entities)
