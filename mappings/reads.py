"""Which fields of a record a mapping reads: what it leaves may be worth a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mappings.compiler import ways
from mappings.functions import EBF
from mappings.functions.general import fold, present
from mappings.paths import Path, PathError
from mappings.plan import Argument, Call, Constant, Expression, Plan, Reference, Template

Field = tuple[str, ...]
"""The way to a value by the names of fields; places in lists do not count."""

_FIELD, _PICK = EBF + "field", EBF + "pick"


@dataclass(slots=True)
class Reads:
    """The fields that a mapping reads.

    ``names`` are those it looks for whatever their case and accents (``ebf:field``); with
    ``everything``, it gives whole records to a function, and what that one reads is not known.
    """

    fields: set[Field] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    everything: bool = False

    @classmethod
    def of(cls, plan: Plan, records: str = "$.records[*]") -> Reads:
        """What ``plan`` reads of each record that the iterator ``records`` selects."""
        found, root = cls(), Path.parse(records)
        for triples_map in plan.triples_maps:
            for way in ways(triples_map.sources, root):
                before = _names(way)
                for expression in triples_map.expressions():
                    found._note(expression, before)
        return found

    def reads(self, where: Field) -> bool:
        """Whether the mapping reads the field, or something that holds it."""
        if self.everything or (self.names and fold(where[-1]) in self.names):
            return True
        return any(where[:size] in self.fields for size in range(1, len(where) + 1))

    def _note(self, expression: Expression | None, before: Field) -> None:
        match expression:
            case Reference(path):
                self._add(before + _names(path))
            case Template(parts):
                for part in parts:
                    self._note(part, before)
            case Call(function, arguments) if function in (_FIELD, _PICK):
                self._note_named(function, arguments, before)
            case Call(_, arguments):
                for argument in arguments:
                    self._note(argument.value, before)

    def _note_named(self, function: str, arguments: Iterable[Argument], before: Field) -> None:
        """The fields that are named by a text, to be looked for in an object."""
        for argument in arguments:
            parameter = argument.parameter.removeprefix(EBF)
            match argument.value:
                case Constant(text) if parameter == "names" and function == _FIELD:
                    self.names |= {fold(name) for name in text.split("|")}
                case Constant(text) if parameter == "among":
                    try:
                        self._add(before + _names(Path.parse(text)))
                    except PathError:
                        continue
                case Reference(path) if parameter == "of" and not path.steps:
                    continue
                case value:
                    self._note(value, before)

    def _add(self, where: Field) -> None:
        self.everything |= not where
        self.fields.add(where)


def fields_of(value: Any, before: Field = ()) -> Iterator[tuple[Field, Any]]:
    """Every plain value that says something in ``value``, with the way to it."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from fields_of(child, (*before, str(name)))
    elif isinstance(value, list):
        for child in value:
            yield from fields_of(child, before)
    elif present(value):
        yield before, value


def _names(path: Path) -> Field:
    return tuple(step for step in path.steps if isinstance(step, str))
