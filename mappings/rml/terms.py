"""The term maps of an RML document: expressions, term types, languages, datatypes, functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import pyoxigraph as ox
from lxml import etree

from mappings.calls import Calls
from mappings.functions import Registry
from mappings.functions.registry import IDLAB
from mappings.paths import Path, PathError
from mappings.plan import Call, Constant, Expression, Reference, Source, Template, TermMap, TermType
from mappings.problems import MappingError, nearest
from mappings.rml.document import Document, Term, written
from mappings.rml.templates import TemplateError, parts
from mappings.rml.vocabulary import FNO, local
from mappings.xml_items import compiled
from vocab.messages import Message, say

Position = Literal["subject", "predicate", "object", "graph"]

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
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
ALIASES: Final = {
    _GREL + "toUppercase": _GREL + "toUpperCase",
    _GREL + "valueParam": _GREL + "valueParameter",
    _GREL + "valueParam2": _GREL + "valueParameter2",
    _GREL + "param_find": _GREL + "p_string_find",
    _GREL + "param_replace": _GREL + "p_string_replace",
    _GREL + "param_string_sep": _GREL + "p_string_sep",
}
"""FnO gives a parameter an IRI and its predicate another: mappings write either."""


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
        if (value := self.document.value(node, "constant")) is not None:
            self._only("constant", node)
            return replace(self.constant(value, position), condition=self._condition(node))
        language, datatype = self._qualifiers(node)
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
        if (language or datatype) and type_ is not TermType.LITERAL:
            raise self.document.error(
                say(
                    "{file}:{line}: “{name}” qualifies an IRI — only literals have a datatype or"
                    " a language",
                    name="language" if language else "datatype",
                ),
                "language" if language else "datatype",
            )
        condition = self._condition(node)
        if condition is None and isinstance(expression, Call):
            condition, expression = _parted(expression)
        return TermMap(expression, type_, datatype, language, condition, stated is not None)

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
        return self.call(value, legacy=present[0] == "functionValue")

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
                compiled(text, self.source)
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
        if isinstance(language, Constant):
            try:
                ox.Literal("", language=language.text)
            except ValueError as error:
                raise self.document.error(
                    say(
                        "{file}:{line}: “{name}” is no language ({reason}) — write a code such as"
                        " fr",
                        name=language.text,
                        reason=str(error),
                    ),
                    language.text,
                ) from error
        return language, datatype

    def _qualifier(self, node: Term, name: str) -> Expression | None:
        short = self.document.value(node, name)
        long = self.document.value(node, name + "Map")
        if short is not None:
            return Constant(short.value)
        return self.expression(long) if long is not None else None

    def _condition(self, node: Term) -> Call | None:
        found = self.document.value(node, "condition")
        if found is None:
            return None
        inner = self.document.value(found, "functionExecution")
        return self.call(inner if inner is not None else found)

    def call(self, node: Term, *, legacy: bool = False) -> Call:
        """The function call that ``node`` describes (RML-FNML; with ``legacy``, functionValue).

        Raises:
            MappingError: when the function or a parameter is unknown, or one is missing.
        """
        function, given = self._old_inputs(node) if legacy else self._inputs(node)
        if not function:
            raise self.document.error(
                say("{file}:{line}: a key “{name}” is missing — add it", name="rml:function"),
                "functionValue" if legacy else "functionExecution",
            )
        arguments = [(ALIASES.get(iri, iri), value, iri) for iri, value in given]
        calls: Calls[str] = Calls(self.registry, self.document.prefixes, self._fault, self.lenient)
        return calls.call(ALIASES.get(function, function), arguments, function)

    def _fault(self, iri: str, message: Message) -> MappingError:
        return self.document.error(message, written(ox.NamedNode(iri)))

    def _inputs(self, node: Term) -> tuple[str, list[tuple[str, Expression]]]:
        given = []
        for each in self.document.values(node, "input"):
            parameter = self._constant(each, "parameter")
            value = self.document.value(each, "inputValueMap")
            value = value if value is not None else self.document.value(each, "inputValue")
            value = value if value is not None else self.document.value(each, "value")
            if not parameter or value is None:
                raise self.document.error(
                    say(
                        "{file}:{line}: an input has a parameter and a value — write rml:parameter"
                        " and rml:inputValueMap"
                    ),
                    "input",
                )
            is_map = not isinstance(value, ox.NamedNode) or value in self.document.facts
            found = self.expression(value) if is_map else Constant(value.value)
            if isinstance(found, Reference):  # a function may be given a list, or an object
                found = replace(found, single=False)
            given.append((parameter, found))
        return self._constant(node, "function"), given

    def _constant(self, node: Term, name: str) -> str:
        """The IRI that a property, or its map, always gives; "" without one."""
        if (short := self.document.text(node, name)) is not None:
            return short
        long = self.document.value(node, name + "Map")
        return "" if long is None else self.document.text(long, "constant") or ""

    def _old_inputs(self, node: Term) -> tuple[str, list[tuple[str, Expression]]]:
        """A call in the form of a triples map: each parameter is a predicate."""
        function, given = "", list[tuple[str, Expression]]()
        for rule in self.document.values(node, "predicateObjectMap"):
            predicate = self._constant(rule, "predicate")
            objects = [
                *map(Constant, (each.value for each in self.document.values(rule, "object"))),
                *map(self.expression, self.document.values(rule, "objectMap")),
            ]
            for each in objects:
                if predicate == FNO + "executes" and isinstance(each, Constant):
                    function = each.text
                else:
                    given.append((predicate, each))
        return function, given


def _parted(call: Call) -> tuple[Call | None, Expression]:
    """A call of ``trueCondition`` as what it is: a condition, and the value that it is about."""
    given = {each.parameter: each.value for each in call.arguments}
    condition = given.get(IDLAB + "strBoolean")
    if call.function != IDLAB + "trueCondition" or not isinstance(condition, Call):
        return None, call
    value = given[IDLAB + "str"]
    return condition, replace(value, type=TermType.LITERAL) if isinstance(
        value, Template
    ) else value
