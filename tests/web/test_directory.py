"""The directory, third places, shared resources and news."""

from __future__ import annotations

import json
import re

import httpx
import pytest


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="title"[^>]*>(.*?)</a>', page)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (
            "/annuaire",
            ["Aide aux démarches", "Comédie", "Comité des fêtes", "Fab", "Jardin partagé"],
        ),
        ("/annuaire?commune=73081", ["Aide aux démarches", "Fab"]),
        ("/annuaire?acteur=asso", ["Comédie"]),
        ("/annuaire?q=jardins", ["Jardin partagé"]),
        ("/tiers-lieux", ["Fab"]),
        ("/tiers-lieux?type=fablab", ["Fab"]),
        ("/tiers-lieux?type=autre", []),
        ("/tiers-lieux?ouvert=samedi", ["Fab"]),
        ("/tiers-lieux?ouvert=samedi-soir", []),
        ("/ressources", ["Monter un repair café", "Aide aux démarches", "Fab"]),
        ("/ressources?service=reparer", ["Fab"]),
        ("/actualites", ["La lettre du comité"]),
    ],
)
def test_a_list_holds_what_it_says(client: httpx.Client, path: str, found: list[str]) -> None:
    assert titles(client.get(path).text) == found


def test_a_third_place_is_explained_where_it_is_listed(client: httpx.Client) -> None:
    assert "entre la maison et le travail" in client.get("/tiers-lieux").text


def test_services_lead_to_those_who_give_them(client: httpx.Client) -> None:
    assert '<a href="/ressources?service=reparer">Réparer</a>' in client.get("/ressources").text


def test_an_article_leads_to_its_publisher(client: httpx.Client) -> None:
    page = client.get("/actualites").text
    assert '<a href="https://comite.example/lettre" rel="nofollow noopener">lire' in page


def test_a_page_beyond_the_last_is_empty_and_harmless(client: httpx.Client) -> None:
    for page in ("2", "99999999", "-1", "x"):
        assert client.get(f"/annuaire?page={page}").status_code == 200


def test_lists_are_maps_too(client: httpx.Client) -> None:
    features = client.get("/annuaire.geojson").json()["features"]
    assert {each["properties"]["name"] for each in features} == {
        "Aide aux démarches",
        "Fab",
        "Jardin partagé",
    }


def test_resources_name_the_documents_that_sources_mention(client: httpx.Client) -> None:
    page = client.get("/ressources?lang=fr").text
    assert "Guide des associations 2026 (PDF)" in page
    assert 'href="https://comite.example/docs/Guide_des-associations%202026.pdf"' in page
    assert "La lettre du comité" in page
    assert "javascript:" not in page
    assert "comite.example/page" not in page
    assert "(PDF)" not in client.get("/ressources?service=reparer").text


def test_a_picture_is_a_link_to_its_publisher_and_nothing_is_loaded(client: httpx.Client) -> None:
    page = client.get("/id/article/lettre?lang=fr").text
    assert '<a href="https://comite.example/photo.jpg"' in page
    assert "<img" not in page
    assert "Guide des associations 2026 (PDF)" in page


def test_a_service_says_who_gives_it_where_and_how_to_ask_for_it(client: httpx.Client) -> None:
    page = client.get("/id/service/demarches?lang=fr").text
    assert "<h1>Aide aux démarches</h1>" in page
    assert '<dt>Rendu par</dt><dd><a href="/id/organization/com%C3%A9die?lang=fr">' in page.replace(
        "comédie", "com%C3%A9die"
    )
    assert "2 rue du Four, Le Châtelard" in re.sub(r"\s+", " ", page)
    assert '<a href="tel:+33465710033">04 65 71 00 33</a>' in page
    assert 'href="https://comedie.example/rdv"' in page
    assert '<a href="/ressources?tarif=gratuit&amp;lang=fr">Gratuit</a>' in page


def test_the_page_of_an_organisation_lists_its_services(client: httpx.Client) -> None:
    page = client.get("/id/organization/comédie?lang=fr").text
    assert '<a href="/id/service/demarches?lang=fr">Aide aux démarches</a>' in page


def test_a_service_is_found_by_its_words_and_on_the_map(client: httpx.Client) -> None:
    assert "Aide aux démarches" in titles(client.get("/recherche?q=demarche").text)
    features = client.get("/carte.geojson").json()["features"]
    [found] = [one for one in features if one["properties"]["name"] == "Aide aux démarches"]
    assert found["geometry"]["coordinates"] == [6.2, 45.75]


def test_search_engines_read_who_gives_a_service(client: httpx.Client) -> None:
    page = client.get("/id/service/demarches").text
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(data)
    assert told["@type"] == "Service"
    assert told["provider"] == {"@type": "Organization", "name": "Comédie"}
    assert told["availableChannel"]["servicePhone"]["telephone"] == "+33465710033"


def test_a_guide_is_a_resource_and_no_news(client: httpx.Client) -> None:
    page = client.get("/ressources?lang=fr").text
    assert page.index("Guides et documents") < page.index("Monter un repair café")
    assert "Monter un repair café" not in client.get("/?lang=fr").text
    assert "Guide</p>" in client.get("/id/article/guide?lang=fr").text
