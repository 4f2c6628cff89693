"""``/agenda``: a notice board by day, weekend, week or month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.agenda import VIEWS, Event, Period, days, events
from web.choices import chips, choices
from web.filters import Filter
from web.front import Front
from web.library import Shelf
from web.structured import listing

CHOICES = ("commune", "theme", "public", "lieu", "organisateur")
"""The facets that the form offers."""

_MOST_STRUCTURED = 50
_WEEK = "semaine"
_ONE_DAY = timedelta(days=1)


class Agenda:
    """Answers at the address of the agenda."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> Iterator[Route]:
        """The page."""
        yield self._front.route("/agenda", self.page)

    def page(self, request: Request, shelf: Shelf) -> Response:
        """The events of a period."""
        asked, period = Filter.read(request.query_params), self._period(request)
        found = events(shelf.index, asked, period)
        wording = self._front.wording(request, shelf)

        language = ("lang", request.query_params.get("lang", ""))

        def address(*, view: str = "", day: date | None = None, asked: Filter = asked) -> str:
            shown = self._shown(view or period.view, day or period.first)
            return "/agenda" + asked.query(*shown, language)

        wanted = asked.wanted(
            ("event",), first=period.first.isoformat(), last=period.last.isoformat()
        )
        return self._front.page(
            request,
            shelf,
            "agenda.html",
            asked=asked,
            period=period,
            days=days(found, period),
            month=month_table(period, found) if period.view == "mois" else (),
            choices={name: choices(wording, name, wanted, asked) for name in CHOICES},
            chips=chips(wording, asked),
            carried=[pair for pair in self._shown(period.view, period.first) if pair[1]],
            address=address,
            feeds=asked.query(),
            data=listing((event.thing for event in found[:_MOST_STRUCTURED]), wording),
        )

    def _shown(self, view: str, day: date) -> tuple[tuple[str, str], ...]:
        """The parameters of a view and a day; what goes without saying is not said."""
        told = "" if day == self._front.today() else day.isoformat()
        return ("vue", "" if view == _WEEK else view), ("date", told)

    def _period(self, request: Request) -> Period:
        """What the address asks, the coming week when it makes no sense."""
        view, today = request.query_params.get("vue", _WEEK), self._front.today()
        zone = self._front.site.zone
        try:
            day = date.fromisoformat(request.query_params.get("date", "") or today.isoformat())
            period = Period.of(view if view in VIEWS else _WEEK, day, zone)
            _ = (period.before() - _ONE_DAY, period.after() + _ONE_DAY)  # they get links
        except (ValueError, OverflowError):
            return Period.of(_WEEK, today, zone)
        return period


def month_table(period: Period, found: Sequence[Event]) -> list[list[tuple[date, int]]]:
    """The weeks of a month, from Monday, each day with how much begins in it."""
    counts = Counter(event.first for event in found)
    monday = period.first - timedelta(days=period.first.weekday())
    weeks = []
    while monday <= period.last:
        week = [monday + timedelta(days=number) for number in range(7)]
        weeks.append([(day, counts[day]) for day in week])
        monday += timedelta(days=7)
    return weeks
