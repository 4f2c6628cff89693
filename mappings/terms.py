"""Term maps of a plan → closures that give RDF terms.

A maker takes a record and what is known of it; it gives a term, a list of
terms, or None. A value that no term can be made of is a ``Problem``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from mappings.datatypes import Accepts, accepts
from mappings.expressions import (
    Evaluate,
    Scope,
    condition,
    evaluator,
    is_single,
    listed,
    refuse_several,
)
from mappings.functions.general import text_of
from mappings.literals import natural
from mappings.notes import Notes
from mappings.paths import Item
from mappings.plan import Constant, Reference, TermMap, TermType
from mappings.problems import Problem, problem, shown
from vocab import PREFIXES
from vocab.messages import say

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Make = Callable[[Item, Notes], Any]
Build = Callable[[str], Term]

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_UNWRITABLE = re.compile(r"[<>\\\x00-\x1f]")


class _IllTypedError(ValueError):
    """A text is not in the lexical space of the datatype that is its argument."""


@dataclass(frozen=True, slots=True)
class Field:
    """A term map that reads one field of the record and builds one kind of term.

    It is what most rules are, so the compiler runs it without a call in between.
    """

    key: str
    build: Build
    accepts: Accepts | None
    """Whether a text is in the lexical space of the datatype, where that is to be asked."""
    rest: Callable[[Any, Notes], Any]
    """What to make of a value that is no text, or that ``build`` or ``accepts`` refuses."""


def maker(term_map: TermMap, scope: Scope) -> Make:
    """The closure of ``term_map``; relative IRIs are appended to the base."""
    make = _unconditional(term_map, scope)
    holds = condition(term_map.condition, scope)
    if holds is None:
        return make
    return lambda item, notes: make(item, notes) if holds(item, notes) else None


def subject(term_map: TermMap, scope: Scope) -> Make:
    """The closure of ``term_map``, a subject of the triples map that ``scope`` is within.

    A blank node without expression is the same for all that is said of a record.
    """
    if term_map.expression is not None:
        return maker(term_map, scope)
    name = scope.name
    holds = condition(term_map.condition, scope)
    if holds is None:
        return lambda _item, notes: notes.blank(name)
    return lambda item, notes: notes.blank(name) if holds(item, notes) else None


def constant(term_map: TermMap, scope: Scope) -> ox.NamedNode | None:
    """The IRI that ``term_map`` gives for every record, if it is such a map."""
    expression, build = term_map.expression, _builder(term_map, scope.base)
    if not isinstance(expression, Constant) or term_map.condition is not None or build is None:
        return None
    made = _made(expression.text, Notes(), build)
    return made if isinstance(made, ox.NamedNode) else None


def field(term_map: TermMap, scope: Scope) -> Field | None:
    """``term_map`` as a ``Field``, if it is one."""
    expression = term_map.expression
    if not isinstance(expression, Reference) or term_map.condition is not None:
        return None
    build = _builder(term_map, scope.base)
    path = expression.path
    key = path.steps[0] if len(path.steps) == 1 and not path.query else None
    if build is None or not isinstance(key, str):
        return None
    rest = _rest_of(expression, build)
    datatype = _datatype(term_map)
    if datatype is None or (check := accepts(datatype)) is None:
        return Field(key, build, None, rest)
    return Field(key, partial(ox.Literal, datatype=ox.NamedNode(datatype)), check, rest)


def _rest_of(reference: Reference, build: Build) -> Callable[[Any, Notes], Any]:
    if not reference.single:
        return partial(_all, build=build)

    def rest(value: Any, notes: Notes) -> Any:
        if is_single(value):
            return _all(value, notes, build)
        refuse_several(value, reference, notes)
        return None

    return rest


def _unconditional(term_map: TermMap, scope: Scope) -> Make:
    if term_map.expression is None:
        return lambda _item, _notes: ox.BlankNode()
    evaluate = evaluator(term_map.expression, scope, term_map.type)
    build = _builder(term_map, scope.base)
    if build is None:
        return _qualified(term_map, evaluate, scope)
    if isinstance(term_map.expression, Constant):
        made = _made(term_map.expression.text, Notes(), build)
        if made is not None:
            return lambda _item, _notes: made

    def make(item: Item, notes: Notes) -> Any:
        value = evaluate(item, notes)
        if type(value) is str:
            try:
                return build(value)
            except ValueError:
                pass
        return _all(value, notes, build)

    return make


def _builder(term_map: TermMap, base: str) -> Build | None:
    """How a text becomes a term; None where datatype or language depend on the record."""
    if term_map.type is TermType.BLANK:
        return _blank
    if term_map.type.named:
        named = _NAMED[term_map.type]
        return (lambda text: named(_absolute(text, base))) if base else named
    if isinstance(term_map.language, Constant):
        return partial(ox.Literal, language=term_map.language.text)
    if (datatype := _datatype(term_map)) is not None:
        return _typed(datatype)
    return ox.Literal if term_map.language is None and term_map.datatype is None else None


def _datatype(term_map: TermMap) -> str | None:
    """The datatype of every literal that ``term_map`` makes, where it is always the same."""
    return term_map.datatype.text if isinstance(term_map.datatype, Constant) else None


@cache
def _typed(datatype: str) -> Build:
    """How a text becomes a literal of ``datatype``; others than its own are refused."""
    build = partial(ox.Literal, datatype=ox.NamedNode(datatype))
    check = accepts(datatype)
    if check is None:
        return build

    def checked(text: str) -> Term:
        if not check(text):
            raise _IllTypedError(datatype)
        return build(text)

    return checked


def _qualified(term_map: TermMap, evaluate: Evaluate, scope: Scope) -> Make:
    """A literal whose datatype or language is read in the record."""
    qualifier = term_map.language or term_map.datatype
    assert qualifier is not None  # noqa: S101  # for the type checker: _builder has seen to it
    type_ = TermType.IRI if term_map.language is None else TermType.LITERAL
    read = evaluator(qualifier, scope, type_)

    def make(item: Item, notes: Notes) -> Any:
        value = evaluate(item, notes)
        terms: list[Term] = []
        for found in listed(read(item, notes)):
            build = qualified(found, notes)
            made = _all(value, notes, build) if build is not None else None
            terms += made if type(made) is list else [] if made is None else [made]
        return terms or None

    def qualified(found: Any, notes: Notes) -> Build | None:
        if term_map.language is not None:
            return partial(ox.Literal, language=text_of(found))
        datatype = _made(found, notes, lambda text: ox.NamedNode(_absolute(text, scope.base)))
        return _typed(datatype.value) if isinstance(datatype, ox.NamedNode) else None

    return make


def _all(value: Any, notes: Notes, build: Build) -> Any:
    """The term of ``value``, or the terms of its items; objects of JSON have none."""
    if value is None or type(value) is dict:
        return None
    if type(value) is not list:
        return _made(value, notes, build)
    terms: list[Term] = []
    for each in value:
        made = _all(each, notes, build)
        if type(made) is list:
            terms.extend(made)
        elif made is not None:
            terms.append(made)
    return terms or None


def _made(value: Any, notes: Notes, build: Build) -> Term | None:
    """One term, or None and a problem."""
    if build is ox.Literal and type(value) is not str:
        return natural(value)
    try:
        return build(text_of(value))
    except ValueError as error:
        notes.problems.append(_refused(value, build, error))
        return None


def _refused(value: Any, build: Build, error: ValueError) -> Problem:
    text, reason = shown(text_of(value)), str(error)
    if isinstance(error, _IllTypedError):
        said = say(
            "“{value}” is not of the datatype {datatype} — correct the value, or the datatype"
            " in the mapping",
            value=text,
            datatype=reason.replace(PREFIXES["xsd"], "xsd:"),
        )
        return problem("bad-datatype", said, text)
    if isinstance(build, partial) and "language" in build.keywords:
        tag = build.keywords["language"]
        said = say("“{value}” is no language tag: {reason}", value=tag, reason=reason)
        return problem("bad-language", said, tag)
    if build is ox.Literal or isinstance(build, partial):
        said = say("“{value}” cannot be kept as text: {reason}", value=text, reason=reason)
        return problem("bad-text", said, text)
    return problem(
        "bad-iri", say("“{value}” is not an IRI: {reason}", value=text, reason=reason), text
    )


def is_absolute(text: str) -> bool:
    """Whether an IRI that begins with ``text`` has a scheme."""
    return _ABSOLUTE.match(text) is not None


def _absolute(text: str, base: str) -> str:
    return text if is_absolute(text) else base + text


def _uri(text: str) -> ox.NamedNode:
    """An IRI of ASCII characters only (RFC 3986)."""
    if not text.isascii():
        raise ValueError(next(char for char in text if not char.isascii()))
    return ox.NamedNode(text)


def _unsafe(text: str) -> ox.NamedNode:
    """An IRI that is written as it is, allowed or not (RML-Core, rml:UnsafeIRI).

    Raises:
        ValueError: when no RDF syntax could hold it.
    """
    try:
        return ox.NamedNode(text)
    except ValueError:
        if _UNWRITABLE.search(text) or not _ABSOLUTE.match(text):
            raise
        line = f"<{text}> <{text}> <{text}> ."
        (triple,) = ox.parse(line, ox.RdfFormat.N_TRIPLES, lenient=True)
        assert isinstance(triple.subject, ox.NamedNode)  # noqa: S101  # for the type checker
        return triple.subject


_NAMED: dict[TermType, Callable[[str], ox.NamedNode]] = {
    TermType.IRI: ox.NamedNode,
    TermType.URI: _uri,
    TermType.UNSAFE_IRI: _unsafe,
    TermType.UNSAFE_URI: _unsafe,
}


def _blank(text: str) -> ox.BlankNode:
    label = sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
    return ox.BlankNode("b" + label)
