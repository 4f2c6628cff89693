"""Whatever a mapping has become by mistake, it is run or refused, never left with a traceback."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings import MappingError
from mappings.functions import registry
from mappings.local import map_file
from mappings.table import ShortFormError, parse
from mappings.translate import LANGUAGES, translated

YARRRML = """prefixes: {ex: "http://ex.example/", ebf: "https://w3id.org/enbauges/function#"}
base: http://base.example/
sources: {rows: ["d.csv~csv"]}
external: {town: Lescheraines}
mappings:
  thing:
    sources: rows
    s: ex:$(id)
    graphs: ex:g
    condition: ebf:present(value=$(id))
    po:
      - [a, ex:A]
      - [ex:name, $(name), fr~lang]
      - [ex:size, $(size), xsd:decimal]
      - {p: [ex:p, ex:q], o: {value: "$(name) $(_town)", type: literal}, graphs: "ex:$(id)"}
      - {p: ex:slug, o: {function: "ebf:slug(value=ebf:first(value=$(name), value=$(id)))"}}
      - {p: ex:in, o: {mapping: part, condition: {function: equal, parameters: [[str1, $(id), s],
          [str2, $(key), o]]}}}
  part: {sources: [[d.json~jsonpath, "$.parts[*]"]], s: "ex:$(key)",
    po: [[ex:k, "$(deep[0].k)"]]}
  mark: {sources: [[d.xml~xpath, /r/e]], s: "ex:$(@id)", po: [[ex:text, $(t)], [ex:u, "$(u)~iri"]]}
"""
RML = """@prefix rml: <http://w3id.org/rml/> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://ex.example/> .
ex:T a rml:TriplesMap ; rml:baseIRI <http://base.example/> ;
  rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "d.csv" ;
    rml:null "" ] ;    rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://e.example/{id}" ; rml:class ex:A ; rml:graph ex:g ] ;
  rml:predicateObjectMap [ rml:predicate ex:name ;
    rml:objectMap [ rml:reference "name" ; rml:languageMap [ rml:constant "fr" ] ] ],
  [ rml:predicateMap [ rml:constant ex:size ] ;
    rml:objectMap [ rml:reference "size" ; rml:datatype xsd:decimal ] ],
  [ rml:predicate ex:up ; rml:objectMap [ rml:functionExecution [ rml:function grel:toUpperCase ;
      rml:input [ rml:parameter grel:valueParam ;
        rml:inputValueMap [ rml:reference "name" ] ] ] ] ],
  [ rml:predicate ex:in ; rml:objectMap [ rml:parentTriplesMap ex:U ;
      rml:joinCondition [ rml:child "id" ; rml:parent "$.key" ] ] ] .
ex:U rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "d.json" ] ;
    rml:referenceFormulation rml:JSONPath ; rml:iterator "$.parts[*]" ] ;
  rml:subjectMap [ rml:template "p\\\\{{$.key}" ; rml:termType rml:BlankNode ] .
"""
REGISTRY = registry()
TABLE = {
    "a": "schema:Place",
    "Nom du lieu": "schema:name @fr",
    "$(Rue) $(Ville)": "schema:address > schema:streetAddress",
    "Site": "schema:url ebf:url iri",
}
PIECES = (
    *(
        "'",
        '"',
        "$(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        "~",
        "\t",
        "\n",
        "  ",
        "<",
        ">",
        "\\",
        "é",
        "\0",
    ),
    *(
        "-",
        "*",
        "&",
        "!",
        "%",
        "~iri",
        "ex:",
        "rml:",
        "a",
        "0",
        "null",
        "<<: *x",
        "$",
        "@",
        ",",
        ";",
    ),
    *(
        "mapping",
        "function",
        "value",
        "quoted",
        "targets",
        "rml:template",
        "rml:constant",
        "equal(",
    ),
)


@st.composite
def mutations(draw: st.DrawFn, text: str) -> str:
    """``text`` with one to three parts of it cut, moved, doubled or written over."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 1, 2, 8, 40))))
        there = draw(st.integers(0, len(text)))
        put = draw(st.one_of(st.sampled_from(PIECES), st.just(text[there : there + 12])))
        text = text[:start] + draw(st.sampled_from((put, ""))) + text[end:]
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that the mappings read."""
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "d.csv").write_text("id,name,size\n1,Zoé,1.5\n2,,2\n", "utf-8")
    parts = [{"key": 1, "deep": [{"k": True}]}, {"key": "2", "deep": []}]
    (folder / "d.json").write_text(json.dumps({"parts": parts}), "utf-8")
    (folder / "d.xml").write_text("<r><e id='1'><t>x</t><u>a b</u></e></r>", "utf-8")
    return folder


@pytest.mark.parametrize(("name", "text"), [("m.yml", YARRRML), ("m.ttl", RML)])
def test_the_mappings_that_are_mutated_are_sound(name: str, text: str, folder: Path) -> None:
    (folder / name).write_text(text, "utf-8")
    assert len(list(map_file(folder / name, None, "", []))) >= 5


@pytest.mark.parametrize(("name", "text"), [("m.yml", YARRRML), ("m.ttl", RML)])
@settings(max_examples=50, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_mutated_mapping_is_run_or_refused(
    name: str, text: str, folder: Path, data: st.DataObject
) -> None:
    mapping = folder / name
    mapping.write_text(data.draw(mutations(text)), "utf-8")
    told: list[Any] = []
    try:
        list(islice(map_file(mapping, None, "", told), 100))
    except MappingError as error:
        told.append(error)
    try:
        translated([mapping], data.draw(st.sampled_from(LANGUAGES)))
    except MappingError as error:
        told.append(error)
    for each in told:
        assert "{line}" not in str(getattr(each, "message", each))


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_mutated_table_is_understood_or_refused(data: st.DataObject) -> None:
    table = {data.draw(mutations(key)): data.draw(mutations(value)) for key, value in TABLE.items()}
    with suppress(ShortFormError):
        parse(table, REGISTRY).plan(REGISTRY)
