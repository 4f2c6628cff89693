"""The pages of the vocabulary: every term has its anchor, every link within leads somewhere."""

import re
from html.parser import HTMLParser

import pytest
from defusedxml import ElementTree

from vocab import CONCEPT, EB, ROOM, read_turtle
from vocab.concepts import SCHEMES, read_schemes
from vocab.facts import Facts
from vocab.lint import own_terms
from vocab.pages import picture_svg, scheme_page, vocabulary_page
from vocab.picture import picture

LANGUAGES = ["fr", "en"]
OWN = Facts(read_turtle(ROOM / "enbauges.ttl"))
CONCEPTS = {scheme.slug: [one.slug for one in scheme.concepts] for scheme in read_schemes()}


class Attributes(HTMLParser):
    """The values of one attribute, anywhere in a page."""

    def __init__(self, name: str, page: str) -> None:
        super().__init__()
        self.name = name
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name == self.name and value]


def anchors(page: str) -> set[str]:
    return set(Attributes("id", page).found)


def links(page: str) -> list[str]:
    return Attributes("href", page).found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_own_term_has_an_anchor(language: str) -> None:
    names = {term.value.removeprefix(EB) for term in own_terms(OWN)}
    assert names <= anchors(vocabulary_page(language).html())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SCHEMES)
def test_every_concept_has_an_anchor_and_its_definition(slug: str, language: str) -> None:
    page = scheme_page(slug, language)
    assert set(CONCEPTS[slug]) <= anchors(page.html())
    assert all(entry.definition for section in page.sections for entry in section.entries)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_within_the_vocabulary_leads_to_an_anchor(language: str) -> None:
    pages = {f"/concept/{slug}": scheme_page(slug, language).html() for slug in SCHEMES}
    pages["/ns"] = vocabulary_page(language).html()
    for path, page in pages.items():
        for href in links(page):
            target, _, anchor = href.partition("#")
            if href.startswith(("#", "/")):
                assert not anchor or anchor in anchors(pages[target or path]), href


def test_links_follow_the_root_that_the_pages_are_served_under() -> None:
    page = vocabulary_page("fr", root="/vocabulaire/").html()
    assert "/vocabulaire/concept/type" in links(page)


@pytest.mark.parametrize(("language", "title"), [("fr", "Fiche source"), ("en", "Source record")])
def test_a_page_speaks_its_language(language: str, title: str) -> None:
    page = vocabulary_page(language).html()
    assert f"<h3>{title} " in page


def test_no_address_of_our_own_namespaces_is_linked_as_it_is() -> None:
    page = vocabulary_page("fr").html()
    assert not [href for href in links(page) if href.startswith((EB, CONCEPT))]


def test_examples_are_escaped() -> None:
    page = vocabulary_page("fr").html()
    assert "<lieu>" not in page
    assert "&lt;lieu&gt;" in page


def test_an_unknown_scheme_has_no_page() -> None:
    with pytest.raises(KeyError):
        scheme_page("kind", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_is_svg_with_a_title_and_a_box_for_each_own_class(language: str) -> None:
    drawing = ElementTree.fromstring(picture_svg(language))
    names = {"svg": "http://www.w3.org/2000/svg"}
    assert drawing.findtext("svg:title", namespaces=names)
    hrefs = {link.get("href") for link in drawing.iterfind("svg:a", namespaces=names)}
    assert {"#ThirdPlace", "#SourceRecord", "#Tombstone"} <= hrefs


def test_boxes_do_not_overlap_and_stay_in_the_picture() -> None:
    layout = picture(OWN)
    for box in layout.boxes:
        assert 0 < box.top < box.top + box.height <= layout.height
        for other in layout.boxes:
            same_column = other.left == box.left and other is not box
            assert not (same_column and box.top <= other.top < box.top + box.height)


def test_the_picture_needs_no_script_and_no_style() -> None:
    assert not re.search(r"<script|style=", picture_svg("fr"))
