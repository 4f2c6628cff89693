"""The feed by which a publisher follows how their source does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from harvester.appraisal.health import Health
from harvester.sources import Source
from harvester.telling.feed import owner_feed
from store.appraisals import Appraisal, Remark
from store.standing import PastRun, SourceState, StoredIssue
from vocab.iris import Iris
from vocab.messages import say

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ADDRESS = "https://node.example/sources/mairie/suivi/abc.atom"
SOURCE = Source(
    id="mairie", kind="ics", url="https://mairie.example/a.ics", title="Agenda", publisher="Mairie"
)
REASON = say("no column {name}", name="titre")


def run(days: int, outcome: str) -> PastRun:
    reason = None if outcome == "unchanged" else REASON
    return PastRun(NOW + days * DAY, outcome, reason=reason)


def health(
    *runs: PastRun,
    issues: tuple[StoredIssue, ...] = (),
    remarks: tuple[Remark, ...] = (),
    at: datetime = NOW,
) -> Health:
    appraisal = Appraisal(at, 85, None, remarks)
    return Health(
        source=SOURCE,
        state=SourceState("mairie", checked_at=NOW),
        due=NOW,
        issues=issues,
        absences={},
        runs=runs,
        appraisal=appraisal,
        anomalies=appraisal.of("anomaly"),
    )


def read(told: Health) -> feedparser.FeedParserDict:
    found = feedparser.parse(owner_feed(told, ADDRESS, IRIS))
    assert not found.bozo
    return found


def titles(told: Health) -> list[str]:
    return [entry.title for entry in read(told).entries]


def test_a_feed_names_itself_and_its_source() -> None:
    feed = read(health()).feed
    assert feed.title == "Suivi de « Agenda »"
    assert feed.id == "tag:node.example,2026:mairie/suivi"
    assert [link.href for link in feed.links] == [ADDRESS, "https://node.example/id/source/mairie"]


def test_each_change_of_state_is_an_entry_and_what_lasts_is_none() -> None:
    runs = (run(0, "unchanged"), run(1, "failed"), run(2, "failed"), run(3, "unchanged"))
    assert titles(health(*runs)) == ["La source est lue à nouveau", "La source n'est plus lue"]
    told = read(health(*runs)).entries[1]
    assert told.updated == "2026-05-05T12:00:00Z"
    assert "titre" in told.content[0].value


def test_what_was_told_is_the_same_bytes_at_the_next_read() -> None:
    """A feed reader must not show the same news again."""
    before = health(run(1, "failed"))
    after = health(run(1, "failed"), run(2, "failed"))
    assert owner_feed(before, ADDRESS, IRIS) == owner_feed(after, ADDRESS, IRIS)


def issue(severity: str, where: str) -> StoredIssue:
    return StoredIssue("x", severity, say("no column {name}", name="<b>&"), where)


def test_entries_that_are_left_out_are_told_with_their_line() -> None:
    told = read(health(issues=(issue("error", "VEVENT 3, line 340"), issue("warning", "line 2"))))
    by_title = {entry.title: entry.content[0].value for entry in told.entries}
    assert "VEVENT 3, ligne 340" in by_title["Fiches écartées, et pourquoi"]
    assert "ligne 2" in by_title["Fiches reprises, mais à compléter"]
    assert "&lt;b&gt;&amp;" in by_title["Fiches écartées, et pourquoi"]


def test_other_entries_left_out_are_other_news() -> None:
    first = read(health(issues=(issue("error", "line 1"),))).entries[0].id
    same = read(health(issues=(issue("error", "line 1"),), at=NOW + DAY)).entries[0].id
    other = read(health(issues=(issue("error", "line 9"),))).entries[0].id
    assert first == same
    assert first != other


def test_anomalies_and_completeness_are_told_with_what_helps() -> None:
    remarks = (
        Remark("anomaly", "at-night", say("reason"), say("state"), NOW - DAY),
        Remark("penalty", "event-no-place", say("address"), say("complete"), NOW, 15),
    )
    told = read(health(remarks=remarks)).entries
    assert [entry.title for entry in told] == ["Complétude : 85 sur 100", "raison"]
    assert told[0].content[0].value == "<p>adresse → complet</p>"


@pytest.mark.parametrize("mark", ["\x00", "\x1b[0m", "\x08"])
def test_control_characters_of_a_source_do_not_break_the_feed(mark: str) -> None:
    strange = StoredIssue("x", "error", say("no column {name}", name=f"a{mark}b"))
    assert "<p>" in read(health(issues=(strange,))).entries[0].content[0].value
