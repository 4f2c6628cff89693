"""A wrong mapping file is refused with its name, the line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings import MappingError, compile_yarrrml, platform
from mappings.platform import load_platform

BODY = (
    "prefixes:\n  ex: http://ex.example/\n  ebf: https://w3id.org/enbauges/function#\nmappings:\n"
)


def refusal(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        compile_yarrrml(text, file="m.yml")
    assert caught.value.file == "m.yml"
    assert str(caught.value).startswith(f"m.yml:{caught.value.line}: ")
    assert "{" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("rules", "line", "said"),
    [
        ("t: {s: ex:s, poo: []}", 5, "unknown key “poo” — write po"),
        ("t:\n  s: ex:s\n  po:\n  - {p: ex:p, objet: x}", 8, "“objet” — write object"),
        (
            "t:\n  s: xe:$(id)~iri\n  po: [[exx:p, x]]",
            7,
            "prefix “exx” is not declared — add it to “prefixes”, or write ex",
        ),
        ("t:\n  s: xe:thing", 6, "prefix “xe” is not declared"),
        ("t:\n  s: ex:$(id", 6, "“$(id” is not closed — write $(name)"),
        ("t:\n  s: ex:s\n  po:\n  - [ex:p, 'a $(b c']", 8, "is not closed"),
        ("t: {s: 'ex:$(a[x)'}", 5, "“[x” in $(a[x) is not understood"),
        ("t: {po: [[ex:p]]}", 5, "two or three parts"),
        ("t: {po: [[ex:p, {v: x, type: irri}]]}", 5, "unknown type “irri” — write iri"),
        ("t: {po: [[ex:p, x, 'not a language~lang']]}", 5, "is no language"),
        ("t: {po: [[ex:p, x, 'ex:a b']]}", 5, "is no IRI"),
        ("t: {po: [[ex:p, 'ex:a b~iri']]}", 5, "“http://ex.example/a b” is no IRI"),
        ("t: {po: [[ex:p, {v: x, datatype: ex:d, language: fr}]]}", 5, "not both — remove one"),
        ("t: {po: [[ex:p, x~iri, fr~lang]]}", 5, "qualifies an IRI"),
        ("t: {po: [[ex:p, {datatype: ex:d}]]}", 5, "“value” or “function” is missing"),
        ("t: {po: [{p: ex:p}]}", 5, "a key “objects” is missing"),
        ("t: {po: [{p: ex:p, o: [[a, b, c]]}]}", 5, "one or two parts"),
        ("t: {po: [[ex:p, {f: ebf:slugg, pms: []}]]}", 5, "“ebf:slugg” — write ebf:slug"),
        (
            "t: {po: [[ex:p, {f: ebf:slug, pms: [[ebf:valu, x]]}]]}",
            5,
            "“ebf:valu” — write ebf:value",
        ),
        ("t: {po: [[ex:p, {f: ebf:slug}]]}", 5, "ebf:slug needs the parameter ebf:value"),
        ("t: {po: [[ex:p, {f: 'ebf:slug(value=a, value=b)'}]]}", 5, "takes ebf:value once"),
        (
            "t: {po: [[ex:p, {f: 'ebf:slug(value=$(a)'}]]}",
            5,
            "a bracket of “ebf:slug(val",
        ),
        ("t: {po: [[ex:p, {f: 'ebf:slug(value=$(a)) more'}]]}", 5, "“ more” is not understood"),
        ("t: {po: [[ex:p, {f: 'ebf:slug(\"x\")'}]]}", 5, "is not understood"),
        ("t: {condition: ebf:slug}", 5, "is not understood"),
        ("t: {condition: {parameters: []}}", 5, "a key “function” is missing"),
        ("t: {po: [[ex:p, {f: ebf:slug, pms: [{pm: ebf:value}]}]]}", 5, "a key “value” is missing"),
        (
            "t: {po: [[ex:p, {f: 'ebf:concept(scheme=tipe, value=$(a))'}]]}",
            5,
            "ebf:scheme cannot be “tipe” — write type",
        ),
        ("t: {po: [[ex:p, {f: 'ebf:concept(scheme=$(a), value=$(b))'}]]}", 5, "cannot be “$(…)”"),
        ("t: {po: [{p: ex:p, o: {mapping: u}}]}\n  u: {}\n  v: {}", 5, None),
        ("t: {po: [{p: ex:p, o: {mapping: uu}}]}\n  u: {}", 5, "no mapping “uu”"),
        ("t: {po: [{p: ex:p, o: {mapping: t, condition: x}}]}", 5, "“x” is not understood"),
        (
            "t: {po: [{p: ex:p, o: {mapping: t, condition: {function: equal, parameters: []}}}]}",
            5,
            "a key “str1” is missing",
        ),
        ("t: {po: [{p: ex:p, o: {function: 'join(t, x)'}}]}", 5, "write join(mapping, equal("),
        ("t: {s: {quoted: u}}", 5, "quoted triples are not supported"),
        ("t: {sources: peple}", 5, "there is no source “peple”"),
        ("t: {sources: [[a.sql~sql, /a]]}", 5, "“sql” is not read — write csv / jsonpath / xpath"),
        ("t: {sources: [[a.xml~xpath, '/a[']]}", 5, "in the iterator /a[ is not understood"),
        (
            "t: {sources: [[a.json~jsonpath, '$.a[?(@.b]']]}",
            5,
            "in the iterator $.a[?(@.b] is not understood",
        ),
        ("t: {sources: {access: a.csv}}", 5, "a key “referenceFormulation” is missing"),
        ("t: {sources: {table: people}}", 5, "databases are not read"),
        ("t: {sources: {acces: a.csv}}", 5, "“acces” — write access"),
        ("t: {s: {v: {a: b}}}", 5, "unknown key “a”"),
        ("t: {s: [[a]]}", 5, "write a text"),
        ("t: {s: ex:s, subject: ex:s}", 5, "says again"),
        ("t: {s: ex:s}\n  t: {}", 6, "the key “t” is written twice"),
        ("- t", 5, "write the name of a mapping"),
        ("t: {po: [[ex:p, $(a), xsd:interger]]}", 5, "no datatype “xsd:interger” — write xsd:inte"),
        (
            "t: {po: [[ex:p, $(a), fr~lan]]}",
            5,
            "“fr~lan” after a value is not",
        ),
        ("t: {po: [[ex:p, $(a), frenchlanguage~lang]]}", 5, "“frenchlanguage” is no language"),
        ("t: {po: [ex:p, $(a)]}", 5, "“ex:p” is no rule — write - [predicate, object]"),
        ("t: {po: [[ex:p, {f: 'eb:slug(value=$(a))'}]]}", 5, "as eb: https://w3id.org/enbauges/ns"),
        ("? [t, u]\n: {}", 5, "a list or a table cannot be a key"),
        ("t:\n\t s: ex:s", 6, "there is a tab — indent with spaces"),
        ("t: {sources: {access: a.csv, referenceFormulation: csv, delimiter: ab}}", 5, "one char"),
        (
            "t: {sources: {access: a.csv, referenceFormulation: csv, encoding: utf9}}",
            5,
            "“utf9” is",
        ),
        ("t: {sources: [[a.xml~xpath, /zz:a]]}", 5, "“Undefined namespace prefix” in the iterator"),
        ("t: {sources: [[a.xml~xpath, /a]], s: 'ex:$(b[)'}", 5, "in $(b[) is not understood"),
        (
            "t: {sources: [[a.xml~xpath, /a]], s: 'ex:$(f(b\\))'}",
            5,
            "“Unregistered function”",
        ),
    ],
)
def test_a_mistake_names_its_line_and_the_remedy(rules: str, line: int, said: str | None) -> None:
    indented = "".join(f"  {each}\n" for each in rules.splitlines())
    text = BODY + indented.replace("    u:", "  u:").replace("    v:", "  v:")
    text = text.replace("    t: {}", "  t: {}")
    if said is None:
        compile_yarrrml(text)
        return
    found = refusal(text)
    assert said in found
    assert found.startswith(f"m.yml:{line}: ")


LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9)
)
"""A billion values, by aliases of aliases."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "m.yml:1: not a YARRRML document"),
        ("- a", "m.yml:1: not a YARRRML document"),
        ("mappings: &all {t: *all}", "m.yml:1: an alias (*name) stands inside what it names"),
        (LAUGHS, "m.yml:1: more than 100000 values"),
        ("a: " + "[" * 400 + "]" * 400, "m.yml:1: more than"),
        ("a: " + "{a: " * 100 + "}" * 100, "m.yml:1: more than"),
        ("a: [b\n", "m.yml:2: not YAML"),
        ("a: \x00", "m.yml:1: not YAML"),
        ("prefixes: {}\n", "m.yml:1: there is no key “mappings”"),
        ("mapings: {}\n", "m.yml:1: unknown key “mapings” — write mappings"),
        ("prefixes: [a]\nmappings: {}", "m.yml:1: write one name and its value"),
        ("sources: [a]\nmappings: {}", "m.yml:1: write the name of a source"),
    ],
)
def test_a_document_that_is_no_mapping_is_refused(text: str, said: str) -> None:
    assert refusal(text).startswith(said)


def test_a_source_that_is_mistyped_names_the_nearest() -> None:
    text = "sources:\n  people: [p.csv~csv]\nmappings:\n  t: {sources: peple}\n"
    assert "there is no source “peple” — write people" in refusal(text)


def test_a_mapping_that_reads_another_source_cannot_be_an_object() -> None:
    text = (
        "mappings:\n  t: {sources: [a.csv~csv], po: [{p: foaf:x, o: {mapping: u}}]}\n"
        "  u: {sources: [b.csv~csv], s: $(id)}\n"
    )
    assert "“u” reads another source" in refusal(text)


def test_a_missing_file_and_a_file_that_is_not_utf_8_are_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"absent\.yml: the file cannot be read"):
        compile_yarrrml(tmp_path / "absent.yml")
    path = tmp_path / "latin.yml"
    path.write_bytes("é".encode("latin-1"))
    with pytest.raises(MappingError, match=r"latin\.yml: the file is not UTF-8"):
        compile_yarrrml(path)


def test_an_unknown_platform_names_the_nearest() -> None:
    with pytest.raises(MappingError, match="no platform “isc” — write ics"):
        platform("isc")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "the key “platform” is missing"),
        ("platform: {reader: csv}\n", "write fr and en"),
        ("platform: {title: {fr: A}}\n", "write fr and en"),
        (
            "platform: {title: {fr: A, en: B}, reads: {fr: A, en: B}, reader: cvs}\n",
            "reader cannot be “cvs”",
        ),
        ("platform: {title: {fr: A, en: B}, removal: sliding}\n", "“removal” — write removals"),
        (
            "platform: {title: {fr: A, en: B}, reads: {fr: A, en: B}, removals: never}\n",
            "removals cannot be “never”",
        ),
    ],
)
def test_a_wrong_platform_file_is_refused(head: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "new.yml"
    path.write_text(head + "mappings:\n  t: {s: $(_record.iri)}\n", "utf-8")
    with pytest.raises(MappingError, match=r"new\.yml:1: ") as caught:
        load_platform(path)
    assert said in str(caught.value)
