"""Children: what they read is what is read here; what takes too much ends them alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.child import digest_of
from harvester.children import Bounds, Children, shared
from harvester.errands import window_at
from harvester.parcel import Task, UnforeseenError, packed, unforeseen, unpacked
from harvester.records import Content, ReadError, ReadOptions
from harvester.sources import Source

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\nBEGIN:VEVENT\r\nUID:a@a.example\r\n"
    b"SUMMARY:F\xc3\xaate \xf0\x9f\x8e\x88\r\nDTSTART:20260613T180000Z\r\n"
    b"DTEND:20260612T180000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def task(body: bytes, kind: str = "ics", mapping: Path | None = None) -> Task:
    source = Source(
        id="mairie",
        kind=kind,
        url="https://mairie.example/agenda",
        title="Agenda",
        publisher="Mairie",
        mapping=mapping,
    )
    return Task(source, "https://node.example/", ReadOptions(window_at(NOW)), (Content(body),))


@pytest.fixture
def small() -> Iterator[Children]:
    """One child with little of everything, ended with the test."""
    children = Children(1, Bounds(memory=256 << 20, cpu=1.0, wall=20.0))
    yield children
    children.close()


def table(cells: int) -> bytes:
    return b"id;nom\n" + b"".join(b"%d;Lieu %d\n" % (n, n) for n in range(cells))


def test_a_child_reads_what_is_read_here() -> None:
    digest = shared().digest(task(CALENDAR))
    assert digest == digest_of(task(CALENDAR))
    assert digest.issues
    assert unpacked(packed(digest)) == digest


def test_what_is_not_the_format_is_told_as_here() -> None:
    with pytest.raises(ReadError, match="web page"):
        shared().digest(task(b"<html><body>Panne</body></html>"))


def test_what_takes_too_long_is_ended_and_the_next_is_read(small: Children) -> None:
    with pytest.raises(ReadError, match=r"more than 1 s of computing"):
        small.digest(task(table(90_000), "csv"))
    assert small.digest(task(CALENDAR)).records


def test_what_takes_too_much_memory_is_ended_and_the_next_is_read() -> None:
    children = Children(1, Bounds(memory=112 << 20))
    try:
        with pytest.raises(ReadError, match=r"more than the 112 MB of memory"):
            children.digest(task(table(120_000), "csv"))
        assert children.digest(task(CALENDAR)).records
    finally:
        children.close()


def test_a_child_that_does_not_answer_in_time_is_ended() -> None:
    patient = Children(1, Bounds(wall=0.0))
    with pytest.raises(ReadError, match="more than 0 s"):
        patient.digest(task(CALENDAR))
    patient.close()


def test_a_child_that_was_killed_is_replaced(small: Children) -> None:
    small.digest(task(CALENDAR))
    (child,) = small._free.queue
    assert child is not None
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    assert small.digest(task(CALENDAR)).records


def test_what_the_program_does_not_know_is_told_with_its_trace() -> None:
    try:
        float(10**400)
    except OverflowError as error:
        parcel = unforeseen(error)
    with pytest.raises(UnforeseenError, match="OverflowError: int too large") as caught:
        unpacked(parcel)
    assert "test_what_the_program" in caught.value.__notes__[0]
