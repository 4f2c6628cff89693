"""The rules of a harvest run, one by one (design, rules 1, 2 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from harvester.decide import Decision, Known, decide
from store.changes import Lines
from store.state import Absence
from vocab import term
from vocab.iris import Iris

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def record(key: str, *more: str) -> str:
    return IRIS.record("agenda", key, *more)


def event(
    iri: str, name: str, start: str, *, series: str = "", exceptions: tuple[str, ...] = ()
) -> Lines:
    def said(predicate: str, value: str) -> str:
        return f"<{iri}> <{term(predicate)}> {value} ."

    lines = {
        said("rdf:type", f"<{term('schema:Event')}>"),
        said("schema:name", f'"{name}"@fr'),
        said("schema:startDate", f'"{start}"^^<{term("xsd:date")}>'),
    }
    if series:
        lines.add(said("schema:superEvent", f"<{series}>"))
    for day in exceptions:
        lines.add(said("schema:exceptDate", f'"{day}"^^<{term("xsd:date")}>'))
    return frozenset(lines)


def agenda(count: int, start: str = "2026-06-01") -> dict[str, Lines]:
    return {record(f"e{n}"): event(record(f"e{n}"), f"Veillée {n}", start) for n in range(count)}


def reread(known: Mapping[str, Lines], read: Mapping[str, Lines], *times: datetime) -> Decision:
    """Read the same again at each time, carrying absences along."""
    absences: Mapping[str, Absence] = {}
    for at in times:
        decision = decide(Known(known, absences), read, "guarded", at)
        known, absences = decision.records, decision.absences
    return decision


def test_new_and_changed_records_never_wait() -> None:
    known = agenda(2)
    changed = event(record("e0"), "Veillée déplacée", "2026-06-02")
    read = {**known, record("e0"): changed, record("e9"): event(record("e9"), "Bal", "2026-07-14")}
    decision = decide(Known(known), read, "guarded", NOW)
    assert decision.added == {record("e9")}
    assert decision.changed == {record("e0")}
    assert decision.removed == frozenset()
    assert decision.records == read


def test_the_same_again_changes_nothing() -> None:
    known = agenda(3)
    decision = decide(Known(known), known, "guarded", NOW)
    assert not decision.added | decision.changed | decision.removed
    assert decision.records == known


def test_a_coming_event_stays_until_two_reads_a_day_apart_missed_it() -> None:
    known, read = agenda(3), dict(list(agenda(3).items())[:2])
    assert reread(known, read, NOW).removed == set()
    assert reread(known, read, NOW, NOW + timedelta(hours=2)).removed == set()
    assert reread(known, read, NOW, NOW + DAY).removed == {record("e2")}


def test_an_event_that_returns_starts_its_absence_anew() -> None:
    known, read = agenda(3), dict(list(agenda(3).items())[:2])
    missing = reread(known, read, NOW)
    back = decide(Known(missing.records, missing.absences), known, "guarded", NOW + DAY)
    assert back.absences == {}
    assert reread(back.records, read, NOW + 2 * DAY).removed == set()


def test_a_past_event_is_never_removed() -> None:
    known = agenda(1, start="2026-05-01")
    assert reread(known, {}, NOW, NOW + DAY, NOW + 9 * DAY).records == known


def test_an_event_of_today_is_not_past() -> None:
    known = agenda(1, start="2026-05-04")
    assert decide(Known(known), {}, "guarded", NOW).absences.keys() == known.keys()


def test_a_sliding_window_never_removes() -> None:
    known = agenda(30)
    decision = decide(Known(known), {}, "sliding", NOW + 300 * DAY)
    assert decision.records == known
    assert decision.absences == {}


@pytest.mark.parametrize(("came_back", "held"), [(10, False), (9, True), (0, True)])
def test_removals_are_held_when_under_half_came_back(came_back: int, *, held: bool) -> None:
    known = agenda(20)
    read = dict(list(known.items())[:came_back])
    decision = decide(Known(known), read, "guarded", NOW)
    assert (decision.held, decision.due) == (held, 20)
    later = reread(known, read, NOW, NOW + DAY)
    assert len(later.removed) == (0 if held else 10)


def test_a_handful_of_events_is_not_guarded() -> None:
    known = agenda(9)
    assert reread(known, {}, NOW, NOW + DAY).removed == known.keys()


def test_a_hold_confirms_itself_after_five_reads_over_five_days() -> None:
    known = agenda(20)
    times = [NOW + n * DAY for n in range(6)]
    assert reread(known, {}, *times[:5]).held
    confirmed = reread(known, {}, *times)
    assert confirmed.removed == known.keys()
    assert not confirmed.held


def test_additions_are_committed_while_removals_are_held() -> None:
    known = agenda(20)
    new = {record("n"): event(record("n"), "Marché", "2026-06-06")}
    decision = decide(Known(known), new, "guarded", NOW)
    assert decision.held
    assert decision.added == {record("n")}
    assert decision.records == {**known, **new}


def test_a_renewed_id_is_the_same_thing_by_its_natural_key() -> None:
    known = {record("old"): event(record("old"), "Concert", "2026-06-05")}
    read = {record("new"): event(record("new"), "Concert", "2026-06-05")}
    decision = decide(Known(known), read, "guarded", NOW)
    assert decision.successors == {record("new"): record("old")}
    assert decision.removed == {record("old")}
    assert not decision.held


def test_a_calendar_that_renews_every_id_is_not_a_collapse() -> None:
    known = {
        record(f"a{n}"): event(record(f"a{n}"), f"Veillée {n}", "2026-06-01") for n in range(20)
    }
    read = {
        record(f"b{n}"): event(record(f"b{n}"), f"Veillée {n}", "2026-06-01") for n in range(20)
    }
    decision = decide(Known(known), read, "guarded", NOW)
    assert not decision.held
    assert len(decision.successors) == 20
    assert decision.records == read


def test_an_ambiguous_natural_key_attaches_nothing() -> None:
    known = {
        record(name): event(record(name), "Permanence", "2026-06-05") for name in ("one", "two")
    }
    read = {record("new"): event(record("new"), "Permanence", "2026-06-05")}
    decision = decide(Known(known), read, "guarded", NOW)
    assert decision.successors == {}
    assert decision.absences.keys() == known.keys()


SERIES = record("yoga")
TUESDAY = record("yoga", "20260512")


def series(*exceptions: str) -> dict[str, Lines]:
    return {SERIES: event(SERIES, "Yoga", "2026-05-05", exceptions=exceptions)}


def occurrence() -> dict[str, Lines]:
    return {TUESDAY: event(TUESDAY, "Yoga", "2026-05-12", series=SERIES)}


def test_an_occurrence_that_its_rule_no_longer_makes_goes_at_once() -> None:
    decision = decide(Known({**series(), **occurrence()}), series(), "guarded", NOW)
    assert decision.removed == {TUESDAY}


def test_an_excepted_occurrence_that_was_announced_is_shown_as_cancelled() -> None:
    decision = decide(Known({**series(), **occurrence()}), series("2026-05-12"), "guarded", NOW)
    assert decision.removed == set()
    assert TUESDAY in decision.changed
    cancelled = f"<{TUESDAY}> <{term('schema:eventStatus')}> <{term('schema:EventCancelled')}> ."
    assert cancelled in decision.records[TUESDAY]
    again = decide(Known(decision.records), series("2026-05-12"), "guarded", NOW)
    assert again.changed == set()


def test_occurrences_of_a_series_that_is_missing_wait_with_it() -> None:
    decision = decide(Known({**series(), **occurrence()}), {}, "guarded", NOW - 2 * DAY)
    assert decision.removed == set()
    assert decision.absences.keys() == {TUESDAY, SERIES}


def test_renewed_records_count_as_come_back() -> None:
    """Thirty were due; eighteen came back under new ids, twelve are missing: no collapse."""
    known = agenda(30)
    read = {
        record(f"new{n}"): event(record(f"new{n}"), f"Veillée {n}", "2026-06-01") for n in range(18)
    }
    decision = decide(Known(known), read, "guarded", NOW)
    assert (decision.due, decision.held) == (30, False)


def test_a_renewed_series_is_not_taken_for_its_first_date() -> None:
    def weekly(uid: str) -> dict[str, Lines]:
        whole = event(record(uid), "Yoga", "2026-05-05")
        types = {line.replace("schema.org/Event>", "schema.org/EventSeries>") for line in whole}
        first = record(uid, "20260505")
        return {
            record(uid): frozenset(types),
            first: event(first, "Yoga", "2026-05-05", series=record(uid)),
        }

    decision = decide(Known(weekly("s0")), weekly("s1"), "guarded", NOW)
    assert decision.successors == {
        record("s1"): record("s0"),
        record("s1", "20260505"): record("s0", "20260505"),
    }
    assert decision.records == weekly("s1")


def test_what_stays_without_being_read_says_only_what_may_still_be_said() -> None:
    known = agenda(1, start="2026-05-01")
    (iri,) = known
    name = f"<{term('schema:name')}>"
    decision = decide(
        Known(known),
        {},
        "guarded",
        NOW,
        lambda lines: frozenset(line for line in lines if name not in line),
    )
    assert decision.changed == {iri}
    assert not any(name in line for line in decision.records[iri])
