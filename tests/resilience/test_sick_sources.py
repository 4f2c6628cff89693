"""Two hundred sources of which one in five is sick: the others are stored, and in time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest

from harvester.fetch import Limits
from tests.resilience.bad_ics import CASES as BAD_CALENDARS
from tests.resilience.conftest import Figures
from tests.resilience.driver import Harvested, harvested
from tests.resilience.nodes import (
    MEDIA,
    NOW,
    Block,
    calendar,
    event,
    register,
    sound,
)
from tests.resilience.raw import (
    Act,
    Exchange,
    RawSite,
    answer,
    endless,
    head,
    numbered,
    raw_site,
    sent,
    tagged,
    trickled,
)
from tests.resilience.size import sized

SOURCES = sized(60, 200)
SICK_IN = 5  # one in five
ON_A_HOST = 2  # sources that share a host, sick and sound ones together
LIMITS = Limits(connect=3, read=3, total=sized(3, 6), max_bytes=8 * 1024 * 1024)
GRACE = 2.0
MOST_MEMORY = 1024  # MB
BODY = calendar(event("neuf", "Loto"))
LENGTH = f"Content-Length: {len(BODY)}"


def slow(exchange: Exchange) -> None:
    """Nothing for a while, then everything: within the limits, so this one is stored."""
    exchange.wait(LIMITS.read * 0.6)
    answer(BODY)(exchange)


def hanging_in_the_body(exchange: Exchange) -> None:
    sent(head("200 OK", MEDIA["ics"], LENGTH) + BODY[:80], 600.0)(exchange)


def many(exchange: Exchange) -> None:
    """A large calendar, which takes a child a good while."""
    events = (event(f"n{n}", f"Rendez-vous {n}") for n in range(sized(1_500, 6_000)))
    answer(calendar(*events))(exchange)


HEAVY = {
    case.name: case.act
    for case in BAD_CALENDARS
    if case.name in {"fifty-daily-series-without-end", "twenty-thousand-dates"}
}
SICK: dict[str, Act] = {
    "silent": sent(600.0),
    "silent-in-the-body": hanging_in_the_body,
    "drop-by-drop": trickled(head("200 OK", MEDIA["ics"], LENGTH) + BODY, 0.5),
    "huge": endless(head("200 OK", MEDIA["ics"]), b"X" * 65536),
    "huge-json": endless(head("200 OK", MEDIA["ics"]), json.dumps(["x" * 60_000]).encode()),
    "error-page": answer(b"<!DOCTYPE html><html><body>Oups</body></html>", "text/html"),
    "breakdown": answer(b"", "text/html", "503 Service Unavailable", "Retry-After: 5"),
    "cut-short": sent(head("200 OK", MEDIA["ics"], "Content-Length: 99999") + BODY),
    "loop": answer(b"", "text/html", "302 Found", "Location: /loop"),
    "hung-up": sent(),
}
STORED_THOUGH_SICK: dict[str, Act] = {"slow": slow, "large": many, **HEAVY}
KINDS = ("ics", "feed", "geojson", "csv", "gogocarto", "enbauges")


@dataclass(frozen=True)
class Round:
    """One harvest of all of them."""

    good: list[str]
    stored_though_sick: list[str]
    failing: list[str]
    harvest: Harvested
    wall: float
    longest: float
    most_at_once: int
    hosts_at_once: int


def registered(site: RawSite) -> tuple[list[Block], dict[str, list[str]]]:
    names: dict[str, list[str]] = {"good": [], "stored": [], "failing": []}
    sick = cycle([*SICK.items(), *STORED_THOUGH_SICK.items()])
    kinds = cycle(KINDS)
    blocks = []
    for number in range(SOURCES):
        host = numbered(number // ON_A_HOST)
        if number % SICK_IN == SICK_IN - 1:
            illness, act = next(sick)
            name, kind = f"{illness}-{number}", "ics"
            names["stored" if illness in STORED_THOUGH_SICK else "failing"].append(name)
        else:
            kind = next(kinds)
            name, act = f"good-{number}", tagged(sound(kind, str(number)), MEDIA[kind])
            names["good"].append(name)
        path = "/loop" if name.startswith("loop") else f"/{name}"
        blocks.append(Block(name, kind, site.put(host, path, act)))
    return blocks, names


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    folder = tmp_path_factory.mktemp("sick")
    with raw_site() as site:
        blocks, names = registered(site)
        register(folder, blocks)
        start = time.monotonic()
        harvest = harvested(folder, NOW, LIMITS)
        wall = time.monotonic() - start
        yield Round(
            good=names["good"],
            stored_though_sick=names["stored"],
            failing=names["failing"],
            harvest=harvest,
            wall=wall,
            longest=max(visit.seconds for visit in site.visits),
            most_at_once=max(map(site.most_at_once, site.hosts)),
            hosts_at_once=site.most_hosts_at_once,
        )


def test_every_good_source_is_committed(played: Round, figures: Figures) -> None:
    reports = played.harvest.reports
    sick = len(played.failing) + len(played.stored_though_sick)
    committed = [name for name in played.good if reports[name].outcome == "committed"]
    figures.add(f"good ones stored among {SOURCES} with {sick} sick", "all",
                f"{len(committed)} of {len(played.good)}")  # fmt: skip
    figures.add("time for all of them", "–", f"{played.wall:.0f} s")
    assert played.harvest.status == 0, played.harvest.errors[-2000:]
    assert committed == played.good
    assert sick == SOURCES // SICK_IN


def test_a_source_that_is_slow_or_large_and_sound_is_stored_as_well(played: Round) -> None:
    reports = played.harvest.reports
    assert {reports[name].outcome for name in played.stored_though_sick} == {"committed"}


def test_every_sick_source_has_failed_and_says_why(played: Round) -> None:
    for name in played.failing:
        report = played.harvest.reports[name]
        assert report.outcome == "failed", report
        assert " — " in report.reason, report
        assert "does not know" not in report.reason, report


def test_every_fetch_ends_within_the_deadline_and_two_seconds(
    played: Round, figures: Figures
) -> None:
    most = LIMITS.total + GRACE
    figures.add("longest fetch", f"<= {most:.0f} s", f"{played.longest:.1f} s")
    assert played.longest <= most


def test_a_host_is_asked_one_thing_at_a_time_and_several_hosts_at_once(
    played: Round, figures: Figures
) -> None:
    figures.add("requests at once to one host", "<= 1", played.most_at_once)
    figures.add("hosts asked at once", "> 1", played.hosts_at_once)
    assert played.most_at_once == 1
    assert played.hosts_at_once > 1


def test_no_process_of_the_harvest_takes_a_gigabyte(played: Round, figures: Figures) -> None:
    peak = played.harvest.peak
    figures.add("most memory of a process", "<= 1024 MB",
                f"{peak.megabytes:.0f} MB of {peak.processes}")  # fmt: skip
    assert peak.megabytes <= MOST_MEMORY
    assert peak.processes > 1, "children read what is foreign"
