"""Readers: bytes of one format in, Records and Issues out; one module or family per format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harvester.readers import csv_rows, feed, geojson, ics, json_entries
from harvester.records import Reader

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "ics": ics.read,
        "feed": feed.read,
        "geojson": geojson.read,
        "json": json_entries.read,
        "csv": csv_rows.read,
    }
)
"""The reader of each kind of source."""
