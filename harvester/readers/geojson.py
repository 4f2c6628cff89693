"""GeoJSON (RFC 7946) → one Record per Feature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import inf
from typing import Any

from harvester.readers.json_text import mended
from harvester.readers.text import (
    broken,
    check_depth,
    decode,
    hash_key,
    is_object_or_list,
    native_key,
    point,
    refusal,
)
from harvester.readers.unkeyed import Unkeyed
from harvester.records import Content, Issue, ReadOptions, Record
from vocab.messages import say

_GEOMETRIES = frozenset(
    {
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)
_POSITION = 2


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The Features of a GeoJSON document: a collection, one Feature, or a bare geometry.

    Raises:
        ReadError: when the body is not GeoJSON, is cut short or nested too deep.
    """
    document, notices = _parse(content)
    yield from notices
    seen: set[str] = set()
    unkeyed = Unkeyed()
    for number, feature in enumerate(_features(document, content), 1):
        where = f"feature {number}"
        found = _record(feature, options, where)
        if isinstance(found, Issue):
            yield found
            continue
        has_id = not found.key[0].startswith("~")
        unkeyed.watch(found.data["properties"], has_id=has_id or bool(options.key))
        if found.key[0] in seen:
            key = f"{found.key[0]}#{hash_key(json.dumps(feature, sort_keys=True))}"
            if key in seen:
                message = say("the feature is there twice — the first one was kept")
                yield Issue("geojson-duplicate", message, "notice", where, found.key)
                continue
            message = say("another feature has the same id — it was told apart by its content")
            yield Issue("geojson-same-id", message, "warning", where, found.key)
            found = Record((key,), {**found.data, "id": key}, where)
        seen.add(found.key[0])
        if found.data.get("geometry") and "geo" not in found.data:
            message = say("the coordinates of the feature are not longitude and latitude")
            yield Issue("geojson-bad-coordinates", message, "warning", where, found.key)
        yield found
    if unnamed := unkeyed.issue():
        yield unnamed


def _parse(content: Content) -> tuple[dict[str, Any], list[Issue]]:
    text, notice = decode(content.body, content.charset)
    if not is_object_or_list(text):
        raise refusal(content, "GeoJSON")
    text, halves = mended(text)
    check_depth(text.encode())
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise broken("GeoJSON", error) from error
    if not isinstance(document, dict):
        raise refusal(content, "GeoJSON")
    return document, [issue for issue in (notice, halves) if issue]


def _features(document: dict[str, Any], content: Content) -> list[Any]:
    kind = document.get("type")
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        features: list[Any] = document["features"]
        return features
    if kind == "Feature":
        return [document]
    if kind in _GEOMETRIES:
        return [{"type": "Feature", "geometry": document, "properties": {}}]
    raise refusal(content, "GeoJSON")


def _record(feature: Any, options: ReadOptions, where: str) -> Record | Issue:
    if not isinstance(feature, dict) or feature.get("type", "Feature") != "Feature":
        message = say("the entry is not a Feature — it was left out")
        key = native_key(feature, options.key) if isinstance(feature, dict) else ""
        return Issue("geojson-bad-feature", message, where=where, key=(key,) if key else ())
    given = feature.get("properties")
    properties = given if isinstance(given, dict) else {}
    geometry = feature.get("geometry")
    key = native_key(feature, options.key) or native_key(properties, options.key)
    key = key or hash_key(json.dumps([properties, geometry], sort_keys=True))
    data: dict[str, Any] = {"id": key, "properties": properties}
    if isinstance(geometry, dict):
        data["geometry"] = geometry
        if (geo := _centre(geometry)) is not None:
            data["geo"] = geo
    return Record((key,), data, where)


def _centre(geometry: dict[str, Any]) -> dict[str, float] | None:
    """The point, or the middle of the box of any other geometry."""
    west = south = inf
    east = north = -inf
    found = False
    for longitude, latitude in _positions(geometry):
        found = True
        west, east = min(west, longitude), max(east, longitude)
        south, north = min(south, latitude), max(north, latitude)
    return point((south + north) / 2, (west + east) / 2) if found else None


def _positions(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    pending: list[Any] = [geometry]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend([value.get("coordinates"), value.get("geometries")])
        elif isinstance(value, list):
            pair = value[:_POSITION]
            if len(pair) == _POSITION and all(
                isinstance(one, int | float) and not isinstance(one, bool) for one in pair
            ):
                yield float(pair[0]), float(pair[1])
            else:
                pending.extend(value)
