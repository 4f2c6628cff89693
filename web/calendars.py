"""The agenda as a calendar to subscribe to: iCalendar (RFC 5545, RFC 7986).

An event keeps its UID as long as it keeps its IRI. What is cancelled stays, with its status: a
calendar that it vanished from would go on showing what it had copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import icalendar

from web.agenda import Event
from web.wording import Wording

_STATUS = {"EventCancelled": "CANCELLED", "EventPostponed": "TENTATIVE"}
_DAY = timedelta(days=1)
_YEAR = timedelta(days=366)
_REFRESH = timedelta(hours=6)


def calendar(
    events: Iterable[Event], wording: Wording, *, name: str, address: str, zone: str
) -> bytes:
    """``events`` as an iCalendar file.

    Args:
        events: in any order.
        wording: tells them.
        name: what a calendar program shows it under.
        address: the public address of the page of the same events.
        zone: IANA name of the zone of its hours.
    """
    written = icalendar.Calendar()
    name = " ".join(name.split())  # it may hold what a reader typed, and a line of a file is one
    written.add("prodid", "-//EnBauges//agenda//FR")
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("method", "PUBLISH")
    written.add("name", name)
    written.add("x-wr-calname", name)
    written.add("x-wr-timezone", zone)
    written.add("url", address)
    written.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    written.add("x-published-ttl", "PT6H")
    told = sorted(events, key=lambda event: event.first)
    for event in told:
        written.add_component(_vevent(event, wording))
    if told:
        # The changes of the hour that these events need, and not those of half a century.
        first, last = told[0].first, max(event.last for event in told)
        written.add_missing_timezones(first.replace(day=1) - _YEAR, last + _YEAR)
    return bytes(written.to_ical())


def limits(event: Event) -> tuple[date | datetime, date | datetime | None]:
    """Its beginning and its end as calendars count: the day after the last one, excluded."""
    if event.starts is None:
        return event.first, event.last + _DAY
    return event.starts, event.ends


def _vevent(event: Event, wording: Wording) -> icalendar.Event:
    thing = event.thing
    starts, ends = limits(event)
    vevent = icalendar.Event()
    vevent.add("uid", wording.uid(thing))
    vevent.add("dtstamp", wording.changed(thing))
    vevent.add("last-modified", wording.changed(thing))
    vevent.add("summary", wording.title(thing))
    vevent.add("dtstart", starts)
    if ends:
        vevent.add("dtend", ends)
    vevent.add("status", _STATUS.get(thing.status, "CONFIRMED"))
    vevent.add("transp", "TRANSPARENT" if event.starts is None else "OPAQUE")
    vevent.add("url", thing.iri)
    vevent.add("description", wording.text(thing))
    if where := wording.where(thing):
        vevent.add("location", where)
    if thing.latitude is not None and thing.longitude is not None:
        vevent.add("geo", (thing.latitude, thing.longitude))
    if themes := wording.concepts(thing, "theme"):
        vevent.add("categories", themes)
    return vevent
