"""What is kept of the issues of a run."""

from __future__ import annotations

from harvester.records import Issue, Severity
from harvester.report import PLACES_KEPT, stored_issues
from vocab.messages import say


def issue(line: int, severity: Severity = "error") -> Issue:
    return Issue("x", say("reason"), severity, f"line {line}", (str(line),))


def test_what_is_said_of_many_entries_is_counted() -> None:
    [told] = stored_issues([issue(1, "warning"), issue(2, "warning")])
    assert (told.count, told.where) == (2, "line 1")


def test_each_entry_that_was_left_out_keeps_its_line() -> None:
    told = stored_issues([issue(1), issue(2), issue(2)])
    assert [(each.where, each.count) for each in told] == [("line 1", 1), ("line 2", 2)]


def test_of_very_many_entries_left_out_the_first_keep_their_line_and_the_rest_are_counted() -> None:
    told = stored_issues(map(issue, range(1_000)))
    assert len(told) == PLACES_KEPT + 1
    assert told[-1].count == 1_000 - PLACES_KEPT
