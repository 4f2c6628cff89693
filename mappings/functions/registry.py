"""What a function is to the engine: an FnO description and the Python that does it.

A function takes plain values and gives back a value, a ``Problem``, an RDF term, or a list
of these; it never raises for a value it cannot use. Where a parameter takes one value and
the record holds several, the engine calls the function for each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vocab import EB

EBF = EB.removesuffix("ns#") + "function#"
GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
IDLAB = "https://w3id.org/imec/idlab/function#"

Lookup = Callable[[str, str], str | None]
"""Scheme and word → IRI of the concept, or None (``vocab.words.lookup``)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter by its IRI.

    ``takes`` says what it is given: "one" value; an "object" of JSON; the "list" of all
    values of its expression; or the "rest": it may be written several times and each value
    is a list item, None included. The function is not called when a required "one" or
    "object" has no value; objects are no value where one is not asked for.
    ``choices`` are the texts that it may be, several of them separated by ``|``; such a
    parameter is the same for every record.
    """

    iri: str
    takes: Literal["one", "object", "list", "rest"] = "one"
    required: bool = True
    choices: Callable[[], Collection[str]] | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its IRI; ``call`` takes its parameters in their order."""

    iri: str
    call: Callable[..., Any]
    parameters: tuple[Parameter, ...]


Registry = Mapping[str, Function]


def declare(
    namespace: str, name: str, call: Callable[..., Any], *parameters: str | Parameter
) -> Function:
    """A function of ``namespace``; a parameter given as text is a required "one" of it."""
    return Function(
        namespace + name,
        call,
        tuple(Parameter(namespace + p) if isinstance(p, str) else p for p in parameters),
    )


def optional(name: str, namespace: str = EBF) -> Parameter:
    """A parameter that may be absent; the function is then given None."""
    return Parameter(namespace + name, required=False)
