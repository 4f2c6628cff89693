"""What befalls the operational state as a whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.errors import StateError
from store.standing import Absence, PastRun, Saved, SourceState, StoredIssue
from store.state import State
from store.statelife import copy, drop_source, rename_source, scrub
from vocab.messages import say

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
RECORD = "http://e.org/id/record/{}/1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state.sqlite"
    with State(path) as state:
        state.save(
            Saved(
                SourceState(name, etag="e", content_hash="h", changed_at=at, reason=say("why")),
                [StoredIssue("x", "error", say("{who} is unknown", who="Zorglub"), key=("1",))],
                {RECORD.format(name): Absence(NOON, 1)},
                PastRun(NOON, "failed", reason=say("met {who}", who="Zorglub")),
            )
            for name, at in (("a", NOON), ("b", NOON + timedelta(microseconds=1)))
        )
    return path


def test_a_copy_knows_nothing_newer_than_its_data(path: Path, tmp_path: Path) -> None:
    copy(path, tmp_path / "copy.sqlite", NOON)
    with State(tmp_path / "copy.sqlite") as state:
        assert (state.get("a").etag, state.get("b").etag) == ("e", "")
        assert state.issues("b")


def test_it_is_copied_while_another_one_writes(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE source SET etag = 'half'")
        copy(path, tmp_path / "copy.sqlite", NOON)
        other.rollback()
    with State(tmp_path / "copy.sqlite") as state:
        assert state.get("a").etag == "e"


def test_dropping_a_source_leaves_nothing_of_it(path: Path) -> None:
    drop_source(path, "a")
    with State(path) as state:
        assert state.get("a") == SourceState("a")
        assert not any((state.issues("a"), state.absences("a"), state.runs("a")))
        assert state.issues("b")
        assert state.absences("b")
        assert state.runs("b")


def test_renaming_takes_everything_along_and_may_be_done_twice(path: Path) -> None:
    for _ in range(2):
        rename_source(path, "a", "c", lambda text: text.replace("/record/a/", "/record/c/"))
    with State(path) as state:
        assert state.get("a") == SourceState("a")
        assert state.get("c").etag == "e"
        assert list(state.absences("c")) == [RECORD.format("c")]
        assert state.issues("c")
        assert state.runs("c")


def test_what_is_barred_is_in_no_page_of_the_file(path: Path) -> None:
    scrub(path, lambda _, text: "Zorglub" in text or text == RECORD.format("b"), ["a"])
    with State(path) as state:
        assert state.get("a") == SourceState("a")
        assert state.get("b").etag == "e"
        assert not any((state.issues("b"), state.absences("b"), state.runs("b")))
    assert not [file.name for file in path.parent.iterdir() if b"Zorglub" in file.read_bytes()]


def test_a_reason_that_is_barred_goes_alone(path: Path) -> None:
    scrub(path, lambda _, text: "why" in text, [])
    with State(path) as state:
        assert (state.get("a").reason, state.get("a").etag) == (None, "e")


def test_a_barred_word_that_a_source_cannot_be_without_is_emptied(path: Path) -> None:
    scrub(path, lambda _, text: text == "e", [])
    with State(path) as state:
        assert (state.get("a").etag, state.get("a").content_hash) == ("", "h")


def test_a_file_that_is_no_state_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(b"an old letter " * 100)
    with pytest.raises(StateError, match="move it away"):
        drop_source(path, "a")


def test_messages_that_wait_to_be_sent_are_looked_through_as_well(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        for name, body in (("1", "Zorglub"), ("2", "others")):
            row = (name, "mail", "2026", body, 0, "2026", None)
            other.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    scrub(path, lambda _, text: "Zorglub" in text, [])
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT body FROM outbox").fetchall() == [("others",)]
