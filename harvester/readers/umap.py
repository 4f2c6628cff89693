"""uMap: the export of a whole map → one Record per feature, with the name of its layer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from harvester.readers import geojson
from harvester.readers.text import broken, decode, is_object_or_list, refusal
from harvester.records import Content, Issue, ReadOptions, Record
from vocab.messages import say

_DRAWN = "_umap_options"
"""How a feature is drawn: nothing of what it is."""


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The features of every layer of a map (``?download``), or of one (``/datalayer/``).

    Raises:
        ReadError: when the body is neither.
    """
    layers = _layers(content)
    taken: set[str] = set()
    for number, layer in enumerate(layers, 1):
        name, away = _about(layer)
        where = f"layer {number}"
        if away:
            message = say(
                "the layer {name} is kept elsewhere, at {address} — register that address as a"
                " source of its own",
                name=name or str(number),
                address=away,
            )
            yield Issue("umap-remote-layer", message, "notice", where)
        body = json.dumps({**layer, "type": "FeatureCollection"}).encode()
        for one in geojson.read(Content(body, url=content.url), options):
            yield _placed(one, name, number, taken)


def _placed(one: Record | Issue, layer: str, number: int, taken: set[str]) -> Record | Issue:
    """A feature told with its layer; ids are unique within a layer only."""
    where = f"layer {number}, {one.where}"
    if isinstance(one, Issue):
        return Issue(one.code, one.message, one.severity, where, one.key)
    key = one.key[0] if one.key[0] not in taken else f"{number}/{one.key[0]}"
    taken.add(key)
    given = one.data["properties"]
    properties = {name: value for name, value in given.items() if name != _DRAWN}
    if layer:
        properties.setdefault("layer", layer)
    return Record((key,), {**one.data, "id": key, "properties": properties}, where)


def _layers(content: Content) -> list[dict[str, Any]]:
    text, _ = decode(content.body, content.charset)
    if not is_object_or_list(text):
        raise refusal(content, "uMap")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise broken("uMap", error) from error
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        return [document]
    layers = document.get("layers") if isinstance(document, dict) else None
    if not isinstance(layers, list):
        raise refusal(content, "uMap")
    return [
        {**layer, "features": layer.get("features") or []}
        for layer in layers
        if isinstance(layer, dict)
    ]


def _about(layer: dict[str, Any]) -> tuple[str, str]:
    """The name of a layer, and the address where its features are when they are elsewhere."""
    given = layer.get("_umap_options") or layer.get("properties") or {}
    remote = given.get("remoteData") if isinstance(given, dict) else None
    away = remote.get("url") if isinstance(remote, dict) else ""
    name = given.get("name") if isinstance(given, dict) else ""
    return (name if isinstance(name, str) else "", away if isinstance(away, str) else "")
