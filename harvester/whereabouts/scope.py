"""What of a wide source belongs to the territory (design, where things are)."""

from __future__ import annotations

from dataclasses import replace

from harvester.digest import Digest
from harvester.records import Issue
from harvester.whereabouts.area import Area
from harvester.whereabouts.said import Said
from vocab.iris import Iris
from vocab.messages import say


def within(digest: Digest, area: Area, iris: Iris) -> Digest:
    """``digest`` with only the records that are in ``area``, or just across its border.

    A record is where the commune is that it names; one that names none is where its position
    is. What is left out is told as a notice: a record of another commune, or of none that is
    known, is not the territory's until its source says so.
    """
    inside = {
        iri: lines
        for iri, lines in digest.records.items()
        if _belongs(Said.of(iri, lines, iris), area)
    }
    outside = digest.records.keys() - inside.keys()
    issues = tuple(_left_out(digest, record) for record in sorted(outside))
    return replace(digest, records=inside, issues=digest.issues + issues)


def _belongs(said: Said, area: Area) -> bool:
    if communes := said.communes:
        return any(map(area.has, communes))
    return any(area.holds(position.point) for position in said.positions)


def _left_out(digest: Digest, record: str) -> Issue:
    message = say(
        "it is in no commune of the territory nor close to its border, and the source is wide: "
        "left out"
    )
    origin = digest.origins[record]
    return Issue("outside-territory", message, "notice", origin.where, origin.key)
