"""The YARRRML door: a YARRRML document → a ``Plan``.

Built to the YARRRML specification (https://w3id.org/yarrrml/spec/): its keys in every
documented spelling, its long and short forms. ``targets`` and ``authors`` are read over:
what a mapping makes goes where the caller wants it. Joins of two sources, SQL sources and
quoted triples are refused, saying so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mappings.documents import Items, Table, Text, Value, read
from mappings.functions import Registry
from mappings.plan import (
    Constant,
    Plan,
    PredicateObject,
    Source,
    TermMap,
    TermType,
    TriplesMap,
)
from mappings.prefixes import PREDEFINED
from mappings.problems import nearest
from mappings.yarrrml_sources import named_sources, sources_of
from mappings.yarrrml_terms import TERM, Keys, Terms, listed
from mappings.yarrrml_text import Reading
from vocab import term
from vocab.messages import say

_ROOT: Keys = {
    "base": ("base",),
    "prefixes": ("prefixes",),
    "sources": ("sources", "source"),
    "mappings": ("mappings", "mapping", "m"),
    "targets": ("targets", "target"),
    "external": ("external",),
    "authors": ("authors", "author", "a"),
    "platform": ("platform",),
}
_MAPPING: Keys = {
    "sources": ("sources", "source"),
    "subjects": ("subjects", "subject", "s"),
    "predicateobjects": ("predicateobjects", "predicateobject", "po"),
    "graphs": ("graphs", "graph", "g"),
    "condition": ("condition", "c"),
}
_PREDICATE_OBJECT: Keys = {
    "predicates": ("predicates", "predicate", "p"),
    "inversepredicates": ("inversepredicates", "inversepredicate", "i"),
    "objects": ("objects", "object", "o"),
    "type": ("type",),
    "graphs": ("graphs", "graph", "g"),
    "condition": ("condition", "c"),
}
_TYPE = TermMap(Constant(term("rdf:type")), TermType.IRI)


def read_yarrrml(text: str, registry: Registry, file: str) -> tuple[Plan, Table]:
    """The plan that the YARRRML document ``text`` writes, and the document itself.

    Raises:
        MappingError: when it cannot be used; ``file`` names it in the message.
    """
    document = read(text, file)
    start = Reading(file, PREDEFINED, registry, {})
    root = start.table(document, _ROOT)
    reading = replace(
        start,
        prefixes={**PREDEFINED, **_texts(root.get("prefixes"), start)},
        external=_texts(root.get("external"), start),
    )
    if "mappings" not in root or root["mappings"] == "":
        raise reading.error(
            document, say("{file}:{line}: there is no key “mappings” — add it and what it maps")
        )
    base = str(reading.text(root["base"])) if "base" in root else ""
    return Plan(tuple(_Door(reading, root).triples_maps()), base), document


def _texts(value: Value | None, reading: Reading) -> dict[str, str]:
    if value is None or value == "":
        return {}
    if not isinstance(value, Table):
        raise reading.error(
            value, say("{file}:{line}: write one name and its value a line, as “name: value”")
        )
    return {name: str(reading.text(child)) for name, child in value.items()}


class _Door:
    """The mappings of one document, which may refer to its sources and to each other."""

    def __init__(self, reading: Reading, root: Mapping[str, Value]) -> None:
        self.reading = reading
        self.sources = named_sources(root.get("sources"), reading)
        mappings = root["mappings"]
        if not isinstance(mappings, Table):
            raise reading.error(
                mappings, say("{file}:{line}: write the name of a mapping, and its keys under it")
            )
        self.tables = {
            name: reading.table(child, _MAPPING) if child != "" else {}
            for name, child in mappings.items()
        }

    def triples_maps(self) -> Iterator[TriplesMap]:
        """Every mapping as a triples map."""
        for name, table in self.tables.items():
            sources = self._sources(table)
            yield _Rules(self, self._reading(sources), sources).triples_map(name, table)

    def subjects_of(self, name: Text, sources: tuple[Source, ...]) -> tuple[TermMap, ...]:
        """The subjects of the mapping ``name``, which an object refers to."""
        if name not in self.tables:
            raise self.reading.error(
                name,
                say(
                    "{file}:{line}: there is no mapping “{name}” — write {near}",
                    name=name,
                    near=nearest(name, self.tables),
                ),
            )
        table = self.tables[name]
        if self._sources(table) != sources:
            raise self.reading.error(
                name,
                say(
                    "{file}:{line}: “{name}” reads another source, and joins are not supported"
                    " — give both mappings the same source",
                    name=name,
                ),
            )
        return _Rules(self, self._reading(sources), sources).subjects(table)

    def _sources(self, table: Mapping[str, Value]) -> tuple[Source, ...]:
        return sources_of(table.get("sources"), self.sources, self.reading)

    def _reading(self, sources: tuple[Source, ...]) -> Reading:
        columns = any(source.formulation == "csv" for source in sources)
        return replace(self.reading, columns=columns)


class _Rules:
    """The rules of one mapping."""

    def __init__(self, door: _Door, reading: Reading, sources: tuple[Source, ...]) -> None:
        self.door = door
        self.reading = reading
        self.terms = Terms(reading)
        self.sources = sources

    def triples_map(self, name: str, table: Mapping[str, Value]) -> TriplesMap:
        return TriplesMap(
            name,
            self.sources,
            self.subjects(table),
            tuple(map(self._predicate_object, listed(table.get("predicateobjects")))),
            tuple(self.terms.every(table.get("graphs"), TermType.IRI)),
            self.terms.condition(table.get("condition")),
        )

    def subjects(self, table: Mapping[str, Value]) -> tuple[TermMap, ...]:
        """The subjects; a mapping without any describes a blank node for each record."""
        given = table.get("subjects")
        if given is None or given == "":
            return (TermMap(None, TermType.BLANK),)
        return tuple(self.terms.every(given, TermType.IRI))

    def _predicate_object(self, value: Value) -> PredicateObject:
        if isinstance(value, Items):
            return self._short(value)
        table = self.reading.table(value, _PREDICATE_OBJECT)
        for key in ("predicates", "objects"):
            if key not in table:
                raise self.reading.error(
                    value, say("{file}:{line}: a key “{name}” is missing — add it", name=key)
                )
        predicates = self._predicates(table["predicates"])
        return PredicateObject(
            predicates,
            self._objects(table["objects"], predicates, table.get("type")),
            tuple(self.terms.every(table.get("graphs"), TermType.IRI)),
            self.terms.condition(table.get("condition")),
            tuple(self.terms.every(table.get("inversepredicates"), TermType.IRI)),
        )

    def _short(self, value: Items) -> PredicateObject:
        """``[predicate, object]``, ``[predicate, object, datatype or language~lang]``."""
        if len(value) not in (2, 3):
            raise self.reading.error(
                value,
                say(
                    "{file}:{line}: a short form has two or three parts — write [predicate,"
                    " object] or [predicate, object, datatype]"
                ),
            )
        predicates = self._predicates(value[0])
        objects = self._objects(value[1], predicates)
        if len(value) == len(("predicate", "object", "datatype")):
            objects = tuple(self.terms.qualified(each, value[2]) for each in objects)
        return PredicateObject(predicates, objects)

    def _predicates(self, value: Value) -> tuple[TermMap, ...]:
        return tuple(
            _TYPE if each == "a" else self.terms.one(each, TermType.IRI) for each in listed(value)
        )

    def _objects(
        self, value: Value, predicates: tuple[TermMap, ...], said: Value | None = None
    ) -> tuple[TermMap, ...]:
        """The objects; classes are IRIs, other objects literals unless a type is ``said``."""
        type_ = TermType.IRI if _TYPE in predicates else TermType.LITERAL
        type_ = type_ if said is None else self.terms.type_of(said)
        return tuple(made for each in listed(value) for made in self._object(each, type_))

    def _object(self, value: Value, type_: TermType) -> Iterator[TermMap]:
        if isinstance(value, Items):
            if len(value) not in (1, 2):
                raise self.reading.error(
                    value,
                    say(
                        "{file}:{line}: an object in brackets has one or two parts — write"
                        " [value, datatype] or [value, language~lang]"
                    ),
                )
            made = self.terms.one(value[0], type_)
            yield self.terms.qualified(made, value[1]) if len(value) > 1 else made
        elif isinstance(value, Table) and ("mapping" in value or "m" in value):
            yield from self._linked(value)
        else:
            yield self.terms.one(value, type_)

    def _linked(self, value: Table) -> Iterator[TermMap]:
        table = self.reading.table(value, TERM)
        if "condition" in table:
            raise self.reading.error(
                table["condition"],
                say(
                    "{file}:{line}: joins are not supported — write the IRI of the other thing"
                    " with its own template"
                ),
            )
        yield from self.door.subjects_of(self.reading.text(table["mapping"]), self.sources)
