"""The YARRRML door: a YARRRML document → a ``Plan``.

Built to the YARRRML specification (https://w3id.org/yarrrml/spec/): its keys in every
documented spelling, its long and short forms. ``targets`` and ``authors`` are read over:
what a mapping makes goes where the caller wants it. SQL sources and quoted triples are
refused, saying so, unless a document is only read to be translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mappings.documents import Items, Table, Text, Value, read
from mappings.functions import Registry
from mappings.plan import (
    Constant,
    Link,
    ObjectMap,
    Plan,
    PredicateObject,
    TermMap,
    TermType,
    TriplesMap,
)
from mappings.prefixes import PREDEFINED
from mappings.problems import nearest
from mappings.source import Source
from mappings.yarrrml_links import Links
from mappings.yarrrml_sources import named_sources, sources_of
from mappings.yarrrml_targets import DocumentTargets, unread
from mappings.yarrrml_terms import Keys, Terms, listed
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
MAPPING: Keys = {
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


def read_yarrrml(
    text: str, registry: Registry, file: str, *, lenient: bool = False
) -> tuple[Plan, Table]:
    """The plan that the YARRRML document ``text`` writes, and the document itself.

    With ``lenient``, for translation, the plan keeps what this engine does not run: databases,
    targets, quoted triples, functions of others.

    Raises:
        MappingError: when it cannot be used; ``file`` names it in the message.
    """
    document = read(text, file)
    return read_document(document, registry, file, lenient=lenient), document


def read_document(document: Table, registry: Registry, file: str, *, lenient: bool = False) -> Plan:
    """The plan that a YARRRML document, read as a table, writes.

    Raises:
        MappingError: as ``read_yarrrml``.
    """
    start = Reading(file, PREDEFINED, registry, {}, lenient=lenient)
    root = start.table(document, _ROOT)
    own = _texts(root.get("prefixes"), start)
    reading = replace(
        start,
        prefixes={**PREDEFINED, **own},
        external=_texts(root.get("external"), start),
    )
    targets = DocumentTargets(root.get("targets"), reading) if lenient else None
    reading = replace(reading, targets=targets)
    if "mappings" not in root or root["mappings"] == "":
        raise reading.error(
            document, say("{file}:{line}: there is no key “mappings” — add it and what it maps")
        )
    base = reading.iri(reading.text(root["base"]), root["base"]) if root.get("base") else ""
    return Plan(
        tuple(_Door(reading, root, targets).triples_maps()),
        base,
        prefixes=tuple(own.items()),
        targets=tuple(targets.known.items()) if targets else (),
        unread=() if lenient else unread(document, file),
    )


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

    def __init__(
        self, reading: Reading, root: Mapping[str, Value], targets: DocumentTargets | None
    ) -> None:
        self.reading = reading
        self.targets = targets
        self.sources = named_sources(root.get("sources"), reading)
        mappings = root["mappings"]
        if not isinstance(mappings, Table):
            raise reading.error(
                mappings, say("{file}:{line}: write the name of a mapping, and its keys under it")
            )
        self.tables = {
            name: reading.table(child, MAPPING) if child != "" else {}
            for name, child in mappings.items()
        }

    def triples_maps(self) -> Iterator[TriplesMap]:
        """Every mapping as a triples map; those that are only quoted are not asserted."""
        every = list(map(self._triples_map, self.tables))
        quoted = {link.parent for each in every for link in each.links() if link.quoted == "quoted"}
        for each in every:
            yield replace(each, asserted=False) if each.name in quoted else each

    def _triples_map(self, name: str) -> TriplesMap:
        if self.targets is not None:
            self.targets.mapping = name
        return self._rules(name).triples_map(name)

    def linked(self, name: Text, sources: tuple[Source, ...], *, joins: bool) -> Reading:
        """What understands the records of the mapping ``name``, which an object refers to."""
        if name not in self.tables:
            raise self.reading.error(
                name,
                say(
                    "{file}:{line}: there is no mapping “{name}” — write {near}",
                    name=name,
                    near=nearest(name, self.tables),
                ),
            )
        other = self._rules(name)
        if not joins and other.sources != sources and not self.reading.lenient:
            raise self.reading.error(
                name,
                say(
                    "{file}:{line}: “{name}” reads another source — write a “condition” with what"
                    " the two have in common: equal($(a), $(b))",
                    name=name,
                ),
            )
        return other.reading

    def _rules(self, name: str) -> _Rules:
        table = self.tables[name]
        sources = sources_of(table.get("sources"), self.sources, self.reading, name)
        columns = (source for source in sources if source.formulation != "jsonpath")
        return _Rules(self, replace(self.reading, source=next(columns, None)), sources)


class _Rules:
    """The rules of one mapping."""

    def __init__(self, door: _Door, reading: Reading, sources: tuple[Source, ...]) -> None:
        self.door = door
        self.reading = reading
        self.terms = Terms(reading)
        self.links = Links(self.terms)
        self.sources = sources

    def triples_map(self, name: str) -> TriplesMap:
        table = self.door.tables[name]
        return TriplesMap(
            name,
            self.sources,
            self.subjects(table),
            tuple(map(self._predicate_object, listed(table.get("predicateobjects")))),
            tuple(self.terms.every(table.get("graphs"), TermType.IRI)),
            self.terms.condition(table.get("condition")),
        )

    def subjects(self, table: Mapping[str, Value]) -> tuple[ObjectMap, ...]:
        """The subjects; a mapping without any describes a blank node for each record."""
        given = table.get("subjects")
        if given is None or given == "":
            return (TermMap(None, TermType.BLANK),)
        return tuple(
            self._link(each)
            if self.reading.lenient and self.links.is_link(each) and isinstance(each, Table)
            else self.terms.one(each, TermType.IRI)
            for each in listed(given)
        )

    def _predicate_object(self, value: Value) -> PredicateObject:
        if isinstance(value, Items):
            return self._short(value)
        if isinstance(value, Text):
            raise self.reading.error(
                value,
                say(
                    "{file}:{line}: “{part}” is no rule — write - [predicate, object]",
                    part=value[:60],
                ),
            )
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
            objects = tuple(
                self.terms.qualified(each, value[2])
                for each in objects
                if isinstance(each, TermMap)
            )
        return PredicateObject(predicates, objects)

    def _predicates(self, value: Value) -> tuple[TermMap, ...]:
        return tuple(
            _TYPE if each == "a" else self.terms.one(each, TermType.IRI) for each in listed(value)
        )

    def _objects(
        self, value: Value, predicates: tuple[TermMap, ...], said: Value | None = None
    ) -> tuple[ObjectMap, ...]:
        """The objects; classes are IRIs, other objects literals unless a type is ``said``."""
        type_ = TermType.IRI if _TYPE in predicates else TermType.LITERAL
        type_ = type_ if said is None else self.terms.type_of(said)
        return tuple(made for each in listed(value) for made in self._object(each, type_))

    def _object(self, value: Value, type_: TermType) -> Iterator[ObjectMap]:
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
        elif isinstance(value, Table) and self.links.is_link(value):
            yield self._link(value)
        else:
            yield self.terms.one(value, type_)

    def _link(self, value: Table) -> Link:
        """The link that an object writes; quoted triples are for translation only."""
        quoted = next((key for key in ("quoted", "quotedNonAsserted") if key in value), "")
        if quoted and not self.reading.lenient:
            raise self.reading.error(
                value[quoted], say("{file}:{line}: quoted triples are not supported — remove it")
            )
        name = self.links.name(value)
        joins = any(key in value for key in ("condition", "c", "function", "fn", "f"))
        return self.links.link(value, self.door.linked(name, self.sources, joins=joins))
