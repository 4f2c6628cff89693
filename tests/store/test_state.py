"""The operational state: what is saved is what is read, or the state of before."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from store.appraisals import Appraisal, Remark
from store.errors import StateError
from store.outbox import Letter
from store.standing import Absence, PastRun, Saved, SourceState, StoredIssue
from store.state import RUNS_KEPT, State
from vocab.messages import say

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
FULL = SourceState(
    source="mairie",
    fingerprint="f",
    etag='W/"é"',
    last_modified="Fri, 01 May 2026 12:00:00 GMT",
    content_hash="h",
    checked_at=NOON,
    changed_at=NOON - timedelta(days=1),
    good_at=NOON - timedelta(hours=1),
    outcome="failed",
    reason=say("no answer from {host}", host="mairie.example"),
    failures=3,
    broken_since=NOON - timedelta(hours=1),
    records=12,
    not_before=NOON + timedelta(hours=2),
    block="b",
    fresh_until=NOON + timedelta(hours=3),
    gone_at=NOON,
)
FIRST_SCHEMA = """
CREATE TABLE source (
    source TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
    content_hash TEXT NOT NULL, checked_at TEXT, changed_at TEXT, good_at TEXT,
    outcome TEXT NOT NULL, reason TEXT, failures INTEGER NOT NULL, broken_since TEXT,
    records INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO source VALUES ('mairie', 'f', '', '', '', '2026-05-01T12:00:00+00:00', NULL, NULL,
    'failed', NULL, 3, NULL, 12);
PRAGMA user_version = 1;
"""


def issue(where: str, rule: str = "X", count: int = 1) -> StoredIssue:
    return StoredIssue("ics-bad-rule", "error", say("rule {r}", r=rule), where, ("a", "b"), count)


def test_a_source_never_read_has_an_empty_state(tmp_path: Path) -> None:
    with State(tmp_path / "var" / "state.sqlite") as state:
        assert state.get("x") == SourceState("x")
        assert state.all() == []
        assert state.issues("x") == []
        assert state.absences("x") == {}


def test_everything_saved_is_read_back_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    absences = {"http://e/r": Absence(NOON, 2)}
    with State(path) as state:
        state.save([Saved(FULL, [issue("line 1")], absences), Saved(SourceState("amap"))])
    with State(path) as state:
        assert state.get("mairie") == FULL
        assert state.all() == [SourceState("amap"), FULL]
        assert state.issues("mairie") == [issue("line 1")]
        assert state.absences("mairie") == absences


def test_issues_are_kept_as_they_are_given_each_with_its_place(tmp_path: Path) -> None:
    with State(tmp_path / "s") as state:
        met = [issue("line 1"), issue("line 5", "Y"), issue("line 9", count=3)]
        state.save([Saved(FULL, met)])
        assert state.issues("mairie") == met


def test_none_keeps_the_issues_and_absences_and_empty_forgets_them(tmp_path: Path) -> None:
    absences = {"http://e/r": Absence(NOON, 2)}
    with State(tmp_path / "s") as state:
        state.save([Saved(FULL, [issue("line 1")], absences)])
        state.save([Saved(FULL)])
        assert state.issues("mairie") == [issue("line 1")]
        assert state.absences("mairie") == absences
        state.save([Saved(FULL, [], {})])
        assert state.issues("mairie") == []
        assert state.absences("mairie") == {}


def test_times_are_kept_as_instants_and_naive_ones_refused(tmp_path: Path) -> None:
    paris = datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    with State(tmp_path / "s") as state:
        state.save([Saved(SourceState("x", checked_at=paris))])
        assert state.get("x").checked_at == NOON
        with pytest.raises(ValueError, match="2026"):
            state.save([Saved(SourceState("x", checked_at=NOON.replace(tzinfo=None)))])


def test_a_batch_that_fails_leaves_the_state_of_before(tmp_path: Path) -> None:
    with State(tmp_path / "s") as state:
        state.save([Saved(FULL)])
        naive = SourceState("x", checked_at=NOON.replace(tzinfo=None))
        with pytest.raises(ValueError, match="2026"):
            state.save([Saved(SourceState("mairie")), Saved(naive)])
        assert state.all() == [FULL]


def test_another_process_reads_what_is_committed_while_one_writes(tmp_path: Path) -> None:
    with State(tmp_path / "s") as writer, State(tmp_path / "s") as reader:
        writer.save([Saved(FULL)])
        assert reader.get("mairie") == FULL


def test_the_file_of_an_older_version_keeps_what_it_knew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "s")) as connection:
        connection.executescript(FIRST_SCHEMA)
    with State(tmp_path / "s") as state:
        kept = state.get("mairie")
        assert (kept.checked_at, kept.failures, kept.records) == (NOON, 3, 12)
        assert (kept.not_before, kept.block) == (None, "")
        state.save([Saved(FULL)])
        assert state.get("mairie") == FULL


def test_a_newer_schema_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with State(tmp_path / "s"):
        pass
    connection = sqlite3.connect(tmp_path / "s")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match=r"newer EnBauges \(schema 99.*update the program"):
        State(tmp_path / "s").__enter__()


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("<html>" * 1000)
    with pytest.raises(StateError, match="move it away"):
        State(tmp_path / "s").__enter__()


def test_a_directory_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(StateError, match="cannot be used"):
        State(tmp_path / "var" / "s").__enter__()


def test_the_last_runs_are_remembered_and_no_more(tmp_path: Path) -> None:
    reason = say("no answer from {host}", host="mairie.example")
    with State(tmp_path / "state.sqlite") as state:
        for number in range(RUNS_KEPT + 3):
            run = PastRun(NOON + timedelta(hours=number), "failed", 12, 1, 2, 3, 0.5, reason)
            state.save([Saved(FULL, run=run)])
        kept = state.runs("mairie")
    assert len(kept) == RUNS_KEPT
    assert kept[-1] == run
    assert kept[0].at == NOON + timedelta(hours=3)


def letter(name: str, at: datetime = NOON) -> Letter:
    return Letter(name, "mail", at, '{"é": 1}', 0, at)


def test_an_appraisal_is_read_back(tmp_path: Path) -> None:
    remark = Remark("penalty", "x", say("reason"), say("state"), NOON, 5)
    first = Appraisal(NOON, 95, NOON - timedelta(days=1), (remark,))
    with State(tmp_path / "state.sqlite") as state:
        assert state.appraisal("mairie") is None
        state.save([Saved(FULL, appraisal=first)])
        state.save([Saved(FULL)])
        assert state.appraisal("mairie") == first
        state.save([Saved(FULL, appraisal=Appraisal(NOON, None))])
        assert state.appraisal("mairie") == Appraisal(NOON, None)


def test_letters_wait_in_order_until_they_are_delivered(tmp_path: Path) -> None:
    first, second = letter("b"), letter("a", NOON + timedelta(minutes=1))
    with State(tmp_path / "state.sqlite") as state:
        state.post({"mairie": "failed"}, [first])
        state.post({"amap": "held"}, [second])
        assert state.told() == {"mairie": "failed", "amap": "held"}
        assert state.letters() == [first, second]
        later = replace(first, attempts=1, due=NOON + timedelta(hours=1))
        state.postpone(later)
        state.delivered(second)
    with State(tmp_path / "state.sqlite") as state:
        assert state.letters() == [later]


def test_a_letter_is_put_in_once(tmp_path: Path) -> None:
    with State(tmp_path / "state.sqlite") as state:
        state.post({}, [letter("a")])
        state.post({}, [letter("a", NOON + timedelta(days=1))])
        assert state.letters() == [letter("a")]


def test_the_last_run_tells_how_long_it_took(tmp_path: Path) -> None:
    with State(tmp_path / "state.sqlite") as state:
        for hours, seconds in ((0, 1.5), (1, 0.5)):
            run = PastRun(NOON + timedelta(hours=hours), "unchanged", seconds=seconds)
            state.save([Saved(FULL, run=run)])
        assert state.last_seconds() == {"mairie": 0.5}
