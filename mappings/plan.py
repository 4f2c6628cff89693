"""The plan: what a mapping says, whatever language it was written in.

A door (``yarrrml``) turns a file into a ``Plan``, ``compiler`` turns a ``Plan`` into
closures. The words are those of RML-Core: a term map makes RDF terms from an expression;
an expression is a constant, a reference, a template or a function call. A plan is checked:
its prefixes are expanded, its functions and their parameters exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mappings.paths import Path


class TermType(Enum):
    """What kind of RDF term an expression becomes (RML-Core, term types)."""

    IRI = "iri"
    BLANK = "blank"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text for every record."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of the record.

    ``raw`` says that it is an IRI, or the start of one, already: templates do not
    percent-encode it (RML-Core's ``rml:UnsafeIRI``).
    """

    path: Path
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and references in turn; several multi-valued references give every combination."""

    parts: tuple[Constant | Reference, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """One parameter of a call, by its IRI, and what it is given."""

    parameter: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the registry applied to arguments (FnO)."""

    function: str
    arguments: tuple[Argument, ...]


Expression = Constant | Reference | Template | Call


@dataclass(frozen=True, slots=True)
class TermMap:
    """How RDF terms are made; no ``expression`` means a fresh blank node for each record.

    ``datatype`` and ``language`` are for literals and exclude each other.
    """

    expression: Expression | None
    type: TermType
    datatype: Expression | None = None
    language: Expression | None = None
    condition: Call | None = None

    def calls(self) -> Iterator[Call]:
        """The function calls that terms are made with."""
        for expression in (self.expression, self.datatype, self.language, self.condition):
            yield from _calls(expression)


@dataclass(frozen=True, slots=True)
class PredicateObject:
    """Predicates and objects, every pair of which is stated of the subject.

    With the predicates ``inverse``, the subject is stated of the objects.
    """

    predicates: tuple[TermMap, ...]
    objects: tuple[TermMap, ...]
    graphs: tuple[TermMap, ...] = ()
    condition: Call | None = None
    inverse: tuple[TermMap, ...] = ()

    def calls(self) -> Iterator[Call]:
        """The function calls of the rule."""
        yield from _calls(self.condition)
        for term_map in (*self.predicates, *self.objects, *self.graphs, *self.inverse):
            yield from term_map.calls()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the records of a triples map come from.

    ``formulation`` is "csv" or "jsonpath"; ``iterator`` a JSONPath, "" for csv.
    """

    access: str
    formulation: str
    iterator: str = ""
    delimiter: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class TriplesMap:
    """What is said of one kind of thing: subjects, and predicates with objects."""

    name: str
    sources: tuple[Source, ...]
    subjects: tuple[TermMap, ...]
    predicate_objects: tuple[PredicateObject, ...]
    graphs: tuple[TermMap, ...] = ()
    condition: Call | None = None

    def references(self) -> Iterator[Path]:
        """The paths into a record that the map reads, again for each use."""
        expressions: list[Expression | None] = [self.condition]
        terms = [*self.subjects, *self.graphs]
        for rule in self.predicate_objects:
            expressions.append(rule.condition)
            terms += [*rule.predicates, *rule.objects, *rule.graphs, *rule.inverse]
        for each in terms:
            expressions += [each.expression, each.datatype, each.language, each.condition]
        for expression in expressions:
            yield from _references(expression)


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole mapping. ``base`` is what relative IRIs are appended to (RML-Core)."""

    triples_maps: tuple[TriplesMap, ...]
    base: str = ""

    def calls(self) -> Iterator[Call]:
        """Every function call, those in arguments included; again for each use of its result."""
        for each in self.triples_maps:
            yield from _calls(each.condition)
            for term_map in (*each.subjects, *each.graphs):
                yield from term_map.calls()
            for rule in each.predicate_objects:
                pairs = len(rule.objects) * (len(rule.predicates) + len(rule.inverse))
                yield from tuple(rule.calls()) * pairs


def _references(expression: Expression | None) -> Iterator[Path]:
    match expression:
        case Reference(path):
            yield path
        case Template(parts):
            for part in parts:
                yield from _references(part)
        case Call(_, arguments):
            for argument in arguments:
                yield from _references(argument.value)


def _calls(expression: Expression | None) -> Iterator[Call]:
    if isinstance(expression, Call):
        yield expression
        for argument in expression.arguments:
            yield from _calls(argument.value)
