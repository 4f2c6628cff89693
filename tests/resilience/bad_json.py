"""JSON that is none, or more than a computer counts with; places and events in it."""

from __future__ import annotations

import json

from tests.resilience.bad import Bad, emptied, failed, stored
from tests.resilience.nodes import feature

NEW = {"_id": "neuf", "title": "Loto", "startAt": "2026-07-01T10:00:00Z"}
ONE = json.dumps({"events": [NEW]}).encode()
BROKEN = "broken or cut short"


def event(**fields: object) -> bytes:
    """Events of EnBauges.fr: one that is sound, one with these fields."""
    strange: dict[str, object] = {
        "_id": "etrange",
        "title": "Bal",
        "startAt": "2026-07-02T10:00:00Z",
        **fields,
    }
    return json.dumps({"events": [NEW, strange]}).encode()


def holding(value: bytes) -> bytes:
    """An event whose description is ``value``, JSON as it stands."""
    return ONE.replace(b'"_id"', b'"description": ' + value + b', "_id"')


def places(*data: object) -> bytes:
    """Elements of GoGoCarto after a sound one."""
    return json.dumps({"data": [{"id": "neuf", "name": "Grange"}, *data]}).encode()


SYNTAX = (
    failed("cut-short", "enbauges", ONE[:-9], BROKEN),
    failed("a-comma-too-many", "enbauges", ONE.replace(b"}]", b"},]"), BROKEN),
    failed("single-quotes", "enbauges", ONE.replace(b'"', b"'"), BROKEN),
    failed("not-a-number", "enbauges", holding(b"NaN"), BROKEN),
    failed("infinity", "enbauges", holding(b"-Infinity"), BROKEN),
    failed("comments", "enbauges", b"/* agenda */" + ONE, "JSON"),
    failed("json-with-padding", "enbauges", b"callback(" + ONE + b");", "JSON"),
    failed("two-documents", "enbauges", ONE + ONE, BROKEN),
    failed("rubbish-after-the-end", "enbauges", ONE + b"<br>Warning: line 3", BROKEN),
    failed("a-line-each", "gogocarto", b'{"id": 1}\n{"id": 2}\n', BROKEN),
    stored("a-mark-before-json", "enbauges", b"\xef\xbb\xbf" + ONE),
    stored("json-in-utf-16", "enbauges", ONE.decode().encode("utf-16")),
    stored("nul-in-json", "enbauges", ONE.replace(b"Loto", b"Lo\x00to")),
    failed("a-line-break-in-a-text", "enbauges", ONE.replace(b"Loto", b"Lo\nto"), BROKEN),
    stored("latin-1-in-json", "enbauges", ONE.replace(b"Loto", "Fête".encode("latin-1"))),
    stored("a-name-twice", "enbauges", holding(b'"a", "description": "b"')),
)

DEPTH = (
    failed("lists-a-hundred-thousand-deep", "enbauges", b"[" * 100_000, "nested|deep"),
    failed("lists-that-close", "enbauges", holding(b"[" * 50_000 + b"]" * 50_000), "nested|deep"),
    failed(
        "objects-ten-thousand-deep",
        "gogocarto",
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        "nested|deep",
    ),
    failed(
        "seventy-deep",
        "gogocarto",
        places({"id": "a", "name": "A"})[:-2] + b', {"x": ' + b"[" * 70 + b"]" * 70 + b"}]}",
        "nested|deep",
    ),
)

NUMBERS = (
    stored("an-immense-number", "enbauges", holding(b"1e999999999")),
    stored("a-number-of-ten-thousand-digits", "enbauges", holding(b"9" * 10_000)),
    stored("a-tiny-number", "enbauges", holding(b"1e-999999999")),
    stored("minus-zero", "enbauges", holding(b"-0")),
    stored(
        "half-a-surrogate-pair-in-json",
        "enbauges",
        ONE.replace(b"Loto", rb"Lo\ud83dto"),
        "bad-character",
    ),
    stored(
        "a-pair-the-wrong-way-round",
        "enbauges",
        ONE.replace(b"Loto", rb"Loto \ude00\ud83d"),
        "bad-character",
    ),
    stored("nul-escaped", "enbauges", ONE.replace(b"Loto", rb"Lo\u0000to")),
    stored("a-text-of-one-megabyte", "enbauges", holding(b'"' + b"mot " * 250_000 + b'"')),
)

SHAPE = (
    failed("null", "enbauges", b"null", "JSON"),
    failed("a-number", "enbauges", b"42", "JSON"),
    failed("a-text", "enbauges", b'"bonjour"', "JSON"),
    failed("an-error-object", "enbauges", b'{"error": {"code": 500}}', "selects nothing"),
    failed("a-list-instead-of-an-object", "enbauges", b'[{"_id": "a"}]', "selects nothing"),
    failed("events-that-are-an-object", "enbauges", b'{"events": {"a": 1}}', "selects nothing"),
    failed("events-null", "enbauges", b'{"events": null}', "selects nothing"),
    emptied("no-event", "enbauges", b'{"events": []}'),
    failed(
        "events-that-are-words",
        "enbauges",
        b'{"events": ["a", 3, null, [], true]}',
        "none of its entries",
        "json-bad-entry",
    ),
    failed(
        "json-ld-of-elsewhere",
        "enbauges",
        b'{"@context": "http://127.0.0.1:9/context", "@graph": [{"@id": "a"}]}',
        "selects nothing",
    ),
    failed(
        "a-context-of-five-thousand",
        "gogocarto",
        json.dumps({"@context": [{"a": f"http://e.org/{n}"} for n in range(5_000)]}).encode(),
        "selects nothing",
    ),
)

ODD_IDS: tuple[object, ...] = (None, True, 1.5, -0.0, [], {}, {"$oid": "a"}, "")
VALUES = (
    stored(
        "ids-of-every-sort",
        "enbauges",
        json.dumps({"events": [{**NEW, "_id": key} for key in ODD_IDS]}).encode(),
    ),
    stored(
        "ids-that-break-iris",
        "enbauges",
        json.dumps(
            {
                "events": [
                    {**NEW, "_id": key}
                    for key in ("<a>", 'b"', "c d", "e\\f", "{g}", "..", "é\u00a0", "/", "%")
                ]
            }
        ).encode(),
    ),
    stored("an-id-of-100-kB", "enbauges", event(_id="i" * 100_000)),
    stored(
        "the-same-id-a-thousand-times",
        "enbauges",
        json.dumps({"events": [{**NEW, "title": f"Loto {n}"} for n in range(1_000)]}).encode(),
        "json-same-key",
    ),
    stored("a-date-in-year-0", "enbauges", event(startAt="0000-00-00T00:00:00Z")),
    stored("a-date-in-year-9999", "enbauges", event(endAt="9999-12-31T23:59:59Z")),
    stored("a-leap-second", "enbauges", event(startAt="2026-12-31T23:59:60Z")),
    stored("a-date-that-is-a-number", "enbauges", event(startAt=99999999999999)),
    stored("a-date-that-is-a-list", "enbauges", event(startAt=["2026", 7])),
    stored("a-time-zone-of-99-hours", "enbauges", event(startAt="2026-07-02T10:00:00+99:99")),
    stored(
        "titles-of-every-sort",
        "enbauges",
        json.dumps(
            {
                "events": [
                    NEW,
                    *(
                        {**NEW, "_id": f"t{n}", "title": title}
                        for n, title in enumerate((None, 3, [], {}, ["a"], {"fr": "b"}, True))
                    ),
                ]
            }
        ).encode(),
    ),
    stored("an-organizer-that-is-a-word", "enbauges", event(org="Mairie")),
    stored("names-of-python", "enbauges", event(__class__="x", __proto__={"a": 1})),
    stored("a-place-without-name", "gogocarto", places({"id": "b"})),
    stored(
        "coordinates-that-are-words",
        "gogocarto",
        places({"id": "b", "name": "B", "geo": {"latitude": "ici", "longitude": None}}),
    ),
    stored(
        "coordinates-beyond-the-world",
        "gogocarto",
        places({"id": "b", "name": "B", "geo": {"latitude": 1e300, "longitude": -1e300}}),
    ),
    stored(
        "addresses-that-run",
        "gogocarto",
        places({"id": "b", "name": "B", "website": "javascript:alert(1)"}),
    ),
    stored(
        "addresses-that-break",
        "gogocarto",
        places({"id": "b", "name": "B", "website": 'http://[::1:80/<>"{}|\\^` '}),
    ),
    stored(
        "markup-nested-in-a-text",
        "gogocarto",
        places({"id": "b", "name": "B", "description": "<div>" * 20_000 + "x"}),
    ),
    stored(
        "ten-thousand-fields",
        "gogocarto",
        places({"id": "b", "name": "B", **{f"f{n}": n for n in range(10_000)}}),
    ),
    stored(
        "ten-thousand-places",
        "gogocarto",
        places(*({"id": f"p{n}", "name": f"P{n}"} for n in range(3_000))),
    ),
)


def collection(*features: object, **more: object) -> bytes:
    """A FeatureCollection: these after a sound one."""
    told = [feature("neuf", "Grange"), *features]
    return json.dumps({"type": "FeatureCollection", "features": told, **more}).encode()


def placed(geometry: object) -> bytes:
    """A collection with a feature of this geometry."""
    return collection({**feature("b", "B"), "geometry": geometry})


NEST: object = {"type": "Point", "coordinates": [6, 45]}
for _ in range(25):
    NEST = {"type": "GeometryCollection", "geometries": [NEST]}
RING = [[6 + n / 1e6, 45 + n / 1e6] for n in range(20_000)]

GEOJSON = (
    failed("geojson-cut-short", "geojson", collection()[:-8], BROKEN),
    failed(
        "features-null",
        "geojson",
        b'{"type": "FeatureCollection", "features": null}',
        "GeoJSON|feature",
    ),
    failed("no-features-at-all", "geojson", b'{"type": "FeatureCollection"}', "GeoJSON|feature"),
    emptied("an-empty-collection", "geojson", b'{"type": "FeatureCollection", "features": []}'),
    failed(
        "another-topology", "geojson", b'{"type": "Topology", "objects": {}}', "GeoJSON|feature"
    ),
    failed(
        "kml",
        "geojson",
        b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>',
        "GeoJSON",
    ),
    stored("features-that-are-words", "geojson", collection("B", None, 3), "geojson-bad-feature"),
    stored(
        "a-feature-of-another-type",
        "geojson",
        collection({"type": "Place", "id": "b"}),
        "geojson-bad-feature",
    ),
    stored("properties-null", "geojson", collection({**feature("b", "B"), "properties": None})),
    stored(
        "properties-that-are-a-list",
        "geojson",
        collection({**feature("b", "B"), "properties": [1]}),
    ),
    stored("no-geometry", "geojson", placed(None)),
    stored("a-geometry-that-is-a-word", "geojson", placed("ici")),
    stored(
        "coordinates-of-text", "geojson", placed({"type": "Point", "coordinates": ["6.1", "x"]})
    ),
    stored("latitude-first", "geojson", placed({"type": "Point", "coordinates": [145.68, 96.14]})),
    stored(
        "coordinates-of-1e308", "geojson", placed({"type": "Point", "coordinates": [1e308, -1e308]})
    ),
    stored("one-coordinate", "geojson", placed({"type": "Point", "coordinates": [6]})),
    stored(
        "coordinates-nested-wrong",
        "geojson",
        placed({"type": "Polygon", "coordinates": [[[[[6]]]]]}),
    ),
    stored(
        "a-polygon-of-20000-points", "geojson", placed({"type": "Polygon", "coordinates": [RING]})
    ),
    stored("collections-in-collections", "geojson", placed(NEST)),
    stored(
        "the-same-id-twice",
        "geojson",
        collection(feature("b", "B"), feature("b", "Autre")),
        "geojson-same-id",
    ),
    stored(
        "a-reference-system-by-link",
        "geojson",
        collection(crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}}),
    ),
    failed(
        "geojson-nested-deep",
        "geojson",
        collection()[:-1] + b', "x": ' + b"[" * 9_000 + b"]" * 9_000 + b"}",
        "nested|deep",
    ),
)

CASES: tuple[Bad, ...] = (*SYNTAX, *DEPTH, *NUMBERS, *SHAPE, *VALUES, *GEOJSON)
