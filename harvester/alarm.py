"""What wakes a schedule, what stops it, and what keeps it alone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from filelock import FileLock, Timeout

from harvester.records import HarvestError
from store.errors import told
from vocab.messages import Message, say

LOOK = timedelta(seconds=1)
"""How often the sources file is looked at."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class RunningError(HarvestError):
    """Another schedule harvests for this node."""


class Bell(Enum):
    """Why the alarm rings."""

    ROUND = auto()
    FILE = auto()
    STOP = auto()


Rung = SimpleQueue[Bell]
"""What rang and was not answered yet; a signal handler may put into it at any moment."""


class Watch:
    """Notices that one of some files changed, once they settled: editors write in several steps."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._known = self._last = self._look()

    def changed(self) -> bool:
        """Whether a file differs from when this was last true, and none from the last look."""
        seen = self._look()
        settled, self._last = seen == self._last, seen
        if not settled or seen == self._known:
            return False
        self._known = seen
        return True

    def _look(self) -> list[tuple[int, int, int] | None]:
        return list(map(_state_of, self._paths))


def _state_of(path: Path) -> tuple[int, int, int] | None:
    """What tells two states of a file apart, None while it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Alarm:
    """APScheduler's timers on a queue: one for the next round, one that looks at the file.

    Its only worker rings and does nothing else, so nothing overlaps. A time that has passed
    rings at once, however late: by default APScheduler skips what is a second late.
    """

    def __init__(self, rung: Rung, watch: Watch) -> None:
        self._rung = rung
        self._watch = watch
        self.timers = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.timers.add_job(self._look, "interval", seconds=LOOK.seconds, id=Bell.FILE.name)

    def set(self, when: datetime | None) -> None:
        """Ring for a round at ``when``, instead of what was set before; None sets nothing."""
        if when is not None:
            self.timers.add_job(
                self._ring,
                "date",
                run_date=when,
                id=Bell.ROUND.name,
                replace_existing=True,
            )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the timers run until the block ends."""
        self.timers.start()
        try:
            yield
        finally:
            # Shut down while it takes away a job that just ran, APScheduler 3.11 looks for that
            # job in the wrong list and raises in its thread; without jobs it has none to look for.
            self.timers.remove_all_jobs()
            self.timers.shutdown()

    def _ring(self) -> None:
        self._rung.put(Bell.ROUND)

    def _look(self) -> None:
        if self._watch.changed():
            self._rung.put(Bell.FILE)


class _Stop(BaseException):
    """A signal asks to stop; nothing but ``stopped_by_signals`` catches it."""


@contextmanager
def stopped_by_signals(stopping: Event, rung: Rung) -> Iterator[None]:
    """Leave the block at the first SIGTERM or SIGINT, whatever it is doing; for a main thread.

    Further signals change nothing, so that what is being put away is put away: a terminal
    and a supervisor may both send one. ``stopping`` and ``rung`` tell it as well, since Python
    drops an exception that happens to be raised in a finaliser.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        stopping.set()
        rung.put(Bell.STOP)
        raise _Stop

    before = {each: signal.signal(each, stop) for each in _SIGNALS}
    try:
        yield
    except _Stop:
        return
    finally:
        if not stopping.is_set():
            for each, handler in before.items():
                signal.signal(each, handler)


@contextmanager
def sole(var: Path, pid: int) -> Iterator[None]:
    """Be the only schedule that works in ``var``; the system lets go of what a crash held.

    Args:
        var: the data folder, made when it does not exist.
        pid: the process to stop, told to whoever comes second.

    Raises:
        RunningError: there is one already.
        StoreError: the folder cannot be written.
    """
    holder = var / "schedule.pid"
    lock = FileLock(var / "schedule.lock", blocking=False)
    with told(var):
        var.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:
            raise RunningError(_already(holder)) from error
        holder.write_text(str(pid), encoding="ascii")
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _already(holder: Path) -> Message:
    try:
        pid = int(holder.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return say("a schedule already works here — leave it to its work, or stop it first")
    return say(
        "a schedule already works here, process {pid} — leave it to its work, or stop it first: "
        "kill {pid}",
        pid=pid,
    )
