"""Every documented spelling of YARRRML, long and short, gives the same quads."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from mappings import Problem, compile_yarrrml

GRAPH = ox.NamedNode("http://g.example/")
HEAD = """
prefixes:
  ex: http://ex.example/
mappings:
  thing:
"""


def lines(rules: str, record: dict[str, Any], head: str = HEAD) -> list[str]:
    """The quads of ``record``, without the graph where it is the given one."""
    return told(rules, record, head)[0]


def told(rules: str, record: dict[str, Any], head: str = HEAD) -> tuple[list[str], list[Problem]]:
    problems: list[Problem] = []
    indented = "".join(f"    {line}\n" for line in rules.strip("\n").splitlines())
    quads = compile_yarrrml(head + indented).quads(record, GRAPH, problems)
    return [str(quad.triple) if quad.graph_name == GRAPH else str(quad) for quad in quads], problems


def objects(rules: str, record: dict[str, Any]) -> list[str]:
    """The objects of the predicate ex:p."""
    full = f"s: ex:s\npo:\n{rules}"
    start = "<http://ex.example/s> <http://ex.example/p> "
    return [line.removeprefix(start) for line in lines(full, record)]


ANN = ['<http://ex.example/1> <http://ex.example/name> "Ann"']


@pytest.mark.parametrize(
    "rules",
    [
        "s: ex:$(id)\npo:\n- [ex:name, $(name)]",
        "subject: ex:$(id)\npredicateobjects:\n- [[ex:name], [$(name)]]",
        "subjects: [ex:$(id)]\npo:\n- {p: ex:name, o: $(name)}",
        "subjects: {value: ex:$(id)}\npo:\n- {predicates: ex:name, objects: $(name)}",
        "s: ex:$(id)\npo:\n- {predicate: [ex:name], object: [{v: $(name)}]}",
        "s: ex:$(id)\npo:\n  p: ex:name\n  o: {value: $(name), type: literal}",
        "s: http://ex.example/$(id)~iri\npo:\n- [http://ex.example/name, $(name)~literal]",
        "s: {value: ex:$(id), targets: {access: dump.nq, type: void}}\npo:\n- [ex:name, $(name)]",
    ],
)
def test_a_statement_may_be_written_long_or_short(rules: str) -> None:
    assert lines(rules, {"id": "1", "name": "Ann"}) == ANN


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("- [ex:p, $(n), xsd:decimal]", '"1"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("- {p: ex:p, o: {value: $(n), datatype: ex:d}}", '"1"^^<http://ex.example/d>'),
        ("- {p: ex:p, o: [[$(n), ex:d]]}", '"1"^^<http://ex.example/d>'),
        ("- [ex:p, $(n), $(datatype)]", '"1"^^<http://dt.example/x>'),
        ("- [ex:p, $(n), en~lang]", '"1"@en'),
        ("- {p: ex:p, o: {value: $(n), language: nl}}", '"1"@nl'),
        ("- {p: ex:p, o: [[$(n), fr~lang]]}", '"1"@fr'),
        ("- [ex:p, $(n), $(tag)~lang]", '"1"@fr-be'),
        ('- [ex:p, $(n), "$(tag)-x-$(n)~lang"]', '"1"@fr-be-x-1'),
        ("- [ex:p, a $(n) b]", '"a 1 b"'),
        ("- [ex:p, constant]", '"constant"'),
        ("- [ex:p, ex:foo~iri]", "<http://ex.example/foo>"),
        ("- {p: ex:p, o: {value: $(page), type: iri}}", "<http://page.example/a>"),
        ("- {p: ex:p, o: $(page2), type: iri}", "<http://page.example/>"),
    ],
)
def test_objects_have_datatypes_languages_and_types(rules: str, expected: str) -> None:
    record = {
        "n": "1",
        "tag": "fr-BE",
        "datatype": "http://dt.example/x",
        "page": "http://page.example/a",
        "page2": "http://page.example/",
    }
    assert objects(rules, record) == [expected]


def test_class_objects_are_iris_whatever_way_the_predicate_is_spelled() -> None:
    rules = "s: ex:s\npo:\n- [a, ex:A]\n- [rdf:type, ex:B]\n- {p: a, o: [ex:C, 'ex:$(d)']}"
    found = [line.rpartition(" ")[2] for line in lines(rules, {"d": "D"})]
    assert found == [f"<http://ex.example/{name}>" for name in "ABCD"]


def test_every_predicate_is_stated_with_every_object() -> None:
    rules = "s: ex:s\npo:\n- [[ex:p, ex:q], [$(a), $(b)]]"
    assert len(lines(rules, {"a": "1", "b": "2"})) == 4


def test_an_inverse_predicate_states_the_subject_of_the_object() -> None:
    rules = "s: ex:s\npo:\n- {p: ex:p, i: ex:isPOf, o: ex:o~iri}"
    assert lines(rules, {})[1] == (
        "<http://ex.example/o> <http://ex.example/isPOf> <http://ex.example/s>"
    )


def test_a_missing_or_null_value_states_nothing() -> None:
    rules = "- [ex:p, $(absent)]\n- [ex:p, $(null)]\n- [ex:p, a $(absent) b]\n- [ex:p, $(a.b)]"
    assert objects(rules, {"null": None, "a": "text"}) == []


def test_a_record_without_its_subject_states_nothing() -> None:
    assert lines("s: ex:$(id)\npo:\n- [ex:p, x]", {}) == []


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("$(a.b.c)", ["deep"]),
        ("$($.a.b.c)", ["deep"]),
        ("$(tags)", ["x", "y"]),
        ("$(tags[*])", ["x", "y"]),
        ("$(tags[1])", ["y"]),
        ("$(tags[-1])", ["y"]),
        ("$(tags[9])", []),
        ("$(people[*].name)", ["Ann", "Bob"]),
        ("$(['odd name'])", ["odd"]),
        ('$(a["b"].c)', ["deep"]),
        ("$(['with (brackets)'])", ["in"]),
        (r"$(with (brackets\))", ["in"]),
        ("$(people)", []),
        ("$(Code postal)", ["73340"]),
    ],
)
def test_references_reach_into_nested_values(reference: str, expected: list[str]) -> None:
    record = {
        "a": {"b": {"c": "deep"}},
        "tags": ["x", "y"],
        "people": [{"name": "Ann"}, {"name": "Bob"}, {}],
        "odd name": "odd",
        "with (brackets)": "in",
        "Code postal": "73340",
    }
    quoted = reference.replace("'", "''")
    assert objects(f"- [ex:p, '{quoted}']", record) == [f'"{text}"' for text in expected]


def test_several_values_fill_a_template_in_every_combination() -> None:
    found = objects("- [ex:p, '$(a)-$(b)']", {"a": ["1", "2"], "b": ["x", "y"]})
    assert found == ['"1-x"', '"1-y"', '"2-x"', '"2-y"']


def test_an_escaped_reference_is_text() -> None:
    assert objects(r"- [ex:p, '\$(a) $(a)']", {"a": "1"}) == ['"$(a) 1"']


def test_iri_templates_are_percent_encoded_and_literals_are_not() -> None:
    rules = "s: ex:$(v)\npo:\n- [ex:p, $(v)]\n- [ex:q, 'x:$(v)']"
    found = lines(rules, {"v": "été / 100% à l'eau~"})
    assert found[0].startswith("<http://ex.example/été%20%2F%20100%25%20à%20l%27eau~>")
    assert found[1].endswith('"x:été / 100% à l\'eau~"')


def test_what_the_harvester_adds_goes_into_iris_as_it_is() -> None:
    found = lines(
        "s: $(_record.iri)#place\npo:\n- [ex:p, x]", {"_record": {"iri": "http://r.example/1"}}
    )
    assert found == ['<http://r.example/1#place> <http://ex.example/p> "x"']


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        (30.0, '"3.0E1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (0.00015, '"1.5E-4"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (45.6861, '"4.56861E1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (0.0, '"0.0E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
    ],
)
def test_numbers_and_booleans_keep_the_datatype_that_json_gives(
    value: object, expected: str
) -> None:
    assert objects("- [ex:p, $(v)]", {"v": value}) == [expected]
    assert objects("- [ex:p, $(v), en~lang]", {"v": True}) == ['"true"@en']


def test_a_mapping_without_subject_describes_a_blank_node() -> None:
    found = lines("po:\n- [ex:p, $(a)]\n- [ex:q, $(a)]", {"a": "1"})
    subjects = {line.split()[0] for line in found}
    assert len(found) == 2
    assert len(subjects) == 1
    assert subjects.pop().startswith("_:")


def test_the_same_template_of_a_blank_node_gives_the_same_blank_node() -> None:
    rules = "s: _:n$(a)\npo:\n- [ex:p, 'other$(a)~blank']\n- {p: ex:q, o: {v: n$(a), type: blank}}"
    found = [line.split() for line in lines(rules, {"a": "é 1"})]
    assert found[0][0] != found[0][2]
    assert found[0][0] == found[1][2]


def test_graphs_of_a_mapping_and_of_a_rule_are_both_written_to() -> None:
    rules = (
        "s: ex:s\ngraphs: ex:g$(n)\npo:\n- [ex:p, x]\n- {p: ex:q, o: y, graphs: [ex:h, "
        "rr:defaultGraph]}"
    )
    graphs = [line.rpartition(" ")[2] for line in lines(rules, {"n": "1"})]
    assert graphs == [
        "<http://ex.example/g1>",
        "<http://ex.example/g1>",
        "<http://ex.example/h>",
        '"y"',
    ]


def test_a_condition_holds_for_a_mapping_a_rule_or_an_object() -> None:
    test = "{function: idlab-fn:equal, parameters: [[grel:valueParameter, $(t)], "
    test += "[grel:valueParameter2, yes]]}"
    compact = "idlab-fn:equal(grel:valueParameter = $(t), grel:valueParameter2 = yes)"
    for rules in (
        f"s: ex:s\ncondition: {test}\npo:\n- [ex:p, x]",
        f"s: ex:s\npo:\n- {{p: ex:p, o: x, condition: {test}}}",
        f"s: ex:s\npo:\n- {{p: ex:p, o: {{value: x, condition: {test}}}}}",
        f"s: ex:s\ncondition: {compact}\npo:\n- [ex:p, x]",
        f"s: ex:s\npo:\n- p: [ex:p]\n  o: x\n  condition: {{f: '{compact}'}}",
    ):
        assert len(lines(rules, {"t": "yes"})) == 1
        assert lines(rules, {"t": "no"}) == []
        assert lines(rules, {}) == []


@pytest.mark.parametrize(
    "function",
    [
        "{function: grel:toUpperCase, parameters: [[grel:valueParameter, $(a)]]}",
        "{fn: grel:toUpperCase, pms: [{parameter: grel:valueParameter, value: $(a)}]}",
        "{f: grel:toUpperCase, pms: [{pm: grel:valueParameter, v: $(a)}]}",
        "{function: grel:toUpperCase, parameters: [[valueParameter, $(a)]]}",
        "{function: 'grel:toUpperCase(grel:valueParameter = $(a))'}",
        "{function: grel:toUpperCase(valueParameter=$(a))}",
        "{function: grel:toUpperCase( valueParameter = grel:toLowerCase(valueParameter=$(a)) )}",
        (
            "{function: grel:toUpperCase, parameters: [[grel:valueParameter, "
            "{function: grel:string_trim, parameters: [[grel:valueParameter, $(a)]]}]]}"
        ),
        (
            "{function: \"grel:string_replace(valueParameter='B, (c)', p_string_find='B, (c)',"
            ' p_string_replace=ANN)"}'
        ),
    ],
)
def test_functions_are_written_long_short_nested_or_compact(function: str) -> None:
    assert objects(f"- {{p: ex:p, o: {function}}}", {"a": "ann"}) == ['"ANN"']


def test_functions_make_subjects_predicates_datatypes_and_languages() -> None:
    rules = """
s: {function: "ebf:url(value=$(page))"}
po:
- p: {function: "grel:toLowerCase(valueParameter=$(predicate))"}
  o: {value: $(n), datatype: {function: "grel:toLowerCase(valueParameter=$(predicate))"}}
- {p: ex:name, o: {value: $(n), language: {function: "ebf:language(value=$(l))"}}}
"""
    head = HEAD.replace("prefixes:", "prefixes:\n  ebf: https://w3id.org/enbauges/function#")
    record = {"page": "www.a.example", "predicate": "HTTP://EX.example/P", "n": "1", "l": "en_GB"}
    assert lines(rules, record, head) == [
        '<https://www.a.example> <http://ex.example/p> "1"^^<http://ex.example/p>',
        '<https://www.a.example> <http://ex.example/name> "1"@en',
    ]


def test_a_function_is_called_for_each_of_several_values() -> None:
    call = "grel:string_replace(valueParameter=$(a), p_string_find=$(b), p_string_replace='-')"
    found = objects(f'- {{p: ex:p, o: {{function: "{call}"}}}}', {"a": ["xa", "ya"], "b": "a"})
    assert found == ['"x-"', '"y-"']


def test_an_object_may_be_the_subject_of_another_mapping_of_the_same_source() -> None:
    text = """
prefixes: {ex: "http://ex.example/"}
sources: {data: [data.json~jsonpath, "$.records[*]"]}
mappings:
  one: {sources: data, s: "ex:1/$(id)", po: [{p: ex:has, o: {mapping: two}}]}
  two: {sources: data, s: "ex:2/$(id)"}
"""
    quads = compile_yarrrml(text).quads({"id": "7"}, GRAPH, [])
    assert [str(quad.triple) for quad in quads] == [
        "<http://ex.example/1/7> <http://ex.example/has> <http://ex.example/2/7>"
    ]


def test_external_references_are_replaced_by_their_values() -> None:
    head = "external: {city: Gent}\n" + HEAD
    record = {"_city": "own", "id": "1"}
    rules = "s: ex:$(_city)/$(id)\npo:\n- [ex:p, $(_city)]\n- [ex:q, '$(\\_city)']"
    assert lines(rules, record, head) == [
        '<http://ex.example/Gent/1> <http://ex.example/p> "Gent"',
        '<http://ex.example/Gent/1> <http://ex.example/q> "own"',
    ]


def test_a_deeper_iterator_walks_the_parts_of_a_record() -> None:
    text = """
prefixes: {ex: "http://ex.example/"}
mappings:
  price:
    sources: [[records.json~jsonpath, "$.records[*].prices[*]"]]
    s: ex:$(id)
    po: [[ex:amount, $(amount)]]
  tag:
    sources: [[records.json~jsonpath, "$.records[*].tags[*]"]]
    s: ex:$($)
    po: [[a, ex:Tag]]
"""
    record = {"prices": [{"id": "a", "amount": "1"}, {"id": "b", "amount": "2"}], "tags": ["x"]}
    found = {str(quad.subject) for quad in compile_yarrrml(text).quads(record, GRAPH, [])}
    assert found == {f"<http://ex.example/{name}>" for name in "abx"}


def test_a_relative_iri_is_appended_to_the_base() -> None:
    text = "base: http://base.example/\nmappings:\n  t: {s: $(id), po: [[a, rdf:Bag]]}"
    subject = compile_yarrrml(text).quads({"id": "x y"}, GRAPH, [])
    assert subject == []
    text = text.replace("$(id)", "t/$(id)")
    (quad,) = compile_yarrrml(text).quads({"id": "x y"}, GRAPH, [])
    assert str(quad.subject) == "<http://base.example/t/x%20y>"
    (quad,) = compile_yarrrml(text, base="http://other.example/").quads({"id": "1"}, GRAPH, [])
    assert str(quad.subject) == "<http://other.example/t/1>"


@pytest.mark.parametrize(
    ("rules", "record", "code"),
    [
        ("- [ex:p, $(v)~iri]", {"v": "no iri"}, "bad-iri"),
        ("- [ex:p, $(v)~iri]", {"v": "relative"}, "bad-iri"),
        ("- [ex:p, relative~iri]", {}, "bad-iri"),
        ("- [ex:p, $(v)]", {"v": "\ud800"}, "bad-text"),
        ("- [ex:p, $(v), $(v)~lang]", {"v": "not a language"}, "bad-language"),
        ("- [ex:p, $(v), $(v)]", {"v": "not a datatype"}, "bad-iri"),
    ],
)
def test_a_value_that_makes_no_term_is_told_and_left_out(
    rules: str, record: dict[str, Any], code: str
) -> None:
    found, problems = told(f"s: ex:s\npo:\n- [ex:q, kept]\n{rules}", record)
    assert len(found) == 1
    assert [problem.code for problem in problems] == [code]
    assert problems[0].message.render().encode()


def test_a_value_that_several_rules_stumble_on_is_told_once() -> None:
    _, problems = told("s: ex:s\npo:\n- [[ex:p, ex:q], $(v)~iri]", {"v": "no iri"})
    assert len(problems) == 1
