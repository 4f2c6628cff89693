"""What is proposed of a source: nothing that its answer does not say."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest

from harvester.discovery.detection import detect
from harvester.discovery.pages import WebPage, page_of
from harvester.discovery.proposal import proposal
from harvester.discovery.search import Candidate
from harvester.fetch import Fetched, Validators
from harvester.records import Content
from harvester.sources import Source
from harvester.sources.rules import licence_meant
from mappings import platforms
from tests import platform_samples
from tests.harvester.test_detection import ANSWERS

CC = "https://creativecommons.org/licenses"
URL = "https://www.mairie-ecole.example/agenda.ics"
AT = datetime(2026, 5, 1, tzinfo=UTC)


def candidate(body: str | bytes, url: str = URL, page: WebPage | None = None) -> Candidate:
    content = Content(body.encode() if isinstance(body, str) else body, url=url)
    (guess, *_) = detect(content, platforms().values()).guesses
    return Candidate(url, Fetched(url, AT, 200, (content,), Validators()), guess, page=page)


def fields(found: Candidate, **more: Any) -> dict[str, Any]:
    told = dict(proposal(found, more.pop("taken", ()), **more).fields)
    assert Source.model_validate(told).id == told["id"]
    return told


def calendar(name: str) -> str:
    return f"BEGIN:VCALENDAR\r\nX-WR-CALNAME:{name}\r\nEND:VCALENDAR\r\n"


def test_a_calendar_gives_its_name_and_the_site_is_its_publisher() -> None:
    page = page_of(
        "<title>Agenda - Mairie d'École</title><meta property='og:site_name' content='École'>",
        "https://www.mairie-ecole.example/",
    )
    told = fields(candidate(calendar("Agenda de la mairie d'École"), page=page))
    assert told == {
        "id": "agenda-mairie-ecole",
        "kind": "ics",
        "url": URL,
        "title": "Agenda de la mairie d'École",
        "publisher": "École",
    }


@pytest.mark.parametrize(
    ("title", "source_id"),
    [
        ("Le Noyer — fêtes & foires", "noyer-fetes-foires"),
        ("Agenda", "mairie-ecole-agenda"),
        ("Événements", "mairie-ecole-evenements"),
        ("日本", "mairie-ecole"),
        (
            "Un très long titre, que personne ne voudrait écrire deux fois",
            "un-tres-long-titre-que-personne-ne",
        ),
    ],
)
def test_an_id_comes_from_the_title_or_the_host(title: str, source_id: str) -> None:
    assert fields(candidate(calendar(title)))["id"] == source_id


@pytest.mark.parametrize(
    ("end", "title"),
    [
        ("lieux_de_m%C3%A9diation.csv", "Lieux de médiation"),
        ("export.csv", "www.mairie-ecole.example"),
        ("2026.csv", "www.mairie-ecole.example"),
        ("", "www.mairie-ecole.example"),
    ],
)
def test_an_answer_without_a_title_has_that_of_its_file_or_its_host(end: str, title: str) -> None:
    url = f"https://www.mairie-ecole.example/{end}"
    told = fields(candidate("nom;commune\nA;École\nB;Arith\n", url=url))["title"]
    assert told == title.removeprefix("www.")


def test_an_id_that_is_taken_gets_a_number_and_one_that_is_given_stands() -> None:
    found = candidate(calendar("Les Amis"))
    assert fields(found, taken={"amis", "amis-2"})["id"] == "amis-3"
    assert fields(found, taken={"amis"}, source_id="mien")["id"] == "mien"


@pytest.mark.parametrize(
    ("body", "licence"),
    [
        (
            f"<rss><channel><title>A</title><cc:license rdf:resource='{CC}/by-sa/4.0/'/>",
            "cc-by-sa-4.0",
        ),
        (f"<feed><title>A</title><link rel='license' href='{CC}/by/3.0/'/>", f"{CC}/by/3.0/"),
        ('{"osm3s": {"copyright": "available under ODbL."}, "elements": []}', "odbl-1.0"),
        (
            '{"licence": "https://opendatacommons.org/licenses/odbl/summary/", "data": [{}]}',
            "odbl-1.0",
        ),
        ("<rss><channel><title>A</title><link rel='license' href='/mentions-legales'/>", None),
        (calendar("Tous droits réservés, CC BY"), None),
    ],
)
def test_a_licence_is_taken_from_the_answer_and_only_when_it_is_known(
    body: str, licence: str | None
) -> None:
    assert fields(candidate(body)).get("licence") == licence


def test_a_licence_of_the_page_around_is_not_that_of_the_calendar() -> None:
    page = page_of(
        '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
        "https://m.example/",
    )
    found = candidate(calendar("A"), page=page)
    assert "licence" not in fields(found)
    assert proposal(found, ()).around == "cc-by-4.0"


def test_names_of_licences_are_known_however_they_are_written() -> None:
    assert licence_meant("https://www.etalab.gouv.fr/licence-ouverte-open-licence/") == ""  # 1 or 2
    assert licence_meant("etalab-2.0") == "etalab-2.0"
    assert licence_meant("http://creativecommons.org/publicdomain/zero/1.0") == "cc0-1.0"


@pytest.mark.parametrize(
    ("title", "commune"),
    [
        ("Mairie d'École", "73106"),
        ("Agenda | Commune du Châtelard", "73081"),
        ("Mairie de Paris", None),
        ("Amis d'École", None),
        ("École", None),
        ("Mairie d'École - Mairie du Châtelard", None),
    ],
)
def test_a_commune_is_that_of_a_town_hall_of_the_territory(title: str, commune: str | None) -> None:
    territory = ("73106", "73081")
    assert fields(candidate(calendar(title)), territory=territory).get("commune") == commune
    assert "commune" not in fields(candidate(calendar(title)), territory=("74004",))


def test_titles_hold_nothing_that_a_terminal_would_obey() -> None:
    told = fields(candidate(calendar("Bal\x1b[31m \u202erouge &amp; blanc")))
    assert told["title"] == "Bal [31m rouge & blanc"


@pytest.mark.parametrize("name", ANSWERS)
def test_the_sample_of_each_platform_becomes_a_valid_block(name: str) -> None:
    told = fields(candidate(platform_samples.sample(name).read_bytes()))
    assert told["kind"] == name


def test_entries_that_no_reader_would_find_get_an_iterator() -> None:
    told = fields(candidate('{"d": {"results": [{"nom": "A"}, {"nom": "B"}]}}'))
    assert (told["kind"], told["iterator"]) == ("json", "$.d.results[*]")
    assert "iterator" not in fields(candidate('{"results": [{"nom": "A", "x": {"y": [{}]}}]}'))


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN:VCALENDAR\nNAME:" + " " * 100_000 + "x\nEND:VCALENDAR\n",
        "<rss>" + ("<title>" + " " * 350 + "x") * 600 + "<channel><item/></channel></rss>",
    ],
    ids=["calendar", "feed"],
)
def test_no_title_takes_long_to_find(body: str) -> None:
    began = process_time()
    proposal(candidate(body), ())
    assert process_time() - began < 1
