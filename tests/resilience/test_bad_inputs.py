"""Bad inputs, each beside sound sources: the program lives, nothing is lost, and it says why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.fetch import Limits
from tests.requirements import shared
from tests.resilience import bad_csv, bad_feed, bad_http, bad_ics, bad_json, bad_text
from tests.resilience.bad import Bad
from tests.resilience.conftest import Figures
from tests.resilience.driver import Harvested, Told, harvested
from tests.resilience.nodes import IRIS, MEDIA, NOW, Block, graphs, register, sound
from tests.resilience.raw import RawSite, numbered, raw_site, tagged
from tests.resilience.size import sized

EVERY = [
    case
    for module in (bad_http, bad_text, bad_feed, bad_json, bad_ics, bad_csv)
    for case in module.CASES
]
CASES = EVERY[:: sized(6, 1)]
GOOD = 12
LIMITS = Limits(connect=2, read=2, total=3, max_bytes=4 * 1024 * 1024)
MOST_MEMORY = 1024  # MB
Graphs = Mapping[str, frozenset[str]]


def bad_id(number: int) -> str:
    return f"bad-{number}"


@dataclass(frozen=True)
class Played:
    """Three harvests of one node: all sound; the bad ones bad; all sound again."""

    before: Harvested
    during: Harvested
    after: Harvested
    graphs_before: Graphs
    graphs_during: Graphs


def put_good(site: RawSite, edition: str) -> list[Block]:
    """Sound sources of every kind, which a bad one must not touch."""
    blocks = []
    for number in range(GOOD):
        kind = list(MEDIA)[number % len(MEDIA)]
        act = tagged(sound(kind, f"{edition} {number}"), MEDIA[kind])
        blocks.append(
            Block(f"good-{number}", kind, site.put(numbered(1000 + number), "/good", act))
        )
    return blocks


def put_bad(site: RawSite, *, bad: bool) -> list[Block]:
    blocks = []
    for number, case in enumerate(CASES):
        act = case.act if bad else tagged(sound(case.kind, "d'avant"), MEDIA[case.kind])
        url = site.put(numbered(number), "/bad", act)
        blocks.append(Block(bad_id(number), case.kind, url))
    return blocks


def mixed(good: list[Block], bad: list[Block]) -> list[Block]:
    """Sound sources at the head, at the end and all through the bad ones."""
    step = max(1, len(bad) // len(good))
    told: list[Block] = []
    for place, block in enumerate(bad):
        if place % step == 0 and good:
            told.append(good.pop())
        told.append(block)
    return [*told, *good]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("bad")
    with raw_site() as site:
        register(folder, mixed(put_good(site, "un"), put_bad(site, bad=False)))
        before = harvested(folder, NOW, LIMITS)
        graphs_before = graphs(folder)
        put_good(site, "deux")
        put_bad(site, bad=True)
        during = harvested(folder, NOW + timedelta(hours=7), LIMITS)
        graphs_during = graphs(folder)
        put_bad(site, bad=False)
        after = harvested(folder, NOW + timedelta(hours=14), LIMITS)
        yield Played(before, during, after, graphs_before, graphs_during)


def report_of(played: Played, case: Bad) -> Told:
    return played.during.reports[bad_id(CASES.index(case))]


def test_there_are_at_least_150_and_each_has_a_name() -> None:
    assert len({case.name for case in EVERY}) == len(EVERY)
    assert len(EVERY) >= 150


def test_the_program_lives(played: Played, figures: Figures) -> None:
    for run in (played.before, played.during, played.after):
        assert run.status == 0, run.errors[-2000:]
        assert len(run.reports) == len(CASES) + GOOD
    figures.add("bad inputs that the program survived", ">= 150", len(CASES))


def test_no_process_takes_more_than_a_gigabyte(played: Played, figures: Figures) -> None:
    peak = played.during.peak
    figures.add(
        "most memory of a process with bad inputs", "<= 1024 MB", f"{peak.megabytes:.0f} MB"
    )
    assert peak.megabytes < MOST_MEMORY


def test_everything_was_sound_before(played: Played) -> None:
    assert {report.outcome for report in played.before.reports.values()} == {"committed"}


def test_the_sound_sources_of_the_same_run_are_stored(played: Played) -> None:
    for number in range(GOOD):
        name = f"good-{number}"
        assert played.during.reports[name].outcome == "committed"
        lines = played.graphs_during[IRIS.source_graph(name)]
        assert sum(f"deux {number}" in line for line in lines) == 3, name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_bad_input_held_before_is_intact(played: Played, case: Bad) -> None:
    graph = IRIS.source_graph(bad_id(CASES.index(case)))
    lost = played.graphs_before[graph] - played.graphs_during[graph]
    assert lost == frozenset()
    assert report_of(played, case).removed == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_input_ends_as_it_should_and_says_why(played: Played, case: Bad) -> None:
    report = report_of(played, case)
    assert report.outcome == case.outcome, report
    assert "does not know" not in report.reason + str(report.issues)
    assert re.search(case.says, report.reason), report.reason
    if case.outcome == "failed":
        assert " — " in report.reason, "no remedy"
        (sentence,) = report.sentences
        assert re.match(rf"{report.source}\s?:", sentence), sentence
    if case.code:
        assert any(re.match(case.code, code) for code in report.codes), report.issues[:5]


def test_every_source_is_well_again_once_its_server_is(played: Played) -> None:
    ill = {
        name: report.reason
        for name, report in played.after.reports.items()
        if report.outcome == "failed"
    }
    assert ill == {}


NASTY = {"ics-nasty": "ics", "feed": "feed"}


@dataclass(frozen=True)
class Nasty:
    """Real files in the place of sound content: what was stored before, and after."""

    files: list[Path]
    run: Harvested
    before: Graphs
    after: Graphs


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nasty]:
    folder = tmp_path_factory.mktemp("nasty")
    corpus = shared("corpus")
    told = [
        (path, kind)
        for name, kind in NASTY.items()
        for path in sorted((corpus / name).rglob("*"))
        if path.is_file()
    ][:: sized(20, 1)]
    with raw_site() as site:

        def show(bodies: Iterable[bytes]) -> None:
            register(
                folder,
                [
                    Block(
                        bad_id(place),
                        kind,
                        site.put(numbered(place), "/bad", tagged(body, MEDIA[kind])),
                    )
                    for place, ((_, kind), body) in enumerate(zip(told, bodies, strict=True))
                ],
            )

        show(sound(kind, "d'avant") for _, kind in told)
        harvested(folder, NOW, LIMITS)
        before = graphs(folder)
        show(path.read_bytes() for path, _ in told)
        run = harvested(folder, NOW + timedelta(hours=7), LIMITS)
        yield Nasty([path for path, _ in told], run, before, graphs(folder))


@pytest.mark.corpus
def test_a_nasty_file_of_others_loses_nothing_and_is_told(nasty: Nasty, figures: Figures) -> None:
    assert nasty.run.status == 0, nasty.run.errors[-2000:]
    assert len(nasty.run.reports) == len(nasty.files)
    for number, path in enumerate(nasty.files):
        report = nasty.run.reports[bad_id(number)]
        assert report.outcome in {"committed", "unchanged", "failed"}, path.name
        assert "does not know" not in report.reason + str(report.issues), path.name
        assert report.outcome != "failed" or " — " in report.reason, path.name
        graph = IRIS.source_graph(bad_id(number))
        assert nasty.before[graph] <= nasty.after[graph], path.name
    figures.add("nasty files of the corpus survived", "all", len(nasty.files))
    assert nasty.run.peak.megabytes < MOST_MEMORY
