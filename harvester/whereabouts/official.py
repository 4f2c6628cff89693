"""Files in which administrations publish communes, whichever of them, as what they say of each.

Read are the answers of the geo API (JSON, or GeoJSON with points or areas), La Poste's table of
postcodes (a line for each postcode), INSEE's Code officiel géographique (former communes name the
one they are part of), and any table with usual headers. Encoding, delimiter and shape are found
out by the readers of sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from harvester.readers import table
from harvester.records import Content, Issue, ReadOptions, Window
from mappings.functions.coordinates import latitude, longitude
from mappings.functions.general import field, present, text_of
from mappings.functions.places import postcode
from mappings.problems import Problem
from vocab.messages import Message, say
from vocab.territory.points import Point, centroid, is_in_france

_CODE = (
    "code insee|insee|code commune insee|code commune|insee com|com|codgeo|insee code|citycode|code"
)
_NAME = (
    "nom standard|libelle|nom commune complet|nom de la commune|nom commune|nom|commune|name"
    "|nom commune postal|nccenr"
)
_POSTCODES = "codes postaux|codespostaux|code postal|cp|postcodes|postcode|codes postal"
_LATITUDE = "latitude centre|latitude|lat|y|latitude mairie"
_LONGITUDE = "longitude centre|longitude|lon|lng|long|x|longitude mairie"
_POINT = "coordonnees gps|coordonnees geographiques|geopoint|geo point 2d|geo point|centroid|centre"
_KIND, _PARENT = "typecom|type", "comparent|com parent|chef lieu"
_FORMER = {"COMD", "COMA", "commune-deleguee", "commune-associee"}
_PART = {"ARM", "arrondissement-municipal"}

_INSEE = re.compile(r"\d[\dAB]\d{3}")
_SHORT = re.compile(r"\d{4}")
_SOME = re.compile(r"[\s,;|/]+")
_ANY_WINDOW = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Told:
    """What one entry of a file says of a commune; ``parent`` is the one that it is now part of."""

    code: str
    name: str
    postcodes: tuple[str, ...]
    centre: Point | None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that is wrong in the file, and where."""

    where: str
    message: Message


def told_in(content: bytes, name: str) -> Iterator[Told | Slip]:
    """What a file says, entry by entry.

    Raises:
        ReadError: when it is neither a table nor JSON.
    """
    for found in table.read(Content(content, url=name), ReadOptions(_ANY_WINDOW)):
        if isinstance(found, Issue):
            if found.severity == "error" or found.code == "csv-ragged-row":
                yield Slip(found.where, found.message)
            continue
        yield from _entry(found.data, found.where)


def _entry(data: dict[str, Any], where: str) -> Iterator[Told | Slip]:
    """One entry; of a GeoJSON feature, its properties and its geometry."""
    properties = data.get("properties")
    said = properties if isinstance(properties, dict) else data
    columns = data.get("_columns") or []
    kind = text_of(field(said, _KIND, []) or "")
    if kind in _PART:
        return
    code = _code(_value(said, _CODE, columns))
    if isinstance(code, Slip):
        yield Slip(where, code.message)
        return
    name = " ".join(text_of(_value(said, _NAME, columns) or "").split())
    if not name:
        yield Slip(where, say("the commune {code} has no name", code=code))
        return
    if kind in _FORMER:
        parent = text_of(field(said, _PARENT, []) or "")
        if _INSEE.fullmatch(parent):
            yield Told(code, name, (), None, parent)
        return
    postcodes, slips = _postcodes(field(said, _POSTCODES, []))
    if code.startswith("0") and not text_of(_value(said, _CODE, columns)).startswith("0"):
        slips.append(say("the INSEE code has lost its first zero: it is read as {code}", code=code))
    centre, more = _centre(said, data.get("geometry"))
    yield Told(code, name, postcodes, centre)
    yield from (Slip(where, message) for message in slips + more)


def _value(said: dict[str, Any], names: str, columns: list[Any]) -> Any:
    """A field; a table that lacks its column says so in the entry."""
    found = field(said, names, columns)
    return None if isinstance(found, Problem) else found


def _code(value: Any) -> str | Slip:
    text = re.sub(r"\s|\.0+$", "", text_of(value if present(value) else "")).upper()
    code = text.zfill(5) if _SHORT.fullmatch(text) else text
    if _INSEE.fullmatch(code):
        return code
    if not text:
        return Slip("", say("there is no INSEE code"))
    return Slip("", say("“{value}” is not an INSEE code — write five characters, as 73081",
                        value=text[:40]))  # fmt: skip


def _postcodes(value: Any) -> tuple[tuple[str, ...], list[Message]]:
    """The postcodes of a cell or a list; what is wrong with some of them."""
    given = value if isinstance(value, list) else _SOME.split(text_of(value or ""))
    found: list[str] = []
    slips: list[Message] = []
    for each in filter(present, given):
        for part in _as_list(postcode(each)):
            if isinstance(part, Problem):
                slips += [part.message] if part.severity != "notice" else []
            elif part is not None:
                found.append(part)
    return tuple(dict.fromkeys(found)), slips


def _centre(said: dict[str, Any], geometry: Any) -> tuple[Point | None, list[Message]]:
    """Where the commune lies: what its fields say, else the centroid of its geometry."""
    shape = said.get("centre") if isinstance(said.get("centre"), dict) else geometry
    if isinstance(shape, dict):
        return _of_shape(shape)
    pair = (field(said, _LATITUDE, []), field(said, _LONGITUDE, []))
    if not all(map(present, pair)):
        pair = (field(said, _POINT, []), None)
    if not present(pair[0]):
        return None, []
    north, *slips = _as_list(latitude(*pair))
    messages = [each.message for each in (north, *slips) if isinstance(each, Problem)]
    if isinstance(north, Problem) or north is None:
        return None, messages
    return _in_france(Point(float(north), float(longitude(*pair) or "nan")), messages)


def _of_shape(shape: dict[str, Any]) -> tuple[Point | None, list[Message]]:
    """The point, or the middle of the area, of a GeoJSON geometry."""
    try:
        given = shape["coordinates"]
        match shape["type"]:
            case "Point":
                return _in_france(Point(float(given[1]), float(given[0])), [])
            case "Polygon":
                middle = centroid([given])
            case "MultiPolygon":
                middle = centroid(given)
            case _:
                return None, []
        return _in_france(middle, []) if middle else (None, [])
    except (KeyError, IndexError, TypeError, ValueError):
        return None, [say("its geometry is not that of GeoJSON")]


def _in_france(point: Point, messages: list[Message]) -> tuple[Point | None, list[Message]]:
    if is_in_france(point):
        return point, messages
    message = say("{lat}, {lon} is outside of France", lat=point.latitude, lon=point.longitude)
    return None, [*messages, message]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
