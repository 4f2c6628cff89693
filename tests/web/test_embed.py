"""What other sites take from ours: frames, oEmbed, components; what engines and robots read."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, cast

import httpx
import pytest
from protego import Protego

from store.things import Thing
from web.plain_pages import PAGES
from web.wording import Wording

if TYPE_CHECKING:
    from web.library import Shelf

STATIC = Path(__file__).parents[2] / "web" / "static"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.mark.parametrize("name", ["enbauges-agenda.js", "enbauges-carte.js"])
def test_a_component_is_small_and_may_be_loaded_by_any_site(
    client: httpx.Client, name: str
) -> None:
    assert len(gzip.compress((STATIC / name).read_bytes())) < 6_000
    answer = client.get(f"/static/{name}")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "innerHTML" not in answer.text


def test_only_what_is_made_for_frames_may_be_framed(client: httpx.Client) -> None:
    for path in ("/embed/agenda", "/embed/carte"):
        policy = client.get(path).headers["content-security-policy"]
        assert policy.endswith("frame-ancestors *")
    for path in ("/", "/agenda", "/carte"):
        assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]


def test_a_frame_holds_the_days_and_the_filters_that_are_asked(client: httpx.Client) -> None:
    assert "Atelier de réparation" in client.get("/embed/agenda?jours=30").text
    assert "Atelier de réparation" not in client.get("/embed/agenda").text
    filtered = client.get("/embed/agenda?jours=30&commune=73081").text
    assert "Concert d’hiver" in filtered
    assert "Marché de Noël" not in filtered


def test_oembed_tells_of_the_frame_of_a_page(client: httpx.Client) -> None:
    page = client.get("/agenda?commune=73081").text
    (address,) = re.findall(r'type="application/json\+oembed"[^>]*href="([^"]*)"', page)
    told = client.get(address.replace("&amp;", "&")).json()
    assert (told["type"], told["version"]) == ("rich", "1.0")
    assert "/embed/agenda?commune=73081" in told["html"]
    url = f"{client.base_url}/agenda"
    small = client.get("/oembed", params={"url": url, "maxwidth": "300", "maxheight": "200"}).json()
    assert (small["width"], small["height"]) == (300, 200)
    assert 'width="300" height="200"' in small["html"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"url": "https://data.example/carte"}, 200),
        ({"url": "https://data.example/sparql"}, 404),
        ({"url": "https://elsewhere.example/agenda"}, 404),
        ({}, 404),
        ({"url": "https://data.example/agenda", "format": "xml"}, 501),
    ],
)
def test_oembed_knows_our_own_pages_only(
    client: httpx.Client, params: dict[str, str], status: int
) -> None:
    assert client.get("/oembed", params=params).status_code == status


def test_what_is_in_an_address_stays_text_in_the_frame_of_oembed(client: httpx.Client) -> None:
    url = 'https://data.example/agenda?q="><script>alert(1)</script>'
    html = client.get("/oembed", params={"url": url}).json()["html"]
    assert "<script" not in html


def test_the_sitemap_leads_to_every_thing_that_is_not_over(client: httpx.Client) -> None:
    tree = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314  # our own answer
    found = {str(each.text) for each in tree.iter(SITEMAP)}
    assert "https://data.example/id/event/concert" in found
    assert "https://data.example/id/place/fab" in found
    assert "https://data.example/agenda" in found
    assert "https://data.example/id/event/hier" not in found
    for address in found:
        path = address.removeprefix("https://data.example")
        assert client.get(path).status_code == 200, path


def test_robots_are_told_where_the_sitemap_is(client: httpx.Client) -> None:
    assert "/sitemap.xml" in client.get("/robots.txt").text


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_about_the_site_speak_both_languages(client: httpx.Client, path: str) -> None:
    french, english = client.get(path).text, client.get(f"{path}?lang=en").text
    title = re.compile(r"<h1>(.*?)</h1>")
    assert title.findall(french) != title.findall(english)


def test_webmasters_learn_how_to_stop_the_harvester(client: httpx.Client) -> None:
    page = client.get("/moissonneur").text
    assert "User-agent: EnBauges\nDisallow: /" in page


def test_planned_tools_are_only_announced(client: httpx.Client) -> None:
    page = client.get("/a-propos").text
    soon = page.partition('class="soon"')[2].partition("</ul>")[0]
    assert soon.count("Bientôt") == 6
    assert "href" not in soon


def test_examples_of_reuse_name_the_node_and_answer(client: httpx.Client) -> None:
    page = client.get("/reutiliser").text
    here = str(client.base_url).rstrip("/")
    paths = re.findall(rf"{re.escape(here)}(/[^\s\"'&<…]+)", page)
    assert len(paths) > 8
    for path in paths:
        if not path.startswith("/id/"):
            assert client.get(path).status_code == 200, path


def test_another_node_may_ask_what_search_engines_may_not_index(client: httpx.Client) -> None:
    rules = Protego.parse(client.get("/robots.txt").text)
    assert rules.can_fetch("https://data.example/sparql?query=x", "EnBauges")
    assert rules.can_fetch("https://data.example/id/place/fab", "EnBauges")
    assert not rules.can_fetch("https://data.example/sparql?query=x", "Googlebot")


@pytest.mark.parametrize(
    ("name", "status", "title"),
    [
        ("Loto (annulée)", "EventCancelled", "Loto (annulée)"),
        ("ANNULÉ : loto", "EventCancelled", "ANNULÉ : loto"),
        ("Loto", "EventCancelled", "Loto (annulé)"),
        ("Loto reporté", "EventPostponed", "Loto reporté"),
        ("Reportage photo", "EventPostponed", "Reportage photo (reporté)"),
    ],
)
def test_a_title_says_once_that_it_is_off(name: str, status: str, title: str) -> None:
    thing = Thing("https://data.example/id/event/x", "event", name=name, status=status)
    assert Wording(cast("Shelf", None), "fr").title(thing) == title
