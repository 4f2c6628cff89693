"""A crew: lanes side by side, the jobs of one lane one after the other."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import closing

from harvester.crew import run_all


def test_every_job_is_done_once() -> None:
    jobs = [(lane, number) for lane in "abc" for number in range(20)]
    assert Counter(run_all(jobs, lambda job: job, lambda job: job[0])) == Counter(jobs)


def test_no_job_is_no_result() -> None:
    assert list(run_all([], str, str)) == []


def test_the_jobs_of_a_lane_never_overlap_and_lanes_do() -> None:
    busy: Counter[str] = Counter()
    most: Counter[str] = Counter()
    together = 0
    lock = threading.Lock()

    def run(lane: str) -> str:
        nonlocal together
        with lock:
            busy[lane] += 1
            most[lane] = max(most[lane], busy[lane])
            together = max(together, busy.total())
        time.sleep(0.01)
        with lock:
            busy[lane] -= 1
        return lane

    assert len(list(run_all([*"aaaabbbbcccc"], run, str, threads=3))) == 12
    assert most == {"a": 1, "b": 1, "c": 1}
    assert together > 1


def test_a_slow_lane_does_not_keep_the_others_waiting() -> None:
    release = threading.Event()

    def run(lane: str) -> str:
        if lane == "slow":
            release.wait(10)
        return lane

    results = run_all(["slow", *"abcdef"], run, str, threads=2)
    first = [next(results) for _ in range(6)]
    release.set()
    assert (sorted(first), next(results)) == ([*"abcdef"], "slow")


def test_a_crew_that_is_let_go_starts_nothing_more() -> None:
    started: list[int] = []

    def run(job: int) -> int:
        started.append(job)
        return job

    with closing(run_all(range(100), run, lambda _: "one lane")) as results:
        next(results)
    count = len(started)
    time.sleep(0.05)
    assert count <= len(started) <= count + 1 < 100
    assert not [each for each in threading.enumerate() if each.name.startswith("visitor-")]


def test_results_that_nobody_takes_hold_the_crew() -> None:
    started: list[int] = []

    def run(job: int) -> int:
        started.append(job)
        return job

    with closing(run_all(range(100), run, lambda job: job, threads=4)) as results:
        next(results)
        time.sleep(0.1)
        assert len(started) <= 2 * 4 + 1
