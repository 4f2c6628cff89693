"""CSV: delimiters, encodings, headers and rows as real spreadsheets export them."""

import csv
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.readers.csv_rows import read
from harvester.records import Content, Issue, ReadError, ReadOptions, Record, Window

WINDOW = Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))


def run(body: bytes | str, *, charset: str = "", **options: str) -> list[Record | Issue]:
    data = body if isinstance(body, bytes) else body.encode()
    return list(read(Content(data, charset=charset), ReadOptions(WINDOW, **options)))


def rows(found: list[Record | Issue]) -> list[dict[str, object]]:
    return [
        {name: value for name, value in one.data.items() if name not in ("_line", "_columns")}
        for one in found
        if isinstance(one, Record)
    ]


def codes(found: list[Record | Issue]) -> list[str]:
    return [one.code for one in found if isinstance(one, Issue)]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "id|nom|adresse\n1|La Grange|bourg\n2|Le Four|place\n".replace("|", delimiter)
    assert rows(run(text))[1] == {"id": "2", "nom": "Le Four", "adresse": "place"}


def test_commas_inside_texts_do_not_make_the_delimiter() -> None:
    text = "id;nom;adresse\n1;Grange;1, rue, du bourg\n2;Four;2, place, haute\n"
    assert rows(run(text))[0]["adresse"] == "1, rue, du bourg"


def test_a_single_column_has_no_delimiter() -> None:
    assert rows(run("nom\nLa Grange\nLe Four\n")) == [{"nom": "La Grange"}, {"nom": "Le Four"}]


def test_the_operator_may_name_delimiter_encoding_and_key() -> None:
    found = run("a,b;code\nx,y;7\n".encode("cp1252"), delimiter=";", encoding="cp1252", key="code")
    assert [one.key for one in found if isinstance(one, Record)] == [("7",)]


@pytest.mark.parametrize(
    ("encoding", "charset", "told"),
    [
        ("utf-8-sig", "", []),
        ("utf-16", "", []),
        ("cp1252", "", ["encoding"]),
        ("cp1252", "utf-8", ["encoding"]),
        ("cp1252", "iso-8859-1", []),
        ("utf-8", "", []),
    ],
)
def test_the_encoding_is_found(encoding: str, charset: str, told: list[str]) -> None:
    text = "id;nom;où\n1;Élan d’été;à l’école\n2;Fête — forêt;çà et là\n"
    found = run(text.encode(encoding), charset=charset)
    assert rows(found)[0]["nom"] == "Élan d’été"
    assert codes(found) == told


@pytest.mark.parametrize(
    "charset",
    ["hex", "idna", "undefined", "base64", "rot13", "punycode", "unicode_escape", "utf-7", "x\0y"],
)
def test_a_charset_that_no_text_is_written_in_is_no_charset(charset: str) -> None:
    found = run("id;nom\n1;Élan d’été;à l’école\n2;Fête\n".encode("cp1252"), charset=charset)
    assert rows(found)[0]["nom"] == "Élan d’été"
    with pytest.raises(ReadError, match="unknown encoding"):
        run("id;nom\n1;é\n", encoding=charset)


def test_codes_keep_their_leading_zero() -> None:
    assert rows(run("id;insee\n1;01004\n"))[0]["insee"] == "01004"


def test_nul_characters_are_left_out() -> None:
    assert rows(run(b"id;nom\n1;Fo\0ur et le reste de la ligne\n"))[0]["nom"].startswith("Four")  # type: ignore[attr-defined]


def test_where_is_the_line_of_the_file_even_after_quoted_line_breaks() -> None:
    found = run('id;texte\n1;"a\nb\nc"\n2;d\n')
    assert [one.where for one in found] == ["line 2", "line 5"]


def test_a_header_alone_yields_nothing() -> None:
    assert run("id;nom\n") == []


@pytest.mark.parametrize(
    ("body", "options", "words"),
    [
        (b"", {}, "empty body"),
        (b"<!doctype html><html>", {}, "web page"),
        (b"PK\x03\x04\x14\x00\x06\x00xl/workbook.xml", {}, "a spreadsheet"),
        (b"%PDF-1.7\n%\xe2\xe3", {}, "a PDF file"),
        (b'{"message": "not found"}', {}, "JSON"),
        (b'[{"id": 1}]', {}, "JSON"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", {}, "calendar"),
        (b"id;nom\n1;x\n", {"key": "code"}, "no column code"),
        (b"id;nom\n1;x\n", {"encoding": "utf-99"}, "unknown encoding"),
    ],
)
def test_what_is_no_csv_says_what_it_is(body: bytes, options: dict[str, str], words: str) -> None:
    with pytest.raises(ReadError) as caught:
        run(body, **options)
    assert words in str(caught.value)


def test_rows_with_the_same_key_are_told_apart() -> None:
    found = run("id;nom\n1;a\n1;b\n")
    assert len({one.key for one in found if isinstance(one, Record)}) == 2
    assert codes(found) == ["csv-same-key"]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_ends_with_records_issues_or_a_read_error(text: str) -> None:
    try:
        found = run(text.encode("utf-8", "replace"))
    except ReadError:
        return
    keys = [one.key for one in found if isinstance(one, Record)]
    assert len(keys) == len(set(keys))


def told(found: list[Record | Issue]) -> list[str]:
    return [str(one.message) for one in found if isinstance(one, Issue) and one.code == "no-key"]


def test_a_table_without_ids_is_told_once_with_the_columns_that_could_be_one() -> None:
    text = "nom,commune,lat,courriel\nGrange,Arith,45.6,a@b.example\nFour,Arith,45.7,c@d.example\n"
    (message,) = told(run(text))
    assert message.endswith("such as: nom, courriel")
    assert told(run(text, key="nom")) == []
    assert told(run(text.replace("nom,", "id,"))) == []


def test_a_table_where_every_column_repeats_itself_is_told_to_need_one() -> None:
    (message,) = told(run("nom,commune\nGrange,Arith\nGrange,Jarsy\nFour,Jarsy\n"))
    assert "ask its publisher" in message


ROWS = "".join(f"{number};Lieu {number};Arith\n" for number in range(3, 200))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f'id;nom;ville\n1;Four;Jarsy\n2;"Lieu;Arith\n{ROWS}', 3),
        (f'id;nom;ville\n1;Four;Jarsy\n2;"Lieu;Arith\n{ROWS}200;"Halle";Arith\n{ROWS}', 3),
        (f'id;"nom;ville\n{ROWS}', 1),
        ('id,nom\n1,Four\n2,"Lieu\n3,Halle\n', 3),
        ('id;texte\n1;a\n2;"a\nb', 3),
    ],
)
def test_a_quotation_mark_that_is_never_closed_does_not_swallow_rows(text: str, line: int) -> None:
    with pytest.raises(ReadError, match=f"from line {line} on"):
        run(text)


@pytest.mark.parametrize(
    "row", ['1;"a\nb";c', '1;"a ""b""\n";c', '1;5" de neige;c', '1;"a"b;c', '1;"a";"c"']
)
def test_quotation_marks_that_are_closed_are_no_error(row: str) -> None:
    assert len(rows(run(f"id;nom;ville\n{row}\n2;x;y\n"))) == 2
    assert len(rows(run(f"id;nom;ville\n2;x;y\n{row}"))) == 2


def test_a_cell_too_long_to_be_meant_loses_its_row_only() -> None:
    found = run(f"id;nom\n1;a\n2;{'x' * 1_100_000}\n3;c\n")
    assert [row["id"] for row in rows(found)] == ["1", "3"]
    (issue,) = [one for one in found if isinstance(one, Issue)]
    assert (issue.code, issue.severity, issue.key) == ("csv-long-cell", "error", ("2",))
    assert issue.where == "line 3"


def test_a_small_table_leaves_the_next_one_its_long_cells() -> None:
    run("id\n1\n")
    long = "x" * 200_000
    assert rows(run(f"id;texte\n1;{long}\n"))[0]["texte"] == long
    assert csv.field_size_limit() > len(long)
