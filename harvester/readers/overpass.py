"""OpenStreetMap in the JSON of the Overpass API → one Record per tagged object.

A node is where it says; a way or a relation at its ``center``, else in the middle of its
bounds or of its geometry (``out center``, ``out bb``, ``out geom``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.readers.shapes import shaped
from harvester.readers.text import point
from harvester.records import Issue, ReadOptions, Record
from vocab.messages import say

_KINDS = ("node", "way", "relation")
_BOUNDS = ("minlat", "maxlat", "minlon", "maxlon")


def _tagged(
    record: Record,
    options: ReadOptions,  # noqa: ARG001  # the protocol of shapes
) -> Iterator[Record | Issue]:
    element = record.data
    kind, tags = element.get("type"), element.get("tags")
    if kind not in _KINDS or not isinstance(tags, dict) or not tags:
        return  # the corner of a building, or what else holds a geometry together
    number = record.key[0].partition("#")[0]
    key = f"{kind}/{number}"
    geo = _place(element)
    if geo is None:
        message = say(
            "the object has no coordinates — end the query with “out center;” to have them"
        )
        yield Issue("no-coordinates", message, "warning", record.where, (key,))
    data = {"type": kind, "id": number, "tags": tags} | ({"geo": geo} if geo else {})
    if stamp := element.get("timestamp"):
        data["timestamp"] = stamp
    yield Record((key,), data, record.where)


def _place(element: dict[str, Any]) -> dict[str, float] | None:
    centre, bounds = element.get("center"), element.get("bounds")
    if "lat" in element and "lon" in element:
        return point(element["lat"], element["lon"])
    if isinstance(centre, dict):
        return point(centre.get("lat"), centre.get("lon"))
    if isinstance(bounds, dict) and all(_is_number(bounds.get(name)) for name in _BOUNDS):
        south, north, west, east = (bounds[name] for name in _BOUNDS)
        return point((south + north) / 2, (west + east) / 2)
    corners = list(_corners(element))
    if not corners:
        return None
    north, east = (max(values) for values in zip(*corners, strict=True))
    south, west = (min(values) for values in zip(*corners, strict=True))
    return point((south + north) / 2, (west + east) / 2)


def _corners(element: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """The points of a way, and of the members of a relation."""
    for one in (*_listed(element.get("geometry")), *_listed(element.get("members"))):
        if _is_number(one.get("lat")) and _is_number(one.get("lon")):
            yield one["lat"], one["lon"]
        elif "geometry" in one:
            yield from _corners({"geometry": one["geometry"]})


def _listed(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


read = shaped(_tagged)
