"""The table of communes: what ships, and what a node adds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vocab.communes import ELSEWHERE, town, whereabouts
from vocab.territory.atlas import AtlasError, atlas_of, install, read_table, shipped, written_table
from vocab.territory.points import Point, centroid

BOXES = {"73": (45.05, 45.95, 5.60, 7.20), "74": (45.65, 46.45, 5.78, 7.05)}
"""South, north, west and east of Savoie and Haute-Savoie, in degrees."""

ISERE = """code,name,also,common,postcodes,latitude,longitude,former
38314,Pontcharra,,,38530,45.4300,6.0200,38500 Grignon-sur-Bréda
38446,Saint-Pierre-d'Entremont,,name,73670 38380,45.4167,5.8500,
38006,Allevard,,,38580,45.3900,6.0900,
""" + "".join(f"388{number:02d},Bourg du Nord {number},,,38999,,,\n" for number in range(15))


@pytest.fixture
def isere() -> Iterator[None]:
    install(ISERE)
    yield
    install("")


def test_every_commune_lies_in_its_department() -> None:
    for commune in shipped().communes.values():
        south, north, west, east = BOXES[commune.department]
        assert commune.centre is not None
        assert south < commune.centre.latitude < north, commune
        assert west < commune.centre.longitude < east, commune


def test_every_commune_has_a_neighbour_at_the_distance_of_a_neighbour() -> None:
    places = {code: each.centre for code, each in shipped().communes.items() if each.centre}
    for code, centre in places.items():
        near = min(centre.distance(other) for key, other in places.items() if key != code)
        assert 0.5 < near < 12, code


def test_neighbours_in_the_bauges_are_as_far_as_on_the_map() -> None:
    centres = (shipped().centre(code) for code in ("73081", "73146", "74010"))
    chatelard, lescheraines, annecy = (centre for centre in centres if centre)
    assert 2 < chatelard.distance(lescheraines) < 6
    assert 20 < chatelard.distance(annecy) < 30


def test_the_table_is_written_as_it_is_read() -> None:
    communes = tuple(shipped().communes.values())
    assert read_table(written_table(communes)) == communes


def test_a_point_is_nearest_to_its_commune_and_far_away_to_none() -> None:
    assert shipped().nearest(Point(45.682, 6.13)) == "73081"
    assert shipped().nearest(Point(48.85, 2.35)) is None


def test_the_middle_of_a_square_with_a_hole_is_where_it_balances() -> None:
    square = [[6.0, 45.0], [6.2, 45.0], [6.2, 45.2], [6.0, 45.2], [6.0, 45.0]]
    hole = [[6.1, 45.0], [6.1, 45.2], [6.2, 45.2], [6.2, 45.0], [6.1, 45.0]]
    assert centroid([[square]]) == pytest.approx((45.1, 6.1))
    assert centroid([[square, hole]]) == pytest.approx((45.1, 6.05))
    assert centroid([[square[:2]]]) is None


def test_a_node_adds_a_department_and_keeps_the_shipped_ones() -> None:
    known = atlas_of(ISERE)
    assert known.departments == {"38", "73", "74"}
    assert known.is_unknown("38999")
    assert not known.is_unknown("69001")
    assert known.digest != shipped().digest


def test_a_few_communes_are_no_whole_department() -> None:
    known = atlas_of("code,name,postcodes\n38314,Pontcharra,38530\n75056,Paris,75001\n")
    assert known.departments == {"73", "74", "75"}
    assert not known.is_unknown("38006")
    assert known.is_here("38530")
    assert not known.is_here("38000")


def test_a_department_of_the_node_takes_the_place_of_the_shipped_one() -> None:
    known = atlas_of("code,name\n73081,Le Châtelard\n")
    assert [code for code in known.communes if code.startswith("73")] == ["73081"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("nom;code\n", 1),
        ("code,name\n38314,Pontcharra\n3801,Agnin\n", 3),
        ("code,name\n38314,\n", 2),
        ("code,name,latitude,longitude\n38314,Pontcharra,north,6.0\n", 2),
        ("code,name\n38314,Pontcharra\n38314,Pontcharra\n", 3),
    ],
)
def test_a_mistake_in_a_table_has_its_line(text: str, line: int) -> None:
    with pytest.raises(AtlasError) as caught:
        read_table(text)
    assert caught.value.line == line


@pytest.mark.usefixtures("isere")
def test_communes_of_the_node_are_recognised() -> None:
    assert town("Pontcharra", "38530") == town("pontcharra") == "38314"
    assert whereabouts("Salle des fêtes, 38530 Pontcharra") == "38314"
    assert whereabouts("Salle des fêtes, Allevard") == "38006"


@pytest.mark.usefixtures("isere")
def test_a_name_of_two_communes_is_told_by_its_postcode_or_department_only() -> None:
    assert town("Saint-Pierre-d'Entremont") == ELSEWHERE
    assert town("St Pierre d'Entremont", "38380") == "38446"
    assert whereabouts("Mairie, Saint-Pierre-d'Entremont (73)") == "73274"
    assert whereabouts("Mairie, Saint-Pierre-d'Entremont (38)") == "38446"
    assert whereabouts("Mairie, Saint-Pierre-d'Entremont") == ELSEWHERE


@pytest.mark.parametrize(
    ("name", "postcode", "code"),
    [
        ("Cran-Gevrier", "", "74010"),
        ("CRAN GEVRIER CEDEX 2", "74960", "74010"),
        ("Étable", "73110", "73215"),
        ("La Rochette", "73110", "73215"),
        ("Mâcot-la-Plagne", "", "73150"),
    ],
)
def test_a_former_commune_is_where_it_merged(name: str, postcode: str, code: str) -> None:
    assert town(name, postcode) == code


def test_a_former_commune_of_one_word_is_not_taken_from_text() -> None:
    assert whereabouts("Mairie de Cran-Gevrier") == "74010"
    assert whereabouts("Ferme, Étable") is None
    assert whereabouts("Ferme, 73110 Étable") == "73215"


def test_a_code_of_a_merged_commune_leads_to_the_one_of_today() -> None:
    assert shipped().merged["74093"] == "74010"
    assert "73003" not in shipped().merged  # Grand-Aigueblanche has the code of Aigueblanche
