"""iCalendar (RFC 5545) → Records: single events, series and their occurrences.

The way of a file: ``ics_split`` tells components apart, ``ics_event`` makes each a value
with aware dates (``ics_zones``), ``ics_series`` puts together what belongs together and
expands it by rules that ``ics_rules`` has allowed, ``ics_share`` bounds the dates of all, and
this module writes the fields that ``docs/records.md`` lists.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from icalendar.error import GloballyUniqueTZIDGuessed

from harvester.readers.ics_event import VEvent, parse, values
from harvester.readers.ics_rules import describe
from harvester.readers.ics_series import (
    MAX_OCCURRENCES,
    Group,
    Instance,
    changed,
    checked,
    group,
    regular,
)
from harvester.readers.ics_share import Share
from harvester.readers.ics_split import split
from harvester.readers.ics_zones import Time, Zones, iso, recurrence_key
from harvester.readers.text import absolute, point
from harvester.records import Content, Issue, ReadOptions, Record, Window
from vocab.messages import say

_STATUSES = frozenset({"CONFIRMED", "TENTATIVE", "CANCELLED", "POSTPONED"})
_CALLED_OFF = r"annul(?:é|ée|és|ées|e|ation)|cancell?ed|abgesagt|supprim(?:é|ée|és|ées)"
_PUT_OFF = r"report(?:é|ée|és|ées)|postponed|verschoben"
_NO_DAY = r"\breport(?:é|ée|és|ées)\s+(?:à\s+une\s+(?:autre\s+)?date|sine\s+die|ultérieurement)"


def _said_of(words: str, also: str = "") -> re.Pattern[str]:
    """``words`` where they speak of the event: first, in brackets, or last after a dash."""
    first = rf"^\W*(?:{words})(?!\w)"
    aside = rf"[\[(*!]\s*(?:{words})\s*[\])*!]"
    last = rf"[-–—:]\s*(?:{words})\W*$"
    return re.compile("|".join(filter(None, (first, aside, last, also))), re.IGNORECASE)


_CANCELLED = _said_of(_CALLED_OFF)
_POSTPONED = _said_of(_PUT_OFF, _NO_DAY)


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The events of an iCalendar body.

    Raises:
        ReadError: when the body is not a calendar, or is cut short inside an event.
    """
    parts = split(content)
    yield from parts.issues
    zones = Zones(options.timezone, parts.zones)
    events: list[VEvent] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GloballyUniqueTZIDGuessed)
        issues: list[Issue] = list(zones.learn(parts.timezones))
        for block in parts.events:
            for found in parse(block, zones):
                if isinstance(found, VEvent):
                    events.append(found)
                else:
                    issues.append(found)
    yield from issues
    yield from zones.issues()
    share = Share()
    members = [
        member if isinstance(member, Issue) else _dated(member, options.window, share)
        for member in group(events)
    ]
    if too_many := share.settle():
        yield too_many
    for member in members:
        if isinstance(member, Issue):
            yield member
        else:
            yield from _Writer(content.url).group(member)


@dataclass(frozen=True, slots=True)
class _Dated:
    """A group, the dates of its series (None where it is none), and what was noted of it."""

    group: Group
    dates: list[Instance] | None = None
    issues: tuple[Issue, ...] = ()


def _dated(group: Group, window: Window, share: Share) -> _Dated:
    if group.master is None:
        return _Dated(group)
    master, issues = checked(group.master, window)
    group = replace(group, master=master)
    if not group.is_series:
        return _Dated(group, None, tuple(issues))
    try:
        dates = regular(group, window, share.each)
    except Exception as error:  # noqa: BLE001  # dateutil raises many kinds
        message = say(
            "the dates of the series cannot be worked out ({reason}) — only the first and"
            " those changed one by one were kept",
            reason=str(error)[:160],
        )
        issues.append(Issue("ics-bad-rule", message, "warning", master.where, master.key))
        return _Dated(group, None, tuple(issues))
    if len(dates) > MAX_OCCURRENCES == share.each:
        message = say("the series has many dates — the first {kept} were kept", kept=share.each)
        issues.append(Issue("ics-many-occurrences", message, "notice", master.where, master.key))
    share.add(dates)
    return _Dated(group, dates, tuple(issues))


class _Writer:
    """Writes the Records of one group; what occurrences share is written once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._shared: dict[int, dict[str, Any]] = {}

    def group(self, dated: _Dated) -> Iterator[Record | Issue]:
        """All Records of a group, after what was noted of it."""
        yield from dated.issues
        master = dated.group.master
        if master is None or dated.dates is None:
            for event in (*filter(None, (master,)), *dated.group.overrides):
                yield from self._event(event)
            return
        yield from self._series(master)
        for one in (*dated.dates, *changed(dated.group)):
            yield from self._occurrence(one, master)

    def _event(self, event: VEvent) -> Iterator[Record | Issue]:
        yield from self._words(event)
        data = {"type": "event", **self._fields(event, event.start, event.end)}
        if event.recurrence is not None:
            data["recurrence"] = recurrence_key(event.recurrence)
        yield Record(event.key, data, event.where)

    def _series(self, master: VEvent) -> Iterator[Record | Issue]:
        yield from self._words(master)
        data = {"type": "series", **self._fields(master, master.start, master.end)}
        data["rule"] = describe(master)
        yield Record(master.key, data, master.where)

    def _occurrence(self, one: Instance, master: VEvent) -> Iterator[Record | Issue]:
        event = one.event
        if event.recurrence is not None:
            yield from self._words(event)
        key = (master.uid, recurrence_key(one.recurrence))
        data = {
            "type": "occurrence",
            **self._fields(event, one.start, one.end),
            "uid": master.texts["UID"],
            "recurrence": key[1],
        }
        if recurrence_key(one.start) != key[1]:
            data["previous_start"] = iso(one.recurrence, event.home)
        if event.recurrence is not None and _is_excepted(one.recurrence, master):
            data["status"] = "CANCELLED"
        yield Record(key, data, event.where)

    def _words(self, event: VEvent) -> Iterator[Issue]:
        """A notice when the title alone says that the event is called off, or put off."""
        told = _status_in_title(event)
        if told == "CANCELLED":
            message = say("the title says that the event is called off — taken as cancelled")
            yield Issue("ics-cancelled-in-title", message, "notice", event.where, event.key)
        elif told == "POSTPONED":
            message = say("the title says that the event is put off — taken as postponed")
            yield Issue("ics-postponed-in-title", message, "notice", event.where, event.key)

    def _fields(self, event: VEvent, start: Time, end: Time | None) -> dict[str, Any]:
        shared = self._shared.get(id(event))
        if shared is None:
            shared = self._shared[id(event)] = _shared(event, self._url)
        data = {**shared, "start": iso(start, event.home)}
        if end is not None:
            if event.all_day:
                end = max(end - timedelta(days=1), start)
            data["end"] = iso(end, event.home)
        return data


def _shared(event: VEvent, url: str) -> dict[str, Any]:
    """The fields that all dates of an event have in common; absent where it says nothing."""
    texts = event.texts
    status = _status_in_title(event) or texts.get("STATUS", "").upper()
    data: dict[str, Any] = {
        "uid": texts["UID"],
        "summary": texts.get("SUMMARY"),
        "description": texts.get("DESCRIPTION"),
        "location": texts.get("LOCATION"),
        "comment": texts.get("COMMENT"),
        "all_day": event.all_day,
        "status": status if status in _STATUSES else None,
        "url": absolute(texts.get("URL"), url),
        "image": _image(event, url),
        "attachments": _attachments(event, url),
        "conference": _first_address(event, ("CONFERENCE", "X-GOOGLE-CONFERENCE"), url),
        "categories": _categories(event),
        "geo": _geo(event),
        "created": iso(event.created, event.home) if event.created else None,
        "last_modified": iso(event.modified, event.home) if event.modified else None,
    }
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def _status_in_title(event: VEvent) -> str:
    """What the title says of an event whose status does not; an event both ways is cancelled."""
    if event.texts.get("STATUS", "").upper() == "CANCELLED":
        return ""
    title = event.texts.get("SUMMARY", "")
    if _CANCELLED.search(title):
        return "CANCELLED"
    return "POSTPONED" if _POSTPONED.search(title) else ""


def _is_excepted(at: Time, master: VEvent) -> bool:
    """Whether an EXDATE of the master takes the date back."""
    day = at.date() if isinstance(at, datetime) else at
    return any(
        recurrence_key(one) == recurrence_key(at) or (not isinstance(one, datetime) and one == day)
        for one in master.excepted
    )


def _attachments(event: VEvent, url: str) -> list[str]:
    """What is attached by its address, but pictures; bytes inside the calendar are left alone."""
    attached = [one for one in values(event.component, "ATTACH") if not _is_picture(one)]
    found = (absolute(one, url) for one in attached)
    return list(dict.fromkeys(address for address in found if address))


def _is_picture(attached: object) -> bool:
    kind = str(getattr(attached, "params", {}).get("FMTTYPE", ""))
    return kind.lower().startswith("image/")


def _image(event: VEvent, url: str) -> str:
    for one in values(event.component, "IMAGE"):
        if address := absolute(one, url):
            return address
    for one in values(event.component, "ATTACH"):
        if _is_picture(one) and (address := absolute(one, url)):
            return address
    listed = next(iter(values(event.component, "X-WP-IMAGES-URL")), "")
    fields = str(listed).split(";")
    return next((found for one in fields if (found := absolute(one, ""))), "")


def _first_address(event: VEvent, names: tuple[str, ...], url: str) -> str:
    addresses = (absolute(one, url) for name in names for one in values(event.component, name))
    return next((address for address in addresses if address), "")


def _categories(event: VEvent) -> list[str]:
    words = (
        str(word).strip()
        for several in values(event.component, "CATEGORIES")
        for word in getattr(several, "cats", [several])
    )
    return list(dict.fromkeys(word for word in words if word))


def _geo(event: VEvent) -> dict[str, float] | None:
    for one in values(event.component, "GEO"):
        return point(one.latitude, one.longitude)
    for one in values(event.component, "X-APPLE-STRUCTURED-LOCATION"):
        lat, _, lon = str(one).removeprefix("geo:").partition(",")
        return point(lat, lon)
    return None
