"""Each platform file: a sample of records, and the graph that is expected of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from mappings import Problem, platform, platforms
from mappings.functions import EBF
from mappings.platform import FOLDER, load_platform
from tests import platform_samples as samples
from vocab import CONCEPT, EB, PREFIXES, ROOM, read_turtle
from vocab.words import lookup

DATA = Path(__file__).parents[1] / "data" / "mappings"
GRAPH = ox.NamedNode("https://data.example/graph/source/sample")


def records(name: str) -> list[dict[str, Any]]:
    if name in samples.names():
        return samples.records(name)
    found: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text())["records"]
    return found


def mapped(name: str) -> tuple[list[ox.Quad], list[Problem]]:
    problems: list[Problem] = []
    mapping = platform(name).mapping
    quads = [q for record in records(name) for q in mapping.quads(record, GRAPH, problems)]
    return quads, problems


def test_the_platforms_are_those_of_the_main_job() -> None:
    assert {"ics", "feed", "geojson", "gogocarto", "csv", "enbauges"} <= set(platforms())
    assert len(platforms()) == len(set(platforms()))
    with pytest.raises(KeyError):
        platforms()["absent"]


@pytest.mark.parametrize("name", sorted(platforms()))
def test_a_platform_writes_the_namespaces_of_the_vocabulary(name: str) -> None:
    document = (FOLDER / f"{name}.yml").read_text("utf-8")
    ours = {"eb": EB, "ebf": EBF, **{key: PREFIXES[key] for key in ("schema", "prov")}}
    written = dict(re.findall(r"^  (\w+): (https?://\S+)$", document, re.MULTILINE))
    assert written == {key: ours[key] for key in written}
    concepts = re.findall(r"https://w3id\.org/enbauges/concept/[\w/-]+", document)
    assert all(lookup(*iri.removeprefix(CONCEPT).split("/")) == iri for iri in concepts)


@pytest.mark.parametrize("name", sorted(platforms()))
def test_every_term_that_a_platform_writes_is_defined(name: str) -> None:
    defined = {str(each.subject)[1:-1] for each in read_turtle(ROOM / "enbauges.ttl")}
    used = {
        value
        for quad in mapped(name)[0]
        for value in (str(quad.predicate)[1:-1], str(quad.object)[1:-1])
        if value.startswith(EB)
    }
    assert used <= defined


@pytest.mark.parametrize("name", sorted(platforms()))
def test_people_named_in_a_record_are_not_mapped(name: str) -> None:
    person = "Jeanne Exemple"
    people = dict.fromkeys(
        ("attendee", "organizer", "author", "authors", "contact", "Contact", "owner"), person
    )
    for record in records(name):
        told = {**record, **people, "properties": {**record.get("properties", {}), **people}}
        told["ev"] = {**record.get("ev", {}), "organizer": person}
        quads = platform(name).mapping.quads(told, GRAPH, [])
        assert quads
        assert not [quad for quad in quads if person in str(quad)]


def test_the_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    text = (FOLDER / "ics.yml").read_text("utf-8")
    (tmp_path / "ics.yml").write_text(text, "utf-8")
    same = load_platform(tmp_path / "ics.yml")
    (tmp_path / "ics.yml").write_text(text + "# one word more\n", "utf-8")
    other = load_platform(tmp_path / "ics.yml")
    assert same.fingerprint == platform("ics").fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "CONFIRMED"}, ["EventScheduled"]),
        ({"status": "CANCELLED"}, ["EventCancelled"]),
        ({"status": "POSTPONED"}, ["EventPostponed"]),
        ({"status": "POSTPONED", "previous_start": "2026-04-30"}, ["EventRescheduled"]),
        ({"status": "CANCELLED", "previous_start": "2026-04-30"}, ["EventCancelled"]),
        ({"previous_start": "2026-04-30"}, ["EventRescheduled"]),
        ({}, []),
    ],
)
def test_an_event_of_a_calendar_has_one_status(fields: dict[str, str], expected: list[str]) -> None:
    record = {"type": "event", "start": "2026-05-01", "_record": {"iri": "https://data.example/r"}}
    quads = platform("ics").mapping.quads({**record, **fields}, GRAPH, [])
    status = PREFIXES["schema"] + "eventStatus"
    found = [str(quad.object)[1:-1] for quad in quads if quad.predicate.value == status]
    assert found == [PREFIXES["schema"] + name for name in expected]


def names(kind: str, record: dict[str, Any]) -> tuple[list[str], list[Problem]]:
    problems: list[Problem] = []
    told = {**record, "_record": {"iri": "https://data.example/r"}}
    quads = platform(kind).mapping.quads(told, GRAPH, problems)
    name = PREFIXES["schema"] + "name"
    named = [quad.object for quad in quads if quad.predicate.value == name]
    return [each.value for each in named if isinstance(each, ox.Literal)], problems


def test_a_post_without_title_is_named_by_the_beginning_of_its_text() -> None:
    text = "<p>Le marché reprend samedi, appelez le 06 12 34 56 78.</p><p>" + "Venez ! " * 20
    assert names("feed", {"content": text})[0] == [
        "Le marché reprend samedi, appelez le …. Venez ! Venez ! Venez ! Venez ! Venez !…"
    ]
    assert names("feed", {"title": "Marché", "content": text})[0] == ["Marché"]
    assert names("feed", {"image": "https://data.example/a.png"})[0] == []


def test_a_table_without_any_known_column_is_told_in_the_same_words_for_every_row() -> None:
    columns = ["Bezeichnung", "Ort"]
    found = [
        names("csv", {**row, "_columns": columns})
        for row in ({"Bezeichnung": "Das Haus"}, {"Bezeichnung": "Der Hof", "Ort": "Arith"})
    ]
    assert [name for name, _ in found] == [[], []]
    (one,), (other,) = (problems for _, problems in found)
    assert one == other
    assert one.code == "no-column"
    assert "Bezeichnung, Ort" in str(one.message)


def test_a_place_of_a_table_can_be_called_whatever_its_type_is_or_is_not() -> None:
    for kind in ({}, {"type": "Bibliothèque"}, {"statut": "Association"}):
        row = {"nom": "Salle", "téléphone": "04 79 54 38 00", **kind}
        told = {**row, "_columns": list(row), "_record": {"iri": "https://data.example/r"}}
        quads = platform("csv").mapping.quads(told, GRAPH, [])
        called = [q.object for q in quads if q.predicate.value.endswith("/telephone")]
        assert [each.value for each in called if isinstance(each, ox.Literal)] == ["+33479543800"]


@pytest.mark.parametrize("kind", ["rdf", "sparql"])
def test_a_series_of_another_node_keeps_the_rule_by_which_it_comes_back(kind: str) -> None:
    told = {
        "kind": "event",
        "types": ["EventSeries"],
        "name": "Marché",
        "eventSchedule": {"eb:recurrenceRule": "FREQ=WEEKLY;BYDAY=FR", "repeatFrequency": "P1W"},
        "_record": {"iri": "https://data.example/r"},
    }
    said = {
        (quad.predicate.value.rpartition("/")[2], str(quad.object))
        for quad in platform(kind).mapping.quads(told, GRAPH, [])
    }
    assert ("eventSchedule", "<https://data.example/r#schedule>") in said
    assert ("ns#recurrenceRule", '"FREQ=WEEKLY;BYDAY=FR"') in said


def test_a_platform_is_compiled_once_a_process() -> None:
    assert platform("ics") is platforms()["ics"]


OLDER = sorted(set(platforms()) - set(samples.names()))


@pytest.mark.parametrize("name", OLDER)
def test_records_of_a_platform_give_the_expected_graph(name: str) -> None:
    quads, _ = mapped(name)
    expected = (DATA / f"{name}.nq").read_text().splitlines()
    assert sorted({f"{quad} ." for quad in quads}) == sorted(expected)


@pytest.mark.parametrize("name", OLDER)
def test_every_value_that_a_platform_cannot_use_is_told(name: str) -> None:
    _, problems = mapped(name)
    expected = json.loads((DATA / f"{name}.json").read_text()).get("problems", [])
    assert [[each.code, each.value] for each in problems] == expected
