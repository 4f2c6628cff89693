"""What holds for every record: encoding, and closures equal to a plain reading of the rules."""

from __future__ import annotations

import re
from itertools import product
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mapping import measure
from mappings import compile_yarrrml, platform, platforms
from mappings.encoding import percent_encode
from mappings.paths import Path, getter, select

GRAPH = ox.NamedNode("http://g.example/")
TEXTS = st.text(max_size=12)
SCALARS = TEXTS | st.integers() | st.booleans() | st.none()
RECORDS = st.dictionaries(
    st.sampled_from(["a", "b", "c d", "é"]),
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(TEXTS, TEXTS, max_size=2),
)


@given(st.text())
def test_encoded_text_is_a_segment_of_an_iri_and_can_be_read_back(text: str) -> None:
    encoded = percent_encode(text)
    assert unquote(encoded) == text
    assert not re.search(r"""[\s/?#\[\]@!$&'()*+,;=:<>"{}|\\^`]""", encoded, re.ASCII)
    ox.NamedNode("http://ex.example/" + encoded)


@given(st.text(alphabet="abcXYZ019-._~éœ漢"))
def test_unreserved_letters_are_kept_as_they_are(text: str) -> None:
    assert percent_encode(text) == text


@given(
    RECORDS,
    st.lists(
        st.sampled_from(["$(a)", "$(b)", "$(['c d'])", "$(é)", "x", "-", "/"]),
        min_size=1,
        max_size=4,
    ),
)
@settings(max_examples=300, deadline=None)
def test_templates_give_what_reading_them_part_by_part_gives(
    record: dict[str, Any], parts: list[str]
) -> None:
    template = "".join(parts).replace("'", "''")
    text = f"mappings:\n  t:\n    s: http://s.example/\n    po: [[foaf:name, '=-{template}']]"
    found = compile_yarrrml(text).quads(record, GRAPH, [])
    assert [quad.object for quad in found] == [
        ox.Literal("=-" + "".join(choice))
        for choice in product(*(_texts(p, record) for p in parts))
    ]


def _texts(part: str, record: dict[str, Any]) -> list[str]:
    if not part.startswith("$("):
        return [part]
    value = record.get(part.strip("$()[]'"))
    values = value if isinstance(value, list) else [value]
    return [
        str(each).lower() if isinstance(each, bool) else str(each)
        for each in values
        if each is not None and not isinstance(each, dict)
    ]


@settings(deadline=None)
@given(RECORDS, st.sampled_from(["a", "b.c", "a[*]", "a[0]", "['c d']", "$", "b[*].c", "a[*][*]"]))
def test_a_getter_reads_what_walking_the_path_selects(record: dict[str, Any], path: str) -> None:
    steps = Path.parse(path)
    found, selected = getter(steps)(record), list(select(record, steps.steps))
    assert (found if None in steps.steps else [found]) == (
        selected or (None if None in steps.steps else [None])
    )


@given(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=5,
    ),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_no_value_of_a_record_makes_a_platform_raise(value: object, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(platforms())))
    key = data.draw(
        st.sampled_from(
            [
                "summary",
                "start",
                "location",
                "geo",
                "rule",
                "url",
                "categories",
                "title",
                "tags",
                "ev",
                "published",
                "properties",
                "name",
                "type",
                "latitude",
                "address",
                "openHours",
                "email",
                "telephone",
                "org",
                "startAt",
                "insee",
                "cp",
                "_source",
                "language",
            ]
        )
    )
    record = {"_record": {"iri": "http://r.example/1"}, key: value}
    quads = platform(name).mapping.quads(record, GRAPH, [])
    assert all(quad.graph_name == GRAPH for quad in quads)


def test_the_benchmark_loads_the_same_on_both_sides_and_memory_stays_within_bounds() -> None:
    figures = {figure.name: figure.value for figure in measure(rows=20, rounds=1)}
    assert [name.split(",")[0] for name in figures] == [
        "mapping and loading 20 CSV rows",
        "mapping and loading 20 JSON items",
        "mapping and loading 200 sources of 50",
        "MB to map 20 CSV rows",
    ]
    assert figures["MB to map 20 CSV rows"] < 40
