"""Recurring events of our own, and an independent count of their dates.

Nothing here uses a library of recurrences: days are counted one by one on the calendar, and
the clock of a place is asked of zoneinfo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.resilience.nodes import calendar, event

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
MONDAY, TUESDAY, SATURDAY, SUNDAY = 0, 1, 5, 6
Dates = Callable[[date, date], Iterator[str]]


@dataclass(frozen=True)
class Recurring:
    """A series as iCalendar writes it, and its dates between two days, counted by hand.

    ``dates`` gives the starts as ISO 8601 by the clock of Paris, or days for whole-day events.
    """

    title: str
    blocks: tuple[str, ...]
    dates: Dates


def days(first: date, last: date) -> Iterator[date]:
    day = first
    while day < last:
        yield day
        day += DAY


def at(day: date, hour: int, minute: int = 0) -> str:
    """A time of day in Paris, with the offset that holds there on that day."""
    return datetime.combine(day, time(hour, minute), PARIS).isoformat()


def nth(day: date) -> int:
    """Which of its weekdays of the month ``day`` is: 1 for the first."""
    return (day.day - 1) // 7 + 1


def is_last(day: date) -> bool:
    return (day + 7 * DAY).month != day.month


def weekly(first: date, last: date) -> Iterator[str]:
    """Each Tuesday at 18:30 since the 6th of January 2026, but for three that are cancelled."""
    without = {date(2026, 3, 31), date(2026, 10, 27), date(2027, 2, 2)}
    for day in days(max(first, date(2026, 1, 6)), last):
        if day.weekday() == TUESDAY and day not in without:
            yield at(day, 18, 30)


def second_saturday(first: date, last: date) -> Iterator[str]:
    """Each second Saturday at 14:00; that of October 2026 is moved to the Sunday after it."""
    for day in days(max(first, date(2026, 1, 10)), last):
        if day.weekday() == SATURDAY and nth(day) == 2:
            yield at(day + DAY, 15) if (day.year, day.month) == (2026, 10) else at(day, 14)


def last_sunday_night(first: date, last: date) -> Iterator[str]:
    """Each last Sunday at half past midnight: the nights in which the clocks change, too."""
    for day in days(max(first, date(2026, 1, 25)), last):
        if day.weekday() == SUNDAY and is_last(day):
            yield at(day, 0, 30)


def over_the_change(first: date, last: date) -> Iterator[str]:
    """Each Saturday from 22:00 to 6:00: the nights in March and October last 7 and 9 hours."""
    for day in days(max(first, date(2026, 1, 3)), last):
        if day.weekday() == SATURDAY:
            yield at(day, 22)


def whole_days(first: date, last: date) -> Iterator[str]:
    """The first Monday and the Tuesday after it, as whole days, every second month."""
    for day in days(max(first, date(2026, 1, 5)), last):
        if day.weekday() == MONDAY and nth(day) == 1 and day.month % 2 == 1:
            yield day.isoformat()


def yearly(first: date, last: date) -> Iterator[str]:
    """The 29th of February and what stands for it: RFC 5545 passes over years without one."""
    for day in days(max(first, date(2024, 2, 29)), last):
        if (day.month, day.day) == (2, 29):
            yield day.isoformat()


def patron_day(first: date, last: date) -> Iterator[str]:
    """The 15th of August of each year."""
    for day in days(max(first, date(2020, 8, 15)), last):
        if (day.month, day.day) == (8, 15):
            yield day.isoformat()


def in_utc(first: date, last: date) -> Iterator[str]:
    """Each Wednesday at 16:00 UTC, whatever the clocks of Paris do."""
    for day in days(max(first, date(2026, 1, 7)), last):
        if day.weekday() == TUESDAY + 1:
            yield datetime.combine(day, time(16), UTC).astimezone(PARIS).isoformat()


def month_ends(first: date, last: date) -> Iterator[str]:
    """The 31st of the months that have one, at 9:00."""
    for day in days(max(first, date(2026, 1, 31)), last):
        if day.day == 31:
            yield at(day, 9)


def series(title: str, rule: str, start: str, *more: str) -> str:
    """A VEVENT with a rule, named after its title."""
    return event(title, title, f"RRULE:{rule}", *more, start=start)


MOVED = event(
    "Atelier",
    "Atelier",
    "RECURRENCE-ID;TZID=Europe/Paris:20261010T140000",
    start="DTSTART;TZID=Europe/Paris:20261011T150000",
)
SAMPLES = (
    Recurring(
        "Yoga",
        (
            series(
                "Yoga",
                "FREQ=WEEKLY;BYDAY=TU",
                "DTSTART;TZID=Europe/Paris:20260106T183000",
                "EXDATE;TZID=Europe/Paris:20260331T183000,20261027T183000",
                "EXDATE;TZID=Europe/Paris:20270202T183000",
            ),
        ),
        weekly,
    ),
    Recurring(
        "Atelier",
        (
            series(
                "Atelier", "FREQ=MONTHLY;BYDAY=2SA", "DTSTART;TZID=Europe/Paris:20260110T140000"
            ),
            MOVED,
        ),
        second_saturday,
    ),
    Recurring(
        "Veillée",
        (series("Veillée", "FREQ=MONTHLY;BYDAY=-1SU", "DTSTART:20260125T003000"),),
        last_sunday_night,
    ),
    Recurring(
        "Bal",
        (
            series(
                "Bal",
                "FREQ=WEEKLY",
                "DTSTART;TZID=Europe/Paris:20260103T220000",
                "DTEND;TZID=Europe/Paris:20260104T060000",
            ),
        ),
        over_the_change,
    ),
    Recurring(
        "Foire",
        (
            series(
                "Foire",
                "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO",
                "DTSTART;VALUE=DATE:20260105",
                "DTEND;VALUE=DATE:20260107",
            ),
        ),
        whole_days,
    ),
    Recurring(
        "Bissextile", (series("Bissextile", "FREQ=YEARLY", "DTSTART;VALUE=DATE:20240229"),), yearly
    ),
    Recurring("Fête", (series("Fête", "FREQ=YEARLY", "DTSTART;VALUE=DATE:20200815"),), patron_day),
    Recurring(
        "Visioconférence",
        (series("Visioconférence", "FREQ=WEEKLY;BYDAY=WE", "DTSTART:20260107T160000Z"),),
        in_utc,
    ),
    Recurring(
        "Inventaire",
        (
            series(
                "Inventaire",
                "FREQ=MONTHLY;BYMONTHDAY=31",
                "DTSTART;TZID=Europe/Paris:20260131T090000",
            ),
        ),
        month_ends,
    ),
)
CALENDAR = calendar(*(block for sample in SAMPLES for block in sample.blocks))
