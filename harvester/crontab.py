"""The hours that an operator writes as in crontab(5), as a trigger of APScheduler."""

from __future__ import annotations

import re
from datetime import tzinfo

from apscheduler.triggers.cron import CronTrigger

_FIELDS = 5
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBER = re.compile(r"(?<![/\d])[0-7](?!\d)")


def trigger_of(cron: str, zone: tzinfo | None) -> CronTrigger:
    """The trigger that five fields describe, in the hours of ``zone``.

    APScheduler counts the days of a week from Monday, crontab(5) from Sunday: they are given
    to it by name.

    Raises:
        ValueError: when they are no such fields.
    """
    fields = cron.split()
    if len(fields) != _FIELDS:
        raise ValueError(cron)
    days = _NUMBER.sub(lambda number: _DAYS[int(number[0])], fields[-1])
    return CronTrigger.from_crontab(" ".join([*fields[:-1], days]), zone)
