"""A plan → closures: ``Mapping.quads`` gives what a record says, as quads.

Predicates, constant objects and graphs are made once; for each record there remain a call
per statement, the values that it reads and the terms that they become.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from mappings.datatypes import Accepts
from mappings.expressions import Scope, condition
from mappings.functions import Registry
from mappings.joins import Indexes, as_list, joined, link_maker, term_map
from mappings.notes import Joined, Notes
from mappings.paths import Item, Path, as_item
from mappings.plan import Link, ObjectMap, Plan, PredicateObject, TermMap, TriplesMap
from mappings.problems import Problem
from mappings.source import Source
from mappings.terms import Field, Make, constant, field, maker
from mappings.terms import subject as subject_maker

Graph = ox.NamedNode | ox.DefaultGraph | None
_Add = Callable[[ox.Quad], None]
_State = Callable[[Item, Any, Graph, _Add, Notes], None]
Run = Callable[[Item, Graph, _Add, Notes], None]
Holds = Callable[[Item, Notes], bool]

DEFAULT_GRAPH_IRIS = frozenset(
    {"http://www.w3.org/ns/r2rml#defaultGraph", "http://w3id.org/rml/defaultGraph"}
)
"""What a mapping writes for "the default graph" (R2RML, section 9; RML-Core)."""

_NOTHING: Joined = {}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A triples map ready to run on the items of its sources."""

    name: str
    sources: tuple[Source, ...]
    run: Run


class Mapping:
    """A compiled mapping. It keeps nothing between records and may be used by any thread."""

    def __init__(self, plan: Plan, registry: Registry, records: str = "$.records[*]") -> None:
        """Compile ``plan``; ``records`` is the iterator that selects whole records."""
        self.plan = plan
        self._scope = Scope.of(plan, registry)
        self.indexes = Indexes()
        self.compiled = tuple(
            _Compiler(self._scope.within(each), self.indexes).triples_map(each)
            for each in plan.triples_maps
        )
        self.elsewhere = _elsewhere(plan, self.indexes)
        root = self._root = Path.parse(records)
        self._whole: list[Run] = []
        self._parts: dict[Path, list[Run]] = {}
        for each in self.compiled:
            own = [one for one in each.sources if one.access not in self.elsewhere]
            if each.sources and not own:
                continue
            for way in ways(own, root):
                is_part = way.steps or way.query
                runs = self._parts.setdefault(way, []) if is_part else self._whole
                runs.append(each.run)

    def join(self, records: Callable[[Source], Iterable[Item]], problems: list[Problem]) -> Joined:
        """What the joins of the mapping look into: the ``records`` of each joined source."""
        return joined(
            *(
                (index, index.filled(source, records(source), self._scope, problems))
                for index, source in self.indexes.sources()
            )
        )

    def items(self, source: Source, record: dict[str, Any]) -> Iterator[Item]:
        """The items of ``source`` that stand within ``record``: itself, or those of its parts."""
        (way,) = ways([source], self._root)
        return map(as_item, way.select(record)) if way.steps or way.query else iter([record])

    def quads(
        self,
        record: dict[str, Any],
        graph: Graph,
        problems: list[Problem],
        joined: Joined = _NOTHING,
    ) -> list[ox.Quad]:
        """What ``record`` says, in ``graph`` where the mapping names no other.

        Values that cannot be used are told in ``problems``, which this adds to; a value that
        several rules stumble on is told once. ``joined`` is what ``join`` gave.
        """
        quads: list[ox.Quad] = []
        add = quads.append
        notes = Notes(joined=joined)
        for run in self._whole:
            run(record, graph, add, notes)
        for way, runs in self._parts.items():
            for part in way.select(record):
                own, item = Notes(notes.problems, joined=joined), as_item(part)
                for run in runs:
                    run(item, graph, add, own)
        if found := notes.problems:
            problems.extend({(each.code, each.value): each for each in found}.values())
        return quads


def _elsewhere(plan: Plan, indexes: Indexes) -> tuple[str, ...]:
    """The files that are joined with, and that no mapping which joins reads itself."""
    own = {
        source.access
        for each in plan.triples_maps
        if any(link.joins for link in each.links())
        for source in each.sources
    }
    return tuple(sorted({source.access for _, source in indexes.sources()} - own))


def ways(sources: Iterable[Source], root: Path) -> Iterator[Path]:
    """The different ways from a record to the items of ``sources``."""
    found = {
        Path.parse(source.iterator).without(root) if source.formulation == "jsonpath" else Path(())
        for source in sources
    }
    return iter(found or {Path(())})


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Makes the closures of one triples map."""

    scope: Scope
    indexes: Indexes

    def triples_map(self, each: TriplesMap) -> Compiled:
        subjects = [subject_maker(term_map(subject), self.scope) for subject in each.subjects]
        states = [
            state for rule in each.predicate_objects for state in self._states(rule, each.graphs)
        ]
        run = _run(subjects, states, self._holds(each))
        return Compiled(each.name, each.sources, run)

    def _holds(self, each: TriplesMap | PredicateObject) -> Holds | None:
        return condition(each.condition, self.scope)

    def _states(self, rule: PredicateObject, graphs: tuple[TermMap, ...]) -> Iterator[_State]:
        holds = self._holds(rule)
        every = (*graphs, *rule.graphs)
        for predicate_map in rule.predicates:
            for object_map in rule.objects:
                fixed = constant(predicate_map, self.scope)
                if fixed is not None and not every:
                    state = self._simple(fixed, object_map)
                else:
                    state = self._general(predicate_map, object_map, every)
                yield _guarded(state, holds) if holds else state
        for predicate_map in rule.inverse:
            for object_map in rule.objects:
                state = self._general(predicate_map, object_map, every, inverse=True)
                yield _guarded(state, holds) if holds else state

    def _make(self, object_map: ObjectMap) -> Make:
        if isinstance(object_map, Link):
            return link_maker(object_map, self.scope, self.indexes)
        return maker(object_map, self.scope)

    def _simple(self, predicate: ox.NamedNode, object_map: ObjectMap) -> _State:
        """The statement of a fixed predicate, by the shortest way that its object allows."""
        if isinstance(object_map, TermMap):
            if (thing := constant(object_map, self.scope)) is not None:
                return _constant_object(predicate, thing)
            if (found := field(object_map, self.scope)) is not None:
                return _of_field(predicate, found)
        return _plain(predicate, self._make(object_map))

    def _general(
        self,
        predicate_map: TermMap,
        object_map: ObjectMap,
        graphs: tuple[TermMap, ...],
        *,
        inverse: bool = False,
    ) -> _State:
        predicate = maker(predicate_map, self.scope)
        named = [maker(graph, self.scope) for graph in graphs]
        return _general(predicate, self._make(object_map), named, inverse=inverse)


def _run(subjects: list[Make], states: list[_State], holds: Holds | None) -> Run:
    def run(item: Item, graph: Graph, add: _Add, notes: Notes) -> None:
        if holds is not None and not holds(item, notes):
            return
        for make in subjects:
            made = make(item, notes)
            if made is None:
                continue
            for subject in made if type(made) is list else (made,):
                for state in states:
                    state(item, subject, graph, add, notes)

    return run


def _constant_object(predicate: ox.NamedNode, thing: ox.NamedNode) -> _State:
    quad = ox.Quad

    def state(_item: Item, subject: Any, graph: Graph, add: _Add, _notes: Notes) -> None:
        add(quad(subject, predicate, thing, graph))

    return state


def _of_field(predicate: ox.NamedNode, found: Field) -> _State:
    quad, key, build, rest = ox.Quad, found.key, found.build, found.rest
    if found.accepts is not None:
        return _of_typed_field(predicate, found, found.accepts)

    def state(item: Item, subject: Any, graph: Graph, add: _Add, notes: Notes) -> None:
        value = item.get(key)
        if type(value) is str:
            try:
                add(quad(subject, predicate, build(value), graph))
            except ValueError:
                rest(value, notes)
        elif value is not None:
            for thing in as_list(rest(value, notes)):
                add(quad(subject, predicate, thing, graph))

    return state


def _of_typed_field(predicate: ox.NamedNode, found: Field, accepts: Accepts) -> _State:
    quad, key, build, rest = ox.Quad, found.key, found.build, found.rest

    def state(item: Item, subject: Any, graph: Graph, add: _Add, notes: Notes) -> None:
        value = item.get(key)
        if type(value) is str and accepts(value):
            add(quad(subject, predicate, build(value), graph))
        elif value is not None:
            for thing in as_list(rest(value, notes)):
                add(quad(subject, predicate, thing, graph))

    return state


def _plain(predicate: ox.NamedNode, make: Make) -> _State:
    quad = ox.Quad

    def state(item: Item, subject: Any, graph: Graph, add: _Add, notes: Notes) -> None:
        made = make(item, notes)
        if made is None:
            return
        if type(made) is list:
            for each in made:
                add(quad(subject, predicate, each, graph))
        else:
            add(quad(subject, predicate, made, graph))

    return state


def _general(predicate: Make, make: Make, graphs: list[Make], *, inverse: bool = False) -> _State:
    def state(item: Item, subject: Any, graph: Graph, add: _Add, notes: Notes) -> None:
        predicates = as_list(predicate(item, notes))
        objects = as_list(make(item, notes))
        named = [_default(each, graph) for one in graphs for each in as_list(one(item, notes))]
        for target in named if graphs else [graph]:
            for each in predicates:
                for thing in objects:
                    if not inverse:
                        add(ox.Quad(subject, each, thing, target))
                    elif not isinstance(thing, ox.Literal):
                        add(ox.Quad(thing, each, subject, target))

    return state


def _guarded(state: _State, holds: Holds) -> _State:
    def guarded(item: Item, subject: Any, graph: Graph, add: _Add, notes: Notes) -> None:
        if holds(item, notes):
            state(item, subject, graph, add, notes)

    return guarded


def _default(named: Any, graph: Graph) -> Graph:
    iri = named.value
    return graph if iri in DEFAULT_GRAPH_IRIS else named
