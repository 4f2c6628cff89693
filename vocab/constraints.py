"""The constraint components of SHACL Core (W3C, 2017) that ``shapes.ttl`` uses.

A component is compiled once to a ``Check``. pySHACL is the oracle of the tests: it needs
3 ms for an event where these need some tens of microseconds, and every record of every run
is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from pyoxigraph import BlankNode, Literal, NamedNode

from vocab import term
from vocab.facts import RDF_TYPE, Facts, Node

Check = Callable[[Facts, Node, Sequence[Node]], bool]
"""Whether the value nodes of a focus node conform: ``check(facts, focus, values)``."""

_DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_INTEGER = re.compile(r"[+-]?\d+")


def _text(value: Node) -> str | None:
    """What SHACL calls the string of a node; a blank node has none."""
    return value.value if isinstance(value, NamedNode | Literal) else None


def _number(value: Node) -> Decimal | None:
    try:
        number = Decimal(value.value) if isinstance(value, Literal) else None
    except InvalidOperation:
        return None
    return None if number is None or number.is_nan() else number  # NaN has no order, and says so


def _is_date(text: str) -> bool:
    try:
        return len(text) == len("2026-05-01") and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_date_time(text: str) -> bool:
    try:
        return bool(_DATE_TIME.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_LEXICAL: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        term("xsd:date"): _is_date,
        term("xsd:dateTime"): _is_date_time,
        term("xsd:integer"): _INTEGER.fullmatch,
    }
)


def min_count(least: int) -> Check:
    """At least ``least`` values."""
    return lambda _facts, _focus, values: len(values) >= least


def max_count(most: int) -> Check:
    """At most ``most`` values."""
    return lambda _facts, _focus, values: len(values) <= most


def every(test: Callable[[Node], object]) -> Check:
    """Every value passes ``test``."""
    return lambda _facts, _focus, values: all(map(test, values))


def min_length(least: int) -> Check:
    """Every value has ``least`` characters or more."""
    return every(lambda value: (text := _text(value)) is not None and len(text) >= least)


def max_length(most: int) -> Check:
    """Every value has ``most`` characters or fewer."""
    return every(lambda value: (text := _text(value)) is not None and len(text) <= most)


def pattern(expression: str) -> Check:
    """Every value contains a match of ``expression``."""
    search = re.compile(expression).search
    return every(lambda value: (text := _text(value)) is not None and search(text))


def min_inclusive(least: Decimal) -> Check:
    """Every value is a number not under ``least``."""
    return every(lambda value: (number := _number(value)) is not None and number >= least)


def max_inclusive(most: Decimal) -> Check:
    """Every value is a number not over ``most``."""
    return every(lambda value: (number := _number(value)) is not None and number <= most)


def datatype(iri: str) -> Check:
    """Every value is a literal of this datatype, and well written."""
    valid = _LEXICAL[iri]
    return every(
        lambda value: (
            isinstance(value, Literal) and value.datatype.value == iri and valid(value.value)
        )
    )


def node_kind(iri: str) -> Check:
    """Every value is an IRI, a literal or a blank node, as ``iri`` says."""
    kinds = {
        term("sh:IRI"): NamedNode,
        term("sh:Literal"): Literal,
        term("sh:BlankNode"): BlankNode,
    }
    kind = kinds[iri]
    return every(lambda value: isinstance(value, kind))


def one_of(allowed: Sequence[Node]) -> Check:
    """Every value is one of ``allowed``."""
    return every(frozenset(allowed).__contains__)


def has_value(wanted: Node) -> Check:
    """One of the values is ``wanted``."""
    return lambda _facts, _focus, values: wanted in values


def of_class(wanted: Node) -> Check:
    """Every value is an instance of ``wanted``."""
    return lambda facts, _focus, values: all(
        wanted in facts.values(value, RDF_TYPE) for value in values
    )


def unique_language(_: object) -> Check:
    """No language has two values."""

    def check(_facts: Facts, _focus: Node, values: Sequence[Node]) -> bool:
        tags = [value.language for value in values if isinstance(value, Literal) and value.language]
        return len(tags) == len(set(tags))

    return check


def language_in(tags: Sequence[Node]) -> Check:
    """Every value is in one of the languages."""
    known = {_text(tag) for tag in tags}
    return every(lambda value: isinstance(value, Literal) and value.language in known)


def disjoint(other: NamedNode) -> Check:
    """No value is a value of the property ``other`` of the same focus node."""
    return lambda facts, focus, values: not set(values) & set(facts.values(focus, other))


def negation(shape: Check) -> Check:
    """No value conforms to ``shape``."""
    return lambda facts, _focus, values: not any(shape(facts, value, (value,)) for value in values)


def alternative(shapes: Sequence[Check]) -> Check:
    """Every value conforms to one of ``shapes``."""
    return lambda facts, _focus, values: all(
        any(shape(facts, value, (value,)) for shape in shapes) for value in values
    )


def conjunction(shapes: Sequence[Check]) -> Check:
    """Every value conforms to all ``shapes``."""
    return lambda facts, _focus, values: all(
        all(shape(facts, value, (value,)) for shape in shapes) for value in values
    )


def qualified(shape: Check, least: int) -> Check:
    """At least ``least`` values conform to ``shape``."""
    return lambda facts, _focus, values: (
        sum(shape(facts, value, (value,)) for value in values) >= least
    )
