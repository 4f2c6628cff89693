"""The hours that an operator writes as in crontab(5), as a trigger of APScheduler."""

from __future__ import annotations

import re
from datetime import tzinfo

from apscheduler.triggers.cron import CronTrigger

_FIELDS, _DAY_OF_MONTH = 5, 2
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]))?")


def trigger_of(cron: str, zone: tzinfo | None) -> CronTrigger:
    """The trigger that five fields describe, in the hours of ``zone``.

    APScheduler counts the days of a week from Monday, crontab(5) from Sunday: they are given
    to it by name, one by one. A day of the month and a day of the week together are refused.

    Raises:
        ValueError: when they are no such fields.
    """
    fields = cron.split()
    if len(fields) != _FIELDS:
        raise ValueError(cron)
    if fields[_DAY_OF_MONTH] != "*" != fields[-1]:  # crontab(5) means either, APScheduler both
        raise ValueError(cron)
    parts = fields[-1].lower().split(",")
    days = ",".join(dict.fromkeys(day for part in parts for day in _days(part)))
    return CronTrigger.from_crontab(" ".join([*fields[:-1], days]), zone)


def _days(part: str) -> tuple[str, ...]:
    """The days of ``*``, of a day or of a range, each or one in some; ``*`` alone is itself."""
    found = _PART.fullmatch(part)
    if part == "*" or not found:
        return (part,)  # what it is not, APScheduler says
    first, last, step = found.groups()
    start = _number(first) if first else 0
    end = _number(last) if last else start if first and not step else len(_DAYS) - 2
    if end == 0 < start:
        end = 7  # fri-sun
    days = _DAYS[start : end + 1 : int(step or 1)]
    if not days:
        raise ValueError(part)
    return days


def _number(day: str) -> int:
    return int(day) if day in "01234567" else _DAYS.index(day)
