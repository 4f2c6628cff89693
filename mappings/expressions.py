"""Expressions of a plan → closures that give plain values.

An evaluator takes an item and what is known of it; it gives a value, a list of values, or
None. Whatever is the same for every record is worked out here, once; a function call that
several rules of a mapping make is made once for each item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from mappings.encoding import ENCODINGS, Encode, as_is
from mappings.functions import Parameter, Registry
from mappings.functions.general import is_true, text_of
from mappings.notes import Notes
from mappings.paths import Get, Item, getter
from mappings.plan import (
    Call,
    Constant,
    Expression,
    Plan,
    Reference,
    Template,
    TermType,
    TriplesMap,
)
from mappings.problems import Problem, problem
from vocab.messages import say

Evaluate = Callable[[Item, Notes], Any]
_Hole = tuple[int, Get, Encode, Reference]


@dataclass(frozen=True, slots=True)
class Scope:
    """What expressions are compiled with.

    ``shared`` numbers the calls that several rules make; relative IRIs are appended to
    ``base`` (RML-Core); ``name`` is that of the triples map at hand.
    """

    plan: Plan
    registry: Registry
    shared: Mapping[Call, int]
    base: str = ""
    name: str = ""

    @classmethod
    def of(cls, plan: Plan, registry: Registry) -> Scope:
        """The scope of ``plan``."""
        counts = Counter(plan.calls())
        several = [each for each, count in counts.items() if count > 1]
        shared = {each: number for number, each in enumerate(several)}
        return cls(plan, registry, shared, plan.base)

    def within(self, triples_map: TriplesMap) -> Scope:
        """The scope of one triples map of the plan."""
        return replace(self, base=triples_map.base or self.plan.base, name=triples_map.name)


def evaluator(expression: Expression, scope: Scope, type_: TermType = TermType.LITERAL) -> Evaluate:
    """The closure of ``expression``; what fills a template is encoded as terms of ``type_`` are."""
    match expression:
        case Constant(text):
            return lambda _item, _notes: text
        case Reference():
            return _reference(expression)
        case Template(_, own):
            return _template(expression, own if type_ is TermType.LITERAL else type_)
        case Call():
            return call(expression, scope)


def _reference(reference: Reference) -> Evaluate:
    get = getter(reference.path)
    if not reference.single:
        return lambda item, _notes: get(item)

    def evaluate(item: Item, notes: Notes) -> Any:
        value = get(item)
        return value if is_single(value) else refuse_several(value, reference, notes)

    return evaluate


def is_single(value: Any) -> bool:
    """Whether ``value`` is neither a list nor an object."""
    return type(value) not in (list, dict)


def refuse_several(value: Any, reference: Reference, notes: Notes) -> None:
    """Tell that ``reference``, which leads to one value, leads to a list or an object."""
    name = reference.path.written or str(reference.path)
    told = say(
        "{name} leads to a list or an object, of which no term can be made — write {name}[*], or"
        " the name of a field in it",
        name=name,
    )
    notes.problems.append(problem("no-value", told, value))


def condition(test: Call | None, scope: Scope) -> Callable[[Item, Notes], bool] | None:
    """Whether ``test`` gives true for a record; None when there is no condition."""
    if test is None:
        return None
    evaluate = call(test, scope)
    return lambda item, notes: is_true(evaluate(item, notes))


def _template(template: Template, type_: TermType) -> Evaluate:
    pieces = tuple(part.text if isinstance(part, Constant) else "" for part in template.parts)
    encode = ENCODINGS.get(type_, as_is)
    holes = tuple(
        (index, getter(part.path), as_is if part.raw else encode, part)
        for index, part in enumerate(template.parts)
        if isinstance(part, Reference)
    )
    if len(holes) == 1:
        index = holes[0][0]
        return _template_of_one("".join(pieces[:index]), holes[0], "".join(pieces[index:]))

    def evaluate(item: Item, notes: Notes) -> Any:
        filled: list[Any] = list(pieces)
        several = False
        for hole in holes:
            index, get, coded, _ = hole
            value = get(item)
            if type(value) is str:
                filled[index] = coded(value)
                continue
            texts = _texts(value, hole, notes)
            if not texts:
                return None
            several = several or len(texts) > 1
            filled[index] = texts if len(texts) > 1 else texts[0]
        return _combinations(filled) if several else "".join(filled)

    return evaluate


def _template_of_one(before: str, hole: _Hole, after: str) -> Evaluate:
    _, get, coded, _ = hole

    def evaluate(item: Item, notes: Notes) -> Any:
        value = get(item)
        if type(value) is str:
            return before + coded(value) + after
        texts = _texts(value, hole, notes)
        if len(texts) == 1:
            return before + texts[0] + after
        return [before + text + after for text in texts] or None

    return evaluate


def _texts(value: Any, hole: _Hole, notes: Notes) -> list[str]:
    _, _, coded, reference = hole
    if reference.single and not is_single(value):
        refuse_several(value, reference, notes)
        return []
    return [coded(text_of(each)) for each in listed(value)]


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
            listed(value) if one and type(value) is list else [value]
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
        return lambda item, notes: listed(evaluate(item, notes))
    return evaluate


def _no_object(value: Any) -> Any:
    return None if type(value) is dict else value


def listed(value: Any) -> list[Any]:
    """The values that are in ``value``, lists within lists laid flat, objects left out."""
    if isinstance(value, list):
        return [inner for each in value for inner in listed(each)]
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
