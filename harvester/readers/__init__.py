"""Readers: bytes of one format in, Records and Issues out; one module or family per format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harvester.readers import csv_rows, feed, geojson, ics, json_entries
from harvester.readers.many import bounded
from harvester.records import Reader

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "ics": bounded(ics.read),
        "feed": bounded(feed.read),
        "geojson": bounded(geojson.read),
        "json": bounded(json_entries.read),
        "csv": bounded(csv_rows.read),
    }
)
"""The reader of each kind of source."""
