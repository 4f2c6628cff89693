"""RML in Turtle on local files: what RML-Core, RML-IO and RML-FNML say, in both vocabularies."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from mappings import MappingError, Problem
from mappings.local import map_file

PREFIXES = """
@prefix rml: <http://w3id.org/rml/> .
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix old: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
@prefix fno: <https://w3id.org/function/ontology#> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix idlab-fn: <https://w3id.org/imec/idlab/function#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://ex.example/> .
"""
JSON = (
    "rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:root rml:MappingDirectory ;"
    ' rml:path "data.json" ] ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$.people[*]" ]'
)
CSV = (
    "rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:root rml:MappingDirectory ;"
    ' rml:path "data.csv" ] ; rml:referenceFormulation rml:CSV ]'
)
PEOPLE = {
    "people": [{"id": 1, "name": "Anne", "tags": ["a", "b"], "n": None, "lang": ["fr", "en"]}]
}


def run(folder: Path, turtle: str, problems: list[Problem] | None = None) -> list[str]:
    mapping = folder / "m.ttl"
    mapping.write_text(PREFIXES + turtle, "utf-8")
    found = [] if problems is None else problems
    return [line.removesuffix(" .") for line in map_file(mapping, None, "", found)]


def people(folder: Path, rules: str, data: object = PEOPLE) -> list[str]:
    """The lines of rules on the people of a JSON file, without their subject."""
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
    lines = run(
        folder, f'ex:T {JSON} ; rml:subjectMap [ rml:template "ex:p/{{$.id}}" ] ; {rules} .'
    )
    return [line.removeprefix("<ex:p/1> ") for line in lines]


def test_a_map_without_a_type_is_one_and_classes_are_stated_in_its_graphs(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id\n1\n", "utf-8")
    lines = run(
        tmp_path,
        f'ex:T {CSV} ; rml:subjectMap [ rml:template "http://e.example/{{id}}" ; rml:class ex:A ;'
        " rml:graph ex:g, rml:defaultGraph ] .",
    )
    thing = (
        "<http://e.example/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        " <http://ex.example/A>"
    )
    assert sorted(lines) == [thing, f"{thing} <http://ex.example/g>"]


@pytest.mark.parametrize(
    ("object_map", "expected"),
    [
        ('rml:reference "$.name"', ['"Anne"']),
        ('rml:reference "$.id"', ['"1"^^<http://www.w3.org/2001/XMLSchema#integer>']),
        ('rml:reference "$.tags[*]"', ['"a"', '"b"']),
        ("rml:reference \"$.tags[?@ != 'a']\"", ['"b"']),
        ('rml:reference "$..tags[1]"', ['"b"']),
        ('rml:reference "$.n"', []),
        ('rml:template "http://e.example/{$.name}"', ["<http://e.example/Anne>"]),
        ('rml:template "{$.name} {$.id}" ; rml:termType rml:Literal', ['"Anne 1"']),
        ('rml:template "{$.name}" ; rml:language "fr"', ['"Anne"@fr']),
        ('rml:template "{$.name}" ; rml:datatype xsd:token', ['"Anne"^^<' + "X" + "token>"]),
        (
            'rml:reference "$.name" ; rml:languageMap [ rml:reference "$.lang[*]" ]',
            ['"Anne"@en', '"Anne"@fr'],
        ),
        ('rml:constant "1.5"^^xsd:decimal', ['"1.5"^^<' + "X" + "decimal>"]),
        ('rml:constant "a"@fr ; rml:termType rml:IRI', ['"a"@fr']),
        ('rml:constant "a" ; rml:language "fr"', ['"a"@fr']),
        ('rml:constant "a" ; rml:languageMap [ rml:reference "$.lang[*]" ]', ['"a"@fr', '"a"@en']),
        ('rml:constant "1" ; rml:datatype xsd:integer', ['"1"^^<' + "X" + "integer>"]),
    ],
)
def test_the_terms_of_an_object_map(object_map: str, expected: list[str], tmp_path: Path) -> None:
    rule = f"rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ {object_map} ] ]"
    lines = people(tmp_path, rule)
    xsd = "http://www.w3.org/2001/XMLSchema#"
    wanted = [each.replace("^^<X", f"^^<{xsd}") for each in expected]
    assert sorted(lines) == sorted(f"<http://ex.example/p> {each}" for each in wanted)


def test_a_blank_node_without_expression_is_another_for_each_record(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,name\n1,a\n2,b\n", "utf-8")
    lines = run(
        tmp_path,
        f"ex:T {CSV} ; rml:subjectMap [ rml:termType rml:BlankNode ] ;"
        ' rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "name" ] ] .',
    )
    assert len({line.split()[0] for line in lines}) == 2


XML = """<?xml version="1.0"?>
<agenda xmlns="http://a.example/" xmlns:b="http://b.example/">
  <event id="1"><title>Bal &amp; fête</title><b:tag>x</b:tag><b:tag>y</b:tag></event>
  <other><event id="9"/></other>
  <event id="2"><title/></event>
</agenda>"""
XML_SOURCE = (
    "rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:root rml:MappingDirectory ;"
    ' rml:path "data.xml" ] ; rml:iterator "ITERATOR" ; rml:referenceFormulation [ a'
    ' rml:XPathReferenceFormulation ; rml:namespace [ rml:namespacePrefix "a" ; rml:namespaceURL'
    ' "http://a.example/" ], [ rml:namespacePrefix "b" ; rml:namespaceURL "http://b.example/" ] ] ]'
)


@pytest.mark.parametrize("iterator", ["/a:agenda/a:event", "/a:agenda/a:event[true()]"])
def test_xml_is_read_in_a_stream_or_whole_with_its_namespaces(
    iterator: str, tmp_path: Path
) -> None:
    (tmp_path / "data.xml").write_text(XML, "utf-8")
    source = XML_SOURCE.replace("ITERATOR", iterator)
    lines = run(
        tmp_path,
        f'ex:T {source} ; rml:subjectMap [ rml:template "ex:{{@id}}" ] ; rml:predicateObjectMap'
        ' [ rml:predicate ex:t ; rml:objectMap [ rml:reference "a:title" ] ],'
        ' [ rml:predicate ex:b ; rml:objectMap [ rml:reference "b:tag" ] ],'
        ' [ rml:predicate ex:n ; rml:objectMap [ rml:reference "count(b:tag)" ;'
        " rml:datatype xsd:double ] ] .",
    )
    double = "^^<http://www.w3.org/2001/XMLSchema#double>"
    assert lines == [
        '<ex:1> <http://ex.example/t> "Bal & fête"',
        '<ex:1> <http://ex.example/b> "x"',
        '<ex:1> <http://ex.example/b> "y"',
        f'<ex:1> <http://ex.example/n> "2"{double}',
        '<ex:2> <http://ex.example/t> ""',
        f'<ex:2> <http://ex.example/n> "0"{double}',
    ]


def test_what_stands_outside_of_an_xml_element_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "data.xml").write_text("<a t='x'><b i='1'/><b i='2'/></a>", "utf-8")
    source = XML_SOURCE.replace("ITERATOR", "/a/b")
    lines = run(
        tmp_path,
        f'ex:T {source} ; rml:subjectMap [ rml:template "ex:{{@i}}" ] ; rml:predicateObjectMap'
        ' [ rml:predicate ex:t ; rml:objectMap [ rml:reference "../@t" ] ] .',
    )
    assert lines == ['<ex:1> <http://ex.example/t> "x"', '<ex:2> <http://ex.example/t> "x"']


def test_an_entity_of_an_xml_file_is_neither_fetched_nor_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden", "utf-8")
    (tmp_path / "data.xml").write_text(
        f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY f "long">]>'
        "<a><b i='1'><t>x&e;&f;</t></b></a>",
        "utf-8",
    )
    for iterator in ("/a/b", "//b"):
        lines = run(
            tmp_path,
            f"ex:T {XML_SOURCE.replace('ITERATOR', iterator)} ; rml:subjectMap"
            ' [ rml:template "ex:{@i}" ] ; rml:predicateObjectMap [ rml:predicate ex:t ;'
            ' rml:objectMap [ rml:reference "t" ] ] .',
        )
        assert "hidden" not in "".join(lines)
        assert "long" not in "".join(lines)


def test_encoding_delimiter_null_values_and_compression_are_those_of_the_source(
    tmp_path: Path,
) -> None:
    rows = "id;name;none\n1;Zoé;NULL\n".encode("utf-16")
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(rows))
    lines = run(
        tmp_path,
        "ex:T rml:logicalSource [ rml:source [ a csvw:Table, rml:RelativePathSource ; rml:root"
        ' rml:MappingDirectory ; rml:path "data.csv.gz" ; csvw:dialect [ csvw:delimiter ";" ] ;'
        ' rml:encoding rml:UTF-16 ; rml:compression rml:gzip ; rml:null "NULL" ] ;'
        ' rml:referenceFormulation rml:CSV ] ; rml:subjectMap [ rml:template "ex:{id}" ] ;'
        " rml:predicateObjectMap [ rml:predicate ex:p ;"
        ' rml:objectMap [ rml:reference "name" ], [ rml:reference "none" ] ] .',
    )
    assert lines == ['<ex:1> <http://ex.example/p> "Zoé"']


def test_lines_of_json_are_documents_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"id": 1}\n\n{"id": 2}\n', "utf-8")
    lines = run(
        tmp_path,
        'ex:T rml:logicalSource [ rml:source [ rml:path "data.jsonl" ; rml:root'
        ' rml:MappingDirectory ] ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$" ] ;'
        ' rml:subjectMap [ rml:template "ex:{$.id}" ; rml:class ex:A ] .',
    )
    assert [line.split()[0] for line in lines] == ["<ex:1>", "<ex:2>"]


FUNCTION = """rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [
  rml:functionExecution [ rml:function grel:string_replace ;
    rml:input [ rml:parameter grel:valueParam ; rml:inputValueMap [ rml:functionExecution [
        rml:functionMap [ rml:constant grel:toUppercase ] ; rml:input [
          rml:parameterMap [ rml:constant grel:valueParameter ] ;
          rml:inputValueMap [ rml:reference "$.name" ] ] ] ] ],
      [ rml:parameter grel:param_find ; rml:inputValue "NN" ],
      [ rml:parameter grel:p_string_replace ; rml:inputValueMap [ rml:template "-{$.id}-" ] ] ] ;
  rml:return grel:stringOut ] ]"""


def test_functions_are_nested_and_their_parameters_called_by_either_name(tmp_path: Path) -> None:
    assert people(tmp_path, FUNCTION) == ['<http://ex.example/p> "A-1-E"']


@pytest.mark.parametrize(("value", "count"), [("Anne", 1), ("Jean", 0)])
def test_a_condition_holds_or_not(value: str, count: int, tmp_path: Path) -> None:
    rule = (
        "rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:constant ex:yes ;"
        " rml:condition [ rml:functionExecution [ rml:function idlab-fn:equal ; rml:input"
        " [ rml:parameter grel:valueParameter ; rml:inputValueMap [ rml:reference '$.name' ] ],"
        f" [ rml:parameter grel:valueParameter2 ; rml:inputValue '{value}' ] ] ] ] ]"
    )
    assert people(tmp_path, rule) == ["<http://ex.example/p> <http://ex.example/yes>"] * count


OLD = """
ex:T old:logicalSource [ old:source "data.json" ; old:referenceFormulation ql:JSONPath ;
    old:iterator "$.people[*]" ] ;
  rr:subjectMap [ rr:template "ex:p/{id}" ; rr:class ex:P ; rr:graphMap [ rr:constant ex:g ] ] ;
  rr:predicateObjectMap [ rr:predicateMap [ rr:constant ex:p ] ; rr:objectMap [
    old:reference "name" ; old:languageMap [ old:reference "lang[0]" ] ] ] ;
  rr:predicateObjectMap [ rr:predicate ex:f ; rr:objectMap [ fnml:functionValue [
    rr:predicateObjectMap [ rr:predicate fno:executes ; rr:objectMap
        [ rr:constant grel:toUpperCase ] ],
      [ rr:predicate grel:valueParameter ; rr:objectMap [ old:reference "name" ] ] ] ] ] ;
  rr:predicateObjectMap [ rr:predicate ex:e ; rr:objectMap [ fnml:execution ex:Run ] ] .
ex:Run a fnml:Execution ; fnml:function grel:toLowerCase ; fnml:input [ a fnml:Input ;
  fnml:parameter grel:valueParameter ; fnml:valueMap [ old:reference "name" ] ] .
"""


def test_the_older_vocabulary_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps(PEOPLE), "utf-8")
    graph = "<http://ex.example/g>"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert run(tmp_path, OLD) == [
        f"<ex:p/1> {kind} <http://ex.example/P> {graph}",
        f'<ex:p/1> <http://ex.example/p> "Anne"@fr {graph}',
        f'<ex:p/1> <http://ex.example/f> "ANNE" {graph}',
        f'<ex:p/1> <http://ex.example/e> "anne" {graph}',
    ]


LINKED = """
ex:Child CHILD ; rml:subjectMap [ rml:template "ex:c/{$.id}" ] ; rml:predicateObjectMap [
  rml:predicate ex:in ; rml:objectMap [ rml:parentTriplesMap ex:Parent ; JOIN ] ] .
ex:Parent PARENT ; rml:subjectMap [ rml:template "ex:p/{code}" ] .
"""


def test_records_of_two_files_are_joined_on_all_conditions(tmp_path: Path) -> None:
    records = [
        {"id": 1, "town": ["a", "b"], "dept": "73"},
        {"id": 2, "town": ["b"], "dept": "74"},
        {"id": 3, "dept": "73"},
    ]
    (tmp_path / "data.json").write_text(json.dumps({"people": records}), "utf-8")
    (tmp_path / "data.csv").write_text("code,town,dept\n1,a,73\n2,b,73\n3,b,74\n4,,73\n", "utf-8")
    join = (
        'rml:joinCondition [ rml:child "$.town[*]" ; rml:parent "town" ], [ rml:childMap'
        ' [ rml:template "d{$.dept}" ] ; rml:parentMap [ rml:template "d{dept}" ] ]'
    )
    turtle = LINKED.replace("JOIN", join).replace("CHILD", JSON).replace("PARENT", CSV)
    assert sorted(run(tmp_path, turtle)) == [
        "<ex:c/1> <http://ex.example/in> <ex:p/1>",
        "<ex:c/1> <http://ex.example/in> <ex:p/2>",
        "<ex:c/2> <http://ex.example/in> <ex:p/3>",
    ]


def test_without_a_join_the_subject_of_the_same_record_is_meant(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("$.id,code\n1,7\n2,8\n", "utf-8")
    turtle = LINKED.replace("; JOIN", "").replace("CHILD", CSV).replace("PARENT", CSV)
    assert run(tmp_path, turtle) == [
        "<ex:c/1> <http://ex.example/in> <ex:p/7>",
        "<ex:c/2> <http://ex.example/in> <ex:p/8>",
    ]


PO = "rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ %s ] ]"


UPPER = (
    "rml:functionExecution [ rml:function grel:toUpperCase ; rml:input"
    " [ rml:parameter grel:valueParam ; rml:inputValue 'a' ] ]"
)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (PO % 'rml:referense "$.name"', "“referense” is no property of RML — write reference"),
        (PO % 'rml:reference "$.name[" ', "“[” in the reference $.name[ is not understood"),
        (PO % 'rml:template "{$.name"', "“{$.name” in the template {$.name is not understood"),
        (PO % 'rml:reference "$.a" ; rml:template "b"', "both say the value — keep one"),
        (PO % 'rml:reference "$.a" ; rml:termType rml:Iri', "unknown type “Iri” — write IRI"),
        (PO % "rml:class ex:A", "the object says no value"),
        (PO % "rml:constant _:b", "a blank node is no constant"),
        (
            PO % 'rml:reference "$.a" ; rml:language "fr" ; rml:datatype xsd:token',
            "a datatype or a language, not both",
        ),
        (
            PO % 'rml:reference "$.a" ; rml:termType rml:IRI ; rml:language "fr"',
            "“language” qualifies an IRI",
        ),
        (PO % 'rml:reference "$.a", "$.b"', "“reference” may be written once"),
        (PO % "rml:parentTriplesMap ex:TT", "there is no triples map TT — write T"),
        (PO % "rml:parentTriplesMap ex:T ; rml:joinCondition [ rml:child 'a' ]", "“rml:parent”"),
        ("rml:predicateObjectMap [ rml:predicate ex:p ]", "a key “rml:objectMap” is missing"),
        ("rml:predicateObjectMap [ rml:object ex:p ]", "a key “rml:predicate” is missing"),
        (
            PO % "rml:functionExecution [ rml:function grel:toUperCase ]",
            "unknown function “grel:toUperCase” — write grel:toUpperCase",
        ),
        (
            PO % "rml:functionExecution [ rml:function grel:toUpperCase ]",
            "grel:toUpperCase needs the parameter grel:valueParameter",
        ),
        (
            PO % "rml:functionExecution [ rml:function grel:toUpperCase ; rml:input [] ]",
            "an input has a parameter and a value",
        ),
        (
            PO % "rml:functionExecution [ rml:function 'toUpperCase' ]",
            "rml:function is the same IRI for every record",
        ),
        (
            PO % "rml:functionExecution [ rml:functionMap [ rml:reference 'f' ] ]",
            "rml:function is the same IRI for every record",
        ),
        (
            PO % f"{UPPER} ; rml:return grel:stringOtu",
            "grel:toUpperCase has no output “grel:stringOtu” — write grel:stringOut",
        ),
        (PO % 'rml:reference "$.a" ; rml:datatype xsd:interger', "write xsd:integer"),
        (PO % 'rml:reference "$.a" ; rml:datatype "integer"', "“integer” is no IRI"),
        (
            PO % "rml:constant 'a' ; rml:datatype "
            "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>",
            "has a language",
        ),
        (PO % "rml:quotedTriplesMap ex:T", "“quotedTriplesMap” is not supported"),
        (PO % "rml:gather ( [ rml:reference '$.a' ] )", "“gather” is not supported"),
        (
            "rml:viewOn [] ; rml:structuralAnnotation [ rml:onFields () ]",
            "“viewOn” is not supported",
        ),
        ("rml:predicateObjectMap [ rml:predicate 'p' ; rml:object 'o' ]", "the predicate is the"),
    ],
)
def test_a_mistake_names_file_line_and_remedy(rules: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"^m\.ttl:\d+: ") as caught:
        people(tmp_path, rules)
    assert said in str(caught.value)
    assert caught.value.line == PREFIXES.count("\n") + 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('rml:source [ rml:path "data.csv" ] ; rml:referenceFormulation rml:Csv', "write CSV"),
        ('rml:source [ rml:path "data.txt" ]', "data.txt has no reference formulation"),
        ("rml:source <http://a.example/x.json>", "http://a.example/x.json is not fetched"),
        ("rml:source [ a ex:Thing ]", "this source names no file"),
        ('rml:query "SELECT 1"', "this source is no file"),
        (
            'rml:source [ rml:path "d.csv" ; rml:compression rml:gzp ]',
            "the compression “gzp” is not read — write gzip",
        ),
        (
            'rml:source [ rml:path "d.xml" ] ; rml:iterator "/a["',
            "in the iterator /a[ is not understood",
        ),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(source: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"^m\.ttl:\d+: ") as caught:
        run(tmp_path, f"ex:T rml:logicalSource [ {source} ] ; rml:subject ex:s .")
    assert said in str(caught.value)


def test_a_link_to_another_source_needs_a_join(tmp_path: Path) -> None:
    turtle = LINKED.replace("; JOIN", "").replace("CHILD", JSON).replace("PARENT", CSV)
    with pytest.raises(MappingError, match="Parent reads another source"):
        run(tmp_path, turtle)


def test_a_document_without_a_triples_map_and_one_that_is_no_turtle_are_refused(
    tmp_path: Path,
) -> None:
    with pytest.raises(MappingError, match="there is no triples map"):
        run(tmp_path, "ex:a ex:b ex:c .")
    turtle = f"ex:T {CSV} ; rml:subject ex:s .".replace("rml:", "w3id:")
    with pytest.raises(MappingError, match=r"<https://w3id.org/rml/> is no namespace of RML"):
        run(tmp_path, f"@prefix w3id: <https://w3id.org/rml/> . {turtle}")
    with pytest.raises(MappingError, match=r"m\.ttl:14: this is not Turtle"):
        run(tmp_path, "\nex:a exx:b ex:c .")


def test_an_xml_file_is_mapped_before_it_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "data.xml").write_text("<a><b i='1'/><b i='2'/>" + " " * 100_000 + "<c", "utf-8")
    source = XML_SOURCE.replace("ITERATOR", "/a/b")
    subject = 'rml:subjectMap [ rml:template "ex:{@i}" ; rml:class ex:A ]'
    (tmp_path / "m.ttl").write_text(f"{PREFIXES} ex:T {source} ; {subject} .", "utf-8")
    lines = map_file(tmp_path / "m.ttl", None, "", [])
    assert next(lines).startswith("<ex:1>")
    assert next(lines).startswith("<ex:2>")
    with pytest.raises(MappingError, match=r"data\.xml: this is not XML"):
        next(lines)


def test_a_function_that_is_called_to_give_its_own_input_is_refused(tmp_path: Path) -> None:
    rule = "rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ CALL ] ]".replace(
        "CALL", "rml:functionExecution ex:again"
    )
    again = (
        " . ex:again rml:function grel:toUpperCase ; rml:input [ rml:parameter grel:valueParam ;"
        " rml:inputValueMap [ rml:functionExecution ex:again ] ]"
    )
    with pytest.raises(MappingError, match=r"m\.ttl:\d+: a function is called to give its own"):
        people(tmp_path, rule + again)


def test_a_data_error_names_the_record_and_its_file(tmp_path: Path) -> None:
    data = {"people": [{"id": 1, "u": "http://a.example/"}, {"id": 2, "u": "http://a b"}]}
    rule = (
        "rml:predicateObjectMap [ rml:predicate ex:p ;"
        " rml:objectMap [ rml:reference '$.u' ; rml:termType rml:IRI ] ]"
    )
    with pytest.raises(
        MappingError, match=r"^m\.ttl:13: record 2 of .*data\.json: “http://a b”"
    ) as caught:
        people(tmp_path, rule, data)
    assert "n'est pas une IRI" in caught.value.message.render("fr")
    assert "not an IRI" in json.loads(caught.value.message.to_json())[1]["problem"]


def test_a_target_is_told_not_to_be_written(tmp_path: Path) -> None:
    problems: list[Problem] = []
    (tmp_path / "data.csv").write_text("id\n1\n", "utf-8")
    run(
        tmp_path,
        f"ex:T {CSV} ; rml:subjectMap [ rml:template 'ex:{{id}}' ; rml:class ex:A ;"
        " rml:logicalTarget ex:target ] .",
        problems,
    )
    assert [each.code for each in problems] == ["unread"]
    assert str(problems[0].message).startswith("m.ttl:13: targets are not written")
