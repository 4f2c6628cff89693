"""Which VEVENTs belong together, and the occurrences of a series inside the window."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from icalendar import Event
from icalendar.prop import vDDDTypes
from recurring_ical_events import EventAdapter, Occurrence, Series

from harvester.readers.ics_event import VEvent
from harvester.readers.ics_rules import bounded, refusal
from harvester.readers.ics_zones import Time, recurrence_key
from harvester.records import Issue, Window
from vocab.messages import say

MAX_OCCURRENCES = 400
"""Occurrences of one series that are kept, the earliest of the window."""

_SPANS = (32, 128, 512, 36_525)  # days of a window that are tried, while dates are too few


@dataclass(frozen=True, slots=True)
class Group:
    """A master and the events that change some of its dates; orphans have no master."""

    master: VEvent | None
    overrides: tuple[VEvent, ...] = ()

    @property
    def is_series(self) -> bool:
        """Whether it happens more than once."""
        return self.master is not None and (self.master.recurs or bool(self.overrides))


@dataclass(frozen=True, slots=True)
class Instance:
    """One date of a series; ``event`` says what happens then."""

    event: VEvent
    start: Time
    end: Time | None
    recurrence: Time


def group(events: Iterable[VEvent]) -> Iterator[Group | Issue]:
    """The events of each UID, together; of two editions of the same thing, the later."""
    by_uid: dict[str, list[VEvent]] = defaultdict(list)
    for event in events:
        by_uid[event.uid].append(event)
    for members in by_uid.values():
        if len(members) == 1 and members[0].recurrence is None:
            yield Group(members[0])
            continue
        masters = [event for event in members if event.recurrence is None]
        home = next((event for event in masters if event.recurs), next(iter(masters), None))
        overrides = [_aligned(event, home) for event in members if event.recurrence is not None]
        yield from _latest(overrides)
        yield from _distinct(masters)
        if not masters:
            yield Group(None, tuple(overrides))
            continue
        owner = next((event for event in masters if event.recurs), masters[0])
        for master in masters:
            yield Group(master, tuple(overrides) if master is owner else ())


def _aligned(override: VEvent, master: VEvent | None) -> VEvent:
    """``override`` with a recurrence id of the kind its master's dates are of."""
    at = override.recurrence
    if master is None or at is None or isinstance(at, datetime) is not master.all_day:
        return override
    if isinstance(at, datetime):
        return replace(override, recurrence=at.astimezone(override.home).date())
    if isinstance(master.start, datetime):
        return replace(override, recurrence=datetime.combine(at, master.start.timetz()))
    return override


def _latest(events: list[VEvent]) -> Iterator[Issue]:
    """Of the events with the same start and recurrence id, keep the latest edition.

    RFC 5545, section 3.8.7.4, then LAST-MODIFIED, then the place in the file. ``events`` is
    changed in place.
    """
    kept: dict[tuple[str, ...], VEvent] = {}
    for event in events:
        key = event.key if event.recurrence is not None else (recurrence_key(event.start),)
        if (other := kept.get(key)) is not None:
            older, event = sorted((other, event), key=lambda one: one.version)  # noqa: PLW2901
            yield _superseded(older, event)
        kept[key] = event
    events[:] = kept.values()


def _superseded(older: VEvent, newer: VEvent) -> Issue:
    message = say("the event is there twice — the later edition ({where}) wins", where=newer.where)
    return Issue("ics-duplicate", message, "notice", older.where, older.key)


def _distinct(masters: list[VEvent]) -> Iterator[Issue]:
    """Tell events that share a UID apart: editions of one, or things of their own.

    An edition has the same title and a lower SEQUENCE; otherwise the publisher gave one UID
    to several events, and each gets its start added to the UID. ``masters`` is changed in
    place.
    """
    yield from _latest(masters)
    if len(masters) < 2:  # noqa: PLR2004  # two are needed to be confused
        return
    newest: dict[str, VEvent] = {}
    for event in sorted(masters, key=lambda one: one.sequence):
        newest[event.texts.get("SUMMARY", "")] = event
    older = [
        event
        for event in masters
        if event.sequence < newest[event.texts.get("SUMMARY", "")].sequence
    ]
    for event in older:
        yield _superseded(event, newest[event.texts.get("SUMMARY", "")])
    rest = [event for event in masters if event not in older]
    if len(rest) > 1:
        for position, event in enumerate(rest):
            message = say("other events have the same UID — its start was added to tell them apart")
            yield Issue("ics-same-uid", message, "warning", event.where, event.key)
            rest[position] = replace(event, uid=f"{event.uid}#{recurrence_key(event.start)}")
    masters[:] = rest


def checked(master: VEvent, window: Window) -> tuple[VEvent, list[Issue]]:
    """``master`` without the rules that must not be expanded, and why each was refused.

    Every rule that is not followed gives an Issue ``ics-bad-rule`` with the key of the series:
    its dates are not known, which is not to say that they are none.
    """
    kept, reasons = [], list(master.unread)
    for rule in master.rules:
        if reason := refusal(rule, master.start, window):
            reasons.append(reason)
        else:
            kept.append(rule)
    issues = [
        Issue("ics-bad-rule", reason, "warning", master.where, master.key) for reason in reasons
    ]
    return (replace(master, rules=tuple(kept)) if issues else master), issues


def regular(group: Group, window: Window, most: int) -> list[Instance]:
    """The dates inside the window that no override changes, the earliest first.

    Where they are more than ``most``, not all of the others are given.

    Raises:
        Exception: of any kind, from dateutil, on rules that it cannot follow.
    """
    if group.master is None:
        return []
    found: list[Instance] = []
    for days in _SPANS:
        end = min(window.end, window.start + timedelta(days=days))
        found = _expand(group.master, group.overrides, Window(window.start, end))
        if len(found) > most or end == window.end:
            break
    taken = {recurrence_key(event.recurrence) for event in group.overrides if event.recurrence}
    return sorted(
        (one for one in found if recurrence_key(one.recurrence) not in taken),
        key=lambda one: recurrence_key(one.recurrence),
    )


def changed(group: Group) -> Iterator[Instance]:
    """The dates that were changed one by one, wherever they lie."""
    for event in group.overrides:
        if event.recurrence is not None:
            yield Instance(event, event.start, event.end, event.recurrence)


def _expand(master: VEvent, overrides: tuple[VEvent, ...], window: Window) -> list[Instance]:
    adapters = [_Adapter(event, window) for event in (master, *overrides)]
    with warnings.catch_warnings():
        # COUNT beside our UNTIL: dateutil stops at the first of both, and says it should not.
        warnings.simplefilter("ignore", DeprecationWarning)
        occurrences = list(_Series(adapters).between(window.start, window.end))
    found = [one.instance() for one in occurrences]
    return [one for one in found if one.event.recurrence is None or one.event.this_and_future]


class _Adapter(EventAdapter):  # type: ignore[misc]  # the library has no types
    """Gives recurring-ical-events the mended dates of a VEvent instead of the raw ones."""

    def __init__(self, event: VEvent, window: Window) -> None:
        component = Event()
        if event.recurrence is not None:
            component["RECURRENCE-ID"] = vDDDTypes(event.recurrence)
        super().__init__(component)
        self.event, self._window = event, window

    @property
    def uid(self) -> str:
        return self.event.uid

    @property
    def raw_start(self) -> Time:
        return self.event.start

    @property
    def raw_end(self) -> Time:
        if self.event.end is not None:
            return self.event.end
        return self.event.start + timedelta(days=1 if self.event.all_day else 0)

    @property
    def rrules(self) -> set[str]:
        return {bounded(rule, self.event.start, self._window) for rule in self.event.rules}

    @property
    def rdates(self) -> list[object]:
        return list(self.event.extra)

    @property
    def exdates(self) -> list[Time]:
        return list(self.event.excepted)

    @property
    def this_and_future(self) -> bool:
        return self.event.this_and_future

    @property
    def sequence(self) -> int:
        return self.event.sequence


class _Series(Series):  # type: ignore[misc]  # the library has no types
    """A series whose occurrences remember where its rule had put them."""

    def occurrence(
        self, adapter: _Adapter, start: Time | None = None, end: Time | None = None
    ) -> _Occurrence:
        return _Occurrence(adapter, start, end)


class _Occurrence(Occurrence):  # type: ignore[misc]  # the library has no types
    def __init__(self, adapter: _Adapter, start: Time | None, end: Time | None) -> None:
        super().__init__(adapter, start, end)
        self._event = adapter.event
        ruled = self.start - adapter.move_recurrences_by
        self._recurrence: Time = (adapter.event.recurrence if start is None else None) or ruled

    def instance(self) -> Instance:
        """This occurrence as a value."""
        end = self.end if self._event.end is not None else None
        return Instance(self._event, self.start, end, self._recurrence)
