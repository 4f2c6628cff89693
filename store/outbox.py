"""Messages that wait to be delivered, and what the operator was last told of each source.

A message is written in the same transaction as what it tells, and leaves the table when it
was delivered: a failure leaves it for a later round, a crash loses none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vocab.messages import Message

SCHEMA = """
    CREATE TABLE told (
        source TEXT PRIMARY KEY, condition TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY, channel TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
        attempts INTEGER NOT NULL, due TEXT NOT NULL, trouble TEXT
    ) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for one ``channel``; ``body`` is for whoever delivers it to understand.

    It is not tried before ``due``; ``attempts`` counts the deliveries that failed, the last one
    for ``trouble``. ``id`` is the same however often it is tried, so that a receiver may know
    it again.
    """

    id: str
    channel: str
    at: datetime
    body: str
    attempts: int
    due: datetime
    trouble: Message | None = None


def told(connection: sqlite3.Connection) -> dict[str, str]:
    """Source → the condition that the operator was last told."""
    return dict(connection.execute("SELECT source, condition FROM told").fetchall())


def post(
    connection: sqlite3.Connection, conditions: Mapping[str, str], letters: Sequence[Letter]
) -> None:
    """Put ``letters`` in, and note that they tell ``conditions``; within a transaction."""
    connection.executemany("REPLACE INTO told VALUES (?, ?)", conditions.items())
    connection.executemany(
        "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, letters)
    )


def waiting(connection: sqlite3.Connection) -> list[Letter]:
    """All the letters, the oldest first."""
    rows = connection.execute(
        "SELECT id, channel, at, body, attempts, due, trouble FROM outbox ORDER BY at, id"
    )
    return [_letter(*row) for row in rows.fetchall()]


def postpone(connection: sqlite3.Connection, letter: Letter) -> None:
    """Keep a letter with its new ``attempts``, ``due`` and ``trouble``."""
    connection.execute("REPLACE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)", _row(letter))


def drop(connection: sqlite3.Connection, letter: Letter) -> None:
    """Forget a letter that was delivered."""
    connection.execute("DELETE FROM outbox WHERE id = ?", (letter.id,))


_Row = tuple[str, str, str, str, int, str, str | None]


def _row(letter: Letter) -> _Row:
    at, due = (time.astimezone(UTC).isoformat() for time in (letter.at, letter.due))
    trouble = letter.trouble.to_json() if letter.trouble else None
    return letter.id, letter.channel, at, letter.body, letter.attempts, due, trouble


def _letter(*row: *_Row) -> Letter:
    name, channel, at, body, attempts, due, trouble = row
    return Letter(
        id=name,
        channel=channel,
        at=datetime.fromisoformat(at),
        body=body,
        attempts=attempts,
        due=datetime.fromisoformat(due),
        trouble=Message.from_json(trouble) if trouble else None,
    )
