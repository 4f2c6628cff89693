"""Positions that cannot be right: outside of France, or far from the commune that is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harvester.digest import Digest
from harvester.glance import without
from harvester.records import Issue
from harvester.whereabouts.said import Position, Said
from vocab.iris import Iris
from vocab.messages import say
from vocab.territory.atlas import FARTHEST, Atlas
from vocab.territory.points import is_in_france


def judged(digest: Digest, atlas: Atlas, iris: Iris) -> Digest:
    """``digest`` without the positions abroad, and with an Issue for each one that is doubtful.

    A position far from the commune stays: which of the two is wrong is for a person to say.
    """
    records = dict(digest.records)
    issues: list[Issue] = []
    for record, lines in digest.records.items():
        said = Said.of(record, lines, iris)
        abroad = [each for each in said.positions if not is_in_france(each.point)]
        if abroad:
            records[record] = without({each.node for each in abroad}, lines)
        issues += [_abroad(digest, record, each) for each in abroad]
        issues += _far(digest, record, said, atlas)
    return replace(digest, records=records, issues=digest.issues + tuple(issues))


def _far(digest: Digest, record: str, said: Said, atlas: Atlas) -> Iterator[Issue]:
    if len(said.communes) != 1:
        return
    (code,) = said.communes
    centre = atlas.centre(code)
    for position in said.positions:
        if centre is None or not is_in_france(position.point):
            continue
        distance = centre.distance(position.point)
        if distance > FARTHEST:
            message = say(
                "its position {lat}, {lon} is {km} km from {commune}, where it or its source says "
                "it is",
                lat=position.point.latitude,
                lon=position.point.longitude,
                km=round(distance),
                commune=atlas.communes[code].name,
            )
            origin = digest.origins[record]
            yield Issue("far-from-commune", message, "warning", origin.where, origin.key)


def _abroad(digest: Digest, record: str, position: Position) -> Issue:
    message = say(
        "its position {lat}, {lon} is outside of France: it was left out",
        lat=position.point.latitude,
        lon=position.point.longitude,
    )
    origin = digest.origins[record]
    return Issue("position-abroad", message, "warning", origin.where, origin.key)
