"""A graph as a reader of RDF walks it: subject → what is said of it, in an order of its own.

The order and the blank nodes of a file mean nothing: another publication of the same graph may
have others. So statements are put in an order that depends on what they say, and blank nodes are
told apart by what is said of them, set by set of those that refer to one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from store.labels import AlikeError, blank_nodes, edges, labelled, renamed

_MOST_TOGETHER = 5_000  # blank nodes that refer to one another; a shape file has hundreds

Statements = Mapping[Any, list[tuple[str, Any]]]


@dataclass(frozen=True, slots=True)
class Graph:
    """What is said of each subject; ``pointed`` are the blank nodes that another thing leads to.

    ``alike`` are those that cannot be told apart in reasonable time; ``labels`` those of the rest.
    """

    statements: Statements
    pointed: frozenset[Any]
    labels: Mapping[ox.BlankNode, str]
    alike: frozenset[ox.BlankNode] = field(default=frozenset())


def ordered(quads: Iterable[ox.Quad]) -> Graph:
    """The graph of ``quads``, the same for any order and any labels of blank nodes."""
    plain: list[ox.Quad] = []
    of_nodes: list[ox.Quad] = []
    for quad in quads:
        one = ox.Quad(quad.subject, quad.predicate, quad.object)
        is_plain = not isinstance(one.subject, ox.BlankNode) and isinstance(
            one.object, ox.NamedNode | ox.Literal
        )
        (plain if is_plain else of_nodes).append(one)
    labels: dict[ox.BlankNode, str] = {}
    alike: set[ox.BlankNode] = set()
    for number, group in enumerate(_together(of_nodes)):
        _, nodes = edges(group)
        try:
            told = labelled(group) if len(nodes) <= _MOST_TOGETHER else None
        except AlikeError:
            told = None
        if told is None:
            alike |= nodes
            plain += group
            continue
        own = {node: ox.BlankNode(f"g{number}n{count}") for count, node in enumerate(told.labels)}
        labels |= {own[node]: label for node, label in told.labels.items()}
        plain += (renamed(quad, own) for quad in told.quads)
    return _graph(plain, labels, alike)


def _graph(
    quads: list[ox.Quad], labels: Mapping[ox.BlankNode, str], alike: set[ox.BlankNode]
) -> Graph:
    statements: dict[Any, dict[tuple[str, Any], None]] = defaultdict(dict)
    pointed: set[Any] = set()
    for quad in quads:
        statements[quad.subject][quad.predicate.value, quad.object] = None
        if isinstance(quad.object, ox.BlankNode) and quad.object != quad.subject:
            pointed.add(quad.object)

    def place(told: tuple[str, Any]) -> tuple[str, str]:
        predicate, value = told
        return predicate, labels.get(value, "") if isinstance(value, ox.BlankNode) else str(value)

    return Graph(
        {subject: sorted(told, key=place) for subject, told in statements.items()},
        frozenset(pointed),
        labels,
        frozenset(alike),
    )


def _together(quads: list[ox.Quad]) -> list[list[ox.Quad]]:
    """``quads`` by the sets of blank nodes that refer to one another."""
    parent: dict[ox.BlankNode, ox.BlankNode] = {}

    def root(node: ox.BlankNode) -> ox.BlankNode:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    with_nodes = [(quad, list(blank_nodes(quad.subject, quad.object))) for quad in quads]
    for _, nodes in with_nodes:
        for other in nodes[1:]:
            parent[root(other)] = root(nodes[0])
    groups: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad, nodes in with_nodes:
        if nodes:  # else a quoted triple, which no reader looks into
            groups[root(nodes[0])].append(quad)
    return list(groups.values())
