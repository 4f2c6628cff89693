"""A table of the TOML short form as the YARRRML document that it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mappings.documents import Items, Table, Text

PATH: Final = re.compile(r"\$.*|[\w\-]+(?:\.[\w\-]+|\[(?:\*|\d+)\])+")
"""A key that leads into nested fields."""

REFERENCE: Final = re.compile(r"\$\(([^)]+)\)")
"""A reference in a key that is a template."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one field becomes: the properties that lead to it, and how its values are made."""

    key: str
    properties: tuple[str, ...]
    function: str = ""
    datatype: str = ""
    language: str = ""
    iri: bool = False


def document(classes: tuple[str, ...], rules: Iterable[Rule], prefixes: Mapping[str, str]) -> Table:
    """The document that says of each record that it has ``classes``, and what ``rules`` make."""
    things = _Things(classes)
    for rule in rules:
        things.add(rule)
    return _table({"prefixes": prefixes, "mappings": dict(things.mappings())})


@dataclass(slots=True)
class _Things:
    """The thing that a record is about, and its parts, as YARRRML mappings."""

    classes: tuple[str, ...]
    rules: dict[tuple[str, ...], list[Any]] = field(default_factory=dict)
    conditions: dict[tuple[str, ...], list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules[()] = [["a", each] for each in self.classes]

    def add(self, rule: Rule) -> None:
        """State a rule of the thing, or of the part that its properties lead to."""
        *ways, last = rule.properties
        for depth in range(len(ways)):
            part = tuple(ways[: depth + 1])
            if part not in self.rules:
                self.rules[part] = []
                self.rules[part[:-1]].append(part)
            self.conditions.setdefault(part, []).append(_value(rule.key))
        self.rules[tuple(ways)].append({"p": last, "o": _object(rule)})

    def mappings(self) -> Iterator[tuple[str, Any]]:
        """Every mapping by name; a part is there where one of its fields says something."""
        for part, rules in self.rules.items():
            made: dict[str, Any] = {
                "sources": [["records.json~jsonpath", "$.records[*]"]],
                "s": _subject(part),
                "po": [self._linked(rule) for rule in rules],
            }
            if part:
                made["condition"] = self._condition(part)
            yield _named(part), made

    def _linked(self, rule: Any) -> Any:
        if not isinstance(rule, tuple):
            return rule
        link = {"value": _subject(rule), "type": "iri"}
        return {"p": rule[-1], "o": link, "condition": self._condition(rule)}

    def _condition(self, part: tuple[str, ...]) -> Any:
        values = [{"parameter": "ebf:value", "value": each} for each in self.conditions[part]]
        first = {"function": "ebf:first", "parameters": values}
        return {"function": "ebf:present", "parameters": [{"parameter": "value", "value": first}]}


def _named(part: tuple[str, ...]) -> str:
    return "_".join(("record", *(each.partition(":")[2] for each in part)))


def _subject(part: tuple[str, ...]) -> str:
    fragment = "-".join(each.partition(":")[2] for each in part)
    return "$(_record.iri)" + (f"#{fragment}" if part else "")


def _value(key: str) -> Any:
    """What the key of a rule reads: a template, a path, or the field of nearly that name."""
    if REFERENCE.search(key):
        return key
    if PATH.fullmatch(key):
        return f"$({key})"
    parameters = [["of", "$($)"], ["names", key], ["columns", "$(_columns[*])"]]
    return {"function": "ebf:field", "parameters": parameters}


def _object(rule: Rule) -> Any:
    value = _value(rule.key)
    if rule.function:
        parameters = [{"parameter": "value", "value": value}]
        value = {"function": rule.function, "parameters": parameters}
    made: dict[str, Any] = dict(value) if isinstance(value, dict) else {"value": value}
    if rule.iri:
        made["type"] = "iri"
    elif rule.datatype:
        made["datatype"] = rule.datatype
    elif rule.language:
        made["language"] = rule.language
    return made


def _table(value: Mapping[str, Any]) -> Table:
    made = Table((key, _placed(child)) for key, child in value.items())
    made.line = 0
    return made


def _placed(value: Any) -> Any:
    """``value`` as a YAML document gives it; there are no lines to tell."""
    if isinstance(value, Mapping):
        return _table(value)
    made = Items(map(_placed, value)) if isinstance(value, list) else Text(value)
    made.line = 0
    return made
