"""The literals of plain values: the natural datatypes of RML-Core."""

from __future__ import annotations

from decimal import Decimal
from math import copysign, isfinite, isnan
from typing import Any

import pyoxigraph as ox

from mappings.functions.general import text_of
from vocab import term

_BOOLEAN = ox.NamedNode(term("xsd:boolean"))
_INTEGER = ox.NamedNode(term("xsd:integer"))
_DOUBLE = ox.NamedNode(term("xsd:double"))


def natural(value: Any) -> ox.Literal:
    """The literal of a plain value, with the datatype that JSON gives it (RML-Core)."""
    if isinstance(value, bool):
        return ox.Literal(text_of(value), datatype=_BOOLEAN)
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=_INTEGER)
    if isinstance(value, (float, Decimal)):
        return ox.Literal(_double(value), datatype=_DOUBLE)
    return value if isinstance(value, ox.Literal) else ox.Literal(text_of(value))


def _double(value: float | Decimal) -> str:
    """The canonical form of an xsd:double: ``30.0E0`` (XML Schema 1.1 Part 2, E.1)."""
    number = float(value)
    if not isfinite(number):
        return "NaN" if isnan(number) else "INF" if number > 0 else "-INF"
    if not number:
        return "-0.0E0" if copysign(1, number) < 0 else "0.0E0"
    mantissa, _, exponent = f"{Decimal(repr(number)).normalize():E}".partition("E")
    whole, _, digits = mantissa.partition(".")
    return f"{whole}.{digits.rstrip('0') or '0'}E{int(exponent)}"
