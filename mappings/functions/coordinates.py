"""Functions on coordinates, which people swap, write as text and put into one cell.

What can be told for certain is mended, and told. A pair is swapped where it lies outside
metropolitan France as it stands and inside once turned round: Savoie is at 45.6 N 6.1 E, and
6.1 N 45.6 E is in the Indian Ocean. Metres in Lambert-93 are told from degrees by their size.
"""

from __future__ import annotations

import re
from typing import Any

from mappings.functions import lambert
from mappings.functions.content import NO_VALUE
from mappings.functions.general import text_of
from mappings.functions.registry import EBF, Function, declare, optional
from mappings.problems import Problem, problem, shown
from vocab.messages import say
from vocab.territory.points import MAINLAND, Point

_LATITUDES, _LONGITUDES = 90, 180
_LONGEST = 80  # characters
_SIXTY = 60

_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+")
_APART = re.compile(r"\s*;\s*|,\s+|\s+|(?<=\d),(?=[+-]?\d+\.)")
_DEGREES = re.compile(
    r"(?P<first>[NSEWO])?\s*(?P<sign>[+-])?(?P<degrees>\d{1,7}(?:[.,]\d+)?)\s*°?\s*"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*['’′]\s*)?"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|”|″|''|’’)\s*)?(?P<last>[NSEWO])?",
    re.IGNORECASE,
)

Pair = tuple[float, float]


def latitude(latitude: Any, longitude: Any = None) -> Any:
    """The latitude of a pair of coordinates, and what had to be mended in the pair."""
    found = _pair(latitude, longitude)
    if found is None or isinstance(found, Problem):
        return found
    (north, _), mended = found
    return [_number(north), *mended]


def longitude(latitude: Any, longitude: Any = None) -> str | None:
    """The longitude of a pair; ``latitude`` tells what was mended."""
    found = _pair(latitude, longitude)
    return None if found is None or isinstance(found, Problem) else _number(found[0][1])


def _pair(latitude: Any, longitude: Any) -> tuple[Pair, list[Problem]] | Problem | None:
    if type(latitude) is float and type(longitude) is float and _is_in_france(latitude, longitude):
        return (latitude, longitude), []
    first, second = _text(latitude), _text(longitude)
    if first.casefold() in NO_VALUE and second.casefold() in NO_VALUE:
        return _bad(f"{first}, {second}") if first == second == "0" else None
    if second:
        told = f"{first}, {second}"
        numbers, is_plain = (_degrees(first), _degrees(second)), _are_plain(first, second)
    else:
        told, is_plain = first, False
        numbers = _both(first)
    north, east = numbers
    if north is None or east is None:
        return _bad(told)
    mended = [] if is_plain else [_textual(told)]
    if metres := _metres(north, east):
        north, east = lambert.degrees(*metres)
        mended.append(_projected(told))
    if not _is_in_france(north, east) and _is_in_france(east, north):
        north, east = east, north
        mended.append(_swapped(told))
    if abs(north) > _LATITUDES or abs(east) > _LONGITUDES or north == east == 0:
        return _bad(told)
    return (north, east), mended


def _metres(first: float, second: float) -> Pair | None:
    """Easting and northing, where a pair is in Lambert-93, in whichever order."""
    for east, north in ((second, first), (first, second)):
        if lambert.is_lambert(east, north):
            return east, north
    return None


def _both(text: str) -> tuple[float | None, float | None]:
    """The two numbers of one cell: "45.64, 6.08", "45,64 ; 6,08", "(45.64 6.08)"."""
    parts = _APART.split(text.strip("()[] "))
    if len(parts) != 2:  # noqa: PLR2004  # a latitude and a longitude
        return None, None
    return _degrees(parts[0]), _degrees(parts[1])


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return "" if value is None else text_of(value).strip()[:_LONGEST]


def _are_plain(*texts: str) -> bool:
    return all(map(_PLAIN.fullmatch, texts))


def _degrees(text: str) -> float | None:
    """Decimal degrees, from 45.64, 45,64, N 45.64, or degrees, minutes and seconds."""
    match = _DEGREES.fullmatch(text)
    if match is None:
        return None
    parts = [float((match[name] or "0").replace(",", ".")) for name in ("degrees", "minutes")]
    parts.append(float((match["seconds"] or "0").replace(",", ".")))
    value = parts[0] + parts[1] / _SIXTY + parts[2] / _SIXTY**2
    side = (match["first"] or match["last"] or "N").upper()
    return -value if match["sign"] == "-" or side in "SWO" else value


def _is_in_france(north: float, east: float) -> bool:
    return MAINLAND.holds(Point(north, east))


def _number(value: float) -> str:
    return f"{value:.7f}".rstrip("0").rstrip(".")


def _bad(told: str) -> Problem:
    return problem(
        "bad-coordinate",
        say("{value} is not a coordinate — write degrees, as 45.63", value=shown(told)),
        told,
    )


def _textual(told: str) -> Problem:
    return problem(
        "mended-coordinates",
        say("the coordinates “{value}” were read from text — write two numbers", value=shown(told)),
        told,
        "notice",
    )


def _projected(told: str) -> Problem:
    return problem(
        "projected-coordinates",
        say(
            "the coordinates {value} are metres in Lambert-93: they were turned into degrees",
            value=shown(told),
        ),
        told,
        "notice",
    )


def _swapped(told: str) -> Problem:
    return problem(
        "swapped-coordinates",
        say("the coordinates {value} were swapped — write the latitude first", value=shown(told)),
        told,
    )


_LATITUDE, _LONGITUDE = "latitude", optional("longitude")

FUNCTIONS: tuple[Function, ...] = (
    declare(EBF, "latitude", latitude, _LATITUDE, _LONGITUDE),
    declare(EBF, "longitude", longitude, _LATITUDE, _LONGITUDE),
)
