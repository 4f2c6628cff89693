"""Processes kept alive, with a clock and processes that the test makes up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

from harvester.supervise import PAUSES, STEADY, Kept, Part, end, start
from vocab.messages import Message

PART = Part("serve", ())


class Made:
    """A process that is dead or alive as the test says, and may not end when it is asked."""

    def __init__(self, *, stubborn: bool = False) -> None:
        self.code: int | None = None
        self.stubborn = stubborn

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        if not self.stubborn and self.code is None:
            self.code = 0

    def kill(self) -> None:
        self.code = -9

    def wait(self, timeout: float | None = None) -> int:
        if self.code is None:
            raise subprocess.TimeoutExpired((), timeout or 0)
        return self.code


class Kitchen:
    """Starts processes, and remembers them and what was told."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        self.told: list[str] = []
        self.kept = Kept(PART, self.start, self.tell)

    def start(self, _: Part) -> Made:
        self.made.append(Made())
        return self.made[-1]

    def tell(self, message: Message) -> None:
        self.told.append(message.render("en"))

    def look(self, times: Iterable[float]) -> None:
        for now in times:
            self.kept.look(now)


def test_a_process_that_lives_is_left_alone() -> None:
    kitchen = Kitchen()
    kitchen.look([0, 1, 1000])
    assert len(kitchen.made) == 1
    assert kitchen.told == []


def test_a_process_that_died_starts_again_after_a_pause_and_it_is_told() -> None:
    kitchen = Kitchen()
    kitchen.look([0])
    kitchen.made[0].code = -9
    kitchen.look([5, 5.9])
    assert len(kitchen.made) == 1
    kitchen.look([6])
    assert len(kitchen.made) == 2
    assert kitchen.told == ["enbauges serve ended unasked (exit code -9); it starts again in 1 s"]


def test_the_pauses_grow_to_a_minute_and_no_further() -> None:
    kitchen = Kitchen()
    now = 0.0
    for pause in (*PAUSES, PAUSES[-1]):
        kitchen.look([now])
        kitchen.made[-1].code = 1
        kitchen.look([now])
        now += pause
        assert f" {pause} s" in kitchen.told[-1]
    assert len(kitchen.told) == len(PAUSES) + 1


def test_a_process_that_lived_long_is_started_again_soon() -> None:
    kitchen = Kitchen()
    for now in (0, 10, 20):
        kitchen.look([now])
        kitchen.made[-1].code = 1
        kitchen.look([now])
    kitchen.look([100])
    kitchen.made[-1].code = 1
    kitchen.look([100 + STEADY])
    assert f" {PAUSES[0]} s" in kitchen.told[-1]


def test_all_end_when_they_are_asked() -> None:
    kitchen = Kitchen()
    assert end([kitchen.kept], 0)
    kitchen.look([0])
    assert end([kitchen.kept], 0)
    assert kitchen.made[0].code == 0
    assert kitchen.told == []


def test_one_that_does_not_end_is_killed_and_that_is_told() -> None:
    kitchen = Kitchen()
    kitchen.look([0])
    kitchen.made[0].stubborn = True
    assert not end([kitchen.kept], 0)
    assert kitchen.made[0].code == -9
    assert kitchen.told == ["enbauges serve did not end, and was killed"]


def test_a_real_process_is_started_and_ended() -> None:
    kept = Kept(Part("sleep", [sys.executable, "-c", "input()"]), start, lambda _: None)
    kept.look(0)
    assert kept.process is not None
    assert end([kept], 10)
