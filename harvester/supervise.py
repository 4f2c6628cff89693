"""Processes kept alive side by side: what dies is started again, at a bounded pace.

Harvesting and serving run as two commands of their own, so that neither can take the other
down; this one only watches them.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol

from vocab.messages import Message, say

PAUSES = (1, 2, 5, 15, 60)
"""Seconds before a process that died is started again, by how often it died in a row."""

STEADY = 60
"""Seconds that a process lives before its former deaths are forgotten."""

GRACE = 15
"""Seconds that processes get to end when asked; then they are killed, which loses no data."""

_BEAT = 0.2  # seconds between two looks
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Process(Protocol):
    """What is needed of a ``subprocess.Popen``."""

    def poll(self) -> int | None:
        """The exit code, None while it lives."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process to keep alive: the name that people know it by, and its command."""

    name: str
    command: Sequence[str]


def supervise(parts: Sequence[Part], tell: Callable[[Message], None]) -> bool:
    """Keep ``parts`` alive until SIGTERM or SIGINT, then end them.

    Returns:
        Whether all of them ended when they were asked; False when one had to be killed.
    """
    with _signals() as asked:
        kept = [Kept(part, start, tell) for part in parts]
        while not _within(asked, _BEAT):
            for each in kept:
                each.look(time.monotonic())
        return end(kept, GRACE)


class Kept:
    """A part and its process, or when it is started again. Times are seconds of one clock."""

    def __init__(
        self,
        part: Part,
        start: Callable[[Part], Process],
        tell: Callable[[Message], None],
    ) -> None:
        self.part = part
        self.process: Process | None = None
        self._start = start
        self._tell = tell
        self._since = 0.0
        self._due = float("-inf")
        self._deaths = 0

    def look(self, now: float) -> None:
        """Start the process when it is time to; notice that it died."""
        if self.process is None:
            if now >= self._due:
                self.process, self._since = self._start(self.part), now
        elif (code := self.process.poll()) is not None:
            self._died(code, now)

    def ask(self) -> None:
        """Ask the process to end."""
        if self.process:
            self.process.terminate()

    def ended(self, seconds: float) -> bool:
        """Whether it ends within ``seconds``; if not, it is killed."""
        if not self.process:
            return True
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self._tell(say("enbauges {name} did not end, and was killed", name=self.part.name))
            return False
        return True

    def _died(self, code: int, now: float) -> None:
        if now - self._since >= STEADY:
            self._deaths = 0
        pause = PAUSES[min(self._deaths, len(PAUSES) - 1)]
        self._deaths += 1
        self._due = now + pause
        self.process = None
        self._tell(
            say(
                "enbauges {name} ended unasked (exit code {code}); it starts again in {pause} s",
                name=self.part.name,
                code=code,
                pause=pause,
            )
        )


def start(part: Part) -> Process:
    """Start the process of ``part``; it is asked to end when this one dies, however it does."""
    libc = ctypes.CDLL(None)

    def follow() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    # Commands are our own, and there are no threads here whose locks a fork could break.
    return subprocess.Popen(part.command, preexec_fn=follow)  # noqa: S603, PLW1509


def end(kept: Sequence[Kept], grace: float) -> bool:
    """Ask all processes to end; whether none had to be killed after ``grace`` seconds."""
    for each in kept:
        each.ask()
    deadline = time.monotonic() + grace
    late = [each for each in kept if not each.ended(max(deadline - time.monotonic(), 0))]
    return not late


@contextmanager
def _signals() -> Iterator[SimpleQueue[int]]:
    """The signals that ask to stop, as they come; the former handlers are put back at the end."""
    asked: SimpleQueue[int] = SimpleQueue()
    before = {
        each: signal.signal(each, lambda number, _frame: asked.put(number)) for each in _SIGNALS
    }
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _within(asked: SimpleQueue[int], seconds: float) -> bool:
    """Whether a signal asks to stop within ``seconds``."""
    try:
        asked.get(timeout=seconds)
    except Empty:
        return False
    return True
