"""The feeds of the agenda, read again by the programs that would read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import httpx
import icalendar
import pytest
import vobject

PARIS = ZoneInfo("Europe/Paris")
BASE = "https://data.example/"


@pytest.fixture(scope="module")
def calendar(client: httpx.Client) -> bytes:
    return client.get("/agenda.ics").content


def vevents(body: bytes) -> dict[str, Any]:
    parsed = icalendar.Calendar.from_ical(body)
    return {str(event["uid"]): event for event in parsed.walk("VEVENT")}


def test_a_calendar_tells_dates_with_their_zone(calendar: bytes) -> None:
    concert = vevents(calendar)["event/concert@data.example"]
    assert concert["dtstart"].dt == datetime(2026, 11, 25, 20, 30, tzinfo=PARIS)
    assert concert["dtstart"].params["TZID"] == "Europe/Paris"
    assert concert["dtend"].dt == datetime(2026, 11, 25, 22, 0, tzinfo=PARIS)
    assert str(concert["location"]) == "Salle des fêtes, Le Châtelard"
    assert str(concert["url"]) == f"{BASE}id/event/concert"
    zones = icalendar.Calendar.from_ical(calendar).walk("VTIMEZONE")
    assert [str(zone["tzid"]) for zone in zones] == ["Europe/Paris"]


def test_whole_days_are_dates_and_end_the_day_after(calendar: bytes) -> None:
    market = vevents(calendar)["event/marche@data.example"]
    assert (market["dtstart"].dt, market["dtend"].dt) == (date(2026, 11, 28), date(2026, 12, 1))


def test_what_is_cancelled_stays_and_is_said_so(calendar: bytes) -> None:
    found = vevents(calendar)
    assert str(found["event/annule@data.example"]["status"]) == "CANCELLED"
    assert "annulé" in str(found["event/annule@data.example"]["summary"])
    assert str(found["event/concert@data.example"]["status"]) == "CONFIRMED"
    assert "n'est plus annoncé" in str(found["event/atelier/20261212@data.example"]["summary"])


def test_another_parser_reads_the_same(calendar: bytes) -> None:
    parsed = vobject.readOne(calendar.decode())
    assert {event.uid.value for event in parsed.vevent_list} == set(vevents(calendar))
    concert = next(
        each for each in parsed.vevent_list if each.uid.value.startswith("event/concert")
    )
    assert concert.dtstart.value.astimezone(UTC) == datetime(2026, 11, 25, 19, 30, tzinfo=UTC)


def test_lines_are_folded_and_end_as_the_specification_asks(calendar: bytes) -> None:
    assert calendar.count(b"\r\n") == calendar.count(b"\n")
    assert max(map(len, calendar.split(b"\r\n"))) <= 75


def test_every_event_has_what_calendars_require_and_a_name_of_its_own(calendar: bytes) -> None:
    parsed = icalendar.Calendar.from_ical(calendar)
    events = parsed.walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events)
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "STATUS"} <= set(event)
        assert event.decoded("dtstamp").utcoffset() == timedelta()
    assert str(parsed["method"]) == "PUBLISH"


def test_a_calendar_is_the_same_bytes_until_something_changes(client: httpx.Client) -> None:
    first = client.get("/agenda.ics")
    again = client.get("/agenda.ics", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/agenda.ics").content == first.content


def test_feeds_hold_what_is_filtered_and_say_so(client: httpx.Client) -> None:
    body = client.get("/agenda.ics?commune=73081").content
    assert set(vevents(body)) == {
        "event/concert@data.example",
        "event/atelier/20261205@data.example",
    }
    assert "Le Châtelard" in str(icalendar.Calendar.from_ical(body)["x-wr-calname"])
    assert len(feedparser.parse(client.get("/agenda.atom?commune=73081").content).entries) == 2


def test_what_a_reader_typed_breaks_no_line_of_a_calendar(client: httpx.Client) -> None:
    answer = client.get("/agenda.ics", params={"q": "fête\r\nX-EVIL:1"})
    assert answer.status_code == 200
    assert b"\nX-EVIL" not in answer.content


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_feed_is_read_by_a_feed_reader(client: httpx.Client, form: str) -> None:
    response = client.get(f"/agenda.{form}")
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo
    assert response.headers["content-type"].startswith(f"application/{form}+xml")
    concert = next(entry for entry in parsed.entries if "Concert" in entry.title)
    assert concert.link == f"{BASE}id/event/concert"
    assert concert.title == "mer. 25 nov., 20:30 : Concert d’hiver"
    assert concert.id == f"{BASE}id/event/concert"
    assert "Comité des fêtes" in concert.summary


@pytest.mark.parametrize("form", ["atom", "rss", "ics"])
def test_hostile_content_is_harmless_text_in_feeds(client: httpx.Client, form: str) -> None:
    body = client.get(f"/agenda.{form}").text
    assert "javascript:" not in body
    assert "\u202e" not in body
    assert "\x07" not in body
    if form != "ics":
        assert not re.search(r"<(script|img|svg|b|i)\b", body)
        parsed = feedparser.parse(body, sanitize_html=False)
        trap = next(entry for entry in parsed.entries if "onerror" in entry.title)
        assert form == "atom" or "<img" not in trap.title
        assert form == "atom" or "<script" not in trap.summary


def test_fullcalendar_gets_the_events_of_its_view(client: httpx.Client) -> None:
    view = {"start": "2026-11-25T00:00:00+01:00", "end": "2026-11-29T00:00:00+01:00"}
    found = {each["id"]: each for each in client.get("/agenda.json", params=view).json()}
    assert set(found) == {f"{BASE}id/event/concert", f"{BASE}id/event/marche"}
    concert, market = found[f"{BASE}id/event/concert"], found[f"{BASE}id/event/marche"]
    assert datetime.fromisoformat(concert["start"]) == datetime(2026, 11, 25, 20, 30, tzinfo=PARIS)
    assert (market["allDay"], market["start"], market["end"]) == (True, "2026-11-28", "2026-12-01")


def test_a_plus_sign_that_was_not_encoded_is_understood(client: httpx.Client) -> None:
    found = client.get("/agenda.json?start=2026-11-25T00:00:00+01:00&end=2026-11-26").json()
    assert [each["title"] for each in found] == ["Concert d’hiver"]


def test_the_neighbour_reads_its_own_shape(client: httpx.Client) -> None:
    params = {"from": "2026-11-25T00:00:00.000Z", "to": "2026-11-30T00:00:00.000Z", "limit": "1"}
    answer = client.get("/api/enbauges/events/public", params=params).json()
    (event,) = answer["events"]
    assert event["_id"] == "concert"
    assert event["startAt"] == "2026-11-25T19:30:00.000Z"
    assert event["endAt"] == "2026-11-25T21:00:00.000Z"
    assert event["org"] == {
        "_id": "comite-des-fetes",
        "name": "Comité des fêtes",
        "slug": "comite-des-fetes",
    }
    assert isinstance(event["location"], str)
    assert event["category"] == "Culture et arts"


def test_a_map_gets_what_lies_in_its_box(client: httpx.Client) -> None:
    response = client.get("/agenda.geojson?bbox=6,45,7,46")
    assert response.headers["content-type"] == "application/geo+json"
    (feature,) = response.json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [6.13, 45.69]}
    assert client.get("/agenda.geojson?bbox=0,0,1,1").json()["features"] == []


@pytest.mark.parametrize(
    "path", ["/agenda.ics", "/agenda.json", "/agenda.atom", "/api/enbauges/events/public"]
)
def test_any_site_may_read_the_feeds(client: httpx.Client, path: str) -> None:
    assert client.get(path).headers["access-control-allow-origin"] == "*"
    assert client.options(path).status_code == 204
