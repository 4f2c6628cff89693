"""One VEVENT as a value: its dates made aware and comparable, its texts unescaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, cast

from icalendar import Event, vBroken, vRecur
from icalendar.parser import unescape_backslash
from icalendar.prop import vDDDTypes

from harvester.readers.ics_split import Block
from harvester.readers.ics_zones import Time, Zones, is_utc, recurrence_key
from harvester.readers.text import hash_key
from harvester.records import Issue
from vocab.messages import Message, say

_ASIDE = frozenset(
    {"UID", "SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "STATUS", "URL", "SEQUENCE"}
)
_STAMPS = frozenset({"CREATED", "LAST-MODIFIED"})
_STAMP = len(":20260501T160000Z")
_LONG_ZONE = re.compile(r"(;TZID=\"?[^;:\"]{60})[^;:\"]*", re.IGNORECASE)  # zones are files
_YEARS = range(1000, 9999)
"""Years in which a date can still be moved from one zone to another, and written."""


@dataclass(frozen=True, slots=True)
class VEvent:
    """A VEVENT that can be dated.

    ``end`` is exclusive, as iCalendar has it, and None when the event gives none; every
    datetime is aware; ``home`` is the zone in which its UTC times are shown; ``unread`` tells of
    its rules that are none.
    """

    uid: str
    texts: dict[str, str]
    component: Event
    start: Time
    end: Time | None
    recurrence: Time | None
    this_and_future: bool
    rules: tuple[vRecur, ...]
    unread: tuple[Message, ...]
    extra: tuple[Time | tuple[Time, Time | timedelta], ...]
    excepted: tuple[Time, ...]
    sequence: int
    created: Time | None
    modified: Time | None
    home: tzinfo
    where: str

    @property
    def all_day(self) -> bool:
        """Whether it lasts whole days."""
        return not isinstance(self.start, datetime)

    @property
    def key(self) -> tuple[str, ...]:
        """Its native id."""
        if self.recurrence is None:
            return (self.uid,)
        return (self.uid, recurrence_key(self.recurrence))

    @property
    def recurs(self) -> bool:
        """Whether it has rules or dates of recurrence."""
        return bool(self.rules or self.extra)

    @property
    def version(self) -> tuple[int, str]:
        """What grows with each edition of the same event (RFC 5545, section 3.8.7.4)."""
        return self.sequence, self.modified.isoformat() if self.modified else ""


class _Unreadable(Exception):  # noqa: N818  # never leaves this module
    """The event has no usable start."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code)
        self.code, self.message = code, message
        self.recurrence: Time | None = None


def parse(block: Block, zones: Zones) -> Iterator[VEvent | Issue]:
    """The event of ``block`` and what could not be understood of it."""
    texts, rest = _tell_apart(block)
    issues: list[Issue] = []
    try:
        event = _read(texts, rest, block, zones, issues)
    except _Unreadable as error:
        key = _known(texts, error.recurrence)
        yield Issue(error.code, error.message, where=block.where, key=key)
        return
    except Exception as error:  # noqa: BLE001  # one refused event must not lose the others
        message = say("the event cannot be read: {reason}", reason=str(error)[:200])
        yield Issue("ics-bad-event", message, where=block.where, key=_known(texts))
        return
    for issue in issues:
        yield replace(issue, where=block.where, key=event.key)
    yield event


def _known(texts: dict[str, str], recurrence: Time | None = None) -> tuple[str, ...]:
    """The key of an event that cannot be dated, () where it gives no UID."""
    uid = texts.get("UID", "")
    if not uid or uid.startswith("~"):
        return ()
    return (uid,) if recurrence is None else (uid, recurrence_key(recurrence))


def _read(
    texts: dict[str, str], rest: list[str], block: Block, zones: Zones, issues: list[Issue]
) -> VEvent:
    parsed = Event.from_ical("\n".join(["BEGIN:VEVENT", *rest, "END:VEVENT"]))
    component = cast("Event", parsed)
    for name in _ASIDE.intersection(component):
        texts.setdefault(name, str(_first(component, name)).strip())
    if not texts.get("UID"):
        texts["UID"] = hash_key(texts.get("SUMMARY", ""), *_starts(rest))
        message = say("the event has no UID — one was made from its title and start")
        issues.append(Issue("ics-no-uid", message, "notice"))
    event = _Dates(component, zones, block.calendar, issues).event(texts, block.where)
    issues.extend(_broken(component, block))
    return event


def _tell_apart(block: Block) -> tuple[dict[str, str], list[str]]:
    """Values that are plain, by name, and the lines that icalendar parses.

    icalendar's line parser walks every character of a description in Python: half of the cost
    of a calendar is spared by unescaping plain texts here.
    """
    texts: dict[str, str] = {}
    rest: list[str] = []
    for name, line in block.lines:
        width = len(name)
        if (name in _ASIDE and line[width : width + 1] == ":") or (
            name in _STAMPS and len(line) == width + _STAMP and line[-1] == "Z"
        ):
            raw = line[width + 1 :]
            value = (raw if name == "URL" else unescape_backslash(raw)).strip()
            if value:
                texts.setdefault(name, value)
        elif not line.endswith(":"):
            rest.append(line.replace(" ", "") if name == "RRULE" else _LONG_ZONE.sub(r"\1", line))
    return texts, rest


def _starts(lines: list[str]) -> list[str]:
    return [line for line in lines if line[:7].upper() in {"DTSTART", "RECURRE"}]


def _broken(component: Event, block: Block) -> Iterator[Issue]:
    for name, reason in component.errors:
        if name == "RRULE":
            continue
        message = say(
            "{name} cannot be read and was left out: {reason}",
            name=name or "a line",
            reason=reason[:160],
        )
        yield Issue("ics-bad-value", message, "warning")
    if block.strays:
        message = say(
            "lines that are not iCalendar were left out: {count} — a line break inside a text"
            " must be written \\n",
            count=block.strays,
        )
        yield Issue("ics-stray-line", message, "warning")


def values(component: Event, name: str) -> list[Any]:
    """All readable values of a property, in their order."""
    value = component.get(name)
    several = value if isinstance(value, list) else [] if value is None else [value]
    return [one for one in several if not isinstance(one, vBroken)]


def _first(component: Event, name: str) -> Any:
    return next(iter(values(component, name)), None)


class _Dates:
    """Reads the dates of one component, noting what had to be mended."""

    def __init__(self, component: Event, zones: Zones, calendar: int, issues: list[Issue]) -> None:
        self.component, self.zones, self.issues = component, zones, issues
        self.home, self.local = zones.home(calendar), zones.named(calendar)

    def note(self, code: str, message: Message) -> None:
        """Keep an issue; its place and key are filled in by ``parse``."""
        self.issues.append(Issue(code, message, "warning"))

    def event(self, texts: dict[str, str], where: str) -> VEvent:
        """The component as a value.

        Raises:
            _Unreadable: when it has no usable start.
        """
        recurrence = self._recurrence()
        try:
            start = self._start()
        except _Unreadable as error:
            error.recurrence = recurrence
            raise
        sequence = texts.get("SEQUENCE", "")
        return VEvent(
            uid=texts["UID"],
            texts=texts,
            component=self.component,
            start=start,
            end=self._end(start),
            recurrence=recurrence,
            this_and_future=_is_range(_first(self.component, "RECURRENCE-ID")),
            rules=tuple(values(self.component, "RRULE")),
            unread=tuple(self._unread()),
            extra=tuple(self._list("RDATE", start)),
            excepted=tuple(
                one for one in self._list("EXDATE", start) if not isinstance(one, tuple)
            ),
            sequence=int(sequence) if sequence.isdecimal() else -1,
            created=self._stamp("CREATED", texts),
            modified=self._stamp("LAST-MODIFIED", texts),
            home=self.home,
            where=where,
        )

    def _start(self) -> Time:
        """DTSTART; that of a series written in UTC by a calendar with an X-WR-TIMEZONE is local.

        Such calendars mean their rules by the local clock (recurring-ical-events reads them so).
        """
        if "DTSTART" not in self.component:
            raise _Unreadable(
                "ics-no-start",
                say("the event has no DTSTART, so no date — its publisher must give it one"),
            )
        start = self._time(_first(self.component, "DTSTART"))
        if start is None:
            raise _Unreadable(
                "ics-bad-date",
                say(
                    "the start cannot be read as a date: {value} — its publisher must correct it",
                    value=_said(self.component["DTSTART"]),
                ),
            )
        if self.local and "RRULE" in self.component and isinstance(start, datetime):
            return start.astimezone(self.local) if is_utc(start) else start
        return start

    def _unread(self) -> Iterator[Message]:
        """The rules that icalendar cannot read."""
        rules = self.component.get("RRULE")
        for rule in rules if isinstance(rules, list) else [rules]:
            if isinstance(rule, vBroken):
                yield say(
                    "the rule of recurrence cannot be read ({rule}) — only its first date was kept",
                    rule=str(rule)[:120],
                )

    def _recurrence(self) -> Time | None:
        if "RECURRENCE-ID" not in self.component:
            return None
        recurrence = self._time(_first(self.component, "RECURRENCE-ID"))
        if recurrence is None:
            raise _Unreadable(
                "ics-bad-date",
                say(
                    "the event changes one date of a series, but RECURRENCE-ID is no date: "
                    "{value} — "
                    "its publisher must correct it",
                    value=_said(self.component["RECURRENCE-ID"]),
                ),
            )
        return recurrence

    def _end(self, start: Time) -> Time | None:
        end = self._time(_first(self.component, "DTEND"))
        if end is None:
            length = getattr(_first(self.component, "DURATION"), "dt", None)
            if not isinstance(length, timedelta):
                return None
            end = self._after(start, length)
        elif isinstance(end, datetime) is not isinstance(start, datetime):
            end = self._same_kind(end, start)
        if end is not None and end < start:
            message = say("the event ends before it starts — its end was left out")
            self.note("ics-end-before-start", message)
            return None
        return end

    def _after(self, start: Time, length: timedelta) -> Time | None:
        with suppress(OverflowError):
            end = start + length
            if end.year in _YEARS:
                return end
        self.note("ics-bad-date", say("the event lasts too long — its end was left out"))
        return None

    def _same_kind(self, end: Time, start: Time) -> Time:
        self.note(
            "ics-mixed-dates",
            say("the event starts on a day and ends at an hour, or the reverse"),
        )
        if isinstance(start, datetime):
            return datetime.combine(end, time(), start.tzinfo)
        if not isinstance(end, datetime):
            return end
        local = end.astimezone(self.home)
        return local.date() + timedelta(days=1 if local.time() > time() else 0)

    def _time(self, value: Any) -> Time | None:
        """The date of a property, aware; None when it is absent or no date."""
        when = getattr(value, "dt", None) if value is not None else None
        if not isinstance(when, date):
            return None
        if when.year not in _YEARS:
            message = say("the date {value} is not plausible", value=when.isoformat())
            self.note("ics-bad-date", message)
            return None
        tzid = value.params.get("TZID", "")
        return _safe(self.zones.locate(when, tzid if isinstance(tzid, str) else "", self.home))

    def _stamp(self, name: str, texts: dict[str, str]) -> Time | None:
        """CREATED or LAST-MODIFIED, which only tell: a wrong one is passed over."""
        when = getattr(_first(self.component, name), "dt", None)
        if name in texts:
            with suppress(ValueError):
                when = vDDDTypes.from_ical(texts[name])  # type: ignore[no-untyped-call]
        if not isinstance(when, date) or when.year not in _YEARS:
            return None
        return _safe(self.zones.locate(when, "", self.home))

    def _list(self, name: str, start: Time) -> Iterator[Any]:
        """The dates of EXDATE and RDATE; a floating one is told by the clock of ``start``."""
        for several in values(self.component, name):
            tzid = several.params.get("TZID")
            for one in several.dts:
                if isinstance(one.dt, tuple):
                    begin, finish = one.dt
                    if isinstance(begin, datetime) and begin.year in _YEARS:
                        yield tuple(
                            self._located(part, tzid, start) if isinstance(part, date) else part
                            for part in (begin, finish)
                        )
                elif isinstance(one.dt, date) and one.dt.year in _YEARS:
                    yield self._located(one.dt, tzid, start)

    def _located(self, value: Time, tzid: Any, start: Time) -> Time:
        home = start.tzinfo if isinstance(start, datetime) else None
        located = self.zones.locate(value, tzid if isinstance(tzid, str) else "", home or self.home)
        return _safe(located)


def _said(value: Any) -> str:
    """A date that cannot be used, as the calendar wrote it."""
    told = value if isinstance(value, vBroken) else getattr(value, "dt", value)
    return str(told)[:80]


def _is_range(value: Any) -> bool:
    return value is not None and str(value.params.get("RANGE", "")).upper() == "THISANDFUTURE"


def _safe(value: Time) -> Time:
    """``value``, in UTC when its zone, made of rules, cannot say its offset."""
    if isinstance(value, datetime):
        try:
            value.utcoffset()
        except Exception:  # noqa: BLE001  # dateutil's tzical fails on odd definitions
            return value.replace(tzinfo=UTC)
    return value
