"""Quads as the store will give them back: literals normalised, doubles gone, no blank node.

Oxigraph gives back ``45.60`` as ``45.6`` and ``+00:00`` as ``Z``: a diff against what was
sent to it would rewrite those values at every run. So quads pass through a scratch store
first, and all the rest (diff, hash, change log) is done on the lines that come out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from store.changes import Lines
from store.errors import GraphError
from store.skolem import Skolem, has_blank_node, skolemise
from vocab.messages import say


def normalise(quads: Iterable[ox.Quad], skolem: Skolem | None) -> dict[str, Lines]:
    """Graph IRI → statements, in the form in which the store gives them back.

    Every quad is in a graph named by the IRI of its record, so that blank nodes are named
    inside that record (``store.skolem``).

    Args:
        quads: all in named graphs.
        skolem: makes the IRI of a blank node; None when there must be none.

    Raises:
        GraphError: when a record (its graph is ``about``) has a blank node and there is no
            ``skolem``, or too many of them; leave that record out and call again.
    """
    scratch = ox.Store()
    scratch.extend(quads)
    for unnamed in scratch.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        raise GraphError(
            say("{quad} is in no named graph — give it that of its record", quad=str(unnamed))
        )
    text = (scratch.dump(format=ox.RdfFormat.N_QUADS) or b"").decode()
    lines = text.split("\n")[:-1]
    if "_:" in text:
        lines = _without_blank_nodes(lines, skolem)
    graphs: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        statement, _, graph = line.rpartition(" <")
        graphs[graph[:-3]].append(statement + " .")
    return {graph: frozenset(statements) for graph, statements in graphs.items()}


def _without_blank_nodes(lines: list[str], skolem: Skolem | None) -> list[str]:
    """``lines`` with an IRI for each blank node; only those that may have one are parsed."""
    named = [line for line in lines if "_:" not in line]
    rest = "\n".join(line for line in lines if "_:" in line)
    blank: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    for quad in ox.parse(rest, ox.RdfFormat.N_QUADS, lenient=True):
        if not isinstance(quad.graph_name, ox.NamedNode):
            raise GraphError(say("{quad} is in a graph without a name", quad=str(quad)))
        if has_blank_node(quad):
            blank[quad.graph_name.value].append(quad)
        else:
            named.append(f"{quad} .")
    for graph, quads in blank.items():
        if skolem is None:
            raise GraphError(
                say("{graph} has blank nodes, which the store does not keep", graph=graph),
                about=graph,
            )
        named += (f"{quad} ." for quad in skolemise(graph, quads, skolem))
    return named
