"""Operational state: what is known of each source between two runs, in SQLite.

It is written after the data's commit and flush, never before: a crash in between costs one
useless fetch and nothing else (design, rules of a harvest run, 3).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from store import addresses, appraisals, outbox
from store.addresses import Noted
from store.appraisals import Appraisal
from store.errors import StateError
from store.outbox import Letter
from store.standing import Absence, PastRun, Saved, SourceState, StoredIssue
from vocab.messages import Message, say

_MIGRATIONS = (
    """
    CREATE TABLE IF NOT EXISTS source (
        source TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
        content_hash TEXT NOT NULL, checked_at TEXT, changed_at TEXT, good_at TEXT,
        outcome TEXT NOT NULL, reason TEXT, failures INTEGER NOT NULL, broken_since TEXT,
        records INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS issue (
        source TEXT NOT NULL, rank INTEGER NOT NULL,
        code TEXT NOT NULL, severity TEXT NOT NULL, message TEXT NOT NULL,
        place TEXT NOT NULL, key TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (source, rank)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS absence (
        source TEXT NOT NULL, record TEXT NOT NULL,
        first_missing TEXT NOT NULL, reads INTEGER NOT NULL,
        PRIMARY KEY (source, record)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE source ADD COLUMN not_before TEXT;
    ALTER TABLE source ADD COLUMN block TEXT NOT NULL DEFAULT '';
    """,
    """
    ALTER TABLE source ADD COLUMN fresh_until TEXT;
    ALTER TABLE source ADD COLUMN gone_at TEXT;
    CREATE TABLE run (
        source TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL,
        records INTEGER NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL,
        removed INTEGER NOT NULL, seconds REAL NOT NULL, reason TEXT,
        PRIMARY KEY (source, at)
    ) STRICT, WITHOUT ROWID;
    """,
    appraisals.SCHEMA + outbox.SCHEMA,
    addresses.SCHEMA,
    appraisals.SHARES,
    """
    ALTER TABLE source ADD COLUMN title TEXT NOT NULL DEFAULT '';
    """,
)
"""The schema, step by step: ``PRAGMA user_version`` says how many were taken.

A column that is added is the last one, and so is its field of ``SourceState``.
"""

_COLUMNS = tuple(column.name for column in fields(SourceState))
_TIMES = frozenset(
    {"checked_at", "changed_at", "good_at", "broken_since", "not_before", "fresh_until", "gone_at"}
)
_RUN_COLUMNS = tuple(column.name for column in fields(PastRun))
RUNS_KEPT = 200
"""Past runs that are remembered of each source."""

_BUSY_SECONDS = 10.0


class State:
    """The operational state in the SQLite file ``path``, made when it does not exist.

    Open it with ``with``, in the thread that uses it; other processes may read meanwhile
    (write-ahead log).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the file and bring its schema up to date.

        Raises:
            StateError: when it is no such file, cannot be written, or a newer EnBauges made it.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        with self._told():
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None
            )
        try:
            with self._told():
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._migrate()
        except StateError:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, source: str) -> SourceState:
        """The state of ``source``, an empty one when it was never read."""
        rows = self._select("SELECT * FROM source WHERE source = ?", source)
        return next(map(_state, rows), SourceState(source))

    def all(self) -> list[SourceState]:
        """The states of all the sources that were ever read, by id."""
        return [_state(row) for row in self._select("SELECT * FROM source ORDER BY source")]

    def issues(self, source: str) -> list[StoredIssue]:
        """The issues of the last run that read ``source``, in the order they were met."""
        rows = self._select("SELECT * FROM issue WHERE source = ? ORDER BY rank", source)
        return [
            StoredIssue(
                code=row["code"],
                severity=row["severity"],
                message=Message.from_json(row["message"]),
                where=row["place"],
                key=tuple(json.loads(row["key"])),
                count=row["count"],
            )
            for row in rows
        ]

    def absences(self, source: str) -> dict[str, Absence]:
        """Record IRI → absence, for the records of ``source`` that it no longer gives."""
        rows = self._select("SELECT * FROM absence WHERE source = ?", source)
        return {
            row["record"]: Absence(datetime.fromisoformat(row["first_missing"]), row["reads"])
            for row in rows
        }

    def runs(self, source: str) -> list[PastRun]:
        """The last runs of ``source`` (at most ``RUNS_KEPT``), the oldest first."""
        columns = ", ".join(_RUN_COLUMNS)
        rows = self._select(
            f"SELECT {columns} FROM run WHERE source = ? ORDER BY at",  # noqa: S608  # our names
            source,
        )
        return [PastRun(**_read(row, {"at"})) for row in rows]

    def last_seconds(self) -> dict[str, float]:
        """Source → how long its last run took, in seconds."""
        rows = self._select("SELECT source, seconds, max(at) FROM run GROUP BY source")
        return {row["source"]: row["seconds"] for row in rows}

    def save(self, batch: Iterable[Saved]) -> None:
        """Write what a batch of runs leaves, in one transaction.

        Raises:
            StateError: when it cannot be written; the state of before stays.
            ValueError: when a time is not aware.
        """
        with self._told(), self._transaction() as connection:
            for saved in batch:
                row = _row(saved.state, _COLUMNS)
                connection.execute(
                    f"REPLACE INTO source VALUES ({_holes(len(row))})",  # noqa: S608  # only "?"
                    row,
                )
                if saved.issues is not None:
                    _save_issues(connection, saved.state.source, saved.issues)
                if saved.absences is not None:
                    _save_absences(connection, saved.state.source, saved.absences)
                if saved.run is not None:
                    _save_run(connection, saved.state.source, saved.run)
                if saved.appraisal is not None:
                    appraisals.save(connection, saved.state.source, saved.appraisal)

    def appraisal(self, source: str) -> Appraisal | None:
        """How good the data of ``source`` was when last looked at; None when it never was."""
        rows = self._select("SELECT * FROM appraisal WHERE source = ?", source)
        return next(map(appraisals.read, rows), None)

    def told(self) -> dict[str, str]:
        """Source → the condition that the operator was last told."""
        with self._told():
            return outbox.told(self._open)

    def post(self, conditions: Mapping[str, str], letters: Sequence[Letter]) -> None:
        """Put ``letters`` in the outbox, and note what they tell, in one transaction."""
        with self._told(), self._transaction() as connection:
            outbox.post(connection, conditions, letters)

    def letters(self) -> list[Letter]:
        """What waits to be delivered, the oldest first."""
        with self._told():
            return outbox.waiting(self._open)

    def delivered(self, letter: Letter) -> None:
        """Take a letter out of the outbox."""
        with self._told():
            outbox.drop(self._open, letter)

    def postpone(self, letter: Letter) -> None:
        """Keep a letter that could not be delivered, with its new ``attempts`` and ``due``."""
        with self._told():
            outbox.postpone(self._open, letter)

    def address(self, question: str) -> Noted | None:
        """What an address service answered to a question; None when it was never asked."""
        with self._told():
            return addresses.read(self._open, question)

    def note_address(self, question: str, noted: Noted) -> None:
        """Keep what an address service answered to a question."""
        with self._told(), self._transaction() as connection:
            addresses.write(connection, question, noted)

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StateError(
                say("the state {path} is not open", path=str(self.path)), about=self.path
            )
        return self._connection

    def _select(self, sql: str, *values: str) -> list[sqlite3.Row]:
        with self._told():
            cursor = self._open.cursor()
            cursor.row_factory = sqlite3.Row
            return cursor.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._open.execute("BEGIN IMMEDIATE")
        try:
            yield self._open
            self._open.execute("COMMIT")
        except BaseException:
            if self._open.in_transaction:
                self._open.execute("ROLLBACK")
            raise

    def _migrate(self) -> None:
        (version,) = self._open.execute("PRAGMA user_version").fetchone()
        if version > len(_MIGRATIONS):
            raise StateError(
                say(
                    "{path}: made by a newer EnBauges (schema {version}, this one knows {known}) "
                    "— update the program, or give it another folder",
                    path=str(self.path),
                    version=version,
                    known=len(_MIGRATIONS),
                ),
                about=self.path,
            )
        for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
            self._open.executescript(
                f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;"
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> StateError:
        return StateError(
            say(
                "{path}: the state of the sources cannot be used ({reason}) — check the disk and "
                "who may write there; if the file is damaged, move it away: every source is then "
                "fetched again and nothing else is lost",
                path=str(self.path),
                reason=str(error),
            ),
            about=self.path,
        )


def _holes(count: int) -> str:
    return ", ".join("?" * count)


def _save_issues(
    connection: sqlite3.Connection, source: str, issues: Sequence[StoredIssue]
) -> None:
    connection.execute("DELETE FROM issue WHERE source = ?", (source,))
    connection.executemany(
        f"INSERT INTO issue VALUES ({_holes(8)})",  # noqa: S608  # only "?"
        (
            (
                source, rank, issue.code, issue.severity, issue.message.to_json(), issue.where,
                json.dumps(issue.key), issue.count,
            )
            for rank, issue in enumerate(issues)
        ),
    )  # fmt: skip


def _save_absences(
    connection: sqlite3.Connection, source: str, absences: Mapping[str, Absence]
) -> None:
    connection.execute("DELETE FROM absence WHERE source = ?", (source,))
    connection.executemany(
        "INSERT INTO absence VALUES (?, ?, ?, ?)",
        (
            (source, record, _instant(absence.first_missing), absence.reads)
            for record, absence in absences.items()
        ),
    )


def _save_run(connection: sqlite3.Connection, source: str, run: PastRun) -> None:
    values = _row(run, _RUN_COLUMNS)
    connection.execute(
        f"REPLACE INTO run VALUES ({_holes(len(values) + 1)})",  # noqa: S608  # only "?"
        [source, *values],
    )
    connection.execute(
        "DELETE FROM run WHERE source = ?1 AND at NOT IN "
        "(SELECT at FROM run WHERE source = ?1 ORDER BY at DESC LIMIT ?2)",
        (source, RUNS_KEPT),
    )


def _row(value_of: SourceState | PastRun, names: Iterable[str]) -> list[str | int | float | None]:
    """The values of a state or a run in the order of its table's columns."""
    values: list[str | int | float | None] = []
    for name in names:
        value = getattr(value_of, name)
        if isinstance(value, datetime):
            value = _instant(value)
        elif isinstance(value, Message):
            value = value.to_json()
        values.append(value)
    return values


def _state(row: sqlite3.Row) -> SourceState:
    return SourceState(**_read(row, _TIMES))


def _read(row: sqlite3.Row, times: Iterable[str]) -> dict[str, Any]:
    """The values of a row, its ``times`` and its reason made what they were."""
    values: dict[str, Any] = dict(row)
    for name in times:
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name])
    if values["reason"] is not None:
        values["reason"] = Message.from_json(values["reason"])
    return values


def _instant(time: datetime) -> str:
    """``time`` in UTC, as ISO 8601 text."""
    if time.tzinfo is None:
        raise ValueError(time)
    return time.astimezone(UTC).isoformat()
