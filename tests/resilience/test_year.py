"""A year day by day: recurring events are right each day, and quiet days change no byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harvester.fetch import Limits
from harvester.place import Place
from harvester.report import Report
from harvester.session import opened
from harvester.sources import load
from mappings import platforms
from store.dumps import export
from store.embedded import EmbeddedStore
from store.generations import Generations
from tests.loopback import Page, Site, loopback_site
from tests.resilience.conftest import Figures
from tests.resilience.nodes import IRIS, Block, register
from tests.resilience.size import LONG, sized
from tests.resilience.year import CALENDAR, DAY, SAMPLES
from vocab import term

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 2, 15, 7, 30, tzinfo=PARIS)
DAYS = 366
CHANGES = (date(2026, 3, 29), date(2026, 10, 25))
"""When the clocks change in the year that is played."""

SOURCES = ("fidele", "mort", "sans-etiquette")
"""One that answers 304 as long as nothing changes, one whose server dies after the first day,
one that gives the same content without saying that it is the same."""

_NAME = f"<{term('schema:name')}>"
_START = f"<{term('schema:startDate')}>"
_SERIES = f"<{term('schema:superEvent')}>"


@dataclass
class Year:
    """What was seen day by day."""

    days: list[date] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    quiet: int = 0
    restless: list[str] = field(default_factory=list)
    horizon: dict[str, date] = field(default_factory=dict)
    outcomes: dict[str, list[str]] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)


def dates_to_play() -> list[datetime]:
    """Every day; in the short form the days when clocks or months change, and a few between."""
    every = [START + number * DAY for number in range(DAYS)]
    if LONG:
        return every
    wanted = {change + step * DAY for change in CHANGES for step in (-1, 0, 1)}
    wanted |= {every[number].date() for number in (0, 1, 2, -2, -1)}
    wanted |= {moment.date() for moment in every if (moment.day, moment.month % 3) == (1, 0)}
    return [moment for moment in every if moment.date() in wanted]


def occurrences(store: EmbeddedStore, source: str) -> dict[str, set[str]]:
    """Title → the starts of its dates, by the clock of Paris, as the source's graph has them."""
    names: dict[str, str] = {}
    starts: dict[str, str] = {}
    parts: set[str] = set()
    for line in store.lines(IRIS.source_graph(source)):
        subject, predicate, value = line.split(" ", 2)
        if predicate == _NAME and "#" not in subject:
            names[subject] = value.split('"')[1]
        elif predicate == _START:
            starts[subject] = value.split('"')[1]
        elif predicate == _SERIES:
            parts.add(subject)
    found: dict[str, set[str]] = {}
    for subject in parts:
        start = starts[subject]
        told = (
            start
            if "T" not in start
            else datetime.fromisoformat(start).astimezone(PARIS).isoformat()
        )
        found.setdefault(names[subject], set()).add(told)
    return found


def window_of(now: datetime) -> tuple[date, date]:
    """From the beginning of this month to a year from now."""
    return now.date().replace(day=1), now.date() + timedelta(days=365)


def faults(store: EmbeddedStore, source: str, now: datetime) -> Iterator[str]:
    """What differs, in the window of ``now``, from the dates counted by hand."""
    first, last = window_of(now)
    found = occurrences(store, source)
    for sample in SAMPLES:
        counted = set(sample.dates(first, last))
        stored = {
            start
            for start in found.get(sample.title, ())
            if first.isoformat() <= start[:10] < last.isoformat()
        }
        if counted != stored:
            yield f"{now:%Y-%m-%d} {source} {sample.title}: {sorted(counted ^ stored)[:4]}"


def dumps(folder: Path, to: Path) -> str:
    """A hash of every file that the current generation is exported to."""
    generation = Generations(folder / "var" / "generations").current()
    assert generation is not None
    paths = export(generation, to)
    return sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()


def harvested(folder: Path, now: datetime) -> tuple[dict[str, Report], bool]:
    """The reports of a day, and whether a generation was published."""
    config = load(folder / "sources.toml", kinds=platforms())
    with opened(
        config,
        Place(folder / "var"),
        version="1",
        clock=lambda: now,
        limits=Limits(connect=2, read=5, total=10),
    ) as session:
        reports = {report.source: report for report in session.harvest(config.sources)}
        return reports, session.publish() is not None


def lived(folder: Path, site: Site) -> Year:
    """Harvest each day of the year, and look."""
    year = Year()
    before = ""
    for number, now in enumerate(dates_to_play()):
        if number == 1:
            del site.pages["/mort"]
        reports, published = harvested(folder, now)
        year.days.append(now.date())
        with EmbeddedStore(folder / "var" / "store") as store:
            for source in SOURCES:
                year.wrong += faults(store, source, now)
                year.horizon[source] = horizon(store, source)
                year.outcomes.setdefault(source, []).append(reports[source].outcome)
        if not published or number % sized(5, 10) == 0:
            after = dumps(folder, folder / "export")
            if not published:
                year.quiet += 1
                if before and after != before:
                    year.restless.append(f"{now:%Y-%m-%d}")
            before = after
        else:
            before = ""
    year.statuses = site.statuses
    return year


def horizon(store: EmbeddedStore, source: str) -> date:
    """The last day of which the source's graph knows a date of the weekly one."""
    return max(date.fromisoformat(start[:10]) for start in occurrences(store, source)["Yoga"])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year")
    with loopback_site() as site:
        blocks = []
        for name in SOURCES:
            site.pages[f"/{name}"] = Page(CALENDAR, tagged=name != "sans-etiquette")
            blocks.append(Block(name, "ics", f"{site.url}/{name}"))
        register(folder, blocks)
        return lived(folder, site)


def test_every_recurring_event_is_right_on_every_day(year: Year, figures: Figures) -> None:
    figures.add("days of a year, with both changes of the clocks", "365", len(year.days))
    looks = len(year.days) * len(SOURCES) * len(SAMPLES)
    figures.add("recurring samples wrong on a day", "0", f"{len(year.wrong)} of {looks} looks")
    assert year.wrong == []
    assert set(CHANGES) <= set(year.days)
    assert (year.days[-1] - year.days[0]).days >= 365


def test_a_day_on_which_nothing_changes_changes_no_byte_of_the_dumps(
    year: Year, figures: Figures
) -> None:
    figures.add("quiet days on which a dump changed", "0", f"{len(year.restless)} of {year.quiet}")
    assert year.restless == []
    assert year.quiet >= sized(5, 300)


def test_a_calendar_that_never_changes_still_has_its_next_twelve_months(
    year: Year, figures: Figures
) -> None:
    ahead = (year.horizon["fidele"] - year.days[-1]).days
    figures.add("days ahead known of a calendar that answers 304", ">= 358", ahead)
    assert ahead >= 365 - 7
    assert set(year.outcomes["fidele"]) == {"committed", "unchanged"}
    assert year.statuses.count(304) > len(year.days) // 2


def test_a_calendar_whose_server_died_after_the_first_day_has_them_as_well(
    year: Year, figures: Figures
) -> None:
    ahead = (year.horizon["mort"] - year.days[-1]).days
    figures.add("days ahead known of a calendar whose server is dead", ">= 358", ahead)
    assert ahead >= 365 - 7
    assert set(year.outcomes["mort"][1:]) == {"failed"}
