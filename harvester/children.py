"""Child processes that read and map foreign bytes, each within bounds of memory and time.

A child is kept warm between tasks: to start one takes half a second, a task a few
milliseconds. One that goes over a bound is ended, and another takes its place when it is
needed; the source that it was reading has failed, and says why.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Self

from harvester.child import OUT_OF_MEMORY
from harvester.digest import Digest
from harvester.parcel import Task, unpacked
from harvester.records import ReadError
from vocab.messages import Message, say

_ROOMS = Path(__file__).parents[1]
_MEMORY_ENDS = frozenset(
    {OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL, -signal.SIGBUS}
)
"""How a child ends whose memory ran out: in Python, in Rust or C, or by the system."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one source may take.

    ``memory`` is the address space of a child in bytes, ``cpu`` its processor seconds for one
    source, ``wall`` the seconds after which it is ended however little it computed.
    """

    memory: int = 1 << 30
    cpu: float = 60.0
    wall: float = 300.0


class Children:
    """Up to ``count`` children, started when first needed. Threads may share it."""

    def __init__(self, count: int = 2, bounds: Bounds = Bounds()) -> None:  # frozen
        self._bounds = bounds
        self._free: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(count):
            self._free.put(None)

    def digest(self, task: Task) -> Digest:
        """Read and map ``task`` in a child; waits until one is free.

        Raises:
            ReadError: when the content is not what the source's kind says, or goes over a bound.
            UnforeseenError: when the program met what it does not know.
        """
        parcel = pickle.dumps(task)
        child = self._free.get()
        try:
            if child is None or not child.lives:
                child = _Child.start(self._bounds)
            answer = child.ask(parcel)
        except BaseException:
            if child is not None:
                child.end()
            child = None
            raise
        finally:
            self._free.put(child)
        return unpacked(answer)

    def close(self) -> None:
        """End the children that are free."""
        free: list[_Child | None] = []
        with suppress(Empty):  # a thread may take one meanwhile, and is not waited for
            while True:
                free.append(self._free.get_nowait())
        for child in free:
            if child:
                child.end()
            self._free.put(None)


class _Child:
    """One child process, made by ``start``."""

    def __init__(self, process: subprocess.Popen[bytes], bounds: Bounds) -> None:
        assert process.stdin is not None  # noqa: S101  # pipes, see start
        assert process.stdout is not None  # noqa: S101
        self._process = process
        self._bounds = bounds
        self._tasks = Connection(os.dup(process.stdin.fileno()), readable=False)
        self._answers = Connection(os.dup(process.stdout.fileno()), writable=False)
        process.stdin.close()
        process.stdout.close()

    @classmethod
    def start(cls, bounds: Bounds) -> Self:
        """A fresh interpreter: it inherits neither threads, nor files, nor the environment."""
        process = subprocess.Popen(  # noqa: S603  # a command of our own
            [sys.executable, "-P", "-m", "harvester.child", str(bounds.memory), str(bounds.cpu)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_ROOMS), "MALLOC_ARENA_MAX": "2"},
        )
        return cls(process, bounds)

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, parcel: bytes) -> bytes:
        try:
            self._tasks.send_bytes(parcel)
            if not self._answers.poll(self._bounds.wall):
                raise ReadError(_too_long(self._bounds.wall))
            return self._answers.recv_bytes()
        except (EOFError, OSError) as error:
            raise ReadError(self._epitaph()) from error

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for end in (self._tasks, self._answers):
            end.close()

    def _epitaph(self) -> Message:
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return _too_long(self._bounds.cpu)
        if code in _MEMORY_ENDS:
            return say(
                "reading it takes more than the {memory} MB of memory that one source may use — "
                "it was left as it was; tell its publisher, or register a smaller export",
                memory=self._bounds.memory >> 20,
            )
        return say(
            "the process that read it ended ({code}) — it was left as it was; please report it "
            "with the address of the source",
            code=code,
        )


def _too_long(seconds: float) -> Message:
    return say(
        "reading it takes more than {seconds:g} s of computing — it was left as it was; tell its "
        "publisher, or register a smaller export",
        seconds=seconds,
    )


@cache
def shared() -> Children:
    """The children of this process: one pool, kept warm from one harvest to the next."""
    children = Children()
    atexit.register(children.close)
    return children
