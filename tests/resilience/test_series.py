"""A source from one version to the next: what was announced stays, what vanishes leaves by rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from tests.requirements import shared
from tests.resilience.conftest import Figures
from tests.resilience.nodes import IRIS, calendar, event, item, rss
from tests.resilience.playing import DAY, Player, Shown, playing
from tests.resilience.size import LONG, sized

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = (DAY, 2 * DAY, 8 * DAY) if LONG else (2 * DAY,)
"""When a version is read again after its publication: each time a 304, which confirms it."""


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    with playing(tmp_path) as made:
        yield made


def versions() -> list[tuple[datetime, bytes]]:
    """The series of the corpus: when each version was published, and what it said."""
    folder = shared("corpus") / "series"
    paths = sorted(folder.rglob("*.ics"), key=lambda path: path.name)
    assert len(paths) >= 5
    return [
        (
            datetime.strptime(path.name[:10], "%Y-%m-%d").replace(hour=12, tzinfo=UTC),
            path.read_bytes(),
        )
        for path in paths
    ]


def uids(body: bytes) -> set[str]:
    """Those of the events of a calendar, as icalendar alone sees them."""
    return {str(found["UID"]) for found in icalendar.Calendar.from_ical(body).walk("VEVENT")}


@pytest.mark.corpus
@pytest.mark.parametrize("years", [0, 4], ids=["as-published", "while-its-events-are-ahead"])
def test_a_real_calendar_from_version_to_version_loses_nothing_it_announced(
    player: Player, figures: Figures, years: int
) -> None:
    """Its publisher writes it in another order each time; its events are of four years ago."""
    announced: set[str] = set()
    agenda: set[tuple[str, str]] = set()
    played = 0
    told = versions()
    for number, (published, body) in enumerate(told):
        at = published.replace(year=published.year - years)
        until = told[number + 1][0] - published if number + 1 < len(told) else 365 * DAY
        announced |= {IRIS.record("serie", uid) for uid in uids(body)}
        later = [at + pause for pause in LATER if pause < until]
        for shown in (player.show(body, at), *map(player.read, later)):
            played += 1
            assert shown.report.outcome in {"committed", "unchanged"}
            assert announced <= shown.records
            assert shown.unannounced == shown.tombstones == frozenset()
            now = set(shown.agenda.values())
            assert agenda <= now, "a date that was announced is no longer there"
            agenda = now
    assert len(agenda) >= 8
    title = "série publiée" if not years else f"série publiée, {years} ans plus tôt"
    figures.add(f"versions of a real series played ({years} years back), dates lost", "0",
                f"0 of {len(agenda)} in {played} reads")  # fmt: skip
    figures.reports.append((title, "\n".join(player.told)))


@pytest.mark.corpus
def test_a_version_in_another_order_changes_nothing(player: Player) -> None:
    for published, body in versions():
        shown = player.show(body, published)
    assert shown.report.outcome == "unchanged"


def announcing(*numbers: int) -> bytes:
    """A calendar of events, one a week from the 6th of June 2026 on."""
    return calendar(
        *(
            event(
                f"n{n}",
                f"Rendez-vous {n}",
                start=f"DTSTART:{NOON + (33 + 7 * n) * DAY:%Y%m%d}T170000Z",
            )
            for n in numbers
        )
    )


def entity_of(shown: Shown, title: str) -> str:
    (found,) = [entity for entity, (name, _) in shown.agenda.items() if name == title]
    return found


def test_what_vanishes_is_marked_then_withdrawn_then_removed_and_comes_back_as_it_was(
    player: Player, figures: Figures
) -> None:
    first = player.show(announcing(*range(8)), NOON)
    entity = entity_of(first, "Rendez-vous 3")
    record = IRIS.record("serie", "n3@agenda.example")
    without = announcing(0, 1, 2, 4, 5, 6, 7)

    gone = player.show(without, NOON + DAY)
    assert gone.unannounced == {record}
    assert entity in gone.agenda, "it is marked, and still shown"
    soon = player.read(NOON + DAY + HOUR)
    assert entity in soon.agenda, "a second read within the day changes nothing"
    withdrawn = player.read(NOON + 2 * DAY + HOUR)
    assert entity not in withdrawn.agenda
    assert record in withdrawn.records
    assert withdrawn.tombstones == frozenset()
    week = player.read(NOON + 7 * DAY)
    assert week.tombstones == frozenset(), "six days are no week"
    removed = player.read(NOON + 8 * DAY + HOUR)
    assert removed.tombstones == {entity}
    assert record not in removed.records
    back = player.show(announcing(*range(8)), NOON + 9 * DAY)
    assert entity_of(back, "Rendez-vous 3") == entity
    assert back.tombstones == frozenset()
    others = {f"Rendez-vous {n}" for n in range(8)} - {"Rendez-vous 3"}
    for shown in (gone, soon, withdrawn, week, removed, back):
        assert others <= shown.titles
    figures.reports.append(("un événement qui disparaît, puis revient", "\n".join(player.told)))


def test_a_calendar_that_empties_at_once_is_held_and_loses_nothing(player: Player) -> None:
    everything = {f"Rendez-vous {n}" for n in range(12)}
    player.show(announcing(*range(12)), NOON)
    for days in range(1, 5):
        held = player.show(announcing(), NOON + days * DAY)
        assert held.report.outcome == "held"
        assert held.titles == everything
        assert held.unannounced == frozenset()
    back = player.show(announcing(*range(12)), NOON + 5 * DAY)
    assert back.titles == everything


def test_a_calendar_that_shows_the_next_weeks_only_loses_no_past_and_no_coming_date(
    player: Player, figures: Figures
) -> None:
    """The window slides: what is past leaves the calendar, what comes near enters it."""
    seen: set[str] = set()
    for week in range(sized(8, 20)):
        window = range(max(0, week - 4), week + 5)  # n is 33 + 7 n days ahead of the first day
        shown = player.show(announcing(*window), NOON + 7 * week * DAY)
        seen |= {f"Rendez-vous {n}" for n in window}
        assert shown.titles == seen
        assert shown.unannounced == frozenset()
    figures.add("dates lost to a sliding window (calendar)", "0", f"0 of {len(seen)}")


def test_a_feed_that_shows_its_newest_entries_loses_no_event_that_is_still_to_come(
    tmp_path: Path, figures: Figures
) -> None:
    """Ten entries at a time; the events that they tell of are months ahead."""

    def entry(number: int) -> str:
        start = f"{NOON + (120 + number) * DAY:%Y-%m-%dT18:00:00+02:00}"
        return item(f"n{number}", f"Fête {number}", f"<ev:startdate>{start}</ev:startdate>")

    with playing(tmp_path, "feed") as player:
        for day in range(0, 40, 3):
            body = rss(*(entry(n) for n in range(day, day + 10)))
            module = b'<rss xmlns:ev="http://purl.org/rss/1.0/modules/event/" '
            shown = player.show(body.replace(b"<rss ", module, 1), NOON + day * DAY)
            assert {f"Fête {n}" for n in range(day + 10)} == shown.titles
    figures.add("coming events lost to a sliding window (feed)", "0", f"0 of {len(shown.titles)}")
