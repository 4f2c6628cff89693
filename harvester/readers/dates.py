"""An event that its publisher gives with all its dates → one Record, or a series and its dates.

Calendars write a rule; OpenAgenda, Apidae and DATAtourisme write every date. Whoever has one
date is an event; with several it is a series, and each date inside the window is an
occurrence of it, as those of a calendar are (``docs/records.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harvester.records import Issue, ReadOptions, Record
from vocab.messages import say

MOST_DATES = 400
"""Occurrences of one event, as for a calendar's series."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When an event takes place: days, or times with an offset; ``end`` may be missing."""

    start: date | datetime
    end: date | datetime | None = None

    @property
    def day(self) -> date:
        """The day it begins on."""
        return self.start.date() if isinstance(self.start, datetime) else self.start

    @property
    def recurrence(self) -> str:
        """Its id within a series: ``20260501T160000Z``, or ``20260501`` for a whole day."""
        if isinstance(self.start, datetime):
            return f"{self.start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        return f"{self.start:%Y%m%d}"


def moment(start: object, end: object, timezone: str) -> Moment | None:
    """The moment from ``start`` to ``end``, texts in ISO 8601; None when ``start`` is none.

    A time without offset is read in ``timezone``. An end that cannot be read, or that comes
    before the start, is left out.
    """
    zone = ZoneInfo(timezone)
    begins, ends = _parsed(start, zone), _parsed(end, zone)
    if begins is None:
        return None
    if ends is not None and (type(ends) is not type(begins) or ends < begins):
        ends = None
    return Moment(begins, ends)


def zone_name(told: object, otherwise: str) -> str:
    """``told`` where it is the name of a time zone, else ``otherwise``."""
    name = str(told or "")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise
    return name


def span(days: tuple[object, object], times: tuple[object, object], timezone: str) -> Moment | None:
    """The moment of a period that gives its days and its times apart.

    The times count where it all happens on one day; over several days they are the opening
    hours of each, and the period is one of whole days.
    """
    first, last = (str(day or "")[:10] for day in days)
    opens, closes = (_clock(each) for each in times)
    last = last or first
    if first == last and opens:
        return moment(f"{first}T{opens}", f"{first}T{closes}" if closes else None, timezone)
    return moment(first, last, timezone)


def dated(
    record: Record, moments: Iterable[Moment], options: ReadOptions
) -> Iterator[Record | Issue]:
    """``record`` as an event, or as a series followed by its occurrences in the window.

    Each gets ``type``, and ``start`` and ``end`` in ISO 8601; an occurrence ``recurrence``.
    """
    known = sorted(
        {one.recurrence: one for one in moments}.values(), key=lambda one: one.recurrence
    )
    if len(known) < 2:  # noqa: PLR2004  # one date makes no series
        yield Record(
            record.key, {**record.data, "type": "event", **_times(known[:1])}, record.where
        )
        return
    told = {"type": "series", **_times([Moment(known[0].start, _last(known))])}
    yield Record(record.key, {**record.data, **told}, record.where)
    window = options.window
    shown = [one for one in known if window.start.date() <= one.day < window.end.date()]
    for one in shown[:MOST_DATES]:
        data = {**record.data, "type": "occurrence", "recurrence": one.recurrence, **_times([one])}
        yield Record((*record.key, one.recurrence), data, record.where)
    if len(shown) > MOST_DATES:
        message = say(
            "the event has {count} dates — the first {most} were kept",
            count=len(shown),
            most=MOST_DATES,
        )
        yield Issue("too-many-dates", message, "warning", record.where, record.key)


def _last(known: Sequence[Moment]) -> date:
    """The day on which the last date of a series ends."""
    return max(_day(one.end or one.start) for one in known)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _times(moments: Sequence[Moment]) -> dict[str, str]:
    if not moments:
        return {}
    one = moments[0]
    told = {"start": one.start.isoformat()}
    if one.end is not None:
        told["end"] = one.end.isoformat()
    return told


def _parsed(value: object, zone: ZoneInfo) -> date | datetime | None:
    text = str(value or "").strip()
    try:
        if len(text) == len("2026-05-01"):
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=zone)
    except ValueError:
        return None


def _clock(value: object) -> str:
    """``value`` as a time of ISO 8601, "" where it is none."""
    try:
        return time.fromisoformat(str(value or "").strip()).isoformat()
    except ValueError:
        return ""
