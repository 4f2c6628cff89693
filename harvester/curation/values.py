"""What the editors decided about things, as values. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Literal

import pyoxigraph as ox

Kind = Literal["hide", "pin", "correct"]

Said = tuple[tuple[str, ...], ox.NamedNode | ox.Literal]
"""A value, and the predicates that lead to it from the thing: one, or two through a part."""

EDITORS = "la rédaction"
"""Who decided, where nobody is named."""

DATES = ("startDate", "endDate")
"""The corrections of a series that do not hold for each of its dates."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One decision about one thing.

    ``entity`` is the IRI of a canonical entity; ``at`` is aware; ``name`` is the property that
    is corrected, as ``properties`` calls it, and ``said`` what it says instead. ``written`` are
    the values as a person wrote them, ``why`` is published.
    """

    kind: Kind
    entity: str
    at: datetime
    by: str = EDITORS
    why: str = ""
    name: str = ""
    written: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What no two decisions have in common."""
        return (self.kind, self.entity, self.name)

    @property
    def texts(self) -> Iterator[str]:
        """All that it makes public."""
        yield from (self.by, self.why, *self.written)


@dataclass(frozen=True)
class Edits:
    """All decisions, in the order of the file; false when there are none."""

    all: tuple[Edit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all)

    def spared(self, bars: Callable[[str], bool]) -> Edits:
        """Those whose values may be kept, each without a name or a reason that may not.

        What was hidden stays so: the reason may name the very person who wants to be forgotten.
        """
        kept = (each for each in self.all if not any(map(bars, each.written)))
        return Edits(
            tuple(
                replace(
                    each,
                    by=EDITORS if bars(each.by) else each.by,
                    why="" if bars(each.why) else each.why,
                )
                for each in kept
            )
        )

    def with_(self, edit: Edit) -> Edits:
        """These and ``edit``, in the place of one about the same."""
        return Edits((*(each for each in self.all if each.key != edit.key), edit))

    def find(self, kind: Kind, entity: str, name: str = "") -> Edit | None:
        """The decision of that kind about a thing, and of a correction the property."""
        return next((each for each in self.all if each.key == (kind, entity, name)), None)

    def of(self, entity: str) -> tuple[Edit, ...]:
        """What was decided about a thing itself."""
        return self._by_entity.get(entity, ())

    def about(self, entity: str, series: str = "") -> tuple[Edit, ...]:
        """What holds for a thing: decided about itself, or about the ``series`` it is a date of.

        A date keeps its own days and hours whatever is corrected of its series, and what was
        decided about itself comes last.
        """
        inherited = (each for each in self.of(series) if each.name not in DATES)
        return (*inherited, *self.of(entity)) if series else self.of(entity)

    def hides(self, entity: str, series: str = "") -> Edit | None:
        """The decision by which a thing is hidden."""
        hiding = (each for each in self.about(entity, series) if each.kind == "hide")
        return next(hiding, None)

    @property
    def entities(self) -> Collection[str]:
        """The things that something was decided about."""
        return self._by_entity.keys()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what they say: equal when, and only when, they are."""
        return sha256(repr([replace(each, written=()) for each in self.all]).encode()).hexdigest()

    @cached_property
    def _by_entity(self) -> Mapping[str, tuple[Edit, ...]]:
        found: dict[str, tuple[Edit, ...]] = {}
        for each in self.all:
            found[each.entity] = (*found.get(each.entity, ()), each)
        return found
