"""What the code checks because SHACL engines cannot, or do it wrongly."""

from datetime import UTC, datetime
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import RdfFormat, Triple, parse

from vocab import PREFIXES, ROOM, read_turtle
from vocab.checks import check, is_siret
from vocab.territory.points import Box

NOW = datetime(2026, 4, 20, 8, 0, tzinfo=UTC)
PROLOGUE = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
BAUGES = Box(south=45.5, west=5.9, north=45.9, east=6.4)


def triples(turtle: str) -> list[Triple]:
    text = f"{PROLOGUE}@base <https://exemple.org/> .\n{turtle}"
    return [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]


def event(start: str, end: str) -> str:
    return f"<e> a schema:Event ; schema:startDate {start} ; schema:endDate {end} ."


def codes(turtle: str, box: Box | None = None) -> dict[str, str]:
    wanted = ("date-", "event-length", "event-year", "siret", "place-outside", "record-nameless")
    return {
        finding.code: finding.severity
        for finding in check(triples(turtle), NOW, box)
        if finding.code.startswith(wanted)
    }


def day(text: str) -> str:
    return f'"{text}"^^xsd:date'


def time(text: str) -> str:
    return f'"{text}"^^xsd:dateTime'


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (day("2026-05-01"), day("2026-05-01")),
        (time("2026-05-01T10:00:00+02:00"), time("2026-05-01T10:00:00+02:00")),
        (time("2026-10-25T02:30:00+02:00"), time("2026-10-25T02:15:00+01:00")),
    ],
)
def test_an_end_at_or_after_the_start_is_right(start: str, end: str) -> None:
    assert codes(event(start, end)) == {}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (day("2026-05-02"), day("2026-05-01")),
        (time("2026-05-01T10:00:00+02:00"), time("2026-05-01T07:59:00Z")),
    ],
)
def test_an_end_before_the_start_is_a_violation(start: str, end: str) -> None:
    assert codes(event(start, end)) == {"date-order": "violation"}


def test_a_schedule_that_ends_before_it_starts_is_a_violation() -> None:
    turtle = event(day("2026-05-02"), day("2026-05-01")).replace("schema:Event", "schema:Schedule")
    assert codes(turtle) == {"date-order": "violation"}


MIXED = event(day("2026-05-02"), time("2026-05-01T10:00:00+02:00"))


def test_a_day_and_a_time_are_a_violation_whatever_their_order() -> None:
    assert codes(MIXED) == {"date-mixed": "violation"}


def test_pyshacl_finds_nothing_wrong_with_a_mixed_pair_in_the_wrong_order() -> None:
    shape = """
        [] a sh:NodeShape ; sh:targetClass schema:Event ;
           sh:property [ sh:path schema:startDate ; sh:lessThanOrEquals schema:endDate ] .
    """
    shapes = rdflib.Graph().parse(data=PROLOGUE + shape, format="turtle")
    data = rdflib.Graph().parse(data=f"{PROLOGUE}@base <https://exemple.org/> .{MIXED}")
    conforms, _, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, "pySHACL compares them now: let shapes.ttl say it"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2026-06-30", {}),
        ("2026-07-15", {"event-length": "warning"}),
        ("2027-12-31", {"event-length": "violation"}),
    ],
)
def test_a_long_event_is_flagged_and_an_endless_one_refused(
    end: str, expected: dict[str, str]
) -> None:
    assert codes(event(day("2026-05-01"), day(end))) == expected


def test_a_series_may_last_for_years() -> None:
    turtle = event(day("2020-05-01"), day("2026-05-01")).replace(":Event ", ":EventSeries ")
    assert codes(turtle) == {}


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        ("1970", {"event-year": "violation"}),
        ("1999", {"event-year": "warning"}),
        ("2031", {}),
        ("2032", {"event-year": "warning"}),
    ],
)
def test_an_event_in_an_unlikely_year_is_flagged(year: str, expected: dict[str, str]) -> None:
    assert codes(f"<e> a schema:Event ; schema:startDate {day(year + '-01-01')} .") == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (time("2026-04-20T07:00:00Z"), {}),
        (day("2026-04-21"), {"date-modified": "warning"}),
        (day("1999-12-31"), {"date-modified": "warning"}),
    ],
)
def test_a_modification_date_is_neither_old_nor_to_come(
    date: str, expected: dict[str, str]
) -> None:
    assert codes(f"<e> schema:dateModified {date} .") == expected


def test_a_dataset_modified_tomorrow_is_a_violation() -> None:
    assert codes(f"<d> dcterms:modified {day('2026-04-21')} .") == {"date-modified": "violation"}


@pytest.mark.parametrize("name", ["schema:name", "schema:headline"])
def test_a_record_without_a_name_is_a_violation(name: str) -> None:
    record = "<r> a eb:SourceRecord, schema:Place {}; schema:location <r#location> ."
    assert codes(record.format("")) == {"record-nameless": "violation"}
    assert codes(record.format(f'; {name} "Bal"@fr ')) == {}


def test_a_part_of_a_record_may_have_no_name() -> None:
    turtle = "<r> a eb:SourceRecord ; schema:name 'Bal' . <r#location> a schema:Place ."
    assert codes(turtle) == {}


@pytest.mark.parametrize("number", ["73282932000074", "35600000049837"])
def test_a_siret_has_a_right_check_digit_or_is_a_post_office(number: str) -> None:
    assert is_siret(number)


def test_a_siret_with_a_wrong_check_digit_is_a_violation() -> None:
    turtle = '<i> a schema:PropertyValue ; schema:propertyID "SIRET" ; schema:value "{}" .'
    assert codes(turtle.format("73282932000074")) == {}
    assert codes(turtle.format("73282932000075")) == {"siret-digits": "violation"}


def test_a_point_outside_the_territory_is_flagged_where_the_territory_is_known() -> None:
    turtle = "<p> a schema:GeoCoordinates ; schema:latitude {} ; schema:longitude 6.1 ."
    assert codes(turtle.format("45.68"), BAUGES) == {}
    assert codes(turtle.format("48.85"), BAUGES) == {"place-outside": "warning"}
    assert codes(turtle.format("48.85")) == {}


@pytest.mark.parametrize("path", sorted((ROOM / "examples").glob("*.ttl")), ids=lambda p: p.stem)
def test_the_examples_have_nothing_wrong(path: Path) -> None:
    assert check(read_turtle(path), NOW) == []


def test_the_concepts_follow_their_shape() -> None:
    assert check(read_turtle(ROOM / "concepts.ttl"), NOW) == []
