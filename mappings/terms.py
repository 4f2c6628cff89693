"""Term maps of a plan → closures that give RDF terms.

A maker takes a record and the list that problems are put in; it gives a term, a list of
terms, or None. A value that no term can be made of is a ``Problem``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from mappings.expressions import Evaluate, Problems, condition, evaluator
from mappings.functions import Registry
from mappings.functions.general import text_of
from mappings.paths import Item
from mappings.plan import Constant, Expression, TermMap, TermType
from mappings.problems import problem
from vocab import term
from vocab.messages import say

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Make = Callable[[Item, Problems], Any]
_MakeOne = Callable[[Any, Problems], "Term | None"]

_BOOLEAN = ox.NamedNode(term("xsd:boolean"))
_INTEGER = ox.NamedNode(term("xsd:integer"))
_DOUBLE = ox.NamedNode(term("xsd:double"))
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def maker(term_map: TermMap, registry: Registry, base: str) -> Make:
    """The closure of ``term_map``; relative IRIs are appended to ``base`` (RML-Core)."""
    make = _unconditional(term_map, registry, base)
    holds = condition(term_map.condition, registry)
    if holds is None:
        return make
    return lambda item, problems: make(item, problems) if holds(item, problems) else None


def constant(term_map: TermMap, base: str) -> ox.NamedNode | None:
    """The IRI that ``term_map`` gives for every record, if it is such a map."""
    if (
        isinstance(term_map.expression, Constant)
        and term_map.type is TermType.IRI
        and term_map.condition is None
    ):
        made = _iri(term_map.expression.text, [], base)
        return made if isinstance(made, ox.NamedNode) else None
    return None


def _unconditional(term_map: TermMap, registry: Registry, base: str) -> Make:
    if term_map.expression is None:
        return lambda _item, _problems: ox.BlankNode()
    iri = term_map.type is TermType.IRI
    evaluate = evaluator(term_map.expression, registry, encode=iri)
    if term_map.type is TermType.LITERAL:
        return _literals(term_map, evaluate, registry, base)
    one: _MakeOne = (lambda value, problems: _iri(value, problems, base)) if iri else _blank
    if isinstance(term_map.expression, Constant):
        made = one(term_map.expression.text, [])
        return lambda _item, _problems: made
    return _each(evaluate, one)


def _literals(term_map: TermMap, evaluate: Evaluate, registry: Registry, base: str) -> Make:
    if term_map.language is not None:
        return _in_language(term_map.language, evaluate, registry)
    if term_map.datatype is not None:
        return _of_datatype(term_map.datatype, evaluate, registry, base)

    def make(item: Item, problems: Problems) -> Any:
        value = evaluate(item, problems)
        if type(value) is str:
            return _literal(value, problems)
        return _all(value, problems, _natural)

    return make


def _of_datatype(datatype: Expression, evaluate: Evaluate, registry: Registry, base: str) -> Make:
    if isinstance(datatype, Constant):
        iri = ox.NamedNode(datatype.text)
        return _each(evaluate, lambda value, problems: _literal(value, problems, datatype=iri))
    evaluate_datatype = evaluator(datatype, registry, encode=True)

    def make(item: Item, problems: Problems) -> Any:
        found = _all(evaluate_datatype(item, problems), problems, _in(base))
        if not isinstance(found, ox.NamedNode):
            return None
        return _all(
            evaluate(item, problems),
            problems,
            lambda value, said: _literal(value, said, datatype=found),
        )

    return make


def _in(base: str) -> _MakeOne:
    return lambda value, problems: _iri(value, problems, base)


def _in_language(language: Expression, evaluate: Evaluate, registry: Registry) -> Make:
    if isinstance(language, Constant):
        tag = language.text
        return _each(evaluate, lambda value, problems: _literal(value, problems, language=tag))
    evaluate_language = evaluator(language, registry)

    def make(item: Item, problems: Problems) -> Any:
        found = evaluate_language(item, problems)
        if found is None:
            return None
        return _all(
            evaluate(item, problems),
            problems,
            lambda value, said: _literal(value, said, language=text_of(found)),
        )

    return make


def _each(evaluate: Evaluate, one: _MakeOne) -> Make:
    def make(item: Item, problems: Problems) -> Any:
        value = evaluate(item, problems)
        if type(value) is str:
            return one(value, problems)
        return _all(value, problems, one)

    return make


def _all(value: Any, problems: Problems, one: _MakeOne) -> Any:
    """The term of ``value``, or the terms of its items; objects of JSON have none."""
    if value is None or type(value) is dict:
        return None
    if type(value) is not list:
        return one(value, problems)
    terms: list[Term] = []
    for each in value:
        made = _all(each, problems, one)
        if type(made) is list:
            terms.extend(made)
        elif made is not None:
            terms.append(made)
    return terms or None


def _natural(value: Any, problems: Problems) -> Term | None:
    """The literal of a plain value, with the datatype that JSON gives it (RML-Core)."""
    if isinstance(value, bool):
        return ox.Literal(text_of(value), datatype=_BOOLEAN)
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=_INTEGER)
    if isinstance(value, float):
        return ox.Literal(_double(value), datatype=_DOUBLE)
    if isinstance(value, ox.Literal):
        return value
    return _literal(value, problems)


def _double(value: float) -> str:
    """The canonical form of an xsd:double: ``30.0E0`` (XML Schema 1.1 Part 2, E.1)."""
    mantissa, _, exponent = f"{value:.16E}".partition("E")
    digits = mantissa.rstrip("0")
    return f"{digits}0E{int(exponent)}" if digits.endswith(".") else f"{digits}E{int(exponent)}"


def _literal(
    value: Any,
    problems: Problems,
    *,
    datatype: ox.NamedNode | None = None,
    language: str | None = None,
) -> ox.Literal | None:
    try:
        return ox.Literal(text_of(value), datatype=datatype, language=language)
    except ValueError as error:
        problems.append(
            problem(
                "bad-literal",
                say("“{value}” is no text: {reason}", value=repr(value)[:200], reason=str(error)),
                repr(value),
            )
        )
        return None


def _iri(value: Any, problems: Problems, base: str) -> ox.NamedNode | None:
    if isinstance(value, ox.NamedNode):
        return value
    text = text_of(value)
    try:
        return ox.NamedNode(text if _ABSOLUTE.match(text) else base + text)
    except ValueError as error:
        problems.append(
            problem(
                "bad-iri",
                say("“{value}” is not an IRI: {reason}", value=text[:200], reason=str(error)),
                text,
            )
        )
        return None


def _blank(value: Any, _problems: Problems) -> ox.BlankNode:
    label = sha256(text_of(value).encode("utf-8", "replace")).hexdigest()[:24]
    return ox.BlankNode("b" + label)
