"""JSON and GeoJSON: what an iterator selects, what is refused, and how deep it may go."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from harvester.readers import READERS
from harvester.readers.json_text import mended
from harvester.records import Content, Issue, ReadError, ReadOptions, Record, Window

WINDOW = Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
EVENTS = {"total": 2, "events": [{"_id": "a", "n": 1.5}, {"_id": "b", "place": {"code": 7}}]}


def run(document: Any, kind: str = "json", **options: str) -> list[Record | Issue]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(READERS[kind](Content(body), ReadOptions(WINDOW, **options)))


def keys(found: list[Record | Issue]) -> list[str]:
    return [one.key[0] for one in found if isinstance(one, Record)]


def codes(found: list[Record | Issue]) -> list[str]:
    return [one.code for one in found if isinstance(one, Issue)]


@pytest.mark.parametrize(
    ("document", "iterator"),
    [
        (EVENTS, "$.events[*]"),
        (EVENTS, "$['events'][*]"),
        (EVENTS, ""),
        (EVENTS["events"], "$[*]"),
        (EVENTS["events"], ""),
        ({"a": {"b": EVENTS["events"]}}, "$.a.b[*]"),
    ],
)
def test_an_iterator_selects_entries(document: Any, iterator: str) -> None:
    found = run(document, iterator=iterator)
    assert keys(found) == ["a", "b"]
    assert [one.data for one in found if isinstance(one, Record)] == EVENTS["events"]


def test_the_whole_document_may_be_one_entry() -> None:
    assert keys(run({"id": 3, "offers": [{"id": 1}]})) == ["3"]
    assert keys(run(EVENTS | {"id": "all"}, iterator="$")) == ["all"]


def test_the_key_is_found_at_a_dotted_path() -> None:
    found = run(EVENTS, key="place.code")
    assert keys(found)[1] == "7"
    assert keys(found)[0].startswith("~")
    assert codes(found) == ["json-no-key"]


def test_entries_without_any_id_have_a_key_made_from_what_they_say() -> None:
    found = run([{"t": "x"}, {"t": "y"}, {"t": "x"}])
    assert len(set(keys(found))) == 3
    assert codes(found) == ["json-same-key", "no-key"]


def test_an_entry_that_is_no_object_is_an_issue() -> None:
    assert codes(run([{"id": 1}, "deux", 3])) == ["json-bad-entry", "json-bad-entry"]


@pytest.mark.parametrize("document", [[], {"events": []}])
def test_an_empty_list_is_no_error(document: Any) -> None:
    iterator = "$[*]" if isinstance(document, list) else "$.events[*]"
    assert run(document, iterator=iterator) == []


@pytest.mark.parametrize(
    ("document", "iterator", "words"),
    [
        (EVENTS, "$.evenements[*]", "total, events"),
        ([{"id": 1}], "$.events[*]", "$[*]"),
        (EVENTS, "$..events", "not supported"),
        (EVENTS, "events", "not supported"),
        (b"", "", "empty body"),
        (b"<html><body>", "", "web page"),
        (b"nom;commune\nx;y\n", "", "not JSON"),
        (b'{"events": [{"id": 1}, {"id"', "$.events[*]", "cut short"),
        (b"[" * 5000 + b"]" * 5000, "", "64 levels"),
        (b'{"a":' * 80 + b"1" + b"}" * 80, "", "64 levels"),
    ],
)
def test_what_cannot_be_selected_says_why(document: Any, iterator: str, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        run(document, iterator=iterator)
    assert words in str(caught.value)


def test_brackets_inside_texts_are_not_depth() -> None:
    assert keys(run([{"id": 1, "t": '\\"' + "[" * 500}])) == ["1"]


def test_entries_before_the_cut_are_given_and_then_the_error() -> None:
    reader = READERS["json"](Content(b'[{"id": 1}, {"id": 2}, {"i'), ReadOptions(WINDOW))
    first = next(reader)
    assert isinstance(first, Record)
    assert first.key == ("1",)
    with pytest.raises(ReadError, match="cut short"):
        list(reader)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_of_json_is_found(encoding: str) -> None:
    body = '[{"id": "été"}]'.encode(encoding)
    assert keys(run(body)) == ["été"]


HALF = '"\\ud800 \\\\ud800 \\ud83d\\ude00"'
MENDED = "\ufffd \\ud800 \U0001f600"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("json", f'[{{"id": {HALF}}}, {{"id": "b"}}]'),
        (
            "geojson",
            f'{{"type": "FeatureCollection", "features": [{{"id": {HALF}}}, {{"id": "b"}}]}}',
        ),
        (
            "feed",
            f'{{"version": "jsonfeed.org/version/1", "items": [{{"id": {HALF}}}, {{"id": "b"}}]}}',
        ),
    ],
)
def test_half_a_character_is_replaced_and_told(kind: str, text: str) -> None:
    found = run(text.encode(), kind)
    assert keys(found) == [MENDED, "b"]
    assert codes(found)[:1] == ["bad-character"]


@pytest.mark.parametrize(
    "number", ["9" * 400, "9" * 5_000, "-" + "9" * 400 + ".5", "1e400", "1E-4000"]
)
def test_an_immense_number_is_a_text_and_loses_nothing_else(number: str) -> None:
    found = run(f'[{{"id": 1, "t": "{number}", "n": [{number}, 12]}}, {{"id": 2}}]'.encode())
    assert keys(found) == ["1", "2"]
    assert next(one.data["n"] for one in found if isinstance(one, Record)) == [number, 12]
    point = f'{{"type": "Point", "coordinates": [{number}, 45]}}'
    found = run(f'{{"type": "Feature", "id": 1, "geometry": {point}}}'.encode(), "geojson")
    assert keys(found) == ["1"]
    assert codes(found) == ["geojson-bad-coordinates"]


@pytest.mark.parametrize("unit", ['"', "\\", '\\"', "9", "\\ud800", "e999", "9e999 ", '"\\ud8'])
def test_a_million_hostile_characters_are_mended_within_a_second(unit: str) -> None:
    text = ("[" + unit * 1_000_000)[:1_000_000]
    before = time.process_time()
    mended(text + '\\ud800 "' + "9" * 20)
    assert time.process_time() - before < 1.5


def test_a_single_feature_and_a_bare_geometry_are_read() -> None:
    point = {"type": "Point", "coordinates": [6.1, 45.6]}
    (one,) = run({"type": "Feature", "id": "x", "properties": {}, "geometry": point}, "geojson")
    (bare,) = run(point, "geojson")
    assert isinstance(one, Record)
    assert isinstance(bare, Record)
    assert one.data["geo"] == bare.data["geo"] == {"lat": 45.6, "lon": 6.1}


@pytest.mark.parametrize(
    "coordinates",
    [["6.1", "45.6"], "6.1,45.6", {"lng": 6.1}, None, [], [[[]]], [None, None], [6.1]],
)
def test_coordinates_of_any_shape_do_not_break_the_reader(coordinates: Any) -> None:
    geometry = {"type": "Point", "coordinates": coordinates}
    found = run({"type": "Feature", "id": 1, "geometry": geometry}, "geojson")
    assert keys(found) == ["1"]
    assert codes(found) == ["geojson-bad-coordinates"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"data": []}, "JSON, not GeoJSON"),
        ([1], "JSON, not GeoJSON"),
        (b"<html>", "web page"),
        (b"", "empty body"),
        (b'{"type": "FeatureCollection", "features": [{', "cut short"),
        (b'{"type": "FeatureCollection", "features": ' + b"[" * 3000, "64 levels"),
    ],
)
def test_what_is_no_geojson_says_what_it_is(document: Any, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        run(document, "geojson")
    assert words in str(caught.value)


def test_a_thing_with_an_id_that_is_no_feature_is_told_with_it() -> None:
    features = [{"type": "Fiture", "id": "x"}, {"type": "Fiture"}]
    found = run({"type": "FeatureCollection", "features": features}, "geojson")
    assert [one.key for one in found if isinstance(one, Issue)] == [("x",), ()]


@pytest.mark.parametrize("kind", ["geojson", "json"])
def test_thousands_of_issues_of_one_sort_are_told_with_their_number(kind: str) -> None:
    body = b"[" + b"[[]]," * 400_000 + b'{"id": "a"}]'
    if kind == "geojson":
        body = b'{"type": "FeatureCollection", "features": ' + body + b"}"
    found = run(body, kind)
    assert keys(found) == ["a"]
    issues = [one for one in found if isinstance(one, Issue)]
    assert len(issues) == 1_001
    assert len({one.code for one in issues}) == 1
    assert (issues[-1].severity, issues[-1].message.values["count"]) == ("notice", 399_000)


def test_what_protects_a_thing_that_is_known_is_told_however_many_they_are() -> None:
    features = [{"type": "Fiture", "id": number} for number in range(1_500)]
    found = run({"type": "FeatureCollection", "features": features}, "geojson")
    assert [one.key for one in found if isinstance(one, Issue)] == [(str(n),) for n in range(1_500)]


PLACES = [{"nom": "La Grange", "lat": 45.6, "site": "a.example"}, {"nom": "Le Four", "lat": 45.7}]


@pytest.mark.parametrize("kind", ["json", "geojson"])
def test_entries_without_ids_are_told_once_with_the_fields_that_could_be_one(kind: str) -> None:
    features = [{"type": "Feature", "properties": place} for place in PLACES]
    body = PLACES if kind == "json" else {"type": "FeatureCollection", "features": features}
    (notice,) = [one for one in run(body, kind) if isinstance(one, Issue)]
    assert (notice.code, notice.severity) == ("no-key", "notice")
    assert str(notice.message).endswith("such as: nom")


@pytest.mark.parametrize("kind", ["json", "geojson"])
def test_a_source_where_some_entry_has_an_id_is_not_told_to_have_none(kind: str) -> None:
    places = [*PLACES, {"nom": "Le Moulin", "id": 3}]
    features = [{"type": "Feature", "properties": place} for place in places]
    body = places if kind == "json" else {"type": "FeatureCollection", "features": features}
    assert [one for one in run(body, kind) if isinstance(one, Issue)] == []
