"""A ``Plan`` → RML in Turtle, in the vocabulary of w3id.org/rml.

``legacy`` writes the older vocabulary, with the same structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from mappings.functions import Registry
from mappings.functions.fno import described
from mappings.plan import (
    Argument,
    Call,
    Constant,
    Expression,
    Link,
    ObjectMap,
    Plan,
    PredicateObject,
    Reference,
    Template,
    TermMap,
    TermType,
    TriplesMap,
)
from mappings.prefixes import PREDEFINED
from mappings.rml.dialects import block_of
from mappings.rml.shaping import (
    NO_MAP,
    constant,
    copies,
    held,
    true_condition,
    unsafe,
    without_inverse,
)
from mappings.rml.templates import escaped
from mappings.rml.vocabulary import COMPRESSION, CSVW, D2RQ, DCAT, FNO, FORMATS, RML
from mappings.source import CsvDialect, Source
from mappings.turtle import Block, Name, Value, Writer
from vocab import PREFIXES, term

BASE: Final = "http://example.com/ns#"
"""What the names of triples maps are relative to: a name of no consequence."""

TYPE: Final = term("rdf:type")
_IN_URLS = ":/?#@!$&'()*+,;=%-._~"
_FORMULATIONS = {"csv": "CSV", "jsonpath": "JSONPath", "xpath": "XPath"}
_TYPES = {
    TermType.IRI: "IRI",
    TermType.URI: "URI",
    TermType.UNSAFE_IRI: "UnsafeIRI",
    TermType.UNSAFE_URI: "UnsafeURI",
    TermType.BLANK: "BlankNode",
    TermType.LITERAL: "Literal",
}


def write_rml(plan: Plan, registry: Registry) -> str:
    """``plan`` as a Turtle document of RML, with the functions that it calls described in FnO."""
    return Dialect(plan).document(registry)


class Dialect:
    """One way to write a plan: its words are methods, which another vocabulary overrides."""

    namespaces: tuple[tuple[str, str], ...] = (("rml", RML), ("fno", FNO), ("csvw", CSVW))

    def __init__(self, plan: Plan) -> None:
        self.plan = replace(plan, triples_maps=tuple(without_inverse(plan)))
        self.map: TriplesMap = plan.triples_maps[0] if plan.triples_maps else NO_MAP
        self.more: list[Block] = []

    def document(self, registry: Registry) -> str:
        """The whole document."""
        blocks = list(self.blocks())
        known = {call.function for call in self.plan.calls()} & registry.keys()
        blocks += [block for iri in sorted(known) for block in described(registry[iri])]
        prefixes = {**_standard(), **dict(self.plan.prefixes), **dict(self.namespaces)}
        return Writer(prefixes, BASE).document(blocks)

    def blocks(self) -> Iterator[Block]:
        """The triples maps, each after what it refers to by name."""
        for each in self.plan.triples_maps:
            for number, copy in enumerate(copies(each)):
                self.map = copy
                block = self.triples_map(Name(f"{each.name}_{number}"))
                yield from self.more
                self.more = []
                yield block

    def word(self, name: str) -> str:
        """The IRI of a property or a class of RML."""
        return RML + name

    def typed(self, name: str, block_name: Name | None = None) -> Block:
        """A block of the class ``name``."""
        block = Block(block_name)
        block.add(TYPE, ox.NamedNode(self.word(name)))
        return block

    def triples_map(self, name: Name) -> Block:
        """The block of the triples map at hand."""
        block = self.typed("TriplesMap", name)
        if (base := self.map.base or self.plan.base) and not self.is_legacy:
            block.add(self.word("baseIRI"), ox.NamedNode(base))
        for source in self.map.sources:
            self.source(block, source)
        for subject in self.map.subjects:
            block.add(self.word("subjectMap"), self.subject(subject))
        for rule in self.map.predicate_objects:
            block.add(self.word("predicateObjectMap"), self.rule(rule))
        return block

    is_legacy = False

    def source(self, block: Block, source: Source) -> None:
        """Say in ``block`` where its records come from."""
        logical = self.typed("LogicalSource")
        logical.add(self.word("source"), self.access(source))
        logical.add(self.word("referenceFormulation"), self.formulation(source))
        if source.iterator:
            logical.add(self.word("iterator"), ox.Literal(source.iterator))
        block.add(self.word("logicalSource"), logical)

    def formulation(self, source: Source) -> Value:
        """The reference formulation; one of XPath holds the prefixes that are used."""
        name = _FORMULATIONS[source.formulation]
        texts = [source.iterator, *(path.written for path in self.map.references())]
        used = [
            (prefix, iri)
            for prefix, iri in source.namespaces
            if any(f"{prefix}:" in text for text in texts)
        ]
        if not used:
            return ox.NamedNode(self.word(name))
        block = self.typed("XPathReferenceFormulation")
        for prefix, iri in used:
            space = self.typed("Namespace")
            space.add(self.word("namespacePrefix"), ox.Literal(prefix))
            space.add(self.word("namespaceURL"), ox.Literal(iri))
            block.add(self.word("namespace"), space)
        return block

    def access(self, source: Source) -> Value:
        """The file of ``source``, seen from the mapping unless the plan says otherwise."""
        if source.database is not None:
            block = Block()
            block.add(TYPE, ox.NamedNode(D2RQ + "Database"))
            block.add(D2RQ + "jdbcDSN", ox.Literal(source.access))
            return block
        if source.address:
            block = Block()
            block.add(TYPE, ox.NamedNode(DCAT + "Distribution"))
            block.add(DCAT + "downloadURL", ox.NamedNode(quote(source.address, safe=_IN_URLS)))
        else:
            block = self._path(source)
        if source.formulation == "csv" and source.dialect != CsvDialect.of(source.access):
            block.add(TYPE, ox.NamedNode(CSVW + "Table"))
            block.add(CSVW + "url", ox.Literal(source.address or source.access))
            block.add(CSVW + "dialect", block_of(source.dialect))
        if not source.is_utf8:
            block.add(
                self.word("encoding"), ox.NamedNode(self.word(source.encoding.replace(" ", "-")))
            )
        if source.compression:
            block.add(self.word("compression"), ox.NamedNode(self.word(source.compression)))
        for null in source.nulls:
            block.add(self.word("null"), ox.Literal(null))
        return block

    def _path(self, source: Source) -> Block:
        block = self.typed("RelativePathSource")
        root = "CurrentWorkingDirectory" if source.root == "working" else "MappingDirectory"
        named = source.root in ("", "mapping", "working")
        where = ox.NamedNode(self.word(root)) if named else ox.Literal(source.root)
        block.add(self.word("root"), where)
        block.add(self.word("path"), ox.Literal(source.access))
        return block

    def subject(self, subject: ObjectMap) -> Block:
        """The subject map, with the graphs of the whole map."""
        if isinstance(subject, TermMap):
            block = self.term_map("SubjectMap", held(subject, self.map.condition), "subject")
        else:
            block = self.link(subject, 0, "subject")
        for graph in self.map.graphs:
            block.add(self.word("graphMap"), self.term_map("GraphMap", graph, "graph"))
        return block

    def rule(self, rule: PredicateObject) -> Block:
        """The predicate-object map of a rule."""
        block = Block()
        for predicate in rule.predicates:
            made = self.term_map("PredicateMap", held(predicate, rule.condition), "predicate")
            block.add(self.word("predicateMap"), made)
        for thing in rule.objects:
            if isinstance(thing, TermMap):
                block.add(self.word("objectMap"), self.term_map("ObjectMap", thing, "object"))
            else:
                for number in range(len(copies(self.plan.triples_map(thing.parent)))):
                    block.add(self.word("objectMap"), self.link(thing, number, "object"))
        for graph in rule.graphs:
            block.add(self.word("graphMap"), self.term_map("GraphMap", graph, "graph"))
        return block

    def link(self, link: Link, number: int, position: str) -> Block:
        """A reference to another triples map."""
        del position  # the older vocabulary writes quoted triples by where they stand
        block = self.typed("RefObjectMap")
        block.add(self.word("parentTriplesMap"), Name(f"{link.parent}_{number}"))
        self.joins(block, link)
        return block

    def joins(self, block: Block, link: Link) -> None:
        """Say in ``block`` what the records of ``link`` have in common."""
        mine = self.map
        for join in link.joins:
            condition = Block()
            self._side(condition, "child", join.child)
            self.map = self.plan.triples_map(link.parent)
            self._side(condition, "parent", join.parent)
            self.map = mine
            block.add(self.word("joinCondition"), condition)

    def _side(self, condition: Block, name: str, side: Expression) -> None:
        """One side of a join, whose references are those of the triples map at hand."""
        if isinstance(side, Reference):
            condition.add(self.word(name), ox.Literal(self.reference(side)))
        else:
            inner = Block()
            self.expression(inner, side)
            condition.add(self.word(name + "Map"), inner)

    def term_map(self, kind: str, term_map: TermMap, position: str) -> Block:
        """The block of ``term_map``, its type where it is not the one meant without it."""
        expression = term_map.expression
        if term_map.condition is not None:
            expression = true_condition(term_map.condition, term_map)
        block = self.typed(kind)
        if term_map.condition is None and (value := constant(term_map)) is not None:
            block.add(self.word("constant"), value)
        else:
            if isinstance(expression, Constant):  # a template without any reference
                expression = Template((expression,))
            if expression is not None:
                self.expression(block, expression)
            typed = replace(term_map, expression=expression, type=unsafe(term_map))
            self.term_type(block, typed, position)
            self.qualifier(block, "datatype", term_map.datatype)
            self.qualifier(block, "language", term_map.language)
        for target in term_map.targets:
            block.add(self.word("logicalTarget"), Name(target))
        return block

    def term_type(self, block: Block, term_map: TermMap, position: str) -> None:
        """Say the term type, where the mapping says it or another would be understood."""
        default = TermType.IRI
        qualified = term_map.datatype is not None or term_map.language is not None
        if position == "object" and (qualified or not isinstance(term_map.expression, Template)):
            default = TermType.LITERAL
        if term_map.stated or term_map.type is not default:
            block.add(self.word("termType"), ox.NamedNode(self.word(_TYPES[term_map.type])))

    def qualifier(self, block: Block, name: str, qualifier: Expression | None) -> None:
        """Say the datatype or the language, short where it is always the same."""
        if isinstance(qualifier, Constant):
            is_iri = name == "datatype"
            value = ox.NamedNode(qualifier.text) if is_iri else ox.Literal(qualifier.text)
            block.add(self.word(name), value)
        elif qualifier is not None:
            inner = self.typed(name.title() + "Map")
            self.expression(inner, qualifier)
            block.add(self.word(name + "Map"), inner)

    def expression(self, block: Block, expression: Expression) -> None:
        """Say in ``block`` how its value is made."""
        match expression:
            case Constant(text):
                block.add(self.word("constant"), ox.Literal(text))
            case Reference():
                block.add(self.word("reference"), ox.Literal(self.reference(expression)))
            case Template(parts):
                text = "".join(map(self.part, parts))
                block.add(self.word("template"), ox.Literal(text))
            case Call():
                self.call(block, expression)

    def part(self, part: Constant | Reference) -> str:
        """A part of a template."""
        if isinstance(part, Constant):
            return escaped(part.text)
        return "{" + escaped(self.reference(part)) + "}"

    def reference(self, reference: Reference) -> str:
        """A reference as any engine reads it: a whole JSONPath, a column, an XPath."""
        formulations = {source.formulation for source in self.map.sources}
        if formulations & {"csv", "xpath"}:
            return reference.path.written
        return str(reference.path)

    def call(self, block: Block, call: Call) -> None:
        """Say in ``block`` that its value is what ``call`` gives."""
        execution = self.typed("FunctionExecution")
        execution.add(self.word("function"), ox.NamedNode(call.function))
        for argument in call.arguments:
            execution.add(self.word("input"), self.argument(argument))
        block.add(self.word("functionExecution"), execution)

    def argument(self, argument: Argument) -> Block:
        """One input of a call."""
        block = self.typed("Input")
        block.add(self.word("parameter"), ox.NamedNode(argument.parameter))
        inner = Block()
        self.expression(inner, argument.value)
        if isinstance(argument.value, Template):
            name = _TYPES[argument.value.type]
            inner.add(self.word("termType"), ox.NamedNode(self.word(name)))
        block.add(self.word("inputValueMap"), inner)
        return block


def _standard() -> dict[str, str]:
    """The prefixes by which namespaces are known, ours before those of the RDFa context."""
    return {**PREDEFINED, **PREFIXES, "comp": COMPRESSION, "formats": FORMATS, "d2rq": D2RQ}
