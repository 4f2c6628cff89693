"""A plan → closures: ``Mapping.quads`` gives what a record says, as quads.

Predicates, constant objects and graphs are made once; for each record there remain a call
per statement, the values that it reads and the terms that they become.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from mappings.expressions import Problems, condition
from mappings.functions import Registry
from mappings.paths import Item, Path, as_item, select
from mappings.plan import Plan, PredicateObject, Source, TermMap, TriplesMap
from mappings.terms import Field, Make, constant, field, maker

Graph = ox.NamedNode | ox.DefaultGraph
_Add = Callable[[ox.Quad], None]
_State = Callable[[Item, Any, Graph, _Add, Problems], None]
_Run = Callable[[Item, Graph, _Add, Problems], None]

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
        self.compiled = tuple(_compile(each, registry, plan.base) for each in plan.triples_maps)
        root = Path.parse(records)
        self._whole: list[_Run] = []
        self._parts: list[tuple[Path, _Run]] = []
        for each in self.compiled:
            for way in _ways(each.sources, root):
                if way.steps:
                    self._parts.append((way, each.run))
                else:
                    self._whole.append(each.run)

    def quads(self, record: dict[str, Any], graph: Graph, problems: Problems) -> list[ox.Quad]:
        """What ``record`` says, in ``graph`` where the mapping names no other.

        Values that cannot be used are told in ``problems``, which this adds to; a value that
        several rules stumble on is told once.
        """
        quads: list[ox.Quad] = []
        add = quads.append
        found: Problems = []
        for run in self._whole:
            run(record, graph, add, found)
        for way, run in self._parts:
            for part in select(record, way.steps):
                run(as_item(part), graph, add, found)
        if found:
            problems.extend({(each.code, each.value): each for each in found}.values())
        return quads


def _ways(sources: Iterable[Source], root: Path) -> Iterator[Path]:
    """The different ways from a record to the items of ``sources``."""
    ways = {
        Path.parse(source.iterator).without(root) if source.iterator else Path(())
        for source in sources
    }
    return iter(ways or {Path(())})


def _compile(triples_map: TriplesMap, registry: Registry, base: str) -> Compiled:
    subjects = [maker(each, registry, base) for each in triples_map.subjects]
    states = [
        state
        for each in triples_map.predicate_objects
        for state in _states(each, triples_map.graphs, registry, base)
    ]
    holds = condition(triples_map.condition, registry)

    def run(item: Item, graph: Graph, add: _Add, problems: Problems) -> None:
        if holds is not None and not holds(item, problems):
            return
        for make in subjects:
            made = make(item, problems)
            if made is None:
                continue
            for subject in made if type(made) is list else (made,):
                for state in states:
                    state(item, subject, graph, add, problems)

    return Compiled(triples_map.name, triples_map.sources, run)


def _states(
    each: PredicateObject, graphs: tuple[TermMap, ...], registry: Registry, base: str
) -> Iterator[_State]:
    holds = condition(each.condition, registry)
    every = (*graphs, *each.graphs)
    for predicate_map in each.predicates:
        for object_map in each.objects:
            make = maker(object_map, registry, base)
            fixed = constant(predicate_map, base)
            if fixed is not None and not every:
                state = _simple(fixed, object_map, make, base)
            else:
                state = _general(
                    maker(predicate_map, registry, base),
                    make,
                    [maker(graph, registry, base) for graph in every],
                )
            yield _guarded(state, holds) if holds else state
    for predicate_map in each.inverse:
        predicate = maker(predicate_map, registry, base)
        for object_map in each.objects:
            targets = [maker(graph, registry, base) for graph in every]
            state = _general(predicate, maker(object_map, registry, base), targets, inverse=True)
            yield _guarded(state, holds) if holds else state


def _simple(predicate: ox.NamedNode, object_map: TermMap, make: Make, base: str) -> _State:
    """The statement of a fixed predicate, by the shortest way that its object allows."""
    if (thing := constant(object_map, base)) is not None:
        return _constant_object(predicate, thing)
    if (found := field(object_map, base)) is not None:
        return _of_field(predicate, found)
    return _plain(predicate, make)


def _constant_object(predicate: ox.NamedNode, thing: ox.NamedNode) -> _State:
    quad = ox.Quad

    def state(_item: Item, subject: Any, graph: Graph, add: _Add, _problems: Problems) -> None:
        add(quad(subject, predicate, thing, graph))

    return state


def _of_field(predicate: ox.NamedNode, found: Field) -> _State:
    quad, key, build, rest = ox.Quad, found.key, found.build, found.rest

    def state(item: Item, subject: Any, graph: Graph, add: _Add, problems: Problems) -> None:
        value = item.get(key)
        if type(value) is str:
            try:
                add(quad(subject, predicate, build(value), graph))
            except ValueError:
                rest(value, problems)
        elif value is not None:
            for thing in _listed(rest(value, problems)):
                add(quad(subject, predicate, thing, graph))

    return state


def _plain(predicate: ox.NamedNode, make: Make) -> _State:
    quad = ox.Quad

    def state(item: Item, subject: Any, graph: Graph, add: _Add, problems: Problems) -> None:
        made = make(item, problems)
        if made is None:
            return
        if type(made) is list:
            for each in made:
                add(quad(subject, predicate, each, graph))
        else:
            add(quad(subject, predicate, made, graph))

    return state


def _general(predicate: Make, make: Make, graphs: list[Make], *, inverse: bool = False) -> _State:
    def state(item: Item, subject: Any, graph: Graph, add: _Add, problems: Problems) -> None:
        predicates = _listed(predicate(item, problems))
        objects = _listed(make(item, problems))
        named = [_default(each, graph) for one in graphs for each in _listed(one(item, problems))]
        for target in named if graphs else [graph]:
            for each in predicates:
                for thing in objects:
                    if not inverse:
                        add(ox.Quad(subject, each, thing, target))
                    elif not isinstance(thing, ox.Literal):
                        add(ox.Quad(thing, each, subject, target))

    return state


def _guarded(state: _State, holds: Callable[[Item, Problems], bool]) -> _State:
    def guarded(item: Item, subject: Any, graph: Graph, add: _Add, problems: Problems) -> None:
        if holds(item, problems):
            state(item, subject, graph, add, problems)

    return guarded


def _listed(made: Any) -> list[Any]:
    return made if type(made) is list else [] if made is None else [made]


def _default(named: Any, graph: Graph) -> Graph:
    iri = named.value
    return graph if iri in DEFAULT_GRAPH_IRIS else named
