"""Blank nodes told apart by what is said of them, never by their labels or the order of quads.

Where none leads back to itself, a node is what it says, from the leaves up. In a circle they are
told apart by their surroundings (colour refinement), and those that are still alike by RDFC-1.0,
with the others standing as IRIs. Its cost grows like a factorial with the nodes that are alike:
1,000 of them run for minutes, so more than a few are refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

MAX_ALIKE = 6
"""How many nodes of a circle may be alike: 7 of them take RDFC-1.0 0.3 s, 8 ten times that."""

_MOST_STEPS = 50_000  # nodes coloured, in all rounds: 1 s
_COLOUR = "urn:x-colour:"

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Edge = tuple[str, Term]


class AlikeError(Exception):
    """More blank nodes refer to one another in a circle than can be told apart in time."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


@dataclass(frozen=True, slots=True)
class Labelled:
    """``quads`` with a label for each of their blank nodes; nodes that say the same may share one.

    The quads are those that were given, or the same ones with other blank nodes.
    """

    quads: list[ox.Quad]
    labels: dict[ox.BlankNode, str]


def labelled(quads: list[ox.Quad]) -> Labelled:
    """A label for each blank node of ``quads``.

    Raises:
        AlikeError: when there are more that are alike than can be told apart in reasonable time.
    """
    outgoing, nodes = edges(quads)
    try:
        return Labelled(quads, _digests(outgoing, nodes))
    except CycleError:
        colours = _colours(quads, nodes)
    counts = Counter(colours.values())
    alike = sum(count for count in counts.values() if count > 1)
    if alike > MAX_ALIKE:
        raise AlikeError(alike)
    if not alike:
        return Labelled(quads, colours)
    known: dict[ox.BlankNode, Term] = {
        node: ox.NamedNode(_COLOUR + colour)
        for node, colour in colours.items()
        if counts[colour] == 1
    }
    canonical = ox.Dataset(renamed(quad, known) for quad in quads)
    canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    back = {iri: node for node, iri in known.items()}
    plain = [renamed(quad, back) for quad in canonical]
    _, nodes = edges(plain)
    return Labelled(plain, {node: colours.get(node, node.value) for node in nodes})


def edges(quads: Iterable[ox.Quad]) -> tuple[dict[Term, list[Edge]], set[ox.BlankNode]]:
    """What leaves each subject, and all the blank nodes."""
    outgoing: defaultdict[Term, list[Edge]] = defaultdict(list)
    nodes: set[ox.BlankNode] = set()
    for quad in quads:
        outgoing[quad.subject].append((quad.predicate.value, quad.object))
        nodes.update(blank_nodes(quad.subject, quad.object))
    return outgoing, nodes


def blank_nodes(*terms: Term) -> Iterator[ox.BlankNode]:
    """The blank nodes that ``terms`` are or quote."""
    for term in terms:
        if isinstance(term, ox.BlankNode):
            yield term
        elif isinstance(term, ox.Triple):
            yield from blank_nodes(term.subject, term.object)


def renamed(quad: ox.Quad, names: Mapping[Any, Any]) -> ox.Quad:
    """``quad`` with other terms in the place of those in ``names``, quoted ones included."""
    return ox.Quad(
        _renamed(quad.subject, names), quad.predicate, _renamed(quad.object, names), quad.graph_name
    )


def _renamed(term: Any, names: Mapping[Any, Any]) -> Any:
    if isinstance(term, ox.Triple):
        inner = _renamed(term.subject, names), term.predicate, _renamed(term.object, names)
        return ox.Triple(*inner)
    return names.get(term, term)


def _digests(outgoing: dict[Term, list[Edge]], nodes: set[ox.BlankNode]) -> dict[ox.BlankNode, str]:
    """What each blank node says, all that it leads to included.

    Raises:
        CycleError: when they go in a circle.
    """
    needs = {node: set(blank_nodes(*(end for _, end in outgoing.get(node, [])))) for node in nodes}
    digests: dict[ox.BlankNode, str] = {}
    for node in TopologicalSorter(needs).static_order():
        said = (f"{predicate} {_text(end, digests)}" for predicate, end in outgoing.get(node, []))
        digests[node] = hashed(*sorted(said))
    return digests


def _colours(quads: list[ox.Quad], nodes: set[ox.BlankNode]) -> dict[ox.BlankNode, str]:
    """What each blank node says, and what is said of it, as far as that tells them apart."""
    near: dict[ox.BlankNode, list[ox.Quad]] = {node: [] for node in nodes}
    for quad in quads:
        for node in set(blank_nodes(quad.subject, quad.object)):
            near[node].append(quad)
    colours = dict.fromkeys(nodes, "")
    different, steps = 1, 0
    while steps < _MOST_STEPS:
        steps += len(nodes)
        colours = {
            node: hashed(
                colours[node], *sorted(_seen_from(node, quad, colours) for quad in near[node])
            )
            for node in nodes
        }
        before, different = different, len(set(colours.values()))
        if different in {before, len(nodes)}:
            break
    return colours


def _seen_from(node: ox.BlankNode, quad: ox.Quad, colours: dict[ox.BlankNode, str]) -> str:
    known = {
        other: "_:self" if other == node else f"_:{colours[other]}"
        for other in blank_nodes(quad.subject, quad.object)
    }
    subject, end = _text(quad.subject, known), _text(quad.object, known)
    return f"{subject} {quad.predicate} {end} {quad.graph_name}"


def _text(term: Term, known: dict[ox.BlankNode, str]) -> str:
    if isinstance(term, ox.BlankNode):
        return known[term]
    if isinstance(term, ox.Triple):
        subject, end = _text(term.subject, known), _text(term.object, known)
        return f"<<( {subject} {term.predicate} {end} )>>"
    return str(term)


def hashed(*parts: str) -> str:
    """A digest of texts, in their order."""
    return sha256("\n".join(parts).encode()).hexdigest()
