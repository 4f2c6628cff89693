"""Dumps: what may be reused, whole, and nothing of the rest."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyld import jsonld

from store.changes import Changeset, Delta
from store.dumps import export
from store.embedded import EmbeddedStore
from store.errors import StoreError
from store.generations import Generation, Generations
from vocab import EB, SCHEMA, term
from vocab.iris import Iris

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
IRIS = Iris("http://example.org/")
OPEN, ODBL = (
    "https://spdx.org/licenses/etalab-2.0.html",
    "https://opendatacommons.org/licenses/odbl/1-0/",
)
THEME = "https://w3id.org/enbauges/concept/theme/sport"
PREFIXES = f"""
@prefix : <{SCHEMA}> . @prefix eb: <{EB}> . @prefix prov: <{term("prov:Entity")[:-6]}> .
@prefix dcterms: <{term("dcterms:license")[:-7]}> . @prefix skos: <{term("skos:note")[:-4]}> .
@prefix xsd: <{term("xsd:date")[:-4]}> . @base <{IRIS.base}> .
"""
GRAPHS = {
    IRIS.graph("provenance"): f"""
        <id/source/mairie> dcterms:license <{OPEN}> .
        <id/source/osm> dcterms:license <{ODBL}> .
        <id/source/club> dcterms:rights "licence à clarifier"@fr .
    """,
    IRIS.source_graph("mairie"): '<id/record/mairie/1> :name "Fête" .',
    IRIS.source_graph("osm"): '<id/record/osm/1> :name "Salle" .',
    IRIS.source_graph("club"): '<id/record/club/1> :name "Match secret" .',
    IRIS.graph("canonical"): f"""
        <id/event/fete> a :Event ; prov:wasDerivedFrom <id/record/mairie/1> ; :name "Fête"@fr ;
            :startDate "2026-05-01"^^xsd:date ; eb:theme <{THEME}> ;
            :location <id/event/fete#location> ; :organizer <id/organization/club> ;
            :subEvent <id/event/match#location> .
        <id/event/fete#location> a :Place ; :name "Salle" ;
            :geo <.well-known/genid/mairie/1#geo> .
        <.well-known/genid/mairie/1#geo> :latitude 45.6 .
        <{THEME}> skos:prefLabel "Sport"@fr .
        <id/organization/club> prov:wasDerivedFrom <id/record/club/1> ; :name "Club secret" .
        <id/event/match> prov:wasDerivedFrom <id/record/club/1> ; :name "Match secret" ;
            :location <id/event/match#location> .
        <id/event/match#location> :name "Vestiaire secret" .
        <id/event/both> prov:wasDerivedFrom <id/record/club/1>, <id/record/osm/1> ; :name "Deux" .
    """,
    IRIS.graph("links"): """
        <id/record/mairie/1> prov:specializationOf <id/event/fete> .
        <id/record/club/1> prov:specializationOf <id/event/match> .
    """,
    f"{IRIS.base}graph/quarantine/mairie": '<id/record/mairie/9> :name "Brouillon secret" .',
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    deltas = {}
    for graph, turtle in GRAPHS.items():
        quads = ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)
        deltas[graph] = Delta(frozenset(f"{quad.triple} ." for quad in quads))
    with EmbeddedStore(tmp_path / "store") as store:
        store.apply(Changeset(deltas))
        yield store


@pytest.fixture
def generation(store: EmbeddedStore, tmp_path: Path) -> Generation:
    generations = Generations(tmp_path / "generations")
    return generations.publish(store, now=NOON, base=IRIS.base, facts={"title": "Bauges"})


def lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def canonical(directory: Path) -> set[str]:
    mark = f" <{IRIS.graph('canonical')}> ."
    whole = lines(directory / "enbauges.nq.gz")
    return {line.removesuffix(mark) + " ." for line in whole if line.endswith(mark)}


def test_nothing_that_only_an_unlicensed_source_says_is_dumped(
    generation: Generation, tmp_path: Path
) -> None:
    for path in export(generation, tmp_path / "dumps"):
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        assert "secret" not in text


def test_the_whole_holds_every_graph_that_may_be_reused(
    generation: Generation, tmp_path: Path
) -> None:
    export(generation, tmp_path / "dumps")
    quads = list(
        ox.parse("\n".join(lines(tmp_path / "dumps" / "enbauges.nq.gz")), ox.RdfFormat.N_QUADS)
    )
    counts = dict.fromkeys(GRAPHS, 0)
    for quad in quads:
        counts[quad.graph_name.value] += 1
    assert counts == {
        IRIS.graph("provenance"): 2,
        IRIS.source_graph("mairie"): 1,
        IRIS.source_graph("osm"): 1,
        IRIS.source_graph("club"): 0,
        IRIS.graph("canonical"): 16,
        IRIS.graph("links"): 1,
        f"{IRIS.base}graph/quarantine/mairie": 0,
    }


def test_each_licence_has_its_own_file_named_in_the_index(
    generation: Generation, tmp_path: Path
) -> None:
    written = export(generation, tmp_path / "dumps")
    assert [path.name for path in written] == [
        "enbauges.nq.gz",
        "sources-odbl-1-0.nq.gz",
        "sources-etalab-2.0.nq.gz",
        "enbauges.jsonld",
        "index.ttl",
    ]
    assert len(lines(written[1])) == 1
    index = ox.Store()
    index.load(path=str(written[-1]), format=ox.RdfFormat.TURTLE, base_iri="http://dumps.example/")
    licence = ox.NamedNode(term("dcterms:license"))
    found = {
        (quad.subject.value, quad.object.value)
        for quad in index.quads_for_pattern(None, licence, None)
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    }
    assert found == {
        ("http://dumps.example/enbauges.nq.gz", OPEN),
        ("http://dumps.example/enbauges.nq.gz", ODBL),
        ("http://dumps.example/enbauges.jsonld", OPEN),
        ("http://dumps.example/enbauges.jsonld", ODBL),
        (f"http://dumps.example/{written[1].name}", ODBL),
        (f"http://dumps.example/{written[2].name}", OPEN),
    }


def test_the_jsonld_dump_is_the_canonical_graph(generation: Generation, tmp_path: Path) -> None:
    export(generation, tmp_path / "dumps")
    document = json.loads((tmp_path / "dumps" / "enbauges.jsonld").read_text())
    store = ox.Store()
    read = jsonld.to_rdf(document, {"format": "application/n-quads"})
    store.load(read.encode(), ox.RdfFormat.N_QUADS)
    assert {f"{quad.triple} ." for quad in store} == canonical(tmp_path / "dumps")


def test_a_script_reads_the_jsonld_dump_with_plain_keys(
    generation: Generation, tmp_path: Path
) -> None:
    export(generation, tmp_path / "dumps")
    document = json.loads((tmp_path / "dumps" / "enbauges.jsonld").read_text())
    [event] = [node for node in document["@graph"] if node.get("@type") == "Event"]
    assert event["name"] == {"fr": "Fête"}
    assert event["startDate"]["@value"] == "2026-05-01"
    assert event["location"]["name"] == {"@none": "Salle"}
    assert event["location"]["geo"]["latitude"] == "45.6"
    assert event["theme"] == THEME


def test_the_same_generation_gives_the_same_bytes(generation: Generation, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in export(generation, tmp_path / "one")]
    second = [path.read_bytes() for path in export(generation, tmp_path / "two")]
    assert first == second


def test_files_of_a_licence_no_longer_stated_are_removed_and_others_left(
    generation: Generation, tmp_path: Path
) -> None:
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "sources-old.nq.gz").write_bytes(b"")
    (tmp_path / "dumps" / "notes.txt").write_text("mine")
    export(generation, tmp_path / "dumps")
    assert not (tmp_path / "dumps" / "sources-old.nq.gz").exists()
    assert (tmp_path / "dumps" / "notes.txt").exists()


def test_a_directory_that_cannot_be_written_is_reported(
    generation: Generation, tmp_path: Path
) -> None:
    (tmp_path / "dumps").write_text("a file")
    with pytest.raises(StoreError, match="dumps: cannot be used"):
        export(generation, tmp_path / "dumps")


def test_an_empty_generation_gives_valid_empty_dumps(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        empty = Generations(tmp_path / "g").publish(store, now=NOON, base=IRIS.base, facts={})
    export(empty, tmp_path / "dumps")
    assert lines(tmp_path / "dumps" / "enbauges.nq.gz") == []
    assert json.loads((tmp_path / "dumps" / "enbauges.jsonld").read_text())["@graph"] == []
