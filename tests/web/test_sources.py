"""The pages of the sources, of the coverage, of the map and of the search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from sparql.values import Limits
from store.standing import PastRun, Saved, SourceState, StoredIssue
from store.state import State
from vocab.messages import say
from web import create
from web.source_pages import bars

Browse = Callable[[ASGIApp], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory,
    publish: Callable[[Path], Path],
    browse: Browse,
    now: datetime,
) -> Iterator[httpx.Client]:
    """A client of a node whose state is known."""
    folder = tmp_path_factory.mktemp("node")
    root = publish(folder)
    failed = say("the address answers {status} instead of a calendar", status=404)
    run = PastRun(now - timedelta(days=2), "committed", records=12, added=12)
    with State(folder / "state.sqlite") as state:
        state.save(
            [
                Saved(SourceState("mairie", outcome="committed", good_at=now, records=12), run=run),
                Saved(
                    SourceState(
                        "comite",
                        outcome="failed",
                        reason=failed,
                        failures=3,
                        good_at=now - timedelta(days=9),
                        broken_since=now - timedelta(days=8),
                    ),
                    issues=[StoredIssue("x", "warning", say("a date that is none"), count=4)],
                    run=PastRun(now, "failed", reason=failed),
                ),
                Saved(
                    SourceState(
                        "jamais-lue", outcome="failed", reason=failed, title="Agenda jamais lu"
                    )
                ),
            ]
        )
    app = create(
        root,
        title="Données des Bauges",
        limits=Limits(workers=1, per_client=1),
        clock=lambda: now,
        state=folder / "state.sqlite",
        contact="agenda@data.example",
        tiles="https://tiles.example/{z}/{x}/{y}.png",
        attribution="Les <cartographes>",
    )
    with browse(app) as client:
        yield client


def test_the_sources_that_are_ill_come_first_and_say_why(told: httpx.Client) -> None:
    page = told.get("/sources").text
    titles = re.findall(r'<a class="title"[^>]*>(.*?)</a>', page)
    assert sorted(titles[:2]) == ["Agenda du comité", "Agenda jamais lu"]
    assert "the address answers 404 instead of a calendar" in page
    assert "illisible</span>\ndepuis le 14 novembre 2026, 00:30" in page
    assert "2 à regarder" in page


def test_a_source_that_was_retired_says_since_when_and_is_not_ill(told: httpx.Client) -> None:
    for path in ("/sources?lang=fr", "/id/source/velo?lang=fr"):
        page = told.get(path).text
        assert "retirée le 1er octobre 2026" in page
    assert told.get("/sources.json").json()["sources"][3]["retiredSince"].startswith("2026-10-01")


def test_a_source_has_its_runs_as_a_chart_and_as_a_table(told: httpx.Client) -> None:
    page = told.get("/id/source/comite").text
    assert '<rect class="failed"' in page
    assert "a date that is none" in page
    assert "× 4" in page
    assert "changements repris" in told.get("/id/source/mairie").text
    assert told.get("/id/source/jamais-lue").status_code == 200
    assert told.get("/id/source/inconnue").status_code == 404


def test_programs_read_how_the_sources_do(told: httpx.Client) -> None:
    found = {each["title"]: each for each in told.get("/sources.json").json()["sources"]}
    assert found["Agenda du comité"]["outcome"] == "failed"
    assert found["Agenda de la mairie"]["licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_a_thing_says_when_its_source_last_confirmed_it(told: httpx.Client) -> None:
    page = told.get("/id/event/annule").text
    assert "confirmé pour la dernière fois le 22 novembre 2026, 00:30" in page


def test_a_node_whose_state_is_unknown_shows_its_sources(client: httpx.Client) -> None:
    assert "Agenda de la mairie" in client.get("/sources").text


def test_bars_are_as_high_as_what_was_read(now: datetime) -> None:
    drawn = bars([PastRun(now, "committed", records=count) for count in (0, 5, 10)])
    assert [bar.height for bar in drawn] == [2, 14, 28]
    assert [bar.y + bar.height for bar in drawn] == [28, 28, 28]
    assert len(bars([PastRun(now, "unchanged")] * 50)) == 30


def test_coverage_tells_what_is_known_and_what_is_missing(told: httpx.Client) -> None:
    page = told.get("/couverture").text
    row = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
    assert "Le Châtelard" in row[0]
    assert "aucun" in row[0]
    assert "agenda@data.example" in page
    (commune,) = told.get("/couverture.json").json()["communes"]
    assert commune == {
        "insee": "73081",
        "name": "Le Châtelard",
        "events": 2,
        "third": 1,
        "places": 0,
        "organizations": 0,
        "services": 1,
        "articles": 1,
    }


def test_the_map_and_its_list_hold_the_same(told: httpx.Client) -> None:
    response = told.get("/carte")
    listed = re.findall(r'data-latitude="([\d.]+)" data-longitude="([\d.]+)"', response.text)
    features = told.get("/carte.geojson").json()["features"]
    assert sorted((float(lon), float(lat)) for lat, lon in listed) == sorted(
        tuple(each["geometry"]["coordinates"]) for each in features
    )
    assert "Comité des fêtes" in response.text.partition("<details>")[2]


def test_the_map_shows_what_has_only_a_commune_in_its_middle_and_says_so(
    client: httpx.Client,
) -> None:
    page = client.get("/carte?quoi=agenda").text
    entry = re.search(r'<li data-latitude="45.6809"[^>]*approximate.*?</li>', page, re.DOTALL)
    assert entry
    assert "Concert d’hiver" in entry[0]
    assert "position exacte" in entry[0]
    features = client.get("/carte.geojson?quoi=agenda").json()["features"]
    assert all(each["properties"]["name"] != "Concert d’hiver" for each in features)
    assert 'data-note="' in client.get("/embed/carte?quoi=agenda").text


def test_coverage_draws_a_commune_at_its_centre(client: httpx.Client) -> None:
    assert "<circle" in client.get("/couverture").text


def test_the_map_may_show_tiles_of_the_server_that_is_configured(
    told: httpx.Client, client: httpx.Client
) -> None:
    policy = told.get("/carte").headers["content-security-policy"]
    assert "img-src 'self' https://tiles.example;" in policy
    assert "unsafe" not in policy
    assert 'data-attribution="Les &lt;cartographes&gt;"' in told.get("/carte").text
    assert "img-src 'self';" in client.get("/carte").headers["content-security-policy"]
    assert "img-src 'self';" in told.get("/agenda").headers["content-security-policy"]


def test_the_map_shows_the_events_of_the_week(client: httpx.Client) -> None:
    assert "Concert d’hiver" in client.get("/carte?quoi=agenda").text
    assert "Fab" not in client.get("/carte?quoi=agenda").text.partition("<h1>")[2]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("reparations", ["Atelier de réparation"] * 2),
        ("jardins partages", ["Jardin partagé"]),
        ("fablab", []),
        ("comite", ["Concert d’hiver", "Comité des fêtes", "La lettre du comité"]),
    ],
)
def test_search_finds_over_everything(client: httpx.Client, words: str, found: list[str]) -> None:
    page = client.get("/recherche", params={"q": words}).text
    assert re.findall(r'<a class="title"[^>]*>(.*?)</a>', page) == found
    assert bool(found) != ("Rien ne répond" in page)
    assert f'<input name="q" type="search" value="{words}"' in page


@pytest.mark.parametrize("path", ["/recherche", "/recherche.json"])
@pytest.mark.parametrize("signs", ["?", "-1", "é", "\x00"])
def test_a_search_for_what_is_no_word_finds_nothing(
    client: httpx.Client, path: str, signs: str
) -> None:
    answer = client.get(path, params={"q": signs})
    assert answer.status_code == 200
    assert 'class="title"' not in answer.text


def test_a_search_that_is_not_begun_says_nothing_of_results(client: httpx.Client) -> None:
    page = client.get("/recherche").text
    assert '<input name="q" type="search" value=""' in page
    assert "Rien ne répond" not in page


def test_search_answers_programs(client: httpx.Client) -> None:
    graph = client.get("/recherche.json?q=jardin").json()["@graph"]
    assert [each["name"] for each in graph] == ["Jardin partagé"]
    assert client.get("/recherche.json").json()["@graph"] == []
