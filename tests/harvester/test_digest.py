"""From bytes to the stored form of records: what a mapping may say, and what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harvester.digest import Digest, Digester
from harvester.errands import window_at
from harvester.records import Content, ReadOptions
from harvester.sources import Source
from mappings import compile_yarrrml, platform
from vocab import term
from vocab.iris import Iris

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ROWS = b"id;nom;capacite\ns1;Salle;120\ns2;Halle;80\n"
HEAD = """
prefixes: {schema: https://schema.org/, ex: https://data.example/}
mappings:
  lieu:
    sources: [[records.json~jsonpath, "$.records[*]"]]
    s: $(_record.iri)
    po: [[a, schema:Place], [schema:name, $(nom)], [schema:description, $(capacite)]]
"""


def digest(mapping: str = HEAD, body: bytes = ROWS, licence: str | None = "accord") -> Digest:
    source = Source(
        id="salles", kind="csv", url="https://mairie.example/salles.csv", title="Salles",
        publisher="Mairie", licence=licence, every=timedelta(hours=6),
    )  # fmt: skip
    own = replace(platform("csv"), mapping=compile_yarrrml(mapping))
    return Digester(source, own, IRIS, ReadOptions(window_at(NOW)))([Content(body, "text/csv")])


def codes(result: Digest) -> list[str]:
    return [issue.code for issue in result.issues]


def test_each_record_has_its_statements() -> None:
    result = digest()
    assert result.records.keys() == {IRIS.record("salles", key) for key in ("s1", "s2")}
    assert codes(result) == []
    iri = IRIS.record("salles", "s1")
    assert f'<{iri}> <{term("schema:name")}> "Salle" .' in result.records[iri]


def test_schema_org_is_always_https() -> None:
    """A mapping that forgets the prefix gets the RDFa initial context's http one."""
    mapping = HEAD.replace("schema: https://schema.org/, ", "")
    assert digest(mapping).records == digest().records


def test_texts_of_a_source_without_licence_are_withheld() -> None:
    lines = [line for lines in digest(licence=None).records.values() for line in lines]
    assert any(term("schema:name") in line for line in lines)
    assert not any(term("schema:description") in line for line in lines)


def test_a_statement_about_something_else_is_left_out_and_told() -> None:
    result = digest(HEAD + "  autre:\n    sources: [[records.json~jsonpath, '$.records[*]']]\n"
                    "    s: ex:mairie\n    po: [[schema:name, $(nom)]]\n")  # fmt: skip
    assert codes(result) == ["foreign-subject", "foreign-subject"]
    assert "https://data.example/mairie" in str(result.issues[0].message)
    assert not any("ex:mairie" in line for lines in result.records.values() for line in lines)


def test_a_record_whose_iri_begins_like_another_is_not_a_part_of_it() -> None:
    result = digest(HEAD.replace("s: $(_record.iri)", "s: $(_record.iri)0"))
    assert result.records == {}
    assert set(codes(result)) == {"foreign-subject"}


def test_parts_and_blank_nodes_belong_to_the_record() -> None:
    result = digest(HEAD + "  geo:\n    sources: [[records.json~jsonpath, '$.records[*]']]\n"
                    "    s: $(_record.iri)#geo\n    po: [[a, schema:GeoCoordinates]]\n"
                    "  prix:\n    sources: [[records.json~jsonpath, '$.records[*]']]\n"
                    "    s: null\n    po: [[a, schema:Offer]]\n")  # fmt: skip
    assert codes(result) == []
    text = "\n".join(result.records[IRIS.record("salles", "s1")])
    assert "#geo>" in text
    assert "/.well-known/genid/salles/s1#" in text


def test_a_record_of_too_many_parts_is_told_by_its_own_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """By which its last good version is found and kept; its IRI has the id encoded."""
    monkeypatch.setattr("store.skolem.MAX_BLANK_NODES", 0)
    result = digest(HEAD + "  prix:\n    sources: [[records.json~jsonpath, '$.records[*]']]\n"
                    "    s: null\n    po: [[a, schema:Offer]]\n",
                    b"id;nom\nsalle du lac/1;Salle\n")  # fmt: skip
    assert codes(result) == ["too-many-blank-nodes"]
    assert result.issues[0].key == ("salle du lac/1",)
    assert result.issues[0].where


def test_a_graph_of_the_mapping_is_left_out_and_told() -> None:
    result = digest(HEAD + "    graphs: ex:mine\n")
    assert codes(result) == ["own-graph"]
    assert result.records == {}


def test_a_record_of_which_nothing_is_said_is_an_error() -> None:
    mapping = HEAD.replace("    po: [[a, schema:Place], ", "    po: [").replace("nom", "nme")
    result = digest(mapping, b"id;nom\ns1;Salle\n")
    assert codes(result) == ["nothing-mapped"]
    assert "id, nom" in str(result.issues[0].message)


@pytest.mark.parametrize("body", [b"id;nom\ns1;Salle\ns1;Halle\n"])
def test_an_id_that_comes_twice_is_told(body: bytes) -> None:
    result = digest(body=body)
    assert len(result.issues) == 1
    assert "Salle" in "".join(result.records[IRIS.record("salles", "s1")])
