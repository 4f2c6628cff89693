"""Which part of the things of a source bears each property, now and before. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from harvester.appraisal.needs import Kind
from harvester.appraisal.quality import Looks, judged
from store.appraisals import Shares
from vocab import term

KEPT = 20
"""How many different shares of a source are remembered."""

DROP = 25
"""Points from which a loss is told as something wrong."""

ENOUGH = 4
"""Things from which a share means something."""

_SAME = 5  # points within which a share is the same: a few entries come and go
_OURS = ("rdf:type", "prov:hadPrimarySource", "eb:noLongerAnnouncedSince")
_LEFT_OUT = frozenset(f"<{term(name)}>" for name in _OURS)


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of its ``count`` things of a kind bears the property ``name`` (IRI), in percent.

    It was ``before`` until the read of ``since``; None and None where it never was another.
    """

    kind: Kind
    name: str
    percent: int
    count: int
    before: int | None = None
    since: datetime | None = None

    @property
    def points(self) -> int:
        """What it gained or lost."""
        return 0 if self.before is None else self.percent - self.before

    @property
    def fell(self) -> bool:
        """Whether it lost so much that something is wrong."""
        return self.points <= -DROP and self.count >= ENOUGH


def percents(found: Looks, now: datetime) -> dict[str, dict[str, int]]:
    """The shares of a source's fields: kind of thing → property (IRI) → percent."""
    shares: dict[str, dict[str, int]] = {}
    for kind, things in judged(found.values(), now).items():
        counts = Counter(name for thing in things for name in thing.says - _LEFT_OUT)
        shares[kind] = {
            name[1:-1]: round(100 * count / len(things)) for name, count in sorted(counts.items())
        }
    return shares


def remembered(before: Sequence[Shares], found: Looks, now: datetime) -> tuple[Shares, ...]:
    """The shares of before, and those of ``now`` where they are others."""
    latest = percents(found, now)
    if before and before[-1].percents == latest:
        return tuple(before)
    return (*before, Shares(now, latest))[-KEPT:]


def compared(found: Looks, before: Sequence[Shares], now: datetime) -> Iterator[Share]:
    """The share of each property that things have, or had ``before``, the largest first.

    It is compared with what it was before it last became what it is, within five points.
    """
    latest = percents(found, now)
    for kind, things in judged(found.values(), now).items():
        had = {name for each in before for name in each.percents.get(kind, {})}
        shares = [
            _beside(Share(kind, name, latest[kind].get(name, 0), len(things)), before, now)
            for name in had | latest[kind].keys()
        ]
        yield from sorted(shares, key=lambda each: (-each.percent, each.name))


def _beside(share: Share, before: Sequence[Shares], now: datetime) -> Share:
    """The share with what it was before, and since when it is another."""
    since = now
    for each in reversed(before):
        if share.kind not in each.percents:
            continue
        former = each.percents[share.kind].get(share.name, 0)
        if abs(former - share.percent) > _SAME:
            return replace(share, before=former, since=since)
        since = each.at
    return share
