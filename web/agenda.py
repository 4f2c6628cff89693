"""The agenda of a period: things of the index made into days and events. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pyoxigraph as ox

from store.lookup import Index
from store.things import Thing
from vocab import term
from web.filters import Filter
from web.texts import link

_XSD_DATE = ox.NamedNode(term("xsd:date"))
_XSD_DATETIME = ox.NamedNode(term("xsd:dateTime"))
_DAY = timedelta(days=1)
_LENGTHS = MappingProxyType({"jour": 1, "semaine": 7})

VIEWS = ("jour", "week-end", "semaine", "mois")
"""How long a period of the agenda may be; "semaine" unless a reader says otherwise."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the agenda shows it.

    ``starts`` and ``ends`` are None for an event of whole days; ``first`` and ``last`` are its
    local days.
    """

    thing: Thing
    first: date
    last: date
    starts: datetime | None
    ends: datetime | None

    @property
    def url(self) -> str:
        """The page of whoever announces it, "" when there is none that one may be sent to."""
        return link(self.thing.url)

    @property
    def off(self) -> bool:
        """Whether it does not take place, as far as is known."""
        return self.thing.status in ("EventCancelled", "EventPostponed")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the agenda and what begins in it; ``going_on`` holds what began before."""

    day: date
    events: tuple[Event, ...]
    going_on: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included, that begin at the midnight of ``zone``; ``view`` is one of VIEWS."""

    first: date
    last: date
    zone: ZoneInfo
    view: str = ""

    @classmethod
    def week(cls, now: datetime, zone: ZoneInfo) -> Period:
        """Seven days, of which the local day of ``now`` (aware) is the first."""
        return cls.of("semaine", now.astimezone(zone).date(), zone)

    @classmethod
    def of(cls, view: str, day: date, zone: ZoneInfo) -> Period:
        """The period of a view that holds ``day``, or begins with it.

        Raises:
            OverflowError: for a period that ends after the year 9999.
        """
        if view == "mois":
            first = day.replace(day=1)
            return cls(first, (first + timedelta(days=31)).replace(day=1) - _DAY, zone, view)
        if view == "week-end":
            saturday = day if day.weekday() == 6 else day + timedelta(days=(5 - day.weekday()))  # noqa: PLR2004  # Sunday
            return cls(saturday, saturday + timedelta(days=6 - saturday.weekday()), zone, view)
        return cls(day, day + timedelta(days=_LENGTHS[view] - 1), zone, view)

    def before(self) -> date:
        """A day of the period before, for its address."""
        if self.view in _LENGTHS:
            return self.first - timedelta(days=_LENGTHS[self.view])
        return self.first - (_DAY if self.view == "mois" else timedelta(days=6))

    def after(self) -> date:
        """A day of the period after, for its address."""
        return self.last + _DAY

    def values(self) -> dict[str, ox.Literal]:
        """The values that ``agenda.rq`` is asked with, besides the language."""
        return {
            "first": ox.Literal(self.first.isoformat(), datatype=_XSD_DATE),
            "last": ox.Literal(self.last.isoformat(), datatype=_XSD_DATE),
            "from": ox.Literal(self.starts.isoformat(), datatype=_XSD_DATETIME),
            "until": ox.Literal(self.ends.isoformat(), datatype=_XSD_DATETIME),
        }

    @property
    def starts(self) -> datetime:
        """The midnight it begins with."""
        return datetime.combine(self.first, time.min, tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        """The midnight it ends with, no longer of it."""
        return datetime.combine(self.last + _DAY, time.min, tzinfo=self.zone)

    def holds(self, event: Event) -> bool:
        """Whether something of ``event`` falls within it; what ends as it begins does not."""
        if event.starts is None:
            return event.first <= self.last and event.last >= self.first
        ends = event.ends or event.starts
        return event.starts < self.ends and (ends > self.starts or event.starts >= self.starts)


def events(index: Index, asked: Filter, period: Period) -> list[Event]:
    """What happens in ``period``, in the order of a notice board.

    The index knows the days that sources write: a day more on both sides finds those that an
    offset moves into the period.
    """
    wanted = asked.wanted(
        ("event",),
        first=(period.first - _DAY).isoformat(),
        last=(period.last + _DAY).isoformat(),
        order="days",
    )
    found = map_events(index.find(wanted), period.zone)
    return sorted(filter(period.holds, found), key=_order)


def map_events(things: Iterable[Thing], zone: ZoneInfo) -> list[Event]:
    """The events among ``things``, without those whose dates no calendar can show."""
    return [event for thing in things if (event := event_of(thing, zone))]


def days(found: Iterable[Event], period: Period) -> tuple[Day, ...]:
    """The days of ``period`` in which something happens, what is going on first."""
    listed = list(found)
    before = tuple(event for event in listed if event.first < period.first)
    going_on = [Day(period.first, before, going_on=True)] if before else []
    coming = groupby(
        (event for event in listed if event.first >= period.first), key=lambda event: event.first
    )
    return (*going_on, *(Day(day, tuple(each)) for day, each in coming))


def event_of(thing: Thing, zone: ZoneInfo) -> Event | None:
    """The event of a thing, None when its dates are beyond what a calendar can show."""
    try:
        first, starts = moment(thing.start, zone)
        last, ends = moment(thing.end or thing.start, zone)
    except (ValueError, OverflowError):
        return None
    ends = ends if ends and starts and ends > starts else None
    if starts and ends and ends.time() == time.min and last > first:
        last -= _DAY  # what ends at midnight is not of the day that begins then
    return Event(thing, first, max(first, last), starts, ends)


def moment(value: str, zone: ZoneInfo) -> tuple[date, datetime | None]:
    """The local day of an xsd:date or xsd:dateTime, and the moment of the latter.

    A time without an offset is the territory's.

    Raises:
        ValueError: for what is neither.
        OverflowError: beyond the calendar.
    """
    if "T" not in value:
        return date.fromisoformat(value[:10]), None
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    local = found.astimezone(zone)
    return local.date(), local


def _order(event: Event) -> tuple[date, bool, bool, datetime, str]:
    """By day; in it what the editors put first, then whole days, then by hour and name."""
    at = event.starts or datetime.combine(event.first, time.min, tzinfo=UTC)
    return event.first, not event.thing.pinned, event.starts is not None, at, event.thing.name
