"""Joins: the subjects of another triples map, for records that have something in common.

The records of the other source are read once, before those that refer to them; what an index
keeps of them is the terms that they become, by the texts that they are joined on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from mappings.expressions import Evaluate, Scope, condition, evaluator, listed
from mappings.functions.general import text_of
from mappings.notes import Joined, Notes
from mappings.paths import Item
from mappings.plan import Expression, Link, ObjectMap, TermMap, TriplesMap
from mappings.problems import Problem
from mappings.source import Source
from mappings.terms import Make, subject


@dataclass(frozen=True, slots=True)
class Index:
    """The subjects of the triples map ``parent``, by what the expressions ``keys`` give."""

    number: int
    parent: TriplesMap
    keys: tuple[Expression, ...]

    def filled(
        self, source: Source, items: Iterable[Item], scope: Scope, problems: list[Problem]
    ) -> dict[tuple[str, ...], list[Any]]:
        """The index of ``items``, the records of a ``source`` of its parent."""
        inner = scope.within(self.parent)
        subjects = _subjects(self.parent, inner)
        keys = [evaluator(each, inner) for each in self.keys]
        holds = condition(self.parent.condition, inner)
        table: dict[tuple[str, ...], list[Any]] = {}
        for number, item in enumerate(items):
            notes = Notes(problems, place=(source, number))
            if holds is not None and not holds(item, notes):
                continue
            terms = [term for make in subjects for term in as_list(make(item, notes))]
            for key in _keys(keys, item, notes):
                table.setdefault(key, []).extend(terms)
        return table


@dataclass(slots=True)
class Indexes:
    """The indexes that the joins of a plan need; the same is made once."""

    known: dict[tuple[str, tuple[Expression, ...]], Index] = field(default_factory=dict)

    def index(self, link: Link, parent: TriplesMap) -> Index:
        """The index that ``link`` looks into."""
        keys = tuple(join.parent for join in link.joins)
        return self.known.setdefault((parent.name, keys), Index(len(self.known), parent, keys))

    def sources(self) -> Iterator[tuple[Index, Source]]:
        """Every index with each source that it is made of."""
        for index in self.known.values():
            for source in index.parent.sources:
                yield index, source


def link_maker(link: Link, scope: Scope, indexes: Indexes) -> Make:
    """What gives the terms that ``link`` refers to."""
    parent = scope.plan.triples_map(link.parent)
    make = _joined(link, parent, scope, indexes) if link.joins else _same_record(parent, scope)
    holds = condition(link.condition, scope)
    if holds is None:
        return make
    return lambda item, notes: make(item, notes) if holds(item, notes) else None


def joined(*tables: tuple[Index, dict[tuple[str, ...], list[Any]]]) -> Joined:
    """The filled indexes by number, those of several sources together."""
    every: dict[int, dict[tuple[str, ...], list[Any]]] = {}
    for index, table in tables:
        known = every.setdefault(index.number, {})
        for key, terms in table.items():
            known.setdefault(key, []).extend(terms)
    return every


def _same_record(parent: TriplesMap, scope: Scope) -> Make:
    inner = scope.within(parent)
    subjects = _subjects(parent, inner)
    holds = condition(parent.condition, inner)
    if len(subjects) == 1 and holds is None:
        return subjects[0]

    def make(item: Item, notes: Notes) -> Any:
        if holds is not None and not holds(item, notes):
            return None
        return [term for one in subjects for term in as_list(one(item, notes))] or None

    return make


def _joined(link: Link, parent: TriplesMap, scope: Scope, indexes: Indexes) -> Make:
    number = indexes.index(link, parent).number
    keys = [evaluator(join.child, scope) for join in link.joins]

    def make(item: Item, notes: Notes) -> Any:
        table = notes.joined[number]
        found = (term for key in _keys(keys, item, notes) for term in table.get(key, ()))
        return list(dict.fromkeys(found)) or None

    return make


def _keys(keys: list[Evaluate], item: Item, notes: Notes) -> Iterator[tuple[str, ...]]:
    """Every combination of the values of ``keys``; none where one of them has no value."""
    return product(*([text_of(each) for each in listed(key(item, notes))] for key in keys))


def _subjects(triples_map: TriplesMap, scope: Scope) -> list[Make]:
    return [subject(term_map(each), scope) for each in triples_map.subjects]


def term_map(each: ObjectMap) -> TermMap:
    """``each``, which a reader has seen to be no reference to another triples map."""
    assert isinstance(each, TermMap)  # noqa: S101  # quoted subjects are refused before
    return each


def as_list(made: Any) -> list[Any]:
    """What a maker gives, as a list of terms."""
    return made if type(made) is list else [] if made is None else [made]
