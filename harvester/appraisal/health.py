"""How a source does: all that is known of it, brought together in one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from harvester.appraisal.anomalies import in_history
from harvester.appraisal.appraise import EXPECTED
from harvester.due import due_at
from harvester.glance import glance
from harvester.sources import Source
from store.appraisals import Appraisal, Remark
from store.generations import Generation
from store.looking import PublishedStore
from store.outbox import Letter
from store.standing import Absence, PastRun, SourceState, StoredIssue
from store.state import State
from vocab.iris import Iris

Condition = Literal["fine", "failed", "held", "gone", "never", "paused"]
"""What a person wants to know first: it may be told by a word, and its change is news."""

_OF_OUTCOME: Mapping[str, Condition] = {"failed": "failed", "held": "held"}

UNMATCHED = "unmatched-word"
"""The code of the issue that tells a word of the source which names no concept."""


@dataclass(frozen=True, slots=True)
class Health:
    """One source: its block, its state, and what was noticed of it.

    ``due`` is when it is read next, None while it is paused; ``issues`` are those of the last
    good read; ``anomalies`` those of its records and of its history. ``names`` tells what absent
    records are called, where that was looked up (``named``).
    """

    source: Source
    state: SourceState
    due: datetime | None
    issues: Sequence[StoredIssue]
    absences: Mapping[str, Absence]
    runs: Sequence[PastRun]
    appraisal: Appraisal | None
    anomalies: Sequence[Remark]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def condition(self) -> Condition:
        """Its state in one word; that it is paused comes first, since it is not read then."""
        return condition_of(self.source, self.state)

    @property
    def penalties(self) -> Sequence[Remark]:
        """What its completeness lost points for."""
        return self.appraisal.of("penalty") if self.appraisal else ()

    @property
    def refused(self) -> tuple[StoredIssue, ...]:
        """The issues that left a record out."""
        return tuple(issue for issue in self.issues if issue.severity == "error")

    @property
    def warnings(self) -> tuple[StoredIssue, ...]:
        """The issues that changed or dropped a value, and broken expectations."""
        return tuple(issue for issue in self.issues if issue.severity == "warning")

    @property
    def unkept(self) -> tuple[StoredIssue, ...]:
        """What its operator expects of it and does not find."""
        return tuple(issue for issue in self.warnings if issue.code.startswith(EXPECTED))

    @property
    def imperfect(self) -> tuple[StoredIssue, ...]:
        """The issues that changed or dropped a value."""
        return tuple(issue for issue in self.warnings if not issue.code.startswith(EXPECTED))

    @property
    def notices(self) -> tuple[StoredIssue, ...]:
        """The issues that only tell; words without concept are told apart."""
        return tuple(
            issue for issue in self.issues if issue.severity == "notice" and issue.code != UNMATCHED
        )

    @property
    def words(self) -> dict[str, int]:
        """The words of the source that name no concept, the most frequent first."""
        counts = Counter[str]()
        for issue in self.issues:
            if issue.code == UNMATCHED:
                counts[str(issue.message.values.get("value", ""))] += issue.count
        return dict(counts.most_common())


def condition_of(source: Source, state: SourceState) -> Condition:
    """The state of a source in one word."""
    if not source.enabled:
        return "paused"
    if state.checked_at is None:
        return "never"
    if state.gone_at is not None:
        return "gone"
    return _OF_OUTCOME.get(state.outcome, "fine")


def healths(path: Path, sources: Iterable[Source], now: datetime) -> list[Health]:
    """How ``sources`` do, by the state in ``path``; looking makes no file on a new node.

    Raises:
        StateError: when the state cannot be read.
    """
    if not path.exists():
        return [
            Health(source, SourceState(source.id), now, (), {}, (), None, ()) for source in sources
        ]
    with State(path) as state:
        return [health_of(source, state, now) for source in sources]


def named(health: Health, generation: Generation | None, iris: Iris) -> Health:
    """``health`` with what its absent records are called, as far as they are published.

    Raises:
        StoreError: when the snapshot is damaged or was retired.
    """
    if not health.absences or generation is None:
        return health
    graph = iris.source_graph(health.source.id)
    with PublishedStore(generation, generation.path) as store:
        looks = {iri: glance(iri, store.about(graph, iri)) for iri in health.absences}
    names = {
        iri: f"{look.name} ({look.start[:10]})" if look.start else look.name
        for iri, look in looks.items()
        if look.name
    }
    return replace(health, names=names)


def letters_in(path: Path) -> list[Letter]:
    """The messages that wait to be delivered, by the state in ``path``.

    Raises:
        StateError: when the state cannot be read.
    """
    if not path.exists():
        return []
    with State(path) as state:
        return state.letters()


def health_of(source: Source, state: State, now: datetime) -> Health:
    """How ``source`` does, by an open ``state``.

    Raises:
        StateError: when the state cannot be read.
    """
    known, runs = state.get(source.id), state.runs(source.id)
    appraisal = state.appraisal(source.id)
    noticed = appraisal.of("anomaly") if appraisal else ()
    return Health(
        source=source,
        state=known,
        due=due_at(source, known, now) if source.enabled else None,
        issues=state.issues(source.id),
        absences=state.absences(source.id),
        runs=runs,
        appraisal=appraisal,
        anomalies=(*noticed, *in_history(runs, now)),
    )
