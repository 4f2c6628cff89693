"""A Decision → the Changeset of every graph it touches. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harvester.decide import Decision, Known
from harvester.glance import glance
from harvester.linking.canonical import Terms, canonical_lines, kind_of, mint
from harvester.provenance import LINKED_ONLY, Run, dataset_lines, generated, tombstone_lines
from store.changes import Changeset, Delta, Lines
from vocab import term

_SPECIALIZES = f"<{term('prov:specializationOf')}>"
_LICENCE = f"<{term('dcterms:license')}>"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the shared graphs hold about one source before the run.

    ``links`` maps each record to its entity, ``tombstones`` an entity to its statements;
    ``generated`` gives the statements that tell the run a record came from; ``dataset`` is
    what is said of the source itself.
    """

    links: Mapping[str, str]
    tombstones: Mapping[str, Lines]
    generated: Callable[[str], Lines]
    dataset: Lines


@dataclass(frozen=True, slots=True)
class Settlement:
    """The Changeset of a run, and the links as they stand after it."""

    changeset: Changeset
    links: Mapping[str, str]


def settle(decision: Decision, known: Known, ledger: Ledger, run: Run) -> Settlement:
    """Turn a decision into quads added and removed, graph by graph.

    A run whose data did not change adds nothing, not even its own activity; a source whose
    description changed (title, licence) updates it, and its entities when the licence did.
    """
    dataset = dataset_lines(run.source, run.iris, merged=run.merged)
    terms_before, terms = _terms(ledger.dataset), _terms(dataset)
    links = _links_after(decision, known, ledger, run)
    touched = decision.added | decision.changed | decision.removed
    relicensed = terms_before != terms
    moved = known.records.keys() if relicensed else touched & known.records.keys()
    settled = decision.records.keys() if relicensed else touched & decision.records.keys()
    before = _canonical(moved, known.records, ledger.links, terms_before)
    after = _canonical(settled, decision.records, links, terms)
    iris = run.iris
    source = Delta(
        added=_union(decision.records, touched) - _union(known.records, touched),
        removed=_union(known.records, touched) - _union(decision.records, touched),
    )
    provenance = Delta.between(ledger.dataset, dataset)
    if touched:
        provenance = _with_run(provenance, decision, ledger, run)
    graphs = {
        iris.source_graph(run.source.id): source,
        iris.graph("canonical"): Delta.between(before, after),
        iris.graph("links"): Delta.between(_link_lines(ledger.links), _link_lines(links)),
        iris.graph("tombstones"): _tombstones(known, ledger, links, run),
        iris.graph("provenance"): provenance,
    }
    return Settlement(Changeset({name: delta for name, delta in graphs.items() if delta}), links)


def _links_after(decision: Decision, known: Known, ledger: Ledger, run: Run) -> dict[str, str]:
    """Record → entity once the decision holds: kept, inherited by a successor, or minted.

    Series come before their occurrences, whose IRIs are made from theirs.
    """
    links = {
        record: entity
        for record, entity in ledger.links.items()
        if record in decision.records and record in known.records
    }
    new = {record: glance(record, decision.records[record]) for record in decision.added}
    for record, seen in sorted(new.items(), key=lambda item: (bool(item[1].series), item[0])):
        heir = ledger.links.get(decision.successors.get(record, ""))
        entity = heir or mint(record, seen, run.iris, links.get)
        if entity:
            links[record] = entity
    return links


def _canonical(
    records: Iterable[str],
    lines: Mapping[str, Lines],
    links: Mapping[str, str],
    terms: Terms,
) -> Lines:
    return frozenset().union(
        *(canonical_lines(record, lines[record], terms, links.get) for record in records)
    )


def _tombstones(known: Known, ledger: Ledger, links: Mapping[str, str], run: Run) -> Delta:
    """An entity that no record describes any more leaves a tombstone; one that is back has none."""
    alive = set(links.values())
    gone = {entity: record for record, entity in ledger.links.items() if entity not in alive}
    added: set[str] = set()
    for entity, record in gone.items():
        former = kind_of(glance(record, known.records.get(record, frozenset())))
        added |= tombstone_lines(entity, former or "", run)
    back = alive & ledger.tombstones.keys()
    return Delta(frozenset(added), frozenset().union(*(ledger.tombstones[name] for name in back)))


def _with_run(described: Delta, decision: Decision, ledger: Ledger, run: Run) -> Delta:
    """The provenance of a run that changed data: its activity, and the records it generated."""
    fresh = decision.added | decision.changed
    stale = frozenset[str]().union(*map(ledger.generated, decision.changed | decision.removed))
    return Delta(
        added=described.added | run.lines() | {generated(record, run) for record in fresh},
        removed=described.removed | stale,
    )


def _link_lines(links: Mapping[str, str]) -> Lines:
    return frozenset(f"<{record}> {_SPECIALIZES} <{entity}> ." for record, entity in links.items())


def _terms(dataset: Lines) -> Terms:
    """What a source's description says of its licence."""
    marked = (line.split(" ", 2) for line in dataset)
    licence = next((rest[1:-3] for _, predicate, rest in marked if predicate == _LICENCE), None)
    return Terms(licence, merged=not any(LINKED_ONLY in line for line in dataset))


def _union(records: Mapping[str, Lines], wanted: Iterable[str]) -> Lines:
    return frozenset().union(*(records.get(record, frozenset()) for record in wanted))
