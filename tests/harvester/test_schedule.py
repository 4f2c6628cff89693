"""The schedule without waiting: a clock that the test moves, and alarms that do not ring."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest

from harvester.alarm import Alarm, Bell, RunningError, Watch, sole
from harvester.fetch import Client
from harvester.fetch.errors import answered
from harvester.place import Place
from harvester.schedule import RETRY, Desk, Schedule
from harvester.session import opened
from harvester.sources import Config, load
from mappings import platforms
from store.embedded import EmbeddedStore
from store.errors import StoreError
from store.generations import Generations
from store.standing import SourceState
from store.state import State
from tests.loopback import Page, Site, loopback_site
from vocab.messages import say

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
JITTER = timedelta(minutes=10)
HEAD = """
[site]
title = "Essai"
base = "https://node.example/"
contact = "contact@node.example"
territory = ["73081"]
"""


def calendar(*titles: str) -> Page:
    blocks = "".join(
        f"BEGIN:VEVENT\r\nUID:{title}\r\nSUMMARY:{title}\r\nDTSTART;VALUE=DATE:20260613\r\n"
        "END:VEVENT\r\n"
        for title in titles
    )
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\n"
    return Page(f"{head}{blocks}END:VCALENDAR\r\n".encode())


class Node:
    """A node whose sources are the pages of one site, its desk, and what it told."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.site = site
        self.path = folder / "sources.toml"
        self.place = Place(folder / "var")
        self.now = NOW
        self.told: list[str] = []
        self.stopping = Event()
        self.more: dict[str, str] = {}
        site.pages.update({"/mairie": calendar("Bal"), "/amap": calendar("Marché")})
        desk = Desk(
            path=self.path,
            load=lambda path: load(path, kinds=platforms().keys()),
            place=self.place,
            version="1.0",
            clock=lambda: self.now,
            serving=serving,
            tell=self.told.append,
            language="en",
        )
        self.schedule = Schedule(desk, self.stopping)

    def write(self) -> Config:
        """The sources file, a source for each page and ``more`` in its block."""
        blocks = [
            f'[[source]]\nid = "{page.strip("/")}"\nkind = "ics"\nurl = "{self.site.url}{page}"\n'
            f'title = "Agenda"\npublisher = "Mairie"\nallow_private = true\nevery = "6h"\n'
            f"{self.more.get(page, '')}\n"
            for page in self.site.pages
        ]
        self.path.write_text("\n".join([HEAD, *blocks]), encoding="utf-8")
        return self.schedule.desk.load(self.path)

    def turn(self, *, first: bool = False) -> datetime | None:
        return self.schedule.turn(self.write(), str, first=first)

    def state(self, source: str) -> SourceState:
        with State(self.place.state) as state:
            return state.get(source)

    @property
    def generation(self) -> int:
        current = Generations(self.place.generations).current()
        return current.number if current else 0


def serving(_: Config) -> AbstractContextManager[Any]:
    return nullcontext(str)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        yield Node(tmp_path, site)


def test_a_turn_reads_what_is_due_publishes_and_says_when_to_come_back(node: Node) -> None:
    wake = node.turn(first=True)
    assert node.site.asked == ["/mairie", "/amap"]
    assert node.generation == 1
    assert wake is not None
    assert 6 * HOUR <= wake - NOW <= 6 * HOUR + JITTER
    assert "mairie: new: 1, changed: 0, gone: 0" in node.told
    assert any(told.startswith("generation 1 published") for told in node.told)


def test_a_long_round_publishes_what_it_has_meanwhile(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.schedule.MEANWHILE", timedelta(0))
    node.turn(first=True)
    told = [line for line in node.told if line.startswith("generation ")]
    assert len(told) == node.generation == 2
    assert not (node.place.var / "unfinished").exists()
    node.now += 7 * HOUR
    node.turn()
    assert node.generation == 2, "nothing changed"


def test_a_turn_before_its_time_asks_nobody_and_opens_no_store(node: Node) -> None:
    wake = node.turn(first=True)
    with EmbeddedStore(node.place.store):
        assert node.turn() == wake
    assert len(node.site.asked) == 2


def test_only_what_is_due_is_asked(node: Node) -> None:
    wake = node.turn(first=True)
    assert wake is not None
    node.now = wake
    node.turn()
    assert len(node.site.asked) == 3


def test_what_was_harvested_by_hand_meanwhile_counts(node: Node) -> None:
    node.turn(first=True)
    node.now += 7 * HOUR
    config = node.write()
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        list(session.harvest(config.sources))
        session.publish()
    wake = node.turn()
    assert len(node.site.asked) == 4
    assert wake is not None
    assert wake >= node.now + 6 * HOUR


def test_what_an_interruption_left_is_published_by_the_first_turn(node: Node) -> None:
    config = node.write()
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        list(session.harvest(config.sources))
    assert node.generation == 0
    node.turn(first=True)
    assert node.generation == 1
    assert len(node.site.asked) == 2


def test_an_edited_source_is_read_at_once_and_a_paused_one_no_more(node: Node) -> None:
    node.turn(first=True)
    node.more["/mairie"] = 'commune = "73081"'
    node.more["/amap"] = "enabled = false"
    node.now += 12 * HOUR
    node.turn()
    assert node.site.asked[2:] == ["/mairie"]


def test_without_an_enabled_source_nothing_is_planned(node: Node) -> None:
    node.more = dict.fromkeys(node.site.pages, "enabled = false")
    wake = node.turn(first=True)
    assert wake is None
    node.schedule.announce(node.write(), wake)
    assert node.told[-1] == "sources.toml: no source is enabled"


def test_a_store_in_use_is_told_once_and_tried_again(node: Node) -> None:
    with EmbeddedStore(node.place.store):
        assert node.turn(first=True) == NOW + RETRY
        told = list(node.told)
        assert "in use by process" in told[0]
        assert node.turn(first=True) == NOW + RETRY
        assert node.told == told
    node.turn(first=True)
    assert node.generation == 1


def test_a_failure_is_told_when_it_begins_and_when_it_ends(node: Node) -> None:
    node.turn(first=True)
    node.site.pages["/mairie"] = Page(b"", status=500)
    node.told.clear()
    for _ in range(3):
        node.now += 25 * HOUR
        node.turn()
    assert len([told for told in node.told if told.startswith("mairie: ")]) == 1
    assert node.state("mairie").failures == 3
    node.site.pages["/mairie"] = calendar("Bal")
    node.now += 25 * HOUR
    node.turn()
    assert node.told[-1] == "mairie: it can be read again; failures in a row: 3"


def test_what_a_server_asks_to_wait_is_kept_and_forgotten_at_the_next_good_read(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    del node.site.pages["/amap"]

    def busy(*_: object, **__: object) -> None:
        raise answered("https://mairie.example/", 503, NOW + 30 * HOUR)

    with monkeypatch.context() as patch:
        patch.setattr(Client, "fetch", busy)
        assert node.turn(first=True) == NOW + 30 * HOUR
    assert node.state("mairie").not_before == NOW + 30 * HOUR
    node.now += 30 * HOUR
    node.turn()
    assert node.state("mairie").not_before is None


def test_when_asked_to_stop_no_other_source_is_begun(node: Node) -> None:
    node.stopping.set()
    node.turn(first=True)
    assert node.site.asked == []


def test_a_file_with_mistakes_is_refused_with_all_of_them(node: Node) -> None:
    config = node.write()
    node.path.write_text(HEAD + "[[source]]\nid = 3\n", encoding="utf-8")
    assert node.schedule.reloaded(config) is None
    assert "sources.toml:8: " in node.told[0]
    assert "url" in node.told[0]
    assert node.told[1] == "sources.toml is refused: what it said before holds"


def test_a_file_that_says_the_same_changes_nothing(node: Node) -> None:
    config = node.write()
    node.path.write_text(node.path.read_text() + "\n# rien\n", encoding="utf-8")
    assert node.schedule.reloaded(config) is None
    assert node.told == []


def test_a_file_that_says_something_else_takes_its_place(node: Node) -> None:
    config = node.write()
    node.site.pages["/foyer"] = calendar("Loto")
    node.write()
    newer = node.schedule.reloaded(config)
    assert newer is not None
    assert [source.id for source in newer.sources] == ["mairie", "amap", "foyer"]


def test_a_change_is_noticed_once_when_the_file_has_settled(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("a")
    watch = Watch(path)
    assert not watch.changed()
    path.write_text("ab")
    assert not watch.changed()
    path.write_text("abc")
    assert [watch.changed() for _ in range(3)] == [False, True, False]
    path.unlink()
    assert [watch.changed() for _ in range(3)] == [False, True, False]


def test_a_change_of_any_of_the_files_is_noticed(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "sources.toml", tmp_path / "communes.csv")
    assert not watch.changed()
    (tmp_path / "communes.csv").write_text("code,name\n")
    assert [watch.changed() for _ in range(3)] == [False, True, False]


def test_an_alarm_holds_one_round_which_is_never_skipped_however_late(tmp_path: Path) -> None:
    alarm = Alarm(SimpleQueue(), Watch(tmp_path / "sources.toml"))
    alarm.timers.start(paused=True)
    try:
        for when in (NOW, None, NOW + HOUR):
            alarm.set(when)
        jobs = {job.id: job for job in alarm.timers.get_jobs()}
        assert jobs.keys() == {"ROUND", "FILE"}
        assert jobs["ROUND"].next_run_time == NOW + HOUR
        for job in jobs.values():
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
    finally:
        alarm.timers.shutdown()


def test_a_time_that_has_passed_rings_at_once(tmp_path: Path) -> None:
    rung: SimpleQueue[Bell] = SimpleQueue()
    alarm = Alarm(rung, Watch(tmp_path / "sources.toml"))
    with alarm.running():
        alarm.set(NOW - 1000 * HOUR)
        assert rung.get(timeout=5) is Bell.ROUND


def test_a_second_schedule_is_told_which_process_to_stop(tmp_path: Path) -> None:
    with (
        sole(tmp_path / "var", 42),
        pytest.raises(RunningError, match=r"process 42 .*kill 42"),
        sole(tmp_path / "var", 43),
    ):
        pass
    with sole(tmp_path / "var", 43):
        assert (tmp_path / "var" / "schedule.pid").read_text() == "43"


def test_a_full_disk_is_told_once_however_its_figures_change(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter(range(40 << 20, 10 << 20, -(5 << 20)))
    usage = shutil.disk_usage(node.place.var.parent)
    monkeypatch.setattr("store.room.shutil.disk_usage", lambda _: usage._replace(free=next(free)))
    for _ in range(3):
        node.turn()
    assert [line for line in node.told if "free on this disk" in line] == node.told[:1]
    assert "every 60 s" in node.told[1]
    monkeypatch.undo()
    node.turn()
    assert node.generation == 1


def test_what_could_not_be_published_is_published_by_the_next_try(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError(say("no room"))

    with monkeypatch.context() as disk:
        disk.setattr(Generations, "publish", full)
        assert node.turn() == NOW + RETRY
    assert node.generation == 0
    node.now += RETRY
    node.turn()
    assert node.generation == 1
