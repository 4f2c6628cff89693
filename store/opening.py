"""When a place is open in an ordinary week, from its hours in OpenStreetMap's notation.

Of that notation (``opening_hours``) days of the week and hours are understood, which is what
publishers of third places write. A rule that says more (a season, the second Monday of a month, a
holiday) says nothing of an ordinary week and is passed over: better not found than wrongly sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_NAMES: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_EVENING: Final = "soir"
_LATE: Final = "19:00"

TIMES: Final = tuple(f"{day}{late}" for day in _NAMES for late in ("", f"-{_EVENING}"))
"""The days, and their evenings, as they stand in an address, in their order."""

_DAY = "(?:" + "|".join(_DAYS) + ")"
_SPAN = r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(
    rf"(?P<days>{_DAY}(?:-{_DAY})?(?:,\s*{_DAY}(?:-{_DAY})?)*)?\s*"
    rf"(?P<hours>{_SPAN}(?:,\s*{_SPAN})*|off|closed)"
)


def open_at(hours: str) -> frozenset[str]:
    """Of ``TIMES``, those at which a place with these ``hours`` is open.

    A day counts when it has any hour, its evening when it has one after seven. As in the
    notation, a later rule takes the place of an earlier one for its days, and one that a comma
    joins adds to it.
    """
    if hours.strip() == "24/7":
        return frozenset(TIMES)
    week: dict[int, list[str]] = {}
    for rule in hours.split(";"):
        said = list(_parts(rule.strip()))
        for day in {day for days, _ in said for day in days}:
            week[day] = [span for days, spans in said if day in days for span in spans]
    found = {_NAMES[day] for day, spans in week.items() if spans}
    found |= {f"{_NAMES[day]}-{_EVENING}" for day, spans in week.items() if any(map(_late, spans))}
    return frozenset(found)


def _parts(rule: str) -> Iterator[tuple[set[int], list[str]]]:
    """Days and spans of one rule; nothing where it says more than these."""
    parts = [found for found in _RULE.finditer(rule) if found[0]]
    if re.sub(r"[\s,]", "", _RULE.sub("", rule)):
        return
    for found in parts:
        days = _days(found["days"]) if found["days"] else set(range(len(_DAYS)))
        yield days, re.findall(_SPAN, found["hours"])


def _days(selector: str) -> set[int]:
    """``Fr-Mo,We`` → the numbers of its days; a range may go over Sunday."""
    days: set[int] = set()
    for part in re.split(r",\s*", selector):
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days |= {day % len(_DAYS) for day in range(start, (end if end >= start else end + 7) + 1)}
    return days


def _late(span: str) -> bool:
    begins, ends = span.split("-")
    return ends > _LATE or ends <= begins  # over midnight
