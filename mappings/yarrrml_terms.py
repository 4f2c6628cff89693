"""Terms of a YARRRML document: values long and short, datatypes, languages, function calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mappings.datatypes import no_datatype, no_language
from mappings.documents import Items, Table, Text, Value
from mappings.plan import Call, Constant, Expression, TermMap, TermType
from mappings.problems import nearest
from mappings.yarrrml_calls import compact_call
from mappings.yarrrml_text import Reading, placed
from vocab.messages import say

Keys = Mapping[str, tuple[str, ...]]

FUNCTION: Keys = {
    "function": ("function", "fn", "f"),
    "parameters": ("parameters", "parameter", "pms"),
}
TERM: Keys = {
    **FUNCTION,
    "value": ("value", "v"),
    "type": ("type",),
    "datatype": ("datatype",),
    "language": ("language",),
    "mapping": ("mapping", "m"),
    "condition": ("condition", "c"),
    "targets": ("targets", "target"),
    "quoted": ("quoted",),
    "quotedNonAsserted": ("quotedNonAsserted",),
}
PARAMETER: Keys = {
    "parameter": ("parameter", "pm", "p"),
    "value": ("value", "v"),
    "type": ("type",),
    "from": ("from",),
}
_TYPES = {
    "iri": TermType.IRI,
    "literal": TermType.LITERAL,
    "blank": TermType.BLANK,
    "blanknode": TermType.BLANK,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one mapping, whose texts ``reading`` understands."""

    reading: Reading

    def every(self, value: Value | None, type_: TermType) -> Iterator[TermMap]:
        """The term maps of one value or a list of them."""
        return (self.one(each, type_) for each in listed(value))

    def one(self, value: Value, type_: TermType) -> TermMap:
        """The term map that ``value`` writes, of ``type_`` unless it says another type.

        Raises:
            MappingError: when it cannot be understood.
        """
        if isinstance(value, Table):
            return self._long_term(value, type_)
        text, stated = self.reading.text(value), False
        for suffix in ("iri", "literal", "blank"):
            if text.endswith("~" + suffix):
                type_, stated = _TYPES[suffix], True
                text = _cut(text, len(suffix) + 1)
        if type_ is not TermType.LITERAL and text.startswith("_:"):
            text, type_ = _cut(text, 0, 2), TermType.BLANK
        expression = self.reading.expression(text, iri=type_ is TermType.IRI)
        if type_ is TermType.IRI and isinstance(expression, Constant) and ":" in expression.text:
            expression = Constant(self.reading.iri(expression.text, text))
        return TermMap(expression, type_, stated=stated)

    def _long_term(self, value: Table, type_: TermType) -> TermMap:
        table = self.reading.table(value, TERM)
        for key in ("quoted", "quotedNonAsserted"):
            if key in table:
                raise self.reading.error(
                    table[key], say("{file}:{line}: quoted triples are not supported — remove it")
                )
        stated = "type" in table
        if stated:
            type_ = self.type_of(table["type"])
        if "function" in table:
            expression: Expression = self._call(value, table)
        elif "value" in table:
            made = self.one(table["value"], type_)
            expression, type_ = made.expression or Constant(""), made.type
            stated = stated or made.stated
        else:
            raise self.reading.error(
                value, say("{file}:{line}: a key “value” or “function” is missing — add one")
            )
        if "datatype" in table and "language" in table:
            raise self.reading.error(
                table["language"],
                say("{file}:{line}: a text has a datatype or a language, not both — remove one"),
            )
        made = TermMap(
            expression,
            type_,
            condition=self.condition(table.get("condition")),
            stated=stated,
            targets=self.targets(table.get("targets")),
        )
        for key in ("datatype", "language"):
            if key in table:
                made = self.qualified(made, table[key], language=key == "language")
        return made

    def targets(self, value: Value | None) -> tuple[str, ...]:
        """The names of the targets of a term: read over, unless it is for translation."""
        if value is None or self.reading.targets is None:
            return ()
        return self.reading.targets.names(value)

    def type_of(self, value: Value) -> TermType:
        """The term type that a key ``type`` names.

        Raises:
            MappingError: when there is none of this name.
        """
        name = self.reading.text(value)
        if name not in _TYPES:
            raise self.reading.error(
                name,
                say(
                    "{file}:{line}: unknown type “{name}” — write {near}",
                    name=name,
                    near=nearest(name, _TYPES),
                ),
            )
        return _TYPES[name]

    def qualified(self, made: TermMap, value: Value, *, language: bool = False) -> TermMap:
        """``made`` with a datatype, or with the language that ``value~lang`` or a key says."""
        if made.type is not TermType.LITERAL:
            raise self.reading.error(
                value,
                say(
                    "{file}:{line}: “{name}” qualifies an IRI — only literals have a datatype or"
                    " a language",
                    name=str(value),
                ),
            )
        if isinstance(value, Table):
            call = self._call(value, self.reading.table(value, FUNCTION))
            return replace(made, language=call) if language else replace(made, datatype=call)
        text = self.reading.text(value)
        if language or text.endswith("~lang"):
            tag = text if language else _cut(text, len("~lang"))
            return replace(made, language=self._language(tag), datatype=None)
        if "~" in text and ":" not in text:
            raise self.reading.error(
                text,
                say(
                    "{file}:{line}: “{part}” after a value is not understood — write {near}",
                    part=str(text),
                    near=text.partition("~")[0] + "~lang",
                ),
            )
        datatype = self.reading.expression(text, iri=True)
        if isinstance(datatype, Constant):
            datatype = Constant(self.reading.iri(datatype.text, text))
            if said := no_datatype(datatype.text):
                raise self.reading.error(text, said)
        return replace(made, datatype=datatype, language=None)

    def _language(self, tag: Text) -> Expression:
        expression = self.reading.expression(tag)
        if isinstance(expression, Constant) and (reason := no_language(expression.text)):
            raise self.reading.error(
                tag,
                say(
                    "{file}:{line}: “{name}” is no language ({reason}) — write a code such as fr",
                    name=tag,
                    reason=reason,
                ),
            )
        return expression

    def condition(self, value: Value | None) -> Call | None:
        """The function call that a key ``condition`` writes, in any form.

        Raises:
            MappingError: when it is no call of a known function.
        """
        if value is None:
            return None
        if isinstance(value, Text):
            return compact_call(self.reading, value)
        return self._call(value, self.reading.table(value, FUNCTION))

    def _call(self, value: Value, table: Mapping[str, Value]) -> Call:
        if "function" not in table:
            raise self.reading.error(
                value, say("{file}:{line}: a key “function” is missing — add it")
            )
        function = self.reading.text(table["function"])
        if "(" in function:
            return compact_call(self.reading, function)
        return self.reading.call(
            function, [self._parameter(each) for each in listed(table.get("parameters"))]
        )

    def _parameter(self, value: Value) -> tuple[Text, Expression]:
        if isinstance(value, Items) and len(value) == len(("parameter", "value")):
            return self.reading.text(value[0]), self._argument(value[1])
        table = self.reading.table(value, PARAMETER)
        for key in ("parameter", "value"):
            if key not in table:
                raise self.reading.error(
                    value, say("{file}:{line}: a key “{name}” is missing — add it", name=key)
                )
        return self.reading.text(table["parameter"]), self._argument(table["value"])

    def _argument(self, value: Value) -> Expression:
        if isinstance(value, Table):
            return self._call(value, self.reading.table(value, FUNCTION))
        return self.reading.argument(value)


def listed(value: Value | None) -> list[Value]:
    """``value`` as a list: itself when it is one, else its only item."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, Items) else [value]


def _cut(text: Text, tail: int, head: int = 0) -> Text:
    """``text`` without its first ``head`` and last ``tail`` characters, on the same line."""
    return placed(text[head : len(text) - tail], text)
