"""What is known of one item while it is mapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from mappings.problems import Problem
from mappings.source import Source

Joined = Mapping[int, Mapping[tuple[str, ...], list[Any]]]
"""By the number of an index: what the records of a source give, by what they are joined on."""


@dataclass(slots=True)
class Notes:
    """What is known of one item while it is mapped.

    ``problems`` are the values that could not be used; ``results`` those of the calls that
    several rules make; ``joined`` what the indexes of the other sources hold. ``place`` is the
    source of the item and its number there, where an item may be met again.
    """

    problems: list[Problem] = field(default_factory=list)
    results: dict[int, Any] = field(default_factory=dict)
    joined: Joined = field(default_factory=dict)
    place: tuple[Source, int] | None = None
    blanks: dict[str, ox.BlankNode] = field(default_factory=dict)

    def blank(self, name: str) -> ox.BlankNode:
        """The blank node that the triples map ``name`` makes of the item, whoever refers to it."""
        if name not in self.blanks:
            self.blanks[name] = _blank(name, *self.place) if self.place else ox.BlankNode()
        return self.blanks[name]


def _blank(name: str, source: Source, number: int) -> ox.BlankNode:
    whole = "\n".join((name, source.access, source.iterator, str(number)))
    return ox.BlankNode("n" + sha256(whole.encode("utf-8", "replace")).hexdigest()[:24])
