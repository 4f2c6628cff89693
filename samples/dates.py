"""Dates relative to the day of serving, so that a sample's agenda is never empty.

``{{ saturday 20:30 | ics }}`` is a day, a time of the clock in the Bauges, and a form:

- a day is ``today`` or a weekday of the current week (Monday to Sunday), then ``+3d``,
  ``-1w`` and so on;
- the time may be left out where the form is a date;
- the forms are those of ``FORMS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_UNITS = {"d": 1, "w": 7}
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}")
_EXPRESSION = re.compile(
    rf"\s*(?P<day>today|{'|'.join(_DAYS)})(?P<shift>[+-]\d+)?(?P<unit>[dw])?"
    r"(?:\s+(?P<hour>\d\d):(?P<minute>\d\d))?\s*\|\s*(?P<form>[a-z0-9-]+)\s*"
)


def _french(moment: datetime) -> str:
    day = "1er" if moment.day == 1 else str(moment.day)
    return f"{_JOURS[moment.weekday()]} {day} {_MOIS[moment.month - 1]}"


FORMS: MappingProxyType[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "date": lambda moment: moment.date().isoformat(),
        "iso": datetime.isoformat,
        "utc": lambda moment: f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        "rfc822": format_datetime,
        "ics": lambda moment: f"{moment:%Y%m%dT%H%M%S}",
        "ics-utc": lambda moment: f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "ics-date": lambda moment: f"{moment:%Y%m%d}",
        "french": _french,
    }
)
"""How a moment is written: for iCalendar, RSS, Atom, JSON, or in a sentence (samedi 2 mai)."""


def fill(template: str, today: date) -> str:
    """``template`` with its dates as they are on ``today``.

    Raises:
        ValueError: when a placeholder is not written as this module says.
    """
    return _PLACEHOLDER.sub(lambda found: _written(found[1], today), template)


def _written(expression: str, today: date) -> str:
    found = _EXPRESSION.fullmatch(expression)
    if not found or found["form"] not in FORMS or bool(found["shift"]) != bool(found["unit"]):
        raise ValueError(f"not a date of a sample: {expression!r}")
    day = today
    if found["day"] != "today":
        day += timedelta(days=_DAYS.index(found["day"]) - today.weekday())
    if found["shift"]:
        day += timedelta(days=int(found["shift"]) * _UNITS[found["unit"]])
    clock = time(int(found["hour"] or 0), int(found["minute"] or 0), tzinfo=ZONE)
    return FORMS[found["form"]](datetime.combine(day, clock))
