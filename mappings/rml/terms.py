"""The term maps of an RML document: expressions, term types, languages, datatypes, functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import pyoxigraph as ox
from lxml import etree

from mappings.datatypes import no_datatype, no_language
from mappings.functions import Registry
from mappings.paths import Path, PathError
from mappings.plan import Call, Constant, Expression, Reference, Template, TermMap, TermType
from mappings.problems import nearest
from mappings.rml.document import Document, Term, written
from mappings.rml.executions import Executions, parted
from mappings.rml.templates import TemplateError, parts
from mappings.rml.vocabulary import local
from mappings.source import Source
from mappings.xml_items import check
from vocab.messages import say

Position = Literal["subject", "predicate", "object", "graph"]

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_TYPES = {
    "IRI": TermType.IRI,
    "URI": TermType.URI,
    "UnsafeIRI": TermType.UNSAFE_IRI,
    "UnsafeURI": TermType.UNSAFE_URI,
    "BlankNode": TermType.BLANK,
    "Literal": TermType.LITERAL,
}
_NAMED = frozenset(type_ for type_ in TermType if type_.named)
_ALLOWED = {
    "subject": _NAMED | {TermType.BLANK},
    "predicate": _NAMED,
    "object": frozenset(TermType),
    "graph": _NAMED | {TermType.BLANK},
}
_EXPRESSIONS = ("constant", "reference", "template", "functionExecution", "functionValue")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one triples map, whose references are those of ``source``."""

    document: Document
    source: Source | None
    registry: Registry
    lenient: bool = False

    def constant(self, value: Term, position: Position) -> TermMap:
        """The term map of a constant, as the shortcuts write it.

        Raises:
            MappingError: when no term like ``value`` can be in ``position``.
        """
        if isinstance(value, ox.BlankNode):
            raise self.document.error(
                say(
                    "{file}:{line}: a blank node is no constant — write rml:termType rml:BlankNode"
                    " without rml:constant"
                ),
                "constant",
            )
        if isinstance(value, ox.NamedNode):
            return TermMap(Constant(value.value), TermType.IRI)
        if position != "object":
            raise self.document.error(
                say(
                    "{file}:{line}: the {position} is the text “{value}” — write an IRI, as"
                    " <https://…> or prefix:name",
                    position=position,
                    value=value.value,
                ),
                written(value),
            )
        if value.language is not None:
            language = Constant(value.language)
            return TermMap(Constant(value.value), TermType.LITERAL, language=language)
        datatype = value.datatype.value
        kept = None if datatype in (_STRING, _LANG_STRING) else Constant(datatype)
        return TermMap(Constant(value.value), TermType.LITERAL, datatype=kept)

    def term_map(self, node: Term, position: Position) -> TermMap:
        """The term map that ``node`` describes.

        Raises:
            MappingError: when it is none, or no term of its type can be in ``position``.
        """
        stated = self._stated(node, position)
        language, datatype = self._qualifiers(node)
        if (value := self.document.value(node, "constant")) is not None:
            self._only("constant", node)
            made = self.constant(value, position)
            self._qualifies(language, datatype, made.type)
            if language or datatype:  # R2RML has no use for them; mappings and engines have
                made = replace(made, language=language, datatype=datatype)
            return replace(made, condition=self._condition(node))
        expression = self._expression(node, stated)
        if expression is None and stated is not TermType.BLANK:
            raise self.document.error(
                say(
                    "{file}:{line}: the {position} says no value — write rml:reference,"
                    " rml:template or rml:constant",
                    position=position,
                ),
                position + "Map",
            )
        type_ = stated or self._default(position, expression, language or datatype)
        self._qualifies(language, datatype, type_)
        condition = self._condition(node)
        if condition is None and isinstance(expression, Call):
            condition, expression = parted(expression)
        return TermMap(expression, type_, datatype, language, condition, stated is not None)

    def _qualifies(
        self, language: Expression | None, datatype: Expression | None, type_: TermType
    ) -> None:
        """Refuse the language or the datatype of what is no literal."""
        if (language or datatype) and type_ is not TermType.LITERAL:
            name = "language" if language else "datatype"
            raise self.document.error(
                say(
                    "{file}:{line}: “{name}” qualifies an IRI — only literals have a datatype or"
                    " a language",
                    name=name,
                ),
                name,
            )

    def _stated(self, node: Term, position: Position) -> TermType | None:
        given = self.document.value(node, "termType")
        if given is None:
            return None
        name = local(given.value)
        if name not in _TYPES:
            raise self.document.error(
                say(
                    "{file}:{line}: unknown type “{name}” — write {near}",
                    name=name or given.value,
                    near=nearest(name, _TYPES),
                ),
                "termType",
                written(given),
            )
        if _TYPES[name] not in _ALLOWED[position]:
            allowed = (each for each, type_ in _TYPES.items() if type_ in _ALLOWED[position])
            raise self.document.error(
                say(
                    "{file}:{line}: the {position} cannot be a {type} — write one of: {known}",
                    position=position,
                    type=name,
                    known=", ".join(allowed),
                ),
                "termType",
                name,
            )
        return _TYPES[name]

    @staticmethod
    def _default(
        position: Position, expression: Expression | None, qualifier: Expression | None
    ) -> TermType:
        """The term type where none is said (RML-Core, default term types)."""
        if position != "object" or (isinstance(expression, Template) and qualifier is None):
            return TermType.IRI
        return TermType.LITERAL

    def expression(self, node: Term) -> Expression:
        """The expression map that ``node`` describes; only its text counts.

        Raises:
            MappingError: when it is none.
        """
        if isinstance(node, ox.Literal):
            return Constant(node.value)
        if (value := self.document.value(node, "constant")) is not None:
            self._only("constant", node)
            return Constant(value.value)
        stated = self.document.text(node, "termType")
        found = self._expression(node, _TYPES.get(local(stated or "")))
        if found is None:
            raise self.document.error(
                say("{file}:{line}: a value is missing — write rml:reference or rml:constant"),
                *sorted(self.document.facts.get(node, ())),
            )
        return found

    def _expression(self, node: Term, type_: TermType | None) -> Expression | None:
        present = [name for name in _EXPRESSIONS if self.document.values(node, name)]
        if not present:
            return None
        self._only(present[0], node)
        value = self.document.value(node, present[0])
        assert value is not None  # noqa: S101  # for the type checker: it is present
        if present[0] == "reference":
            return self.reference(value.value)
        if present[0] == "template":
            return self.template(value.value, type_ or TermType.LITERAL)
        return self._executions().expression(node, value, legacy=present[0] == "functionValue")

    def _executions(self) -> Executions:
        return Executions(self.document, self.registry, self.expression, self.lenient)

    def _only(self, name: str, node: Term) -> None:
        """Refuse a term map that says its value in two ways."""
        for other in _EXPRESSIONS:
            if other != name and (found := self.document.values(node, other)):
                raise self.document.error(
                    say(
                        "{file}:{line}: “{name}” and “{other}” both say the value — keep one",
                        name=name,
                        other=other,
                    ),
                    other,
                    written(found[0]),
                )

    def reference(self, text: str) -> Reference:
        """The reference that ``text`` writes, in the formulation of the source.

        Raises:
            MappingError: when it is none.
        """
        formulation = self.source.formulation if self.source else "csv"
        line = self.document.line("reference", text)
        try:
            if formulation == "jsonpath":
                path = Path.parse(text, line)
                return Reference(path, single=not path.several)
            if formulation == "xpath" and self.source is not None:
                check(text, self.source)
        except (PathError, etree.XPathError) as error:
            raise self.document.error(
                say(
                    "{file}:{line}: “{part}” in the reference {name} is not understood — write it"
                    " as {example}",
                    part=str(error),
                    name=text,
                    example="$.name" if formulation == "jsonpath" else "name",
                ),
                text,
            ) from error
        return Reference(Path.column(text, line))

    def template(self, text: str, type_: TermType) -> Expression:
        """The template that ``text`` writes.

        Raises:
            MappingError: when a brace is not closed, or a reference in it is none.
        """
        try:
            found = tuple(
                self.reference(part) if is_reference else Constant(part)
                for is_reference, part in parts(text)
            )
        except TemplateError as error:
            raise self.document.error(
                say(
                    "{file}:{line}: “{part}” in the template {template} is not understood — write"
                    " {{name}}, and \\{{ for the character itself",
                    part=str(error),
                    template=text,
                ),
                text.replace("\\", "\\\\"),
            ) from error
        return Template(found, type_)

    def _qualifiers(self, node: Term) -> tuple[Expression | None, Expression | None]:
        language = self._qualifier(node, "language")
        datatype = self._qualifier(node, "datatype")
        if language and datatype:
            raise self.document.error(
                say("{file}:{line}: a text has a datatype or a language, not both — remove one"),
                "language",
            )
        if isinstance(language, Constant) and (reason := no_language(language.text)):
            raise self.document.error(
                say(
                    "{file}:{line}: “{name}” is no language ({reason}) — write a code such as fr",
                    name=language.text,
                    reason=reason,
                ),
                language.text,
            )
        if isinstance(datatype, Constant) and (said := no_datatype(datatype.text)):
            raise self.document.error(said, re.split("[/#:]", datatype.text)[-1])
        return language, datatype

    def _qualifier(self, node: Term, name: str) -> Expression | None:
        short = self.document.value(node, name)
        long = self.document.value(node, name + "Map")
        if short is not None:
            return Constant(short.value)
        return self.expression(long) if long is not None else None

    def _condition(self, node: Term) -> Call | None:
        found = self.document.value(node, "condition")
        return None if found is None else self._executions().condition(found)
