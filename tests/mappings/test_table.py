"""The TOML short form: a table of fields and properties."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from mappings import Problem, compile_table
from mappings.functions import registry
from mappings.table import ShortFormError, parse

IRI = "https://data.example/id/record/s/1"
SCHEMA = "https://schema.org/"


def said(
    table: dict[str, Any], record: dict[str, Any], problems: list[Problem] | None = None
) -> set[str]:
    found = [] if problems is None else problems
    data = {**record, "_record": {"iri": IRI}, "_columns": list(record)}
    graph = ox.NamedNode("https://data.example/g")
    quads = compile_table(parse(table, registry())).quads(data, graph, found)
    return {
        f"{quad.subject} {quad.predicate} {quad.object}"
        .replace(SCHEMA, "").replace(IRI, "")
        for quad in quads
    }  # fmt: skip


def test_fields_become_properties_in_every_way_that_a_line_may_say() -> None:
    table = {
        "a": ["schema:Place", "schema:Thing"],
        "Nom du lieu": ["schema:name @fr", "schema:alternateName"],
        "site": "schema:url ebf:url iri",
        "places": "schema:maximumAttendeeCapacity xsd:integer",
        "$(rue) $(ville)": "schema:description",
        "adresse.pays": "schema:addressCountry",
    }
    record = {
        "nom_du_lieu": "Salle",
        "Site": "www.a.example",
        "places": "120",
        "rue": "1 rue",
        "ville": "École",
        "adresse": {"pays": "FR"},
    }
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert said(table, record) == {
        f"<> {kind} <Place>",
        f"<> {kind} <Thing>",
        '<> <name> "Salle"@fr',
        '<> <alternateName> "Salle"',
        "<> <url> <https://www.a.example>",
        '<> <maximumAttendeeCapacity> "120"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '<> <description> "1 rue École"',
        '<> <addressCountry> "FR"',
    }


def test_a_part_of_the_thing_is_there_where_one_of_its_fields_is() -> None:
    table = {
        "cp": "schema:address > schema:postalCode ebf:postcode",
        "pays": "schema:address > schema:addressCountry > schema:name",
    }
    assert said(table, {"cp": "1000", "pays": ""}) == {
        "<> <address> <#address>",
        '<#address> <postalCode> "01000"',
    }
    assert said(table, {"cp": "", "pays": "FR"}) >= {
        "<#address> <addressCountry> <#address-addressCountry>",
        '<#address-addressCountry> <name> "FR"',
    }
    assert said(table, {"cp": "", "pays": ""}) == set()


def test_a_column_that_the_table_has_not_is_told() -> None:
    problems: list[Problem] = []
    assert said({"nmo": "schema:name"}, {"nom": "x"}, problems) == set()
    assert [problem.code for problem in problems] == ["no-column"]


def test_a_prefix_may_be_declared() -> None:
    table = {"prefixes": {"mine": "https://mine.example/"}, "x": "mine:size"}
    assert said(table, {"x": "1"}) == {'<> <https://mine.example/size> "1"'}


@pytest.mark.parametrize(
    ("key", "value", "message", "remedy"),
    [
        ("nom", 3, "is not given the name of a property", "schema:name"),
        ("nom", "", "is not given the name of a property", "schema:name"),
        ("nom", "name", "“name” is not the name of a property", "as schema:name"),
        ("nom", "shema:name", "the prefix of shema:name is not known", "write schema"),
        ("nom", "schema:name ebf:txt", "there is no function ebf:txt", "write ebf:text"),
        (
            "nom",
            "schema:name ebf:contains",
            "there is no function ebf:contains for one value",
            "write ",
        ),
        ("nom", "schema:name lower", "“lower” after the property is not understood", "iri, @fr"),
        ("nom", "a > schema:name", "“a” is not the name of a property", "as schema:name"),
        ("nom", "schema:name xsd:interger", "no datatype xsd:interger", "write xsd:integer"),
        ("nom", "schema:name @fr iri", "“iri” says again what stands before it", "keep one"),
        ("nom", "schema:name ebf:slug ebf:text", "“ebf:text” says again", "keep one function"),
        ("$(nom", "schema:name", "a bracket of “$(nom” is not closed", "write $(name)"),
        ("$(nom[)", "schema:name", "“[” in the field “$(nom[)” is not understood", "a[*]"),
        ("prefixes", {"ex": "no address"}, "the prefix “ex” stands for no address", "https://…"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_remedy(
    key: str, value: object, message: str, remedy: str
) -> None:
    with pytest.raises(ShortFormError) as caught:
        parse({"a": "schema:Place", key: value}, registry())
    assert caught.value.key == key
    assert message in str(caught.value.message)
    assert remedy in str(caught.value.remedy)
