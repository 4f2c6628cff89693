"""A source whose mapping joins its records with those of another source of the node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.place import Place
from harvester.report import Report
from harvester.session import opened
from harvester.sources import load
from mappings import platforms
from store.embedded import EmbeddedStore
from tests.loopback import Page, Site, loopback_site
from vocab import term
from vocab.iris import Iris

IRIS = Iris("https://node.example/")
MAPPING = """
prefixes: {schema: "https://schema.org/", eb: "https://w3id.org/enbauges/ns#"}
mappings:
  event:
    sources: [['records.json~jsonpath', '$.records[*]']]
    s: $(_record.iri)
    po:
      - [a, schema:Event]
      - [schema:name, $(titre), fr~lang]
      - [schema:startDate, $(jour), xsd:date]
      - p: schema:location
        o: {function: "join(hall, equal($(salle), $(id)))"}
  hall:
    sources: [['OTHER', '$.records[*]']]
    s: $(_record.iri)
    po:
      - [schema:description, no record of this source says this]
"""
HALLS: list[dict[str, object]] = [
    {"id": "s1", "nom": "Salle des fêtes"},
    {"id": "s2", "nom": "Foyer"},
]
EVENTS: list[dict[str, object]] = [
    {"id": 1, "titre": "Bal", "jour": "2026-06-13", "salle": "s1"},
    {"id": 2, "titre": "Loto", "jour": "2026-06-14", "salle": "s9"},
]


class Node:
    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.site, self.now = folder, site, datetime(2026, 5, 4, tzinfo=UTC)
        self.mapping("salles.json~jsonpath")
        self.say("/salles", HALLS)
        self.say("/agenda", EVENTS)

    def mapping(self, other: str, text: str = MAPPING) -> None:
        (self.folder / "m.yml").write_text(text.replace("OTHER", other), "utf-8")

    def say(self, path: str, entries: list[dict[str, object]]) -> None:
        self.site.pages[path] = Page(json.dumps(entries).encode(), "application/json")

    def harvest(self, *ids: str) -> dict[str, Report]:
        self.now += timedelta(hours=7)
        text = '[site]\ntitle = "Essai"\nbase = "https://node.example/"\n'
        text += 'contact = "contact@node.example"\nterritory = ["73081"]\n'
        for name, more in (("salles", ""), ("agenda", 'mapping = "m.yml"\n')):
            text += f'[[source]]\nid = "{name}"\nkind = "json"\nurl = "{self.site.url}/{name}"\n'
            text += f'title = "{name}"\npublisher = "Mairie"\nlicence = "etalab-2.0"\n{more}'
            text += "allow_private = true\n"
        file = self.folder / "sources.toml"
        file.write_text(text, "utf-8")
        config = load(file, kinds=platforms())
        with opened(
            config, Place(self.folder / "var"), version="1.0", clock=lambda: self.now
        ) as session:
            wanted = [config.source(each) for each in ids] or config.sources
            return {each.source: each for each in session.harvest(wanted)}

    def places(self, graph: str) -> list[str]:
        """The objects of schema:location in a graph."""
        with EmbeddedStore(Place(self.folder / "var").store) as store:
            lines = store.lines(graph)
        return [line.split(" ")[2] for line in lines if f"<{term('schema:location')}>" in line]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        yield Node(tmp_path, site)


def codes(report: Report) -> set[str]:
    return {each.code for each in report.issues}


def test_a_record_leads_to_the_record_of_another_source(node: Node) -> None:
    node.harvest("salles")
    report = node.harvest("agenda")["agenda"]
    assert (report.records, "join-absent" in codes(report)) == (2, False)
    assert node.places(IRIS.source_graph("agenda")) == [f"<{IRIS.record('salles', 's1')}>"]
    (place,) = node.places(IRIS.graph("canonical"))
    assert place.startswith("<https://node.example/id/place/")
    assert node.harvest()["agenda"].quads == 0


def test_what_is_joined_is_mapped_again_when_it_changes(node: Node) -> None:
    node.harvest("salles")
    node.harvest("agenda")
    node.say("/salles", [*HALLS, {"id": "s9", "nom": "Chapelle"}])
    node.harvest("salles")
    report = node.harvest("agenda")["agenda"]
    assert (report.outcome, report.changed) == ("committed", 1)
    assert len(node.places(IRIS.source_graph("agenda"))) == 2


def test_a_source_that_is_not_there_yet_is_told_and_the_rest_is_mapped(node: Node) -> None:
    report = node.harvest("agenda")["agenda"]
    assert (report.outcome, report.records) == ("committed", 2)
    (issue,) = (each for each in report.issues if each.code == "join-absent")
    assert "“salles”" in str(issue.message)
    node.harvest("salles")
    assert "join-absent" not in codes(node.harvest("agenda")["agenda"])
    assert len(node.places(IRIS.source_graph("agenda"))) == 1


def test_a_source_may_be_joined_with_its_own_records(node: Node) -> None:
    node.mapping("records.json~jsonpath", MAPPING.replace("$(salle), $(id)", "$(avant), $(titre)"))
    node.say("/agenda", [EVENTS[0], {**EVENTS[1], "avant": "Bal"}])
    report = node.harvest("agenda")["agenda"]
    assert report.outcome == "committed"
    assert node.places(IRIS.source_graph("agenda")) == [f"<{IRIS.record('agenda', '1')}>"]


def test_a_file_that_is_no_source_is_refused(node: Node) -> None:
    node.mapping("../salles.csv~csv")
    report = node.harvest("agenda")["agenda"]
    assert report.outcome == "failed"
    assert "ID being the id of that source" in str(report.reason)
