"""What looks odd in a source: in its records beside those of before, and in its past runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harvester.appraisal.anomalies import in_history, in_records, lasting
from harvester.appraisal.quality import looks
from store.appraisals import Remark
from store.changes import Lines
from store.standing import PastRun
from vocab import term
from vocab.iris import Iris
from vocab.messages import say

IRIS = Iris("https://node.example/")
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EVENING = datetime(2026, 6, 13, 20, tzinfo=PARIS)


def stamp(moment: datetime) -> str:
    return f'"{moment.isoformat()}"^^<{term("xsd:dateTime")}>'


def agenda(
    starts: Iterable[datetime], length: timedelta = timedelta(hours=2), name: str = ""
) -> dict[str, Lines]:
    """Events e0, e1…, each with its start."""
    records = {}
    for number, start in enumerate(starts):
        iri = IRIS.record("agenda", f"e{number}")
        records[iri] = frozenset(
            [
                f"<{iri}> <{term('rdf:type')}> <{term('schema:Event')}> .",
                f'<{iri}> <{term("schema:name")}> "{name or number}"@fr .',
                f"<{iri}> <{term('schema:startDate')}> {stamp(start)} .",
                f"<{iri}> <{term('schema:endDate')}> {stamp(start + length)} .",
            ]
        )
    return records


def found(records: dict[str, Lines], before: dict[str, Lines] | None = None) -> dict[str, str]:
    remarks = in_records(looks(records), records, before or {}, NOW, PARIS)
    assert all(remark.remedy.text for remark in remarks)
    return {remark.code: str(remark.message) for remark in remarks}


def days(count: int, first: datetime = EVENING) -> list[datetime]:
    return [first + number * DAY for number in range(count)]


def test_an_ordinary_agenda_has_nothing_odd() -> None:
    assert found(agenda(days(8)), agenda(days(8))) == {}


@pytest.mark.parametrize("hours", [-2, -1, 1, 2])
def test_hours_that_all_moved_by_one_or_two_are_odd(hours: int) -> None:
    moved = [start + timedelta(hours=hours) for start in days(5)]
    told = found(agenda(moved), agenda(days(5)))
    assert told["time-shifted"] == f"5 of 5 events moved by {hours:+d} h at once".replace("-", "−")


def test_a_few_events_that_were_postponed_are_not_odd() -> None:
    starts = days(8)
    moved = [start + timedelta(hours=1) for start in starts[:3]] + starts[3:]
    assert found(agenda(moved), agenda(starts)) == {}


def test_the_change_of_the_clocks_moves_nothing() -> None:
    """The same hour of the village on both sides of the last Sunday of October."""
    starts = days(6, datetime(2026, 10, 22, 20, tzinfo=PARIS))
    assert found(agenda(starts), agenda([start.astimezone(UTC) for start in starts])) == {}


def test_the_same_event_under_several_ids_is_odd() -> None:
    told = found(agenda([EVENING] * 4, name="Bal"))
    assert told == {
        "duplicates": "3 entries are there more than once, like “Bal”, 4 times",
    }
    assert found(agenda([EVENING] * 2, name="Bal")) == {}


@pytest.mark.parametrize("hour", [22, 23])
def test_whole_days_that_begin_in_the_evening_are_odd(hour: int) -> None:
    starts = days(3, datetime(2026, 6, 12, hour, tzinfo=PARIS))
    told = found(agenda(starts, length=DAY))
    assert told["days-shifted"] == f"3 events begin at {hour} h and last whole days exactly"


def test_a_night_of_dancing_is_no_whole_day() -> None:
    assert found(agenda(days(3, datetime(2026, 6, 12, 22, tzinfo=PARIS)), timedelta(hours=6))) == {}


def test_an_agenda_of_the_small_hours_is_odd() -> None:
    told = found(agenda(days(3, datetime(2026, 6, 12, 3, tzinfo=PARIS))))
    assert told == {"at-night": "3 of 3 events begin at night"}


def test_one_night_walk_among_ordinary_events_is_not_odd() -> None:
    starts = [*days(5), datetime(2026, 6, 12, 3, tzinfo=PARIS)]
    assert found(agenda(starts)) == {}


def test_events_that_are_over_are_not_looked_at() -> None:
    assert found(agenda(days(3, datetime(2026, 4, 1, 3, tzinfo=PARIS)))) == {}


def runs(*told: tuple[int, int, int]) -> list[PastRun]:
    """Runs as (days ago, records, new)."""
    return [
        PastRun(NOW - ago * DAY, "committed" if new else "unchanged", records, added=new)
        for ago, records, new in told
    ]


def history(*told: tuple[int, int, int]) -> dict[str, str]:
    return {remark.code: str(remark.message) for remark in in_history(runs(*told), NOW)}


def test_a_source_that_falls_silent_against_its_habit_is_odd() -> None:
    told = history((60, 20, 3), (53, 21, 1), (46, 22, 1), (39, 23, 1), (1, 23, 0))
    assert told == {"silent": "nothing new for 39 days, where something came every 7 days"}


def test_the_silence_of_a_source_that_rarely_speaks_is_its_habit() -> None:
    assert history((100, 20, 3), (70, 21, 1), (40, 22, 1), (10, 22, 1), (1, 22, 0)) == {}


def test_a_source_without_a_habit_cannot_break_it() -> None:
    assert history((90, 20, 20), (1, 20, 0)) == {}
    assert history() == {}


def test_a_number_that_drops_by_half_is_odd() -> None:
    told = history((5, 40, 0), (4, 41, 0), (3, 40, 0), (2, 40, 0), (1, 12, 0))
    assert told == {"drop": "12 entries, where there were 40"}


def test_failed_runs_do_not_count_as_a_drop() -> None:
    past = runs((5, 40, 0), (4, 41, 0), (3, 40, 0), (2, 40, 0))
    assert in_history([*past, PastRun(NOW - DAY, "failed", 0)], NOW) == ()


def remark(code: str, since: datetime) -> Remark:
    return Remark("anomaly", code, say("up to date"), say("reason"), since)


def test_what_lasts_keeps_the_time_since_when_it_does() -> None:
    before = [remark("at-night", NOW - 3 * DAY)]
    [kept] = lasting([remark("at-night", NOW)], before, NOW)
    assert kept.since == NOW - 3 * DAY
    assert list(lasting([], before, NOW)) == []


def test_hours_that_moved_are_told_for_two_weeks() -> None:
    """The run that meets them is the only one that can see them."""
    before = [remark("time-shifted", NOW)]
    assert list(lasting([], before, NOW + 13 * DAY)) == before
    assert list(lasting([], before, NOW + 14 * DAY)) == []


def test_hours_that_moved_back_are_no_longer_told() -> None:
    starts = days(5)
    later = [start + timedelta(hours=1) for start in starts]
    first, second = agenda(starts), agenda(later)
    moved = in_records(looks(second), second, first, NOW, PARIS)
    back = in_records(looks(first), first, second, NOW, PARIS)
    assert list(lasting(back, moved, NOW)) == []
    assert list(lasting(moved, moved, NOW)) == list(moved)
