"""A Changeset: what a run adds and removes, as a value before it is an act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

Lines = frozenset[str]
"""N-Triples statements (with their final dot, without line end), as the store gives them back."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What changes in one graph."""

    added: Lines = frozenset()
    removed: Lines = frozenset()

    @classmethod
    def between(cls, old: Lines, new: Lines) -> Self:
        """The delta that turns ``old`` into ``new``."""
        return cls(added=new - old, removed=old - new)

    def then(self, later: Delta) -> Delta:
        """This delta followed by ``later``, as one: what is added then removed is neither."""
        return Delta(
            added=(self.added - later.removed) | (later.added - self.removed),
            removed=(self.removed - later.added) | (later.removed - self.added),
        )

    def __len__(self) -> int:
        return len(self.added) + len(self.removed)


@dataclass(frozen=True, slots=True)
class Changeset:
    """Quads added and removed, by graph IRI; committed as one SPARQL 1.1 update.

    It is false when it changes nothing.
    """

    graphs: Mapping[str, Delta]

    @classmethod
    def of(cls, graphs: Mapping[str, tuple[Lines, Lines]]) -> Self:
        """The Changeset that turns the old lines of each graph into the new ones."""
        return cls._kept({graph: Delta.between(old, new) for graph, (old, new) in graphs.items()})

    @classmethod
    def merge(cls, changesets: Iterable[Changeset]) -> Self:
        """Several Changesets, applied one after the other, as one."""
        graphs: dict[str, Delta] = {}
        for changeset in changesets:
            for graph, delta in changeset.graphs.items():
                graphs[graph] = graphs[graph].then(delta) if graph in graphs else delta
        return cls._kept(graphs)

    @classmethod
    def _kept(cls, graphs: Mapping[str, Delta]) -> Self:
        return cls({graph: delta for graph, delta in graphs.items() if delta})

    def __len__(self) -> int:
        return sum(map(len, self.graphs.values()))

    def inverse(self) -> Changeset:
        """The Changeset that undoes this one."""
        return Changeset(
            {graph: Delta(delta.removed, delta.added) for graph, delta in self.graphs.items()}
        )

    def to_update(self) -> str:
        """One SPARQL update text: removals first, then additions; "" when nothing changes.

        N-Triples statements are valid inside a SPARQL quad block, so they go in as they are.
        """
        operations = [
            f"{verb} DATA {{ GRAPH <{graph}> {{\n" + "\n".join(sorted(lines)) + "\n} }"
            for verb, side in (("DELETE", "removed"), ("INSERT", "added"))
            for graph, delta in sorted(self.graphs.items())
            if (lines := getattr(delta, side))
        ]
        return " ;\n".join(operations)
