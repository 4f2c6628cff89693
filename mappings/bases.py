"""A plan whose relative IRIs are absolute, for languages that have no base for one triples map."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from mappings.plan import (
    Constant,
    ObjectMap,
    Plan,
    Reference,
    Template,
    TermMap,
    TermType,
    TriplesMap,
)
from mappings.terms import is_absolute


def with_one_base(plan: Plan) -> Plan:
    """``plan`` with one base at most: where its triples maps have several, none is needed."""
    bases = {each.base or plan.base for each in plan.triples_maps}
    if len(bases) != 1:
        return resolved(plan)
    one = (replace(each, base="") for each in plan.triples_maps)
    return replace(plan, base=bases.pop(), triples_maps=tuple(one))


def resolved(plan: Plan) -> Plan:
    """``plan`` with absolute IRIs in its constants and templates.

    What a reference alone gives may be absolute already: it is left to the base of the run.
    """
    return replace(plan, triples_maps=tuple(_map(each, plan.base) for each in plan.triples_maps))


def _map(each: TriplesMap, of_plan: str) -> TriplesMap:
    base = each.base or of_plan
    if not base:
        return each
    rules = tuple(
        replace(
            rule,
            predicates=_terms(rule.predicates, base),
            objects=_terms(rule.objects, base),
            graphs=_terms(rule.graphs, base),
            inverse=_terms(rule.inverse, base),
        )
        for rule in each.predicate_objects
    )
    return replace(
        each,
        subjects=_terms(each.subjects, base),
        predicate_objects=rules,
        graphs=_terms(each.graphs, base),
    )


_Any = TypeVar("_Any", TermMap, ObjectMap)


def _terms(terms: tuple[_Any, ...], base: str) -> tuple[_Any, ...]:
    return tuple(_term(each, base) if isinstance(each, TermMap) else each for each in terms)


def _term(term_map: TermMap, base: str) -> TermMap:
    expression = term_map.expression
    if not term_map.type.named or not isinstance(expression, Constant | Template):
        return term_map
    first, *others = expression.parts if isinstance(expression, Template) else (expression,)
    if isinstance(first, Reference):
        if first.raw or term_map.type not in (TermType.IRI, TermType.URI):
            return term_map
        return replace(term_map, expression=Template((Constant(base), first, *others)))
    if is_absolute(first.text):
        return term_map
    whole = Constant(base + first.text)
    made = Template((whole, *others)) if others else whole
    return replace(term_map, expression=made)
