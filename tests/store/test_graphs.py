"""Normalising quads: the form of the store, and names that do not depend on labels."""

import itertools
import random

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import GraphError
from store.graphs import normalise
from vocab.iris import Iris

IRIS = Iris("http://example.org/")
RECORD = IRIS.record("amap", "1")
GENID = "http://example.org/.well-known/genid/amap/1#"

BAKER = f"""
@prefix : <https://schema.org/> .
<{RECORD}> :location [ :name "Four banal" ; :address [ :streetAddress "%s" ] ] ;
    :openingHoursSpecification [ :opens "09:00" ], [ :opens "14:00" ], [ :opens "14:00" ] .
<{RECORD}#geo> :address [ :postalCode "73630" ] .
"""


def quads(turtle: str, graph: str = RECORD) -> list[ox.Quad]:
    name = ox.NamedNode(graph)
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, name)
        for quad in ox.parse(turtle, ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    ]


def test_literals_take_the_form_of_the_store_and_doubles_go() -> None:
    turtle = f"""<{RECORD}> <p:p> 45.60, 45.6,
        "2026-05-01T10:00:00+00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime> ."""
    date = '"2026-05-01T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    decimal = '"45.6"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    assert normalise(quads(turtle), None) == {
        RECORD: frozenset({f"<{RECORD}> <p:p> {decimal} .", f"<{RECORD}> <p:p> {date} ."})
    }


def test_statements_come_by_graph_whatever_their_literals_hold() -> None:
    tricky = quads(f'<{RECORD}> <p:p> "a <x:y> .", "_:b", "\\u2028", "a\\nb" .')
    other = quads("<a:a> <a:b> <a:c> .", "http://example.org/other")
    assert {graph: len(lines) for graph, lines in normalise(tricky + other, None).items()} == {
        RECORD: 4,
        "http://example.org/other": 1,
    }


def test_a_blank_node_is_named_by_the_path_from_its_record() -> None:
    [lines] = normalise(quads(BAKER % "1 rue du Four"), IRIS.genid).values()
    subjects = {line.split(" ")[0] for line in lines}
    assert f"<{GENID}location>" in subjects
    assert f"<{GENID}location.address>" in subjects
    assert f"<{GENID}~geo.address>" in subjects
    assert not any("_:" in line for line in lines)


def test_siblings_are_told_apart_and_those_that_say_the_same_are_one() -> None:
    [lines] = normalise(quads(BAKER % "1 rue du Four"), IRIS.genid).values()
    hours = [line for line in lines if line.startswith(f"<{GENID}openingHoursSpecification~")]
    assert len(hours) == 2


def test_a_changed_value_changes_one_statement() -> None:
    [old] = normalise(quads(BAKER % "1 rue du Four"), IRIS.genid).values()
    [new] = normalise(quads(BAKER % "2 rue du Four"), IRIS.genid).values()
    assert len(old - new) == len(new - old) == 1


def test_predicates_with_the_same_local_name_do_not_share_a_name() -> None:
    turtle = f"<{RECORD}> <a:x/name> [ <p:p> 1 ] ; <b:y#name> [ <p:p> 1 ] ."
    [lines] = normalise(quads(turtle), IRIS.genid).values()
    assert len({line.split(" ")[0] for line in lines}) == 3


def test_two_records_of_one_call_have_their_own_names() -> None:
    other = IRIS.record("amap", "2")
    both = quads("<a:a> <a:b> [ <p:p> 1 ] .") + quads("<a:a> <a:b> [ <p:p> 1 ] .", other)
    graphs = normalise(both, IRIS.genid)
    assert not graphs[RECORD] & graphs[other]


shapes = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from("pq"), st.integers(0, 8)), max_size=14
)


@settings(max_examples=200, deadline=None)
@given(shapes, st.randoms(use_true_random=False))
def test_names_do_not_depend_on_labels_or_order(
    edges: list[tuple[int, str, int]], chance: random.Random
) -> None:
    """Any graph of six blank nodes, circles, shared and interchangeable ones included.

    What comes out is in the form of the store: normalising it again changes nothing.
    """

    def built() -> list[ox.Quad]:
        nodes: list[ox.NamedNode | ox.BlankNode]
        nodes = [ox.NamedNode(RECORD), *(ox.BlankNode() for _ in range(6))]
        ends: list[ox.NamedNode | ox.BlankNode | ox.Literal]
        ends = [*nodes, ox.Literal("x"), ox.NamedNode("a:b")]
        shuffled = chance.sample(edges, len(edges))
        graph = ox.NamedNode(RECORD)
        return [ox.Quad(nodes[s], ox.NamedNode(f"p:{p}"), ends[o], graph) for s, p, o in shuffled]

    named = normalise(built(), IRIS.genid)
    assert normalise(built(), IRIS.genid) == named
    [lines] = [*named.values(), frozenset[str]()][:1]
    assert normalise(quads("\n".join(lines)), None) == named


def test_blank_nodes_that_only_refer_to_one_another_are_named() -> None:
    [lines] = normalise(quads("_:a <p:p> _:b . _:b <p:q> _:a ."), IRIS.genid).values()
    assert len(lines) == 2
    assert not any("_:" in line for line in lines)


def test_a_blank_node_inside_a_quoted_statement_is_named_alike() -> None:
    turtle = f"<{RECORD}> <p:p> _:a . <{RECORD}> <p:says> <<( _:a <p:q> 1 )>> ."
    [lines] = normalise(quads(turtle), IRIS.genid).values()
    assert all(f"<{GENID}p>" in line for line in lines)


def test_a_long_chain_of_blank_nodes_is_named() -> None:
    chain = "( " + "1 " * 2000 + ")"
    [lines] = normalise(quads(f"<{RECORD}> <p:p> {chain} ."), IRIS.genid).values()
    assert len(lines) == 4001
    assert max(map(len, lines)) < 400


def test_too_many_in_a_circle_are_refused_with_the_record_they_belong_to() -> None:
    circle = " . ".join(f"_:n{n} <p:p> _:n{m}" for n in range(8) for m in range(8)) + " ."
    with pytest.raises(GraphError, match="8 parts without identifier") as caught:
        normalise(quads(circle), IRIS.genid)
    assert caught.value.about == RECORD


def test_blank_nodes_are_refused_where_none_is_expected() -> None:
    with pytest.raises(GraphError, match="blank nodes"):
        normalise(quads("[] <p:p> 1 ."), None)


def test_a_quad_outside_of_any_graph_is_refused() -> None:
    quad = ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.NamedNode("a:c"))
    with pytest.raises(GraphError, match="no named graph"):
        normalise([quad], None)


def test_parts_of_things_that_say_the_same_are_named_together() -> None:
    """Two unnamed things that say the same, one of whose parts another thing shares."""

    def built(order: tuple[int, ...]) -> list[ox.Quad]:
        nodes = [ox.BlankNode() for _ in range(6)]
        edges = [(2, "q", 3), (4, "p", 1), (5, "q", 1)]
        graph = ox.NamedNode(RECORD)
        return [
            ox.Quad(nodes[s], ox.NamedNode(f"p:{p}"), nodes[o], graph)
            for s, p, o in (edges[index] for index in order)
        ]

    forms = [normalise(built(order), IRIS.genid) for order in itertools.permutations(range(3))]
    assert all(form == forms[0] for form in forms)
