"""The JSON-LD context: plain keys, nothing coerced that would change, both ways."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld

from vocab import EB, ROOM, SCHEMA, read_turtle, term

DOCUMENT: dict[str, Any] = json.loads((ROOM / "context.jsonld").read_text(encoding="utf-8"))
CONTEXT: dict[str, Any] = DOCUMENT["@context"]
SHAPES = Path(__file__).parents[1] / "data" / "vocab" / "shapes"
FIXTURES = sorted((ROOM / "examples").glob("*.ttl")) + sorted(SHAPES.glob("*.ttl"))
OPTIONS = {"processingMode": "json-ld-1.1", "useNativeTypes": False}


def compacted(triples: Iterable[ox.Triple]) -> dict[str, Any]:
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    expanded = jsonld.from_rdf(text.decode(), {**OPTIONS, "format": "application/n-quads"})
    document: dict[str, Any] = jsonld.compact(expanded, CONTEXT, OPTIONS)
    return document


def canonical(triples: Iterable[ox.Triple]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def read(document: Any) -> list[ox.Triple]:
    text = json.dumps(document)
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_graph_to_json_to_graph_changes_nothing(path: Path) -> None:
    triples = list(read_turtle(path))
    assert canonical(read(compacted(triples))) == canonical(triples)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_json_to_graph_to_json_changes_nothing(path: Path) -> None:
    document = compacted(read_turtle(path))
    again = compacted(read(document))
    assert jsonld.normalize(again, OPTIONS) == jsonld.normalize(document, OPTIONS)


@pytest.mark.parametrize("date", ["startDate", "endDate", "validFrom", "previousStartDate"])
def test_a_whole_day_stays_a_day_and_a_time_keeps_its_offset(date: str) -> None:
    for value, kind in (("2026-05-01", "date"), ("2026-05-01T18:00:00+02:00", "dateTime")):
        subject = ox.NamedNode("https://exemple.org/e")
        literal = ox.Literal(value, datatype=ox.NamedNode(term(f"xsd:{kind}")))
        triple = ox.Triple(subject, ox.NamedNode(SCHEMA + date), literal)
        document = compacted([triple])
        assert document[date] == {"@type": f"xsd:{kind}", "@value": value}
        assert read(document) == [triple]


def test_no_term_coerces_a_date_and_no_language_or_base_is_set() -> None:
    temporal = {"xsd:date", "xsd:dateTime", "xsd:time"}
    types = {value.get("@type") for value in CONTEXT.values() if isinstance(value, dict)}
    assert not types & temporal
    assert not {"@language", "@base", "@import"} & CONTEXT.keys()


def test_plain_schema_org_keys_are_read_by_who_knows_only_schema_org() -> None:
    document = compacted(read_turtle(ROOM / "examples" / "theme.ttl"))
    assert document["@type"] == "Event"
    assert document["name"] == {"fr": "Café réparation"}
    assert document["url"] == "https://exemple.org/agenda/cafe-reparation"
    foreign = {**document, "@context": {"@version": 1.1, "@vocab": SCHEMA}}
    names = {triple.predicate.value for triple in read(foreign)}
    assert {SCHEMA + "startDate", SCHEMA + "location"} <= names


def test_schema_org_from_the_web_is_read_with_our_context() -> None:
    page = {
        "@context": CONTEXT,
        "@id": "https://exemple.org/e",
        "@type": "Event",
        "startDate": "2026-05-01",
        "location": {"@type": "Place", "address": {"@value": "Le Châtelard"}},
    }
    found = {triple.predicate.value: triple.object for triple in read(page)}
    assert found[SCHEMA + "startDate"] == ox.Literal("2026-05-01")


def own_terms() -> list[str]:
    kinds = {term(f"owl:{name}") for name in ("Class", "ObjectProperty", "DatatypeProperty")}
    return [
        str(triple.subject).strip("<>").removeprefix(EB)
        for triple in read_turtle(ROOM / "enbauges.ttl")
        if str(triple.object).strip("<>") in kinds
    ]


@pytest.mark.parametrize("name", own_terms())
def test_every_own_term_has_a_key_that_says_whether_its_value_is_an_address(name: str) -> None:
    key: Any = CONTEXT.get(name) or CONTEXT.get(f"eb:{name}")
    if name[0].isupper():
        assert key == f"eb:{name}"
        return
    kind = ox.Triple(
        ox.NamedNode(EB + name),
        ox.NamedNode(term("rdf:type")),
        ox.NamedNode(term("owl:ObjectProperty")),
    )
    is_address = kind in set(read_turtle(ROOM / "enbauges.ttl"))
    assert key["@id"] == f"eb:{name}"
    assert (key.get("@type") == "@id") == is_address
