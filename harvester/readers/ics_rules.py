"""Recurrence rules: which are refused, how far they may run, and how they are told.

recurring-ical-events runs for ever on rules such as FREQ=SECONDLY or INTERVAL=0, and for
seconds on "the 30th of February"; nothing of a rule is expanded before it has passed
``refusal``, and then only as ``bounded`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from math import prod
from typing import Any

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # comes with icalendar
from icalendar import vRecur

from harvester.readers.ics_event import VEvent
from harvester.readers.ics_zones import Time, iso, zone_name
from harvester.records import Window
from vocab.messages import Message, say

MAX_STEPS = 60_000
"""Dates that a rule may step over between its start and the end of the window."""

MAX_A_DAY = 24
"""Times of day that one rule may give."""

MAX_COUNT = 1_000
"""Dates that a COUNT may announce, as the shape ``schedule-count`` has it."""

_CYCLE = 400
_LIMITS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS")
_RANGES = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53}
_ENDS = ("COUNT", "UNTIL")
_MAX_LISTED = 400
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_UNITS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}


def refusal(rule: vRecur, start: Time, window: Window) -> Message | None:
    """Why ``rule`` is not expanded, None when it may be."""
    return (
        _malformed(rule)
        or _off_the_calendar(rule)
        or _boundless(rule, start, window)
        or _barren(rule, start)
    )


def _malformed(rule: vRecur) -> Message | None:
    frequency, interval = _one(rule, "FREQ"), _one(rule, "INTERVAL", 1)
    if frequency not in _DAYS:
        return say(
            "the rule repeats {frequency} — only days, weeks, months and years are expanded",
            frequency=str(frequency or "?"),
        )
    if "RSCALE" in rule or "SKIP" in rule:
        return say("the rule counts in another calendar than the Gregorian one")
    if unknown := sorted(set(rule) - set(vRecur.types)):
        return say("the rule has a part that iCalendar does not know: {name}", name=unknown[0])
    if interval < 1:
        return say("the rule has INTERVAL={interval}: it never moves on", interval=int(interval))
    count = _one(rule, "COUNT")
    if count is not None and not 1 <= count <= MAX_COUNT:
        return say(
            "the rule has COUNT={count} — from 1 to {most} can be meant",
            count=str(count)[:20],
            most=MAX_COUNT,
        )
    return None


def _off_the_calendar(rule: vRecur) -> Message | None:
    for name, most in _RANGES.items():
        for value in map(int, rule.get(name, ())):
            if not 1 <= abs(value) <= most or (value < 0 and name == "BYMONTH"):
                return say("the rule has {name}={value}: there is none", name=name, value=value)
    return None


def _boundless(rule: vRecur, start: Time, window: Window) -> Message | None:
    until = _one(rule, "UNTIL")
    if isinstance(until, date) and until.strftime("%Y%m%d") < start.strftime("%Y%m%d"):
        return say("the rule ends ({until}) before it starts", until=until.isoformat())
    if prod(len(rule.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")) > MAX_A_DAY:
        return say("the rule gives more than {count} times a day", count=MAX_A_DAY)
    days = (window.end.date() - date(start.year, start.month, start.day)).days
    if days / (_DAYS[str(_one(rule, "FREQ"))] * _one(rule, "INTERVAL", 1)) > MAX_STEPS:
        return say("the rule starts too long ago ({start})", start=start.isoformat())
    return None


def _barren(rule: vRecur, start: Time) -> Message | None:
    """Whether no date fits a rule that asks for several things at once.

    dateutil would look for one up to the year 9999, with or without UNTIL. The Gregorian
    calendar repeats every 400 years, so the same rule is tried as late as it can begin: there
    it has less than 400 years left to search, instead of 8,000.
    """
    limits = sum(name in rule for name in _LIMITS) + (_one(rule, "INTERVAL", 1) > 1)
    if limits < 2:  # noqa: PLR2004  # one alone always fits
        return None
    late = datetime(  # noqa: DTZ001  # no zone is asked for
        start.year + _CYCLE * ((MAXYEAR - 1 - start.year) // _CYCLE),
        *(start.month, start.day),
        *((start.hour, start.minute, start.second) if isinstance(start, datetime) else ()),
    )
    free = vRecur({name: value for name, value in rule.items() if name not in _ENDS})
    try:
        fits = next(iter(rrulestr(_text(free), dtstart=late)), None) is not None
    except ValueError as error:
        return say("the rule cannot be followed: {reason}", reason=str(error)[:120])
    return None if fits else say("no date fits the rule {rule}", rule=_text(free))


def bounded(rule: vRecur, start: Time, window: Window) -> str:
    """``rule`` as text, with an UNTIL no later than the window."""
    last: datetime = window.end + timedelta(days=1)
    until = _until(rule, start)
    if isinstance(start, datetime):
        last = min(last, until) if isinstance(until, datetime) else last
        text = last.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    else:
        day = last.date()
        text = (min(day, until) if until else day).strftime("%Y%m%d")
    kept = vRecur({name: value for name, value in rule.items() if name != "UNTIL"})
    return f"{_text(kept)};UNTIL={text}"


def _until(rule: vRecur, start: Time) -> Time | None:
    """The UNTIL of ``rule``, told as ``start`` is (RFC 5545, section 3.3.10, asks for that).

    Where it is a day and ``start`` a time, it means that whole day, by the clock of ``start``.
    """
    until = _one(rule, "UNTIL")
    if not isinstance(until, date):
        return None
    if not isinstance(start, datetime):
        return date(until.year, until.month, until.day)
    if not isinstance(until, datetime):
        return datetime.combine(until, time(23, 59, 59), start.tzinfo)
    return until if until.tzinfo else until.replace(tzinfo=start.tzinfo)


def describe(event: VEvent) -> dict[str, Any]:
    """The field ``rule`` of the Record of a series (``docs/records.md``)."""
    home = event.home
    told: dict[str, Any] = {
        **(_describe_rule(event.rules[0], event) if event.rules else {}),
        "except": _listed(event.excepted, event),
        "extra": _listed([one[0] if isinstance(one, tuple) else one for one in event.extra], event),
        "timezone": zone_name(event.start, home),
    }
    if isinstance(event.start, datetime):
        told["start_time"] = iso(event.start, home)[11:19]
        if isinstance(event.end, datetime):
            told["end_time"] = iso(event.end, home)[11:19]
    return {name: value for name, value in told.items() if value not in ("", [], None)}


def _describe_rule(rule: vRecur, event: VEvent) -> dict[str, Any]:
    until = _until(rule, event.start)
    frequency = str(_one(rule, "FREQ", ""))
    unit = _UNITS.get(frequency)
    days = [str(day) for day in rule.get("BYDAY", [])]
    weeks = [int(day[:-2]) for day in days if day[:-2].lstrip("+-").isdigit()]
    return {
        "rrule": _text(rule),
        "frequency": f"P{_one(rule, 'INTERVAL', 1)}{unit}" if unit else None,
        "by_day": list(dict.fromkeys(day[-2:] for day in days)),
        "by_month_week": list(dict.fromkeys(weeks)),
        "by_month_day": [int(day) for day in rule.get("BYMONTHDAY", [])],
        "by_month": [int(month) for month in rule.get("BYMONTH", [])],
        "count": _one(rule, "COUNT"),
        "until": None if until is None else iso(until, event.home),
    }


def _text(rule: vRecur) -> str:
    text: bytes = rule.to_ical()  # type: ignore[no-untyped-call]
    return text.decode()


def _listed(times: Any, event: VEvent) -> list[str]:
    return sorted({iso(one, event.home) for one in _up_to(times)})


def _up_to(times: Any) -> Iterator[Time]:
    yield from sorted(times, key=lambda one: one.isoformat())[:_MAX_LISTED]


def _one(rule: vRecur, name: str, default: Any = None) -> Any:
    """The value of a part that has only one; icalendar keeps every part as a list."""
    value = rule.get(name, default)
    return value[0] if isinstance(value, list) and value else value
