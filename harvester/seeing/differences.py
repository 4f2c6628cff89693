"""What a change does to each record and to each graph: a Changeset, sorted for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harvester.glance import Statement
from store.changes import Changeset, Delta, Lines
from vocab import term
from vocab.iris import Iris

Kind = Literal["+", "-", "~"]

_TYPE = f" <{term('rdf:type')}> "


@dataclass(frozen=True, slots=True)
class Change:
    """What changes about one ``subject`` of a graph: it comes, it goes, or it becomes another."""

    subject: str
    kind: Kind
    delta: Delta


@dataclass(frozen=True, slots=True)
class GraphDifference:
    """What changes in one ``graph``, subject by subject, and by property (IRI → + and −)."""

    graph: str
    added: int
    removed: int
    changes: tuple[Change, ...]
    properties: Mapping[str, tuple[int, int]]


def differences(
    changeset: Changeset, iris: Iris, known: Mapping[str, Lines], after: Mapping[str, Lines]
) -> tuple[GraphDifference, ...]:
    """What ``changeset`` does, graph by graph, those of sources first.

    Args:
        changeset: a change.
        iris: those of the node; parts of a record are told with it.
        known: the records as they are, by which one that comes is told from one that changes.
        after: the records as they will be.
    """
    found = (_of(graph, delta, iris, known, after) for graph, delta in changeset.graphs.items())
    start = iris.source_graph("")
    return tuple(sorted(found, key=lambda each: (not each.graph.startswith(start), each.graph)))


def _of(
    graph: str, delta: Delta, iris: Iris, known: Mapping[str, Lines], after: Mapping[str, Lines]
) -> GraphDifference:
    groups: dict[str, tuple[set[str], set[str]]] = {}
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for side, lines in enumerate((delta.added, delta.removed)):
        for line in lines:
            said = Statement.of(line)
            subject = said.subject[1:-1]
            whole = iris.record_of(subject) or subject.partition("#")[0]
            groups.setdefault(whole, (set(), set()))[side].add(line)
            counts[side][said.predicate[1:-1]] += 1
    changes = []
    for subject, (added, removed) in sorted(groups.items()):
        changes.append(
            Change(
                subject,
                _kind(subject, known, after, added, removed),
                Delta(frozenset(added), frozenset(removed)),
            )
        )
    names = sorted(counts[0].keys() | counts[1].keys())
    return GraphDifference(
        graph,
        len(delta.added),
        len(delta.removed),
        tuple(changes),
        {name: (counts[0][name], counts[1][name]) for name in names},
    )


def _kind(
    subject: str,
    known: Mapping[str, Lines],
    after: Mapping[str, Lines],
    added: set[str],
    removed: set[str],
) -> Kind:
    """Whether the subject comes, goes or changes; another thing comes and goes with its type."""
    if subject in known or subject in after:
        return "~" if subject in known and subject in after else "+" if subject in after else "-"
    if (added and removed) or not any(_TYPE in line for line in added | removed):
        return "~"
    return "+" if added else "-"
