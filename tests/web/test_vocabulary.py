"""The vocabulary at its addresses, on a node that has harvested nothing.

The tests named ``CN1``, ``RDF1``, ``DOC1`` and ``VER2`` are those of FOOPS! that need a server
(``vocab.fair.ELSEWHERE``).
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from defusedxml import ElementTree
from pyld import jsonld
from rdflib.compare import isomorphic
from starlette.types import ASGIApp

from sparql.values import Limits
from vocab import CONCEPT, EB, PREFIXES, ROOM
from vocab.concepts import SCHEMES, read_schemes
from vocab.documents import description, versions
from vocab.facts import Facts
from vocab.fair import ELSEWHERE, Ontology
from web import create

Browse = Callable[[ASGIApp], AbstractContextManager[httpx.Client]]
Get = Callable[..., httpx.Response]

MEDIA = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
OXIGRAPH = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
DOCUMENTS = ["ns", "ns/1.0.0", "shapes", "concept/sources", "concept/type"]
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, publish: Callable[[Path], Path], browse: Browse
) -> Iterator[httpx.Client]:
    root = publish(tmp_path_factory.mktemp("node"))
    app = create(root, title="Données des Bauges", limits=Limits(workers=1))
    with browse(app) as client:
        yield client


@pytest.fixture(scope="module")
def get(client: httpx.Client) -> Get:
    """Asks for a path with an Accept header; sees redirections."""

    def _get(path: str, accept: str = FIREFOX, **headers: str) -> httpx.Response:
        return client.get(f"/{path}", headers={"accept": accept, **headers})

    return _get


def canonical(triples: list[ox.Triple]) -> set[str]:
    """Statements with canonical names for blank nodes."""
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def statements(response: httpx.Response) -> set[str]:
    media = response.headers["content-type"].partition(";")[0]
    return canonical([quad.triple for quad in ox.parse(response.content, format=OXIGRAPH[media])])


class Attributes(HTMLParser):
    """The values of attributes, anywhere in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            self.found.setdefault(name, []).append(value or "")


@pytest.mark.parametrize("media", MEDIA.values())
@pytest.mark.parametrize("path", DOCUMENTS)
def test_cn1_rdf1_every_format_says_what_is_behind_the_address(
    get: Get, path: str, media: str
) -> None:
    response = get(path, media)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media)
    assert statements(response) == canonical(list(description(path)))


@pytest.mark.parametrize("path", DOCUMENTS)
def test_cn1_doc1_a_browser_gets_a_page(get: Get, path: str) -> None:
    response = get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in response.text


@pytest.mark.parametrize("version", versions())
def test_ver2_every_published_version_resolves(get: Get, version: str) -> None:
    page, data = get(f"ns/{version}"), get(f"ns/{version}", "text/turtle")
    assert version in page.text
    published = ox.parse(path=ROOM / "versions" / f"{version}.ttl")
    assert statements(data) == canonical([quad.triple for quad in published])


def test_what_the_vocabulary_leaves_to_this_room_is_tested_here() -> None:
    asked = {name for name, reason in ELSEWHERE.items() if "web room" in reason}
    tested = " ".join(name for name in globals() if name.startswith("test_"))
    assert (
        asked
        == {name for name in asked if name.lower() in tested}
        == {
            "CN1",
            "RDF1",
            "DOC1",
            "VER2",
        }
    )


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "text/turtle"),
        ("", "text/turtle"),
        (FIREFOX, "text/html"),
        ("text/html;q=0.5, text/turtle;q=0.4", "text/html"),
        ("text/html;q=0.4, application/ld+json;q=0.5", "application/ld+json"),
        ("text/html, */*", "text/html"),
        ("text/*, text/turtle;q=0.1", "text/html"),
        ("application/rdf+xml, */*;q=0.1", "application/rdf+xml"),
        ("application/xml", "application/xml"),
        ("text/turtle;q=0, application/n-triples;q=0.1", "application/n-triples"),
    ],
)
def test_the_client_gets_what_it_likes_best(get: Get, accept: str, media: str) -> None:
    assert get("ns", accept).headers["content-type"].partition(";")[0] == media


@pytest.mark.parametrize("path", ["ns", "ns/1.0.0", "concept/type/fablab"])
def test_an_extension_names_the_format_whatever_is_accepted(get: Get, path: str) -> None:
    for extension, media in MEDIA.items():
        response = get(f"{path}.{extension}")
        assert response.headers["content-type"].startswith(media)
        assert response.content == get(path, media).content
        assert response.headers["content-location"] == f"/{path}.{extension}"


def test_the_page_has_an_extension_too(get: Get) -> None:
    assert get("ns.html", "text/turtle").text == get("ns").text


def test_what_cannot_be_given_is_refused_with_all_there_is(get: Get) -> None:
    response = get("ns/1.0.0", "image/png", **{"accept-language": "en"})
    assert response.status_code == 406
    for extension, media in {**MEDIA, "html": "text/html"}.items():
        assert f"{media} (/ns/1.0.0.{extension})" in response.text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own use
def test_json_ld_is_read_without_the_network(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the network is asked for")

    text = get("ns", "application/ld+json").text
    expected = rdflib.Graph().parse(data=get("ns", "text/turtle").text, format="turtle")
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    by_rdflib = rdflib.Graph().parse(data=text, format="json-ld")
    quads = jsonld.to_rdf(
        json.loads(text),
        {"format": "application/n-quads", "documentLoader": refuse},
    )
    by_pyld = rdflib.Graph().parse(data=quads, format="nt")
    assert isomorphic(by_rdflib, expected)
    assert isomorphic(by_pyld, expected)


def test_types_are_plain_in_json_ld(get: Get) -> None:
    (concept,) = get("concept/type/fablab", "application/ld+json").json()
    assert concept["@id"] == f"{CONCEPT}type/fablab"
    assert concept["@type"] == [f"{PREFIXES['skos']}Concept"]


def test_the_context_is_served_and_named_where_json_ld_is(get: Get) -> None:
    response = get("context.jsonld", "*/*")
    assert response.headers["content-type"] == "application/ld+json"
    assert response.content == (ROOM / "context.jsonld").read_bytes()
    link = get("ns", "application/ld+json").headers["link"]
    assert '</context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"' in link
    assert "context" not in get("ns", "text/turtle").headers["link"]


def test_the_other_formats_are_named_as_alternates(get: Get) -> None:
    link = get("shapes").headers["link"]
    for extension, media in MEDIA.items():
        assert f'</shapes.{extension}>; rel="alternate"; type="{media}"' in link


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("concept/type/fablab", "/concept/type#fablab"),
        ("concept/type/fablab.html", "/concept/type#fablab"),
        ("concept/type/fablab?lang=en", "/concept/type?lang=en#fablab"),
    ],
)
def test_a_concept_leads_a_browser_to_its_place_on_the_page(
    get: Get, path: str, place: str
) -> None:
    response = get(path)
    assert (response.status_code, response.headers["location"]) == (303, place)
    assert "Accept" in response.headers["vary"]


def test_every_concept_has_data_and_a_place(get: Get) -> None:
    for scheme in read_schemes():
        ids = Attributes(get(f"concept/{scheme.slug}").text).found["id"]
        assert {concept.slug for concept in scheme.concepts} <= set(ids)
        some = scheme.concepts[-1].slug
        data = get(f"concept/{scheme.slug}/{some}", "text/turtle")
        assert data.status_code == 200


def test_pages_speak_french_first_and_english_when_asked(get: Get) -> None:
    french, english = get("ns"), get("ns", **{"accept-language": "en"})
    assert (french.headers["content-language"], english.headers["content-language"]) == ("fr", "en")
    assert "Tiers-lieu <small" in french.text
    assert "Third place <small" in english.text
    assert get("ns?lang=en").headers["content-language"] == "en"
    assert {"Accept", "Accept-Language"} <= set(french.headers["vary"].split(", "))


def test_a_language_that_was_chosen_is_kept_from_page_to_page(get: Get) -> None:
    hrefs = Attributes(get("ns?lang=en").text).found["href"]
    pages = [
        href for href in hrefs if re.match("/(ns|concept|shapes)(?!.*[.](ttl|jsonld|nt|rdf))", href)
    ]
    assert "/concept/type?lang=en" in pages
    assert all("lang=" in href for href in pages)


@pytest.mark.parametrize("path", [*DOCUMENTS[:-1], *(f"concept/{slug}" for slug in SCHEMES)])
def test_every_link_within_the_node_leads_somewhere(
    client: httpx.Client, get: Get, path: str
) -> None:
    page = get(path).text
    here = Attributes(page).found
    assert len(here["id"]) == len(set(here["id"]))
    for href in set(here["href"]):
        target, _, anchor = href.partition("#")
        if target.startswith("/") and not target.startswith(("/sparql", "/?")) and target != "/":
            answer = client.get(target, headers={"accept": FIREFOX})
            assert answer.status_code == 200, href
            assert not anchor or anchor in Attributes(answer.text).found["id"], href
        elif not target:
            assert anchor in here["id"], href


@pytest.mark.parametrize("path", ["ns", "shapes", "ns/1.0.0", "concept/sources"])
def test_pages_need_no_style_nor_script_of_their_own(get: Get, path: str) -> None:
    page = get(path)
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not Attributes(page.text).found.keys() & {"style", "onclick", "onload"}
    assert "<style" not in page.text
    assert "<script" not in page.text


def test_the_shapes_tell_what_is_refused_in_both_languages(get: Get) -> None:
    assert "Le nom contient du HTML." in get("shapes").text
    english = get("shapes?lang=en").text
    assert "The name contains HTML." in english
    assert english.count('class="term"') == len(
        [triple for triple in description("shapes") if triple.predicate.value.endswith("#severity")]
    )


def test_a_version_shows_its_terms_and_its_concepts(get: Get) -> None:
    ids = Attributes(get("ns/1.0.0").text).found["id"]
    assert {"ThirdPlace", "placeType", "osmTag", "concept/type/fablab"} <= set(ids)


def test_the_logo_is_a_picture_that_stands_alone(get: Get) -> None:
    logo = Ontology(Facts(description("ns"))).text("schema:logo")
    response = get(logo.removeprefix(EB.removesuffix("ns#")), "image/*")
    assert response.headers["content-type"] == "image/svg+xml"
    drawing = ElementTree.fromstring(response.content)
    texts = [text.text or "" for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "ThirdPlace" in texts
    links = [link.get("href") for link in drawing.iter("{http://www.w3.org/2000/svg}a")]
    assert "/ns#ThirdPlace" in links
    assert "style" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "concept",
        "concept/nothing",
        "concept/type/nothing",
        "concept/type/fablab/more",
        "ns/9.9.9",
        "ns/9.9.9/picture.svg",
        "ns/../shapes.csv",
        "ns.csv",
        "shapes/x",
    ],
)
def test_nothing_at_an_address_is_told_with_what_there_is(get: Get, path: str) -> None:
    page, sentence = get(f"{path}?lang=en"), get(path, "text/turtle")
    assert (page.status_code, sentence.status_code) == (404, 404)
    assert 'href="/concept/type?lang=en"' in page.text
    assert "/concept/type" in sentence.text
    assert sentence.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["ns", "ns.ttl", "context.jsonld", "ns/1.0.0/picture.svg"])
def test_what_a_client_holds_is_not_sent_again(get: Get, path: str) -> None:
    whole = get(path)
    again = get(path, **{"if-none-match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == whole.headers["etag"]
    assert "max-age" in again.headers["cache-control"]


def test_each_representation_has_a_validator_of_its_own(get: Get) -> None:
    answers = [get("ns", media) for media in MEDIA.values()] + [get("ns"), get("ns?lang=en")]
    assert len({answer.headers["etag"] for answer in answers}) == len(answers)


def test_head_tells_what_get_would(client: httpx.Client) -> None:
    headers = {"accept": "text/turtle"}
    head, whole = client.head("/ns", headers=headers), client.get("/ns", headers=headers)
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "link", "vary"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    "path", ["ns", "ns.ttl", "context.jsonld", "concept/type/fablab", "concept/none"]
)
def test_any_site_may_read(client: httpx.Client, get: Get, path: str) -> None:
    assert get(path, "*/*").headers["access-control-allow-origin"] == "*"
    assert get(path).headers["access-control-allow-origin"] == "*"
    asked = client.options(f"/{path}")
    assert asked.status_code == 204
    assert "GET" in asked.headers["access-control-allow-methods"]
    assert client.post(f"/{path}").status_code == 405


def test_every_page_links_to_the_vocabulary(get: Get) -> None:
    assert 'href="/ns?lang=en"' in get("?lang=en").text
