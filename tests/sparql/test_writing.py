"""Graphs as results: prefixes, short JSON-LD, descriptions with the parts of what they describe."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld

from sparql.ask import run_query
from sparql.guard import check
from sparql.values import Limits
from sparql.writing import with_parts, write_graph
from store.generations import Generation
from vocab import SCHEMA, term

BASE = "https://data.example/"
FAB = f"{BASE}id/place/fab"
CANONICAL = f"{BASE}graph/canonical"
SOURCE = f"{BASE}graph/source/a"
NAME = ox.NamedNode(f"{SCHEMA}name")
HEAD = "".join(f"PREFIX {name}: <{term(f'{name}:')}>\n" for name in ("schema", "eb", "xsd"))

Publish = Callable[[Path, Mapping[str, frozenset[str]]], Generation]


def _triples(turtle: str) -> list[ox.Triple]:
    quads = ox.parse(HEAD + turtle, format=ox.RdfFormat.TURTLE, base_iri=BASE)
    return [quad.triple for quad in quads]


def _written(triples: Iterable[ox.Triple], key: str) -> str:
    out = io.BytesIO()
    write_graph(triples, out, key)
    return out.getvalue().decode()


def _statements(triples: Iterable[ox.Triple]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def test_turtle_declares_the_prefixes_that_occur_and_no_other() -> None:
    written = _written(_triples('<a> a eb:ThirdPlace ; schema:name "A" .'), "turtle")
    assert "@prefix schema:" in written
    assert "@prefix eb:" in written
    assert written.count("@prefix") == 2
    assert "a eb:ThirdPlace" in written


def test_a_long_result_declares_all_prefixes_without_being_held() -> None:
    taken = 0

    def many() -> Iterator[ox.Triple]:
        nonlocal taken
        for number in range(5_000):
            taken += 1
            yield ox.Triple(ox.NamedNode(f"{BASE}{number}"), NAME, ox.Literal("x" * 50))

    class Reader(io.RawIOBase):
        first = 0

        def write(self, data: Any) -> int:
            self.first = self.first or taken
            return len(data)

    for key in ("turtle", "jsonld", "ntriples"):
        taken, reader = 0, Reader()
        write_graph(many(), reader, key)  # type: ignore[arg-type]  # write is all that is needed
        assert taken == 5_000
        assert reader.first < 2000


GRAPHS = [
    '<a> a schema:Event, eb:ThirdPlace ; schema:name "A"@fr, "B" ; schema:geo <a#geo> .',
    "<a> a [] ; schema:location [ a schema:Place ; schema:name 'x' ] ; eb:theme [] .",
    "<a> schema:startDate '2026-01-01'^^xsd:date ; schema:position 3, 4.5, true, '03'^^xsd:int .",
    "<a> <http://other/p> (1 2) ; a 'literal' . <b> schema:name 'b' . <a> schema:name 'a' .",
    "",
]


@pytest.mark.parametrize("turtle", GRAPHS)
def test_jsonld_is_short_and_expands_to_the_same_statements(turtle: str) -> None:
    triples = _triples(turtle)
    document = json.loads(_written(triples, "jsonld"))
    nquads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    back = ox.parse(nquads, format=ox.RdfFormat.N_QUADS)
    assert _statements(quad.triple for quad in back) == _statements(triples)


@pytest.mark.parametrize("key", ["turtle", "trig", "rdfxml", "ntriples", "nquads"])
@pytest.mark.parametrize("turtle", GRAPHS[:4])
def test_the_other_formats_say_the_same(turtle: str, key: str) -> None:
    kinds = {
        "turtle": ox.RdfFormat.TURTLE,
        "trig": ox.RdfFormat.TRIG,
        "rdfxml": ox.RdfFormat.RDF_XML,
        "ntriples": ox.RdfFormat.N_TRIPLES,
        "nquads": ox.RdfFormat.N_QUADS,
    }
    triples = _triples(turtle)
    back = ox.parse(_written(triples, key), format=kinds[key])
    assert _statements(quad.triple for quad in back) == _statements(triples)


def test_types_are_said_as_such() -> None:
    (node,) = json.loads(_written(_triples("<a> a schema:Event ."), "jsonld"))["@graph"]
    assert node == {"@id": f"{BASE}a", "@type": "Event"}


def test_an_entity_of_many_statements_is_written_in_several_nodes() -> None:
    subject = ox.NamedNode(FAB)
    triples = [ox.Triple(subject, NAME, ox.Literal(str(number))) for number in range(2500)]
    nodes = json.loads(_written(triples, "jsonld"))["@graph"]
    assert [node["@id"] for node in nodes] == [FAB] * 3


def test_jsonld_refuses_a_statement_about_a_statement() -> None:
    inner = _triples("<a> a schema:Event .")[0]
    with pytest.raises(OSError, match="ask for Turtle"):
        _written([ox.Triple(inner.subject, NAME, inner)], "jsonld")


def test_parts_that_refer_to_each_other_are_followed_once() -> None:
    whole = _triples("<a> schema:geo <a#1> ; schema:url <b#1>, <a#1> .")
    parts = _triples("<a#1> schema:geo <a#2>, <a#1> . <a#2> schema:geo <a#1> .")

    def describe(asked: Iterable[ox.NamedNode]) -> list[ox.Triple]:
        names = set(asked)
        return [one for one in parts if one.subject in names]

    assert list(with_parts(whole, BASE, describe)) == whole + parts
    by_itself = [*whole, *parts]
    assert list(with_parts(by_itself, BASE, describe)) == by_itself
    assert sorted(map(str, with_parts([*parts, *whole], BASE, describe))) == sorted(
        map(str, by_itself)
    )


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, publish: Publish) -> Generation:
    """An entity with parts in two graphs."""
    canonical = """<id/place/fab> schema:name "Fab" ; schema:geo <id/place/fab#geo> ;
      schema:hoursAvailable <.well-known/genid/a/1#hours> ; schema:url <https://fab.example/#x> .
    <id/place/fab#geo> schema:latitude 45.7 .
    <.well-known/genid/a/1#hours> schema:opens "09:00" .
    <https://fab.example/#x> schema:name "another thing" .
    <id/place/fab-lab> schema:name "Fab lab" ."""
    source = '<id/place/fab> schema:geo <id/place/fab#geo> . <id/place/fab#geo> schema:name "src" .'
    graphs = {CANONICAL: canonical, SOURCE: source}
    return publish(
        tmp_path_factory.mktemp("described"),
        {
            name: frozenset(f"{one} ." for one in _triples(turtle))
            for name, turtle in graphs.items()
        },
    )


@pytest.mark.parametrize(
    ("query", "expected", "left_out"),
    [
        (f"DESCRIBE <{FAB}>", ('"Fab"', "45.7", '"09:00"'), ('"another', '"Fab lab"', '"src"')),
        ("describe ?p { ?p schema:name 'Fab' }", ('"Fab"', "45.7"), ('"Fab lab"',)),
        (f"PREFIX d: <{BASE}id/place/> DESCRIBE d:fab WHERE {{}}", ("45.7",), ('"Fab lab"',)),
        (f"DESCRIBE <{FAB}> FROM <{SOURCE}>", ('"src"',), ("45.7", '"Fab"')),
        (f"DESCRIBE <{FAB}> FROM <{SOURCE}> FROM NAMED <{CANONICAL}>", ('"src"',), ("45.7",)),
        (
            f"PREFIX g: <{BASE}graph/> DESCRIBE ?p FROM g:canonical WHERE {{ ?p schema:geo ?g }}",
            ("45.7",),
            ('"src"',),
        ),
    ],
)
def test_a_description_comes_with_the_parts_of_its_entity(
    described: Generation, query: str, expected: tuple[str, ...], left_out: tuple[str, ...]
) -> None:
    out = io.BytesIO()
    run_query(described, query, out)
    told = out.getvalue().decode()
    assert all(text in told for text in expected)
    assert not any(text in told for text in left_out)


def test_only_a_description_is_asked_again() -> None:
    assert check("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", Limits()).again is None
