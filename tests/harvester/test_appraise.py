"""What is expected of a source, and what is kept of how good its data is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harvester.appraisal.appraise import appraise, unmet
from harvester.sources import Source
from harvester.sources.values import Expect
from store.changes import Lines
from vocab import term
from vocab.iris import Iris

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SOURCE = Source(
    id="agenda", kind="ics", url="https://mairie.example/a.ics", title="Agenda", publisher="Mairie"
)


def told(expect: Expect | None, records: int = 20, latest: datetime | None = NOW) -> list[str]:
    issues = unmet(expect, records, latest, NOW)
    assert {issue.severity for issue in issues} <= {"warning"}
    assert all(issue.code.startswith("expected-") for issue in issues)
    return [issue.message.render() for issue in issues]


def test_a_source_of_which_nothing_is_expected_breaks_nothing() -> None:
    assert told(None, 0, None) == []
    assert told(Expect(), 0, None) == []


def test_what_is_kept_is_not_told() -> None:
    expect = Expect(min_records=20, max_records=20, fresh=30 * DAY)
    assert told(expect, 20, NOW - 30 * DAY) == []


@pytest.mark.parametrize(
    ("expect", "begins"),
    [
        (Expect(min_records=21), "20 entries came, at least 21 were expected"),
        (Expect(max_records=19), "20 entries came, at most 19 were expected"),
        (Expect(fresh=DAY), "the latest entry is of 2026-05-02, older than 1 days"),
    ],
)
def test_what_is_broken_is_told_with_what_to_look_at(expect: Expect, begins: str) -> None:
    [message] = told(expect, latest=NOW - 2 * DAY)
    assert message.startswith(begins)
    assert " — look " in message


def test_a_source_that_tells_no_date_cannot_be_fresh() -> None:
    [message] = told(Expect(fresh=DAY), latest=None)
    assert message.startswith("no entry tells a date")


def article(published: datetime) -> dict[str, Lines]:
    iri = IRIS.record("agenda", "a")
    stamp = f'"{published.isoformat()}"^^<{term("xsd:dateTime")}>'
    return {
        iri: frozenset(
            [
                f"<{iri}> <{term('rdf:type')}> <{term('schema:Article')}> .",
                f"<{iri}> <{term('schema:datePublished')}> {stamp} .",
            ]
        )
    }


def test_an_appraisal_remembers_since_when_something_is_missing() -> None:
    records = article(NOW - DAY)
    first = appraise(SOURCE, records, {}, NOW)
    later = appraise(SOURCE, records, records, NOW + DAY, before=first)
    assert (first.score, first.newest) == (50, NOW - DAY)
    assert later.at == NOW + DAY
    assert {remark.since for remark in later.remarks} == {NOW}
    assert {remark.code for remark in later.of("penalty")} == {
        "article-no-page",
        "article-no-theme",
    }
    assert later.of("anomaly") == ()
