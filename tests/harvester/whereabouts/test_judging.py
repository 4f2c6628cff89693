"""What of a wide source is kept, and which positions are doubted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.digest import Digest, Digester, Origin
from harvester.records import Content, ReadOptions, Window
from harvester.sources import Source
from harvester.whereabouts.area import Area
from harvester.whereabouts.judging import judged
from harvester.whereabouts.said import Said
from harvester.whereabouts.scope import within
from mappings import platform
from store.changes import Lines
from vocab import term
from vocab.iris import Iris
from vocab.territory.atlas import atlas_of, shipped
from vocab.territory.points import Point

IRIS = Iris("https://node.example/")
RECORD = IRIS.record("carte", "1")
BAUGES = ("73081", "73106", "73139", "73146")
CHATELARD, LESCHERAINES = (shipped().communes[code].centre for code in ("73081", "73146"))


def record(*, commune: str = "", at: tuple[float, float] | None = None) -> Lines:
    lines = {f'<{RECORD}> <{term("schema:name")}> "Une chose" .'}
    if commune:
        lines.add(f"<{RECORD}> <{term('eb:commune')}> <{IRIS.commune(commune)}> .")
    if at:
        lines |= {
            f"<{RECORD}> <{term('schema:geo')}> <{RECORD}#geo> .",
            f"<{RECORD}#geo> <{term('rdf:type')}> <{term('schema:GeoCoordinates')}> .",
            f'<{RECORD}#geo> <{term("schema:latitude")}> "{at[0]}"^^<{term("xsd:decimal")}> .',
            f'<{RECORD}#geo> <{term("schema:longitude")}> "{at[1]}"^^<{term("xsd:decimal")}> .',
        }
    return frozenset(lines)


def digest(lines: Lines) -> Digest:
    return Digest({RECORD: lines}, (), {RECORD: Origin(("1",), "row 1")})


def is_kept(lines: Lines, border: float = 0.0, codes: tuple[str, ...] = BAUGES) -> bool:
    kept = within(digest(lines), Area(frozenset(codes), shipped(), border), IRIS)
    assert [issue.code for issue in kept.issues] == ([] if kept.records else ["outside-territory"])
    return bool(kept.records)


def codes(lines: Lines) -> list[str]:
    return [issue.code for issue in judged(digest(lines), shipped(), IRIS).issues]


def test_a_record_belongs_where_it_names_its_commune() -> None:
    assert is_kept(record(commune="73081"))
    assert not is_kept(record(commune="74010"))
    assert not is_kept(record())


def test_a_record_with_a_position_alone_belongs_where_it_lies() -> None:
    assert is_kept(record(at=(45.682, 6.13)))
    assert not is_kept(record(at=(45.90, 6.12)))  # Annecy
    assert not is_kept(record(at=(48.85, 2.35)))


def test_what_lies_close_to_the_border_is_kept_too() -> None:
    chatelard = ("73081",)
    assert not is_kept(record(commune="73146"), 0, chatelard)
    assert is_kept(record(commune="73146"), 5, chatelard)  # Lescheraines, 4 km away
    lescheraines = record(at=LESCHERAINES)
    assert not is_kept(lescheraines, 0, chatelard)
    assert is_kept(lescheraines, 5, chatelard)
    assert not is_kept(record(commune="74010"), 5, chatelard)


def test_a_position_does_not_move_a_record_out_of_the_commune_that_it_names() -> None:
    assert is_kept(record(commune="73081", at=(48.85, 2.35)))
    assert not is_kept(record(commune="74010", at=(45.682, 6.13)))


def test_a_commune_whose_centre_is_not_known_belongs_by_its_code() -> None:
    area = Area(frozenset({"38006"}), atlas_of("code,name\n38006,Allevard\n"), 5)
    assert area.has("38006")
    assert area.box is None
    assert not area.holds(Point(45.39, 6.07))


def test_a_position_abroad_is_left_out_and_told() -> None:
    kept = judged(digest(record(at=(52.52, 13.40))), shipped(), IRIS)
    assert [issue.code for issue in kept.issues] == ["position-abroad"]
    assert kept.records[RECORD] == record()


@pytest.mark.parametrize(
    "at", [(45.68, 6.13), (46.20, 6.15), (45.74, 7.32), (-21.11, 55.53), (16.24, -61.53)]
)
def test_a_position_in_france_or_next_to_it_stays(at: tuple[float, float]) -> None:
    assert codes(record(at=at)) == []


def test_a_position_far_from_the_commune_is_told_and_stays() -> None:
    far = judged(digest(record(commune="73081", at=(48.85, 2.35))), shipped(), IRIS)
    assert [issue.code for issue in far.issues] == ["far-from-commune"]
    assert far.records[RECORD] == record(commune="73081", at=(48.85, 2.35))
    assert codes(record(commune="73081", at=(45.70, 6.15))) == []
    assert codes(record(commune="69123", at=(45.76, 4.83))) == []  # not known where that is


def test_the_statements_of_a_record_tell_where_it_is() -> None:
    said = Said.of(RECORD, record(commune="73081", at=(45.68, 6.13)), IRIS)
    assert said.communes == {"73081"}
    assert [(each.node, each.point) for each in said.positions] == [
        (f"<{RECORD}#geo>", Point(45.68, 6.13))
    ]


QGIS = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
    '{"name": "La Forge"}, "geometry": {"type": "Point", "coordinates": [941000, 6510000]}}]}'
)
SWAPPED = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Bal\r\n"
    "DTSTART;VALUE=DATE:20260613\r\nGEO:6.0949251;45.6470311\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
YEAR = Window(datetime(2026, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [("geojson", QGIS, "projected-coordinates"), ("ics", SWAPPED, "swapped-coordinates")],
)
def test_coordinates_are_mended_whatever_the_format(kind: str, content: str, told: str) -> None:
    source = Source(id="carte", kind=kind, url="https://a.example/", title="a", publisher="b")
    read = Digester(source, platform(kind), IRIS, ReadOptions(YEAR))([Content(content.encode())])
    ((iri, lines),) = read.records.items()
    (position,) = Said.of(iri, lines, IRIS).positions
    assert position.point == pytest.approx((45.6470311, 6.0949251))
    assert told in {each.code for each in read.issues}
