"""The rules of a harvest run, one by one (design, rules 1, 2 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from harvester.decide import Decision, Known, Policy, decide, same_again
from store.changes import Lines
from store.standing import Absence
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


def reread(
    known: Mapping[str, Lines],
    read: Mapping[str, Lines],
    *times: datetime,
    policy: Policy = Policy(),  # noqa: B008  # frozen
) -> Decision:
    """Read the same again at each time, carrying absences along."""
    absences: Mapping[str, Absence] = {}
    for at in times:
        decision = decide(Known(known, absences), read, policy, at)
        known, absences = decision.records, decision.absences
    return decision


def test_new_and_changed_records_never_wait() -> None:
    known = agenda(2)
    changed = event(record("e0"), "Veillée déplacée", "2026-06-02")
    read = {**known, record("e0"): changed, record("e9"): event(record("e9"), "Bal", "2026-07-14")}
    decision = decide(Known(known), read, Policy("guarded"), NOW)
    assert decision.added == {record("e9")}
    assert decision.changed == {record("e0")}
    assert decision.removed == frozenset()
    assert decision.records == read


def test_the_same_again_changes_nothing() -> None:
    known = agenda(3)
    decision = decide(Known(known), known, Policy("guarded"), NOW)
    assert not decision.added | decision.changed | decision.removed
    assert decision.records == known


GONE = record("e2")
SINCE = f'<{GONE}> <{term("eb:noLongerAnnouncedSince")}> "2026-05-04T12:00:00Z"'
WITHDRAWN = f"<{GONE}> <{term('prov:invalidatedAtTime')}> "


def all_but_one() -> dict[str, Lines]:
    return {iri: lines for iri, lines in agenda(3).items() if iri != GONE}


def says(decision: Decision, beginning: str) -> bool:
    return any(line.startswith(beginning) for line in decision.records[GONE])


def test_a_coming_event_that_is_missing_says_so_at_once() -> None:
    decision = reread(agenda(3), all_but_one(), NOW)
    assert decision.changed == {GONE}
    assert says(decision, SINCE)
    assert agenda(3)[GONE] < decision.records[GONE]
    assert not decision.withdrawn | decision.left


def test_it_is_withdrawn_after_two_reads_a_day_apart() -> None:
    soon = reread(agenda(3), all_but_one(), NOW, NOW + timedelta(hours=2))
    assert not soon.withdrawn | soon.changed
    later = reread(agenda(3), all_but_one(), NOW, NOW + DAY)
    assert later.withdrawn == later.left == {GONE}
    assert says(later, f'{WITHDRAWN}"2026-05-05T12:00:00Z"')
    assert says(later, SINCE), "since when it is missing does not change"
    assert later.removed == set()


def test_a_withdrawn_event_changes_no_more_until_it_is_removed() -> None:
    before = reread(agenda(3), all_but_one(), NOW, NOW + DAY)
    after = reread(agenda(3), all_but_one(), NOW, NOW + DAY, NOW + 3 * DAY)
    assert after.records == before.records
    assert not after.left | after.changed
    assert after.withdrawn == {GONE}


@pytest.mark.parametrize(
    ("days", "gone"), [((0, 1, 6), False), ((0, 7), False), ((0, 1, 7), True), ((0, 3, 9), True)]
)
def test_it_is_removed_after_three_reads_and_seven_days(
    days: tuple[int, ...], *, gone: bool
) -> None:
    decision = reread(agenda(3), all_but_one(), *(NOW + day * DAY for day in days))
    assert decision.removed == ({GONE} if gone else set())
    assert (GONE in decision.records) is not gone


def test_a_withdrawn_event_whose_day_has_passed_is_removed_all_the_same() -> None:
    known = agenda(3, start="2026-05-07")
    read = {iri: lines for iri, lines in known.items() if iri != GONE}
    assert reread(known, read, NOW, NOW + DAY, NOW + 8 * DAY).removed == {GONE}


def test_an_event_that_was_only_missing_when_its_day_passed_stays() -> None:
    known = agenda(3, start="2026-05-04")
    read = {iri: lines for iri, lines in known.items() if iri != GONE}
    decision = reread(known, read, NOW, NOW + 3 * DAY, NOW + 9 * DAY)
    assert says(decision, SINCE)
    assert decision.absences == {}


@pytest.mark.parametrize("days", [(0,), (0, 1), (0, 1, 3)])
def test_what_comes_back_says_nothing_of_its_absence(days: tuple[int, ...]) -> None:
    missing = reread(agenda(3), all_but_one(), *(NOW + day * DAY for day in days))
    back = decide(Known(missing.records, missing.absences), agenda(3), Policy(), NOW + 5 * DAY)
    assert back.records == agenda(3)
    assert back.changed == {GONE}
    assert back.absences == {}


def test_an_unchanged_answer_confirms_what_is_missing() -> None:
    missing = reread(agenda(3), all_but_one(), NOW)
    known = Known(missing.records, missing.absences)
    decision = decide(known, same_again(known), Policy(), NOW + DAY)
    assert decision.withdrawn == {GONE}
    assert decision.absences[GONE].reads == 2


def test_what_is_no_fresh_answer_confirms_nothing() -> None:
    missing = reread(agenda(3), all_but_one(), NOW)
    known = Known(missing.records, missing.absences)
    decision = decide(known, all_but_one(), Policy("none"), NOW + 9 * DAY)
    assert decision.records == missing.records
    assert decision.absences == missing.absences
    assert decide(Known(agenda(3)), {}, Policy("none"), NOW).records == agenda(3)


@pytest.mark.parametrize("policy", [Policy("authoritative"), Policy(accepted=True)])
def test_by_the_word_of_publisher_or_operator_what_is_missing_is_gone(policy: Policy) -> None:
    decision = reread(agenda(20), {}, NOW, policy=policy)
    assert decision.removed == decision.left == agenda(20).keys()
    assert not decision.held


def test_withdrawn_events_do_not_count_in_a_later_collapse() -> None:
    """Twelve were withdrawn one by one; that eight of twenty remain is then no news."""
    known = agenda(20)
    first = dict(list(known.items())[:14])
    second = dict(list(known.items())[:8])
    one = reread(known, first, NOW, NOW + DAY)
    assert len(one.withdrawn) == 6
    two = decide(Known(one.records, one.absences), second, Policy(), NOW + 2 * DAY)
    assert (two.held, two.due) == (False, 14)


def test_an_event_that_returns_starts_its_absence_anew() -> None:
    known, read = agenda(3), dict(list(agenda(3).items())[:2])
    missing = reread(known, read, NOW)
    back = decide(Known(missing.records, missing.absences), known, Policy("guarded"), NOW + DAY)
    assert back.absences == {}
    assert reread(back.records, read, NOW + 2 * DAY).removed == set()


def test_a_past_event_is_never_removed() -> None:
    known = agenda(1, start="2026-05-01")
    assert reread(known, {}, NOW, NOW + DAY, NOW + 9 * DAY).records == known


def test_an_event_of_today_is_not_past() -> None:
    known = agenda(1, start="2026-05-04")
    assert decide(Known(known), {}, Policy("guarded"), NOW).absences.keys() == known.keys()


def test_a_sliding_window_never_removes() -> None:
    known = agenda(30)
    decision = decide(Known(known), {}, Policy("sliding"), NOW + 300 * DAY)
    assert decision.records == known
    assert decision.absences == {}


@pytest.mark.parametrize(("came_back", "held"), [(10, False), (9, True), (0, True)])
def test_removals_are_held_when_under_half_came_back(came_back: int, *, held: bool) -> None:
    known = agenda(20)
    read = dict(list(known.items())[:came_back])
    decision = decide(Known(known), read, Policy("guarded"), NOW)
    assert (decision.held, decision.due) == (held, 20)
    later = reread(known, read, NOW, NOW + DAY)
    assert len(later.withdrawn) == (0 if held else 10)
    if held:
        assert later.records == known, "what is held says nothing of it"


def test_a_handful_of_events_is_not_guarded() -> None:
    known = agenda(9)
    assert reread(known, {}, NOW, NOW + DAY).withdrawn == known.keys()


def test_a_hold_confirms_itself_after_five_reads_over_five_days() -> None:
    known = agenda(20)
    times = [NOW + n * DAY for n in range(6)]
    assert reread(known, {}, *times[:5]).held
    confirmed = reread(known, {}, *times)
    assert confirmed.withdrawn == known.keys()
    assert not confirmed.held


def test_additions_are_committed_while_removals_are_held() -> None:
    known = agenda(20)
    new = {record("n"): event(record("n"), "Marché", "2026-06-06")}
    decision = decide(Known(known), new, Policy("guarded"), NOW)
    assert decision.held
    assert decision.added == {record("n")}
    assert decision.records == {**known, **new}


def test_a_renewed_id_is_the_same_thing_by_its_natural_key() -> None:
    known = {record("old"): event(record("old"), "Concert", "2026-06-05")}
    read = {record("new"): event(record("new"), "Concert", "2026-06-05")}
    decision = decide(Known(known), read, Policy("guarded"), NOW)
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
    decision = decide(Known(known), read, Policy("guarded"), NOW)
    assert not decision.held
    assert len(decision.successors) == 20
    assert decision.records == read


def test_an_ambiguous_natural_key_attaches_nothing() -> None:
    known = {
        record(name): event(record(name), "Permanence", "2026-06-05") for name in ("one", "two")
    }
    read = {record("new"): event(record("new"), "Permanence", "2026-06-05")}
    decision = decide(Known(known), read, Policy("guarded"), NOW)
    assert decision.successors == {}
    assert decision.absences.keys() == known.keys()


SERIES = record("yoga")
TUESDAY = record("yoga", "20260512")


def series(*exceptions: str) -> dict[str, Lines]:
    return {SERIES: event(SERIES, "Yoga", "2026-05-05", exceptions=exceptions)}


def occurrence() -> dict[str, Lines]:
    return {TUESDAY: event(TUESDAY, "Yoga", "2026-05-12", series=SERIES)}


def test_an_occurrence_that_its_rule_no_longer_makes_goes_at_once() -> None:
    decision = decide(Known({**series(), **occurrence()}), series(), Policy("guarded"), NOW)
    assert decision.removed == {TUESDAY}


def test_an_excepted_occurrence_that_was_announced_is_shown_as_cancelled() -> None:
    decision = decide(
        Known({**series(), **occurrence()}), series("2026-05-12"), Policy("guarded"), NOW
    )
    assert decision.removed == set()
    assert TUESDAY in decision.changed
    cancelled = f"<{TUESDAY}> <{term('schema:eventStatus')}> <{term('schema:EventCancelled')}> ."
    assert cancelled in decision.records[TUESDAY]
    again = decide(Known(decision.records), series("2026-05-12"), Policy("guarded"), NOW)
    assert again.changed == set()


def test_occurrences_of_a_series_that_is_missing_wait_with_it() -> None:
    decision = decide(Known({**series(), **occurrence()}), {}, Policy("guarded"), NOW - 2 * DAY)
    assert decision.removed == set()
    assert decision.absences.keys() == {TUESDAY, SERIES}


def test_renewed_records_count_as_come_back() -> None:
    """Thirty were due; eighteen came back under new ids, twelve are missing: no collapse."""
    known = agenda(30)
    read = {
        record(f"new{n}"): event(record(f"new{n}"), f"Veillée {n}", "2026-06-01") for n in range(18)
    }
    decision = decide(Known(known), read, Policy("guarded"), NOW)
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

    decision = decide(Known(weekly("s0")), weekly("s1"), Policy("guarded"), NOW)
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
        Policy("guarded"),
        NOW,
        lambda lines: frozenset(line for line in lines if name not in line),
    )
    assert decision.changed == {iri}
    assert not any(name in line for line in decision.records[iri])
