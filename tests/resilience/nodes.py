"""Nodes for these tests: their sources.toml, sound content of each kind, what their store holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from store.embedded import EmbeddedStore
from vocab.iris import Iris

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BASE = "https://node.example/"
IRIS = Iris(BASE)
HEAD = f"""
[site]
title = "Essai"
base = "{BASE}"
contact = "contact@node.example"
territory = ["73081"]
"""

MEDIA = {
    "ics": "text/calendar; charset=utf-8",
    "feed": "application/rss+xml; charset=utf-8",
    "geojson": "application/geo+json",
    "gogocarto": "application/json",
    "enbauges": "application/json",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Block:
    """A source to register."""

    id: str
    kind: str
    url: str
    more: str = ""
    allow_private: bool = True

    def text(self) -> str:
        told = {
            "id": self.id,
            "kind": self.kind,
            "url": self.url,
            "title": f"Source {self.id}",
            "publisher": "Mairie",
            "licence": "etalab-2.0",
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in told.items()]
        private = "allow_private = true" if self.allow_private else ""
        return "\n".join(["[[source]]", *lines, private, self.more])


def register(folder: Path, blocks: Iterable[Block]) -> None:
    """Write the sources.toml of a node."""
    text = "\n\n".join([HEAD, *(block.text() for block in blocks)])
    (folder / "sources.toml").write_text(text, encoding="utf-8")


def graphs(folder: Path) -> dict[str, frozenset[str]]:
    """Graph → statements, of a node that nobody has open."""
    with EmbeddedStore(folder / "var" / "store") as store:
        return {name: store.lines(name) for name in store.graph_names()}


def fingerprint(lines: Iterable[str]) -> str:
    """A hash of statements, whatever their order."""
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def calendar(*blocks: str) -> bytes:
    """An iCalendar file with these components."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\n"
    return f"{head}{''.join(blocks)}END:VCALENDAR\r\n".encode()


def event(uid: str, title: str, *lines: str, start: str = "DTSTART:20260613T180000Z") -> str:
    """A VEVENT."""
    told = ["BEGIN:VEVENT", f"UID:{uid}@agenda.example", f"SUMMARY:{title}", start, *lines]
    return "\r\n".join([*told, "END:VEVENT", ""])


def rss(*items: str, more: str = "") -> bytes:
    """An RSS 2.0 feed with these items."""
    head = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
    about = "<title>Journal</title><link>https://journal.example/</link>"
    return f"{head}{about}{more}{''.join(items)}</channel></rss>".encode()


def item(guid: str, title: str, *more: str) -> str:
    """An item of RSS."""
    date = "<pubDate>Fri, 01 May 2026 08:00:00 +0200</pubDate>"
    link = f"<link>https://journal.example/{guid}</link>"
    told = f"<title>{title}</title><guid>{guid}</guid>{link}{date}"
    return f"<item>{told}{''.join(more)}</item>"


def feature(key: str, name: str, coordinates: object = (6.14, 45.68)) -> dict[str, object]:
    """A GeoJSON Feature."""
    return {
        "type": "Feature",
        "id": key,
        "geometry": {"type": "Point", "coordinates": coordinates},
        "properties": {"name": name, "type": "Tiers-lieu"},
    }


def sound(kind: str, edition: str) -> bytes:
    """Three entries of a kind; another edition is another title of the same."""
    names = [f"{word} {edition}" for word in ("Bal", "Concert", "Marché")]
    match kind:
        case "ics":
            return calendar(*(event(f"n{place}", name) for place, name in enumerate(names)))
        case "feed":
            return rss(*(item(f"n{place}", name) for place, name in enumerate(names)))
        case "geojson":
            features = [feature(f"n{place}", name) for place, name in enumerate(names)]
            return json.dumps({"type": "FeatureCollection", "features": features}).encode()
        case "gogocarto":
            data = [
                {"id": f"n{place}", "name": name, "geo": {"latitude": 45.68, "longitude": 6.14}}
                for place, name in enumerate(names)
            ]
            return json.dumps({"data": data}).encode()
        case "enbauges":
            events = [
                {"_id": f"n{place}", "title": name, "startAt": "2026-06-13T18:00:00Z"}
                for place, name in enumerate(names)
            ]
            return json.dumps({"events": events}).encode()
        case _:
            rows = [f"n{place},{name},45.68,6.14" for place, name in enumerate(names)]
            return "\n".join(["id,nom,latitude,longitude", *rows, ""]).encode()
