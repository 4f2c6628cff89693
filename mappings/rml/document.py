"""A Turtle document as nodes whose properties are found by local name, and lines for errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from mappings.problems import MappingError, nearest
from mappings.rml.vocabulary import PROPERTIES, RML, local
from vocab.messages import Message, say

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Node = ox.NamedNode | ox.BlankNode

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_DECLARATION = re.compile(r"\s*@?(?:prefix|base)\s", re.IGNORECASE)
_POSITION = re.compile(r"^Parser error (?:at|between) line \d+.*?: ")


@dataclass(frozen=True, slots=True)
class Document:
    """What a mapping in Turtle says.

    ``facts`` holds, for each node, the values of its properties: by local name those of RML, by
    whole IRI the others; ``namespaces`` are those of all of them. ``lines`` is the text, in which
    errors look for their place.
    """

    file: str
    lines: tuple[str, ...]
    facts: dict[Node, dict[str, list[Term]]] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    namespaces: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, text: str, file: str) -> Document:
        """The document ``text``; ``file`` names it in errors.

        Raises:
            MappingError: when it is no Turtle, or has a property that RML has not.
        """
        document = cls(file, tuple(text.splitlines()))
        base = "file:///" + file.rpartition("/")[2].replace(" ", "%20")
        try:
            parser = ox.parse(text, ox.RdfFormat.TURTLE, base_iri=base)
            for quad in parser:
                document._add(quad)
        except SyntaxError as error:
            line = error.lineno or 1
            said = say(
                "{file}:{line}: this is not Turtle: {reason}",
                file=file,
                line=line,
                reason=_POSITION.sub("", error.msg or str(error)),
            )
            raise MappingError(said, file=file, line=line) from error
        document.prefixes.update(parser.prefixes)
        return document

    def _add(self, quad: ox.Quad) -> None:
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            return
        iri = quad.predicate.value
        name = local(iri)
        if name and name not in PROPERTIES:
            raise self.error(
                say(
                    "{file}:{line}: “{name}” is no property of RML — write {near}",
                    name=name,
                    near=nearest(name, PROPERTIES),
                ),
                iri.removeprefix(RML) if iri.startswith(RML) else name,
            )
        self.namespaces.add(iri.removesuffix(written(quad.predicate)))
        values = self.facts.setdefault(subject, {}).setdefault(name or iri, [])
        if value not in values:
            values.append(value)

    @property
    def is_legacy(self) -> bool:
        """Whether it is written in the older vocabulary."""
        return RML not in self.namespaces

    def error(self, message: Message, *needles: str) -> MappingError:
        """``message``, whose text starts with ``{file}:{line}:``, about what ``needles`` quote."""
        line = self.line(*needles)
        said = Message(message.text, {**message.values, "file": self.file, "line": line})
        return MappingError(said, file=self.file, line=line)

    def line(self, *needles: str) -> int:
        """The first line that holds all ``needles``, or else the most of the last ones; else 1.

        They are looked for as whole words, and not in declarations of prefixes.
        """
        wanted = [
            re.compile(
                rf"(?<!\w){re.escape(needle)}(?!\w)" if needle.isalnum() else re.escape(needle)
            )
            for needle in needles
            if needle
        ]
        while wanted:
            for number, line in enumerate(self.lines, 1):
                if not _DECLARATION.match(line) and all(each.search(line) for each in wanted):
                    return number
            wanted = wanted[1:]
        return 1

    def values(self, node: Term, name: str) -> list[Term]:
        """The values of the property ``name`` of ``node``."""
        return [] if isinstance(node, ox.Literal) else self.facts.get(node, {}).get(name, [])

    def value(self, node: Term, name: str) -> Term | None:
        """The only value of the property ``name``; None where there is none.

        Raises:
            MappingError: when there are several.
        """
        found = self.values(node, name)
        if len(found) > 1:
            raise self.error(
                say(
                    "{file}:{line}: “{name}” may be written once and is written {count} times —"
                    " keep one",
                    name=name,
                    count=len(found),
                ),
                name,
                written(found[1]),
            )
        return found[0] if found else None

    def text(self, node: Term, name: str) -> str | None:
        """The only value of the property ``name``, as a text."""
        found = self.value(node, name)
        return None if found is None else found.value

    def types(self, node: Term) -> set[str]:
        """The classes of ``node``, those of RML by local name."""
        found = self.values(node, _TYPE.value)
        return {local(each.value) or each.value for each in found}

    def nodes_with(self, *names: str) -> Iterator[Node]:
        """The nodes that have one of the properties ``names``, as they come in the document."""
        return (node for node, facts in self.facts.items() if not facts.keys().isdisjoint(names))


def written(term: Term) -> str:
    """A part of how ``term`` is written in Turtle: what follows the prefix, or the text."""
    if isinstance(term, ox.NamedNode):
        return re.split(r"[/#:]", term.value.rstrip("/#"))[-1]
    if isinstance(term, ox.Literal):
        return term.value.replace("\\", "\\\\").replace('"', '\\"').splitlines()[0][:80]
    return ""
