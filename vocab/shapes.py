"""What a record must be: ``shapes.ttl``, compiled once, run on every record.

``shapes.ttl`` is plain SHACL Core, which any validator reads. Here it becomes closures,
because a harvest run cannot pay 3 ms an event (see ``vocab.constraints``). A constraint that
the compiler does not know is an error at start: no part of the file is silently ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, Triple

from vocab import ROOM, VocabularyError, constraints, read_turtle, term
from vocab.constraints import Check
from vocab.facts import RDF_TYPE, Facts, Node
from vocab.messages import Message, say

Severity = OneOf["violation", "warning", "info"]
SHAPES = ROOM / "shapes.ttl"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one thing that is not as it must be.

    ``focus`` is the IRI of the thing, ``code`` the local name of the shape or check, by which
    findings are counted. A violation sends the record to quarantine, a warning is published
    with it, an info is only counted.
    """

    focus: str
    code: str
    severity: Severity
    message: Message


@dataclass(frozen=True, slots=True)
class _Rule:
    """A shape with a severity: what it holds for, and whether a focus node conforms."""

    code: str
    severity: Severity
    message: Message
    check: Check


@dataclass(frozen=True, slots=True)
class _Shape:
    """A node shape: how its focus nodes are found, and its rules."""

    classes: tuple[Node, ...]
    properties: tuple[NamedNode, ...]
    rules: tuple[_Rule, ...]

    def focus_nodes(self, facts: Facts) -> Iterator[Node]:
        """The nodes that the shape is about, each once."""
        seen: dict[Node, None] = {}
        for of in self.classes:
            seen |= dict.fromkeys(facts.instances(of))
        for predicate in self.properties:
            seen |= dict.fromkeys(facts.subjects(predicate))
        return iter(seen)


class Shapes:
    """The compiled shapes of one SHACL file.

    Raises:
        VocabularyError: when the file cannot be read, or uses a part of SHACL that is not
            compiled.
    """

    def __init__(self, triples: Iterable[Triple], name: str = SHAPES.name) -> None:
        compiler = _Compiler(Facts(triples), name)
        self._shapes = tuple(compiler.shapes())

    @classmethod
    def load(cls, path: Path = SHAPES) -> Shapes:
        """The shapes of a Turtle file."""
        return cls(read_turtle(path), path.name)

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """What is wrong in ``facts``: one finding for each thing and rule it breaks."""
        for shape in self._shapes:
            for focus in shape.focus_nodes(facts):
                for rule in shape.rules:
                    if not rule.check(facts, focus, (focus,)):
                        yield Finding(
                            str(focus).strip("<>"), rule.code, rule.severity, rule.message
                        )


@cache
def french_messages(path: Path = SHAPES) -> Mapping[str, str]:
    """English sentence → French one, of the messages that a SHACL file holds in both."""
    facts = Facts(read_turtle(path))
    said = [facts.values(node, _sh("message")) for node in facts.subjects(_sh("message"))]
    return {texts["en"]: texts["fr"] for values in said if len(texts := _by_language(values)) > 1}


def _by_language(values: Iterable[Node]) -> dict[str, str]:
    return {value.language or "": value.value for value in values if isinstance(value, Literal)}


@cache
def shapes() -> Shapes:
    """The shapes of the vocabulary, compiled once per process."""
    return Shapes.load()


def _sh(name: str) -> NamedNode:
    return NamedNode(term(f"sh:{name}"))


def _local(node: Node) -> str:
    return str(node).strip("<>").rpartition("#")[2]


def _lexical(node: Node) -> str:
    return node.value if isinstance(node, NamedNode | Literal) else str(node)


_SEVERITIES: Mapping[Node, Severity] = MappingProxyType(
    {_sh("Violation"): "violation", _sh("Warning"): "warning", _sh("Info"): "info"}
)
_DESCRIPTIVE = frozenset(
    _sh(name)
    for name in (
        "path",
        "message",
        "severity",
        "property",
        "targetClass",
        "targetSubjectsOf",
        "qualifiedValueShape",
    )
) | {RDF_TYPE}


class _Compiler:
    """From the statements of a shapes graph to rules."""

    def __init__(self, facts: Facts, name: str) -> None:
        self._facts = facts
        self._name = name
        self._components: Mapping[NamedNode, Callable[[Node], Check]] = {
            _sh("minCount"): lambda value: constraints.min_count(int(_lexical(value))),
            _sh("maxCount"): lambda value: constraints.max_count(int(_lexical(value))),
            _sh("minLength"): lambda value: constraints.min_length(int(_lexical(value))),
            _sh("maxLength"): lambda value: constraints.max_length(int(_lexical(value))),
            _sh("pattern"): lambda value: constraints.pattern(_lexical(value)),
            _sh("minInclusive"): lambda value: constraints.min_inclusive(Decimal(_lexical(value))),
            _sh("maxInclusive"): lambda value: constraints.max_inclusive(Decimal(_lexical(value))),
            _sh("datatype"): lambda value: constraints.datatype(_lexical(value)),
            _sh("nodeKind"): lambda value: constraints.node_kind(_lexical(value)),
            _sh("class"): constraints.of_class,
            _sh("hasValue"): constraints.has_value,
            _sh("uniqueLang"): constraints.unique_language,
            _sh("disjoint"): lambda value: constraints.disjoint(NamedNode(_lexical(value))),
            _sh("in"): lambda head: constraints.one_of(facts.list_of(head)),
            _sh("languageIn"): lambda head: constraints.language_in(facts.list_of(head)),
            _sh("not"): lambda shape: constraints.negation(self._check(shape)),
            _sh("or"): lambda head: constraints.alternative(self._checks(head)),
            _sh("and"): lambda head: constraints.conjunction(self._checks(head)),
        }

    def shapes(self) -> Iterator[_Shape]:
        """The node shapes of the file."""
        for node in self._facts.instances(_sh("NodeShape")):
            own = [self._rule(node)] if self._facts.values(node, _sh("message")) else []
            named = [self._rule(part) for part in self._facts.values(node, _sh("property"))]
            if not own and (loose := self._constraints(node)):
                own = [_Rule(_local(node), "violation", self._message(node), _all(loose))]
            yield _Shape(
                classes=tuple(self._facts.values(node, _sh("targetClass"))),
                properties=tuple(
                    NamedNode(_lexical(of))
                    for of in self._facts.values(node, _sh("targetSubjectsOf"))
                ),
                rules=(*own, *named),
            )

    def _rule(self, node: Node) -> _Rule:
        severity = self._facts.value(node, _sh("severity"))
        return _Rule(
            code=_local(node),
            severity=self._severity(severity),
            message=self._message(node),
            check=self._check(node),
        )

    def _message(self, node: Node) -> Message:
        for text in self._facts.values(node, _sh("message")):
            if isinstance(text, Literal) and text.language == "en":
                return Message(text.value.replace("{", "{{").replace("}", "}}"))
        return say("this does not follow the shape {shape}", shape=_local(node))

    def _checks(self, head: Node) -> list[Check]:
        return [self._check(shape) for shape in self._facts.list_of(head)]

    def _check(self, node: Node) -> Check:
        """A shape as one check on a focus node; a property shape follows its path first."""
        every = _all(self._constraints(node))
        path = self._facts.value(node, _sh("path"))
        if path is None:
            return every
        predicates = self._path(path)
        when_empty = every(Facts(()), node, ())  # no component looks beyond its values then

        def check(facts: Facts, focus: Node, _values: Sequence[Node]) -> bool:
            values = [value for step in predicates for value in facts.values(focus, step)]
            return every(facts, focus, values) if values else when_empty

        return check

    def _severity(self, given: Node | None) -> Severity:
        if given is None:
            return "violation"
        if given not in _SEVERITIES:
            raise self._unknown(_local(given))
        return _SEVERITIES[given]

    def _path(self, path: Node) -> tuple[NamedNode, ...]:
        if isinstance(path, NamedNode):
            return (path,)
        head = self._facts.value(path, _sh("alternativePath"))
        if head is None:
            raise self._unknown("sh:path")
        return tuple(NamedNode(_lexical(step)) for step in self._facts.list_of(head))

    def _constraints(self, node: Node) -> list[Check]:
        found = []
        for predicate in self._facts.predicates(node):
            if predicate == _sh("qualifiedMinCount"):
                found.append(self._qualified(node))
            elif predicate in self._components:
                component = self._components[predicate]
                values = self._facts.values(node, predicate)
                try:
                    found += [component(value) for value in values]
                except (KeyError, ValueError, re.error) as error:
                    told = ", ".join(map(_local, values))
                    raise self._unknown(f"{_local(predicate)} {told}") from error
            elif predicate not in _DESCRIPTIVE:
                raise self._unknown(_local(predicate))
        return found

    def _qualified(self, node: Node) -> Check:
        shape = self._facts.values(node, _sh("qualifiedValueShape"))[0]
        least = self._facts.values(node, _sh("qualifiedMinCount"))[0]
        return constraints.qualified(self._check(shape), int(_lexical(least)))

    def _unknown(self, what: str) -> VocabularyError:
        return VocabularyError(
            say(
                "{file}: {what} is no part of SHACL compiled here — say it another way",
                file=self._name,
                what=what,
            )
        )


def _all(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(facts: Facts, focus: Node, values: Sequence[Node]) -> bool:
        for one in checks:  # noqa: SIM110  # all() over a generator costs twice this
            if not one(facts, focus, values):
                return False
        return True

    return check
