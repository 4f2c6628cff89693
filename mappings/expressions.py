"""Expressions of a plan → closures that give plain values.

An evaluator takes an item and what is known of it; it gives a value, a list of values, or
None. Whatever is the same for every record is worked out here, once; a function call that
several rules of a mapping make is made once for each item.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from mappings.functions import Parameter, Registry
from mappings.functions.general import is_true, text_of
from mappings.paths import Get, Item, getter
from mappings.plan import Call, Constant, Expression, Plan, Reference, Template
from mappings.problems import Problem


@dataclass(slots=True)
class Notes:
    """What is known of one item while it is mapped.

    ``problems`` are the values that could not be used; ``results`` those of the calls that
    several rules make.
    """

    problems: list[Problem] = field(default_factory=list)
    results: dict[int, Any] = field(default_factory=dict)


Evaluate = Callable[[Item, Notes], Any]
_Hole = tuple[int, Get, bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """What expressions are compiled with.

    ``shared`` numbers the calls that several rules make; relative IRIs are appended to
    ``base`` (RML-Core).
    """

    registry: Registry
    shared: Mapping[Call, int]
    base: str = ""

    @classmethod
    def of(cls, plan: Plan, registry: Registry) -> Scope:
        """The scope of ``plan``."""
        counts = Counter(plan.calls())
        several = [each for each, count in counts.items() if count > 1]
        return cls(registry, {each: number for number, each in enumerate(several)}, plan.base)


_RESERVED = re.compile(
    r"[^A-Za-z0-9\-._~\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd"
    r"\U00020000-\U0002fffd\U00030000-\U0003fffd\U000e1000-\U000efffd]"
)


def percent_encode(text: str) -> str:
    """``text`` with what RFC 3987 does not call ``iunreserved`` percent-encoded as UTF-8."""
    return text if text.isalnum() else _RESERVED.sub(_encoded, text)


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def evaluator(expression: Expression, scope: Scope, *, encode: bool = False) -> Evaluate:
    """The closure of ``expression``; ``encode`` percent-encodes what fills a template."""
    match expression:
        case Constant(text):
            return lambda _item, _notes: text
        case Reference(path):
            get = getter(path)
            return lambda item, _notes: get(item)
        case Template():
            return _template(expression, encode=encode)
        case Call():
            return call(expression, scope)


def condition(test: Call | None, scope: Scope) -> Callable[[Item, Notes], bool] | None:
    """Whether ``test`` gives true for a record; None when there is no condition."""
    if test is None:
        return None
    evaluate = call(test, scope)
    return lambda item, notes: is_true(evaluate(item, notes))


def _template(template: Template, *, encode: bool) -> Evaluate:
    pieces = tuple(part.text if isinstance(part, Constant) else "" for part in template.parts)
    holes = tuple(
        (index, getter(part.path), encode and not part.raw)
        for index, part in enumerate(template.parts)
        if isinstance(part, Reference)
    )
    if len(holes) == 1:
        index = holes[0][0]
        return _template_of_one("".join(pieces[:index]), holes[0], "".join(pieces[index:]))

    def evaluate(item: Item, _notes: Notes) -> Any:
        filled: list[Any] = list(pieces)
        several = False
        for index, get, coded in holes:
            value = get(item)
            if type(value) is str:
                filled[index] = percent_encode(value) if coded else value
                continue
            texts = _texts(value, coded=coded)
            if not texts:
                return None
            several = several or len(texts) > 1
            filled[index] = texts if len(texts) > 1 else texts[0]
        return _combinations(filled) if several else "".join(filled)

    return evaluate


def _template_of_one(before: str, hole: _Hole, after: str) -> Evaluate:
    _, get, coded = hole

    def evaluate(item: Item, _notes: Notes) -> Any:
        value = get(item)
        if type(value) is str:
            return before + (percent_encode(value) if coded else value) + after
        texts = _texts(value, coded=coded)
        if len(texts) == 1:
            return before + texts[0] + after
        return [before + text + after for text in texts] or None

    return evaluate


def _texts(value: Any, *, coded: bool) -> list[str]:
    texts = [text_of(each) for each in _listed(value)]
    return [percent_encode(text) for text in texts] if coded else texts


def _combinations(filled: list[Any]) -> list[str]:
    choices = [part if isinstance(part, list) else [part] for part in filled]
    return ["".join(each) for each in product(*choices)]


def call(called: Call, scope: Scope) -> Evaluate:
    """The closure of ``called``: a shared one keeps its result for the item."""
    evaluate = _call(called, scope)
    number = scope.shared.get(called)
    if number is None:
        return evaluate

    def once(item: Item, notes: Notes) -> Any:
        results = notes.results
        if number in results:
            return results[number]
        result = results[number] = evaluate(item, notes)
        return result

    return once


def _call(called: Call, scope: Scope) -> Evaluate:
    function = scope.registry[called.function]
    apply = function.call
    inputs = [
        (
            _argument(parameter, called, scope),
            parameter.takes == "one",
            parameter.takes == "object",
            parameter.required and parameter.takes in ("one", "object"),
        )
        for parameter in function.parameters
    ]
    ones = [one for _, one, _, _ in inputs]

    def evaluate(item: Item, notes: Notes) -> Any:
        values: list[Any] = []
        several = False
        for argument, one, wants_object, required in inputs:
            value = argument(item, notes)
            kind = type(value)
            if kind is list and not wants_object:
                several |= one
            elif (kind is dict) is not wants_object:
                value = None
            if value is None and required:
                return None
            values.append(value)
        if several:
            return _flat(_sorted_out(apply(*each), notes) for each in _combined(values, ones))
        return _sorted_out(apply(*values), notes)

    return evaluate


def _combined(values: list[Any], ones: list[bool]) -> product[tuple[Any, ...]]:
    """One value for each parameter that takes one, in every combination."""
    return product(
        *(
            _listed(value) if one and type(value) is list else [value]
            for value, one in zip(values, ones, strict=True)
        )
    )


def _argument(parameter: Parameter, called: Call, scope: Scope) -> Evaluate:
    given = [
        evaluator(argument.value, scope)
        for argument in called.arguments
        if argument.parameter == parameter.iri
    ]
    if parameter.takes == "rest":
        return lambda item, notes: [_no_object(each(item, notes)) for each in given]
    if not given:
        return lambda _item, _notes: [] if parameter.takes == "list" else None
    evaluate = given[0]
    if parameter.takes == "list":
        return lambda item, notes: _listed(evaluate(item, notes))
    return evaluate


def _no_object(value: Any) -> Any:
    return None if type(value) is dict else value


def _listed(value: Any) -> list[Any]:
    """The values that are in ``value``, lists within lists laid flat, objects left out."""
    if isinstance(value, list):
        return [inner for each in value for inner in _listed(each)]
    return [] if value is None or type(value) is dict else [value]


def _sorted_out(result: Any, notes: Notes) -> Any:
    """``result`` without its problems, which go where problems are put."""
    if type(result) is Problem:
        notes.problems.append(result)
        return None
    if type(result) is list and Problem in map(type, result):
        notes.problems.extend(each for each in result if type(each) is Problem)
        return [each for each in result if type(each) is not Problem]
    return result


def _flat(results: Any) -> list[Any] | None:
    values: list[Any] = []
    for result in results:
        if isinstance(result, list):
            values.extend(result)
        elif result is not None:
            values.append(result)
    return values or None
