"""Which texts are values of a datatype: the lexical spaces of XML Schema 1.1 Part 2.

RDF lets a graph hold ``"cent vingt"^^xsd:integer``; whoever reads it as a number then fails.
A typed term map therefore refuses texts that are not in the lexical space of its datatype,
which RML-Core calls a data error. White space is not stripped: RDF 1.1 does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pyoxigraph as ox

from mappings.problems import nearest
from vocab import PREFIXES
from vocab.messages import Message, say

Accepts = Callable[[str], object]
"""Something true for a text that is in the lexical space."""

_XSD = PREFIXES["xsd"]

_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_LEAP = r"-?(?:[1-9]\d*)?(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_DAY = (
    rf"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    rf"|02-(?:0[1-9]|1\d|2[0-8]))|{_LEAP}-02-29)"
)
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DAYS = r"(?:\d+D)?"
_HOURS = r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?|[+-]?INF|NaN"

_PATTERNS = {
    "integer": r"[+-]?\d+",
    "nonNegativeInteger": r"\+?\d+|-0+",
    "positiveInteger": r"\+?0*[1-9]\d*",
    "nonPositiveInteger": r"-\d+|\+?0+",
    "negativeInteger": r"-0*[1-9]\d*",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": _FLOAT,
    "float": _FLOAT,
    "boolean": r"true|false|1|0",
    "date": rf"{_DAY}{_ZONE}?",
    "dateTime": rf"{_DAY}T{_TIME}{_ZONE}?",
    "dateTimeStamp": rf"{_DAY}T{_TIME}{_ZONE}",
    "time": rf"{_TIME}{_ZONE}?",
    "gYear": rf"{_YEAR}{_ZONE}?",
    "gYearMonth": rf"{_YEAR}-(?:0[1-9]|1[0-2]){_ZONE}?",
    "duration": rf"-?P(?=[\dT])(?:\d+Y)?(?:\d+M)?{_DAYS}{_HOURS}",
    "dayTimeDuration": rf"-?P(?=[\dT]){_DAYS}{_HOURS}",
    "yearMonthDuration": r"-?P(?=\d)(?:\d+Y)?(?:\d+M)?",
}
_SIGNED = {"byte": 8, "short": 16, "int": 32, "long": 64}
_RANGES = {
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in _SIGNED.items()},
    **{f"unsigned{name.title()}": (0, (1 << bits) - 1) for name, bits in _SIGNED.items()},
}


@cache
def accepts(datatype: str) -> Accepts | None:
    """The test for texts of the datatype with this IRI; None where any text may be one."""
    name = datatype.removeprefix(_XSD) if datatype.startswith(_XSD) else ""
    if name in _RANGES:
        return _between(*_RANGES[name])
    pattern = _PATTERNS.get(name)
    return re.compile(pattern, re.ASCII).fullmatch if pattern else None


def _between(least: int, most: int) -> Accepts:
    digits = re.compile(r"[+-]?\d{1,30}", re.ASCII).fullmatch
    return lambda text: digits(text) and least <= int(text) <= most


_TEXTS = (
    *("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "anyURI"),
    *("QName", "NOTATION", "hexBinary", "base64Binary", "gDay", "gMonth", "gMonthDay"),
    *("anyType", "anySimpleType", "anyAtomicType", "ID", "IDREF", "ENTITY"),
)
_TAGGED = tuple(PREFIXES["rdf"] + name for name in ("langString", "dirLangString"))


def no_datatype(iri: str) -> Message | None:
    """Why no literal can have the datatype ``iri``; None where it can.

    The message begins with ``{file}:{line}:``, for the caller to fill in.
    """
    try:
        ox.NamedNode(iri)
    except ValueError as error:
        return say(
            "{file}:{line}: “{name}” is no IRI ({reason}) — write prefix:name",
            name=iri,
            reason=str(error),
        )
    if iri in _TAGGED:
        return say(
            "{file}:{line}: a literal of the datatype {name} has a language — write the language"
            " in place of the datatype",
            name=iri,
        )
    if near := near_datatype(iri):
        return say(
            "{file}:{line}: there is no datatype “{name}” — write {near}",
            name=iri.replace(_XSD, "xsd:"),
            near=near,
        )
    return None


def near_datatype(iri: str) -> str:
    """What to write in place of a datatype that XML Schema has not; "" where it has it."""
    known = (*_PATTERNS, *_RANGES, *_TEXTS)
    name = iri.removeprefix(_XSD)
    if name == iri or name in known:
        return ""
    return ", ".join(f"xsd:{each}" for each in nearest(name, known).split(", "))


def no_language(tag: str) -> str:
    """Why ``tag`` is no language tag (BCP 47); "" where it is one."""
    try:
        ox.Literal("", language=tag)
    except ValueError as error:
        return str(error)
    return ""
