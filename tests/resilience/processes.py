"""What /proc says of the processes that a test started."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_SESSION = 3  # fields of /proc/PID/stat after the command: state, ppid, pgrp, session
_PARENT = 1


@dataclass
class Peak:
    """The most memory that one process of a tree ever held, in MB, and how many there were."""

    megabytes: float = 0.0
    processes: int = 0


def descendants(pid: int) -> set[int]:
    """The processes that ``pid`` started, and those that they started."""
    parents = {each: int(fields[_PARENT]) for each, fields in _stats()}
    found = {pid}
    while more := {each for each, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def of_session(session: int) -> set[int]:
    """The living processes of a session; a zombie that nobody has waited for is none."""
    return {
        pid for pid, fields in _stats() if int(fields[_SESSION]) == session and fields[0] != "Z"
    }


def left_over(pids: set[int], session: int, patience: float) -> set[int]:
    """Those of ``pids`` and of the session that still live after ``patience`` seconds."""
    end = time.monotonic() + patience
    while (alive := of_session(session) | {pid for pid in pids if _lives(pid)}) and (
        time.monotonic() < end
    ):
        time.sleep(0.02)
    return alive


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Look at the memory of ``pid`` and its descendants while the block lasts."""
    peak, done = Peak(), threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            family = {pid, *descendants(pid)}
            peak.processes = max(peak.processes, len(family))
            peak.megabytes = max([peak.megabytes, *map(_most_held, family)])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def _stats() -> Iterator[tuple[int, list[str]]]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(entry.name), told.rpartition(")")[2].split()


def _lives(pid: int) -> bool:
    return any(each == pid and fields[0] != "Z" for each, fields in _stats())


def _most_held(pid: int) -> float:
    """The peak of its resident memory (VmHWM): a look between two peaks misses none."""
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
