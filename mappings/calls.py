"""Function calls of any mapping language, checked against the registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from mappings.functions import Function, Parameter, Registry
from mappings.functions.grel import ALIASES
from mappings.plan import Argument, Call, Constant, Expression
from mappings.problems import MappingError, nearest
from vocab.messages import Message, say

Where = TypeVar("Where")

_OUTPUT = re.compile(
    r"_?(?:string|bool|boolean|array|list|number|int|integer|double|date|any|object)_?out(?:put)?"
    r"|out(?:put)?(?:_[a-z]+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Calls(Generic[Where]):
    """What calls are checked with.

    ``fault`` makes an error of a message, whose text starts with ``{file}:{line}:``, and a place;
    ``prefixes`` shorten names for it. With ``lenient``, a function that is none of the registry is
    taken as it is written, for translation.
    """

    registry: Registry
    prefixes: Mapping[str, str]
    fault: Callable[[Where, Message], MappingError]
    lenient: bool = False

    def call(
        self, function: str, arguments: Iterable[tuple[str, Expression, Where]], where: Where
    ) -> Call:
        """The call of the function with the IRI ``function``; parameters are given by IRI.

        Raises:
            MappingError: when the function or a parameter is unknown, or one is missing.
        """
        function = ALIASES.get(function, function)
        if function not in self.registry and self.lenient and not self._is_ours(function):
            return Call(function, tuple(Argument(iri, value) for iri, value, _ in arguments))
        known = self._function(function, where)
        parameters = {parameter.iri: parameter for parameter in known.parameters}
        given: list[Argument] = []
        for name, value, place in arguments:
            iri = name if name in parameters else ALIASES.get(name, name)
            if iri not in parameters:
                raise self.fault(
                    place,
                    say(
                        "{file}:{line}: {function} has no parameter “{name}” — write {near}",
                        function=self.shorten(function),
                        name=self.shorten(iri),
                        near=nearest(self.shorten(iri), map(self.shorten, parameters)),
                    ),
                )
            self._check_choice(parameters[iri], value, place)
            given.append(Argument(iri, value))
        self._complete(known, given, where)
        return Call(known.iri, tuple(given))

    def check_output(self, function: str, output: str, where: Where) -> None:
        """Refuse an ``output`` that the function called ``function`` has not.

        FnO libraries call the only output of a function after its kind (grel:stringOut) or its
        predicate (grel:stringOutput); ours after the function.

        Raises:
            MappingError: when it is none of these.
        """
        function = ALIASES.get(function, function)
        own = {function + "Output", function + "Out"}
        if output in own or (function not in self.registry and self.lenient):
            return
        namespace = _namespace(function)
        if not (output.startswith(namespace) and _OUTPUT.fullmatch(output.removeprefix(namespace))):
            usual = [*own, *(namespace + name for name in ("stringOut", "boolOut"))]
            raise self.fault(
                where,
                say(
                    "{file}:{line}: {function} has no output “{name}” — write {near}",
                    function=self.shorten(function),
                    name=self.shorten(output),
                    near=nearest(self.shorten(output), map(self.shorten, usual)),
                ),
            )

    def shorten(self, iri: str) -> str:
        """``iri`` with a prefix, where one is declared for it."""
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri

    def _is_ours(self, function: str) -> bool:
        """Whether a function of the registry is in the same namespace."""
        return any(known.startswith(_namespace(function)) for known in self.registry)

    def _function(self, iri: str, where: Where) -> Function:
        if iri not in self.registry:
            name = self.shorten(iri)
            raise self.fault(
                where,
                say(
                    "{file}:{line}: unknown function “{name}” — write {near}",
                    name=name,
                    near=nearest(name, map(self.shorten, self.registry)),
                ),
            )
        return self.registry[iri]

    def _check_choice(self, parameter: Parameter, value: Expression, where: Where) -> None:
        if parameter.choices is None:
            return
        known = parameter.choices()
        written = value.text if isinstance(value, Constant) else "$(…)"
        for part in written.split("|"):
            if part not in known:
                raise self.fault(
                    where,
                    say(
                        "{file}:{line}: {name} cannot be “{value}” — write {near}",
                        name=self.shorten(parameter.iri),
                        value=part,
                        near=nearest(part, known),
                    ),
                )

    def _complete(self, function: Function, given: list[Argument], where: Where) -> None:
        """Refuse a call in which a parameter is missing, or written twice for nothing."""
        names = [argument.parameter for argument in given]
        for parameter in function.parameters:
            count = names.count(parameter.iri)
            if not count and parameter.required:
                raise self.fault(
                    where,
                    say(
                        "{file}:{line}: {function} needs the parameter {name} — add it",
                        function=self.shorten(function.iri),
                        name=self.shorten(parameter.iri),
                    ),
                )
            if count > 1 and parameter.takes != "rest":
                raise self.fault(
                    where,
                    say(
                        "{file}:{line}: {function} takes {name} once — keep one",
                        function=self.shorten(function.iri),
                        name=self.shorten(parameter.iri),
                    ),
                )


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
