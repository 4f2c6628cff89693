"""What a query text may be: the tokeniser and what it refuses."""

import time
from contextlib import suppress

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparql.guard import check, tokens
from sparql.values import (
    Limits,
    QueryMalformedError,
    QueryRefusedError,
    QueryTooLongError,
    SparqlError,
)

LIMITS = Limits()
PROLOGUE = "".join(
    f"PREFIX {name}: <http://example.org/{name}> " for name in ("", "e", "SERVICE", "SERVICZ")
)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT"),
        ("# SELECT\nask {}", "ASK"),
        ("PREFIX select: <http://ask/> CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("BASE <http://select/> DESCRIBE <x>", "DESCRIBE"),
        ("PREFIX insert: <http://a/> SELECT * { ?s insert:into ?o }", "SELECT"),
    ],
)
def test_the_form_is_the_first_keyword_after_the_prologue(text: str, form: str) -> None:
    assert check(text, LIMITS).form == form


@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICE <http://x/> { ?s ?p ?o }",
        "service silent <http://x/> {}",
        "SERVICE ?where {}",
        "SERVICE:x {}",
        "SERVICESILENT:x {}",
        "SERVICESERVICE:x {}",
        "?s ?p true.SERVICE<http://x/>{}",
        "?s ?p trueSERVICE<http://x/>{}",
        "?s ?p 1SERVICE<http://x/>{}",
        '?s ?p "a"SERVICE<http://x/>{}',
        '?s ?p "a\\"b" . SERVICE <http://x/> {}',
        "?s ?p e:a\\#SERVICE . SERVICE <http://x/> {}",
        "?s ?p <http://x/#> . SERVICE <http://x/> {}",
        '?s ?p """a"b""" . SERVICE <http://x/> {}',
        'VALUES ?x { """a" } SERVICE <http://x/> {}',
        "FILTER(?a<?b) SERVICE <http://x/> {}",
        "# comment\rSERVICE <http://x/> {}",
        "\\u0053ERVICE <http://x/> {}",
        "\\U00000053\\u0045RVICE <http://x/> {}",
        '?s ?p "\\u0022 . SERVICE <http://x/> {}',
    ],
)
def test_service_is_refused_however_it_is_written(pattern: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check(f"SELECT * {{ {pattern} }}", LIMITS)


@pytest.mark.parametrize(
    "pattern",
    [
        '?s ?p "SERVICE <http://x/> {}"',
        "?s ?p '''\nSERVICE <http://x/> {}\n'''",
        "?s ?p <http://x/SERVICE>",
        "?s ?p ?SERVICE . $service ?p ?o",
        "?s e:SERVICE ?o",
        "?s SERVICE:of ?o",
        "GRAPH SERVICE:of { ?s ?p ?o }",
        "# SERVICE <http://x/> {}\n?s ?p ?o",
        '?s ?p "a"@service',
        '?s ?p "LOAD, INSERT and DROP are words"',
    ],
)
def test_the_word_service_is_free_where_it_is_no_keyword(pattern: str) -> None:
    text = f"{PROLOGUE} SELECT * {{ {pattern} }}"
    ox.Store().query(text)
    assert check(text, LIMITS).form == "SELECT"


@pytest.mark.parametrize("verb", ["INSERT DATA", "DELETE WHERE", "LOAD", "CLEAR", "WITH", "drop"])
def test_updates_are_refused_with_a_remedy(verb: str) -> None:
    with pytest.raises(QueryRefusedError, match="only reads"):
        check(f"PREFIX e: <http://x/> {verb} {{ e:s e:p e:o }}", LIMITS)


@pytest.mark.parametrize(("opening", "closing"), ["{}", "()", "[]"])
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    inner = opening * 63 + closing * 63
    assert check(f"SELECT * {{ {inner} }}", LIMITS).form == "SELECT"
    with pytest.raises(QueryRefusedError, match="nested"):
        check(f"SELECT * {{ {opening}{inner}{closing} }}", LIMITS)


def test_brackets_in_strings_do_not_count() -> None:
    assert check('SELECT * { ?s ?p "' + "{" * 1000 + '" }', LIMITS)


def test_length_is_bounded_and_both_lengths_are_told() -> None:
    with pytest.raises(QueryTooLongError, match=r"65546 characters.*65536"):
        check("SELECT * #" + "a" * LIMITS.length, LIMITS)


@pytest.mark.parametrize("text", ["", "   ", "hello", "PREFIX e: <http://x/>", "{SELECT}"])
def test_a_text_without_a_form_is_no_query(text: str) -> None:
    with pytest.raises(QueryMalformedError, match="not a query"):
        check(text, LIMITS)


def test_the_line_is_told() -> None:
    with pytest.raises(QueryRefusedError, match="line 3"):
        check("SELECT *\n{\nSERVICE <http://x/> {} }", LIMITS)


def test_what_the_text_says_of_its_dataset_and_of_time_is_noticed() -> None:
    assert check("SELECT * FROM <http://x/> { ?s ?p ?o }", LIMITS).dataset
    assert not check('SELECT * { ?from ?p "FROM" { SELECT * { ?s ?p ?o } } }', LIMITS).dataset
    assert check("SELECT (NOW() AS ?n) {}", LIMITS).volatile
    assert not check("SELECT ?now {}", LIMITS).volatile


@given(st.text(max_size=200))
def test_any_text_is_judged_without_another_error(text: str) -> None:
    with suppress(SparqlError):
        check(text, LIMITS)


@given(st.text(max_size=100))
def test_tokens_keep_their_order_and_stay_within_the_text(text: str) -> None:
    places = [token.at for token in tokens(text)]
    assert places == sorted(set(places))
    assert all(0 <= place < len(text) for place in places)


@given(st.text(alphabet=st.characters(exclude_characters='"\\\r\n'), max_size=50))
def test_nothing_within_a_string_is_a_keyword(inside: str) -> None:
    assert check(f'SELECT * {{ ?s ?p "{inside} SERVICE {inside}" }}', LIMITS).form == "SELECT"


PIECES = (
    *("SERVICE", "SERVICE", "SERVICESILENT", "SERVICE:x{}", "SERVICEe:x{}", "SERVICE<http://x>{}"),
    *(" ", "\n", "\r", "{", "}", "(", ")", "[", "]", ".", ";", ",", "#", "\\", '"', "'", '"""'),
    *(
        "?a",
        "$x",
        " ?s ?p ?o ",
        "<http://x#y>",
        "e:a",
        "e:a\\#",
        ":",
        "_:b",
        "a",
        "true",
        "1",
        "1.",
    ),
    *("\\u0022", "\\u0053ERVICE", "@fr", "@en-", "FILTER(", "?a<?b", ">", "||", "EXISTS{"),
    *("VALUES ?x {", "BIND(", "AS ?z)", "GRAPH", "OPTIONAL", "UNION", "SELECT * {"),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join))
def test_no_keyword_that_the_parser_sees_escapes_the_guard(pattern: str) -> None:
    """Where SERVICE is a keyword, a misspelt one breaks the query; where it is text, not."""
    if not _parses(f"{PROLOGUE} SELECT * {{ {pattern} }}"):
        return
    try:
        check(f"{PROLOGUE} SELECT * {{ {pattern} }}", LIMITS)
    except QueryRefusedError:
        return
    misspelt = pattern.replace("SERVICE", "SERVICZ").replace("\\u0053ERVICE", "SERVICZ")
    assert _parses(f"{PROLOGUE} SELECT * {{ {misspelt} }}")


def _parses(text: str) -> bool:
    try:
        ox.Store().query(text)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "a:", '"\\', "'\\'", '"""\\"" ', "<a", ":", "\\u0041", "'''\\'", '"']
)
def test_reading_stays_linear_on_texts_made_to_be_slow(piece: str) -> None:
    started = time.process_time()
    with pytest.raises(SparqlError):
        check(piece * (LIMITS.length // len(piece)), LIMITS)
    assert time.process_time() - started < 2
