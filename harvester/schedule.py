"""The schedule: every source is read when it is due, until a signal says stop.

::

    alarm ──▶ what is due? ──▶ harvest, publish ──▶ when is the next? ──▶ alarm
              (``due``, pure)  (``session``)        (``next_due``, pure)

The alarm is APScheduler's, and its thread only rings: the work is done in the main thread, the
one that a signal interrupts even in the middle of a slow answer. Due times are made anew from
the state of the sources after each round, so there is no job store, and what a person harvests
by hand meanwhile counts. The store is held during a round only: between two of them, the other
commands can have it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from zoneinfo import ZoneInfo

from harvester import telling
from harvester.alarm import Alarm, Bell, Rung, Watch, sole, stopped_by_signals
from harvester.curation.file import path_beside
from harvester.due import due, next_due
from harvester.place import Place
from harvester.report import Report
from harvester.session import Session, opened
from harvester.sources import Config, Source
from harvester.sources.problems import ConfigError
from store.standing import SourceState
from store.state import State
from vocab.messages import Message, Told, say
from vocab.territory.atlas import NAME

Resolve = Callable[[str], str]

MEANWHILE = timedelta(seconds=30)
"""A round that a slow source makes long publishes what it has each time this has passed."""

RETRY = timedelta(minutes=1)
"""When a round that could not take place (store in use, disk full) is tried again."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a schedule works with.

    ``load`` reads the sources file ``path`` and raises its mistakes as a ``ConfigError``;
    ``serving`` serves the samples that a configuration names for as long as it is open.
    """

    path: Path
    load: Callable[[Path], Config]
    place: Place
    version: str
    clock: Callable[[], datetime]
    serving: Callable[[Config], AbstractContextManager[Resolve]]
    tell: Callable[[str], None]
    language: str = "fr"

    def say(self, message: Message) -> None:
        """Tell a message that is about no source."""
        self.tell(message.render(self.language))


def keep(desk: Desk, *, pid: int) -> None:
    """Harvest each source when it is due until SIGTERM or SIGINT; then return within seconds.

    The sources that are being read when the signal comes are abandoned, and those that were
    concluded are kept; what they changed is published by the next round.

    Args:
        desk: what to work with.
        pid: the process to stop, which a second schedule is told.

    Raises:
        ConfigError: the sources file has mistakes from the start; later it is only refused.
        RunningError: another schedule works here.
    """
    rung: Rung = SimpleQueue()
    stopping = Event()
    with stopped_by_signals(stopping, rung), sole(desk.place.var, pid):
        beside = path_beside(desk.path), desk.path.absolute().parent / NAME
        alarm = Alarm(rung, Watch(desk.path, *beside))
        schedule = Schedule(desk, stopping)
        config: Config | None = desk.load(desk.path)
        with alarm.running():
            while config:
                config = _follow(schedule, config, alarm, rung)
    desk.say(say("the schedule has stopped"))


def _follow(schedule: Schedule, config: Config, alarm: Alarm, rung: Rung) -> Config | None:
    """Work under one configuration; the one that takes its place, None to stop."""
    with schedule.desk.serving(config) as resolve:
        wake = schedule.turn(config, resolve, first=True)
        schedule.announce(config, wake)
        alarm.set(wake)
        while (bell := rung.get()) is not Bell.STOP:
            if bell is Bell.ROUND:
                alarm.set(schedule.turn(config, resolve))
            elif newer := schedule.reloaded(config):
                return newer
        return None


class Schedule:
    """What is done when the alarm rings; it knows neither the alarm nor signals."""

    def __init__(self, desk: Desk, stopping: Event) -> None:
        self.desk = desk
        self._stopping = stopping
        self._trouble = ""

    def turn(self, config: Config, resolve: Resolve, *, first: bool = False) -> datetime | None:
        """Read what is due and publish it.

        The ``first`` turn under a configuration opens the store even when nothing is due: it
        publishes what an interruption left, and what the new version or territory changes.

        Returns:
            When the next turn is, None when no source is enabled.
        """
        try:
            states = self._states()
            stopping = self._stopping.is_set()
            wanted = () if stopping else due(config.sources, states, self._now(config))
            if wanted or first or self._trouble:  # what was stored may wait for its publication
                self._round(config, resolve, wanted, states)
            self._trouble = ""
            return next_due(config.sources, self._states(), self._now(config))
        except Told as error:
            if error.message.text != self._trouble:  # its numbers may change from turn to turn
                self._trouble = error.message.text
                self.desk.say(error.message)
                self.desk.say(say("the harvest is tried again every {s} s", s=RETRY.seconds))
            return self.desk.clock() + RETRY

    def reloaded(self, config: Config) -> Config | None:
        """The sources file as it is now; None when it says the same, or has mistakes."""
        try:
            newer = self.desk.load(self.desk.path)
        except ConfigError as error:
            self.desk.tell(error.render(self.desk.language))
            file = error.path.name
            self.desk.say(say("{file} is refused: what it said before holds", file=file))
            return None
        return newer if newer != config else None

    def announce(self, config: Config, wake: datetime | None) -> None:
        """Tell how many sources there are, and when the next one is read."""
        count = sum(source.enabled for source in config.sources)
        file = config.path.name
        if wake is None:
            self.desk.say(say("{file}: no source is enabled", file=file))
            return
        when = f"{wake.astimezone(ZoneInfo(config.site.timezone)):%Y-%m-%d %H:%M}"
        message = say(
            "{file}: sources on the schedule: {count}; next harvest: {when}",
            file=file,
            count=count,
            when=when,
        )
        self.desk.say(message)

    def _now(self, config: Config) -> datetime:
        """Now, in the time zone of the node."""
        return self.desk.clock().astimezone(ZoneInfo(config.site.timezone))

    def _states(self) -> dict[str, SourceState]:
        with State(self.desk.place.state) as state:
            return {each.source: each for each in state.all()}

    def _round(
        self,
        config: Config,
        resolve: Resolve,
        wanted: Iterable[Source],
        states: Mapping[str, SourceState],
    ) -> None:
        zone = ZoneInfo(config.site.timezone)
        opening = opened(
            config,
            self.desk.place,
            version=self.desk.version,
            clock=lambda: self.desk.clock().astimezone(zone),
            resolve=resolve,
        )
        try:
            with opening as session:
                published = self.desk.clock()
                with closing(session.harvest(wanted)) as reports:
                    for report in takewhile(self._goes_on, reports):
                        before = states.get(report.source, SourceState(report.source))
                        for each in telling.news(before, report):
                            self.desk.tell(each.render(self.desk.language))
                        if self.desk.clock() - published >= MEANWHILE:
                            self._publish(session, under_way=True)
                            published = self.desk.clock()
                self._publish(session)
        finally:
            gc.unfreeze()  # the session froze what a command keeps to its end; rounds are many

    def _publish(self, session: Session, *, under_way: bool = False) -> None:
        if generation := session.publish(under_way=under_way):
            self.desk.say(telling.published(generation))

    def _goes_on(self, _: Report) -> bool:
        """Whether no signal asked to stop; the exception it raises may be lost in a finaliser."""
        return not self._stopping.is_set()
