"""A Decision → the Changeset of every graph it touches. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harvester.curation.edited import decisions, edited, hidden_lines
from harvester.curation.holding import Holding
from harvester.decide import Decision, Known
from harvester.glance import NaturalKey, glance
from harvester.linking.canonical import Terms, canonical_lines, kind_of, mint
from harvester.provenance import Run, generated, tombstone_lines
from store.changes import Changeset, Delta, Lines
from vocab import term

_SPECIALIZES = f"<{term('prov:specializationOf')}>"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the shared graphs hold about one source before the run.

    ``links`` maps each record to its entity, ``tombstones`` an entity to its statements;
    ``buried`` gives the entity whose tombstone names a record, and ``returned`` the one that was
    taken away under a natural key, if there is just one; ``elsewhere`` gives that of a record of
    another source, which a mapping may refer to;
    ``generated`` gives the statements that tell the run a record came from, ``canonical``
    those about an entity and its parts; ``dataset`` is what is said of the source itself;
    ``curated`` maps an entity to what is told of the editors' decisions about it.
    """

    links: Mapping[str, str]
    tombstones: Mapping[str, Lines]
    buried: Callable[[str], str | None]
    returned: Callable[[NaturalKey], str | None]
    elsewhere: Callable[[str], str | None]
    generated: Callable[[str], Lines]
    canonical: Callable[[str], Lines]
    dataset: Lines
    curated: Mapping[str, Lines] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The Changeset of a run, and the links as they stand after it."""

    changeset: Changeset
    links: Mapping[str, str]


def settle(decision: Decision, known: Known, ledger: Ledger, run: Run) -> Settlement:
    """Turn a decision into quads added and removed, graph by graph.

    A run that changed nothing adds nothing, not even its own activity. A source whose
    description changed (licence, version of the program) has all its entities written again,
    compared with what the store holds of them.
    """
    links = _links_after(decision, known, ledger, run)
    touched = decision.added | decision.changed | decision.removed
    iris = run.iris
    source = Delta(
        added=_union(decision.records, touched) - _union(known.records, touched),
        removed=_union(known.records, touched) - _union(decision.records, touched),
    )
    everything = run.dataset != ledger.dataset
    holding = Holding(run.edits, links, ledger.curated, ledger.tombstones)
    canonical, told = _canonical(decision, ledger, run, holding, everything=everything)
    deltas = {
        iris.source_graph(run.source.id): source,
        iris.graph("canonical"): canonical,
        iris.graph("links"): Delta.between(_link_lines(ledger.links), _link_lines(links)),
        iris.graph("tombstones"): _tombstones(decision, known, ledger, run, holding),
        iris.graph("provenance"): Delta.between(ledger.dataset, run.dataset).then(told),
    }
    graphs = {name: delta for name, delta in deltas.items() if delta}
    if graphs:
        graphs[iris.graph("provenance")] = _with_run(
            deltas[iris.graph("provenance")], decision, ledger, run
        )
    return Settlement(Changeset(graphs), links)


def _links_after(decision: Decision, known: Known, ledger: Ledger, run: Run) -> dict[str, str]:
    """Record → entity once the decision holds: kept, inherited, raised from its tomb, or minted.

    A publisher who empties a calendar for the winter often publishes the same things under new
    ids in spring: they rise from their tombs as well.

    Series come before their occurrences, whose IRIs are made from theirs.
    """
    links = {
        record: entity
        for record, entity in ledger.links.items()
        if record in decision.records and record in known.records
    }
    taken = set(links.values())
    unlinked = decision.records.keys() - links.keys()
    new = {record: glance(record, decision.records[record]) for record in unlinked}
    for record, seen in sorted(new.items(), key=lambda item: (bool(item[1].series), item[0])):
        heir = ledger.links.get(decision.successors.get(record, "")) or ledger.buried(record)
        if heir is None and (key := seen.natural_key):
            heir = ledger.returned(key)
        entity = heir if heir not in taken else None
        entity = entity or mint(record, seen, run.iris, links, taken)
        if entity:
            links[record] = entity
            taken.add(entity)
    return links


def _canonical(
    decision: Decision,
    ledger: Ledger,
    run: Run,
    holding: Holding,
    *,
    everything: bool,
) -> tuple[Delta, Delta]:
    """What changes about the entities that the run touched, beside what the store holds.

    An entity is what its records say together, and the editors have the last word; so all the
    records of a touched one speak. The second delta is what is told of the editors' decisions.
    """
    links = holding.links
    touched = set(decision.records) if everything else _speaking(decision, ledger, links)
    gone = ledger.links.keys() - links.keys()
    entities = {links[record] for record in touched if record in links}
    entities |= {ledger.links[record] for record in gone | touched if record in ledger.links}
    entities |= holding.entities()
    stood = set(ledger.links.values())
    before = frozenset[str]().union(*(ledger.canonical(name) for name in entities & stood))
    terms = Terms(run.licence, merged=run.merged)
    lines: dict[str, Lines] = {}

    def entity_of(record: str) -> str | None:
        return links.get(record) or ledger.elsewhere(record)

    for record, entity in links.items():
        if entity in entities:
            said = canonical_lines(record, decision.records[record], terms, entity_of, run.iris)
            lines[entity] = lines.get(entity, frozenset()) | said
    told = frozenset[str]()
    for entity, edits in holding.by_entity.items():
        lines[entity] = edited(entity, lines[entity], edits, run.iris)
        told |= decisions(entity, lines[entity], run.edits, run.iris)
    known = frozenset[str]().union(*(ledger.curated.get(name, ()) for name in entities))
    return Delta.between(before, frozenset[str]().union(*lines.values())), Delta.between(
        known, told
    )


def _speaking(decision: Decision, ledger: Ledger, links: Mapping[str, str]) -> set[str]:
    """The records that say something new: changed themselves, or named by another entity.

    A date speaks again when its series came, went or was renewed, since it names its entity.
    """
    renamed = {
        record
        for record in links.keys() | ledger.links.keys()
        if links.get(record) != ledger.links.get(record)
    }
    followers = {record for record in decision.records if record.rpartition("/")[0] in renamed}
    return {*decision.added, *decision.changed, *renamed, *followers}


def _tombstones(
    decision: Decision,
    known: Known,
    ledger: Ledger,
    run: Run,
    holding: Holding,
) -> Delta:
    """An entity that no record describes any more leaves a tombstone; one that is back has none.

    What the editors hide has one too, which tells so, for as long as a record describes it.
    """
    alive = set(holding.links.values())
    wanted = dict.fromkeys(alive & ledger.tombstones.keys(), frozenset[str]())
    for entity, record in {entity: record for record, entity in ledger.links.items()}.items():
        if entity not in alive:
            former = kind_of(glance(record, known.records.get(record, frozenset())))
            wanted[entity] = tombstone_lines(entity, record, former or "", run)
    for record, entity, edit in holding.hidden():
        former = kind_of(glance(record, decision.records[record]))
        wanted[entity] = hidden_lines(entity, record, former or "", edit, run.iris)
    stood = frozenset[str]().union(*(ledger.tombstones.get(name, ()) for name in wanted))
    return Delta.between(stood, frozenset[str]().union(*wanted.values()))


def _with_run(described: Delta, decision: Decision, ledger: Ledger, run: Run) -> Delta:
    """The provenance of a run that changed anything: its activity, the records it generated."""
    fresh = decision.added | decision.changed
    stale = frozenset[str]().union(*map(ledger.generated, decision.changed | decision.removed))
    return Delta(
        added=described.added | run.lines() | {generated(record, run) for record in fresh},
        removed=described.removed | stale,
    )


def _link_lines(links: Mapping[str, str]) -> Lines:
    return frozenset(f"<{record}> {_SPECIALIZES} <{entity}> ." for record, entity in links.items())


def _union(records: Mapping[str, Lines], wanted: Iterable[str]) -> Lines:
    return frozenset().union(*(records.get(record, frozenset()) for record in wanted))
