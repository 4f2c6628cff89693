"""What the pages say, in both languages, whatever the feeds hold."""

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from sparql.values import Limits
from web import create
from web.texts import telephone

LIMITS = Limits(workers=1, per_client=1)

Browse = Callable[[ASGIApp], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def home(client: httpx.Client) -> str:
    return client.get("/").text


def test_the_page_is_french_first_and_english_when_asked(client: httpx.Client) -> None:
    french, english = client.get("/"), client.get("/", headers={"accept-language": "en"})
    assert (french.headers["content-language"], english.headers["content-language"]) == ("fr", "en")
    assert '<html lang="fr">' in french.text
    assert "mercredi 25 novembre" in french.text
    assert '<html lang="en">' in english.text
    assert "Wednesday 25 November" in english.text
    assert '<html lang="en">' in client.get("/?lang=en").text
    assert "Accept-Language" in french.headers["vary"]


def test_the_third_place_is_explained_where_it_is_named(client: httpx.Client) -> None:
    page = client.get("/?lang=en").text
    assert "tiers-lieu numérique" in page
    assert "not a building" in page


def test_the_week_holds_what_begins_and_what_goes_on_and_nothing_else(home: str) -> None:
    for expected in ("Concert d’hiver", "Marché de Noël", "Exposition", "Stage de nuit", "Loto"):
        assert expected in home
    for other in ("Hier", "Trop loin", "Fini à minuit"):
        assert f">{other}<" not in home


def test_hours_are_those_of_the_territory_and_whole_days_have_none(home: str) -> None:
    days = dict(re.findall(r'<time datetime="([\d-]+)">.*?</h3>(.*?)</ul>', home, re.DOTALL))
    assert "20:30" in days["2026-11-25"]
    assert not re.search(r"\d\d:\d\d", days["2026-11-28"])


def test_an_event_tells_where_by_whom_and_about_what(home: str) -> None:
    line = _line(home, "Concert d’hiver")
    assert 'href="/id/event/concert"' in line
    assert 'href="/agenda?lieu=salle-des-fetes">Salle des fêtes</a>' in line
    assert 'href="/agenda?commune=73081">Le Châtelard</a>' in line
    assert 'href="/agenda?organisateur=comite-des-fetes">Comité des fêtes</a>' in line
    assert 'href="/agenda?theme=theme">Culture et arts</a>' in line


def test_themes_and_types_are_named_in_the_language_of_the_page_else_in_french(
    client: httpx.Client,
) -> None:
    page = client.get("/?lang=en").text
    assert ">Culture and arts</a>" in page
    assert ">Vie locale</a>" in page
    examples = re.findall(r'name="query" value="(.*?)"', page, re.DOTALL)
    assert sum("&#34;en&#34;" in example for example in examples) == 2


def test_the_week_is_seven_days_of_which_today_is_the_first(client: httpx.Client) -> None:
    assert "From Sunday 22 November to Saturday 28 November." in client.get("/?lang=en").text


def test_what_ends_today_is_said_to(client: httpx.Client) -> None:
    page = client.get("/?lang=en").text
    assert re.search(r"Exposition.*?last day", _line(page, "Exposition"), re.DOTALL)
    assert "until Monday 30 November" in _line(page, "Marché de Noël")


def test_an_event_names_its_organiser_else_every_source_that_announces_it(home: str) -> None:
    assert "Agenda du comité" not in _line(home, "Concert d’hiver")
    assert "Agenda de la mairie" in _line(home, "Loto")
    assert "Agenda de la mairie" in _line(home, "Marché de Noël")
    assert "Agenda du comité" in _line(home, "Marché de Noël")


def test_an_event_is_marked_when_a_source_of_it_has_no_licence(home: str) -> None:
    assert "licence à clarifier" in _line(home, "Concert d’hiver")
    assert "licence à clarifier" in _line(home, "Marché de Noël")
    assert "licence à clarifier" not in _line(home, "Loto")


def _line(page: str, title: str) -> str:
    """The last line of a list that holds ``title``."""
    lines: list[str] = re.findall(r"<li.*?</li>", page, re.DOTALL)
    return [line for line in lines if f">{title}<" in line][-1]


def test_a_cancelled_event_is_shown_as_such(home: str) -> None:
    (cancelled,) = re.findall(r'<li class="off">(.*?)</li>', home, re.DOTALL)
    assert "Loto" in cancelled
    assert re.search(r'>Loto</a>\s+<strong class="mark">annulé<', cancelled)


def test_a_date_beyond_the_calendar_leaves_out_one_event_only(home: str) -> None:
    assert "Au bout du temps" not in home


def test_hostile_text_stays_text(home: str) -> None:
    assert "&lt;script&gt;alert(1)" in home
    assert "<script" not in home
    assert "javascript:" not in home


def test_sources_are_named_with_licence_and_freshness(client: httpx.Client, home: str) -> None:
    assert "Comité &amp; Cie" in home
    mairie = _line(home, "Agenda de la mairie")
    assert 'href="/id/source/mairie"' in mairie
    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license' in mairie
    assert ">CC BY 4.0<" in mairie
    assert ">licence.example/v2<" in _line(home, "Vélo")
    assert "20 novembre 2026, 09:15" in _line(home, "Agenda du comité")
    assert "licence à clarifier" in _line(home, "Agenda du comité")
    agreed = _line(client.get("/?lang=en").text, "Agenda du foyer")
    assert "with the publisher’s agreement" in agreed
    assert "license" not in agreed


def test_every_example_runs_as_it_is_shown(client: httpx.Client, home: str) -> None:
    queries = re.findall(r'name="query" value="(.*?)"', home, re.DOTALL)
    assert len(queries) == 3
    for query in queries:
        text = query.replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
        text = text.replace("&#39;", "'").replace("&amp;", "&")
        answer = client.get("/sparql", params={"query": text, "format": "csv"})
        assert answer.status_code == 200
        assert answer.text.count("\n") > 1


def test_no_answer_lets_a_page_run_or_load_anything_foreign(client: httpx.Client) -> None:
    for path in ("/", "/sparql", "/static/site.css", "/nowhere", "/healthz"):
        response = client.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"


def test_pages_refer_to_nothing_on_another_host(home: str) -> None:
    loaded = re.findall(
        r'<(?:link rel="(?:stylesheet|icon)"|img|script|iframe)[^>]*(?:href|src)="([^"]+)"', home
    )
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert "style=" not in home


def test_what_pages_refer_to_is_there(client: httpx.Client, home: str) -> None:
    for address in re.findall(r'<link[^>]*href="(/[^"]+)"', home):
        assert client.get(address).status_code == 200


def test_the_form_shows_a_result_as_a_table(client: httpx.Client) -> None:
    query = 'SELECT ?name { ?e schema:name ?name FILTER(CONTAINS(?name, "script")) }'
    page = client.get("/sparql", params={"query": query}).text
    assert "<td>&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("iri", "href"),
    [
        ("https://elsewhere.example/a", "https://elsewhere.example/a"),
        ("https://data.example/id/event/concert", "/id/event/concert"),
        ("https://w3id.org/enbauges/ns#ThirdPlace", "/ns#ThirdPlace"),
        ("https://w3id.org/enbauges/ns#Nothing", ""),
        ("https://w3id.org/enbauges/concept/theme", "/concept/theme"),
        ("https://w3id.org/enbauges/concept/theme/nothing", ""),
        ("javascript:alert(1)", ""),
        ("urn:isbn:1", ""),
    ],
)
def test_the_table_links_what_answers_and_nothing_else(
    client: httpx.Client, iri: str, href: str
) -> None:
    page = client.get("/sparql", params={"query": f"SELECT (<{iri}> AS ?it) {{}}"}).text
    cell = re.findall(r"<td>(.*?)</td>", page)
    expected = f'<a href="{href}" rel="nofollow noopener">{iri}</a>' if href else iri
    assert cell == [expected]
    if href.startswith("/"):
        assert client.get(href, follow_redirects=True).status_code == 200


def test_the_form_keeps_a_refused_query_and_tells_why(client: httpx.Client) -> None:
    response = client.get("/sparql", params={"query": "SELECT ?s { ?s", "lang": "en"})
    assert response.status_code == 400
    assert "SELECT ?s { ?s</textarea>" in response.text
    assert "line 1, column" in response.text


def test_a_long_result_says_that_it_is_cut(client: httpx.Client) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    page = client.get("/sparql", params={"query": query, "lang": "en"}).text
    assert page.count("<tr>") == 501
    assert "only the beginning" in page


def test_a_yes_and_a_graph_are_shown_as_text(client: httpx.Client) -> None:
    assert "<pre>true</pre>" in client.get("/sparql", params={"query": "ASK {}"}).text
    graph = "CONSTRUCT { ?s a schema:Thing } WHERE { ?s a eb:ThirdPlace }"
    assert "place/fab&gt;" in client.get("/sparql", params={"query": graph}).text


@pytest.mark.parametrize("path", ["/nowhere", "/id/event/none", "/static/nothing.css"])
def test_an_unknown_address_leads_home(client: httpx.Client, path: str) -> None:
    french, english = client.get(path), client.get(f"{path}?lang=en")
    assert (french.status_code, english.status_code) == (404, 404)
    assert 'href="/sparql"' in french.text
    assert "Nothing at this address" in english.text
    assert 'href="/?lang=en"' in english.text
    for accept in ("*/*", "application/json, */*;q=0.1", "text/turtle"):
        plain = client.get(path, headers={"accept": accept, "accept-language": "en"})
        assert plain.status_code == 404
        assert plain.headers["content-type"].startswith("text/plain")
        assert plain.text.startswith(f"there is nothing at {path}: the first page is /")


def test_health_is_told_apart_from_readiness(tmp_path: Path, browse: Browse) -> None:
    with browse(create(tmp_path, title="Vide", limits=LIMITS)) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        page = client.get("/?lang=en")
        assert page.status_code == 503
        assert "enbauges harvest" in page.text
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 503
        assert client.get("/sparql", headers={"accept": "text/turtle"}).status_code == 200


def test_the_server_follows_the_first_generation(
    tmp_path: Path, publish: Callable[[Path], Path], browse: Browse, now: datetime
) -> None:
    root = tmp_path / "generations"
    app = create(root, title="Vide", limits=LIMITS, clock=lambda: now, every=0.05)
    with browse(app) as client:
        assert client.get("/readyz").status_code == 503
        publish(tmp_path)
        deadline = time.monotonic() + 10
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert "Concert d’hiver" in client.get("/").text


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("+33465710120", "04 65 71 01 20"),
        ("04.65.71.01.20", "04 65 71 01 20"),
        ("+33 (0)4 65 71 01 20", "04 65 71 01 20"),
        ("+41 22 700 00 00", "+41 22 700 00 00"),
        ("3949", "3949"),
    ],
)
def test_a_telephone_number_is_written_as_people_read_it(number: str, told: str) -> None:
    assert telephone(number) == told
