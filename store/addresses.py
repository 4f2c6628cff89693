"""What an address service answered, kept so that it is asked once.

A question is kept as a hash and an answer as numbers and codes: no address of anybody can be read
here, so there is nothing in it to forget.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

MOST = 50_000
"""Answers that are kept; the oldest go first."""

SCHEMA = """
    CREATE TABLE address (
        question TEXT PRIMARY KEY, asked_at TEXT NOT NULL, answer TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX address_age ON address (asked_at);
"""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was answered, and when; "" when the service knew nothing."""

    at: datetime
    answer: str


def read(connection: sqlite3.Connection, question: str) -> Noted | None:
    """What is kept of a question, None when it was never asked."""
    row = connection.execute(
        "SELECT asked_at, answer FROM address WHERE question = ?", (question,)
    ).fetchone()
    return Noted(datetime.fromisoformat(row[0]), row[1]) if row else None


def write(connection: sqlite3.Connection, question: str, noted: Noted) -> None:
    """Keep an answer in place of the one before."""
    at = noted.at.astimezone(UTC).isoformat()
    connection.execute("REPLACE INTO address VALUES (?, ?, ?)", (question, at, noted.answer))
    connection.execute(
        "DELETE FROM address WHERE question IN "
        "(SELECT question FROM address ORDER BY asked_at DESC LIMIT -1 OFFSET ?)",
        (MOST,),
    )
