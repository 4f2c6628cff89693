"""The small languages inside YARRRML texts: templates, prefixed names, compact calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox
from lxml import etree

from mappings.calls import Calls
from mappings.documents import Table, Text, Value
from mappings.functions import EBF, Registry
from mappings.paths import Path, PathError
from mappings.plan import Call, Constant, Expression, Reference, Template
from mappings.prefixes import SCHEMES
from mappings.problems import MappingError, nearest
from mappings.source import Source
from mappings.xml_items import check
from vocab import PREFIXES
from vocab.messages import Message, say

REFERENCE = re.compile(r"""\$\(((?:\\.|\[(?:'[^']*'|"[^"]*")\]|[^\\)])*)\)""")
_PIECE = re.compile(rf"""(?P<escaped>\\\$\()|(?P<reference>{REFERENCE.pattern})|(?P<open>\$\()""")
_NAME = re.compile(r"(?P<prefix>[A-Za-z_][\w.\-]*|):(?!//)(?P<local>.*)", re.DOTALL)
_OURS = {**PREFIXES, "ebf": EBF}
_PATHS = "a.b, a[*], ['a name']"
_RAW = ("_record", "_source", "_node")


class Targets(Protocol):
    """The targets of a document that is read for translation."""

    def names(self, value: Value) -> tuple[str, ...]:
        """The names of the targets that ``value`` writes or names."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One document being read: what its texts need to be understood.

    References are JSONPaths, or what the ``source`` of the records says: columns, XPaths. A
    ``lenient`` reading is for translation: it keeps what this engine cannot run
    (databases, targets, quoted triples, functions of others).
    """

    file: str
    prefixes: Mapping[str, str]
    registry: Registry
    external: Mapping[str, str]
    source: Source | None = None
    lenient: bool = False
    targets: Targets | None = None

    def error(self, value: Value, message: Message) -> MappingError:
        """``message`` as an error about ``value``; its text starts with ``{file}:{line}:``."""
        place = {"file": self.file, "line": value.line}
        said = Message(message.text, {**message.values, **place})
        return MappingError(said, file=self.file, line=value.line)

    def text(self, value: Value) -> Text:
        """``value`` as a text.

        Raises:
            MappingError: when it is a list or a table.
        """
        if isinstance(value, Text):
            return value
        raise self.error(
            value, say("{file}:{line}: a list or a table cannot stand here — write a text")
        )

    def table(self, value: Value, keys: Mapping[str, tuple[str, ...]]) -> dict[str, Value]:
        """``value`` as a table whose keys, in any of the spellings of ``keys``, are known.

        Raises:
            MappingError: when it is no table, or a key is unknown or written twice.
        """
        if not isinstance(value, Table):
            raise self.error(
                value,
                say(
                    "{file}:{line}: keys are needed here — write some of: {known}",
                    known=", ".join(keys),
                ),
            )
        spelled = {spelling: name for name, every in keys.items() for spelling in every}
        found: dict[str, Value] = {}
        for key, child in value.items():
            if key not in spelled:
                raise self.error(
                    child,
                    say(
                        "{file}:{line}: unknown key “{name}” — write {near}",
                        name=key,
                        near=nearest(key, spelled),
                    ),
                )
            if spelled[key] in found:
                raise self.error(
                    child,
                    say(
                        "{file}:{line}: “{name}” says again what a key above says — keep one",
                        name=key,
                    ),
                )
            found[spelled[key]] = child
        return found

    def expression(self, value: Value, *, iri: bool = False) -> Expression:
        """The template that a text writes, its prefix expanded when it is to be an ``iri``.

        Raises:
            MappingError: when a reference is not closed, or cannot be understood.
        """
        text = self.text(value)
        parts = [*self._pieces(text, text)]
        if iri and parts and isinstance(parts[0], Constant):
            parts[0] = Constant(self.expand(parts[0].text, text, known_only=len(parts) > 1))
        if len(parts) == 1:
            return parts[0]
        return Template(tuple(parts)) if parts else Constant("")

    def expand(self, name: str, where: Value, *, known_only: bool = False) -> str:
        """``prefix:local`` as an IRI; anything that is not a prefixed name as it is.

        Raises:
            MappingError: when the prefix is unknown and is no IRI scheme either.
        """
        match = _NAME.match(name)
        if match is None:
            return name
        prefix = match["prefix"]
        if prefix in self.prefixes:
            return self.prefixes[prefix] + match["local"]
        if known_only or prefix == "_" or prefix.lower() in SCHEMES:
            return name
        if prefix in _OURS:
            raise self.error(
                where,
                say(
                    "{file}:{line}: the prefix “{name}” is not declared — add it to “prefixes” as"
                    " {name}: {namespace}",
                    name=prefix,
                    namespace=_OURS[prefix],
                ),
            )
        raise self.error(
            where,
            say(
                "{file}:{line}: the prefix “{name}” is not declared — add it to “prefixes”, or"
                " write {near}",
                name=prefix,
                near=nearest(prefix, self.prefixes),
            ),
        )

    def iri(self, name: str, where: Value) -> str:
        """``name``, a prefixed name or an IRI, as an absolute IRI.

        Raises:
            MappingError: when it is neither.
        """
        expanded = self.expand(name, where)
        try:
            return ox.NamedNode(expanded).value
        except ValueError as error:
            raise self.error(
                where,
                say(
                    "{file}:{line}: “{name}” is no IRI ({reason}) — write prefix:name",
                    name=name,
                    reason=str(error),
                ),
            ) from error

    def call(self, function: Value, arguments: Iterable[tuple[Text, Expression]]) -> Call:
        """The call of a function by name, its arguments checked against the registry.

        Raises:
            MappingError: when the function or a parameter is unknown, or one is missing.
        """
        name = self.text(function)
        given = [
            (self.iri(_qualified(label, name), label), value, label) for label, value in arguments
        ]
        return self._calls().call(self.iri(name, function), given, function)

    def _calls(self) -> Calls[Value]:
        return Calls(self.registry, self.prefixes, self.error, self.lenient)

    def _pieces(self, text: str, where: Value) -> Iterator[Constant | Reference]:
        position, plain = 0, ""
        for match in _PIECE.finditer(text):
            plain += text[position : match.start()]
            position = match.end()
            if match["escaped"]:
                plain += "$("
                continue
            if match["open"]:
                raise self.error(
                    where,
                    say(
                        "{file}:{line}: “{part}” is not closed — write $(name)",
                        part=text[match.start() :][:60],
                    ),
                )
            found = self._reference(match[3], where)
            if isinstance(found, Constant):
                plain += found.text
                continue
            if plain:
                yield Constant(plain)
            plain = ""
            yield found
        plain += text[position:]
        if plain:
            yield Constant(plain)

    def _reference(self, written: str, where: Value) -> Constant | Reference:
        name = written.replace("\\)", ")").replace("\\(", "(").strip()
        if name.startswith("_") and name[1:] in self.external:
            return Constant(self.external[name[1:]])
        if name.startswith("\\_"):
            name = name[1:]
        formulation = self.source.formulation if self.source else "jsonpath"
        try:
            if formulation == "xpath" and self.source and not self.lenient:
                check(name, self.source)
            if formulation in ("csv", "xpath"):
                return Reference(Path.column(name, where.line))
            path = Path.parse(name, where.line)
        except (PathError, etree.XPathError) as error:
            raise self.error(
                where,
                say(
                    "{file}:{line}: “{part}” in $({name}) is not understood — write {example}",
                    part=str(error),
                    name=name,
                    example="title, @id, a/b" if formulation == "xpath" else _PATHS,
                ),
            ) from error
        return Reference(path, raw=bool(path.steps) and path.steps[0] in _RAW)

    def argument(self, value: Value) -> Expression:
        """A parameter's value: a template, or the IRI of a name whose prefix is declared."""
        expression = self.expression(value)
        if isinstance(expression, Constant) and (match := _NAME.match(expression.text)):
            prefix = match["prefix"]
            if prefix in self.prefixes and " " not in match["local"]:
                return Constant(self.prefixes[prefix] + match["local"])
        return expression


def placed(text: str, where: Value) -> Text:
    """``text`` as a text of the document, on the line of ``where``."""
    made = Text(text)
    made.line = where.line
    return made


def _qualified(parameter: str, function: str) -> str:
    """A parameter without prefix is in the namespace of its function."""
    if ":" in parameter:
        return parameter
    return function[: max(function.rfind(mark) for mark in ":#/") + 1] + parameter
