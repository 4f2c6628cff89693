"""What a plan says and RML does not, in the shapes that RML has.

A map has one source and one subject; what is said inversely is a map of its own; a condition is a
call of ``idlab-fn:trueCondition`` around what it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from mappings.functions.registry import IDLAB
from mappings.plan import (
    Argument,
    Call,
    Constant,
    Plan,
    PredicateObject,
    Reference,
    Template,
    TermMap,
    TermType,
    TriplesMap,
)

NO_MAP = TriplesMap("", (), (), ())


def copies(triples_map: TriplesMap) -> list[TriplesMap]:
    """``triples_map`` once for each source and subject: in RML a map has one of each."""
    return [
        replace(triples_map, sources=(source,) if source else (), subjects=(subject,))
        for source in triples_map.sources or (None,)
        for subject in triples_map.subjects
    ]


def without_inverse(plan: Plan) -> Iterator[TriplesMap]:
    """The triples maps of ``plan``; what is said inversely becomes a map of its own."""
    for each in plan.triples_maps:
        straight = tuple(
            replace(rule, inverse=()) for rule in each.predicate_objects if rule.predicates
        )
        yield replace(each, predicate_objects=straight)
        for number, rule in enumerate(each.predicate_objects):
            subjects = tuple(thing for thing in rule.objects if isinstance(thing, TermMap))
            if rule.inverse and subjects:
                turned = PredicateObject(rule.inverse, each.subjects, rule.graphs, rule.condition)
                name = f"{each.name}_inverse_{number}"
                yield replace(each, name=name, subjects=subjects, predicate_objects=(turned,))


def constant(term_map: TermMap) -> ox.NamedNode | ox.Literal | None:
    """The term that ``term_map`` always makes; None where RML has no constant for it.

    Relative IRIs, blank nodes, and what has a language or a datatype of the record's are none.
    """
    given = term_map.expression
    if not isinstance(given, Constant):
        return None
    try:
        if term_map.type.named:
            return ox.NamedNode(given.text)
        if isinstance(term_map.language, Constant):
            return ox.Literal(given.text, language=term_map.language.text)
        if isinstance(term_map.datatype, Constant):
            return ox.Literal(given.text, datatype=ox.NamedNode(term_map.datatype.text))
    except ValueError:
        return None
    plain = term_map.type is TermType.LITERAL and not (term_map.language or term_map.datatype)
    return ox.Literal(given.text) if plain else None


def unsafe(term_map: TermMap) -> TermType:
    """The term type that leaves parts of a template as they are, where they are addresses."""
    expression = term_map.expression
    if term_map.type is TermType.IRI and isinstance(expression, Template):
        references = [part for part in expression.parts if isinstance(part, Reference)]
        if references and all(part.raw for part in references):
            return TermType.UNSAFE_IRI
    return term_map.type


def held(term_map: TermMap, condition: Call | None) -> TermMap:
    """``term_map`` under ``condition`` as well."""
    if condition is None:
        return term_map
    if term_map.condition is None:
        return replace(term_map, condition=condition)
    made = replace(term_map, expression=true_condition(term_map.condition, term_map))
    return replace(made, condition=condition)


def true_condition(condition: Call, term_map: TermMap) -> Call:
    """The value of ``term_map`` where ``condition`` holds, as a call."""
    value = term_map.expression or Constant("")
    if isinstance(value, Template):
        value = replace(value, type=unsafe(term_map))
    arguments = (Argument(IDLAB + "strBoolean", condition), Argument(IDLAB + "str", value))
    return Call(IDLAB + "trueCondition", arguments)
