"""How a CSV file is written, as CSV on the Web describes it (csvw:dialect)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyoxigraph as ox

from mappings.problems import nearest
from mappings.rml.document import Document, Term, written
from mappings.rml.vocabulary import CSVW
from mappings.source import CsvDialect
from mappings.turtle import Block
from vocab.messages import say

_READ = frozenset(
    {
        *("delimiter", "quoteChar", "doubleQuote", "commentPrefix", "trim", "skipInitialSpace"),
        *("header", "headerRowCount", "skipRows", "encoding"),
    }
)
_NAMES = {
    "delimiter": "delimiter",
    "quote": "quoteChar",
    "double": "doubleQuote",
    "comment": "commentPrefix",
    "skip": "skipRows",
    "header": "header",
    "trim": "trim",
}
_OF_NO_CONSEQUENCE = frozenset({"lineTerminators", "skipBlankRows", "title", "name"})
"""Any end of line is read, and a row without anything is none."""

_SPACES = frozenset({"true", "1", "start", "end"})


def dialect(document: Document, given: Term, access: str) -> CsvDialect:
    """The dialect of the source ``given``, whose file is ``access``.

    Raises:
        MappingError: when something is said of it that this engine does not read.
    """
    described = document.value(given, CSVW + "dialect")
    stated = _stated(document, given, strict=False)
    if described is not None:
        stated |= _stated(document, described, strict=True)
    return replace(CsvDialect.of(access), **_fields(document, stated))


def block_of(dialect: CsvDialect) -> Block:
    """``dialect`` as CSVW writes it: what is not meant without being said."""
    block, usual = Block(), CsvDialect()
    for name, key in (
        ("delimiter", "delimiter"),
        ("quoteChar", "quote"),
        ("commentPrefix", "comment"),
    ):
        if (text := getattr(dialect, key)) != getattr(usual, key):
            block.add(CSVW + name, ox.Literal(text))
    for name, key in (("header", "header"), ("doubleQuote", "double"), ("trim", "trim")):
        if (holds := getattr(dialect, key)) is not getattr(usual, key):
            block.add(CSVW + name, ox.Literal(holds))
    if dialect.skip:
        block.add(CSVW + "skipRows", ox.Literal(dialect.skip))
    return block


def _stated(document: Document, node: Term, *, strict: bool) -> dict[str, ox.Literal]:
    """What is said of a dialect, by the local name of CSVW."""
    found = {}
    facts = {} if isinstance(node, ox.Literal) else document.facts.get(node, {})
    for iri in facts:
        name = iri.removeprefix(CSVW)
        if iri == name or name in _OF_NO_CONSEQUENCE:
            continue
        value = document.value(node, iri) if strict or name in _READ else None
        if not isinstance(value, ox.Literal):
            continue
        if name in _READ:
            found[name] = value
        elif strict:
            raise document.error(
                say(
                    "{file}:{line}: “{name}” of a CSV dialect is not read — write {near}",
                    name=name,
                    near=nearest(name, _READ),
                ),
                name,
                written(value),
            )
    return found


def _fields(document: Document, stated: dict[str, ox.Literal]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in stated.items():
        text = value.value
        match name:
            case "delimiter" | "quoteChar":
                if len(text) > 1 or (not text and name == "delimiter"):
                    raise document.error(
                        say(
                            "{file}:{line}: “{text}” cannot be the {name} of a table — write one"
                            " character",
                            text=text,
                            name=name,
                        ),
                        name,
                    )
                fields["delimiter" if name == "delimiter" else "quote"] = text
            case "doubleQuote":
                fields["double"] = _is_true(value)
            case "commentPrefix":
                fields["comment"] = text
            case "trim" | "skipInitialSpace":
                fields["trim"] = text in _SPACES
            case "header":
                fields["header"] = _is_true(value)
            case "headerRowCount" | "skipRows":
                fields |= _count(document, name, value)
    return fields


def _count(document: Document, name: str, value: ox.Literal) -> dict[str, Any]:
    most = 1 if name == "headerRowCount" else 1_000_000
    if not value.value.isdecimal() or int(value.value) > most:
        raise document.error(
            say(
                "{file}:{line}: “{text}” cannot be the {name} of a table — write a number up to"
                " {most}",
                text=value.value,
                name=name,
                most=most,
            ),
            name,
        )
    number = int(value.value)
    return {"header": number == 1} if name == "headerRowCount" else {"skip": number}


def _is_true(value: ox.Literal) -> bool:
    return value.value in ("true", "1")
