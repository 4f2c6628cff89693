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
from mappings.expressions import Notes, Scope, condition
from mappings.functions import Registry
from mappings.paths import Item, Path, as_item, select
from mappings.plan import Plan, PredicateObject, Source, TermMap, TriplesMap
from mappings.problems import Problem
from mappings.terms import Field, Make, constant, field, maker

Graph = ox.NamedNode | ox.DefaultGraph
_Add = Callable[[ox.Quad], None]
_State = Callable[[Item, Any, Graph, _Add, Notes], None]
_Run = Callable[[Item, Graph, _Add, Notes], None]

DEFAULT_GRAPH_IRIS = frozenset(
    {"http://www.w3.org/ns/r2rml#defaultGraph", "http://w3id.org/rml/defaultGraph"}
)
"""What a mapping writes for "the default graph" (R2RML, section 9; RML-Core)."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A triples map ready to run on the items of its sources."""

    name: str
    sources: tuple[Source, ...]
    run: _Run


class Mapping:
    """A compiled mapping. It keeps nothing between records and may be used by any thread."""

    def __init__(self, plan: Plan, registry: Registry, records: str = "$.records[*]") -> None:
        """Compile ``plan``; ``records`` is the iterator that selects whole records."""
        self.plan = plan
        scope = Scope.of(plan, registry)
        self.compiled = tuple(_compile(each, scope) for each in plan.triples_maps)
        root = Path.parse(records)
        self._whole: list[_Run] = []
        self._parts: list[tuple[Path, _Run]] = []
        for each in self.compiled:
            for way in _ways(each.sources, root):
                if way.steps:
                    self._parts.append((way, each.run))
                else:
                    self._whole.append(each.run)

    def quads(self, record: dict[str, Any], graph: Graph, problems: list[Problem]) -> list[ox.Quad]:
        """What ``record`` says, in ``graph`` where the mapping names no other.

        Values that cannot be used are told in ``problems``, which this adds to; a value that
        several rules stumble on is told once.
        """
        quads: list[ox.Quad] = []
        add = quads.append
        notes = Notes()
        for run in self._whole:
            run(record, graph, add, notes)
        for way, run in self._parts:
            for part in select(record, way.steps):
                own = Notes(notes.problems)
                run(as_item(part), graph, add, own)
        if found := notes.problems:
            problems.extend({(each.code, each.value): each for each in found}.values())
        return quads


def _ways(sources: Iterable[Source], root: Path) -> Iterator[Path]:
    """The different ways from a record to the items of ``sources``."""
    ways = {
        Path.parse(source.iterator).without(root) if source.iterator else Path(())
        for source in sources
    }
    return iter(ways or {Path(())})


def _compile(triples_map: TriplesMap, scope: Scope) -> Compiled:
    subjects = [maker(each, scope) for each in triples_map.subjects]
    states = [
        state
        for each in triples_map.predicate_objects
        for state in _states(each, triples_map.graphs, scope)
    ]
    holds = condition(triples_map.condition, scope)

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

    return Compiled(triples_map.name, triples_map.sources, run)


def _states(each: PredicateObject, graphs: tuple[TermMap, ...], scope: Scope) -> Iterator[_State]:
    holds = condition(each.condition, scope)
    every = (*graphs, *each.graphs)
    for predicate_map in each.predicates:
        for object_map in each.objects:
            make = maker(object_map, scope)
            fixed = constant(predicate_map, scope)
            if fixed is not None and not every:
                state = _simple(fixed, object_map, make, scope)
            else:
                state = _general(
                    maker(predicate_map, scope),
                    make,
                    [maker(graph, scope) for graph in every],
                )
            yield _guarded(state, holds) if holds else state
    for predicate_map in each.inverse:
        predicate = maker(predicate_map, scope)
        for object_map in each.objects:
            targets = [maker(graph, scope) for graph in every]
            state = _general(predicate, maker(object_map, scope), targets, inverse=True)
            yield _guarded(state, holds) if holds else state


def _simple(predicate: ox.NamedNode, object_map: TermMap, make: Make, scope: Scope) -> _State:
    """The statement of a fixed predicate, by the shortest way that its object allows."""
    if (thing := constant(object_map, scope)) is not None:
        return _constant_object(predicate, thing)
    if (found := field(object_map, scope)) is not None:
        return _of_field(predicate, found)
    return _plain(predicate, make)


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
            for thing in _listed(rest(value, notes)):
                add(quad(subject, predicate, thing, graph))

    return state


def _of_typed_field(predicate: ox.NamedNode, found: Field, accepts: Accepts) -> _State:
    quad, key, build, rest = ox.Quad, found.key, found.build, found.rest

    def state(item: Item, subject: Any, graph: Graph, add: _Add, notes: Notes) -> None:
        value = item.get(key)
        if type(value) is str and accepts(value):
            add(quad(subject, predicate, build(value), graph))
        elif value is not None:
            for thing in _listed(rest(value, notes)):
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
        predicates = _listed(predicate(item, notes))
        objects = _listed(make(item, notes))
        named = [_default(each, graph) for one in graphs for each in _listed(one(item, notes))]
        for target in named if graphs else [graph]:
            for each in predicates:
                for thing in objects:
                    if not inverse:
                        add(ox.Quad(subject, each, thing, target))
                    elif not isinstance(thing, ox.Literal):
                        add(ox.Quad(thing, each, subject, target))

    return state


def _guarded(state: _State, holds: Callable[[Item, Notes], bool]) -> _State:
    def guarded(item: Item, subject: Any, graph: Graph, add: _Add, notes: Notes) -> None:
        if holds(item, notes):
            state(item, subject, graph, add, notes)

    return guarded


def _listed(made: Any) -> list[Any]:
    return made if type(made) is list else [] if made is None else [made]


def _default(named: Any, graph: Graph) -> Graph:
    iri = named.value
    return graph if iri in DEFAULT_GRAPH_IRIS else named
