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
    text = _dump(scratch)
    if "_:" in text:
        text = _dump(_without_blank_nodes(scratch, skolem))
    graphs: defaultdict[str, list[str]] = defaultdict(list)
    for line in text.split("\n")[:-1]:
        statement, _, graph = line.rpartition(" <")
        graphs[graph[:-3]].append(statement + " .")
    return {graph: frozenset(statements) for graph, statements in graphs.items()}


def _dump(store: ox.Store) -> str:
    unnamed = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None)
    if unnamed is not None:
        raise GraphError(
            say("{quad} is in no named graph — give it that of its record", quad=str(unnamed))
        )
    return (store.dump(format=ox.RdfFormat.N_QUADS) or b"").decode()


def _without_blank_nodes(store: ox.Store, skolem: Skolem | None) -> ox.Store:
    blank: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    named = ox.Store()
    for quad in store:
        if not isinstance(quad.graph_name, ox.NamedNode):
            raise GraphError(say("{quad} is in a graph without a name", quad=str(quad)))
        if has_blank_node(quad):
            blank[quad.graph_name.value].append(quad)
        else:
            named.add(quad)
    for graph, quads in blank.items():
        if skolem is None:
            raise GraphError(
                say("{graph} has blank nodes, which the store does not keep", graph=graph),
                about=graph,
            )
        named.extend(skolemise(graph, quads, skolem))
    return named
