"""The functions of the registry described in FnO (https://w3id.org/function/spec), in Turtle.

Another engine finds here what a function expects and gives; what it does is in the description,
which is that of the Python behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from mappings.functions.registry import Function, Parameter
from mappings.turtle import Block
from vocab import term

FNO: Final = "https://w3id.org/function/ontology#"
_TYPE, _LABEL, _DESCRIPTION = term("rdf:type"), term("rdfs:label"), term("dcterms:description")
_BOOLEAN = ox.NamedNode(term("xsd:boolean"))
_ANY = ox.NamedNode(term("rdfs:Resource"))


def described(function: Function) -> Iterator[Block]:
    """The description of ``function``, and those of its parameters and its output."""
    name = _local(function.iri)
    output = ox.NamedNode(function.iri + "Output")
    block = Block(ox.NamedNode(function.iri))
    block.add(_TYPE, ox.NamedNode(FNO + "Function"))
    block.add(FNO + "name", ox.Literal(name))
    block.add(_LABEL, ox.Literal(name))
    if summary := _summary(function):
        block.add(_DESCRIPTION, ox.Literal(summary, language="en"))
    parameters = [_parameter(function, each) for each in function.parameters]
    block.add(FNO + "expects", [_named(each) for each in parameters])
    block.add(FNO + "returns", [output])
    yield block
    yield from parameters
    made = Block(output)
    made.add(_TYPE, ox.NamedNode(FNO + "Output"))
    made.add(FNO + "name", ox.Literal(f"what {name} gives"))
    made.add(FNO + "predicate", ox.NamedNode(function.iri + "Out"))
    made.add(FNO + "type", _ANY)
    yield made


def _parameter(function: Function, parameter: Parameter) -> Block:
    name = _local(parameter.iri)
    block = Block(ox.NamedNode(f"{function.iri}-{name}"))
    block.add(_TYPE, ox.NamedNode(FNO + "Parameter"))
    block.add(FNO + "name", ox.Literal(name))
    block.add(FNO + "predicate", ox.NamedNode(parameter.iri))
    block.add(FNO + "type", _ANY)
    required = "true" if parameter.required else "false"
    block.add(FNO + "required", ox.Literal(required, datatype=_BOOLEAN))
    return block


def _named(block: Block) -> ox.NamedNode:
    assert isinstance(block.name, ox.NamedNode)  # noqa: S101  # parameters have an IRI
    return block.name


def _local(iri: str) -> str:
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]


def _summary(function: Function) -> str:
    """The first sentence of what the Python says of itself; lambdas say nothing."""
    written = (function.call.__doc__ or "").strip().partition("\n\n")[0]
    return " ".join(written.replace("``", "").split())
