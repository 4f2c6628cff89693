"""The bundled samples: readable on any day, never empty, overlapping, nobody's data."""

import csv
import io
import json
import re
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import icalendar
import pytest
import recurring_ical_events

from samples import dates, serving
from vocab.territory.atlas import shipped

SOURCES = tomllib.loads((Path(__file__).parents[2] / "sources.toml").read_text(encoding="utf-8"))
WEEK = [date(2026, 4, 27) + timedelta(days=shift) for shift in range(7)]
SICK, EMPTY = "mairie-sainte-reine", "comite-des-fetes-d-arith"
NAMES = serving.names()
TYPES = {name: serving.media_type(name).partition(";")[0] for name in NAMES}
CALENDARS = [name for name in NAMES if TYPES[name] == "text/calendar" and name != SICK]
FEEDS = [name for name in NAMES if TYPES[name] in {"application/rss+xml", "application/atom+xml"}]
JSONS = [name for name in NAMES if TYPES[name] in {"application/json", "application/geo+json"}]


def calendar(name: str, today: date) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(serving.render(name, today))


def events(name: str, today: date) -> list[Any]:
    """The VEVENTs of a calendar; icalendar's types know too many kinds of property."""
    return list(calendar(name, today).events)


def document(name: str, today: date) -> Any:
    return json.loads(serving.render(name, today))


def rows(name: str, today: date) -> list[dict[str, str]]:
    text = serving.render(name, today).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def announced(today: date, until: date) -> list[str]:
    """What the calendars and EnBauges.fr announce from ``today`` to the eve of ``until``."""
    found = [
        str(event["SUMMARY"])
        for name in CALENDARS
        for event in recurring_ical_events.of(calendar(name, today)).between(today, until)
        if event.get("STATUS") != "CANCELLED"
    ]
    found.extend(
        event["title"]
        for event in document("enbauges-evenements", today)["events"]
        if today <= datetime.fromisoformat(event["startAt"]).date() < until
    )
    return found


def test_every_sample_is_of_a_kind_that_these_tests_read() -> None:
    assert set(NAMES) == {*CALENDARS, *FEEDS, *JSONS, SICK, "lieux-d-accueil"}
    assert len(NAMES) >= 12


@pytest.mark.parametrize("today", WEEK, ids=str)
@pytest.mark.parametrize("name", CALENDARS)
def test_a_calendar_is_read_whole_by_icalendar(name: str, today: date) -> None:
    assert calendar(name, today).errors == []
    assert events(name, today)
    for event in events(name, today):
        assert event.errors == []
        assert event["UID"]
        assert event.start <= event.end


@pytest.mark.parametrize("name", CALENDARS)
def test_a_calendar_is_written_as_the_specification_wants(name: str) -> None:
    lines = serving.render(name, WEEK[0]).split(b"\r\n")
    assert lines.pop() == b""
    assert not any(b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is cut in two


def test_some_lines_are_folded() -> None:
    assert b"\r\n " in serving.render("mairie-le-chatelard", WEEK[0])


@pytest.mark.parametrize("today", WEEK, ids=str)
@pytest.mark.parametrize("name", CALENDARS)
def test_each_moved_occurrence_and_each_exception_is_one_of_its_series(
    name: str, today: date
) -> None:
    """Otherwise it would be an event more, or an exception to nothing."""
    masters = {event["UID"]: event for event in events(name, today) if "RRULE" in event}
    for event in events(name, today):
        moments = [event["RECURRENCE-ID"].dt] if "RECURRENCE-ID" in event else event.exdates
        if not moments:
            continue
        rule = masters[event["UID"]].copy(recursive=True)
        rule.pop("EXDATE", None)
        plain = icalendar.Calendar()
        plain.add_component(rule)
        for moment in moments:
            assert [it.start for it in recurring_ical_events.of(plain).at(moment.date())] == [
                moment
            ]


@pytest.mark.parametrize("today", WEEK, ids=str)
@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_read_whole_by_feedparser(name: str, today: date) -> None:
    read = feedparser.parse(serving.render(name, today))
    assert not read.bozo
    assert read.version
    assert bool(read.entries) == (name != EMPTY)
    for entry in read.entries:
        assert entry.id
        assert entry.title
        assert entry.get("published_parsed") or entry.updated_parsed


@pytest.mark.parametrize("today", WEEK, ids=str)
@pytest.mark.parametrize("name", JSONS)
def test_a_json_sample_is_json(name: str, today: date) -> None:
    assert document(name, today)


@pytest.mark.parametrize("today", WEEK, ids=str)
def test_the_table_of_places_has_as_many_cells_in_each_row(today: date) -> None:
    places = rows("lieux-d-accueil", today)
    assert len(places) == 6
    assert all(None not in place and None not in place.values() for place in places)


def test_the_sick_calendar_is_a_page() -> None:
    assert serving.render(SICK, WEEK[0]).startswith(b"<!DOCTYPE html>")
    assert TYPES[SICK] == "text/calendar"


@pytest.mark.parametrize("today", WEEK, ids=str)
def test_there_is_always_something_this_week_and_this_weekend(today: date) -> None:
    monday = today - timedelta(days=today.weekday())
    weekend, end = max(today, monday + timedelta(days=5)), monday + timedelta(days=7)
    assert len(announced(today, today + timedelta(days=7))) >= 8
    assert len(announced(weekend, end)) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_the_same_day_gives_the_same_bytes_and_no_placeholder_stays(name: str) -> None:
    body = serving.render(name, WEEK[0])
    assert body == serving.render(name, WEEK[0])
    assert b"{{" not in body


def test_the_town_hall_the_choir_and_enbauges_announce_the_same_concert() -> None:
    today = WEEK[2]
    concert = next(
        event
        for event in events("mairie-le-chatelard", today)
        if "Voix d'alpage" in event["SUMMARY"]
    )
    post = feedparser.parse(serving.render("voix-de-la-combe", today)).entries[0]
    told = document("enbauges-evenements", today)["events"]
    same = next(event for event in told if "Voix d'alpage" in event["title"])
    assert post.link == str(concert["URL"])
    assert "samedi 2 mai" in post.title
    assert datetime.fromisoformat(same["startAt"]) == concert.start
    assert concert.start.isoformat() == "2026-05-02T20:30:00+02:00"


def test_the_association_the_town_hall_and_enbauges_announce_the_same_repair_cafe() -> None:
    today = WEEK[2]
    entry = feedparser.parse(serving.render("repare-et-partage", today)).entries[0]
    start = datetime.fromisoformat(entry.ev_startdate)
    told = document("enbauges-evenements", today)["events"]
    same = next(event for event in told if event["title"] == "Repair Café")
    town_hall = events("mairie-ecole", today)[0]
    assert datetime.fromisoformat(same["startAt"]) == start
    assert town_hall.start == start.replace(tzinfo=None)


def test_a_place_stands_in_three_lists_under_other_spellings_and_coordinates() -> None:
    today = WEEK[0]
    found = set()
    for element in document("carte-des-initiatives", today)["data"]:
        if "Rossane" in element["name"]:
            geo = element["geo"]
            found.add((element["name"], geo["latitude"], geo["longitude"]))
    for feature in document("tiers-lieux-reseau", today)["features"]:
        if "Rossane" in feature["properties"]["nom"]:
            lon, lat = feature["geometry"]["coordinates"]
            found.add((feature["properties"]["nom"], lat, lon))
    for row in rows("lieux-d-accueil", today):
        if "Rossane" in row["Nom du lieu"]:
            lat, lon = (float(row[name].replace(",", ".")) for name in ("Latitude", "Longitude"))
            found.add((row["Nom du lieu"], lat, lon))
    names, latitudes, longitudes = zip(*found, strict=True)
    assert len(set(names)) == 3
    assert max(latitudes) - min(latitudes) < 0.002
    assert max(longitudes) - min(longitudes) < 0.002


def test_communes_carry_the_name_of_their_code() -> None:
    known = {code: commune.name for code, commune in shipped().communes.items()}
    territory = SOURCES["site"]["territory"]
    for row in rows("lieux-d-accueil", WEEK[0]):
        assert known[row["Code INSEE"]] == row["Commune"]
        assert row["Code INSEE"] in territory
    for feature in document("tiers-lieux-reseau", WEEK[0])["features"]:
        assert known[feature["properties"]["code_insee"]] == feature["properties"]["commune"]
        assert feature["properties"]["code_insee"] in territory


def test_the_shipped_sources_name_each_sample_once() -> None:
    named = sorted(source["url"].removeprefix("sample:") for source in SOURCES["source"])
    assert named == sorted(NAMES)


def test_some_sources_state_a_licence_and_some_do_not() -> None:
    licences = {source.get("licence") for source in SOURCES["source"]}
    assert {None, "accord", "etalab-2.0", "odbl-1.0", "cc-by-4.0"} <= licences


@pytest.mark.parametrize("name", NAMES)
def test_nobody_can_be_reached_through_a_sample(name: str) -> None:
    text = serving.render(name, WEEK[0]).decode().replace("\r\n ", "")
    for host in re.findall(r"[\w.-]+@([\w.-]+)", text):
        assert host.endswith("example.org")
    for number in re.findall(r"(?<!\d)0\d(?:[ .]?\d\d){4}(?!\d)", text):
        assert number.replace(" ", "").startswith("046571"), "kept for fiction by ARCEP"


def test_readme_describes_each_sample() -> None:
    readme = (Path(serving.__file__).parent / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## ")[0]
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == sorted(NAMES)


@pytest.mark.parametrize(
    ("placeholder", "written"),
    [
        ("today | date", "2026-04-29"),
        ("today+3d | date", "2026-05-02"),
        ("monday | date", "2026-04-27"),
        ("sunday+1w | date", "2026-05-10"),
        ("saturday-2w 20:30 | iso", "2026-04-18T20:30:00+02:00"),
        ("saturday 20:30 | utc", "2026-05-02T18:30:00.000Z"),
        ("saturday 20:30 | ics", "20260502T203000"),
        ("saturday 20:30 | ics-utc", "20260502T183000Z"),
        ("saturday | ics-date", "20260502"),
        ("saturday 20:30 | rfc822", "Sat, 02 May 2026 20:30:00 +0200"),
        ("friday | french", "vendredi 1er mai"),
        ("monday-20w 20:00 | utc", "2025-12-08T19:00:00.000Z"),
    ],
)
def test_a_placeholder_is_a_day_a_time_and_a_form(placeholder: str, written: str) -> None:
    assert dates.fill(f"<{{{{ {placeholder} }}}}>", date(2026, 4, 29)) == f"<{written}>"


@pytest.mark.parametrize(
    "placeholder",
    ["", "today", "samedi | date", "today | klingon", "today+3 | date", "today 8:00 | iso"],
)
def test_a_mistyped_placeholder_is_an_error(placeholder: str) -> None:
    with pytest.raises(ValueError, match="not a date of a sample"):
        dates.fill(f"{{{{{placeholder}}}}}", date(2026, 4, 29))
