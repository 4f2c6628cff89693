"""Every thing at its own address: a page, data, or the word that it is gone."""

from __future__ import annotations

import re

import extruct
import httpx
import icalendar
import pyoxigraph as ox
import pytest

from web.documents import iri_of

BASE = "https://data.example/"
DATA = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
}


def statements(body: bytes, form: ox.RdfFormat) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(body, format=form, base_iri=BASE)}


@pytest.fixture(scope="module")
def workshop(client: httpx.Client) -> str:
    return client.get("/id/event/atelier/20261205").text


def test_the_page_tells_what_is_known(workshop: str) -> None:
    assert "<h1>Atelier de réparation</h1>" in workshop
    assert "samedi 5 décembre 2026, 14:00" in workshop
    assert '<a href="/id/place/fab">Fab</a>' in workshop
    assert "Le Châtelard" in workshop
    assert "grille-pain &amp; cie.\nAmenez vos &lt;outils&gt;." in workshop


def test_the_page_tells_who_says_so_and_where_to_correct_it(workshop: str) -> None:
    says = workshop.partition('id="says"')[2]
    assert "Agenda du comité" in says
    assert "licence à clarifier" in says
    assert 'rel="license noopener">CC BY 4.0</a>' in says
    assert '<a href="https://mairie.example/repair" rel="nofollow noopener">corriger' in says


def test_the_page_tells_what_sources_say_differently(workshop: str) -> None:
    table = workshop.partition('id="differences"')[2].partition("</table>")[0]
    assert "Repair café" in table
    assert "5 décembre 2026, 14:30" in table
    assert "Description" not in table


def test_the_page_leads_to_other_dates_and_to_what_is_near(
    client: httpx.Client, workshop: str
) -> None:
    assert 'href="/id/event/atelier/20261212">samedi 12 décembre 2026, 14:00' in workshop
    assert 'href="/id/series/atelier">Ateliers du samedi' in workshop
    place = client.get("/id/place/fab").text
    near = place.partition('id="near"')[2]
    assert "Jardin partagé" in near
    assert "Atelier de réparation" in place.partition('id="coming"')[2]
    assert "sam. 10:00-17:00" in place


@pytest.mark.parametrize("extension", DATA)
def test_each_format_says_the_same(client: httpx.Client, extension: str) -> None:
    media, form = DATA[extension]
    by_header = client.get("/id/place/fab", headers={"accept": media})
    by_extension = client.get(f"/id/place/fab.{extension}")
    assert by_header.headers["content-type"].startswith(media)
    assert by_header.content == by_extension.content
    expected = statements(client.get("/id/place/fab.nt").content, ox.RdfFormat.N_TRIPLES)
    assert statements(by_header.content, form) == expected
    assert any("/place/fab#geo> <https://schema.org/latitude>" in each for each in expected)


def test_a_page_is_for_those_who_ask_for_one(client: httpx.Client) -> None:
    assert client.get("/id/place/fab").headers["content-type"].startswith("text/html")
    anything = client.get("/id/place/fab", headers={"accept": "*/*"})
    assert anything.headers["content-type"].startswith("text/turtle")
    assert "Accept" in anything.headers["vary"]
    assert client.get("/id/place/fab", headers={"accept": "image/png"}).status_code == 406


def test_data_may_be_read_from_anywhere_and_kept(client: httpx.Client) -> None:
    first = client.get("/id/place/fab.ttl")
    assert first.headers["access-control-allow-origin"] == "*"
    headers = {"if-none-match": first.headers["etag"]}
    assert client.get("/id/place/fab.ttl", headers=headers).status_code == 304
    assert 'rel="describes"' in first.headers["link"]


def test_what_was_withdrawn_is_gone_for_people_and_for_programs(client: httpx.Client) -> None:
    page = client.get("/id/event/parti")
    assert page.status_code == 410
    assert "Retiré" in page.text
    data = client.get("/id/event/parti", headers={"accept": "text/turtle"})
    assert data.status_code == 410
    assert "Tombstone" in data.text


def test_what_is_withdrawn_and_not_buried_yet_says_so_and_is_in_no_list(
    client: httpx.Client,
) -> None:
    page = client.get("/id/event/retire")
    assert page.status_code == 200
    assert "Bal retiré" in page.text
    assert "Depuis le 18 novembre 2026, 07:00" in page.text
    assert "noindex" in page.text
    assert embedded(page.text) == []
    assert "Bal retiré" not in client.get("/agenda").text


def test_what_never_was_is_missing(client: httpx.Client) -> None:
    assert client.get("/id/event/jamais").status_code == 404
    assert client.get("/id/event/jamais.ttl").status_code == 404
    assert client.get("/id/event/jamais.ics").status_code == 404
    for no_iri in ("%F0%9F", "%ff.ttl", "a|b", "%00"):
        assert client.get(f"/id/event/{no_iri}").status_code == 404, no_iri


def test_a_record_and_a_source_tell_their_statements(client: httpx.Client) -> None:
    record = client.get("/id/record/mairie/atelier").text
    assert "Repair café" in record
    assert "Agenda de la mairie" in client.get("/id/source/mairie").text


def test_an_iri_with_letters_beyond_ascii_is_found_as_clients_write_it(
    client: httpx.Client,
) -> None:
    assert (
        iri_of(BASE, b"/id/record/m/f%C3%AAte%20d%2Fhiver") == f"{BASE}id/record/m/fête%20d%2Fhiver"
    )
    assert client.get("/id/organization/com%C3%A9die").status_code == 200


def test_a_commune_leads_to_its_agenda(client: httpx.Client) -> None:
    answer = client.get("/id/commune/73081", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/agenda?commune=73081")


def test_an_event_and_a_series_are_calendars(client: httpx.Client) -> None:
    one = icalendar.Calendar.from_ical(client.get("/id/event/concert.ics").content)
    assert [str(each["summary"]) for each in one.walk("VEVENT")] == ["Concert d’hiver"]
    series = icalendar.Calendar.from_ical(client.get("/id/series/atelier.ics").content)
    assert len(series.walk("VEVENT")) == 2


def embedded(page: str) -> list[dict[str, object]]:
    found = extruct.extract(page, base_url=BASE, syntaxes=["json-ld"], uniform=False)
    documents: list[dict[str, object]] = found["json-ld"]
    return documents


def test_search_engines_read_the_event_in_its_page(client: httpx.Client) -> None:
    (event,) = embedded(client.get("/id/event/concert").text)
    assert event["@type"] == "Event"
    assert event["startDate"] == "2026-11-25T19:30:00Z"
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    place = event["location"]
    assert isinstance(place, dict)
    assert place["name"] == "Salle des fêtes"
    assert place["address"]["addressLocality"] == "Le Châtelard"
    assert event["organizer"] == {"@type": "Organization", "name": "Comité des fêtes"}
    (cancelled,) = embedded(client.get("/id/event/annule").text)
    assert cancelled["eventStatus"] == "https://schema.org/EventCancelled"


def test_search_engines_read_the_events_of_the_agenda(client: httpx.Client) -> None:
    (listing,) = embedded(client.get("/agenda").text)
    graph = listing["@graph"]
    assert isinstance(graph, list)
    assert f"{BASE}id/event/concert" in {each["@id"] for each in graph}


def test_hostile_content_is_harmless_text_on_every_page(client: httpx.Client) -> None:
    for path in ("/id/event/piege", "/agenda?vue=mois&date=2026-12-01", "/agenda?q=txt.exe"):
        page = client.get(path).text
        assert "onerror=alert(1)&gt;" in page or path.endswith("exe")
        assert not re.search(r"<(img|svg|b|i)\b", page)
        assert "javascript:" not in page
        assert "\u202e" not in page
        for script in re.findall(r"<script[^>]*>", page):
            assert script == '<script type="application/ld+json">'
        assert len(embedded(page)) == 1


def test_the_canonical_address_is_the_iri(client: httpx.Client) -> None:
    page = client.get("/id/event/concert?lang=en").text
    assert f'<link rel="canonical" href="{BASE}id/event/concert">' in page
    assert '<meta property="og:title" content="Concert d’hiver, Wed 25 Nov, 20:30' in page


def test_a_place_has_a_calendar_of_what_takes_place_there(client: httpx.Client) -> None:
    answer = client.get("/id/place/fab.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert "Atelier de réparation" in answer.text
    assert client.get("/id/article/lettre.ics").status_code == 404
