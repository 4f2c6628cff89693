"""A ``Plan`` → YARRRML, in its long form where the short one does not say all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from mappings.bases import with_one_base
from mappings.paths import Path
from mappings.plan import (
    Call,
    Constant,
    Expression,
    Link,
    ObjectMap,
    Plan,
    PredicateObject,
    Reference,
    Template,
    TermMap,
    TermType,
    TriplesMap,
)
from mappings.prefixes import PREDEFINED, SCHEMES
from mappings.source import CsvDialect, Source
from vocab import term

_TYPE = TermMap(Constant(term("rdf:type")), TermType.IRI)
_WIDTH = 100
_SUFFIXES = {TermType.BLANK: "~blank", TermType.LITERAL: "~literal"}


def write_yarrrml(plan: Plan) -> str:
    """``plan`` as a YARRRML document, with the prefixes that it uses.

    Reading it again gives the same plan, but for what YARRRML cannot say: the unsafe kinds of IRI
    are written as IRIs.
    """
    return _Writer(plan).text()


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = with_one_base(plan)
        self.known = {**PREDEFINED, **dict(plan.prefixes)}
        self.used: dict[str, str] = {}

    def text(self) -> str:
        mappings = {each.name: self._mapping(each) for each in self.plan.triples_maps}
        base = self.plan.base
        document: dict[str, Any] = {"prefixes": dict(sorted(self.used.items()))}
        document |= {"base": base} if base else {}
        document["mappings"] = mappings
        yaml = YAML()
        yaml.width = _WIDTH
        out = io.StringIO()
        yaml.dump(document, out)
        return out.getvalue()

    def _mapping(self, each: TriplesMap) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if each.sources:
            made["sources"] = _flowing(map(self._source, each.sources))
        subjects = [self._subject(subject) for subject in each.subjects]
        if subjects != [None]:
            made["s"] = subjects[0] if len(subjects) == 1 else subjects
        if each.graphs:
            made["graphs"] = _one_or_all([self._value(graph) for graph in each.graphs])
        if each.condition:
            made["condition"] = self._call(each.condition)
        if each.predicate_objects:
            made["po"] = [self._rule(rule) for rule in each.predicate_objects]
        return made

    def _source(self, source: Source) -> Any:
        access, delimiter = source.address or source.access, source.dialect.delimiter
        plain = delimiter == CsvDialect.of(source.access).delimiter and not source.encoding
        if plain and not source.database:
            short = [f"{access}~{source.formulation}"]
            return _flow([*short, source.iterator] if source.iterator else short)
        made = {"access": access, "referenceFormulation": source.formulation}
        if source.iterator:
            made["iterator"] = source.iterator
        made["delimiter"] = delimiter
        if source.encoding:
            made["encoding"] = source.encoding
        return made

    def _rule(self, rule: PredicateObject) -> Any:
        predicates = ["a" if each == _TYPE else self._value(each) for each in rule.predicates]
        objects = [self._object(each) for each in rule.objects]
        only = rule.objects[0] if len(rule.objects) == 1 else None
        bare = not (rule.graphs or rule.condition or rule.inverse)
        if bare and len(predicates) == 1 and isinstance(only, TermMap):
            short = self._short(only, is_class=predicates == ["a"])
            if short is not None and isinstance(predicates[0], str):
                return _flow([predicates[0], *short])
        made: dict[str, Any] = {"p": _one_or_all(predicates)}
        if rule.inverse:
            made["inversepredicates"] = _one_or_all([self._value(each) for each in rule.inverse])
        made["o"] = _one_or_all(objects)
        if rule.graphs:
            made["graphs"] = _one_or_all([self._value(each) for each in rule.graphs])
        if rule.condition:
            made["condition"] = self._call(rule.condition)
        return made

    def _short(self, term_map: TermMap, *, is_class: bool) -> list[str] | None:
        """A value, and its datatype or language, where that says all of it."""
        if term_map.condition or isinstance(term_map.expression, Call | None):
            return None
        if isinstance(term_map.datatype, Call) or isinstance(term_map.language, Call):
            return None
        suffix = "~iri" if term_map.type.named else _SUFFIXES.get(term_map.type, "")
        meant = TermType.IRI if is_class else TermType.LITERAL
        if term_map.type is meant and not term_map.stated:
            suffix = ""
        text = self._text(term_map.expression, iri=term_map.type.named)
        if term_map.datatype is not None:
            return [text + suffix, self._text(term_map.datatype, iri=True)]
        if term_map.language is not None:
            return [text + suffix, self._text(term_map.language) + "~lang"]
        return [text + suffix]

    def _subject(self, each: ObjectMap) -> Any:
        if isinstance(each, TermMap):
            return None if each.expression is None else self._value(each)
        return self._object(each)

    def _object(self, each: ObjectMap) -> Any:
        if isinstance(each, Link):
            made: dict[str, Any] = {"mapping": each.parent}
            conditions = [
                {
                    "function": "equal",
                    "parameters": [
                        _flow(["str1", self._argument(join.child), "s"]),
                        _flow(["str2", self._argument(join.parent), "o"]),
                    ],
                }
                for join in each.joins
            ]
            conditions += [self._call(each.condition)] if each.condition else []
            return made | ({"condition": _one_or_all(conditions)} if conditions else {})
        return self._value(each, typed=True)

    def _value(self, term_map: TermMap, *, typed: bool = False) -> Any:
        """A term in its long form; a text where its place says its type, unless ``typed``."""
        expression = term_map.expression
        if isinstance(expression, Call):
            made = self._call(expression)
        else:
            text = self._text(expression or Constant(""), iri=term_map.type.named)
            said = typed or term_map.stated or term_map.condition is not None
            if term_map.type.named and not said:
                return text
            made = {"value": text}
        named = {TermType.BLANK: "blank", TermType.LITERAL: "literal"}.get(term_map.type, "iri")
        made["type"] = named
        if term_map.datatype is not None:
            made["datatype"] = self._qualifier(term_map.datatype, iri=True)
        if term_map.language is not None:
            made["language"] = self._qualifier(term_map.language, iri=False)
        if term_map.condition is not None:
            made["condition"] = self._call(term_map.condition)
        return made

    def _qualifier(self, expression: Expression, *, iri: bool) -> Any:
        if isinstance(expression, Call):
            return self._call(expression)
        return self._text(expression, iri=iri)

    def _call(self, call: Call) -> dict[str, Any]:
        parameters = [
            {"parameter": self._iri(each.parameter), "value": self._call(each.value)}
            if isinstance(each.value, Call)
            else _flow([self._iri(each.parameter), self._argument(each.value)])
            for each in call.arguments
        ]
        return {"function": self._iri(call.function), "parameters": parameters}

    def _argument(self, expression: Expression) -> Any:
        return self._call(expression) if isinstance(expression, Call) else self._text(expression)

    def _text(self, expression: Expression, *, iri: bool = False) -> str:
        """A constant, a reference or a template as a YARRRML text."""
        parts = expression.parts if isinstance(expression, Template) else (expression,)
        texts = []
        for number, part in enumerate(parts):
            if isinstance(part, Constant):
                first = iri and not number
                texts.append((self._iri(part.text) if first else part.text).replace("$(", "\\$("))
            elif isinstance(part, Reference):
                texts.append(f"$({_path(part.path)})")
        return "".join(texts)

    def _iri(self, iri: str) -> str:
        """``iri``, or the beginning of one, with a prefix; a scheme of its own is made one."""
        best = max(
            (name for name, namespace in self.known.items() if iri.startswith(namespace)),
            key=lambda name: len(self.known[name]),
            default=None,
        )
        if best is not None:
            self.used[best] = self.known[best]
            return f"{best}:{iri.removeprefix(self.known[best])}"
        scheme, colon, _ = iri.partition(":")
        if colon and scheme.lower() not in SCHEMES and "/" not in scheme:
            self.used[scheme] = f"{scheme}:"
        return iri


def _path(path: Path) -> str:
    written = path.written or str(path)
    return written.replace(")", "\\)")


def _flow(values: list[Any]) -> CommentedSeq:
    made = CommentedSeq(values)
    made.fa.set_flow_style()
    return made


def _flowing(values: Iterator[Any]) -> CommentedSeq:
    return CommentedSeq(values)


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
