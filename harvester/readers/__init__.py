"""Readers: bytes of one format in, Records and Issues out; one module or family per format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harvester.readers import (
    activitypub,
    communecter,
    csv_rows,
    feed,
    flat,
    geojson,
    html,
    ics,
    json_entries,
    mediawiki,
    openagenda,
    overpass,
    peer,
    rdf,
    table,
    tourism,
    umap,
    xml,
)
from harvester.readers.many import bounded
from harvester.records import Reader

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "ics": bounded(ics.read),
        "feed": bounded(feed.read),
        "geojson": bounded(geojson.read),
        "json": bounded(json_entries.read),
        "csv": bounded(csv_rows.read),
        "activitypub": bounded(activitypub.read),
        "apidae": bounded(tourism.read_apidae),
        "communecter": bounded(communecter.read),
        "datatourisme": bounded(tourism.read_datatourisme),
        "dcat": bounded(rdf.read_datasets),
        "flat": bounded(flat.read),
        "html": bounded(html.read),
        "mediawiki": bounded(mediawiki.read),
        "openagenda": bounded(openagenda.read),
        "overpass": bounded(overpass.read),
        "rdf": bounded(rdf.read),
        "sparql": bounded(peer.read),
        "table": bounded(table.read),
        "umap": bounded(umap.read),
        "xml": bounded(xml.read),
    }
)
"""The reader of each kind of source."""
