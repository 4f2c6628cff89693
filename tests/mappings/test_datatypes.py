"""A typed statement is made of a text in the lexical space of its datatype, or not at all."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from mappings import Problem, compile_yarrrml
from mappings.datatypes import accepts
from vocab import term

RIGHT = {
    "integer": ("0", "-12", "+007", "123456789012345678901234567890"),
    "nonNegativeInteger": ("0", "12", "-0"),
    "positiveInteger": ("1", "010"),
    "nonPositiveInteger": ("0", "-1"),
    "negativeInteger": ("-10",),
    "byte": ("-128", "127"),
    "unsignedByte": ("255",),
    "long": ("9223372036854775807",),
    "decimal": ("12.5", "12.", ".5", "-3"),
    "double": ("1e3", "12.5", "INF", "-INF", "NaN"),
    "float": ("1.0E-3",),
    "boolean": ("true", "false", "1", "0"),
    "date": ("2026-05-01", "2024-02-29", "2000-02-29", "2026-05-01Z", "-0044-03-15", "12024-02-29"),
    "dateTime": ("2026-05-01T18:00:00", "2026-05-01T18:00:00.5+02:00", "2026-05-01T24:00:00Z"),
    "dateTimeStamp": ("2026-05-01T18:00:00Z",),
    "time": ("18:00:00", "18:00:00+14:00"),
    "gYear": ("2026", "0044"),
    "gYearMonth": ("2026-05",),
    "duration": ("P1D", "PT1H30M", "-P1Y2M3DT4H5M6.7S", "P2M"),
    "dayTimeDuration": ("P1DT2H",),
    "yearMonthDuration": ("P1Y2M",),
    "anyURI": ("whatever it is",),
    "string": ("whatever it is",),
}
WRONG = {
    "integer": ("cent vingt", "12.0", "", " 12", "1_000", "１２"),
    "nonNegativeInteger": ("-1",),
    "positiveInteger": ("0", "-1"),
    "nonPositiveInteger": ("1",),
    "negativeInteger": ("-0", "1"),
    "byte": ("128", "a"),
    "unsignedByte": ("256", "-1"),
    "long": ("9223372036854775808", "9" * 5000),
    "decimal": ("12,5", "1e3", ".", "NaN"),
    "double": ("12,5", "inf", "nan", "e3"),
    "boolean": ("oui", "True", ""),
    "date": ("2026-02-29", "1900-02-29", "2026-04-31", "2026-5-1", "01/05/2026", "2026-13-01"),
    "dateTime": ("2026-05-01", "2026-05-01 18:00:00", "2026-05-01T18:00", "2026-05-01T25:00:00"),
    "dateTimeStamp": ("2026-05-01T18:00:00",),
    "time": ("18:00", "18h"),
    "gYear": ("26", "1"),
    "gYearMonth": ("2026-13",),
    "duration": ("P", "PT", "P1", "1 jour", "P1DT", "P1H"),
    "dayTimeDuration": ("P1Y",),
    "yearMonthDuration": ("P1D", "P"),
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in RIGHT.items() for text in texts]
)
def test_a_text_of_the_lexical_space_is_accepted(name: str, text: str) -> None:
    check = accepts(term(f"xsd:{name}"))
    assert check is None or check(text)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts]
)
def test_a_text_out_of_the_lexical_space_is_refused(name: str, text: str) -> None:
    check = accepts(term(f"xsd:{name}"))
    assert check is not None
    assert not check(text)


@pytest.mark.parametrize(
    "rule",
    [
        "[ex:seats, $(seats), xsd:integer]",
        "[ex:seats, $(room.seats), xsd:integer]",
        "[ex:seats, $(several), xsd:integer]",
        "{p: ex:seats, o: {value: $(seats), datatype: $(type)}}",
        '{p: ex:seats, o: {value: "$(seats)", datatype: xsd:integer}}',
        "{p: ex:seats, o: {function: ebf:text(value=$(seats)), datatype: xsd:integer}}",
    ],
)
def test_an_ill_typed_value_leaves_its_statement_out_and_is_told(rule: str) -> None:
    mapping = compile_yarrrml(
        "prefixes: {ex: 'https://data.example/', ebf: 'https://w3id.org/enbauges/function#'}\n"
        "mappings: {a: {sources: [['a.json~jsonpath', '$.records[*]']], "
        "s: ex:room, po: [[ex:name, Salle], "
        f"{rule}]}}}}"
    )
    value = "cent vingt"
    record = {
        "seats": value,
        "room": {"seats": value},
        "several": [value],
        "type": term("xsd:integer"),
    }
    problems: list[Problem] = []
    (quad,) = mapping.quads(record, ox.DefaultGraph(), problems)
    assert quad.predicate.value == "https://data.example/name"
    (told,) = problems
    assert (told.code, told.value) == ("bad-datatype", value)
    assert value in str(told.message)
    assert "xsd:integer" in str(told.message)


def test_the_natural_datatype_of_a_json_value_yields_to_the_one_that_is_written() -> None:
    mapping = compile_yarrrml(
        "prefixes: {ex: 'https://data.example/'}\n"
        "mappings: {a: {sources: [['a.json~jsonpath', '$.records[*]']], s: ex:room, po: "
        "[[ex:natural, $(n)], [ex:typed, $(n), xsd:decimal], [ex:typed, $(no), xsd:integer]]}}"
    )
    problems: list[Problem] = []
    quads = mapping.quads({"n": 2.5, "no": 2.5}, ox.DefaultGraph(), problems)
    assert [str(quad.object) for quad in quads] == [
        f'"2.5E0"^^<{term("xsd:double")}>',
        f'"2.5"^^<{term("xsd:decimal")}>',
    ]
    assert [each.value for each in problems] == ["2.5"]
