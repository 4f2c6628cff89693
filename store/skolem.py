"""Names for blank nodes that depend on what is said, never on labels or on the order of quads.

The name of a blank node is the path of predicates that leads to it from its record
(``location.address``), with a digest of what it says where siblings must be told apart.
So a changed street leaves the node its name, and the diff is the street.

Siblings that say the same are one: RDF has no way to count them (RDF 1.1 Semantics,
section 5, lean graphs).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

import pyoxigraph as ox

from store.errors import GraphError
from store.labels import (
    MAX_ALIKE,
    AlikeError,
    Edge,
    Term,
    blank_nodes,
    edges,
    hashed,
    labelled,
    renamed,
)
from vocab.messages import say

Skolem = Callable[[str, str], str]
"""(record's graph, path inside the record) → IRI: ``vocab.iris.Iris.genid``."""

MAX_BLANK_NODES = 5_000
"""How many blank nodes one record may have; a place with its opening hours has twenty."""

_MAX_PATH = 100


def has_blank_node(quad: ox.Quad) -> bool:
    """Whether the subject or the object of ``quad`` is or quotes a blank node."""
    return any(True for _ in blank_nodes(quad.subject, quad.object))


def skolemise(graph: str, quads: list[ox.Quad], skolem: Skolem) -> Iterator[ox.Quad]:
    """``quads`` with an IRI in place of each blank node (RDF 1.1 Concepts, section 3.5).

    Args:
        graph: IRI of the record, and of the graph that ``quads`` are in.
        quads: those of the record that have a blank node.
        skolem: makes the IRI from ``graph`` and the path.

    Raises:
        GraphError: when there are more of them than can be named in reasonable time.
    """
    _, nodes = edges(quads)
    if len(nodes) > MAX_BLANK_NODES:
        raise _too_many(graph, len(nodes), MAX_BLANK_NODES)
    try:
        told = labelled(quads)
    except AlikeError as error:
        raise _too_many(graph, error.count, MAX_ALIKE) from error
    outgoing, _ = edges(told.quads)
    paths = _Namer(outgoing, told.labels).name_all(graph)
    names = {node: ox.NamedNode(skolem(graph, path)) for node, path in paths.items()}
    for quad in told.quads:
        yield renamed(quad, names)


class _Namer:
    """Gives paths from the top down: the record, what it refers to, and so on."""

    def __init__(self, outgoing: dict[Term, list[Edge]], digests: dict[ox.BlankNode, str]) -> None:
        self._outgoing = outgoing
        self._digests = digests
        self._paths: dict[ox.BlankNode, str] = {}
        self._taken: set[str] = set()

    def name_all(self, graph: str) -> dict[ox.BlankNode, str]:
        """A path for each blank node; the same for siblings that say the same."""
        named = [subject for subject in self._outgoing if not isinstance(subject, ox.BlankNode)]
        for path, subject in sorted((_root(graph, str(subject)), subject) for subject in named):
            self._walk(path, [subject])
        inner = set(blank_nodes(*(end for edges in self._outgoing.values() for _, end in edges)))
        order = {node: (node in inner, digest) for node, digest in self._digests.items()}
        for (_, digest), alike in groupby(sorted(order, key=order.__getitem__), order.__getitem__):
            # Those that say the same are one, so their parts are named together as well.
            if nodes := [node for node in alike if node not in self._paths]:
                path = f"~~{digest[:16]}"
                self._paths.update(dict.fromkeys(nodes, path))
                self._walk(path, nodes)
        return self._paths

    def _walk(self, path: str, subjects: Iterable[Term]) -> None:
        waiting = [(path, list(subjects))]
        while waiting:
            path, reached = waiting.pop()
            waiting += self._children(
                path, (edge for subject in reached for edge in self._outgoing.get(subject, []))
            )

    def _children(self, path: str, edges: Iterable[Edge]) -> list[tuple[str, list[Term]]]:
        """Name the blank nodes at the end of ``edges`` that have no name yet."""
        alike: defaultdict[tuple[str, str], list[ox.BlankNode]] = defaultdict(list)
        for predicate, end in edges:
            if isinstance(end, ox.BlankNode) and end not in self._paths:
                alike[predicate, self._digests[end]].append(end)
        siblings = Counter(_local(predicate) for predicate, _ in alike)
        children: list[tuple[str, list[Term]]] = []
        for (predicate, digest), nodes in sorted(alike.items(), key=lambda item: item[0]):
            local = _local(predicate)
            mark = "~" + hashed(predicate, digest)[:8] if siblings[local] > 1 else ""
            child = self._free(f"{path}.{local}{mark}" if path else local + mark)
            self._paths.update(dict.fromkeys(nodes, child))
            children.append((child, list(nodes)))
        return children

    def _free(self, wanted: str) -> str:
        if len(wanted) > _MAX_PATH:
            wanted = f"~{hashed(wanted)[:24]}"
        path, number = wanted, 1
        while path in self._taken:
            number += 1
            path = f"{wanted}~{number}"
        self._taken.add(path)
        return path


def _root(graph: str, subject: str) -> str:
    """Where the paths of what ``subject`` refers to begin: "" for the record itself."""
    if subject == f"<{graph}>":
        return ""
    if subject.startswith(f"<{graph}#"):
        return "~" + subject[len(graph) + 2 : -1]
    return f"~{hashed(subject)[:16]}"


def _local(predicate: str) -> str:
    return re.split(r"[/#:]", predicate)[-1]


def _too_many(graph: str, count: int, limit: int) -> GraphError:
    return GraphError(
        say(
            "{graph}: {count} parts without identifier, more than the {limit} that can be told "
            "apart — give them identifiers, or map fewer of them",
            graph=graph,
            count=count,
            limit=limit,
        ),
        about=graph,
    )
