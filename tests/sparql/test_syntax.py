"""What a person is told of a query that cannot be read."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparql.syntax import explain, widen
from vocab import PREFIXES


def _reason(text: str) -> str:
    try:
        ox.Store().query(text, prefixes=dict(PREFIXES), base_iri="https://data.example/")
    except SyntaxError as error:
        return str(error)
    return ""


def _told(text: str) -> str:
    reason = _reason(text)
    assert reason
    return str(explain(text, reason, _reason(widen(text)) if widen(text) else ""))


def test_an_undeclared_prefix_is_told_with_what_to_add() -> None:
    assert _told("SELECT * {\n  ?s foo:x ?o\n}") == (
        "line 2, column 6: the prefix foo: is not declared — add: PREFIX foo: <…>\n"
        "    ?s foo:x ?o\n"
        "       ^"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [("SCHEMA", "schema"), ("shema", "schema"), ("dct", "dcterms"), ("sdo", "schema")],
)
def test_another_spelling_of_a_known_prefix_is_recognised(written: str, meant: str) -> None:
    told = _told(f"SELECT * {{ ?s {written}:name ?o }}")
    assert f"write {meant}: instead" in told
    assert f"PREFIX {written}: <{PREFIXES[meant]}>" in told


def test_a_prefix_that_the_query_declares_is_not_blamed() -> None:
    told = _told("PREFIX foo: <http://x/> SELECT * { ?s foo:x ?o . ?s bar:x ?o }")
    assert "the prefix bar:" in told


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("SELECT * { ?s ?p ?o } ORDER ?x", "?x"),
        ("SELECT * { ?s ?p ?o . FILTER ?o > 3 }", "?o >"),
        ("SELECT (COUNT(*) AS ?n WHERE { ?s ?p ?o }", "WHERE"),
        ("SELECT ?x, ?y WHERE { ?x ?p ?y }", "?x,"),
        ("SELECT * { ?s a schema:Event; } LIMIT x", "x"),
        ("SELECT *\n# of all\n{\n\t?s a schema:Place schema:name ?n . }", "schema:name"),
        ("SELECT * { VALUES (?x ?y) { (1) } }", "} }"),
    ],
)
def test_the_caret_is_under_the_word_that_cannot_stand_there(text: str, under: str) -> None:
    _, line, caret = _told(text).split("\n")
    assert line[caret.index("^") :].startswith(under)


def test_a_misspelt_keyword_is_recognised() -> None:
    assert "OPTINAL is no keyword: did you mean OPTIONAL?" in _told("ASK { OPTINAL { ?s ?p ?o } }")


def test_a_query_that_stops_too_early_is_told_so() -> None:
    assert "ends before it is complete" in _told("SELECT ?s { ?s")


def test_few_expectations_are_told_and_a_whole_alphabet_is_not() -> None:
    assert "expected here: BY\n" in _told("SELECT * { ?s ?p ?o } ORDER ?x")
    assert "expected" not in _told("SELECT * { ?s schema:name/ ?o }")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT (?zz AS ?q) {?a ?b ?c} GROUP BY ?a", "expression with a variable that is unbound"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?y ?z }", "neither in GROUP BY"),
        ("SELECT (1 AS ?y) (2 AS ?y) { }", "same name"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "cannot go with GROUP BY"),
        ("ASK { ?s <http://a b> ?o }", "not an IRI"),
    ],
)
def test_what_is_wrong_beyond_the_grammar_is_told_by_itself(text: str, told: str) -> None:
    assert told in _told(text)
    assert "expected" not in _told(text)


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    _, line, caret = _told("SELECT * { " + "?s ?p ?o . " * 40 + "?s ?p ; }").split("\n")
    assert len(line) < 80
    assert line[caret.index("^")] == ";"


def test_a_long_text_is_read_once() -> None:
    long = "SELECT * {" + " ?s ?p ?o ." * 1000 + " foo }"
    assert widen(long) == ""
    assert _told(long).startswith("line 1, column 1")


@given(st.text(alphabet="{}()?sp.;:#\"' \n\t<>aSELECT*é\u00a0", max_size=60))
def test_any_malformed_text_is_explained(text: str) -> None:
    if _reason(text):
        assert _told(text)
