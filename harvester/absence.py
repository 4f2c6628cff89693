"""What becomes of a record that its source no longer gives, and how its statements say it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from harvester.glance import Glance, Statement
from store.changes import Lines
from store.standing import Absence
from vocab import term

_SINCE = f"<{term('eb:noLongerAnnouncedSince')}>"
_WITHDRAWN = f"<{term('prov:invalidatedAtTime')}>"
_TIME = f"<{term('xsd:dateTime')}>"


class Fate(Enum):
    """What becomes of an absent record."""

    HELD = auto()
    """Too many went at once: it stays as if nothing were, and the operator is told."""

    UNANNOUNCED = auto()
    """It stays, and says that it is no longer announced."""

    WITHDRAWN = auto()
    """Its statements stay in the source's graph; it is no longer shown."""

    REMOVED = auto()
    """It leaves, and its entity leaves a tombstone."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and for how long, a record must be missing before it goes on."""

    reads: int
    time: timedelta

    def is_over(self, absence: Absence, now: datetime) -> bool:
        """Whether ``absence`` has lasted long enough at ``now``."""
        return absence.reads >= self.reads and now - absence.first_missing >= self.time


WITHDRAWAL = Patience(reads=2, time=timedelta(days=1))
REMOVAL = Patience(reads=3, time=timedelta(days=7))
AFTER_COLLAPSE = Patience(reads=5, time=timedelta(days=5))
"""After which a collapse is believed: it confirms itself when nothing of it returns."""


def next_absence(before: Absence | None, now: datetime) -> Absence:
    """The absence of a record that was missing ``before`` and is missing at ``now``."""
    if before is None:
        return Absence(first_missing=now, reads=1)
    return Absence(first_missing=before.first_missing, reads=before.reads + 1)


def fate(
    seen: Glance, absence: Absence, now: datetime, *, collapsed: bool = False, exact: bool = False
) -> Fate:
    """What becomes of a record that was ``seen`` before and is missing.

    Args:
        seen: the record as the store has it.
        absence: how long and how often it was missing, this time included.
        now: when it was missing.
        collapsed: whether most of its source is missing with it.
        exact: whether what is missing is gone, by the publisher's or the operator's word.
    """
    if exact:
        return Fate.REMOVED
    if collapsed and not seen.withdrawn and not AFTER_COLLAPSE.is_over(absence, now):
        return Fate.HELD
    if REMOVAL.is_over(absence, now):
        return Fate.REMOVED
    if seen.withdrawn or WITHDRAWAL.is_over(absence, now):
        return Fate.WITHDRAWN
    return Fate.UNANNOUNCED


def marked(record: str, lines: Lines, told: Fate, absence: Absence, now: datetime) -> Lines:
    """``lines`` with what the fate ``told`` says of the record; marks that it has stay."""
    if told is Fate.HELD:
        return lines
    stamps = {_SINCE: absence.first_missing}
    if told is Fate.WITHDRAWN:
        stamps[_WITHDRAWN] = now
    subject = f"<{record}>"
    standing = {
        statement.predicate
        for statement in map(Statement.of, lines)
        if statement.subject == subject and statement.predicate in stamps
    }
    return lines | {
        Statement(subject, predicate, _stamp(moment)).line()
        for predicate, moment in stamps.items()
        if predicate not in standing
    }


def unmarked(record: str, lines: Lines) -> Lines:
    """``lines`` without what was said of the record's absence."""
    prefixes = (f"<{record}> {_SINCE} ", f"<{record}> {_WITHDRAWN} ")
    return frozenset(line for line in lines if not line.startswith(prefixes))


def marks(record: str, lines: Lines) -> Lines:
    """What is said of the record's absence."""
    return lines - unmarked(record, lines)


def _stamp(moment: datetime) -> str:
    """A moment as the store gives it back."""
    return f'"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"^^{_TIME}'
