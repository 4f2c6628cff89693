"""The plan: what a mapping says, whatever language it was written in.

A door (``yarrrml``, ``rml``, ``table``) turns a file into a ``Plan``, ``compiler`` turns a ``Plan``
into closures. The words are those of RML-Core: a term map makes RDF terms from an expression; an
expression is a constant, a reference, a template or a function call. A plan is checked: its
prefixes are expanded, its functions and their parameters exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from mappings.paths import Path
from mappings.source import Source, Target
from vocab.messages import Message


class TermType(Enum):
    """What kind of RDF term an expression becomes (RML-Core, term types)."""

    IRI = "iri"
    URI = "uri"
    UNSAFE_IRI = "unsafe-iri"
    UNSAFE_URI = "unsafe-uri"
    BLANK = "blank"
    LITERAL = "literal"

    @property
    def named(self) -> bool:
        """Whether the term is an address: an IRI of one of the four kinds."""
        return self not in (TermType.BLANK, TermType.LITERAL)


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text for every record."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of the record.

    ``raw`` says that it is an IRI, or the start of one, already: templates do not
    percent-encode it (RML-Core's ``rml:UnsafeIRI``). ``single`` says that a list or an object is a
    data error, as in RML where the JSONPath does not ask for several values.
    """

    path: Path
    raw: bool = False
    single: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and references in turn; several multi-valued references give every combination.

    ``type`` says how the values are percent-encoded where the template is an argument of a call;
    elsewhere the term map says it.
    """

    parts: tuple[Constant | Reference, ...]
    type: TermType = TermType.LITERAL


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

    ``datatype`` and ``language`` are for literals and exclude each other. ``stated`` says that
    the mapping itself writes the type; ``targets`` are the names of where the term's statements
    are to be written (RML-IO), for translation only.
    """

    expression: Expression | None
    type: TermType
    datatype: Expression | None = None
    language: Expression | None = None
    condition: Call | None = None
    stated: bool = field(default=False, compare=False)
    targets: tuple[str, ...] = field(default=(), compare=False)

    def calls(self) -> Iterator[Call]:
        """The function calls that terms are made with."""
        for expression in (self.expression, self.datatype, self.language, self.condition):
            yield from _calls(expression)


@dataclass(frozen=True, slots=True)
class Join:
    """What a record and one of another source must both give, to belong together."""

    child: Expression
    parent: Expression

    def calls(self) -> Iterator[Call]:
        """The function calls of both sides."""
        yield from _calls(self.child)
        yield from _calls(self.parent)


@dataclass(frozen=True, slots=True)
class Link:
    """The subjects of the triples map ``parent`` (RML-Core, referencing object map).

    With joins, those of the records that meet all of them; without, those of the same record.
    ``quoted`` is for translation only (RML-star): the statements of ``parent`` themselves, which
    are "asserted" as well or "quoted" only.
    """

    parent: str
    joins: tuple[Join, ...] = ()
    condition: Call | None = None
    quoted: Literal["", "asserted", "quoted"] = ""

    def calls(self) -> Iterator[Call]:
        """The function calls of the joins and of the condition."""
        yield from _calls(self.condition)
        for join in self.joins:
            yield from join.calls()


ObjectMap = TermMap | Link


@dataclass(frozen=True, slots=True)
class PredicateObject:
    """Predicates and objects, every pair of which is stated of the subject.

    With the predicates ``inverse``, the subject is stated of the objects.
    """

    predicates: tuple[TermMap, ...]
    objects: tuple[ObjectMap, ...]
    graphs: tuple[TermMap, ...] = ()
    condition: Call | None = None
    inverse: tuple[TermMap, ...] = ()

    def calls(self) -> Iterator[Call]:
        """The function calls of the rule."""
        yield from _calls(self.condition)
        for term_map in (*self.predicates, *self.objects, *self.graphs, *self.inverse):
            yield from term_map.calls()


@dataclass(frozen=True, slots=True)
class TriplesMap:
    """What is said of one kind of thing: subjects, and predicates with objects.

    ``base`` takes the place of the plan's (RML-Core, rml:baseIRI). A map that is not
    ``asserted`` is only quoted by others (RML-star, for translation).
    """

    name: str
    sources: tuple[Source, ...]
    subjects: tuple[ObjectMap, ...]
    predicate_objects: tuple[PredicateObject, ...]
    graphs: tuple[TermMap, ...] = ()
    condition: Call | None = None
    base: str = ""
    asserted: bool = True

    def links(self) -> Iterator[Link]:
        """The references to other triples maps."""
        for places in (self.subjects, *(rule.objects for rule in self.predicate_objects)):
            yield from (each for each in places if isinstance(each, Link))

    def expressions(self) -> Iterator[Expression | None]:
        """Everything that is worked out for each record, again for each use."""
        terms: list[ObjectMap] = [*self.subjects, *self.graphs]
        yield self.condition
        for rule in self.predicate_objects:
            yield rule.condition
            terms += [*rule.predicates, *rule.objects, *rule.graphs, *rule.inverse]
        for each in terms:
            if isinstance(each, Link):
                yield each.condition
                yield from (join.child for join in each.joins)
            else:
                yield from (each.expression, each.datatype, each.language, each.condition)

    def terms(self) -> Iterator[TermMap]:
        """Its term maps, wherever they stand."""
        rules = self.predicate_objects
        for places in (
            *(self.subjects, self.graphs),
            *((*each.predicates, *each.objects, *each.graphs, *each.inverse) for each in rules),
        ):
            yield from (each for each in places if isinstance(each, TermMap))

    def references(self) -> Iterator[Path]:
        """The paths into a record that the map reads, again for each use."""
        for expression in self.expressions():
            yield from references(expression)


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole mapping. ``base`` is what relative IRIs are appended to (RML-Core).

    A ``strict`` plan ends at the first value that no term can be made of, as RML-Core asks; another
    tells it and goes on. ``prefixes`` and ``targets`` are for those who write it down again;
    ``unread`` tells what the mapping says and a run does not do.
    """

    triples_maps: tuple[TriplesMap, ...]
    base: str = ""
    strict: bool = False
    prefixes: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    targets: tuple[tuple[str, Target], ...] = field(default=(), compare=False)
    unread: tuple[Message, ...] = field(default=(), compare=False)

    def triples_map(self, name: str) -> TriplesMap:
        """The triples map called ``name``.

        Raises:
            KeyError: when there is none.
        """
        for each in self.triples_maps:
            if each.name == name:
                return each
        raise KeyError(name)

    def calls(self) -> Iterator[Call]:
        """Every function call, those in arguments included; again for each use of its result."""
        for each in self.triples_maps:
            yield from _calls(each.condition)
            for term_map in (*each.subjects, *each.graphs):
                yield from term_map.calls()
            for rule in each.predicate_objects:
                pairs = len(rule.objects) * (len(rule.predicates) + len(rule.inverse))
                yield from tuple(rule.calls()) * pairs


def references(expression: Expression | None) -> Iterator[Path]:
    """The paths into a record that ``expression`` reads."""
    match expression:
        case Reference(path):
            yield path
        case Template(parts):
            for part in parts:
                yield from references(part)
        case Call(_, arguments):
            for argument in arguments:
                yield from references(argument.value)


def _calls(expression: Expression | None) -> Iterator[Call]:
    if isinstance(expression, Call):
        yield expression
        for argument in expression.arguments:
            yield from _calls(argument.value)
