"""Joins of two sources in YARRRML, on local files."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings import MappingError, Problem
from mappings.local import map_file

HEAD = "prefixes: {ex: 'http://e.example/'}\nmappings:\n"
CHILD = """  child:
    sources: [['c.csv~csv']]
    s: ex:c/$(id)
    po:
      - p: ex:in
        o: OBJECT
"""
PARENT = "  town: {sources: [['t.json~jsonpath', '$[*]']], s: 'ex:t/$(no)'}\n"
LONG = "{mapping: town, condition: {function: equal, parameters: [[str1, $(t)], [str2, $(name)]]}}"


def run(folder: Path, thing: str) -> list[str]:
    (folder / "c.csv").write_text("id,t,d\n1,A,73\n2,B,74\n3,,73\n", "utf-8")
    towns = '[{"no": 1, "name": "A", "d": 73}, {"no": 2, "name": ["B", "C"], "d": 73}]'
    (folder / "t.json").write_text(towns, "utf-8")
    mapping = folder / "m.yml"
    mapping.write_text(HEAD + CHILD.replace("OBJECT", thing) + PARENT, "utf-8")
    lines = map_file(mapping, None, "", [])
    return [
        line.replace("<http://e.example/in> ", "").replace("http://e.example/", "")
        for line in lines
    ]


@pytest.mark.parametrize(
    "thing",
    [
        LONG,
        LONG.replace("[str1, $(t)], [str2, $(name)]", "[str1, $(name), o], [str2, $(t), s]"),
        LONG.replace("equal", "idlab-fn:equal").replace("str1", "grel:valueParameter").replace(
            "str2", "grel:valueParameter2"
        ),
        LONG.replace(
            "[[str1, $(t)], [str2, $(name)]]",
            "[{parameter: str1, value: $(t), from: subject}, {parameter: str2, value: $(name),"
            " from: object}]",
        ),
        "{function: 'join(town, equal($(t), $(name)))'}",
        "{function: 'join(mapping=town, equal(str1=$(t), str2=$(name)))'}",
        "{mapping: town, condition: 'equal($(t), $(name))'}",
    ],
)  # fmt: skip
def test_a_join_is_written_long_or_short(thing: str, tmp_path: Path) -> None:
    assert run(tmp_path, thing) == ["<c/1> <t/1> .", "<c/2> <t/2> ."]


def test_all_conditions_must_be_met(tmp_path: Path) -> None:
    thing = "{function: 'join(town, equal($(t), $(name)), equal($(d), $(d)))'}"
    assert run(tmp_path, thing) == ["<c/1> <t/1> ."]


def test_a_condition_on_the_record_itself_is_no_join(tmp_path: Path) -> None:
    other = "{function: grel:boolean_not, parameters: [[grel:bool_b, $(d)]]}"
    assert run(tmp_path, LONG.replace("condition: {", f"condition: [{other}, {{")[:-1] + "]}") != []


def test_another_source_without_a_join_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="“town” reads another source — write a “condition”"):
        run(tmp_path, "{mapping: town}")


@pytest.mark.parametrize("condition", ["", ", condition: 'equal($(id), $(id))'"])
def test_a_nameless_thing_is_the_same_for_whoever_refers_to_it(
    condition: str, tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_text("id,v\n1,a\n2,b\n", "utf-8")
    (tmp_path / "m.yml").write_text(
        HEAD + "  child:\n    sources: [c.csv~csv]\n    s: ex:$(id)\n    po:\n"
        f"      - {{p: ex:part, o: {{mapping: part{condition}}}}}\n"
        "  part: {sources: [c.csv~csv], po: [[ex:v, $(v)]]}\n",
        "utf-8",
    )
    lines = [line.split() for line in map_file(tmp_path / "m.yml", None, "", [])]
    parts = {line[2]: line[0] for line in lines if line[1].endswith("part>")}
    told = {line[0]: line[2] for line in lines if line[1].endswith("/v>")}
    assert {parts[part]: text for part, text in told.items()} == {
        "<http://e.example/1>": '"a"',
        "<http://e.example/2>": '"b"',
    }


def test_a_mapping_that_is_only_referred_to_is_not_told_to_say_nothing(tmp_path: Path) -> None:
    problems: list[Problem] = []
    (tmp_path / "c.csv").write_text("id,t\n1,A\n", "utf-8")
    (tmp_path / "t.json").write_text('[{"no": 1, "name": "A"}]', "utf-8")
    thing = "{mapping: town, condition: 'equal($(t), $(name))'}"
    (tmp_path / "m.yml").write_text(HEAD + CHILD.replace("OBJECT", thing) + PARENT, "utf-8")
    assert len(list(map_file(tmp_path / "m.yml", None, "", problems))) == 1
    assert problems == []


def test_a_field_that_no_record_of_the_other_source_has_is_told(tmp_path: Path) -> None:
    problems: list[Problem] = []
    (tmp_path / "c.csv").write_text("id,t\n1,A\n", "utf-8")
    (tmp_path / "t.json").write_text('[{"no": 1, "name": "A"}]', "utf-8")
    thing = "{mapping: town, condition: 'equal($(t), $(nmae))'}"
    (tmp_path / "m.yml").write_text(HEAD + CHILD.replace("OBJECT", thing) + PARENT, "utf-8")
    assert list(map_file(tmp_path / "m.yml", None, "", problems)) == []
    assert "no record has “nmae”" in str(problems[0].message)
    assert "did you mean name?" in str(problems[0].message)
