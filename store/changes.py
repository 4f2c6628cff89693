"""A Changeset: what a run adds and removes, as a value before it is an act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

Lines = frozenset[str]
"""N-Triples statements, without line end, in the form the store gives them back."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What changes in one graph."""

    added: Lines = frozenset()
    removed: Lines = frozenset()

    @classmethod
    def between(cls, old: Lines, new: Lines) -> Self:
        """The delta that turns ``old`` into ``new``."""
        return cls(added=new - old, removed=old - new)

    def __len__(self) -> int:
        return len(self.added) + len(self.removed)


@dataclass(frozen=True, slots=True)
class Changeset:
    """Quads added and removed, by graph IRI; committed as one SPARQL 1.1 update."""

    graphs: Mapping[str, Delta]

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
