"""The data of a store as one text, and the hash that two stores are compared by."""

from __future__ import annotations

from io import BytesIO

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.whole import data_hash, load, texts

GRAPHS = ("http://e.org/b", "http://e.org/a")


def store_of(*values: ox.Literal | ox.NamedNode) -> ox.Store:
    store, name = ox.Store(), ox.NamedNode("http://e.org/s")
    for graph in GRAPHS:
        for value in values:
            store.add(ox.Quad(name, name, value, ox.NamedNode(graph)))
    return store


def test_graphs_and_statements_are_in_order() -> None:
    store = store_of(ox.Literal("b"), ox.Literal("a"))
    lines = b"".join(texts(store)).decode().splitlines()
    assert lines == [
        f'<http://e.org/s> <http://e.org/s> "{value}" <http://e.org/{graph}> .'
        for graph in "ab"
        for value in "ab"
    ]


def test_a_statement_more_is_another_hash() -> None:
    one, two = store_of(ox.Literal("a")), store_of(ox.Literal("a"), ox.Literal("b"))
    assert data_hash(one) == data_hash(store_of(ox.Literal("a")))
    assert data_hash(one) != data_hash(two)


literals = st.one_of(
    st.builds(ox.Literal, st.text(st.characters(exclude_categories=["Cs"]))),
    st.builds(
        ox.Literal, st.text(st.characters(exclude_categories=["Cs"])), language=st.just("fr")
    ),
    st.builds(ox.Literal, st.integers() | st.floats() | st.booleans()),
    st.builds(
        lambda moment: ox.Literal(
            moment.isoformat(), datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
        ),
        st.datetimes(),
    ),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(literals, min_size=1, max_size=20))
def test_what_is_written_out_and_loaded_has_the_same_hash(
    tmp_path_factory: pytest.TempPathFactory, values: list[ox.Literal]
) -> None:
    store = store_of(*values)
    folder = tmp_path_factory.mktemp("whole") / "store"
    assert load(BytesIO(b"".join(texts(store))), folder) == data_hash(store)
