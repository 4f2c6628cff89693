"""Forgetting: a thing, a source or a text leaves everything that a node keeps, and stays out.

The takedown is written first, since it is what bars the return; then the store, the state, the
captures and the change log lose what it bars, and at last the store is made anew, because
Oxigraph keeps every string that it was ever given. Each step may be done twice: after an
interruption, asking for the same once more does the rest.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from harvester.curation.file import path_beside
from harvester.decide import Known
from harvester.glance import glance
from harvester.ledger import Books
from harvester.life.meant import every_source, everything, folders, stored_sources
from harvester.life.scrub import Scrub, dropped, unescaped
from harvester.place import Place
from harvester.provenance import Run, retired_lines
from harvester.records import Content
from harvester.session import Session
from harvester.settle import settle
from harvester.sources import Config, Source
from harvester.stored import known_of, remembered, run_of, towards
from store import statelife, takedown, whole
from store.changelog import Entry
from store.changes import Changeset, Delta, Lines
from store.embedded import EmbeddedStore
from store.errors import StoreError, told
from store.follow import path_of
from store.generations import Generation, Generations
from store.index import ensure
from store.residue import files_with
from store.swap import swap_in
from store.takedown import Takedown, Takedowns
from vocab.iris import Iris
from vocab.messages import Message, say

PURPOSE = "Oubli demandé"


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """What a source loses: records wholly, and single statements of others."""

    source: str
    known: Known
    spared: Mapping[str, Lines]
    barred: bool = False

    @property
    def gone(self) -> frozenset[str]:
        """The IRIs of the records that leave wholly."""
        return dropped(self.known.records, self.spared)[0]

    @property
    def cut(self) -> int:
        """How many statements leave records that stay."""
        return dropped(self.known.records, self.spared)[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be forgotten, and what that takes with it.

    ``captures`` are the sources whose raw answers go; ``entries`` counts the files of the
    change log that are written again or removed.
    """

    takedowns: Takedowns
    scrub: Scrub
    sources: tuple[SourcePlan, ...]
    captures: frozenset[str]
    entries: int
    in_file: bool


def planned(session: Session, config: Config, takedowns: Takedowns) -> Plan:
    """What it takes to keep nothing that ``takedowns`` bar; nothing is changed."""
    means, place = session.means, session.place
    addresses = {each.id: each.url for each in config.sources}
    barred = frozenset(
        source
        for source in every_source(session, config)
        if takedowns.bars_source(source, addresses.get(source, ""))
    )
    scrub = Scrub(takedowns, means.iris, sources=barred).learned(everything(session))
    scrub = replace(scrub, entities=scrub.entities - _shared(session, scrub))
    sources = tuple(
        plan
        for source in stored_sources(session)
        if (plan := _source_plan(source, session, scrub)).barred
        or plan.spared != plan.known.records
    )
    touched = {each.source for each in sources} | barred
    entries = 0
    for source in means.changelog.sources():
        for path in means.changelog.paths(source):
            changeset = means.changelog.read(path).changeset
            if source in barred or scrub.changeset(changeset) != changeset:
                entries += 1
                touched.add(source)
    captures = frozenset(
        source
        for source in folders(place.captures)
        if source in touched or _captured(session, source, scrub)
    )
    in_file = any(
        takedowns.bars_text(path.read_text(encoding="utf-8"))
        for path in (config.path, path_beside(config.path))
        if path.exists()
    )
    return Plan(takedowns, scrub, sources, captures, entries, in_file)


def carry_out(plan: Plan, session: Session, config: Config) -> None:
    """Forget what is planned, but for the store's own files (``renew``).

    Raises:
        StoreError: when something cannot be written; asking again does the rest.
    """
    means, place = session.means, session.place
    with told(place.var):
        place.forgetting.touch()
    takedown.save(plan.takedowns, place.takedowns)
    stale = [path for source in plan.scrub.sources for path in means.changelog.paths(source)]
    for each in plan.sources:
        _settle(each, plan.scrub, session, config)
    session.commit(None, _sweep(session, plan.scrub))
    statelife.scrub(means.state.path, plan.scrub.bars_kept, plan.scrub.sources)
    for source in plan.captures:
        means.captures.drop(source)
    with told(place.var):
        told_of = plan.captures | plan.scrub.sources | {each.source for each in plan.sources}
        feeds = (path_of(place.var, source) for source in told_of)
        halves = (path for room in (place.captures, place.changes) for path in room.rglob("*.part"))
        for path in (*stale, *feeds, *halves, place.robots):
            path.unlink(missing_ok=True)  # but for the log, all of it is made again by a harvest
    for source in means.changelog.sources():
        for path in means.changelog.paths(source):
            before = means.changelog.read(path)
            after = replace(before, changeset=plan.scrub.changeset(before.changeset))
            if after != before:
                means.changelog.rewrite(path, after)


def renew(place: Place, *, now: datetime) -> Generation:
    """Make the store anew from what is published, publish that, and let go of all before.

    Raises:
        StoreError: when another process works with the store, something waits to be published,
            or it cannot be written.
    """
    made = place.var / "store.part"
    with EmbeddedStore(place.store).held(), told(place.var):
        current = Generations(place.generations).current()
        if current is None or place.unfinished.exists():
            raise StoreError(
                say(
                    "an interrupted harvest waits to be published — run: enbauges harvest, "
                    "then the same command again"
                )
            )
        shutil.rmtree(made, ignore_errors=True)  # what an interruption left
        whole.renew(current, made)
        swap_in(made, place.store)
    with EmbeddedStore(place.store) as store:
        generations = Generations(place.generations)
        generation = generations.publish(store, now=now, base=current.base, facts=current.facts)
        ensure(generation)
        generations.purge()
    with told(place.var):
        place.forgetting.unlink(missing_ok=True)
    return generation


def residue(place: Place, given: str) -> list[Path]:
    """The files of the node that still hold ``given`` letter by letter, compressed or not."""
    return list(files_with(given, place.var))


def lifted(session: Session, entries: Iterable[Takedown]) -> Message:
    """Bar ``entries`` no more; what they were comes back with the next harvest that reads it.

    Raises:
        StoreError: when the takedowns cannot be written.
    """
    before = after = session.means.takedowns
    for each in entries:
        after = after.without(each)
    if after == before:
        return say("that was never forgotten: nothing was changed")
    takedown.save(after, session.place.takedowns)
    return say("it is barred no more — it comes back with: enbauges harvest --force")


# What is told


def plan_told(plan: Plan) -> Iterator[Message]:
    """What is going to be done, a line each."""
    for each in plan.sources:
        if each.barred:
            yield say(
                "{source}: the whole source, {count} records",
                source=each.source,
                count=len(each.gone),
            )
            continue
        yield say(
            "{source}: records that leave: {gone}; values that leave other records: {cut}",
            source=each.source,
            gone=len(each.gone),
            cut=each.cut,
        )
        for record in sorted(each.gone):
            name = unescaped(glance(record, each.known.records[record]).name)
            yield say("  {name} — {record}", name=name, record=record)
    if not plan.sources:
        yield say("nothing that is published now holds it")
    yield say(
        "files of the change log to rewrite: {entries}; sources whose raw answers are dropped: "
        "{captures}",
        entries=plan.entries,
        captures=", ".join(sorted(plan.captures)) or "0",
    )
    yield say("earlier generations are removed; from now on it is barred, whatever a source says")
    if plan.in_file:
        yield say(
            "the sources file itself, or curation.toml beside it, names it: change it there, what "
            "they say is published"
        )


def done_told(left: Iterable[Path], place: Place) -> Iterator[Message]:
    """What was done of a text, and what the operator must still do.

    The node's own files are never told to be removed: it would not start again without them.
    """
    paths = list(left)
    own = [path for path in paths if place.owns(path)]
    for path in paths:
        if path not in own:
            yield say("{path} still holds it: remove this file if nobody needs it", path=str(path))
    if own:
        yield say(
            "the node's own files still hold these letters ({count} files): in its vocabulary, in "
            "an address, or inside longer words — do not remove these files; what sources say no "
            "longer holds it",
            count=len(own),
        )
    if not paths:
        yield say("forgotten: no file of this node holds it any more")
    yield _elsewhere()


def gone_told(what: str) -> Iterator[Message]:
    """What was done of a thing or a source: its address stays, to answer that it is gone."""
    yield say("forgotten: of {what} only the mark stays that says it is gone", what=what)
    yield _elsewhere()


def _elsewhere() -> Message:
    return say(
        "what left the node is yours to look after: folders written by enbauges export, and "
        "backups made before — remove them, or run enbauges forget --again after a restore"
    )


def _shared(session: Session, scrub: Scrub) -> frozenset[str]:
    """The entities that a record describes which may stay."""
    means = session.means
    links = Changeset(
        {means.iris.graph("links"): Delta(means.store.lines(means.iris.graph("links")))}
    )
    return frozenset(
        entity for record, entity in scrub.links_in(links) if record not in scrub.records
    )


def _source_plan(source: str, session: Session, scrub: Scrub) -> SourcePlan:
    known = known_of(session.means, source)
    if source in scrub.sources:
        return SourcePlan(source, known, {}, barred=True)
    return SourcePlan(source, known, scrub.spared(known.records))


def _captured(session: Session, source: str, scrub: Scrub) -> bool:
    return scrub.bars_texts and any(
        scrub.bars_content(Content(page.body) for page in capture.pages)
        for capture in session.means.captures.all(source)
    )


def _settle(plan: SourcePlan, scrub: Scrub, session: Session, config: Config) -> None:
    """Store what is left of a source, as any run does; the log keeps what may be kept of it."""
    means = session.means
    ledger = Books(means.store, means.iris).of(plan.source)
    run = replace(run_of(means, _block(plan.source, config, ledger.dataset, means.iris), PURPOSE))
    mark = retired_lines(run) if plan.barred else ledger.dataset
    run = replace(run, described=mark)
    changeset = settle(towards(plan.known, plan.spared), plan.known, ledger, run).changeset
    if not changeset:
        return
    kept = Changeset(
        {
            graph: Delta(scrub.statements(graph, delta.added), delta.removed)
            for graph, delta in changeset.graphs.items()
        }
    )
    session.commit(Entry(plan.source, run.at, run.activity, _logged(kept, scrub, run, plan)), kept)


def _logged(changeset: Changeset, scrub: Scrub, run: Run, plan: SourcePlan) -> Changeset:
    """What the change log keeps; of a source that is forgotten, only that it was."""
    if plan.barred:
        tombs = run.iris.graph("tombstones")
        added = {
            graph: Delta(added=delta.added)
            for graph, delta in changeset.graphs.items()
            if graph in {tombs, run.iris.graph("provenance")}
        }
        return Changeset(added)
    return scrub.changeset(changeset)


def _block(source: str, config: Config, dataset: Lines, iris: Iris) -> Source:
    named = (each for each in config.sources if each.id == source)
    return next(named, None) or remembered(source, dataset, iris)


def _sweep(session: Session, scrub: Scrub) -> Changeset:
    """What else the store holds that may not stay."""
    store, vocabulary = session.means.store, session.means.iris.graph("vocabulary")
    graphs = {}
    for name in store.graph_names():
        if name != vocabulary:
            lines = store.lines(name)
            graphs[name] = (lines, scrub.statements(name, lines))
    return Changeset.of(graphs)
