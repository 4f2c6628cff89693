"""The agenda of a period: solutions of ``agenda.rq`` made into days and events. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pyoxigraph as ox

from vocab import SCHEMA, term
from web.sources import Source
from web.texts import link

_XSD_DATE = ox.NamedNode(term("xsd:date"))
_XSD_DATETIME = ox.NamedNode(term("xsd:dateTime"))


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the agenda shows it.

    ``starts`` and ``ends`` are None for an event of whole days; ``first`` and ``last`` are its
    local days. ``status`` is the last word of a schema.org status ("EventCancelled"), "" when
    it takes place as announced. ``sources`` are those that announce it.
    """

    iri: str
    name: str
    first: date
    last: date
    starts: datetime | None
    ends: datetime | None
    status: str
    place: str
    commune: str
    organizer: str
    url: str
    theme: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the agenda and what begins in it; ``going_on`` holds what began before."""

    day: date
    events: tuple[Event, ...]
    going_on: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included, that begin at the midnight of ``zone``."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def week(cls, now: datetime, zone: ZoneInfo) -> Period:
        """Seven days, of which the local day of ``now`` (aware) is the first."""
        today = now.astimezone(zone).date()
        return cls(today, today + timedelta(days=6), zone)

    def values(self) -> Mapping[str, ox.Literal]:
        """The values that ``agenda.rq`` is asked with, besides the language."""
        return {
            "first": ox.Literal(self.first.isoformat(), datatype=_XSD_DATE),
            "last": ox.Literal(self.last.isoformat(), datatype=_XSD_DATE),
            "from": self._midnight(self.first),
            "until": self._midnight(self.last + timedelta(days=1)),
        }

    def _midnight(self, day: date) -> ox.Literal:
        moment = datetime.combine(day, time.min, tzinfo=self.zone)
        return ox.Literal(moment.isoformat(), datatype=_XSD_DATETIME)


SourceOf = Callable[[str], Source | None]
"""The source of a record, by the IRI of the record."""


def days(rows: Iterable[Mapping[str, str]], period: Period, source_of: SourceOf) -> tuple[Day, ...]:
    """The days of ``period`` in which something happens, what is going on first.

    An event that has several values for a property comes in several rows: the first counts,
    but for its sources, which are all named.
    """
    events: dict[str, Event] = {}
    sources: defaultdict[str, dict[Source, None]] = defaultdict(dict)
    for row in rows:
        event = _event(row, period.zone)
        if event is not None:
            events.setdefault(event.iri, event)
            if source := source_of(row.get("record", "")):
                sources[event.iri][source] = None
    told = (replace(event, sources=tuple(sources[iri])) for iri, event in events.items())
    ordered = sorted(told, key=_order)
    before = tuple(event for event in ordered if event.first < period.first)
    going_on = [Day(period.first, before, going_on=True)] if before else []
    coming = groupby(ordered[len(before) :], key=lambda event: event.first)
    return (*going_on, *(Day(day, tuple(events)) for day, events in coming))


def _event(row: Mapping[str, str], zone: ZoneInfo) -> Event | None:
    """The event of a row, None when its dates are beyond what a calendar can show."""
    try:
        first, starts = _moment(row["start"], zone)
        last, ends = _moment(row.get("end", row["start"]), zone)
    except (ValueError, OverflowError):
        return None
    status = row.get("status", "").removeprefix(SCHEMA)
    return Event(
        iri=row["event"],
        name=row.get("name", ""),
        first=first,
        last=max(first, last),
        starts=starts,
        ends=ends if ends != starts else None,
        status="" if status == "EventScheduled" else status,
        place=row.get("place", ""),
        commune=row.get("communeName", ""),
        organizer=row.get("organizer", ""),
        url=link(row.get("url")),
        theme=row.get("theme", ""),
    )


def _moment(value: str, zone: ZoneInfo) -> tuple[date, datetime | None]:
    """The local day of an xsd:date or xsd:dateTime, and the moment of the latter.

    A time without an offset is the territory's.
    """
    if "T" not in value:
        return date.fromisoformat(value[:10]), None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    local = moment.astimezone(zone)
    return local.date(), local


def _order(event: Event) -> tuple[date, bool, datetime, str]:
    """By day, whole days first, then by hour and name."""
    moment = event.starts or datetime.combine(event.first, time.min, tzinfo=UTC)
    return event.first, event.starts is not None, moment, event.name
