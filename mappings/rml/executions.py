"""The function calls of an RML document: RML-FNML, and functionValue of the older vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from mappings.calls import Calls
from mappings.functions import Registry
from mappings.functions.registry import IDLAB
from mappings.plan import Call, Constant, Expression, Reference, Template, TermType
from mappings.problems import MappingError
from mappings.rml.document import Document, Term, written
from mappings.rml.vocabulary import FNO
from vocab.messages import Message, say

_DEEP = 50


@dataclass(frozen=True, slots=True)
class Executions:
    """What calls are read with; ``read`` gives the expression of an expression map."""

    document: Document
    registry: Registry
    read: Callable[[Term], Expression]
    lenient: bool = False

    def expression(self, node: Term, execution: Term, *, legacy: bool = False) -> Call:
        """The call that the expression map ``node`` makes: its ``execution``, whose output it uses.

        Raises:
            MappingError: when the function, a parameter or the output is unknown, or missing.
        """
        called = self._call(execution, legacy=legacy)
        if output := self._constant(node, "return"):
            self._calls().check_output(called.function, output, output)
        return called

    def condition(self, node: Term) -> Call:
        """The call that a condition makes.

        Raises:
            MappingError: as ``expression``.
        """
        inner = self.document.value(node, "functionExecution")
        return self._call(node) if inner is None else self.expression(node, inner)

    def _call(self, node: Term, *, legacy: bool = False) -> Call:
        self._check_ends(node, ())
        function, given = self._old_inputs(node) if legacy else self._inputs(node)
        if not function:
            raise self.document.error(
                say("{file}:{line}: a key “{name}” is missing — add it", name="rml:function"),
                "functionValue" if legacy else "functionExecution",
            )
        arguments = [(iri, value, iri) for iri, value in given]
        return self._calls().call(function, arguments, function)

    def _calls(self) -> Calls[str]:
        return Calls(self.registry, self.document.prefixes, self._fault, self.lenient)

    def _fault(self, iri: str, message: Message) -> MappingError:
        return self.document.error(message, written(ox.NamedNode(iri)))

    def _check_ends(self, node: Term, within: tuple[Term, ...]) -> None:
        """Refuse an execution that is one of its own inputs."""
        if node in within or len(within) > _DEEP:
            raise self.document.error(
                say("{file}:{line}: a function is called to give its own input — remove one call"),
                written(node) or "functionExecution",
            )
        for each in self.document.values(node, "input"):
            for value in self.document.values(each, "inputValueMap"):
                for inner in self.document.values(value, "functionExecution"):
                    self._check_ends(inner, (*within, node))

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
            found = self.read(value) if is_map else Constant(value.value)
            if isinstance(found, Reference):  # a function may be given a list, or an object
                found = replace(found, single=False)
            given.append((parameter, found))
        return self._constant(node, "function"), given

    def _constant(self, node: Term, name: str) -> str:
        """The IRI that a property, or its map, always gives; "" without one.

        Raises:
            MappingError: when it is no IRI, or differs from record to record.
        """
        found = self.document.value(node, name)
        long = self.document.value(node, name + "Map") if found is None else None
        if long is not None:
            found = self.document.value(long, "constant")
        if found is None and long is None:
            return ""
        if not isinstance(found, ox.NamedNode):
            raise self.document.error(
                say(
                    "{file}:{line}: {name} is the same IRI for every record — write it as"
                    " prefix:name",
                    name=f"rml:{name}",
                ),
                name if long is None else name + "Map",
            )
        return found.value

    def _old_inputs(self, node: Term) -> tuple[str, list[tuple[str, Expression]]]:
        """A call in the form of a triples map: each parameter is a predicate."""
        function, given = "", list[tuple[str, Expression]]()
        for rule in self.document.values(node, "predicateObjectMap"):
            predicate = self._constant(rule, "predicate")
            objects = [
                *map(Constant, (each.value for each in self.document.values(rule, "object"))),
                *map(self.read, self.document.values(rule, "objectMap")),
            ]
            for each in objects:
                if predicate == FNO + "executes" and isinstance(each, Constant):
                    function = each.text
                else:
                    given.append((predicate, each))
        return function, given


def parted(call: Call) -> tuple[Call | None, Expression]:
    """A call of ``trueCondition`` as what it is: a condition, and the value that it is about."""
    given = {each.parameter: each.value for each in call.arguments}
    condition = given.get(IDLAB + "strBoolean")
    if call.function != IDLAB + "trueCondition" or not isinstance(condition, Call):
        return None, call
    value = given[IDLAB + "str"]
    if isinstance(value, Template):
        value = replace(value, type=TermType.LITERAL)
    return condition, value
