"""What is behind the addresses of the namespaces."""

import pytest
from pyoxigraph import RdfFormat, parse

from vocab import CONCEPT, EB, ROOM, load_graph, read_turtle
from vocab.concepts import SCHEMES
from vocab.documents import description, turtle, versions


def subjects(path: str) -> set[str]:
    return {str(triple.subject).strip("<>") for triple in description(path)}


def test_the_namespace_describes_the_terms() -> None:
    assert EB + "ThirdPlace" in subjects("ns")


def test_a_version_is_what_was_published() -> None:
    assert "1.0.0" in versions()
    assert {EB + "ThirdPlace", CONCEPT + "type/fablab"} <= subjects("ns/1.0.0")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scheme_comes_with_its_concepts_and_no_other(scheme: str) -> None:
    found = subjects(f"concept/{scheme}")
    assert CONCEPT + scheme in found
    assert len(found) > 1
    assert all(iri.startswith(CONCEPT + scheme) for iri in found)


def test_a_concept_comes_alone() -> None:
    assert subjects("concept/type/fablab") == {CONCEPT + "type/fablab"}


def test_the_shapes_have_their_address() -> None:
    assert len(description("shapes")) == len(list(read_turtle(ROOM / "shapes.ttl")))


@pytest.mark.parametrize(
    "path", ["", "ns/9.9.9", "concept", "concept/kind", "concept/type/hall", "ns/../enbauges"]
)
def test_nothing_is_behind_another_address(path: str) -> None:
    assert description(path) == ()


def test_every_statement_published_is_behind_an_address() -> None:
    behind = set(description("ns"))
    for name in (*SCHEMES, "sources"):
        behind |= set(description(f"concept/{name}"))
    assert behind == set(load_graph())


def test_the_turtle_says_the_same() -> None:
    triples = description("concept/label")
    read = parse(turtle(triples).encode(), format=RdfFormat.TURTLE)
    assert {quad.triple for quad in read} == set(triples)
