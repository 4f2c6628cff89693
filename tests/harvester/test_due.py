"""When sources are due: a matter of what is known of them, told without waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from harvester.crontab import trigger_of
from harvester.due import SILENCE, block_of, due, due_at, fresh_until, next_due
from harvester.fetch import Fetched, Validators
from harvester.sources.values import Source
from store.standing import SourceState

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JITTER = timedelta(minutes=10)


def source(name: str = "mairie", **more: Any) -> Source:
    told: dict[str, Any] = {
        "id": name,
        "kind": "ics",
        "url": "https://mairie.example/agenda.ics",
        "title": "Agenda",
        "publisher": "Mairie",
        "every": 6 * HOUR,
    }
    return Source.model_validate({**told, **more})


def read(asked: Source, **more: Any) -> SourceState:
    """The state of a source that was just read."""
    known: dict[str, Any] = {"checked_at": NOW, "block": block_of(asked)}
    return SourceState(asked.id, **{**known, **more})


def wait(asked: Source, **more: Any) -> timedelta:
    """How long after its last run the source is due."""
    at = due_at(asked, read(asked, **more), NOW)
    assert at is not None
    return at - NOW


def test_a_source_that_was_never_read_is_due_at_once() -> None:
    assert due([source()], {}, NOW) == (source(),)
    assert next_due([source()], {}, NOW) == NOW


def test_a_source_that_was_read_is_due_after_its_time_and_a_jitter() -> None:
    assert 6 * HOUR <= wait(source()) <= 6 * HOUR + JITTER
    states = {"mairie": read(source())}
    assert due([source()], states, NOW + 6 * HOUR - timedelta(seconds=1)) == ()
    assert due([source()], states, NOW + 6 * HOUR + JITTER) == (source(),)


def test_the_jitter_of_a_source_is_always_the_same_and_differs_from_the_next_one() -> None:
    waits = [wait(source(f"s{number}")) for number in range(200)]
    assert waits == [wait(source(f"s{number}")) for number in range(200)]
    assert len(set(waits)) == 200
    assert max(waits) - min(waits) > JITTER / 2


def test_the_jitter_of_a_short_rhythm_stays_small() -> None:
    often = [wait(source(f"s{number}", every=timedelta(minutes=5))) for number in range(50)]
    assert max(often) <= timedelta(minutes=5.25)


def test_what_is_paused_is_never_due() -> None:
    assert due([source(enabled=False)], {}, NOW) == ()
    assert next_due([source(enabled=False)], {}, NOW) is None


@pytest.mark.parametrize(
    ("every", "failures", "expected"),
    [
        (HOUR, 1, HOUR),
        (HOUR, 2, 2 * HOUR),
        (HOUR, 3, 4 * HOUR),
        (HOUR, 6, DAY),
        (HOUR, 100_000, DAY),
        (6 * HOUR, 3, DAY),
        (7 * DAY, 1, 7 * DAY),
        (7 * DAY, 100_000, 7 * DAY),
        (366 * DAY, 100_000, 366 * DAY),
    ],
)
def test_failures_double_the_wait_up_to_a_day_or_the_rhythm_of_the_source(
    every: timedelta, failures: int, expected: timedelta
) -> None:
    waited = wait(source(every=every), failures=failures, outcome="failed")
    assert expected <= waited <= expected + JITTER


def test_a_retry_after_is_waited_for_but_never_longer_than_a_week() -> None:
    later = NOW + 2 * DAY
    assert due_at(source(), read(source(), not_before=later, failures=1), NOW) == later
    assert wait(source(), not_before=NOW + 900 * DAY, failures=1) == SILENCE
    assert wait(source(), not_before=NOW + HOUR, failures=1) >= 6 * HOUR


def test_a_source_whose_block_was_edited_is_due_at_once() -> None:
    states = {"mairie": read(source(), failures=5, outcome="failed")}
    assert due([source(url="https://mairie.example/ics")], states, NOW) != ()
    assert due([source()], states, NOW) == ()


def test_an_edited_source_still_obeys_its_server() -> None:
    states = {"mairie": read(source(), not_before=NOW + HOUR)}
    assert next_due([source(every=DAY)], states, NOW) == NOW + HOUR


def test_a_state_of_an_older_version_does_not_make_everything_due() -> None:
    assert due([source()], {"mairie": read(source(), block="")}, NOW) == ()


def test_a_last_run_in_the_future_is_a_clock_that_was_wrong() -> None:
    states = {"mairie": read(source(), checked_at=NOW + 3650 * DAY)}
    assert due([source()], states, NOW) == (source(),)


def test_what_waited_longest_comes_first_and_the_next_is_told() -> None:
    first, second, third = source("a"), source("b"), source("c")
    states = {
        "a": read(first, checked_at=NOW - 7 * HOUR),
        "b": read(second, checked_at=NOW - 9 * HOUR),
        "c": read(third),
    }
    assert due([first, second, third], states, NOW) == (second, first)
    assert next_due([first, third], {**states, "a": read(first)}, NOW) == min(
        NOW + wait(first), NOW + wait(third)
    )


def test_a_source_whose_answer_still_holds_is_not_asked_before_it_does_not() -> None:
    later = NOW + 2 * DAY
    assert due_at(source(), read(source(), fresh_until=later), NOW) == later
    assert wait(source(), fresh_until=NOW + HOUR) >= 6 * HOUR
    assert wait(source(), fresh_until=NOW + 900 * DAY) == SILENCE
    assert wait(source(), fresh_until=later, not_before=NOW + 3 * DAY, failures=1) == 3 * DAY


def test_an_edited_source_is_read_though_its_last_answer_still_holds() -> None:
    states = {"mairie": read(source(), fresh_until=NOW + DAY)}
    assert due([source(url="https://mairie.example/ics")], states, NOW) != ()


def test_a_source_that_is_gone_is_not_due_until_its_block_is_edited() -> None:
    states = {"mairie": read(source(), gone_at=NOW, outcome="failed", failures=1)}
    assert due([source()], states, NOW + 900 * DAY) == ()
    assert next_due([source()], states, NOW) is None
    assert due_at(source(), states["mairie"], NOW) is None
    moved = source(url="https://mairie.example/nouvel-agenda.ics")
    assert due([moved], states, NOW) == (moved,)


@pytest.mark.parametrize(
    ("status", "before", "told", "expected"),
    [
        (304, {"fresh_until": NOW + HOUR}, None, NOW + DAY + HOUR),
        (304, {"fresh_until": NOW + HOUR}, NOW + 3 * DAY, NOW + 3 * DAY),
        (304, {"fresh_until": NOW - HOUR}, None, None),
        (304, {}, None, None),
        (304, {"checked_at": None, "fresh_until": NOW + HOUR}, None, None),
        (200, {"fresh_until": NOW + HOUR}, None, None),
        (200, {"fresh_until": NOW + HOUR}, NOW + 3 * DAY, NOW + 3 * DAY),
    ],
)
def test_an_answer_that_nothing_changed_holds_as_long_as_the_one_before(
    status: int, before: dict[str, Any], told: datetime | None, expected: datetime | None
) -> None:
    fetched = Fetched("", NOW + DAY, status, None, Validators(), fresh_until=told)
    assert fresh_until(read(source(), **before), fetched, NOW + DAY) == expected


PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        ("2026-05-04T12:00", "2026-05-05T06:30"),
        ("2026-05-08T06:29", "2026-05-08T06:30"),
        ("2026-05-08T06:30", "2026-05-11T06:30"),
        ("2026-10-23T12:00", "2026-10-26T06:30"),
    ],
)
def test_the_hours_of_a_crontab_are_those_of_the_node(checked: str, expected: str) -> None:
    at = datetime.fromisoformat(checked).replace(tzinfo=PARIS)
    weekdays = source(cron="30 6 * * 1-5")
    due_then = due_at(weekdays, read(weekdays, checked_at=at), at)
    assert due_then == datetime.fromisoformat(expected).replace(tzinfo=PARIS)


def test_days_of_the_month_and_of_the_week_are_not_mixed() -> None:
    with pytest.raises(ValidationError, match="names no hours"):
        source(cron="0 6 1 * 1")


def test_a_source_that_keeps_failing_skips_hours_of_its_crontab() -> None:
    hourly = source(cron="0 * * * *", every=HOUR)
    once, often = (read(hourly, failures=n, outcome="failed") for n in (1, 5))
    first, later = due_at(hourly, once, NOW), due_at(hourly, often, NOW)
    assert first == NOW + HOUR
    assert later is not None
    assert NOW + 16 * HOUR <= later <= NOW + 18 * HOUR
    assert later.minute == 0


@pytest.mark.parametrize(
    ("days", "expected"),
    [("0-6", "2026-05-10"), ("0-2", "2026-05-10"), ("6-7", "2026-05-10"), ("*/2", "2026-05-10"),
     ("1-5/2", "2026-05-11"), ("sun-tue", "2026-05-10"), ("3", "2026-05-13"), ("*", "2026-05-10")],
)  # fmt: skip
def test_the_days_of_a_crontab_are_counted_from_sunday(days: str, expected: str) -> None:
    saturday = datetime(2026, 5, 9, 12, tzinfo=PARIS)
    found = trigger_of(f"0 6 * * {days}", PARIS).get_next_fire_time(None, saturday)
    assert f"{found:%Y-%m-%d}" == expected
