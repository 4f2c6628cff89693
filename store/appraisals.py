"""What was noticed of a source's data at its last good read, kept as plain values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from vocab.messages import Message

Nature = Literal["penalty", "anomaly"]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed of a source: what, since when, and what helps.

    A ``penalty`` costs ``points`` of the completeness score; an ``anomaly`` is what does not
    look like the source as it was, or like what its publisher can have meant. ``code`` is a
    short stable name ("event-no-place").
    """

    nature: Nature
    code: str
    message: Message
    remedy: Message
    since: datetime
    points: int = 0


@dataclass(frozen=True, slots=True)
class Shares:
    """Which part of its things bears each property, in percent, from the read ``at`` a time on.

    By kind of thing (``event``) and IRI of the property.
    """

    at: datetime
    percents: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Appraisal:
    """How good the data of a source is, ``at`` its last read that changed something.

    ``score`` is its completeness, 0 to 100, None when there is nothing to judge. ``newest`` is
    the latest date that its records tell of themselves (start, publication, modification).
    ``shares`` are those of its fields and what they were before, the oldest first.
    """

    at: datetime
    score: int | None
    newest: datetime | None = None
    remarks: tuple[Remark, ...] = ()
    shares: tuple[Shares, ...] = ()

    def of(self, nature: Nature) -> tuple[Remark, ...]:
        """The remarks of one nature."""
        return tuple(remark for remark in self.remarks if remark.nature == nature)


SCHEMA = """
    CREATE TABLE appraisal (
        source TEXT PRIMARY KEY, at TEXT NOT NULL, score INTEGER, newest TEXT,
        remarks TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
"""

SHARES = """
    ALTER TABLE appraisal ADD COLUMN shares TEXT NOT NULL DEFAULT '[]';
"""


def save(connection: sqlite3.Connection, source: str, appraisal: Appraisal) -> None:
    """Write the appraisal of ``source`` in place of the one before."""
    newest = appraisal.newest
    connection.execute(
        "REPLACE INTO appraisal VALUES (?, ?, ?, ?, ?, ?)",
        (
            source,
            _instant(appraisal.at),
            appraisal.score,
            None if newest is None else _instant(newest),
            json.dumps([_plain(remark) for remark in appraisal.remarks], ensure_ascii=False),
            json.dumps([[_instant(each.at), each.percents] for each in appraisal.shares]),
        ),
    )


def read(row: sqlite3.Row) -> Appraisal:
    """The appraisal in a row of the table."""
    return Appraisal(
        at=datetime.fromisoformat(row["at"]),
        score=row["score"],
        newest=row["newest"] and datetime.fromisoformat(row["newest"]),
        remarks=tuple(map(_remark, json.loads(row["remarks"]))),
        shares=tuple(
            Shares(datetime.fromisoformat(at), percents)
            for at, percents in json.loads(row["shares"])
        ),
    )


def _plain(remark: Remark) -> list[Any]:
    return [
        remark.nature,
        remark.code,
        remark.message.to_json(),
        remark.remedy.to_json(),
        _instant(remark.since),
        remark.points,
    ]


def _remark(plain: list[Any]) -> Remark:
    nature, code, message, remedy, since, points = plain
    return Remark(
        nature=nature,
        code=code,
        message=Message.from_json(message),
        remedy=Message.from_json(remedy),
        since=datetime.fromisoformat(since),
        points=points,
    )


def _instant(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
