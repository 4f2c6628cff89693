"""The agenda to subscribe to and to build upon: one feed of each kind for every filter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.agenda import Event, Period, events
from web.agenda_data import event_source, feature_collection, neighbour
from web.answers import conditional, json_answer
from web.calendars import calendar
from web.choices import chips
from web.filters import Filter
from web.front import Front
from web.library import Shelf
from web.wording import Wording

_BEFORE, _AHEAD = timedelta(days=31), timedelta(days=400)
"""How far back and ahead a feed tells: a month for what was cancelled, a year for the rest."""

_NEWS_AHEAD = timedelta(days=60)
_MOST_NEWS = 100
_MOST = 1_000
_DAY = timedelta(days=1)


class AgendaFeeds:
    """Answers at the addresses of the agenda's feeds."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """One address for each kind of feed."""
        route = self._front.route
        yield route("/agenda.ics", self.calendar)
        yield route("/agenda.atom", self.atom)
        yield route("/agenda.rss", self.rss)
        yield route("/agenda.json", self.event_source)
        yield route("/agenda.geojson", self.map)
        yield route("/api/enbauges/events/public", self.neighbour)

    def calendar(self, request: Request, shelf: Shelf) -> Response:
        """``/agenda.ics``: to subscribe to."""
        asked, wording = Filter.read(request.query_params), self._front.wording(request, shelf)
        body = calendar(
            events(shelf.index, asked, self._ahead(_BEFORE, _AHEAD)),
            wording,
            name=self._title(wording, asked),
            address=shelf.public(f"agenda{asked.query()}"),
            zone=self._front.site.zone.key,
        )
        named = {"content-disposition": 'inline; filename="agenda.ics"'}
        return conditional(request, body, _type("text/calendar", wording) | named)

    def atom(self, request: Request, shelf: Shelf) -> Response:
        """``/agenda.atom``: what comes up (RFC 4287)."""
        return self._news(request, shelf, "atom", "application/atom+xml")

    def rss(self, request: Request, shelf: Shelf) -> Response:
        """``/agenda.rss``: what comes up (RSS 2.0)."""
        return self._news(request, shelf, "rss", "application/rss+xml")

    def event_source(self, request: Request, shelf: Shelf) -> Response:
        """``/agenda.json?start=&end=``: FullCalendar's JSON feed."""
        found = self._between(request, shelf, "start", "end")
        return json_answer(request, event_source(found, self._front.wording(request, shelf)))

    def neighbour(self, request: Request, shelf: Shelf) -> Response:
        """``?from=&to=&limit=``: the shape that EnBauges.fr's own calendar reads."""
        found = self._between(request, shelf, "from", "to")
        limit = request.query_params.get("limit", "")
        most = min(int(limit), _MOST) if limit.isdecimal() else _MOST
        wording = self._front.wording(request, shelf)
        return json_answer(request, neighbour(found[:most], wording, self._front.site.zone))

    def map(self, request: Request, shelf: Shelf) -> Response:
        """``/agenda.geojson?bbox=``: what happens where, for any map tool."""
        things = (event.thing for event in self._between(request, shelf, "start", "end"))
        found = feature_collection(things, self._front.wording(request, shelf))
        return json_answer(request, found, "application/geo+json")

    def _news(self, request: Request, shelf: Shelf, form: str, media: str) -> Response:
        asked, wording = Filter.read(request.query_params), self._front.wording(request, shelf)
        found = events(shelf.index, asked, self._ahead(timedelta(), _NEWS_AHEAD))[:_MOST_NEWS]
        entries = [(event, wording.changed(event.thing)) for event in found]
        body = self._front.shell.render(
            request,
            f"agenda.{form}",
            generation=shelf.generation,
            name=self._title(wording, asked),
            home=shelf.public(f"agenda{asked.query()}"),
            own=shelf.public(f"agenda.{form}{asked.query()}"),
            entries=entries,
            updated=max((at for _, at in entries), default=shelf.generation.created),
            wording=wording,
        )
        return conditional(request, body.encode(), _type(media, wording))

    def _title(self, wording: Wording, asked: Filter) -> str:
        """The node's name and what is filtered by."""
        return " · ".join([self._front.site.title, *(chip.name for chip in chips(wording, asked))])

    def _between(self, request: Request, shelf: Shelf, first: str, last: str) -> list[Event]:
        """The events between two moments of the address, the second of them excluded."""
        params, ahead = request.query_params, self._ahead(_BEFORE, _AHEAD)
        starts = self._day(params.get(first, "")) or ahead.first
        ends = self._day(params.get(last, ""), excluded=True) or ahead.last
        period = Period(starts, max(starts, ends), self._front.site.zone)
        return events(shelf.index, Filter.read(params), period)

    def _day(self, text: str, *, excluded: bool = False) -> date | None:
        """The local day of a date or moment; the day before when it is a midnight excluded.

        A plus sign that was not encoded comes as a space: ``2026-11-01T00:00:00 01:00``.
        """
        try:
            if "T" not in text:
                day = date.fromisoformat(text[:10])
                return day - _DAY if excluded else day
            found = datetime.fromisoformat(text.replace(" ", "+"))
            zone = self._front.site.zone
            local = found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
            return (local - timedelta(microseconds=1) if excluded else local).date()
        except (ValueError, OverflowError):
            return None

    def _ahead(self, before: timedelta, ahead: timedelta) -> Period:
        today = self._front.today()
        return Period(today - before, today + ahead, self._front.site.zone)


def _type(media: str, wording: Wording) -> dict[str, str]:
    return {
        "content-type": f"{media}; charset=utf-8",
        "content-language": wording.language,
        "vary": "Accept-Language",
    }
