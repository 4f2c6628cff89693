"""Sources that change from one edition to the next, and what a node must hold of each edition.

Whatever happens to a harvest, a source is stored in one edition, whole. No entry is ever taken
back, so that what is stored of an edition depends on that edition alone: all of them change,
and one calendar renews every UID, as some publishers do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from tests.resilience.nodes import IRIS, MEDIA, calendar, event, feature, item, rss
from vocab import term

EDITIONS = 3
ENTRIES = 12
KINDS = ("ics", "renewed", "series", "feed", "geojson", "csv", "gogocarto", "enbauges")
Graphs = Mapping[str, frozenset[str]]

_SPECIALIZES = f"<{term('prov:specializationOf')}>"
_GENERATED = f"<{term('prov:wasGeneratedBy')}>"
_ACTIVITY = f"<{term('prov:Activity')}>"


def edition(kind: str, number: int, today: date) -> tuple[bytes, str]:
    """The content of an edition, and its media type. Events are 40 days ahead of ``today``."""
    names = [f"Rendez-vous {place} édition {number}" for place in range(ENTRIES)]
    start = f"DTSTART:{today + timedelta(days=40):%Y%m%d}T180000Z"
    match kind:
        case "ics":
            body = calendar(*(event(f"n{n}", name, start=start) for n, name in enumerate(names)))
        case "renewed":
            words = f"DESCRIPTION:Édition {number}"
            body = calendar(
                *(
                    event(f"e{number}n{n}", f"Atelier {n}", words, start=start)
                    for n in range(ENTRIES)
                )
            )
        case "series":
            rule = "RRULE:FREQ=WEEKLY;COUNT=20"
            body = calendar(*(event(f"s{n}", names[n], rule, start=start) for n in range(2)))
        case "feed":
            body = rss(*(item(f"n{n}", name) for n, name in enumerate(names)))
        case "csv":
            rows = [f"n{n},{name},45.68,6.14" for n, name in enumerate(names)]
            body = "\n".join(["id,nom,latitude,longitude", *rows, ""]).encode()
        case _:
            body = json.dumps(_document(kind, names, today)).encode()
    return body, MEDIA[registered(kind)]


def _document(kind: str, names: list[str], today: date) -> object:
    match kind:
        case "geojson":
            features = [feature(f"n{n}", name) for n, name in enumerate(names)]
            return {"type": "FeatureCollection", "features": features}
        case "gogocarto":
            return {"data": [{"id": f"n{n}", "name": name} for n, name in enumerate(names)]}
        case _:
            moment = f"{today + timedelta(days=40)}T18:00:00Z"
            return {
                "events": [
                    {"_id": f"n{n}", "title": name, "startAt": moment}
                    for n, name in enumerate(names)
                ]
            }


def registered(kind: str) -> str:
    """The kind that stands in sources.toml."""
    return {"renewed": "ics", "series": "ics"}.get(kind, kind)


@dataclass(frozen=True)
class Held:
    """What the graphs of a node hold of one source."""

    source: str
    graphs: Graphs

    @property
    def lines(self) -> frozenset[str]:
        return self.graphs.get(IRIS.source_graph(self.source), frozenset())

    @cached_property
    def links(self) -> dict[str, str]:
        """Record → entity."""
        start = f"<{IRIS.record(self.source, '')}"
        pairs = {}
        for line in self.graphs.get(IRIS.graph("links"), ()):
            if line.startswith(start) and f" {_SPECIALIZES} " in line:
                record, _, entity, _ = line.split(" ")
                pairs[record] = entity
        return pairs

    @cached_property
    def entities(self) -> frozenset[str]:
        """What the canonical graph says of its entities and their parts."""
        heads = {entity[:-1] for entity in self.links.values()}
        return frozenset(
            line
            for line in self.graphs.get(IRIS.graph("canonical"), ())
            if line.split(" ", 1)[0][:-1].partition("#")[0] in heads
        )

    @cached_property
    def records(self) -> set[str]:
        subjects = {line.split(" ", 1)[0] for line in self.lines}
        return {subject for subject in subjects if "#" not in subject and "genid" not in subject}

    def faults(self) -> list[str]:
        """What of links and provenance does not agree with the records."""
        provenance = self.graphs.get(IRIS.graph("provenance"), frozenset())
        activities = {line.split(" ")[0] for line in provenance if _ACTIVITY in line}
        start = f"<{IRIS.record(self.source, '')}"
        made = [
            (line.split(" ")[0], line.split(" ")[2])
            for line in provenance
            if line.startswith(start) and _GENERATED in line
        ]
        found = []
        if self.links.keys() != self.records:
            found.append("links without records, or the reverse")
        if sorted(record for record, _ in made) != sorted(self.records):
            found.append("records without the run that made them, or the reverse")
        if any(run not in activities for _, run in made):
            found.append("a record made by a run that is not told")
        return found
