"""Mappings written down in another language: what is read again says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mappings import MappingError, Problem
from mappings.functions import registry
from mappings.local import map_file
from mappings.platform import FOLDER
from mappings.rml import read_rml, write_rml
from mappings.translate import LANGUAGES, translated
from mappings.yarrrml import read_yarrrml
from mappings.yarrrml_writer import write_yarrrml

PLATFORMS = [
    path for path in sorted(FOLDER.glob("*.yml")) if "\nmappings:" in path.read_text("utf-8")
]
"""Those that have a mapping of their own."""
RECORDS = [
    {"id": "a b", "name": "Zoé", "tags": ["x", "y"], "lang": "fr", "on": True, "in": {"code": 1}},
    {"id": "2", "name": None, "tags": [], "on": False, "_record": {"iri": "http://e.example/r"}},
]
EVERYTHING = """
prefixes: {ex: "http://ex.example/", ebf: "https://w3id.org/enbauges/function#"}
base: http://base.example/
mappings:
  thing:
    sources: ["d.json~jsonpath"]
    s: ex:$(id)
    graphs: ex:g
    po:
      - [a, [ex:A, "ex:$(id)"]]
      - [ex:name, $(name), $(lang)~lang]
      - [ex:name, $(name), fr~lang]
      - [ex:tag, "$(tags[*])"]
      - [ex:both, "$(name): $(tags[*]) {x} \\\\ $(['id'])"]
      - [ex:id, $(id), xsd:token]
      - [ex:rel, "$(in.code)~iri"]
      - [ex:blank, "_:$(id)"]
      - [ex:raw, "$(_record.iri)#part~iri"]
      - [ex:fixed, "a \\\\$(b)"]
      - {p: [ex:p, ex:q], o: [$(on), {value: $(id), datatype: "http://t.example/$(id)"}]}
      - {p: ex:own, o: $(id), graphs: "ex:$(id)"}
      - {p: ex:slug, o: {function: "ebf:slug(value=ebf:first(value=$(name), value=$(id)))"}}
      - {p: ex:if, o: {value: $(id), condition: ebf:present(value=$(name))}}
      - {p: ex:unless, o: ex:no~iri, condition: ebf:absent(value=$(name))}
      - {p: ex:part, o: {mapping: part}}
      - {p: ex:peer, o: {function: "join(peer, equal($(id), $(key)))"}}
      - {p: ex:of, i: ex:has, o: "ex:whole/$(id)~iri"}
  part: {sources: ["d.json~jsonpath"], s: "ex:part/$(id)", condition: ebf:present(value=$(name))}
  peer: {sources: [["p.csv~csv"]], s: "ex:peer/$(key)"}
  nameless: {sources: ["d.json~jsonpath"], po: [[ex:on, $(on)]]}
"""


@pytest.mark.parametrize("path", PLATFORMS, ids=lambda path: path.stem)
def test_a_platform_file_is_the_same_plan_after_yarrrml_and_as_many_maps_after_rml(
    path: Path,
) -> None:
    functions = registry()
    plan, _ = read_yarrrml(path.read_text("utf-8"), functions, path.name)
    again, _ = read_yarrrml(write_yarrrml(plan), functions, path.name)
    assert again == plan
    back = read_rml(write_rml(plan, functions), functions, "back.ttl")
    assert len(back.triples_maps) == len(plan.triples_maps)


def lines(mapping: Path) -> list[str]:
    from benchmarks.conformance import canonical  # noqa: PLC0415  # as the suites are compared

    return canonical(map_file(mapping, None, "", []))


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    (tmp_path / "d.json").write_text(json.dumps(RECORDS), "utf-8")
    (tmp_path / "p.csv").write_text("key\n2\n3\n", "utf-8")
    mapping = tmp_path / "m.yml"
    mapping.write_text(EVERYTHING.replace('["d.json~jsonpath"]', "[['d.json~jsonpath', '$[*]']]"))
    return mapping


@pytest.mark.parametrize("language", ["yarrrml", "rml"])
def test_a_translated_mapping_makes_the_same_statements(language: str, everything: Path) -> None:
    ending = "yml" if language == "yarrrml" else "ttl"
    other = everything.with_name(f"again.{ending}")
    other.write_text(translated([everything], language), "utf-8")
    first = lines(everything)
    assert len(first) > 30
    assert lines(other) == first


def test_rml_is_translated_to_yarrrml_and_back(everything: Path) -> None:
    turtle = everything.with_name("a.ttl")
    turtle.write_text(translated([everything], "rml"), "utf-8")
    again = everything.with_name("b.yml")
    again.write_text(translated([turtle], "yarrrml"), "utf-8")
    assert lines(again) == lines(everything)


def test_the_functions_that_are_called_are_described_in_fno(everything: Path) -> None:
    text = translated([everything], "rml")
    assert "ebf:slug a fno:Function ;" in text
    assert 'dcterms:description "' in text or 'dc:description "' in text
    assert "fno:expects (ebf:slug-value) ;" in text
    assert "fno:predicate ebf:value ;" in text


def test_what_this_engine_does_not_run_is_translated_all_the_same(tmp_path: Path) -> None:
    mapping = tmp_path / "m.yml"
    mapping.write_text(
        "prefixes: {ex: 'http://ex.example/'}\n"
        "mappings:\n  t: {sources: [{table: T}], s: 'ex:$(id)', po: [{p: ex:p, o:"
        " {function: ex:f, parameters: [[ex:x, $(a)]]}}]}\n",
        "utf-8",
    )
    text = translated([mapping], "rml-legacy")
    assert 'rr:tableName "T"' in text
    assert "fnml:function ex:f" in text
    with pytest.raises(MappingError, match="databases are not read"):
        list(map_file(mapping, None, "", []))


def test_two_documents_that_disagree_are_refused(tmp_path: Path) -> None:
    for name, subject in (("a", "ex:$(id)"), ("b", "ex:$(key)")):
        text = f"prefixes: {{ex: 'http://e/'}}\nmappings:\n  t: {{s: '{subject}'}}\n"
        (tmp_path / f"{name}.yml").write_text(text, "utf-8")
    with pytest.raises(MappingError, match=r"b\.yml:3: “subjects” says something else"):
        translated([tmp_path / "a.yml", tmp_path / "b.yml"], "yarrrml")


def test_a_mistake_is_told_in_every_language(tmp_path: Path) -> None:
    mapping = tmp_path / "m.yml"
    mapping.write_text("mappings:\n  t: {poo: []}\n", "utf-8")
    for language in LANGUAGES:
        with pytest.raises(MappingError, match=r"m\.yml:2: unknown key “poo” — write po"):
            translated([mapping], language)


@pytest.mark.parametrize("language", ["yarrrml", "rml", "rml-legacy"])
def test_what_has_a_base_or_none_is_the_same_in_every_language(
    language: str, tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("id;v\n1;x\n2;\n", "utf-8")
    rules = (
        "@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> .\n"
        "@prefix ex: <http://ex.example/> .\n"
        "ex:T rml:baseIRI <http://NAME.example/> ;"
        ' rml:logicalSource [ rml:source [ rml:path "d.csv" ; rml:root'
        ' rml:MappingDirectory ; csvw:dialect [ csvw:delimiter ";" ] ; rml:null "" ] ;'
        " rml:referenceFormulation rml:CSV ] ;"
        ' rml:subjectMap [ rml:template "{id}" ] ; rml:predicateObjectMap [ rml:predicateMap'
        ' [ rml:template "v" ] ; rml:objectMap [ rml:reference "v" ], [ rml:template "x/{id}" ] ] .'
    )
    first = tmp_path / "m.ttl"
    first.write_text(rules.replace("NAME", "a") + rules.partition("\n")[2].partition("\n")[2]
                     .replace("NAME", "b").replace("ex:T", "ex:U"), "utf-8")  # fmt: skip
    other = tmp_path / ("again.yml" if language == "yarrrml" else "again.ttl")
    other.write_text(translated([first], language), "utf-8")
    assert len(lines(first)) == 6
    assert "<http://b.example/2> <http://b.example/v> <http://b.example/x/2>" in lines(first)
    assert lines(other) == lines(first)


@pytest.mark.parametrize("language", ["rml", "rml-legacy"])
def test_relative_constants_and_functions_of_languages_are_carried_over(
    language: str, tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("id,l\n1,FR\n", "utf-8")
    first, other = tmp_path / "m.yml", tmp_path / "m.ttl"
    first.write_text(
        "mappings:\n  t:\n    sources: [d.csv~csv]\n    s: thing\n    po:\n"
        "      - [name, $(id)]\n      - [of, other~iri]\n"
        "      - p: said\n"
        "        o: {value: hello, language: {f: 'grel:toLowerCase(valueParameter=$(l))'}}\n",
        "utf-8",
    )
    other.write_text(translated([first], language), "utf-8")
    made = [sorted(map_file(each, None, "http://b.example/", [])) for each in (first, other)]
    assert made[0] == made[1]
    assert '<http://b.example/thing> <http://b.example/said> "hello"@fr .' in made[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_web_address_of_a_source_is_kept(language: str, tmp_path: Path) -> None:
    mapping, other = tmp_path / "m.yml", tmp_path / "again"
    address = "https://a.example/données 1.csv?x=[1]"
    mapping.write_text(
        f"mappings:\n  t: {{sources: ['{address}~csv'], s: 'http://e/$(id)', po: [[a, 'http://e/A']]}}",
        "utf-8",
    )
    other = other.with_suffix(".yml" if language == "yarrrml" else ".ttl")
    other.write_text(translated([mapping], language), "utf-8")
    (tmp_path / "données 1.csv").write_text("id\n1\n", "utf-8")
    assert lines(other) == lines(mapping) != []


@pytest.mark.parametrize(
    ("language", "lost"),
    [
        ("rml", []),
        ("rml-legacy", ["rml:compression, rml:null"]),
        ("yarrrml", ['csvw:dialect, rml:UnsafeIRI, rml:compression, rml:null, rml:template "{…}"']),
    ],
)
def test_what_a_language_has_no_words_for_is_told(
    language: str, lost: list[str], tmp_path: Path
) -> None:
    mapping = tmp_path / "m.ttl"
    mapping.write_text(
        "@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> .\n"
        '<http://e/T> rml:logicalSource [ rml:source [ rml:path "d.csv" ;'
        ' rml:compression rml:gzip ; rml:null "-" ; csvw:dialect [ csvw:commentPrefix "#" ] ] ;'
        " rml:referenceFormulation rml:CSV ] ;"
        ' rml:subjectMap [ rml:template "{id}" ; rml:termType rml:UnsafeIRI ] ;'
        " rml:predicateObjectMap [ rml:predicate <http://e/p> ;"
        ' rml:objectMap [ rml:template "{id}" ] ] .',
        "utf-8",
    )
    problems: list[Problem] = []
    translated([mapping], language, problems)
    assert [each.value for each in problems] == lost
