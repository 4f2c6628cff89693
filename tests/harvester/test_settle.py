"""From a decision to quads: canonical entities, links, tombstones, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.decide import Known, Policy, decide
from harvester.ledger import Books
from harvester.provenance import Run
from harvester.settle import Settlement, settle
from harvester.sources import Source
from store.changes import Changeset, Delta, Lines
from store.embedded import EmbeddedStore
from vocab import term
from vocab.iris import Iris

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CANONICAL = IRIS.graph("canonical")


def source(**more: str) -> Source:
    told = {
        "id": "agenda",
        "kind": "ics",
        "url": "https://mairie.example/agenda.ics",
        "title": "Agenda de la mairie",
        "publisher": "Mairie",
        "licence": "etalab-2.0",
    }
    return Source.model_validate({**told, "every": timedelta(hours=6), **more})


def record(*key: str) -> str:
    return IRIS.record("agenda", *key)


def lines_of(iri: str, kind: str, name: str, **more: str) -> Lines:
    said = {
        "schema:name": f'"{name}"@fr',
        **{key.replace("_", ":"): value for key, value in more.items()},
    }
    types = [("rdf:type", f"<{term(name)}>") for name in (kind, "eb:SourceRecord")]
    return frozenset(f"<{iri}> <{term(key)}> {value} ." for key, value in (*types, *said.items()))


def event(*key: str, name: str = "Veillée", **more: str) -> dict[str, Lines]:
    return {record(*key): lines_of(record(*key), "schema:Event", name, **more)}


class Node:
    """A store and what was settled in it, one run after another."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.store = store
        self.books = Books(store, IRIS)
        self.known = Known({})
        self.runs = 0
        self.share_alike = False
        self.version = "1.0"

    def read(self, read: Mapping[str, Lines], at: Source | None = None) -> Settlement:
        """Read ``read`` two days after the run before."""
        self.runs += 1
        now = NOW + self.runs * timedelta(days=2)
        known = self.known
        decision = decide(known, read, Policy("guarded"), now)
        run = Run(at or source(), IRIS, now, "0" * 64, self.version, self.share_alike)
        settlement = settle(decision, known, self.books.of("agenda"), run)
        self.store.apply(settlement.changeset)
        self.books.commit("agenda", settlement)
        self.known = Known(decision.records, decision.absences)
        return settlement

    def withdraw(self) -> None:
        """Read nothing until what was there has been missing for a week, and is gone."""
        for _ in range(5):
            self.read({})

    def canonical(self) -> Lines:
        return self.store.lines(CANONICAL)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with EmbeddedStore(tmp_path / "store") as store:
        yield Node(store)


def entity_of(node: Node, *key: str) -> str:
    return node.books.of("agenda").links[record(*key)]


def test_each_record_has_an_entity_that_says_where_it_comes_from(node: Node) -> None:
    node.read(event("a"))
    entity = entity_of(node, "a")
    assert entity.startswith("https://node.example/id/event/")
    assert node.canonical() == {
        f"<{entity}> <{term('rdf:type')}> <{term('schema:Event')}> .",
        f'<{entity}> <{term("schema:name")}> "Veillée"@fr .',
        f"<{entity}> <{term('prov:wasDerivedFrom')}> <{record('a')}> .",
        f"<{entity}> <{term('dcterms:license')}> <{source().licence_iri}> .",
    }


def test_parts_of_a_record_follow_it_into_the_canonical_graph(node: Node) -> None:
    part = f"{record('a')}#location"
    lines = event("a", schema_location=f"<{part}>")[record("a")] | lines_of(
        part, "schema:Place", "Salle des fêtes"
    )
    node.read({record("a"): lines})
    entity = entity_of(node, "a")
    assert f'<{entity}#location> <{term("schema:name")}> "Salle des fêtes"@fr .' in node.canonical()
    assert f"<{entity}> <{term('schema:location')}> <{entity}#location> ." in node.canonical()


def test_a_text_that_quotes_an_iri_is_left_alone(node: Node) -> None:
    node.read(event("a", schema_description=f'"voir <{record("a")}> pour la suite"'))
    assert any(f"voir <{record('a')}> pour" in line for line in node.canonical())


def test_an_occurrence_is_named_under_its_series(node: Node) -> None:
    series = {record("yoga"): lines_of(record("yoga"), "schema:EventSeries", "Yoga")}
    tuesday = event("yoga", "20260512", name="Yoga", schema_superEvent=f"<{record('yoga')}>")
    node.read({**series, **tuesday})
    parent, child = entity_of(node, "yoga"), entity_of(node, "yoga", "20260512")
    assert parent.startswith("https://node.example/id/series/")
    key = parent.rpartition("/")[2]
    assert child == f"https://node.example/id/event/{key}/20260512"
    assert f"<{child}> <{term('schema:superEvent')}> <{parent}> ." in node.canonical()


def test_a_run_that_changed_nothing_changes_no_quad(node: Node) -> None:
    node.read(event("a"))
    assert len(node.read(event("a")).changeset) == 0


def test_a_change_writes_only_its_own_quads(node: Node) -> None:
    node.read({**event("a"), **event("b", name="Bal")})
    changeset = node.read({**event("a"), **event("b", name="Grand bal")}).changeset
    assert len(changeset.graphs[IRIS.source_graph("agenda")]) == 2
    assert len(changeset.graphs[CANONICAL]) == 2
    assert set(changeset.graphs) == {
        IRIS.source_graph("agenda"),
        CANONICAL,
        IRIS.graph("provenance"),
    }
    touched = "\n".join(changeset.graphs[IRIS.graph("provenance")].added)
    assert record("b") in touched
    assert record("a") not in touched


def test_a_record_says_only_the_last_run_it_came_from(node: Node) -> None:
    node.read(event("a"))
    node.read(event("a", name="Bal"))
    lines = node.store.about(IRIS.graph("provenance"), record("a"), term("prov:wasGeneratedBy"))
    assert len(lines) == 1
    assert "20260508T120000Z" in next(iter(lines))


def test_the_changeset_undone_gives_the_state_before(node: Node) -> None:
    node.read(event("a"))
    graphs = {name: node.store.lines(name) for name in node.store.graph_names()}
    settlement = node.read({**event("a", name="Bal"), **event("b")})
    node.store.apply(settlement.changeset.inverse())
    assert {name: node.store.lines(name) for name in node.store.graph_names()} == graphs


def test_a_successor_keeps_the_entity_of_the_record_it_replaces(node: Node) -> None:
    day = f'"2026-06-05"^^<{term("xsd:date")}>'
    node.read(event("old", schema_startDate=day))
    entity = entity_of(node, "old")
    node.read(event("new", schema_startDate=day))
    assert entity_of(node, "new") == entity
    assert node.books.of("agenda").links.keys() == {record("new")}
    assert node.store.lines(IRIS.graph("tombstones")) == frozenset()


def test_what_is_withdrawn_leaves_a_tombstone_and_returns_under_the_same_iri(node: Node) -> None:
    node.read(event("a"))
    entity, canonical = entity_of(node, "a"), node.canonical()
    node.withdraw()
    assert node.canonical() == frozenset()
    stones = node.store.lines(IRIS.graph("tombstones"))
    assert f'<{entity}> <{term("eb:formerType")}> "{term("schema:Event")}" .' in stones
    node.read(event("a"))
    assert node.canonical() == canonical
    assert node.store.lines(IRIS.graph("tombstones")) == frozenset()


def test_what_is_withdrawn_is_no_longer_found_and_keeps_its_iri(node: Node) -> None:
    node.read(event("a"))
    entity, canonical = entity_of(node, "a"), node.canonical()
    node.read({})
    assert canonical < node.canonical(), "it says that it is no longer announced"
    node.read({})
    said = {line.split(" ")[1][1:-1] for line in node.canonical()}
    assert said == {
        term("prov:wasDerivedFrom"),
        term("prov:invalidatedAtTime"),
        term("eb:noLongerAnnouncedSince"),
    }
    assert node.store.lines(IRIS.graph("tombstones")) == frozenset()
    node.read(event("a"))
    assert (entity_of(node, "a"), node.canonical()) == (entity, canonical)


def test_what_inherited_its_entity_returns_from_the_tomb_under_it(node: Node) -> None:
    day = f'"2027-06-05"^^<{term("xsd:date")}>'
    node.read(event("old", schema_startDate=day))
    entity = entity_of(node, "old")
    node.read(event("new", schema_startDate=day))
    node.withdraw()
    node.read(event("new", schema_startDate=day))
    assert entity_of(node, "new") == entity


def test_every_changeset_holds_the_activity_of_its_run(node: Node) -> None:
    node.read(event("a"))
    changeset = node.read(event("a"), at=source(licence="cc0-1.0")).changeset
    (activity,) = (
        line.split(" ")[0]
        for line in changeset.graphs[IRIS.graph("provenance")].added
        if f"<{term('prov:Activity')}>" in line
    )
    assert activity.startswith(f"<{IRIS.runs}agenda/")


def test_a_new_licence_reaches_every_entity(node: Node) -> None:
    node.read({**event("a"), **event("b")})
    free = source(licence="cc0-1.0")
    changeset = node.read({**event("a"), **event("b")}, at=free).changeset
    assert len(changeset.graphs[CANONICAL].added) == 2
    assert all(str(free.licence_iri) in line for line in changeset.graphs[CANONICAL].added)


def test_a_source_without_licence_says_so(node: Node) -> None:
    unknown = source().model_copy(update={"licence": None})
    node.read(event("a"), at=unknown)
    assert not any(term("dcterms:license") in line for line in node.canonical())
    about = node.store.about(IRIS.graph("provenance"), IRIS.source("agenda"))
    assert any("licence à clarifier" in line for line in about)


def test_a_record_of_an_unknown_type_stays_in_its_source(node: Node) -> None:
    node.read({record("x"): lines_of(record("x"), "schema:Offer", "Tarif")})
    assert node.canonical() == frozenset()
    assert node.store.count(IRIS.source_graph("agenda")) == 3


def test_an_agreement_is_a_licence_of_this_node(node: Node) -> None:
    node.read(event("a"), at=source(licence="accord"))
    licence = f"<{entity_of(node, 'a')}> <{term('dcterms:license')}> <{IRIS.agreement}> ."
    assert licence in node.canonical()


def test_share_alike_values_are_linked_and_not_copied_until_the_site_says_so(node: Node) -> None:
    odbl = source(licence="odbl-1.0")
    node.read(event("a"), at=odbl)
    entity = entity_of(node, "a")
    assert node.canonical() == {
        f"<{entity}> <{term('rdf:type')}> <{term('schema:Event')}> .",
        f"<{entity}> <{term('prov:wasDerivedFrom')}> <{record('a')}> .",
        f"<{entity}> <{term('dcterms:license')}> <{odbl.licence_iri}> .",
    }
    node.share_alike = True
    node.read(event("a"), at=odbl)
    assert f'<{entity}> <{term("schema:name")}> "Veillée"@fr .' in node.canonical()


DAY = f'"2026-06-05"^^<{term("xsd:date")}>'


def test_two_records_never_share_an_entity_by_renewal(node: Node) -> None:
    """A publisher renews the id of an event, then announces both."""
    node.read(event("1", schema_startDate=DAY))
    node.read(event("2", schema_startDate=DAY))
    both = {**event("1", schema_startDate=DAY), **event("2", schema_startDate=DAY)}
    node.read(both)
    first, second = entity_of(node, "1"), entity_of(node, "2")
    assert first != second
    for _ in range(5):
        node.read(event("1", schema_startDate=DAY))
    assert f'<{first}> <{term("schema:name")}> "Veillée"@fr .' in node.canonical()
    assert not any(line.startswith(f"<{second}>") for line in node.canonical())


def test_dates_follow_their_series_when_it_is_renewed(node: Node) -> None:
    def weekly(uid: str, day: str) -> dict[str, Lines]:
        series = {
            record(uid): lines_of(record(uid), "schema:EventSeries", "Yoga", schema_startDate=DAY)
        }
        return {**series, **event(uid, day, name="Yoga", schema_superEvent=f"<{record(uid)}>")}

    node.read(weekly("s0", "20260605"))
    parent = entity_of(node, "s0")
    node.read(weekly("s1", "20260612"))
    assert entity_of(node, "s1") == parent
    parents = {line for line in node.canonical() if term("schema:superEvent") in line}
    assert parents
    assert all(line.endswith(f"<{parent}> .") for line in parents)


def test_a_record_that_becomes_showable_gets_its_entity(node: Node) -> None:
    node.read({record("x"): lines_of(record("x"), "schema:Offer", "Salle")})
    assert node.books.of("agenda").links == {}
    node.read({record("x"): lines_of(record("x"), "schema:Place", "Salle")})
    assert f'<{entity_of(node, "x")}> <{term("schema:name")}> "Salle"@fr .' in node.canonical()


def test_what_an_older_version_wrote_of_an_entity_is_put_right(node: Node) -> None:
    node.read(event("a"))
    entity, canonical = entity_of(node, "a"), node.canonical()
    stale = f'<{entity}> <{term("schema:keywords")}> "vieux" .'
    node.store.apply(Changeset({CANONICAL: Delta(added=frozenset({stale}))}))
    node.version = "2.0"
    changeset = node.read(event("a")).changeset
    assert changeset.graphs[CANONICAL] == Delta(removed=frozenset({stale}))
    assert node.canonical() == canonical


def test_a_service_is_a_thing_of_its_own_with_who_gives_it(node: Node) -> None:
    iri = record("aide")
    said = lines_of(iri, "schema:Service", "Aide", schema_provider=f"<{iri}#provider>")
    node.read({iri: said | {f'<{iri}#provider> <{term("schema:name")}> "CCAS"@fr .'}})
    entity = entity_of(node, "aide")
    assert entity.startswith("https://node.example/id/service/")
    assert f'<{entity}#provider> <{term("schema:name")}> "CCAS"@fr .' in node.canonical()


def test_a_record_stored_before_its_kind_had_entities_gets_one_when_it_is_read_again(
    node: Node,
) -> None:
    services = {record("aide"): lines_of(record("aide"), "schema:Service", "Aide")}
    node.known = Known(services)
    node.read(services)
    assert f"<{entity_of(node, 'aide')}> " in "".join(sorted(node.canonical()))
