"""eb:commune in every platform: the INSEE code, else the commune named, else the source's own."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from mappings import platform
from vocab import term

BASE = "https://data.example/"
IRI = f"{BASE}id/record/source/1"
GRAPH = ox.NamedNode(f"{BASE}graph/source/source")
ECOLE, NOYER, GIVEN = (f"{BASE}id/commune/{code}" for code in ("73106", "73192", "73081"))

CALENDAR = {"type": "event", "start": "2026-05-01"}
NAMED: list[tuple[str, dict[str, Any]]] = [
    ("ics", {**CALENDAR, "location": "Salle des fêtes, 73630 École"}),
    ("feed", {"ev": {"startdate": "2026-05-01", "location": "Salle des fêtes, École"}}),
    ("enbauges", {"location": "Salle des fêtes, 73630 École"}),
    ("gogocarto", {"address": {"addressLocality": "École"}}),
    ("gogocarto", {"address": "Le Chef-lieu, 73630 École"}),
    ("geojson", {"properties": {"commune": "École"}}),
    ("geojson", {"properties": {"adresse": "Le Chef-lieu, 73630 École"}}),
    ("csv", {"Commune": "ECOLE", "Code postal": "73630"}),
]
AWAY: list[tuple[str, dict[str, Any]]] = [
    ("ics", {**CALENDAR, "location": "Salle Rameau, Lyon"}),
    ("feed", {"ev": {"startdate": "2026-05-01", "location": "38530 Pontcharra"}}),
    ("enbauges", {"location": "38530 Pontcharra"}),
    ("gogocarto", {"address": {"addressLocality": "Allevard", "postalCode": 38580}}),
    ("geojson", {"properties": {"commune": "Allevard", "cp": "38580"}}),
    ("csv", {"Adresse": "Le Bourg", "CP": "38580"}),
]
SILENT: list[tuple[str, dict[str, Any]]] = [
    ("ics", {**CALENDAR, "location": "Sous le préau de l'école"}),
    ("ics", CALENDAR),
    ("feed", {"title": "Nouvelles"}),
    ("enbauges", {"location": "Mairie"}),
    ("gogocarto", {"name": "Sans adresse"}),
    ("geojson", {"properties": {"adresse": "Chef-lieu"}}),
    ("csv", {"Adresse": "Chef-lieu", "Code postal": "73630"}),
]


def communes(kind: str, data: dict[str, Any], **source: str) -> dict[str, set[str]]:
    told = {"id": "source", "commune": "73081", "commune_iri": GIVEN, **source}
    record = {**data, "_record": {"iri": IRI}, "_source": told, "_node": {"base": BASE}}
    found: dict[str, set[str]] = {}
    for quad in platform(kind).mapping.quads(record, GRAPH, []):
        if quad.predicate.value == term("eb:commune"):
            assert isinstance(quad.object, ox.NamedNode)
            found.setdefault(str(quad.subject)[1:-1], set()).add(quad.object.value)
    return found


@pytest.mark.parametrize(("kind", "data"), NAMED)
def test_a_commune_that_is_named_wins_over_that_of_the_source(
    kind: str, data: dict[str, Any]
) -> None:
    found = communes(kind, data)
    assert found[IRI] == {ECOLE}
    assert set.union(*found.values()) == {ECOLE}


@pytest.mark.parametrize(("kind", "data"), AWAY)
def test_a_place_elsewhere_is_not_in_the_commune_of_the_source(
    kind: str, data: dict[str, Any]
) -> None:
    assert communes(kind, data) == {}


@pytest.mark.parametrize(("kind", "data"), SILENT)
def test_the_commune_of_the_source_stands_where_nothing_else_is_said(
    kind: str, data: dict[str, Any]
) -> None:
    assert communes(kind, data)[IRI] == {GIVEN}


@pytest.mark.parametrize("kind", ["ics", "feed", "enbauges"])
def test_a_place_and_its_record_say_the_same_commune(kind: str) -> None:
    words = {"location": "Salle des fêtes, Le Noyer"}
    found = communes(kind, {**CALENDAR, **words, "ev": {"startdate": "2026-05-01", **words}})
    assert found == {IRI: {NOYER}, f"{IRI}#location": {NOYER}}


def test_the_place_that_a_source_gives_may_name_the_commune() -> None:
    assert communes("ics", CALENDAR, place="Halle de Lescheraines")[IRI] == {
        f"{BASE}id/commune/73146"
    }


@pytest.mark.parametrize("kind", ["csv", "geojson"])
def test_an_insee_code_wins_over_words(kind: str) -> None:
    row = {"code insee": "73106", "commune": "Le Noyer"}
    assert communes(kind, {**row, "properties": row})[IRI] == {ECOLE}
