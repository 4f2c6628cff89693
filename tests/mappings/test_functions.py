"""The functions that mappings may call."""

from __future__ import annotations

import time
from time import process_time
from typing import Any

import pyoxigraph as ox
import pytest

from mappings.functions import EBF, content, registry
from mappings.problems import Problem

WORDS = {
    ("type", "Fablab"): "c:fablab",
    ("type", "Fablab / Makerspace"): "c:faire",
    ("public", "ados"): "c:jeunes",
}
FUNCTIONS = registry(lambda scheme, text: WORDS.get((scheme, text)))


def call(name: str, *values: Any) -> Any:
    return FUNCTIONS[EBF + name].call(*values)


def repr_of(text: str) -> str:
    return ascii(text[:8])


def code(result: object) -> str:
    assert isinstance(result, Problem)
    assert result.message.render()
    return result.code


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-05-01", "2026-05-01"),
        ("2026-05-01T18:00:00+02:00", "2026-05-01T18:00:00+02:00"),
        ("2026-05-01T18:00:00Z", "2026-05-01T18:00:00+00:00"),
        ("2026-05-01T18:00:00.000Z", "2026-05-01T18:00:00+00:00"),
        ("2026-05-01 18:00", "2026-05-01T18:00:00+02:00"),
        ("2026-12-01T18:00", "2026-12-01T18:00:00+01:00"),
        ("31/12/2026", "2026-12-31"),
        ("1.5.2026", "2026-05-01"),
        ("1er mai 2026", "2026-05-01"),
        ("3 mai 2026", "2026-05-03"),
        ("samedi 12 juillet 2026 à 18h30", "2026-07-12T18:30:00+02:00"),
        ("Le 14 février 2026 à 9 h", "2026-02-14T09:00:00+01:00"),
        ("14 févr. 2026", "2026-02-14"),
        ("12 July 2026", "2026-07-12"),
    ],
)
def test_dates_in_words_and_in_iso_are_read(written: str, expected: str) -> None:
    found = call("date", written, None, None)
    assert isinstance(found, ox.Literal)
    assert found.value == expected
    assert found.datatype.value.endswith("#dateTime" if "T" in expected else "#date")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "demain",
        "bientôt",
        "12 juillet",
        "juillet 2026",
        "2026",
        "31/02/2026",
        "2026-02-30",
        "2026-05-01T25:00",
        "du 3 au 5 mai 2026",
        "3 mai 2026 - 5 mai 2026",
        "tous les mardis",
        "x" * 10_000,
        "9999-99-99",
    ],
)
def test_a_date_that_is_ambiguous_or_unreadable_is_a_problem(written: str) -> None:
    assert code(call("date", written, None, None)) == "bad-date"


def test_a_time_is_read_in_one_zone_and_written_in_another() -> None:
    assert call("date", "2026-05-01T18:00", "UTC", "Europe/Paris").value == (
        "2026-05-01T20:00:00+02:00"
    )
    for zone in ("Europe/Chambery", f"Europe/{'x' * 300}"):
        assert code(call("date", "2026-05-01T18:00", zone, None)) == "bad-timezone"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("www.a.example", "https://www.a.example"),
        ("a.example/é à?q=1#f", "https://a.example/%C3%A9%20%C3%A0?q=1#f"),
        ("//a.example/x", "https://a.example/x"),
        ("HTTP://A.example", "HTTP://A.example"),
        ("  http://a.example ", "http://a.example"),
        ("a.example:8080/x", "https://a.example:8080/x"),
        ("/page", "https://base.example/page"),
        ("a.example/[x]", "https://a.example/%5Bx%5D"),
        ("", None),
        ("n/a", None),
    ],
)
def test_addresses_of_pages_become_absolute(written: str, expected: str | None) -> None:
    assert call("url", written, "https://base.example/dir/") == expected


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "ftp://a.example",
        "http://",
        "http://[bad",
        "http://a.example:99999/",
        "un texte",
    ],
)
def test_what_is_no_web_address_is_dropped_and_told(written: str) -> None:
    assert code(call("url", written, None)) == "bad-url"


@pytest.mark.parametrize(
    "secret",
    [
        "06 12 34 56 78",
        "06.12.34.56.78",
        "0612345678",
        "06-12-34-56-78",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "04 79 54 38 00",
        "jean.dupont@exemple.fr",
        "jean.dupont (at) exemple.fr",
        "jean+bal@sous.exemple.fr",
    ],
)
def test_numbers_and_addresses_in_free_text_are_masked(secret: str) -> None:
    assert call("mask", f"Appeler Paul ({secret}), merci.", None) == "Appeler Paul (…), merci."
    assert secret in call("mask", f"Appeler {secret}", "publish")


@pytest.mark.parametrize(
    "text",
    [
        "le 01/05/2026 à 18h30",
        "IBAN FR76 3000 6000 0112",
        "SIRET 12345678901234",
        "73630 Le Châtelard, 0,5 km",
        "de 2026 à 2027 : 10 20 30",
        "https://a.example/0612345678901",
    ],
)
def test_other_numbers_are_not_masked(text: str) -> None:
    assert call("mask", text, None) == text


def test_html_becomes_text_with_its_lines() -> None:
    html = "<p>Bonjour&nbsp;<b>tous</b></p><ul><li>un</li><li>deux</li></ul><script>x()</script>"
    assert call("text", html) == "Bonjour tous\nun\ndeux"
    assert call("text", "a < b  &  c\r\n\r\n\r\n\r\nd") == "a < b & c\n\nd"
    assert call("text", "<p> </p>") is None


def test_html_that_is_kept_is_safe() -> None:
    html = '<p onclick="x()">a <a href="javascript:x()">b</a><img src=x><script>y</script></p>'
    assert call("html", html) == '<p>a <a rel="noopener nofollow">b</a></p>'


@pytest.mark.parametrize(
    ("written", "expected"),
    [("12,50 €", "12.50"), ("1 250", "1250"), (6.1, "6.1"), (1e-7, "0.0000001"), ("", None)],
)
def test_numbers_may_be_written_with_a_comma(written: object, expected: str | None) -> None:
    assert call("number", written) == expected
    assert code(call("number", "douze")) == "bad-number"


@pytest.mark.parametrize(
    ("pair", "expected", "told"),
    [
        ((45.68, 6.13), ("45.68", "6.13"), []),
        (("45,68", "6,13"), ("45.68", "6.13"), []),
        ((6.13, 45.68), ("45.68", "6.13"), ["swapped-coordinates"]),
        (("6.13", "45.68"), ("45.68", "6.13"), ["swapped-coordinates"]),
        (("45.68, 6.13",), ("45.68", "6.13"), ["mended-coordinates"]),
        (("45,68 ; 6,13",), ("45.68", "6.13"), ["mended-coordinates"]),
        (("45.68,6.13",), ("45.68", "6.13"), ["mended-coordinates"]),
        (("45°41'2\"N", "6°7'48\"E"), ("45.6838889", "6.13"), ["mended-coordinates"]),
        (("N 45.68", "O 1.5"), ("45.68", "-1.5"), ["mended-coordinates"]),
        ((-21.11, 55.53), ("-21.11", "55.53"), []),
        ((6862035.26, 652469.02), ("48.8566", "2.3522"), ["projected-coordinates"]),
        (("652469,02", "6862035,26"), ("48.8566", "2.3522"), ["projected-coordinates"]),
    ],
)
def test_a_pair_of_coordinates_is_mended_where_that_is_certain(
    pair: tuple[object, ...], expected: tuple[str, str], told: list[str]
) -> None:
    north, *problems = call("latitude", *pair)
    east = call("longitude", *pair)
    assert [float(each) for each in (north, east)] == pytest.approx(list(map(float, expected)))
    assert [code(one) for one in problems] == told


@pytest.mark.parametrize("pair", [(0, 0), ("45,64",), (456, 6), ("abc", "6.1"), (930000, 651000)])
def test_what_is_no_pair_of_coordinates_is_told_once(pair: tuple[object, ...]) -> None:
    assert code(call("latitude", *pair)) == "bad-coordinate"
    assert call("longitude", *pair) is None
    assert call("latitude", "", None) is None


def test_what_is_said_of_one_of_several_objects_is_picked() -> None:
    ways = {"ways": [{"type": {"id": 201}, "at": "04"}, {"type": {"id": 204}, "at": "a@b.example"}]}
    assert call("pick", ways, "ways", "type.id", "201|202", "at") == ["04"]
    assert call("pick", ways, "ways", "type.id", "205", "at") is None
    assert call("pick", ways, "absent", "type.id", "205", "at") is None


def test_tags_are_pairs_and_a_text_is_taken_in_its_language() -> None:
    tags = {"amenity": "cafe;bar", "office": "coworking", "inner": {}}
    assert call("pairs", tags) == ["amenity=cafe", "amenity=bar", "office=coworking"]
    text = {"en": "Fair", "fr": "Foire", "de": ""}
    assert [call("localised", text, code) for code in (None, "en", "de")] == [
        "Foire",
        "Fair",
        "Foire",
    ]
    assert call("localised", {"oc": "Fièra"}) == "Fièra"
    assert call("localised", {"fr": ["Foire"]}) == ["Foire"]


def test_a_whole_day_is_a_date_whatever_midnight_it_is_written_with() -> None:
    assert call("day", "2026-05-17 00:00:00").value == "2026-05-17"
    assert code(call("day", "demain")) == "bad-date"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("04 79 54 38 00", "+33479543800"),
        ("+33 (0)4 79 54 38 00", "+33479543800"),
        ("0041 22 123 45 67", "+41221234567"),
        (479543800, "+33479543800"),
        ("3939", "3939"),
        ("-", None),
    ],
)
def test_telephone_numbers_take_one_form(written: object, expected: str | None) -> None:
    assert call("telephone", written) == expected
    assert code(call("telephone", "voir site")) == "bad-telephone"


def test_addresses_codes_and_languages_are_normalised() -> None:
    assert call("email", "mailto:Accueil@Fab.example") == "accueil@fab.example"
    assert code(call("email", "a at b")) == "bad-email"
    assert [str(getattr(one, "code", one)) for one in call("postcode", 1340)] == [
        "01340",
        "lost-zero",
    ]
    assert call("postcode", "73 340") == "73340"
    assert call("postcode", "F-73340") == call("postcode", 73340.0) == "73340"
    assert code(call("postcode", "F-73")) == "bad-postcode"
    assert call("postcode", 0) is None
    assert call("commune", "https://b.example/", "0") is None
    iri, lost = call("commune", "https://b.example/", 1004)
    assert (iri, code(lost)) == ("https://b.example/id/commune/01004", "lost-zero")
    assert code(call("commune", "https://b.example/", "731")) == "bad-insee"
    assert code(call("commune", "https://b.example/", "73630")) == "unknown-insee"
    iri, merged = call("commune", "https://b.example/", 74093.0)
    assert (iri, code(merged)) == ("https://b.example/id/commune/74010", "merged-commune")
    assert [call("language", tag) for tag in ("fr-FR", "en_GB", "", None, "Français")] == [
        "fr",
        "en",
        "fr",
        "fr",
        "fr",
    ]


def test_opening_hours_are_kept_when_they_follow_the_grammar() -> None:
    for hours in (
        "Mo-Fr 09:00-12:00,14:00-18:00; Sa off",
        "24/7",
        "Mo,Tu 09:00-18:00, Th 9:00-21:00",
    ):
        assert call("openingHours", hours) == hours
    assert code(call("openingHours", "le matin")) == "unread-hours"
    assert call("weekHours", {"Mo": "09:00-12:00 & 14:00-18:00", "Su": None, "x": "y"}) == (
        "Mo 09:00-12:00, 14:00-18:00"
    )
    assert call("weekHours", {}) is None


def test_words_are_looked_up_whole_then_in_parts() -> None:
    values = ["Fablab / Makerspace", "Fablab, ovni; Fablab"]
    assert call("concept", "type", values) == ["c:faire", "c:fablab"]
    word, problem = call("unmatched", "type|public", [*values, "ados"])
    assert word == "ovni"
    assert (problem.code, problem.value, problem.severity) == ("unmatched-word", "ovni", "notice")


def test_a_column_is_found_by_any_of_its_names() -> None:
    row = {"Code_Postal": "73340", "NOM": "", "Nom du lieu": "La Fabrique", "Œuvre": "x"}
    assert call("field", row, "code postal|cp", []) == "73340"
    assert call("field", row, "nom|nom du lieu", []) == "La Fabrique"
    assert call("field", row, "oeuvre", []) == "x"
    assert call("field", row, "absent", []) is None


def test_a_column_that_is_in_no_row_of_the_table_is_told_and_an_empty_cell_is_not() -> None:
    row = {"Bezeichnung": "Das Haus"}
    columns = ["Bezeichnung", "Ort"]
    assert call("field", row, "nom|name", [*columns, "Nom"]) is None
    told = call("field", row, "nom|name|nom du lieu|titre", columns)
    assert code(told) == "no-column"
    assert "nom, name, nom du lieu —" in str(told.message)
    assert "Bezeichnung, Ort" in str(told.message)
    assert told == call("field", {"Ort": "Arith"}, "nom|name|nom du lieu|titre", columns)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Court", "Court"),
        ("Deux\n\n lignes", "Deux lignes"),
        ("mot " * 20, "mot " * 19 + "mot"),
        ("mot " * 21, "mot " * 19 + "mot…"),
        ("Le marché du samedi reprend, sous la halle, de huit heures à midi : on y trouve, …",
         "Le marché du samedi reprend, sous la halle, de huit heures à midi : on y trouve…"),
        ("x" * 500, "x" * 80 + "…"),
    ],
)  # fmt: skip
def test_the_beginning_of_a_text_is_cut_between_words(text: str, expected: str) -> None:
    assert call("beginning", text) == expected


def test_choosing_comparing_and_cutting() -> None:
    assert call("first", [None, " ", [], "x", "y"]) == "x"
    assert call("slug", "Le Châtelard – Cœur des Bauges !") == "le-chatelard-coeur-des-bauges"
    assert call("slug", "!!!") is None
    assert [call("boolean", word) for word in ("Oui", "non", True, "peut-être")] == [
        True,
        False,
        True,
        None,
    ]
    assert call("split", "a, b;;c", ",;") == ["a", "b", "c"]
    assert call("present", ["a"]) is True
    assert call("absent", []) is True
    assert call("contains", ["a", 1], "1") is True
    assert call("among", ["Atelier", "Mode d’emploi"], "guide|mode d emploi") is True
    assert call("among", ["Ressourcerie"], "ressource") is False
    assert call("among", None, "guide") is False
    assert str(call("weekday", "-1SU")) == "<https://schema.org/Sunday>"
    assert call("weekday", "XX") is None


# What each of these did, repeated up to a million characters, to some function or its library.
HOSTILE = [
    "a", "x@", "<a", "<b>", "<div>", "&a", "<br ", "\n", " ", "\n ", "( ", " [at] ", "06 ", "a.",
    "a;", "73630 ", "École, ", "Annecy (74) ", "1", "2026-", "Mo 10:00-11:00,", " -", "<!--",
    "\xad", "\ud800",
]  # fmt: skip
LONG = [(unit * (1_000_000 // len(unit) + 1))[:1_000_000] for unit in HOSTILE]
ON_TEXT: dict[str, tuple[Any, ...]] = {
    "text": (),
    "html": (),
    "mask": (None,),
    "url": ("https://a.example/",),
    "telephone": (),
    "email": (),
    "language": (),
    "number": (),
    "openingHours": (),
    "date": (None, None),
    "slug": (),
    "beginning": (),
    "postcode": (),
    "latitude": (None,),
    "longitude": ("6.1",),
    "day": (None, None),
    "boolean": (),
}


@pytest.mark.parametrize("text", [*LONG, "x@y " + LONG[0], f"a{' ' * 1_000_000}b"], ids=repr_of)
def test_a_million_hostile_characters_take_no_function_more_than_a_second(text: str) -> None:
    real = registry()
    calls = {name: (text, *rest) for name, rest in ON_TEXT.items()}
    calls["concept"], calls["unmatched"] = ("type", [text]), ("type|theme", [text])
    calls["communeIn"] = ("https://b.example/", text, text, "73630", None)
    for name, values in calls.items():
        before = time.process_time()
        real[EBF + name].call(*values)
        assert time.process_time() - before < 1, name


def test_an_address_behind_a_row_of_dots_is_masked_with_them() -> None:
    assert call("mask", f"Paul{'.' * 100}paul@a.example, a@b.example@c", None) == "…, …@c"


def test_a_list_of_words_that_is_a_text_is_told_and_its_beginning_is_read() -> None:
    values = ["Fablab, " + "ovni, " * 2_000]
    assert call("concept", "type", values) == ["c:fablab"]
    assert [code(one) for one in call("unmatched", "type", values) if isinstance(one, Problem)] == [
        "unmatched-word",
        "long-words",
    ]


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_at_the_end_of_the_calendar_is_a_problem_where_it_is_moved(written: str) -> None:
    assert call("date", written, None, None).value[:16] == written[:16]
    for zone in ("Pacific/Auckland", "America/Los_Angeles", "Europe/Paris"):
        found = call("date", written, None, zone)
        assert isinstance(found, ox.Literal | Problem)
    assert code(call("date", "9999-12-31T23:59:59Z", None, "Europe/Paris")) == "bad-date"


def test_every_function_answers_to_the_iri_it_is_registered_under() -> None:
    assert all(iri == function.iri for iri, function in FUNCTIONS.items())
    assert all(
        len({parameter.iri for parameter in function.parameters}) == len(function.parameters)
        for function in FUNCTIONS.values()
    )


def test_documents_are_found_by_their_links_and_addresses() -> None:
    html = (
        '<p><a href="/docs/Guide%20asso.pdf?v=2">guide</a> <a href="page.html">x</a>'
        "<a href='https://a.example/b.ODT#p3'>b</a> et https://a.example/c.docx. "
        '<a href="javascript:x.pdf">non</a> https://a.example/c.docx</p>'
    )
    assert content.documents(html, "https://mairie.example/blog/") == [
        "https://mairie.example/docs/Guide%20asso.pdf?v=2",
        "https://a.example/b.ODT#p3",
        "https://a.example/c.docx",
    ]
    assert content.documents(["https://a.example/d.pdf", "rien"]) == ["https://a.example/d.pdf"]
    assert content.documents("pas de lien, guide.pdf") == []
    assert content.documents('<a href=" https://a.example/e.pdf ">') == ["https://a.example/e.pdf"]


def test_a_text_takes_no_longer_than_its_length_to_look_for_documents() -> None:
    began = process_time()
    assert content.documents('href="' + " " * 50_000) == []
    assert process_time() - began < 1
