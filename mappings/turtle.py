"""Turtle written for people: nested, in the order given, with prefixes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from vocab import term

_LOCAL = re.compile(r"[A-Za-z_][\w\-]*", re.ASCII)
_TYPE = ox.NamedNode(term("rdf:type"))
_PLAIN = ("http://www.w3.org/2001/XMLSchema#string",)
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Name:
    """A node of the document itself, written relative to its base: ``<room_0>``."""

    text: str


@dataclass(slots=True)
class Block:
    """A node and what is said of it; without a ``name`` it is a blank node, written in place."""

    name: Name | ox.NamedNode | None = None
    facts: list[tuple[ox.NamedNode, Value]] = field(default_factory=list)

    def add(self, predicate: str, value: Value | None) -> None:
        """Say ``predicate`` of the node; nothing where there is no value."""
        if value is not None:
            self.facts.append((ox.NamedNode(predicate), value))


Value = Name | Block | ox.NamedNode | ox.Literal | Sequence["Value"]


class Writer:
    """Writes blocks with the prefixes that they use."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self.prefixes = prefixes
        self.base = base
        self._used: dict[str, str] = {}

    def document(self, blocks: Iterable[Block]) -> str:
        """The whole document."""
        body = "\n".join(self._block(each) for each in blocks)
        head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(self._used.items()))
        return f"{head}@base <{self.base}> .\n\n{body}"

    def _block(self, block: Block) -> str:
        name = block.name if block.name is not None else Name("")
        return f"{self._value(name, 0)}{self._facts(block, 1)} .\n"

    def _facts(self, block: Block, depth: int) -> str:
        lines = []
        for predicate, value in block.facts:
            verb = "a" if predicate == _TYPE else self._iri(predicate)
            lines.append(f"{verb} {self._value(value, depth)}")
        if not lines:
            return ""
        apart = " ;\n" + _INDENT * depth
        start = " " if depth == 1 else "\n" + _INDENT * depth
        return start + apart.join(lines)

    def _value(self, value: Value, depth: int) -> str:
        match value:
            case Name(text):
                return f"<{text}>"
            case Block(name=Name() | ox.NamedNode() as name):
                return self._value(name, depth)
            case Block():
                inner = self._facts(value, depth + 1)
                return f"[{inner}\n{_INDENT * depth}]" if inner else "[]"
            case ox.NamedNode():
                return self._iri(value)
            case ox.Literal():
                return self._literal(value)
        return "(" + " ".join(self._value(each, depth) for each in value) + ")"

    def _iri(self, iri: ox.NamedNode) -> str:
        for prefix, namespace in self.prefixes.items():
            local = iri.value.removeprefix(namespace)
            if local != iri.value and _LOCAL.fullmatch(local):
                self._used[prefix] = namespace
                return f"{prefix}:{local}"
        return str(iri)

    def _literal(self, literal: ox.Literal) -> str:
        if literal.language is not None or literal.datatype.value in _PLAIN:
            return str(literal)
        return f"{ox.Literal(literal.value)}^^{self._iri(literal.datatype)}"
