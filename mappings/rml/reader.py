"""The RML door: RML in Turtle → a ``Plan``.

Built to RML-Core (https://w3id.org/rml/core/spec), RML-IO for sources and RML-FNML for functions,
and to the older vocabulary of R2RML, rml.io and FNML. Databases and endpoints are refused, saying
so: this engine reads files. Logical targets are read over: what a mapping makes goes where the
caller wants it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from mappings.functions import Registry
from mappings.plan import (
    Constant,
    Expression,
    Join,
    Link,
    ObjectMap,
    Plan,
    PredicateObject,
    TermMap,
    TermType,
    TriplesMap,
)
from mappings.problems import MappingError, nearest
from mappings.rml.document import Document, Node, Term, written
from mappings.rml.sources import source
from mappings.rml.terms import Position, Terms
from mappings.rml.vocabulary import OLD, R2RML, RML
from mappings.source import Source, not_written
from vocab import term
from vocab.messages import Message, say

_TYPE = TermMap(Constant(term("rdf:type")), TermType.IRI)
_MAP = ("logicalSource", "subjectMap", "subject", "predicateObjectMap")
_BEYOND = ("quotedTriplesMap", "gather", "gatherAs", "viewOn")


def read_rml(text: str, registry: Registry, file: str, *, lenient: bool = False) -> Plan:
    """The plan that the RML document ``text`` writes, in Turtle.

    Args:
        text: the document.
        registry: the functions that it may call.
        file: names the document in errors.
        lenient: keep functions that are not in the registry, for translation.

    Raises:
        MappingError: when it cannot be used.
    """
    document = Document.read(text, file)
    for name in _BEYOND:
        if next(document.nodes_with(name), None) is not None:
            raise document.error(
                say(
                    "{file}:{line}: “{name}” is not supported — this engine reads RML-Core, RML-IO"
                    " and RML-FNML",
                    name=name,
                ),
                name,
            )
    door = _Door(document, registry, lenient=lenient)
    maps = tuple(map(door.triples_map, door.nodes))
    if not maps:
        raise _nothing(document)
    return Plan(
        maps,
        strict=True,
        prefixes=tuple(document.prefixes.items()),
        unread=tuple(_unread(document)),
    )


def _nothing(document: Document) -> MappingError:
    """The error of a document without a triples map, most often for a namespace mistyped."""
    for iri in {iri for facts in document.facts.values() for iri in facts}:
        namespace, word = iri.removesuffix(written(ox.NamedNode(iri))), written(ox.NamedNode(iri))
        if word in _MAP:
            return document.error(
                say(
                    "{file}:{line}: <{namespace}> is no namespace of RML — write <{near}>",
                    namespace=namespace,
                    near=nearest(namespace, (RML, OLD, R2RML)),
                ),
                word,
            )
    return document.error(
        say("{file}:{line}: there is no triples map — write one, with rml:logicalSource")
    )


def _unread(document: Document) -> Iterator[Message]:
    """What the document says and a run does not do."""
    if next(document.nodes_with("logicalTarget"), None) is not None:
        yield not_written(document.file, document.line("logicalTarget"))


class _Door:
    """The triples maps of one document."""

    def __init__(self, document: Document, registry: Registry, *, lenient: bool) -> None:
        self.document = document
        self.registry = registry
        self.lenient = lenient
        called = {
            each for node in document.facts for each in document.values(node, "functionValue")
        }
        self.nodes = [
            node
            for node in document.facts
            if node not in called
            and (
                document.types(node) & {"TriplesMap"}
                or any(name in document.facts[node] for name in _MAP)
            )
        ]
        short = [written(node) or str(node) for node in self.nodes]
        self.names: dict[Term, str] = {
            node: name if short.count(name) == 1 else node.value
            for node, name in zip(self.nodes, short, strict=True)
        }

    def triples_map(self, node: Node) -> TriplesMap:
        logical = self.document.value(node, "logicalSource")
        if logical is None:
            raise self._lacking(node, "rml:logicalSource")
        read = source(self.document, logical)
        terms = self._terms(read)
        subject = self._subject(node)
        subject_map = (
            terms.constant(subject, "subject")
            if self.document.values(node, "subject")
            else terms.term_map(subject, "subject")
        )
        rules = [
            self._rule(each, terms, read)
            for each in self.document.values(node, "predicateObjectMap")
        ]
        if classes := tuple(
            terms.constant(each, "object") for each in self.document.values(subject, "class")
        ):
            rules.insert(0, PredicateObject((_TYPE,), classes))
        return TriplesMap(
            self.names[node],
            (read,),
            (subject_map,),
            tuple(rules),
            tuple(self._every(subject, "graph", terms)),
            base=self.document.text(node, "baseIRI") or "",
        )

    def _terms(self, read: Source) -> Terms:
        return Terms(self.document, read, self.registry, self.lenient)

    def _subject(self, node: Node) -> Term:
        found = [
            each for name in ("subjectMap", "subject") for each in self.document.values(node, name)
        ]
        if not found:
            raise self._lacking(node, "rml:subjectMap")
        if len(found) > 1:
            raise self.document.error(
                say(
                    "{file}:{line}: the triples map {name} has {count} subject maps — keep one",
                    name=self.names[node],
                    count=len(found),
                ),
                "subjectMap",
            )
        return found[0]

    def _lacking(self, node: Node, name: str) -> Exception:
        return self.document.error(
            say(
                "{file}:{line}: the triples map {map} has no {name} — add one",
                map=self.names[node],
                name=name,
            ),
            written(node),
        )

    def _rule(self, node: Term, terms: Terms, read: Source) -> PredicateObject:
        predicates = tuple(self._every(node, "predicate", terms))
        objects = tuple(self._objects(node, terms, read))
        for name, found in (("rml:predicate", predicates), ("rml:objectMap", objects)):
            if not found:
                raise self.document.error(
                    say("{file}:{line}: a key “{name}” is missing — add it", name=name),
                    *(written(each) for key in self._keys(node) for each in self._written(key)),
                )
        return PredicateObject(predicates, objects, tuple(self._every(node, "graph", terms)))

    def _keys(self, node: Term) -> Iterator[Term]:
        for name in ("predicate", "predicateMap", "object", "objectMap"):
            yield from self.document.values(node, name)

    def _written(self, node: Term) -> Iterator[Term]:
        """``node``, or what stands in it where it has no name."""
        if not isinstance(node, ox.BlankNode):
            yield node
        else:
            for values in self.document.facts.get(node, {}).values():
                yield from values

    def _every(self, node: Term, position: Position, terms: Terms) -> Iterator[TermMap]:
        """The constants and the maps of one ``position``."""
        for each in self.document.values(node, position):
            yield terms.constant(each, position)
        for each in self.document.values(node, position + "Map"):
            yield terms.term_map(each, position)

    def _objects(self, node: Term, terms: Terms, read: Source) -> Iterator[ObjectMap]:
        for each in self.document.values(node, "object"):
            yield terms.constant(each, "object")
        for each in self.document.values(node, "objectMap"):
            parent = self.document.value(each, "parentTriplesMap")
            if parent is None:
                yield terms.term_map(each, "object")
            else:
                yield self._link(each, parent, terms, read)

    def _link(self, node: Term, parent: Term, terms: Terms, read: Source) -> Link:
        if parent not in self.names:
            raise self.document.error(
                say(
                    "{file}:{line}: there is no triples map {name} — write {near}",
                    name=written(parent),
                    near=nearest(written(parent), self.names.values()),
                ),
                "parentTriplesMap",
                written(parent),
            )
        logical = self.document.value(parent, "logicalSource")
        other = read if logical is None else source(self.document, logical)
        joins = tuple(
            Join(self._side(each, "child", terms), self._side(each, "parent", self._terms(other)))
            for each in self.document.values(node, "joinCondition")
        )
        if not joins and other != read:
            raise self.document.error(
                say(
                    "{file}:{line}: {name} reads another source — write rml:joinCondition with what"
                    " the two have in common",
                    name=self.names[parent],
                ),
                "parentTriplesMap",
                written(parent),
            )
        return Link(self.names[parent], joins)

    def _side(self, node: Term, name: str, terms: Terms) -> Expression:
        short = self.document.text(node, name)
        if short is not None:
            return terms.reference(short)
        long = self.document.value(node, name + "Map")
        if long is None:
            raise self.document.error(
                say("{file}:{line}: a key “{name}” is missing — add it", name="rml:" + name),
                "joinCondition",
            )
        return terms.expression(long)
