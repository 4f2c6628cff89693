"""Threads that run errands to several hosts at once, and to one host one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

THREADS = 8
"""Hosts that are asked at the same time; most of an errand is waiting for the answer."""


def run_all(
    jobs: Iterable[Job],
    run: Callable[[Job], Result],
    lane_of: Callable[[Job], Hashable],
    threads: int = THREADS,
) -> Generator[Result, None, None]:
    """Yield the results of ``jobs`` as they come; those of one lane run one after the other.

    Few results wait to be taken: the threads pause when there are as many as themselves.
    Closed before its end, the generator lets go of its threads without waiting for what they
    are doing: they end after it, or with the process.

    Args:
        jobs: all of them; they are sorted into lanes at once.
        run: what to do with each, in a thread; it must not raise.
        lane_of: jobs with the same lane never run at the same time.
        threads: how many at most.
    """
    lanes: dict[Hashable, deque[Job]] = {}
    for job in jobs:
        lanes.setdefault(lane_of(job), deque()).append(job)
    ready: SimpleQueue[deque[Job] | None] = SimpleQueue()
    done: SimpleQueue[Result] = SimpleQueue()
    for lane in lanes.values():
        ready.put(lane)
    stopping = Event()
    count, crew = sum(map(len, lanes.values())), min(threads, len(lanes))
    room = Semaphore(2 * crew)

    def work() -> None:
        while True:
            room.acquire()
            lane = ready.get()
            if lane is None or stopping.is_set():
                return
            result = run(lane.popleft())
            if lane:
                ready.put(lane)
            done.put(result)

    for number in range(crew):
        Thread(target=work, name=f"visitor-{number}", daemon=True).start()
    try:
        for _ in range(count):
            result = done.get()
            room.release()
            yield result
    finally:
        stopping.set()
        for _ in range(crew):
            ready.put(None)
            room.release()
