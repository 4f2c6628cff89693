"""Which clock a time of a calendar is told by.

TZID names that are not in the IANA database are the rule among calendars exported by
desktop software: Windows names, display names ("(UTC+01:00) Brussels, Paris"), offsets,
and definitions (VTIMEZONE) under invented names. icalendar turns an unknown one into a naive
time without a word; here every time ends up aware, and what was assumed is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from icalendar import Timezone
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from harvester.readers.ics_split import Block
from harvester.records import Issue
from vocab.messages import say

Time = date | datetime

_OFFSET_FIRST = re.compile(r"^\W*(?:UTC|GMT)?\s*([+-])(\d{1,2})[:.h]?(\d{2})?\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?:[ _-][^\W\d_]+)*")
_YEARLY = re.compile(r"FREQ\s*=\s*YEARLY", re.IGNORECASE)


class Zones:
    """The time zones that one body knows, and a count of the times that are in none of them.

    icalendar keeps the definitions it meets in one process-wide table; making a ``Zones``
    empties it, so that a calendar never borrows the invented zone of the one read before.
    """

    def __init__(self, default: str, names: Mapping[int, str]) -> None:
        tzp.use_zoneinfo()
        self.default = ZoneInfo(default)
        self._unplaced: Counter[tuple[str, str]] = Counter()
        self._found: dict[str, tzinfo | None] = {}
        self._names = names

    def learn(self, blocks: list[Block]) -> Iterator[Issue]:
        """Take in the VTIMEZONEs whose name says nothing by itself.

        A zone is trusted only when its rules are yearly (RFC 5545, section 3.6.5, gives no
        other use): finding the offset of a date walks them.
        """
        for block in blocks:
            lines = [line for name, line in block.lines]
            tzid = next((_value(line) for name, line in block.lines if name == "TZID"), "")
            if not tzid or tzp.timezone(tzid) is not None:
                continue
            rules = [line for name, line in block.lines if name == "RRULE"]
            try:
                if not all(map(_YEARLY.search, rules)):
                    raise ValueError("a rule is not yearly")  # noqa: TRY301
                Timezone.from_ical("\n".join(["BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE"]))
            except Exception as error:  # noqa: BLE001  # dateutil raises many kinds
                message = say(
                    "the time zone {name} is badly defined ({reason}) — its times are read by"
                    " its name, or as {default}",
                    name=tzid,
                    reason=str(error)[:120],
                    default=self.default.key,
                )
                yield Issue("ics-bad-zone", message, "warning", block.where)

    def home(self, calendar: int) -> tzinfo:
        """The zone of a VCALENDAR: its X-WR-TIMEZONE when that is one, else the default."""
        return self.named(calendar) or self.default

    def named(self, calendar: int) -> tzinfo | None:
        """The X-WR-TIMEZONE of a VCALENDAR, None when it has none that is known."""
        return self.find(self._names.get(calendar, ""))

    def find(self, tzid: str) -> tzinfo | None:
        """The zone that ``tzid`` names, in any of the ways seen in real calendars."""
        if not tzid:
            return None
        if tzid not in self._found:
            self._found[tzid] = tzp.timezone(tzid) or _guess(tzid)
        return self._found[tzid]

    def locate(self, value: Time, tzid: str, home: tzinfo) -> Time:
        """``value`` made aware; a date stays a date. ``home`` is where floating times are."""
        if not isinstance(value, datetime) or value.tzinfo is not None:
            return value
        zone = self.find(tzid)
        if zone is None:
            self._unplaced[tzid, str(home)] += 1
        return value.replace(tzinfo=zone or home)

    def issues(self) -> Iterator[Issue]:
        """What was assumed, counted."""
        for (name, home), count in sorted(self._unplaced.items()):
            if name:
                message = say(
                    "the time zone {name} is unknown — its times are read as {zone}: {count}",
                    name=name[:80],
                    count=count,
                    zone=home,
                )
                yield Issue("ics-unknown-zone", message, "warning")
            else:
                message = say(
                    "times in no time zone are read as {zone}: {count}", zone=home, count=count
                )
                yield Issue("ics-floating-time", message, "notice")


def is_utc(value: datetime) -> bool:
    """Whether ``value`` is told in UTC itself, and not in a zone that equals it."""
    return value.tzinfo is UTC or str(value.tzinfo) == "UTC"


def iso(value: Time, home: tzinfo) -> str:
    """ISO 8601. A time told in UTC is given with the offset of ``home``, as pages show it.

    Offsets before standard time (Paris was +00:09:21) have no place in xsd:dateTime: such
    times are given in UTC.
    """
    if not isinstance(value, datetime):
        return value.isoformat()
    if is_utc(value):
        value = _moved(value, home)
    offset = value.utcoffset()
    if offset is not None and offset.seconds % 60:
        value = _moved(value, UTC)
    return value.isoformat(timespec="seconds")


def _moved(value: datetime, zone: tzinfo) -> datetime:
    """``value`` by the clock of ``zone``; as it is where that is before year 1 or after 9999.

    Rules that are meant to go on for ever end in the last second of the year 9999.
    """
    try:
        return value.astimezone(zone)
    except OverflowError:
        return value


def recurrence_key(value: Time) -> str:
    """A recurrence id as records write it: ``20260501T160000Z``, or ``20260501`` for a day."""
    if isinstance(value, datetime):
        return _moved(value, UTC).strftime("%Y%m%dT%H%M%SZ").rjust(16, "0")
    return value.strftime("%Y%m%d").rjust(8, "0")


def zone_name(value: Time, home: tzinfo) -> str:
    """The IANA name of the zone ``value`` is told in, "" when it has none."""
    zone = home if not isinstance(value, datetime) or is_utc(value) else value.tzinfo
    return getattr(zone, "key", "")


def _value(line: str) -> str:
    return line.partition(":")[2].strip()


def _guess(tzid: str) -> tzinfo | None:
    """A zone for the names that icalendar does not know: case, offsets, display names."""
    folded = tzid.strip("/\"' ").casefold()
    names, cities = _iana()
    if folded in names:
        return ZoneInfo(names[folded])
    for windows, olson in WINDOWS_TO_OLSON.items():
        if " " in windows and folded.startswith(windows.casefold()):
            return _zone(olson)
    known = {cities[word.casefold()] for word in _WORDS.findall(tzid) if word.casefold() in cities}
    offsets = {datetime(2026, 1, 1, tzinfo=ZoneInfo(name)).utcoffset() for name in known}
    if len(offsets) == 1:
        return ZoneInfo(min(known))
    return _offset(_OFFSET_FIRST.match(tzid))


def _offset(match: re.Match[str] | None) -> tzinfo | None:
    """The fixed offset of a name such as "UTC+1" or "(UTC-05:00) Eastern Time"."""
    minutes = int(match[2]) * 60 + int(match[3] or 0) if match else 24 * 60
    if match is None or minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _iana() -> tuple[dict[str, str], dict[str, str]]:
    """IANA names and their cities, case folded → the name."""
    names = {name.casefold(): name for name in available_timezones()}
    cities = {
        name.rsplit("/", 1)[1].replace("_", " ").casefold(): name
        for name in sorted(names.values())
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    }
    return names, cities
