"""What RML-IO and CSV on the Web say of a source: empty and null values, dialects, encodings."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings import MappingError, Problem
from mappings.local import map_file

HEAD = """@prefix rml: <http://w3id.org/rml/> .
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix old: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://ex.example/> .
"""
XSD = "http://www.w3.org/2001/XMLSchema#"


def run(folder: Path, turtle: str, problems: list[Problem] | None = None) -> list[str]:
    (folder / "m.ttl").write_text(HEAD + turtle, "utf-8")
    lines = map_file(folder / "m.ttl", None, "", [] if problems is None else problems)
    return [line.removesuffix(" .").replace(XSD, "xsd:") for line in lines]


def values(
    folder: Path, name: str, content: bytes | str, source: str = "", iterator: str = "$[*]"
) -> list[str]:
    """The lines ``s value`` that a mapping makes of the fields ``id`` and ``v`` of a file."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    kind = {"csv": "CSV", "tsv": "CSV", "json": "JSONPath", "xml": "XPath"}[name.split(".")[1]]
    found = run(
        folder,
        "ex:T rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ;"
        f' rml:path "{name}" {source} ] ; rml:referenceFormulation rml:{kind} ;'
        f' rml:iterator "{iterator}" ] ; rml:subjectMap [ rml:template "ex:{{id}}" ] ;'
        ' rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "v" ] ] .',
    )
    return [line.replace(" <http://ex.example/p>", "") for line in found]


def test_an_empty_cell_is_an_empty_text_unless_the_source_says_it_is_null(tmp_path: Path) -> None:
    rows = "id,v\n1,\n2,-\n3,x\n"
    assert values(tmp_path, "d.csv", rows) == ['<ex:1> ""', '<ex:2> "-"', '<ex:3> "x"']
    assert values(tmp_path, "d.csv", rows, '; rml:null "", "-"') == ['<ex:3> "x"']


def test_an_empty_cell_says_nothing_in_the_older_vocabulary_which_has_no_null(
    tmp_path: Path,
) -> None:
    (tmp_path / "d.csv").write_text("id,v\n1,\n2,x\n")
    lines = run(
        tmp_path,
        'ex:T old:logicalSource [ old:source "d.csv" ; old:referenceFormulation ql:CSV ] ;'
        ' rr:subjectMap [ rr:template "ex:{id}" ] ; rr:predicateObjectMap [ rr:predicate ex:p ;'
        ' rr:objectMap [ old:reference "v" ] ] .',
    )
    # the prefix of the newer vocabulary is declared all the same: what is used counts
    assert lines == ['<ex:2> <http://ex.example/p> "x"']


def test_null_values_are_those_of_xml_and_json_too(tmp_path: Path) -> None:
    null = '; rml:null "n/a"'
    xml = "<r><e><id>1</id><v>n/a</v></e><e><id>2</id><v/></e></r>"
    assert values(tmp_path, "d.xml", xml, null, "/r/e") == ['<ex:2> ""']
    assert values(tmp_path, "d.json", '[{"id":"1","v":"n/a"},{"id":"2","v":""}]', null) == [
        '<ex:2> ""'
    ]


@pytest.mark.parametrize(
    ("rows", "dialect"),
    [
        ("id;v\n1;'a;b'\n", 'csvw:delimiter ";" ; csvw:quoteChar "\'"'),
        ('Export\nof today\nid,v\n1,"a;b"\n', "csvw:skipRows 2"),
        ("# made by hand\nid,v\n# none yet\n1,a;b\n", 'csvw:commentPrefix "#"'),
        ("id, v\n1, a;b \n", "csvw:trim true"),
        ("id\tv\n1\ta;b\n", 'csvw:delimiter "\\t" ; csvw:skipBlankRows true'),
        ('id,v\n1,"a;b"\n', 'csvw:header true ; csvw:lineTerminators "\\n"'),
    ],
)
def test_a_table_is_read_in_its_dialect(rows: str, dialect: str, tmp_path: Path) -> None:
    assert values(tmp_path, "d.csv", rows, f"; csvw:dialect [ {dialect} ]") == ['<ex:1> "a;b"']


def test_the_columns_of_a_table_without_a_header_are_numbered(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("1,x\n2,y\n")
    lines = run(
        tmp_path,
        'ex:T rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "d.csv" ;'
        " csvw:dialect [ csvw:header false ] ] ; rml:referenceFormulation rml:CSV ] ;"
        ' rml:subjectMap [ rml:template "ex:{_col.1}" ] ; rml:predicateObjectMap'
        ' [ rml:predicate ex:p ; rml:objectMap [ rml:reference "_col.2" ] ] .',
    )
    assert lines == ['<ex:1> <http://ex.example/p> "x"', '<ex:2> <http://ex.example/p> "y"']


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ("csvw:skipColumns 1", "“skipColumns” of a CSV dialect is not read — write skipRows"),
        ('csvw:delimiter "||"', "“||” cannot be the delimiter of a table"),
        ("csvw:headerRowCount 2", "“2” cannot be the headerRowCount of a table"),
    ],
)
def test_a_dialect_that_is_not_read_is_refused(dialect: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"^m\.ttl:9: ") as caught:
        values(tmp_path, "d.csv", "id,v\n", f"; csvw:dialect [ {dialect} ]")
    assert said in str(caught.value)


def test_an_encoding_is_that_of_the_source_and_an_unknown_one_names_a_known_one(
    tmp_path: Path,
) -> None:
    latin = '; rml:encoding "ISO-8859-1"'
    xml = "<r><e><id>1</id><v>é</v></e></r>".encode("latin-1")
    assert values(tmp_path, "d.xml", xml, latin, "/r/e") == ['<ex:1> "é"']
    assert values(tmp_path, "d.csv", "id,v\n1,é\n".encode("latin-1"), latin) == ['<ex:1> "é"']
    with pytest.raises(MappingError, match=r"m\.ttl:9: the encoding “UTF-99” is not known — write"):
        values(tmp_path, "d.csv", "id,v\n", "; rml:encoding rml:UTF-99")


@pytest.mark.parametrize("iterator", ["$[*]", "$.[*]", "$.*"])
def test_a_byte_order_mark_is_no_part_of_a_json_file(iterator: str, tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf[{"id": 1, "v": "x"}]'
    assert values(tmp_path, "d.json", content, iterator=iterator) == ['<ex:1> "x"']


def test_numbers_of_json_are_of_any_size(tmp_path: Path) -> None:
    huge = "9" * 30
    content = f'[{{"id":1,"v":1.50}},{{"id":2,"v":{huge}}},{{"id":3,"v":1.50}},{{"id":4,"v":-0.0}}]'
    assert values(tmp_path, "d.json", content) == [
        '<ex:1> "1.5E0"^^<xsd:double>',
        f'<ex:2> "{huge}"^^<xsd:integer>',
        '<ex:3> "1.5E0"^^<xsd:double>',
        '<ex:4> "-0.0E0"^^<xsd:double>',
    ]
    whole = f'{{"id":1,"v":[1e400,-1e400,{huge}]}}'
    assert values(tmp_path, "d.json", whole.replace('"v":', '"w":'), iterator="$") == []


@pytest.mark.parametrize("iterator", ["$", "$[*]"])
def test_what_is_no_number_of_json_is_refused(iterator: str, tmp_path: Path) -> None:
    content = '{"id":1,"v":NaN}' if iterator == "$" else '[{"id":1,"v":NaN}]'
    with pytest.raises(MappingError, match=r"d\.json: this is not JSON: "):
        values(tmp_path, "d.json", content, iterator=iterator)


def test_a_json_file_that_is_nested_without_end_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"d\.json: this is not JSON: "):
        values(tmp_path, "d.json", "[" * 100_000, iterator="$")


@pytest.mark.parametrize("iterator", ["r/e", "/r/e", "//e"])
def test_an_iterator_over_xml_begins_at_the_document(iterator: str, tmp_path: Path) -> None:
    xml = "<r><e><id>1</id><v>x</v></e></r>"
    assert values(tmp_path, "d.xml", xml, iterator=iterator) == ['<ex:1> "x"']


def test_a_file_of_the_web_is_looked_for_beside_the_mapping(tmp_path: Path) -> None:
    turtle = (
        "ex:T rml:logicalSource [ rml:source [ a dcat:Distribution ; dcat:downloadURL"
        " <http://a.example/x/d.csv> ] ; rml:referenceFormulation rml:CSV ] ;"
        ' rml:subjectMap [ rml:template "ex:{id}" ; rml:class ex:A ] .'
    )
    with pytest.raises(MappingError, match=r"m\.ttl:\d+: http://a\.example/x/d\.csv is not fetc"):
        run(tmp_path, turtle)
    (tmp_path / "d.csv").write_text("id\n1\n")
    assert [line.split()[0] for line in run(tmp_path, turtle)] == ["<ex:1>"]


def test_a_cell_may_be_longer_than_the_usual_limit(tmp_path: Path) -> None:
    assert len(values(tmp_path, "d.csv", f"id,v\n1,{'x' * 200_000}\n")) == 1
