"""A YARRRML mapping on a local CSV or JSON file, as ``enbauges map`` runs it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from mappings import MappingError, Problem
from mappings.local import map_file

CSV = """
prefixes: {ex: "http://ex.example/"}
mappings:
  person:
    sources: [people.csv~csv]
    s: ex:$(id)
    po:
      - [ex:name, $(Last name)]
      - [ex:dotted, $(a.b)]
"""
JSON = """
prefixes: {ex: "http://ex.example/"}
sources:
  people: {access: people.json, referenceFormulation: jsonpath, iterator: "ITERATOR"}
mappings:
  person: {sources: people, s: "ex:$(id)", po: [[a, ex:Person]]}
  mark: {sources: people, po: [[ex:mark, $(id)]]}
"""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(mapping: Path, file: Path | None = None, base: str = "") -> list[str]:
    return list(map_file(mapping, file, base, []))


def test_rows_of_a_csv_file_become_n_quads_lines(tmp_path: Path) -> None:
    write(tmp_path, "people.csv", '\ufeffid,Last name,a.b\n1,"Le\nRoux",x\n2,,\n')
    assert run(write(tmp_path, "m.yml", CSV)) == [
        '<http://ex.example/1> <http://ex.example/name> "Le\\nRoux" .',
        '<http://ex.example/1> <http://ex.example/dotted> "x" .',
    ]


def test_another_file_may_be_given_instead(tmp_path: Path) -> None:
    other = write(tmp_path, "other.csv", "id,Last name\n7,Roux\n")
    assert run(write(tmp_path, "m.yml", CSV), other) == [
        '<http://ex.example/7> <http://ex.example/name> "Roux" .'
    ]


def test_the_delimiter_and_the_encoding_are_those_of_the_mapping(tmp_path: Path) -> None:
    long = "{access: people.csv, referenceFormulation: csv, delimiter: ';', encoding: latin-1}"
    write(tmp_path, "people.csv", "id;Last name\n1;Rouxé\n".encode("latin-1"))
    mapping = write(tmp_path, "m.yml", CSV.replace("[people.csv~csv]", long))
    assert run(mapping) == ['<http://ex.example/1> <http://ex.example/name> "Rouxé" .']


@pytest.mark.parametrize(
    ("iterator", "document"),
    [
        ("$[*]", '[{"id": "1"}, {"id": "2"}]'),
        ("$.a.b[*]", '{"a": {"b": [{"id": "1"}, {"id": "2"}]}}'),
        ("$.a[*].b[*]", '{"a": [{"b": [{"id": "1"}]}, {}, {"b": [{"id": "2"}]}]}'),
        ("$.a[*]", '{"a": {"x": {"id": "1"}, "y": {"id": "2"}}}'),
        ("$['a.b'][*]", '{"a.b": [{"id": "1"}, {"id": "2"}]}'),
        ("$.a[1].b[*]", '{"a": [0, {"b": [{"id": "1"}, {"id": "2"}]}]}'),
    ],
)
def test_the_iterator_selects_the_items_of_a_json_file(
    iterator: str, document: str, tmp_path: Path
) -> None:
    write(tmp_path, "people.json", document)
    mapping = write(tmp_path, "m.yml", JSON.replace("ITERATOR", iterator))
    found = run(mapping)
    assert [line for line in found if "Person" in line] == [
        f"<http://ex.example/{number}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<http://ex.example/Person> ."
        for number in (1, 2)
    ]
    assert len({line.split()[0] for line in found if "mark" in line}) == 2


def test_the_whole_document_is_one_item(tmp_path: Path) -> None:
    write(tmp_path, "people.json", '{"id": "1"}')
    mapping = write(tmp_path, "m.yml", JSON.replace('iterator: "ITERATOR"', "iterator: $"))
    assert len(run(mapping)) == 2


def test_records_exported_from_a_harvest_are_mapped_by_a_platform_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        "records.json",
        '{"records": [{"_record": {"iri": "http://r.example/1"}, "title": "Bal"}]}',
    )
    platform = Path(__file__).parents[2] / "mappings" / "platforms" / "enbauges.yml"
    found = run(platform, tmp_path / "records.json")
    assert '<http://r.example/1> <https://schema.org/name> "Bal"@fr .' in found


def test_relative_iris_are_appended_to_the_base(tmp_path: Path) -> None:
    write(tmp_path, "people.csv", "id,Last name,a.b\nx y,Roux,z\n")
    mapping = write(tmp_path, "m.yml", CSV.replace("ex:$(id)", "p/$(id)"))
    problems: list[Problem] = []
    assert list(map_file(mapping, None, "", problems)) == []
    assert [problem.code for problem in problems] == ["bad-iri", "nothing-mapped"]
    assert run(mapping, base="http://b.example/")[0].startswith("<http://b.example/p/x%20y>")


def test_a_long_file_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    good = b'{"id": "1"},' * 50_000
    write(tmp_path, "people.json", b"[" + good + b"broken")
    mapping = write(tmp_path, "m.yml", JSON.replace("ITERATOR", "$[*]"))
    assert len(list(islice(map_file(mapping, None, "", []), 10))) == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "m.yml:4: there is no file"),
        ("<html>", "people.json: this is not JSON"),
        ('[{"id": "1"}, {', "people.json: this is not JSON"),
        (b"\xff\xfe\x00", "people.json: this is not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    content: str | bytes | None, said: str, tmp_path: Path
) -> None:
    if content is not None:
        write(tmp_path, "people.json", content)
    mapping = write(tmp_path, "m.yml", JSON.replace("ITERATOR", "$[*]"))
    with pytest.raises(MappingError) as caught:
        run(mapping)
    assert said in str(caught.value)


def test_a_table_in_another_encoding_is_named(tmp_path: Path) -> None:
    write(tmp_path, "people.csv", "id,Last name\n1,é\n".encode("latin-1"))
    with pytest.raises(MappingError, match=r"people\.csv: this is not CSV"):
        run(write(tmp_path, "m.yml", CSV))


def test_a_mapping_without_a_source_is_refused(tmp_path: Path) -> None:
    mapping = write(tmp_path, "m.yml", "mappings:\n  t: {po: [[a, rdf:Bag]]}")
    with pytest.raises(MappingError, match="no mapping names a source"):
        run(mapping)


def test_one_file_cannot_stand_for_two(tmp_path: Path) -> None:
    second = "  other: {sources: [b.csv~csv], po: [[a, ex:B]]}\n"
    mapping = write(tmp_path, "m.yml", CSV + second)
    with pytest.raises(MappingError, match=r"several files \(b\.csv, people\.csv\)"):
        run(mapping, write(tmp_path, "people.csv", "id\n"))


def told(mapping: Path) -> list[tuple[str, str]]:
    problems: list[Problem] = []
    list(map_file(mapping, None, "", problems))
    return [(each.code, str(each.message)) for each in problems]


def test_a_column_that_the_table_does_not_have_is_told_once_with_the_nearest(
    tmp_path: Path,
) -> None:
    rules = CSV.replace("[ex:dotted, $(a.b)]", "[ex:label, $(nmo)]\n      - [ex:seats, $(seats)]")
    write(tmp_path, "people.csv", "id,Last name,nom,seats\n1,Le Roux,Anne,\n2,Le Bris,Jean,\n")
    assert told(write(tmp_path, "m.yml", rules)) == [
        (
            "unmet-reference",
            "m.yml:9: no record has “nmo”, which the mapping reads — did you mean nom?",
        )
    ]


def test_a_field_that_no_record_has_is_told_where_another_one_nearly_bears_its_name(
    tmp_path: Path,
) -> None:
    rules = JSON.replace("ITERATOR", "$[*]").replace(
        "[[a, ex:Person]]",
        "[[ex:town, $(address.twon)], [ex:fax, $(fax)], [ex:name, $(name)], [ex:names, $(names)]]",
    )
    write(tmp_path, "people.json", '[{"id": 1, "name": "x", "address": {"town": "Arith"}}, {}]')
    assert told(write(tmp_path, "m.yml", rules)) == [
        (
            "unmet-reference",
            "m.yml:6: no record has “twon”, which the mapping reads — did you mean town?",
        )
    ]


@pytest.mark.parametrize(
    ("iterator", "text", "reason"),
    [
        (
            "$[*]",
            '[{"no": 1}, {"no": 2}]',
            "m.yml:4: the mapping makes no statement of the records of",
        ),
        (
            "$.people[*]",
            '{"persons": [{"id": 1}]}',
            "m.yml:4: the iterator $.people[*] selects no record",
        ),
        ("$.poeple[*]", '{"people": [{"id": 1}]}', "did you mean people?"),
    ],
)
def test_a_mapping_that_says_nothing_of_a_file_is_told(
    iterator: str, text: str, reason: str, tmp_path: Path
) -> None:
    write(tmp_path, "people.json", text)
    rules = JSON.replace("ITERATOR", iterator).replace(
        "  mark: {sources: people, po: [[ex:mark, $(id)]]}\n", ""
    )
    (problem,) = told(write(tmp_path, "m.yml", rules))
    assert problem[0] == "nothing-mapped"
    assert reason in problem[1]


def test_a_table_without_rows_is_told(tmp_path: Path) -> None:
    write(tmp_path, "people.csv", "id,Last name,a.b\n")
    ((code, message),) = told(write(tmp_path, "m.yml", CSV))
    assert code == "nothing-mapped"
    assert "no row" in message


def test_what_the_harvester_adds_is_never_told_to_be_absent(tmp_path: Path) -> None:
    rules = JSON.replace("ITERATOR", "$[*]").replace("ex:Person", "$(_source.plce)~iri")
    write(tmp_path, "people.json", '[{"id": 1, "_source": {"place": "Mairie"}}]')
    assert told(write(tmp_path, "m.yml", rules)) == []


def test_two_columns_of_the_same_name_are_told(tmp_path: Path) -> None:
    problems: list[Problem] = []
    write(tmp_path, "people.csv", "id,Last name,Last name,a.b\n1,x,y,z\n")
    assert len(list(map_file(write(tmp_path, "m.yml", CSV), None, "", problems))) == 2
    assert [(each.code, each.severity) for each in problems] == [("same-column", "notice")]
    assert "two columns are called “Last name”" in str(problems[0].message)


def test_a_file_without_anything_is_told(tmp_path: Path) -> None:
    problems: list[Problem] = []
    write(tmp_path, "people.csv", "")
    assert list(map_file(write(tmp_path, "m.yml", CSV), None, "", problems)) == []
    assert problems[-1].code == "nothing-mapped"


def test_keys_of_another_table_may_be_merged_in(tmp_path: Path) -> None:
    write(tmp_path, "people.csv", "id\n7\n")
    rules = (
        'prefixes: {ex: "http://ex.example/"}\nmappings:\n'
        "  one: &one {sources: [people.csv~csv], s: 'ex:$(id)', po: [[a, ex:One]]}\n"
        "  two: {<<: *one, po: [[a, ex:Two]]}\n"
    )
    made = run(write(tmp_path, "m.yml", rules))
    assert [line.split()[2] for line in made] == [
        "<http://ex.example/One>",
        "<http://ex.example/Two>",
    ]
