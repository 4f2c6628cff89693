"""What the words of a server change in a run: robots.txt, withdrawal for good, freshness, pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.due import due
from harvester.place import Place
from harvester.report import Report
from harvester.session import opened
from harvester.sources import Config, load
from mappings import platforms
from store.embedded import EmbeddedStore
from store.standing import SourceState
from store.state import State
from tests.answering import Handler, Server, serving
from vocab import term

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BLOCKS = """
[site]
title = "Essai"
base = "https://node.example/"
contact = "contact@node.example"
territory = ["73081"]

[[source]]
id = "mairie"
kind = "{kind}"
url = "{url}"
title = "Agenda"
publisher = "Mairie"
allow_private = true
{more}
"""


@dataclass
class Answers:
    """A site: what it answers to each path, and its robots.txt."""

    pages: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def __call__(self, it: Handler) -> None:
        body = self.pages.get(it.path)
        if body is None:
            it.answer(404, b"")
            return
        status = 200 if it.path == "/robots.txt" else self.status
        headers = {**self.headers, "Content-Type": "application/json"}
        if it.path in self.links:
            headers["Link"] = f'<{self.links[it.path]}>; rel="next"'
        it.answer(status, body, **headers)


def events(*names: str) -> bytes:
    told = [
        {"_id": name, "title": name, "startAt": "2026-06-13T18:00:00Z", "endAt": None}
        for name in names
    ]
    return json.dumps({"events": told}).encode()


class Node:
    """A node with one source."""

    def __init__(self, folder: Path, server: Server, answers: Answers) -> None:
        self.folder, self.server, self.answers = folder, server, answers
        self.place = Place(folder / "var")
        self.now = NOW
        self.more = ""
        self.kind = "enbauges"

    @property
    def config(self) -> Config:
        url = self.server.url.replace("agenda.ics", "events")
        path = self.folder / "sources.toml"
        path.write_text(BLOCKS.format(url=url, kind=self.kind, more=self.more), encoding="utf-8")
        return load(path, kinds=platforms().keys())

    def harvest(self) -> Report:
        self.now += timedelta(minutes=1)
        config = self.config
        with opened(config, self.place, version="1", clock=lambda: self.now) as session:
            (report,) = session.harvest(config.sources)
        return report

    @property
    def state(self) -> SourceState:
        with State(self.place.state) as state:
            return state.get("mairie")

    def is_due(self) -> bool:
        return bool(due(self.config.sources, {"mairie": self.state}, self.now))

    def names(self) -> set[str]:
        with EmbeddedStore(self.place.store) as store:
            lines = store.lines("https://node.example/graph/canonical")
        naming = f"<{term('schema:name')}>"
        return {line.split('"')[1] for line in lines if naming in line and "/id/event/" in line}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    answers = Answers({"/events": events("Bal", "Concert")})
    with serving(answers) as server:
        yield Node(tmp_path, server, answers)


def test_a_rule_for_our_name_fails_the_run_and_removes_nothing(node: Node) -> None:
    assert node.harvest().outcome == "committed"
    node.answers.pages["/robots.txt"] = b"User-agent: EnBauges\nDisallow: /events\n"
    node.now += DAY
    report = node.harvest()
    assert report.outcome == "failed"
    assert "line 2 of http://127.0.0.1" in str(report.reason)
    assert node.names() == {"Bal", "Concert"}


def test_a_rule_for_everybody_is_a_notice_of_the_run(node: Node) -> None:
    node.answers.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    report = node.harvest()
    assert report.outcome == "committed"
    told = [issue for issue in report.issues if issue.code == "robots-advice"]
    assert [(issue.severity, issue.where) for issue in told] == [("notice", "robots.txt, line 2")]
    with State(node.place.state) as state:
        assert "robots-advice" in {issue.code for issue in state.issues("mairie")}


def test_a_source_may_be_told_to_obey_rules_for_everybody(node: Node) -> None:
    node.answers.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    node.more = 'robots = "strict"'
    assert node.harvest().outcome == "failed"


def test_a_page_made_for_people_is_read_by_the_rules_for_everybody(node: Node) -> None:
    node.answers.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    node.kind = "html"
    report = node.harvest()
    assert report.outcome == "failed"
    assert "robots.txt" in str(report.reason)


def test_robots_txt_is_read_once_a_day_whatever_the_number_of_commands(node: Node) -> None:
    for _ in range(3):
        node.harvest()
    assert [path for _, path, _ in node.server.seen].count("/robots.txt") == 1
    node.now += DAY
    node.harvest()
    assert [path for _, path, _ in node.server.seen].count("/robots.txt") == 2


def test_a_source_that_is_gone_waits_for_its_operator(node: Node) -> None:
    node.harvest()
    node.answers.status = 410
    report = node.harvest()
    assert report.outcome == "failed"
    assert "is not asked again by itself" in str(report.reason)
    assert node.names() == {"Bal", "Concert"}
    gone = node.state.gone_at
    assert gone is not None
    node.now += 400 * DAY
    assert not node.is_due()
    node.harvest()
    assert node.state.gone_at == gone
    node.more = 'place = "Salle des fêtes"'
    assert node.is_due()


def test_a_source_that_is_back_is_due_again(node: Node) -> None:
    node.answers.status = 410
    node.harvest()
    node.answers.status = 200
    assert node.harvest().outcome == "committed"
    assert node.state.gone_at is None
    node.now += DAY
    assert node.is_due()


def test_a_source_is_not_due_while_its_answer_holds(node: Node) -> None:
    node.answers.headers["Cache-Control"] = f"max-age={2 * 86_400}"
    node.harvest()
    assert node.state.fresh_until is not None
    assert timedelta(0) <= node.now + 2 * DAY - node.state.fresh_until < timedelta(minutes=1)
    node.now += DAY
    assert not node.is_due()
    node.now += DAY
    assert node.is_due()


def test_all_pages_of_a_source_are_harvested(node: Node) -> None:
    node.answers.links["/events"] = "/events?page=2"
    node.answers.pages["/events?page=2"] = events("Marché")
    report = node.harvest()
    assert (report.outcome, report.records) == ("committed", 3)
    assert node.names() == {"Bal", "Concert", "Marché"}


def test_what_stands_on_a_page_that_was_not_read_is_not_gone(node: Node) -> None:
    node.answers.links["/events"] = "/events?page=2"
    node.answers.pages["/events?page=2"] = events("Marché")
    node.harvest()
    node.answers.links["/events?page=2"] = "/events?page=3"
    node.more = "pages = 2"
    node.answers.pages["/events"] = events("Bal")
    assert "pages-limit" in {issue.code for issue in node.harvest().issues}
    for _ in range(4):
        node.now += 3 * DAY
        report = node.harvest()
        assert (report.removed, report.leaving) == (0, 0)
    assert node.names() == {"Bal", "Concert", "Marché"}
