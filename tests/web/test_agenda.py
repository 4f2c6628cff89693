"""The agenda page: periods, filters in the address, and what it says when there is nothing."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.datastructures import QueryParams

from store.things import Thing
from web.agenda import Period, event_of
from web.filters import Filter

PARIS = ZoneInfo("Europe/Paris")


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="title"[^>]*>(.*?)</a>', page)


@pytest.mark.parametrize(
    ("view", "day", "first", "last"),
    [
        ("jour", "2026-11-25", "2026-11-25", "2026-11-25"),
        ("semaine", "2026-11-25", "2026-11-25", "2026-12-01"),
        ("week-end", "2026-11-25", "2026-11-28", "2026-11-29"),
        ("week-end", "2026-11-28", "2026-11-28", "2026-11-29"),
        ("week-end", "2026-11-29", "2026-11-29", "2026-11-29"),
        ("mois", "2026-02-10", "2026-02-01", "2026-02-28"),
        ("mois", "2026-12-31", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_period_holds_its_day(view: str, day: str, first: str, last: str) -> None:
    period = Period.of(view, date.fromisoformat(day), PARIS)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize("view", ["jour", "week-end", "semaine", "mois"])
def test_the_next_and_the_former_period_touch_it(view: str) -> None:
    period = Period.of(view, date(2026, 11, 25), PARIS)
    after = Period.of(view, period.after(), PARIS)
    assert after.first > period.last
    assert Period.of(view, after.before(), PARIS).first <= period.last
    assert Period.of(view, period.before(), PARIS).last < period.first


def test_what_ends_at_midnight_is_not_of_the_day_after() -> None:
    thing = Thing(
        iri="x", kind="event", start="2026-11-28T20:00:00+01:00", end="2026-11-29T00:00:00+01:00"
    )
    event = event_of(thing, PARIS)
    assert event is not None
    assert event.last == date(2026, 11, 28)


def test_an_end_before_the_beginning_is_none() -> None:
    thing = Thing(
        iri="x", kind="event", start="2026-11-28T20:00:00+01:00", end="2026-11-27T20:00:00+01:00"
    )
    event = event_of(thing, PARIS)
    assert event is not None
    assert (event.ends, event.last) == (None, date(2026, 11, 28))


def test_the_agenda_shows_the_coming_week_and_what_goes_on_apart(client: httpx.Client) -> None:
    page = client.get("/agenda").text
    assert "Du dimanche 22 novembre au samedi 28 novembre 2026" in page
    ongoing = page.partition('id="d-ongoing"')[2].partition("</ul>")[0]
    assert sorted(titles(ongoing)) == ["Exposition", "Stage de nuit"]
    assert "Atelier de réparation" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("vue=jour&date=2026-12-05", ["Atelier de réparation"]),
        (
            "vue=mois&date=2026-12-01&serie=https://data.example/id/series/atelier",
            ["Atelier de réparation"] * 2,
        ),
        ("vue=mois&date=2026-12-01&gratuit=1", ["Atelier de réparation"]),
        ("vue=mois&date=2026-12-01&public=tous", ["Atelier de réparation"]),
        ("vue=mois&date=2026-12-01&lieu=fab", ["Atelier de réparation"]),
        ("vue=mois&date=2026-12-01&q=reparations", ["Atelier de réparation"] * 2),
        ("vue=mois&date=2026-12-01&bbox=6,45,7,46", ["Atelier de réparation"]),
        ("commune=73081", ["Concert d’hiver"]),
        ("theme=theme", ["Concert d’hiver"]),
        ("organisateur=comite-des-fetes", ["Concert d’hiver"]),
        ("theme=theme&theme=local", ["Concert d’hiver", "Marché de Noël"]),
        ("theme=theme&commune=73139", []),
        ("source=mairie", ["Loto", "Marché de Noël"]),
    ],
)
def test_every_filter_is_in_the_address(client: httpx.Client, query: str, found: list[str]) -> None:
    assert sorted(titles(client.get(f"/agenda?{query}").text)) == found


def test_a_filter_is_named_and_can_be_removed(client: httpx.Client) -> None:
    page = client.get("/agenda?commune=73081&theme=theme").text
    chips = dict(re.findall(r'<a href="([^"]*)" title="Retirer ce filtre">(.*?) <', page))
    assert chips == {
        "/agenda?theme=theme": "Le Châtelard",
        "/agenda?commune=73081": "Culture et arts",
    }


def test_the_form_carries_the_view_and_offers_what_there_is(client: httpx.Client) -> None:
    page = client.get("/agenda?vue=mois&date=2026-11-01&source=comite").text
    form = page.partition("<form action=")[2].partition("</form>")[0]
    assert '<input type="hidden" name="vue" value="mois">' in form
    assert '<input type="hidden" name="date" value="2026-11-01">' in form
    assert '<input type="hidden" name="source" value="comite">' in form
    assert "Le Châtelard (1)" in form


def test_a_month_leads_to_its_days(client: httpx.Client) -> None:
    page = client.get("/agenda?vue=mois&date=2026-12-01").text
    assert '<a href="#d2026-12-05">' in page
    assert 'id="d2026-12-05"' in page


def test_what_is_no_longer_announced_is_said_so(client: httpx.Client) -> None:
    page = client.get("/agenda?vue=jour&date=2026-12-12").text
    assert '<strong class="mark">n&#39;est plus annoncé</strong>' in page


@pytest.mark.parametrize(
    "query", ["date=9999-12-31&vue=mois", "date=0001-01-01", "date=x&vue=y", "bbox=1,2,3&q=%00"]
)
def test_an_address_that_makes_no_sense_still_shows_a_page(
    client: httpx.Client, query: str
) -> None:
    assert client.get(f"/agenda?{query}").status_code == 200


def test_where_nothing_is_announced_the_page_helps(client: httpx.Client) -> None:
    page = client.get("/agenda?commune=73139&theme=theme").text
    assert "Voir toutes les communes" in page
    assert "Voir le mois entier" in page


def test_the_feeds_of_a_page_hold_its_filters(client: httpx.Client) -> None:
    page = client.get("/agenda?commune=73081&vue=mois").text
    assert 'href="/agenda.ics?commune=73081"' in page
    assert re.search(r'href="webcal://127\.0\.0\.1:\d+/agenda\.ics\?commune=73081"', page)


def test_a_filter_comes_back_from_its_own_address() -> None:
    asked = Filter.read(
        QueryParams("commune=1&commune=2&theme=a&gratuit=1&q=f%C3%AAte&bbox=1,2,3,4")
    )
    assert Filter.read(QueryParams(asked.query()[1:])) == asked
    assert not Filter.read(QueryParams("bbox=4,2,3,1&theme=&vue=mois"))
