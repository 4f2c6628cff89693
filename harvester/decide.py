"""Old state and what came → what changes. Pure: it touches nothing, the clock is an argument.

The rules are those of the design ("Rules of a harvest run"); each has its own test. What a
source no longer gives goes this way, and comes back from anywhere on it under the same IRI::

    announced ─▶ no longer announced ─▶ withdrawn ─▶ removed
                 at once, marked        after a day  after a week, leaves a tombstone

A withdrawn record keeps its place in its source's graph; its entity is no longer found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from harvester.absence import Fate, fate, marked, next_absence, unmarked
from harvester.glance import Glance, Statement, glance, lexical
from store.changes import Lines
from store.standing import Absence
from vocab import term

Removals = Literal["guarded", "sliding", "authoritative", "none"]
Records = Mapping[str, Lines]

GUARD_FROM = 10  # records still due from which a collapse is suspicious

_STATUS = f"<{term('schema:eventStatus')}>"
_CANCELLED = f"<{term('schema:EventCancelled')}>"
_EXCEPT = f"<{term('schema:exceptDate')}>"


@dataclass(frozen=True, slots=True)
class Policy:
    """What it means that a record did not come back.

    ``removals`` is ``guarded`` as a rule; ``sliding`` for a source that shows its newest
    entries only, so that what is absent is merely old; ``authoritative`` for one whose
    publisher is known to be exact, so that what is absent is gone; ``none`` when what came is
    no fresh answer and tells nothing about what is absent. ``accepted`` is the operator's
    word that what is missing this time is really gone. ``again`` says that what came was read
    before: what was missing then is not missing once more.
    """

    removals: Removals = "guarded"
    accepted: bool = False
    again: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether what is absent leaves at once."""
        return self.accepted or self.removals == "authoritative"


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
    back and are still in the graph; the ``withdrawn`` among them are no longer shown, and
    ``held`` tells that too many of the ``due`` ones went at once for the others to leave.
    ``left`` are the records that are no longer shown from this read on.
    """

    records: Records
    added: frozenset[str]
    changed: frozenset[str]
    removed: frozenset[str]
    successors: Mapping[str, str]
    absences: Mapping[str, Absence]
    withdrawn: frozenset[str]
    left: frozenset[str]
    due: int
    held: bool


def decide(
    known: Known,
    read: Records,
    policy: Policy,
    now: datetime,
    publishable: Callable[[Lines], Lines] = lambda lines: lines,
) -> Decision:
    """Compare what is known with what was read.

    Additions and changes never wait. A record that did not come back stays when it is past
    or when the source is a sliding window; gives way at once to a successor with the same
    natural key, and to its series when the rule no longer makes it; else its ``fate`` is
    decided by how long and how often it was missing, and by how many others went with it.
    ``publishable`` is what may still be said of a record that stays without having been read.
    """
    gone = {iri: glance(iri, lines) for iri, lines in known.records.items() if iri not in read}
    successors = _successors(gone, known, read)
    renewed_as = {old: new for new, old in successors.items()}
    kept: dict[str, Lines] = {}
    removed: set[str] = set(renewed_as)
    absences: dict[str, Absence] = {}
    waiting: dict[str, Glance] = {}
    for iri, seen in gone.items():
        stored = publishable(known.records[iri])
        if iri in renewed_as:
            continue
        if policy.removals == "none" or (policy.again and iri in known.absences):
            kept[iri] = stored
            absences |= {iri: known.absences[iri]} if iri in known.absences else {}
        elif policy.removals == "sliding":
            kept[iri] = unmarked(iri, stored)
        elif seen.is_past(now) and not seen.withdrawn:
            kept[iri] = stored
        elif (series := renewed_as.get(seen.series, seen.series)) in read:
            if _excepted(seen, read[series]):
                kept[iri] = _cancelled(iri, unmarked(iri, stored))
            else:
                removed.add(iri)
        else:
            waiting[iri] = seen
    renewed = sum(not gone[iri].is_past(now) for iri in renewed_as)
    still = sum(not seen.withdrawn for seen in waiting.values())
    due = still + renewed + _came_back(known, gone, now) if still else 0
    collapsed = not policy.is_exact and due >= GUARD_FROM and 2 * still > due
    fates: dict[str, Fate] = {}
    for iri, seen in waiting.items():
        absence = next_absence(known.absences.get(iri), now)
        fates[iri] = fate(seen, absence, now, collapsed=collapsed, exact=policy.is_exact)
        if fates[iri] is Fate.REMOVED:
            removed.add(iri)
        else:
            stored = publishable(known.records[iri])
            kept[iri] = marked(iri, stored, fates[iri], absence, now)
            absences[iri] = absence
    after = {**kept, **read}
    withdrawn = {iri for iri, each in fates.items() if each is Fate.WITHDRAWN}
    hidden = {iri for iri, seen in gone.items() if seen.withdrawn}
    return Decision(
        records=after,
        added=frozenset(read.keys() - known.records.keys()),
        changed=frozenset(
            iri for iri in after if iri in known.records and known.records[iri] != after[iri]
        ),
        removed=frozenset(removed),
        successors=successors,
        absences=absences,
        withdrawn=frozenset(withdrawn),
        left=frozenset((removed | withdrawn) - hidden),
        due=due,
        held=Fate.HELD in fates.values(),
    )


def same_again(known: Known) -> Records:
    """What a source gave once more that says that nothing changed since its last good answer."""
    return {iri: lines for iri, lines in known.records.items() if iri not in known.absences}


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
