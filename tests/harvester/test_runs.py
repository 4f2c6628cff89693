"""Harvest runs from address to store: what a failure, a repetition and a crash leave behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.child import digest_of
from harvester.digest import Digest
from harvester.errands import window_at
from harvester.parcel import Task
from harvester.place import Place
from harvester.records import HarvestError
from harvester.report import Report
from harvester.runs import harvest
from harvester.seeing.looking import looking
from harvester.session import chosen, opened
from harvester.sources import Config, load
from harvester.telling.news import news
from harvester.telling.tables import report_table
from mappings import Mapping, platforms
from store import follow
from store.captures import Captures
from store.changelog import ChangeLog
from store.embedded import EmbeddedStore
from store.errors import LockedError
from store.generations import Generations
from store.standing import SourceState
from store.state import State
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
            if path != "/robots.txt"
        ]
        file = self.folder / "sources.toml"
        head = HEAD.replace("https://node.example/", base)
        file.write_text("\n".join([head, *blocks]), encoding="utf-8")
        return load(file, kinds=platforms().keys())

    def harvest(
        self,
        *ids: str,
        accept: bool = False,
        digest: Callable[[Task], Digest] | None = None,
    ) -> dict[str, Report]:
        """Harvest and publish; the clock moves on by a minute."""
        self.now += timedelta(minutes=1)
        config = self.config()
        with opened(
            config,
            self.place,
            version="1.0",
            clock=lambda: self.now,
            digest=digest,
            accept=accept,
        ) as session:
            reports = list(session.harvest(chosen(config, ids)))
            session.publish()
        return {report.source: report for report in reports}

    def look(self) -> dict[str, Report]:
        """What a harvest would report, with nothing written."""
        self.now += timedelta(minutes=1)
        config = self.config()
        with looking(config, self.place, version="1.0", clock=lambda: self.now) as means:
            return {report.source: report for report in harvest(chosen(config, ()), means)}

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


def test_an_address_of_brackets_is_harvested(tmp_path: Path) -> None:
    """``tx_cal[view]=ics`` of TYPO3: no IRI, and an address that every server takes."""
    with loopback_site() as site:
        node = Node(tmp_path, site)
        site.pages["/agenda"] = Page(calendar(BAL))
        config = node.config()
        site.pages["/agenda?tx_cal%5Bview%5D=ics"] = Page(calendar(BAL))
        url = f"{site.url}/agenda?tx_cal[view]=ics"
        source = config.sources[0].model_copy(update={"url": url})
        clock = lambda: node.now  # noqa: E731
        with opened(config, node.place, version="1.0", clock=clock) as session:
            (report,) = session.harvest([source])
        assert (report.outcome, report.records) == ("committed", 1)


def test_a_first_run_commits_and_publishes(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    report = node.harvest()["mairie"]
    assert (report.outcome, report.added, report.records) == ("committed", 2, 2)
    assert node.names() == {"Bal", "Concert"}
    generation = Generations(node.place.generations).current()
    assert generation is not None
    assert generation.counts[IRIS.source_graph("mairie")] > 0
    assert generation.facts["title"] == "Essai"


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
    assert node.look()["mairie"].added == 1
    assert not node.place.var.exists()
    node.harvest()
    before = node.graphs()
    node.site.pages["/mairie"] = Page(calendar(BAL, MARCHE))
    assert node.look()["mairie"].added == 1
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
    after = node.graphs()
    assert {name: before[name] - after[name] for name in before if before[name] - after[name]} == {}


def test_a_source_that_goes_back_to_what_it_said_before_a_crash_is_read_again(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The validators of the state would make it 304, though the store holds what came between."""
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    node.site.pages["/mairie"] = Page(calendar(("a", "Grand bal")))
    with monkeypatch.context() as patch:
        patch.setattr(EmbeddedStore, "flush", crash)
        with pytest.raises(KeyboardInterrupt):
            node.harvest()
    assert node.names() == {"Grand bal"}
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    assert node.names() == {"Bal"}


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
    assert (report.changed, report.quads) == (0, 7), "but for the version that wrote it"
    assert node.site.statuses[-1] == 304, "what is kept of it is read again"


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


def test_a_store_that_was_taken_away_is_filled_again(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    shutil.rmtree(node.place.store)
    report = node.harvest()["mairie"]
    assert (report.outcome, report.added) == ("committed", 1)
    assert node.names() == {"Bal"}


def test_an_event_that_cannot_be_read_any_more_stays_as_it_was(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    broken = calendar(BAL).replace(b"END:VCALENDAR", b"") + (
        b"BEGIN:VEVENT\r\nUID:b@agenda.example\r\nSUMMARY:Concert\r\n"
        b"DTSTART;VALUE=DATE:samedi\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    node.site.pages["/mairie"] = Page(broken)
    for _ in range(3):
        report = node.harvest()["mairie"]
        assert (report.removed, report.leaving) == (0, 0)
        node.now += DAY
    assert node.names() == {"Bal", "Concert"}


def weekly(rule: str) -> bytes:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\nBEGIN:VEVENT\r\n"
        "UID:yoga@agenda.example\r\nSUMMARY:Yoga\r\nDTSTART:20260505T180000Z\r\n"
        f"RRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


@pytest.mark.parametrize("rule", ["FREQ=WEKLY", "FREQ=WEEKLY;INTERVAL=0", "FREQ=HOURLY"])
def test_a_rule_that_cannot_be_read_takes_no_date_away(node: Node, rule: str) -> None:
    node.site.pages["/mairie"] = Page(weekly("FREQ=WEEKLY"))
    known = node.harvest()["mairie"].records
    node.site.pages["/mairie"] = Page(weekly(rule))
    for _ in range(3):
        assert node.harvest()["mairie"].removed == 0
        node.now += DAY
    assert node.state("mairie").records == known


def test_a_source_of_which_nothing_can_be_used_has_failed_and_says_so_again(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(("a", "")))
    for failures in (1, 2):
        report = node.harvest()["mairie"]
        assert report.outcome == "failed"
        assert "enbauges status mairie" in str(report.reason)
        assert node.state("mairie").failures == failures
    with State(node.place.state) as state:
        assert any(issue.severity == "error" for issue in state.issues("mairie"))


@pytest.mark.parametrize("later", [Page(calendar()), Page(b"", status=500)])
def test_a_licence_that_is_withdrawn_takes_back_the_texts_of_what_stays(
    node: Node, later: Page
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    assert any("Venez nombreux" in line for lines in node.graphs().values() for line in lines)
    node.more = ""
    node.site.pages["/mairie"] = later
    node.harvest()
    assert node.names() == {"Bal"}
    assert not any("Venez nombreux" in line for lines in node.graphs().values() for line in lines)
    current = Generations(node.place.generations).current()
    assert current is not None
    assert current.number == 2


def test_a_value_the_program_does_not_know_costs_its_entry_alone(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    quads = Mapping.quads

    def fragile(self: Mapping, record: dict[str, Any], *rest: Any) -> Any:
        if record["summary"] == "Bal":
            raise OverflowError("too big")
        return quads(self, record, *rest)

    monkeypatch.setattr(Mapping, "quads", fragile)
    report = node.harvest(digest=digest_of)["mairie"]
    assert report.outcome == "committed"
    assert [issue.code for issue in report.issues if issue.severity == "error"] == ["unforeseen"]
    assert node.names() == {"Concert"}


def test_communes_are_named_where_things_are_and_forgotten_with_them(node: Node) -> None:
    """Those of the territory always; one beyond it while something is there."""

    def named() -> set[str]:
        lines = node.graphs()[IRIS.graph("canonical")]
        return {line.split('"')[1] for line in lines if "/id/commune/" in line.split(" ")[0]
                and term("schema:name") in line}  # fmt: skip

    node.more = 'licence = "accord"\ncommune = "73065"\n'
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    assert named() == {"Le Châtelard", "Chambéry"}
    node.more = 'licence = "accord"\n'
    node.harvest()
    assert named() == {"Le Châtelard"}


def test_a_generation_that_cannot_be_opened_is_published_anew(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    shutil.rmtree(node.place.generations / "current" / "store")
    node.harvest()
    current = Generations(node.place.generations).current()
    assert current is not None
    assert current.number == 2


def test_numbers_inside_texts_are_masked_unless_the_source_says_otherwise(node: Node) -> None:
    def texts() -> str:
        return "\n".join(node.graphs()[IRIS.source_graph("mairie")])

    body = calendar(BAL).replace(b"Venez nombreux", b"Appelez le 06 39 98 12 34")
    node.site.pages["/mairie"] = Page(body)
    node.harvest()
    assert "06 39 98 12 34" not in texts()
    node.more += 'contacts = "publish"\n'
    node.harvest()
    assert "06 39 98 12 34" in texts()


WEEKLY = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\nBEGIN:VEVENT\r\nUID:yoga@a.example\r\n"
    b"SUMMARY:Yoga\r\nDTSTART;TZID=Europe/Paris:20260506T190000\r\n"
    b"DTEND;TZID=Europe/Paris:20260506T200000\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def last_date(node: Node) -> str:
    """The start of the last event in the canonical graph."""
    canonical, start = node.graphs()[IRIS.graph("canonical")], f"<{term('schema:startDate')}>"
    return max(line.split('"')[1] for line in canonical if start in line)[:10]


@pytest.mark.parametrize("status", [200, 500])
def test_the_dates_of_an_unchanged_calendar_follow_the_clock(node: Node, status: int) -> None:
    """Whether its server says that nothing changed, or no longer answers (rule 12)."""
    node.site.pages["/mairie"] = Page(WEEKLY)
    node.harvest()
    assert last_date(node) == "2027-05-26"
    node.site.pages["/mairie"] = Page(WEEKLY, status=status, tagged=status == 200)
    node.now += 90 * DAY
    report = node.harvest()["mairie"]
    assert node.site.statuses[-1] == (304 if status == 200 else status)
    assert report.outcome == ("committed" if status == 200 else "failed")
    assert report.quads > 0
    assert last_date(node) == "2027-08-25"
    assert node.harvest()["mairie"].quads == 0


def test_what_a_source_answered_is_kept_when_it_could_be_read(node: Node) -> None:
    def kept() -> list[bytes]:
        return [each.pages[0].body for each in Captures(node.place.captures).all("mairie")]

    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.look()
    assert kept() == []
    node.harvest()
    node.harvest()
    node.site.pages["/mairie"] = Page(b"<html><body>Panne</body></html>")
    node.harvest()
    assert kept() == [calendar(BAL)]
    node.site.pages["/mairie"] = Page(calendar(CONCERT))
    node.harvest()
    assert kept() == [calendar(CONCERT), calendar(BAL)]


def unmeasured(node: Node) -> dict[str, frozenset[str]]:
    """The graphs without how the sources do, which follows the state and not the runs."""
    return {
        name: frozenset(line for line in lines if f"<{IRIS.base}id/measure/" not in line)
        for name, lines in node.graphs().items()
    }


def test_what_a_run_changes_is_logged_and_can_be_undone(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    before = unmeasured(node)
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    last, first = ChangeLog(node.place.changes).entries("mairie")
    with EmbeddedStore(node.place.store) as store:
        for entry in (first, last):
            assert store.about(IRIS.graph("provenance"), entry.activity)
        store.apply(last.changeset.inverse())
    assert unmeasured(node) == before


def test_an_unchanged_answer_confirms_what_is_missing_without_being_read(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL))
    assert node.harvest()["mairie"].leaving == 1
    assert node.names() == {"Bal", "Concert"}
    node.now += DAY
    report = node.harvest()["mairie"]
    assert node.site.statuses[-1] == 304
    assert (report.removed, report.leaving, report.reason) == (1, 0, None)
    assert node.names() == {"Bal"}
    node.now += 6 * DAY
    report = node.harvest()["mairie"]
    assert (report.removed, report.records) == (0, 1), "it had left already"
    stones = node.graphs()[IRIS.graph("tombstones")]
    assert any(term("eb:Tombstone") in line for line in stones)
    assert node.harvest()["mairie"].quads == 0


def test_removals_that_are_held_can_be_accepted(node: Node) -> None:
    many = [(str(number), f"Veillée {number}") for number in range(12)]
    node.site.pages["/mairie"] = Page(calendar(*many))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(*many[:3]))
    held = node.harvest()["mairie"]
    assert held.outcome == "held"
    assert "--accept-removals" in str(held.reason)
    assert len(node.names()) == 12
    accepted = node.harvest("mairie", accept=True)["mairie"]
    assert (accepted.outcome, accepted.removed) == ("committed", 9)
    with State(node.place.state) as state:
        appraisal = state.appraisal("mairie")
    assert appraisal is not None
    (nowhere,) = (each for each in appraisal.remarks if each.code == "event-no-place")
    assert nowhere.message.values["total"] == accepted.records, "what left counts no more"
    assert node.names() == {"Veillée 0", "Veillée 1", "Veillée 2"}


def test_runs_are_remembered(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    node.site.pages["/mairie"] = Page(b"", status=500)
    node.harvest()
    with State(node.place.state) as state:
        good, bad = state.runs("mairie")
    assert (good.outcome, good.records, good.added, good.reason) == ("committed", 1, 1, None)
    assert (bad.outcome, bad.records) == ("failed", 1)
    assert "breakdown" in str(bad.reason)


def expected(node: Node) -> list[str]:
    with State(node.place.state) as state:
        issues = state.issues("mairie")
    return [issue.code for issue in issues if issue.code.startswith("expected-")]


def test_a_number_that_was_not_kept_stays_told_while_nothing_changes(node: Node) -> None:
    """What is missing stays published for a while, and does not count as having come."""
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT, MARCHE))
    node.more += "expect = { min_records = 2 }\n"
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL))
    for _ in range(3):
        node.harvest()
        assert expected(node) == ["expected-min-records"]
    assert node.site.statuses[-1] == 304


def test_the_number_of_records_is_that_which_came(node: Node) -> None:
    """What is kept though it did not come would hide that a source drops."""
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT, MARCHE))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL))
    assert [node.harvest()["mairie"].records for _ in range(2)] == [1, 1]
    assert node.state("mairie").records == 1


def test_a_broken_expectation_is_a_reproach_of_the_run(node: Node) -> None:
    node.more += 'expect = { min_records = 2, fresh = "30d" }\n'
    node.site.pages["/mairie"] = Page(calendar(BAL))
    report = node.harvest()["mairie"]
    assert report.outcome == "committed"
    assert [issue.code for issue in report.issues if issue.code == "expected-min-records"]
    assert expected(node) == ["expected-min-records"]


def test_an_unchanged_source_gets_old(node: Node) -> None:
    """Its age is asked anew at each run, though its content is not read again."""
    node.more += 'expect = { fresh = "30d" }\n'
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    assert expected(node) == []
    node.now = datetime(2026, 7, 13, 12, 1, tzinfo=UTC) - DAY
    assert node.harvest()["mairie"].outcome == "unchanged"
    assert expected(node) == []
    node.now += 3 * DAY
    assert node.harvest()["mairie"].outcome == "unchanged"
    assert expected(node) == ["expected-fresh"]


def test_a_run_leaves_how_complete_the_source_is(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    with State(node.place.state) as state:
        appraisal = state.appraisal("mairie")
    assert appraisal is not None
    assert appraisal.score == 100 - sum(remark.points for remark in appraisal.of("penalty"))
    assert "event-no-place" in {remark.code for remark in appraisal.remarks}


def measures(node: Node) -> dict[str, str]:
    """What is published of the state of the sources."""
    prefix = IRIS.measure("mairie", "")
    current = Generations(node.place.generations).current()
    assert current is not None
    return {
        line.split()[0].strip("<>").removeprefix(prefix): line.split('"')[1]
        for line in node.graphs()[IRIS.graph("provenance")]
        if f"<{term('dqv:value')}>" in line
    }


def test_how_a_source_does_is_published_with_what_changed_and_makes_no_generation(
    node: Node,
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    first = measures(node)
    assert (first["condition"], first["records"]) == ("fine", "1")
    node.site.pages["/mairie"] = Page(b"", status=500)
    node.harvest()
    generation = Generations(node.place.generations).current()
    assert generation is not None
    assert generation.number == 1
    assert measures(node) == first
    node.site.pages["/amap"] = Page(calendar(MARCHE))
    node.harvest()
    assert measures(node)["condition"] == "failed"


def test_each_source_that_ran_has_a_feed_for_its_publisher(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    assert b"Agenda /mairie" in follow.path_of(node.place.var, "mairie").read_bytes()


def test_what_goes_wrong_with_telling_harms_no_harvest(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.session.write_feeds", lambda *_: 1 / 0)
    node.site.pages["/mairie"] = Page(calendar(BAL))
    assert node.harvest()["mairie"].outcome == "committed"
    assert Generations(node.place.generations).current() is not None


def test_a_dry_run_tells_nobody(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.look()
    assert not node.place.var.exists()


def test_a_commune_that_joins_the_territory_is_published(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    wider = HEAD.replace('["73081"]', '["73081", "73106"]')
    monkeypatch.setattr("tests.harvester.test_runs.HEAD", wider)
    assert node.harvest()["mairie"].outcome == "unchanged"
    current = Generations(node.place.generations).current()
    assert current is not None
    assert current.number == 2
    assert any(IRIS.commune("73106") in line for line in node.graphs()[IRIS.graph("canonical")])


def test_what_was_stored_before_the_program_failed_is_asked_for_in_full(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    with monkeypatch.context() as broken:
        broken.setattr("harvester.endings.missing", None)
        assert node.harvest()["mairie"].outcome == "failed"
    assert node.names() == {"Bal", "Concert"}
    node.site.pages["/mairie"] = Page(calendar(BAL))  # its validators are those of the first read
    assert node.harvest()["mairie"].leaving == 1


def test_a_damaged_capture_is_asked_for_again_and_replaced(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    (kept,) = (node.place.captures / "mairie").glob("*.zip")
    kept.write_bytes(b"")  # as a loss of power may leave it
    node.more = 'licence = "etalab-2.0"\ncontacts = "publish"\n'
    node.harvest()
    assert node.site.statuses == [200, 200]
    assert next(Captures(node.place.captures).all("mairie")).pages[0].body == calendar(BAL)


def test_what_a_changed_mapping_makes_of_an_unreachable_source_is_a_change(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.more = ""
    node.harvest()
    node.site.pages["/mairie"] = Page(b"", status=503)
    node.more = 'licence = "etalab-2.0"\n'
    assert node.harvest()["mairie"].quads > 0
    assert node.state("mairie").changed_at == node.now


def entities(node: Node) -> dict[str, str]:
    """Name → the IRI of the entity, of the events that are shown."""
    name = f"<{term('schema:name')}>"
    return {
        line.split('"')[1]: line.split(" ")[0]
        for line in node.graphs().get(IRIS.graph("canonical"), ())
        if name in line and "/id/event/" in line
    }


def emptied(node: Node) -> None:
    """The calendar of ``/mairie`` is read empty until what was there lies in its tomb."""
    node.site.pages["/mairie"] = Page(calendar())
    for _ in range(4):
        node.now += 3 * DAY
        node.harvest()


def test_what_comes_back_from_its_tomb_under_a_new_id_keeps_its_address(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
    node.harvest()
    before = entities(node)
    emptied(node)
    assert len(node.graphs()[IRIS.graph("tombstones")]) > 0
    node.site.pages["/mairie"] = Page(calendar(("x1", "Bal"), ("x2", "Concert"), ("x3", "Loto")))
    node.harvest()
    after = entities(node)
    assert {name: after[name] for name in before} == before
    assert after["Loto"] not in before.values()
    assert IRIS.graph("tombstones") not in node.graphs()
    assert node.harvest()["mairie"].quads == 0


def test_two_tombs_of_one_name_and_day_are_nobodys(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(("a", "Bal"), ("b", "Bal")))
    node.harvest()
    before = entities(node)
    emptied(node)
    node.site.pages["/mairie"] = Page(calendar(("x", "Bal")))
    node.harvest()
    assert entities(node)["Bal"] not in before.values()


def test_a_tomb_is_not_opened_by_another_source(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    before = entities(node)
    emptied(node)
    node.site.pages["/foyer"] = Page(calendar(("x", "Bal")))
    node.harvest()
    assert entities(node)["Bal"] != before["Bal"]


def test_a_publisher_who_renews_every_id_is_not_told_as_new_and_gone(node: Node) -> None:
    names = [f"Fête {number}" for number in range(12)]
    node.site.pages["/mairie"] = Page(calendar(*((f"a{name}", name) for name in names)))
    node.harvest()
    before = entities(node)
    node.site.pages["/mairie"] = Page(calendar(*((f"b{name}", name) for name in names)))
    report = node.harvest()["mairie"]
    assert (report.added, report.removed, report.renewed) == (0, 0, 12)
    assert report_table([report]).rows[0][3:6] == (0, 12, 0)
    assert entities(node) == before
    told = [one.message.render("en") for one in news(SourceState("mairie"), report)]
    assert told == [
        "ids renewed by the source: 12 — the things are the same, and keep their addresses"
    ]
