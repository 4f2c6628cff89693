"""The kind of an answer is told from what it holds, and what is no source is called what it is."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.detection import NOTHING, cases, said_of, share
from harvester.discovery.detection import Detection, detect
from harvester.discovery.leads import leads_of
from harvester.discovery.pages import page_of
from harvester.records import Content
from mappings import platforms
from tests import platform_samples
from tests.requirements import shared

ROOT = Path(__file__).parents[2]
BUNDLED = {
    "carte-des-initiatives.json": "gogocarto",
    "enbauges-evenements.json": "enbauges",
    "lieux-d-accueil.csv": "csv",
    "mairie-lescheraines.ics": "ics",
    "repare-et-partage.rss": "feed",
    "roues-libres.atom": "feed",
    "sentiers-des-bauges.json": "feed",
    "tiers-lieux-reseau.geojson": "geojson",
}


def found(body: bytes | str, media: str = "", url: str = "") -> Detection:
    body = body.encode() if isinstance(body, str) else body
    return detect(Content(body, media, url=url), platforms().values())


@pytest.mark.parametrize("name", platforms())
def test_every_platform_says_how_it_is_recognised(name: str) -> None:
    assert platforms()[name].clues


ANSWERS = [name for name in platform_samples.names() if name != "sparql"]
"""Platforms whose sample is what their address gives: an endpoint gives it to a query only."""


@pytest.mark.parametrize("name", ANSWERS)
def test_the_sample_of_a_platform_is_recognised_as_its_own(name: str) -> None:
    assert found(platform_samples.sample(name).read_bytes()).kind == name


@pytest.mark.parametrize(("file", "kind"), BUNDLED.items())
def test_the_bundled_samples_are_recognised(file: str, kind: str) -> None:
    assert found((ROOT / "samples" / "files" / file).read_bytes()).kind == kind


CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
PAGE = "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (CALENDAR, "ics"),
        (CALENDAR.encode("utf-16"), "ics"),
        ("\ufeff" + CALENDAR, "ics"),
        ("<?xml version='1.0'?>\n<!-- <html> -->\n<rss><channel/></rss>", "feed"),
        ('{"type": "FeatureCollection", "features": []}', "geojson"),
        ("nom;commune\nLe Local;Arith\nLe Foyer;Lescheraines\n", "csv"),
        ("<https://x.example/1> <https://schema.org/name> 'Le Local' .", "rdf"),
    ],
)
def test_neither_content_type_nor_the_end_of_the_address_decides(
    body: bytes | str, kind: str
) -> None:
    for media, end in (("text/html", "php"), ("text/calendar", "ics"), ("application/json", "")):
        assert found(body, media, f"https://x.example/agenda.{end}").kind == kind


def test_the_content_type_decides_where_the_text_says_nothing() -> None:
    column = "Nom\nLe Local\nLe Foyer\n"
    assert found(column, "text/csv").kind == "csv"
    assert found(column, "text/calendar").kind == ""
    assert found("PREFIX\n", "text/turtle").kind == "rdf"
    assert found(PAGE.format(title="404", body=""), "text/csv").kind == ""


def test_a_reason_names_what_was_recognised() -> None:
    guess = found('{"osm3s": {}, "elements": []}').guesses[0]
    assert guess.kind == "overpass"
    assert guess.reason.render("en") == "it is JSON with osm3s, elements"


def test_other_kinds_stay_in_the_list_behind_the_likeliest() -> None:
    kinds = [guess.kind for guess in found('{"data": [{"responseData": 1}]}').guesses]
    assert kinds == ["json"]
    body = platform_samples.sample("datatourisme").read_bytes()
    assert [guess.kind for guess in found(body).guesses] == ["datatourisme", "rdf", "json"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "the answer is empty"),
        (b"\0\0\0", "the answer is empty"),
        ("%PDF-1.7\n%binary", "a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "an image"),
        (PAGE.format(title="Connexion", body="<input type='password'>"), "log-in page"),
        (PAGE.format(title="404 Not Found", body=""), "an error page"),
        (PAGE.format(title="Just a moment...", body=""), "whether you are human"),
        (PAGE.format(title="Mairie", body="Bonjour"), "a web page without data"),
        ('{"message": "Group not found"}', "JSON, but no list of things"),
        ("# Lisez-moi\n\nCe dossier, le voici : il contient, entre autres, un texte.\n", "none of"),
    ],
)
def test_what_is_no_source_is_called_what_it_is(body: bytes | str, told: str) -> None:
    detection = found(body)
    assert not detection.guesses
    assert detection.why is not None
    assert told in detection.why.render("en")


SD = "http://www.w3.org/ns/sparql-service-description#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@pytest.mark.parametrize(
    "body",
    [
        f"@prefix sd: <{SD}> .\n[] a sd:Service .",
        f"_:b0 <{RDF}type> <{SD}Service> .",
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:sd="{SD}"><sd:Service/></rdf:RDF>',
        PAGE.format(title="SPARQL", body="<form><textarea id='q' name='query'></textarea></form>"),
    ],
)
def test_an_endpoint_is_recognised_by_its_description_or_its_form(body: str) -> None:
    assert found(body).kind == "sparql"


def test_a_large_answer_is_recognised_from_its_beginning() -> None:
    entry = '{"type": "Feature", "properties": {"name": "é"}, "geometry": null},'
    body = '{"type": "FeatureCollection", "features": [' + entry * 20_000
    assert len(body) > 1_000_000
    assert found(body).kind == "geojson"


@pytest.mark.corpus
def test_98_in_a_hundred_real_files_are_recognised() -> None:
    every = list(cases(shared("corpus")))
    known = [case for case in every if case.said != NOTHING]
    rare = [case for case in known if case.said not in {"ics", "feed"}]
    assert len(known) > 1_500
    assert share(known) >= 98, [case for case in known if not case.right]
    assert share(rare) >= 98, [case for case in rare if not case.right]
    assert share([case for case in every if case.said == NOTHING]) >= 98


def test_what_is_said_of_a_file_does_not_come_from_the_detector() -> None:
    assert said_of("carto/umap-project__umap/x/display_on_load.umap") == "umap"
    assert said_of("ics/judell__community-calendar/cities/davis/visitdavis.ics") == NOTHING
    with pytest.raises(LookupError, match="nothing in"):
        said_of("elsewhere/file.ics")


HOSTILE = [
    "<!DOCTYPE " + "[]" * 50_000,
    "<!DOCTYPE " + "[" * 50_000,
    "<title>" * 40_000,
    "<html>" + "<script type=application/ld+json>" * 8_000,
    "<html><meta " * 20_000,
    "<html>" + "<a href='" * 30_000,
    "<rss>" + "<!--" * 60_000,
    "<rss>" + "<![CDATA[" * 25_000,
    "<rss><rdf:type " + "<rdf:type " * 20_000,
    "[" * 250_000,
    '{"a":' * 50_000,
    "\n" * 250_000 + "x",
    "a\n" + "\n" * 250_000 + "b",
    "#\n" * 100_000,
    "@prefix " * 30_000,
    "BEGIN:VEVENT" + "\n" * 250_000,
    ";" * 250_000 + "\n" + ";" * 5,
    '"' + "a,b\n" * 60_000,
    "<html>itemtype=" + " " * 100_000 + "x",
    "<html>" + "<a href=b>" * 90_000,
    "<html>https://" + "mobilizon" * 25_000,
    "<html>" + "calendar.google.com/calendar/embed?" * 7_000,
    "<html>" + "gogocarto" * 25_000 + "https://" * 25_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20].strip())
def test_no_answer_takes_long_to_look_at(text: str) -> None:
    began = process_time()
    found(text)
    page = page_of(text, "https://x.example/")
    leads_of(page, platforms().values())
    assert process_time() - began < 3


@given(
    st.binary(max_size=400), st.sampled_from(["", "<html>", "{", "[{", "<rss>", "BEGIN:VEVENT\n"])
)
def test_whatever_the_bytes_there_is_a_kind_or_a_reason(body: bytes, start: str) -> None:
    told = found(start.encode() + body)
    assert bool(told.guesses) != bool(told.why)
