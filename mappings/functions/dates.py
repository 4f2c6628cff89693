"""Dates and times, as standards and as people in France write them.

A whole day becomes an ``xsd:date``, a time an ``xsd:dateTime`` with its offset; a time
without zone is read in the time zone of the call. What lacks a year, or cannot be read, is
a ``Problem``: nothing here knows what day it is.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyoxigraph as ox

from mappings.functions.general import text_of
from mappings.functions.registry import EBF, Function, declare, optional
from mappings.problems import Problem, problem, shown
from vocab import term
from vocab.messages import say

_DATE = ox.NamedNode(term("xsd:date"))
_DATETIME = ox.NamedNode(term("xsd:dateTime"))
_TIMEZONE = "Europe/Paris"
_Zones = tuple[ZoneInfo, ZoneInfo | None]

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?P<time>[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)?)?"
)
_FRENCH_DAY = re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})")
_SAYS_TIME = re.compile(r"\d\s*(h|:)\s*\d|\d\s*h\b|\bmidi\b|\bminuit\b", re.IGNORECASE)
_RANGE = re.compile(r"\s(au|et|jusqu['’ ]?(au|à))\s|\s[-–—]\s|→", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})\s*h(?:eures?)?\s*(\d{2})?\b", re.IGNORECASE)
_WORDS = re.compile(r"\b(à|a|le|de|dès|vers)\b", re.IGNORECASE)
_LONGEST = 80


def read_date(value: Any, timezone: Any = None, to: Any = None) -> ox.Literal | Problem:
    """``value`` as an ``xsd:date`` or an ``xsd:dateTime`` with offset.

    ISO 8601 is read first, then ``31/12/2026`` (day first), then dates in words in French
    or English with a year. ``timezone`` is an IANA name, Europe/Paris when absent;
    ``to`` is the zone whose offset the time is written with, its own when absent.
    """
    text = text_of(value).strip()
    if len(text) > _LONGEST:
        return _unreadable(text)
    return _read(text, text_of(timezone or _TIMEZONE), text_of(to) if to else "")


@lru_cache(maxsize=8192)
def _read(text: str, timezone: str, to: str) -> ox.Literal | Problem:
    try:
        zones = ZoneInfo(timezone), ZoneInfo(to) if to else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return problem(
            "bad-timezone",
            say(
                "the time zone “{value}” does not exist — write a name such as Europe/Paris",
                value=shown(timezone),
            ),
            timezone,
        )
    if match := _ISO.fullmatch(text):
        return _iso(text, match, zones)
    if match := _FRENCH_DAY.fullmatch(text):
        return _day(text, int(match["year"]), int(match["month"]), int(match["day"]))
    return _worded(text, zones)


def _iso(text: str, match: re.Match[str], zones: _Zones) -> ox.Literal | Problem:
    try:
        if not match["time"]:
            return ox.Literal(date.fromisoformat(text).isoformat(), datatype=_DATE)
        moment = datetime.fromisoformat(
            text.replace(" ", "" if text[10] != " " else "T", 1).replace(" ", "").replace(",", ".")
        )
    except ValueError:
        return _unreadable(text)
    return _moment(moment, zones)


def _day(text: str, year: int, month: int, day: int) -> ox.Literal | Problem:
    try:
        return ox.Literal(date(year, month, day).isoformat(), datatype=_DATE)
    except ValueError:
        return _unreadable(text)


def _worded(text: str, zones: _Zones) -> ox.Literal | Problem:
    if _RANGE.search(text):
        return _unreadable(text)
    import dateparser  # noqa: PLC0415  # takes 0.2 s, and most sources write ISO 8601

    spelled = _HOUR.sub(lambda hour: f"{hour[1]}:{hour[2] or '00'}", text)
    moment = dateparser.parse(
        " ".join(_WORDS.sub(" ", spelled).split()),
        languages=["fr", "en"],
        settings={
            "DATE_ORDER": "DMY",
            "PREFER_LOCALE_DATE_ORDER": False,
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
            "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001  # fills nothing: parts are required
        },
    )
    if moment is None:
        return _unreadable(text)
    if _SAYS_TIME.search(text):
        return _moment(moment, zones)
    return ox.Literal(moment.date().isoformat(), datatype=_DATE)


def _moment(moment: datetime, zones: _Zones) -> ox.Literal | Problem:
    zone, to = zones
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        aware = aware.astimezone(to) if to else aware
        offset = aware.utcoffset() or timedelta()
    except OverflowError:  # the last hours of the year 9999 in a zone east of theirs
        return _unreadable(moment.isoformat())
    if offset.total_seconds() % 60:
        return _unreadable(moment.isoformat())
    return ox.Literal(aware.isoformat(), datatype=_DATETIME)


def _unreadable(text: str) -> Problem:
    return problem(
        "bad-date",
        say(
            "the date “{value}” cannot be read — write it as 2026-05-01 or 2026-05-01T18:00",
            value=shown(text),
        ),
        text,
    )


def read_day(value: Any, timezone: Any = None, to: Any = None) -> ox.Literal | Problem:
    """As ``read_date``, but only the day: what a publisher calls a whole day, at midnight."""
    found = read_date(value, timezone, to)
    return found if isinstance(found, Problem) else ox.Literal(found.value[:10], datatype=_DATE)


_WEEKDAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}


def weekday(value: Any) -> ox.NamedNode | None:
    """The schema.org day of an iCalendar BYDAY value (RFC 5545): ``TU``, ``1TU``, ``-1SU``."""
    name = _WEEKDAYS.get(text_of(value)[-2:].upper())
    return ox.NamedNode(term("schema:" + name)) if name else None


FUNCTIONS: tuple[Function, ...] = (
    declare(EBF, "date", read_date, "value", optional("timezone"), optional("to")),
    declare(EBF, "day", read_day, "value", optional("timezone"), optional("to")),
    declare(EBF, "weekday", weekday, "value"),
)
