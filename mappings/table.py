"""The TOML short form: a table of fields and the properties that they become.

For whoever has a spreadsheet and no wish to learn a mapping language::

    [source.mapping]
    a = "schema:Place"
    "Nom du lieu" = "schema:name @fr"
    "Site web" = "schema:url ebf:url iri"
    "Code postal" = "schema:address > schema:postalCode ebf:postcode"
    "$(Prénom) $(Nom)" = "schema:alternateName"

A key is the name of a field (case and accents do not count), a path into nested fields, or a
template. A value is a property; ``>`` leads through a part of the thing to a property of that
part. After it may stand a function of ``ebf:``, a datatype, ``@`` and a language, or ``iri``. It
becomes a YARRRML document, which is read by that door and can be written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mappings.documents import Items, Table, Text
from mappings.functions import EBF, Registry
from mappings.plan import Plan
from mappings.prefixes import PREDEFINED
from mappings.problems import nearest
from mappings.yarrrml import read_document
from vocab import PREFIXES
from vocab.messages import Message, say

KNOWN: Final = {**PREDEFINED, **PREFIXES, "ebf": EBF}
"""The prefixes that need no declaration here: ours before those of the RDFa context."""

_CLASS, _DECLARED = "a", "prefixes"
_NAME = re.compile(r"(?P<prefix>[A-Za-z_][\w\-]*):(?P<local>[\w\-]+)")
_LANGUAGE = re.compile(r"@[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_PATH = re.compile(r"\$.*|[\w\-]+(?:\.[\w\-]+|\[(?:\*|\d+)\])+")
_REFERENCE = re.compile(r"\$\([^)]+\)")
_IRI = "iri"


class ShortFormError(ValueError):
    """A line of the table cannot be used: ``key`` names it; a sentence in two halves."""

    def __init__(self, key: str, message: Message, remedy: Message) -> None:
        super().__init__(message.render())
        self.key = key
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Rule:
    """What one field becomes: the properties that lead to it, and how its values are made."""

    key: str
    properties: tuple[str, ...]
    function: str = ""
    datatype: str = ""
    language: str = ""
    iri: bool = False


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A whole table, checked: what the thing is, its rules, and the prefixes of its own."""

    classes: tuple[str, ...]
    rules: tuple[Rule, ...]
    prefixes: tuple[tuple[str, str], ...] = ()

    def plan(self, registry: Registry) -> Plan:
        """The plan that the table writes."""
        return read_document(self.document(), registry, "[source.mapping]")

    def document(self) -> Table:
        """The table as a YARRRML document."""
        things = _Things(self.classes)
        for rule in self.rules:
            things.add(rule)
        known = KNOWN | dict(self.prefixes)
        return _table({"prefixes": known, "mappings": dict(things.mappings())})


def parse(table: Mapping[str, Any], registry: Registry) -> ShortForm:
    """The short form that the TOML table ``table`` writes.

    Raises:
        ShortFormError: for the first line that cannot be used.
    """
    declared = table.get(_DECLARED, {})
    own = declared if isinstance(declared, dict) else {}
    known = KNOWN | own
    classes: tuple[str, ...] = ()
    rules: list[Rule] = []
    for key, value in table.items():
        if key == _DECLARED and isinstance(value, dict):
            continue
        texts = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise ShortFormError(
                key,
                say("“{key}” is not given the name of a property", key=key),
                say('write it between quotes: "{key}" = "schema:name"', key=key),
            )
        if key == _CLASS:
            classes = tuple(_checked(key, text.strip(), known) for text in texts)
        else:
            rules += (_rule(key, text, known, registry) for text in texts)
    return ShortForm(classes, tuple(rules), tuple(own.items()))


def _rule(key: str, text: str, known: Mapping[str, str], registry: Registry) -> Rule:
    *ways, last = (part.strip() for part in text.split(">"))
    name, *hows = last.split() or [""]
    made: dict[str, Any] = {}
    for how in hows:
        made |= _how(key, how, known, registry)
    properties = tuple(_checked(key, each, known) for each in (*ways, name))
    return Rule(key, properties, **made)


def _how(key: str, how: str, known: Mapping[str, str], registry: Registry) -> dict[str, Any]:
    """What a word after the property says of the values."""
    if how == _IRI:
        return {"iri": True}
    if _LANGUAGE.fullmatch(how):
        return {"language": how.removeprefix("@")}
    if how.startswith("ebf:"):
        single = {
            "ebf:" + iri.removeprefix(EBF)
            for iri, function in registry.items()
            if iri.startswith(EBF) and EBF + "value" in {one.iri for one in function.parameters}
            and sum(one.required for one in function.parameters) == 1
        }  # fmt: skip
        if how in single:
            return {"function": how}
        raise ShortFormError(
            key,
            say("there is no function {name} for one value", name=how),
            say("write {near}", near=nearest(how, single)),
        )
    if ":" in how:
        return {"datatype": _checked(key, how, known)}
    raise ShortFormError(
        key,
        say("“{word}” after the property is not understood", word=how),
        say("write iri, @fr, a datatype such as xsd:date, or a function such as ebf:date"),
    )


def _checked(key: str, name: str, known: Mapping[str, str]) -> str:
    """``name``, a property or a class with a declared prefix."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ShortFormError(
            key,
            say("“{name}” is not the name of a property", name=name),
            say("write it with its prefix, as schema:name"),
        )
    if match["prefix"] not in known:
        raise ShortFormError(
            key,
            say("the prefix of {name} is not known", name=name),
            say(
                'write {near}, or declare it: prefixes = {{ {prefix} = "https://…" }}',
                near=nearest(match["prefix"], known),
                prefix=match["prefix"],
            ),
        )
    return name


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
    if _REFERENCE.search(key):
        return key
    if _PATH.fullmatch(key):
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
