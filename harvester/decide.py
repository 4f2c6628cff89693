"""Old state and what came → what changes. Pure: it touches nothing, the clock is an argument.

The rules are those of the design ("Rules of a harvest run"); each has its own test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from harvester.glance import Glance, Statement, glance, lexical
from store.changes import Lines
from store.state import Absence
from vocab import term

Removals = Literal["guarded", "sliding"]
Records = Mapping[str, Lines]

GUARD_FROM = 10  # records still due from which a collapse is suspicious


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and for how long, a record must be missing before it leaves."""

    reads: int
    time: timedelta

    def is_over(self, absence: Absence, now: datetime) -> bool:
        """Whether ``absence`` has lasted long enough at ``now``."""
        return absence.reads >= self.reads and now - absence.first_missing >= self.time


USUAL = Patience(reads=2, time=timedelta(days=1))
AFTER_COLLAPSE = Patience(reads=5, time=timedelta(days=5))

_STATUS = f"<{term('schema:eventStatus')}>"
_CANCELLED = f"<{term('schema:EventCancelled')}>"
_EXCEPT = f"<{term('schema:exceptDate')}>"


@dataclass(frozen=True, slots=True)
class Known:
    """What the store and the state hold of a source."""

    records: Records
    absences: Mapping[str, Absence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a read changes.

    ``records`` is what the source graph holds afterwards. ``successors`` maps a new record
    to the one it replaces under another id. ``absences`` are the records that did not come
    back and may leave later; they are ``held`` when too many of the ``due`` ones went at once.
    """

    records: Records
    added: frozenset[str]
    changed: frozenset[str]
    removed: frozenset[str]
    successors: Mapping[str, str]
    absences: Mapping[str, Absence]
    due: int
    held: bool


def decide(
    known: Known,
    read: Records,
    removals: Removals,
    now: datetime,
    publishable: Callable[[Lines], Lines] = lambda lines: lines,
) -> Decision:
    """Compare what is known with what was read.

    Additions and changes never wait. A record that did not come back stays when it is past
    or when the source is a sliding window; gives way at once to a successor with the same
    natural key, and to its series when the rule no longer makes it; else it leaves after two
    reads a day apart, or much later when under half of ten or more came back: then its
    removal is held, and confirms itself if nothing of them returns. ``publishable`` is
    what may still be said of a record that stays without having been read.
    """
    glances = {iri: glance(iri, lines) for iri, lines in known.records.items() if iri not in read}
    successors = _successors(glances, known, read)
    renewed_as = {old: new for new, old in successors.items()}
    replaced = renewed_as.keys()
    kept: dict[str, Lines] = {}
    removed: set[str] = set(replaced)
    absences: dict[str, Absence] = {}
    waiting: list[str] = []
    for iri, seen in glances.items():
        if iri in replaced:
            continue
        if removals == "sliding" or seen.is_past(now):
            kept[iri] = publishable(known.records[iri])
        elif (series := renewed_as.get(seen.series, seen.series)) in read:
            if _excepted(seen, read[series]):
                kept[iri] = _cancelled(iri, publishable(known.records[iri]))
            else:
                removed.add(iri)
        else:
            waiting.append(iri)
    renewed = sum(not glances[iri].is_past(now) for iri in replaced)
    due = len(waiting) + renewed + _came_back(known, glances, now) if waiting else 0
    collapsed = due >= GUARD_FROM and 2 * len(waiting) > due
    patience = AFTER_COLLAPSE if collapsed else USUAL
    for iri in waiting:
        absence = _absence(known.absences.get(iri), now)
        if patience.is_over(absence, now):
            removed.add(iri)
        else:
            kept[iri] = publishable(known.records[iri])
            absences[iri] = absence
    after = {**kept, **read}
    return Decision(
        records=after,
        added=frozenset(read.keys() - known.records.keys()),
        changed=frozenset(
            iri for iri in after if iri in known.records and known.records[iri] != after[iri]
        ),
        removed=frozenset(removed),
        successors=successors,
        absences=absences,
        due=due,
        held=collapsed and bool(absences),
    )


def _successors(gone: Mapping[str, Glance], known: Known, read: Records) -> dict[str, str]:
    """New record → absent record with the same natural key, where exactly one is."""
    by_key: dict[tuple[str, str, str], list[str]] = {}
    for iri, seen in gone.items():
        if key := seen.natural_key:
            by_key.setdefault(key, []).append(iri)
    if not by_key:
        return {}
    found: dict[str, str] = {}
    for iri in sorted(read.keys() - known.records.keys()):
        key = glance(iri, read[iri]).natural_key
        if key and len(matches := by_key.get(key, [])) == 1:
            found[iri] = matches.pop()
    return found


def _came_back(known: Known, gone: Mapping[str, Glance], now: datetime) -> int:
    """How many of the known records that are still due came back (rule 2)."""
    return sum(
        1
        for iri, lines in known.records.items()
        if iri not in gone and not glance(iri, lines).is_past(now)
    )


def _absence(before: Absence | None, now: datetime) -> Absence:
    if before is None:
        return Absence(first_missing=now, reads=1)
    return Absence(first_missing=before.first_missing, reads=before.reads + 1)


def _excepted(occurrence: Glance, series: Lines) -> bool:
    """Whether the series names the occurrence's start among its exceptions (EXDATE)."""
    return any(
        statement.predicate == _EXCEPT and lexical(statement.object) == occurrence.start
        for statement in map(Statement.of, series)
    )


def _cancelled(record: str, lines: Lines) -> Lines:
    """The record, said to be cancelled: an announced date that was taken back stays visible."""
    subject = f"<{record}>"
    others = {
        line
        for line in lines
        if (statement := Statement.of(line)).subject != subject or statement.predicate != _STATUS
    }
    return frozenset(others | {Statement(subject, _STATUS, _CANCELLED).line()})
