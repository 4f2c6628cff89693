"""The index of a generation: what is found in it, and how it comes to be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.errors import GenerationError
from store.folding import fold, match, slug, stems
from store.generations import Generation, Generations
from store.index import NAME, build, ensure
from store.lookup import Box, Index, Wanted
from store.published import Published
from store.things import Thing
from vocab import PREFIXES

BASE = "https://data.example/"
CANONICAL = """
<id/event/a> a schema:Event ; schema:name "Fête des œuvres"@fr, "Works fair"@en ;
  schema:startDate "2026-12-01T20:00:00+01:00"^^xsd:dateTime ;
  eb:theme <https://w3id.org/enbauges/concept/theme/fete> ;
  schema:isAccessibleForFree true ; schema:location <id/event/a#location> ;
  schema:organizer <id/event/a#organizer> ; prov:wasDerivedFrom <id/record/mairie/a> .
<id/event/a#location> a schema:Place ; schema:name "Salle des fêtes"@fr ;
  eb:commune <id/commune/73081> ; schema:geo <id/event/a#geo> .
<id/event/a#geo> a schema:GeoCoordinates ; schema:latitude 45.69 ; schema:longitude 6.13 .
<id/event/a#organizer> a schema:Organization ; schema:name "Comité"@fr .
<id/event/b> a schema:Event ; schema:name "Réparations"@fr ;
  eb:theme <https://w3id.org/enbauges/concept/theme/reparer> ;
  schema:startDate "2026-11-20"^^xsd:date ; schema:endDate "2026-12-10"^^xsd:date ;
  prov:wasDerivedFrom <id/record/foyer/b> .
<id/place/c> a schema:Place, eb:ThirdPlace ; schema:name "Zinc"@fr ; schema:geo <id/place/c#geo> .
<id/place/c#geo> a schema:GeoCoordinates ; schema:latitude 45.0 ; schema:longitude 5.0 .
<id/place/d> a schema:Place ; schema:name "Alpage"@fr .
<id/commune/73081> a schema:AdministrativeArea ; schema:name "Le Châtelard"@fr .
<https://w3id.org/enbauges/concept/theme/fete> skos:prefLabel "Fête"@fr, "Fair"@en .
"""
PROVENANCE = """
<id/source/mairie> a dcat:Dataset ; dcterms:title "Mairie"@fr ; dcterms:publisher "Commune"@fr .
<id/activity/1> prov:used <id/source/mairie> ;
  prov:startedAtTime "2026-11-19T08:15:00Z"^^xsd:dateTime .
<id/activity/2> prov:used <id/source/mairie> ;
  prov:startedAtTime "2026-11-20T08:15:00Z"^^xsd:dateTime .
"""


def lines(turtle: str) -> frozenset[str]:
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    quads = ox.parse(prefixes + turtle, format=ox.RdfFormat.TURTLE, base_iri=BASE)
    return frozenset(f"{quad.triple} ." for quad in quads)


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    root = tmp_path_factory.mktemp("node")
    graphs = {"canonical": lines(CANONICAL), "provenance": lines(PROVENANCE)}
    with EmbeddedStore(root / "store") as store:
        store.apply(
            Changeset({f"{BASE}graph/{name}": Delta(added=each) for name, each in graphs.items()})
        )
        return Generations(root / "generations").publish(
            store, now=datetime(2026, 11, 22, tzinfo=UTC), base=BASE, facts={}
        )


@pytest.fixture(scope="module")
def index(generation: Generation) -> Index:
    return Index(ensure(generation))


def names(things: Iterable[Thing]) -> list[str]:
    return [thing.name for thing in things]


def test_spelling_does_not_matter() -> None:
    assert fold("Œuvre à ÉCOLE") == "oeuvre a ecole"
    assert slug("Salle des fêtes, d'École") == "salle-des-fetes-d-ecole"
    assert stems("Réparations") == stems("reparation")


def test_nothing_that_a_reader_writes_is_an_operator() -> None:
    assert match('"a* OR) NEAR(') == '"or" AND ("near" OR "near"*)'
    assert match("!?") == ""


@pytest.mark.parametrize("words", ["oeuvres", "ŒUVRE", "fete oeuvr", "chatelard", "comite"])
def test_words_find_a_thing_by_what_is_said_of_it(index: Index, words: str) -> None:
    assert names(index.find(Wanted(words=words))) == ["Fête des œuvres"]


def test_words_that_are_none_find_nothing(index: Index) -> None:
    assert index.find(Wanted(words="?!")) == []
    assert index.count(Wanted(words="  ")) == 4


def test_days_find_what_begins_and_what_is_going_on(index: Index) -> None:
    wanted = Wanted(kinds=("event",), first="2026-12-01", last="2026-12-02", order="days")
    assert names(index.find(wanted)) == ["Réparations", "Fête des œuvres"]
    assert names(index.find(Wanted(kinds=("event",), first="2026-12-05"))) == ["Réparations"]
    assert index.count(Wanted(kinds=("event",), last="2026-11-19")) == 0


@pytest.mark.parametrize(
    ("facet", "value", "found"),
    [
        ("theme", "fete", ["Fête des œuvres"]),
        ("commune", "73081", ["Fête des œuvres"]),
        ("lieu", "salle-des-fetes", ["Fête des œuvres"]),
        ("organisateur", "comite", ["Fête des œuvres"]),
        ("source", "foyer", ["Réparations"]),
        ("genre", "ThirdPlace", ["Zinc"]),
        ("theme", "none", []),
    ],
)
def test_a_facet_finds_what_has_the_value(
    index: Index, facet: str, value: str, found: list[str]
) -> None:
    assert names(index.find(Wanted(facets=((facet, (value,)),)))) == found


def test_values_of_one_facet_add_up_and_facets_restrict(index: Index) -> None:
    both = Wanted(facets=(("theme", ("fete", "reparer")),))
    assert index.count(both) == 2
    assert index.count(Wanted(facets=(*both.facets, ("commune", ("73081",))))) == 1
    assert index.count(Wanted(having=("theme", "lieu"))) == 2


def test_the_values_of_a_facet_are_counted_without_the_facet_itself(index: Index) -> None:
    wanted = Wanted(kinds=("event",), facets=(("theme", ("fete",)),))
    counted = {facet.value: count for facet, count in index.values("theme", wanted)}
    assert counted == {"fete": 1, "reparer": 1}
    assert index.values("theme", wanted)[0][0].iri.endswith("/theme/fete")
    assert index.named("commune", "73081").text == "Le Châtelard"
    assert index.named("commune", "1").text == ""


def test_a_box_finds_what_lies_in_it(index: Index) -> None:
    assert names(index.find(Wanted(box=Box(6, 45.5, 6.5, 46)))) == ["Fête des œuvres"]
    assert names(index.find(Wanted(box=Box(4, 44, 5.5, 45.5)))) == ["Zinc"]


def test_free_things_names_and_pages(index: Index) -> None:
    assert names(index.find(Wanted(free=True))) == ["Fête des œuvres"]
    places = Wanted(kinds=("place",))
    assert names(index.find(places)) == ["Alpage", "Zinc"]
    assert names(index.find(Wanted(kinds=("place",), limit=1, offset=1))) == ["Zinc"]
    assert index.kinds() == {"event": 2, "place": 2}


def test_a_thing_comes_back_as_it_was_read(generation: Generation, index: Index) -> None:
    iri = f"{BASE}id/event/a"
    thing = index.get(iri)
    assert thing == Published.open(generation).thing(iri)
    assert thing is not None
    assert (thing.name, thing.commune, thing.commune_name) == (
        *("Fête des œuvres", "73081", "Le Châtelard"),
    )
    assert (thing.latitude, thing.longitude, thing.free) == (45.69, 6.13, True)
    assert thing.sources == ("mairie",)
    assert index.get(f"{BASE}id/event/none") is None


def test_sources_tell_when_they_last_changed(index: Index) -> None:
    source = index.sources["mairie"]
    assert (source.title, source.publisher, source.changed) == (
        *("Mairie", "Commune", "2026-11-20T08:15:00Z"),
    )
    assert index.labels[f"{BASE}id/commune/73081", "fr"] == "Le Châtelard"


def test_an_index_is_made_once(generation: Generation) -> None:
    path = ensure(generation)
    made = path.stat().st_mtime_ns
    assert ensure(generation).stat().st_mtime_ns == made
    assert path.name == NAME
    assert [each.name for each in generation.path.iterdir() if "part" in each.name] == []


def test_a_folder_that_cannot_be_written_is_told(generation: Generation, tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match="cannot be written"):
        build(Published.open(generation), tmp_path / "none" / NAME)


def test_a_damaged_index_is_told(tmp_path: Path) -> None:
    damaged = tmp_path / NAME
    damaged.write_bytes(b"not a database, and long enough to be taken for one" * 40)
    with pytest.raises(GenerationError, match="cannot be read"):
        Index(damaged).get("x")


@pytest.mark.parametrize("signs", ["-1", "a|", "<>", "\x00", "²", "{}"])
def test_signs_without_a_word_find_nothing(index: Index, signs: str) -> None:
    assert names(index.find(Wanted(words=signs))) == []
