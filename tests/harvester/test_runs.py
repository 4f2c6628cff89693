"""Harvest runs from address to store: what a failure, a repetition and a crash leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.records import HarvestError
from harvester.runs import Report, window_at
from harvester.session import Place, chosen, opened
from harvester.sources import Config, load
from mappings import platforms
from store.embedded import EmbeddedStore
from store.errors import LockedError
from store.generations import Generations
from store.state import SourceState, State
from tests.loopback import Page, Site, loopback_site
from vocab import term
from vocab.iris import Iris

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
IRIS = Iris("https://node.example/")
HEAD = """
[site]
title = "Essai"
base = "https://node.example/"
contact = "contact@node.example"
territory = ["73081"]
"""


def calendar(*events: tuple[str, str]) -> bytes:
    blocks = "".join(
        f"BEGIN:VEVENT\r\nUID:{uid}@agenda.example\r\nSUMMARY:{title}\r\n"
        "DTSTART;VALUE=DATE:20260613\r\nDESCRIPTION:Venez nombreux\r\nEND:VEVENT\r\n"
        for uid, title in events
    )
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\n"
    return f"{head}{blocks}END:VCALENDAR\r\n".encode()


BAL, CONCERT, MARCHE = ("a", "Bal"), ("b", "Concert"), ("c", "Marché")


class Node:
    """A node whose sources are the pages of one site."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.site = folder, site
        self.place = Place(folder / "var")
        self.now = NOW
        self.more = 'licence = "etalab-2.0"\n'

    def config(self, base: str = "https://node.example/") -> Config:
        blocks = [
            f'[[source]]\nid = "{path.strip("/")}"\nkind = "ics"\nurl = "{self.site.url}{path}"\n'
            f'title = "Agenda {path}"\npublisher = "Mairie"\nallow_private = true\n{self.more}'
            for path in self.site.pages
        ]
        file = self.folder / "sources.toml"
        head = HEAD.replace("https://node.example/", base)
        file.write_text("\n".join([head, *blocks]), encoding="utf-8")
        return load(file, kinds=platforms().keys())

    def harvest(self, *ids: str, dry_run: bool = False) -> dict[str, Report]:
        """Harvest and publish; the clock moves on by a minute."""
        self.now += timedelta(minutes=1)
        config = self.config()
        with opened(
            config, self.place, version="1.0", clock=lambda: self.now, dry_run=dry_run
        ) as session:
            reports = list(session.harvest(chosen(config, ids)))
            session.publish()
        return {report.source: report for report in reports}

    def graphs(self) -> dict[str, frozenset[str]]:
        with EmbeddedStore(self.place.store) as store:
            return {name: store.lines(name) for name in store.graph_names()}

    def names(self) -> set[str]:
        """The names in the canonical graph of what is not a commune or a concept."""
        return {
            line.split('"')[1]
            for line in self.graphs().get(IRIS.graph("canonical"), ())
            if f"<{term('schema:name')}>" in line and "/id/event/" in line
        }

    def state(self, source: str) -> SourceState:
        with State(self.place.state) as state:
            return state.get(source)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        yield Node(tmp_path, site)


def test_a_first_run_commits_and_publishes(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    report = node.harvest()["mairie"]
    assert (report.outcome, report.added, report.records) == ("committed", 2, 2)
    assert node.names() == {"Bal", "Concert"}
    generation = Generations(node.place.generations).current()
    assert generation is not None
    assert generation.counts[IRIS.source_graph("mairie")] > 0
    assert generation.facts["kinds"][term("schema:Event")] == 2


def test_an_unchanged_source_costs_a_304_and_changes_no_quad(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    before = node.graphs()
    report = node.harvest()["mairie"]
    assert (report.outcome, report.quads) == ("unchanged", 0)
    assert node.site.statuses[-1] == 304
    assert node.graphs() == before
    assert node.state("mairie").checked_at == node.now
    current = Generations(node.place.generations).current()
    assert current is not None
    assert current.number == 1


def test_without_a_validator_the_content_itself_tells_that_nothing_changed(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL), tagged=False)
    node.harvest()
    assert node.harvest()["mairie"].outcome == "unchanged"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(b"", status=500), "breakdown"),
        (Page(b"", status=404), "does not exist"),
        (Page(b"<!DOCTYPE html><html><body>Maintenance</body></html>", "text/html"), "web page"),
        (Page(b"", "text/calendar"), "—"),
        (Page(b'{"error": "quota"}', "application/json"), "—"),
    ],
)
def test_a_failure_removes_nothing_and_says_why(node: Node, page: Page, said: str) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    before = node.graphs()
    node.site.pages["/mairie"] = page
    report = node.harvest()["mairie"]
    assert report.outcome == "failed"
    assert said in str(report.reason)
    assert node.graphs() == before
    state = node.state("mairie")
    assert (state.failures, state.broken_since) == (1, node.now)
    assert node.harvest()["mairie"].outcome == "failed"
    assert node.state("mairie").failures == 2
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    assert node.harvest()["mairie"].outcome == "unchanged"
    assert node.state("mairie").broken_since is None


def test_one_failing_source_touches_no_other(node: Node) -> None:
    node.site.pages["/mairie"] = Page(b"<html>", "text/html")
    node.site.pages["/asso"] = Page(calendar(BAL))
    reports = node.harvest()
    assert reports["mairie"].outcome == "failed"
    assert reports["asso"].outcome == "committed"
    assert node.names() == {"Bal"}


def test_an_empty_calendar_is_not_an_error(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar())
    report = node.harvest()["mairie"]
    assert (report.outcome, report.reason, report.records) == ("committed", None, 0)


def test_a_withdrawn_event_leaves_after_two_reads_a_day_apart(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL))
    assert node.harvest()["mairie"].removed == 0
    node.now += DAY
    assert node.harvest()["mairie"].removed == 1
    assert node.names() == {"Bal"}
    assert node.harvest()["mairie"].outcome == "unchanged"


def test_a_calendar_that_is_cut_short_removes_nothing(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL).replace(b"END:VCALENDAR\r\n", b""))
    node.harvest()
    node.now += DAY
    assert node.harvest()["mairie"].removed == 0
    assert node.names() == {"Bal", "Concert"}


def test_texts_are_withheld_while_the_licence_is_unknown(node: Node) -> None:
    node.more = ""
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    assert not any("Venez nombreux" in line for lines in node.graphs().values() for line in lines)
    node.more = 'licence = "accord"\n'
    report = node.harvest()["mairie"]
    assert report.changed == 1
    assert any("Venez nombreux" in line for lines in node.graphs().values() for line in lines)


def test_a_dry_run_writes_nothing(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    assert node.harvest(dry_run=True)["mairie"].added == 1
    assert not node.place.var.exists()
    node.harvest()
    before = node.graphs()
    node.site.pages["/mairie"] = Page(calendar(BAL, MARCHE))
    assert node.harvest(dry_run=True)["mairie"].added == 1
    assert node.graphs() == before
    assert node.state("mairie").records == 1


def test_data_committed_before_a_crash_costs_one_useless_fetch(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(State, "save", crash)
        with pytest.raises(KeyboardInterrupt):
            node.harvest()
    assert node.names() == {"Bal"}
    before = node.graphs()
    report = node.harvest()["mairie"]
    assert node.site.statuses[-1] == 200
    assert (report.outcome, report.quads) == ("unchanged", 0)
    assert {k: v for k, v in node.graphs().items() if "provenance" not in k} == {
        k: v for k, v in before.items() if "provenance" not in k
    }


def test_a_program_error_in_one_source_is_its_reason(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))

    def broken(*_: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr("harvester.runs.decide", broken)
    report = node.harvest()["mairie"]
    assert report.outcome == "failed"
    assert "ZeroDivisionError: unforeseen" in str(report.reason)
    assert "--debug harvest mairie" in str(report.reason)


def test_a_second_harvester_is_told_who_holds_the_store(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    with EmbeddedStore(node.place.store), pytest.raises(LockedError):
        node.harvest()


def test_another_base_over_a_filled_store_is_refused(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    before = node.graphs()
    other = node.config(base="https://other.example/")
    with (
        pytest.raises(HarvestError, match=r"base = https://other\.example/"),
        opened(other, node.place, version="1.0", clock=lambda: NOW),
    ):
        pass
    assert node.graphs() == before


def test_an_unknown_id_is_named(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    with pytest.raises(HarvestError, match="mairi"):
        node.harvest("mairi")


def test_a_paused_source_is_only_read_when_it_is_named(node: Node) -> None:
    node.more = 'licence = "accord"\nenabled = false\n'
    node.site.pages["/mairie"] = Page(calendar(BAL))
    assert node.harvest() == {}
    assert node.harvest("mairie")["mairie"].outcome == "committed"


def test_a_new_version_reads_everything_again(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    config = node.config()
    with opened(config, node.place, version="2.0", clock=lambda: node.now) as session:
        (report,) = session.harvest(config.sources)
    assert (report.outcome, report.quads) == ("unchanged", 0)
    assert node.site.statuses[-1] == 200


def test_the_window_moves_by_whole_months() -> None:
    early, late = window_at(NOW), window_at(NOW + 27 * DAY - timedelta(minutes=1))
    assert early.start == datetime(2026, 4, 1, tzinfo=UTC)
    assert early.end == datetime(2027, 6, 1, tzinfo=UTC)
    assert window_at(NOW.replace(day=30)) == early
    assert late == early
    assert window_at(NOW + 31 * DAY) != early


def test_what_is_about_to_leave_is_told(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL))
    report = node.harvest()["mairie"]
    assert report.leaving == 1
    assert "no longer announced: 1" in str(report.reason)
    assert "2026-05-05 12:02" in str(report.reason)
    assert node.state("mairie").reason == report.reason


def test_a_harvest_that_was_interrupted_is_published_by_the_next_one(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    with monkeypatch.context() as patch:
        patch.setattr(Generations, "publish", interrupt)
        with pytest.raises(KeyboardInterrupt):
            node.harvest()
    assert node.harvest()["mairie"].outcome == "unchanged"
    current = Generations(node.place.generations).current()
    assert current is not None
    assert current.number == 2


def test_reproaches_are_told_again_by_a_run_that_changed_nothing(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    first = node.harvest()["mairie"]
    assert first.reproaches > 0
    assert node.harvest()["mairie"].reproaches == first.reproaches


def test_a_wide_source_gives_only_what_is_in_the_territory(node: Node) -> None:
    node.more = 'licence = "accord"\nscope = "wide"\n'
    node.site.pages["/mairie"] = Page(calendar(BAL))
    report = node.harvest()["mairie"]
    assert report.records == 0
    assert [issue.code for issue in report.issues] == ["outside-territory"]
    node.more += 'commune = "73081"\n'
    assert node.harvest()["mairie"].records == 1
