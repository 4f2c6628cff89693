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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mappings.datatypes import near_datatype
from mappings.documents import Table
from mappings.functions import EBF, Registry
from mappings.paths import Path, PathError
from mappings.plan import Plan
from mappings.prefixes import PREDEFINED
from mappings.problems import nearest
from mappings.table_document import PATH, REFERENCE, Rule, document
from mappings.yarrrml import read_document
from vocab import PREFIXES
from vocab.messages import Message, say

KNOWN: Final = {**PREDEFINED, **PREFIXES, "ebf": EBF}
"""The prefixes that need no declaration here: ours before those of the RDFa context."""

_CLASS, _DECLARED = "a", "prefixes"
_NAME = re.compile(r"(?P<prefix>[A-Za-z_][\w\-]*):(?P<local>[\w\-]+)")
_LANGUAGE = re.compile(r"@[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]*")
_IRI = "iri"
_KINDS = frozenset({"iri", "language", "datatype"})
"""What a value becomes: one of these."""


class ShortFormError(ValueError):
    """A line of the table cannot be used: ``key`` names it; a sentence in two halves."""

    def __init__(self, key: str, message: Message, remedy: Message) -> None:
        super().__init__(message.render())
        self.key = key
        self.message = message
        self.remedy = remedy


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
        return document(self.classes, self.rules, KNOWN | dict(self.prefixes))


def parse(table: Mapping[str, Any], registry: Registry) -> ShortForm:
    """The short form that the TOML table ``table`` writes.

    Raises:
        ShortFormError: for the first line that cannot be used.
    """
    declared = table.get(_DECLARED, {})
    own = _prefixes(declared) if isinstance(declared, dict) else {}
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
        _check_key(key)
        if key == _CLASS:
            classes = tuple(_checked(key, text.strip(), known) for text in texts)
        else:
            rules += (_rule(key, text, known, registry) for text in texts)
    return ShortForm(classes, tuple(rules), tuple(own.items()))


def _prefixes(declared: Mapping[str, Any]) -> dict[str, str]:
    """The prefixes that the table declares."""
    for name, namespace in declared.items():
        if not (isinstance(namespace, str) and _NAMESPACE.fullmatch(namespace)):
            raise ShortFormError(
                _DECLARED,
                say("the prefix “{name}” stands for no address", name=name),
                say('write {name} = "https://…"', name=name),
            )
    return dict(declared)


def _check_key(key: str) -> None:
    """Refuse a key whose references cannot be understood."""
    if "$(" in REFERENCE.sub("", key):
        raise ShortFormError(
            key, say("a bracket of “{key}” is not closed", key=key), say("write $(name)")
        )
    paths = [match[1] for match in REFERENCE.finditer(key)]
    try:
        for path in paths or ([key] if PATH.fullmatch(key) else []):
            Path.parse(path)
    except PathError as error:
        raise ShortFormError(
            key,
            say("“{part}” in the field “{key}” is not understood", part=str(error), key=key),
            say("write a.b, a[*] or $(name)"),
        ) from error


def _rule(key: str, text: str, known: Mapping[str, str], registry: Registry) -> Rule:
    *ways, last = (part.strip() for part in text.split(">"))
    name, *hows = last.split() or [""]
    made: dict[str, Any] = {}
    for how in hows:
        found = _how(key, how, known, registry)
        if made.keys() & (_KINDS if found.keys() & _KINDS else found.keys()):
            raise ShortFormError(
                key,
                say("“{word}” says again what stands before it", word=how),
                say("keep one function, and one of: iri, @fr, a datatype"),
            )
        made |= found
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
        name = _checked(key, how, known)
        prefix, _, local = name.partition(":")
        if near := near_datatype(known[prefix] + local):
            raise ShortFormError(
                key,
                say("there is no datatype {name}", name=name),
                say("write {near}", near=near),
            )
        return {"datatype": name}
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
