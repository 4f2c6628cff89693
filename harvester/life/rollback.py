"""Undoing runs: what a source said before them is stored again, as a run of its own.

The change log tells what each run added to the source's graph and removed from it; taken back
from the last run on, that gives the records of before. From there it goes the one way of every
run, so that entities, links, tombstones and provenance follow. What may not be kept since, or
not be published, does not come back with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harvester.decide import Records
from harvester.digest import without_texts
from harvester.glance import Statement, by_record
from harvester.ledger import Books
from harvester.life.lifecycle import LifeError
from harvester.life.scrub import Scrub
from harvester.means import Means
from harvester.session import Session
from harvester.settle import settle
from harvester.sources import Config, Source
from harvester.stored import known_of, run_of, towards
from store.changelog import Entry
from store.changes import Delta
from store.standing import Saved
from vocab.messages import Message, say

PURPOSE = "Retour à l'état d'avant"
_SHOWN = 5  # runs that are named when the one that was asked for is not there


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone: the ``runs``, newest first, and what that did to records."""

    source: str
    runs: tuple[str, ...]
    back: int
    gone: int
    changed: int

    def told(self) -> tuple[Message, Message]:
        """What the operator is told."""
        counts = say(
            "{source}: runs undone: {runs}; records that came back: {back}, that left: {gone}, "
            "as they were before: {changed}",
            source=self.source,
            runs=len(self.runs),
            back=self.back,
            gone=self.gone,
            changed=self.changed,
        )
        lasting = say(
            "it stays so until the source is read in full again: when it says something new, or "
            "its block is edited, at the latest next month; to keep it longer, pause it "
            "(enabled = false) and tell its publisher what is wrong"
        )
        return counts, lasting


def stamp_of(entry: Entry) -> str:
    """The name of a run, as commands take and show it: ``20261124T101500Z``."""
    return entry.activity.rpartition("/")[2]


def roll_back(session: Session, config: Config, source_id: str, to: str | None = None) -> Undone:
    """Undo the last run of a source that changed its records, or all those after ``to``.

    Raises:
        UnknownSourceError: the sources file has no such source.
        LifeError: there is nothing to undo, or no run ``to``.
        StoreError: when the change log cannot be read, or something not be written.
    """
    means, source = session.means, config.source(source_id)
    undone = _undone(means, source_id, to)
    known = known_of(means, source_id)
    records = _former(means, source, undone)
    decision = towards(known, records)
    ledger = Books(means.store, means.iris).of(source_id)
    decision = replace(decision, successors=_heirs(means, undone, ledger.links, records))
    if not (decision.added or decision.changed or decision.removed):
        raise LifeError(
            say(
                "{source}: undoing that would change nothing that may be published today",
                source=source_id,
            )
        )
    run = run_of(means, source, PURPOSE)
    changeset = settle(decision, known, ledger, run).changeset
    session.commit(Entry(source_id, run.at, run.activity, changeset))
    state = replace(means.state.get(source_id), records=len(records), changed_at=run.at)
    means.state.save([Saved(state, absences=decision.absences)])
    return Undone(
        source_id,
        tuple(map(stamp_of, undone)),
        len(decision.added),
        len(decision.removed),
        len(decision.changed),
    )


def _undone(means: Means, source: str, to: str | None) -> tuple[Entry, ...]:
    """The runs to undo, newest first: those that took place and changed records."""
    provenance, graph = means.iris.graph("provenance"), means.iris.source_graph(source)
    took_place = [
        entry
        for entry in means.changelog.entries(source)
        if means.store.about(provenance, entry.activity)
    ]
    if to is None:
        last = next((each for each in took_place if graph in each.changeset.graphs), None)
        if last is None:
            raise LifeError(_nothing(source))
        return tuple(took_place[: took_place.index(last) + 1])
    stamps = [stamp_of(each) for each in took_place]
    if to not in stamps:
        raise LifeError(_no_run(source, to, stamps))
    after = tuple(took_place[: stamps.index(to)])
    if not any(graph in each.changeset.graphs for each in after):
        raise LifeError(
            say("{source}: no run changed its records after {run}", source=source, run=to)
        )
    return after


def _former(means: Means, source: Source, undone: Sequence[Entry]) -> Records:
    """The records before the runs ``undone``, as far as they may be kept and published today."""
    graph = means.iris.source_graph(source.id)
    lines = means.store.lines(graph)
    for entry in undone:
        delta = entry.changeset.graphs.get(graph, Delta())
        lines = (lines - delta.added) | delta.removed
    records = Scrub(means.takedowns, means.iris).spared(by_record(lines, means.iris.record_of))
    if source.texts_allowed:
        return records
    return {iri: without_texts(each) for iri, each in records.items()}


def _heirs(
    means: Means, undone: Sequence[Entry], links: Mapping[str, str], records: Records
) -> dict[str, str]:
    """Record that comes back → the record that leaves and has its entity now."""
    graph, former = means.iris.graph("links"), dict[str, str]()
    for entry in undone:
        for said in map(Statement.of, entry.changeset.graphs.get(graph, Delta()).removed):
            former[said.subject[1:-1]] = said.object[1:-1]
    holders = {entity: record for record, entity in links.items() if record not in records}
    return {
        record: holders[entity]
        for record, entity in former.items()
        if record in records and entity in holders
    }


def _nothing(source: str) -> Message:
    return say(
        "{source}: there is nothing to undo — the change log knows no run that changed its records",
        source=source,
    )


def _no_run(source: str, to: str, stamps: Sequence[str]) -> Message:
    return say(
        "{source} has no run {run} — the last ones that changed something: {runs}",
        source=source,
        run=to,
        runs=", ".join(stamps[:_SHOWN]) or "–",
    )
