"""Captures: what came is what is read again, and no more of them than are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.captures import Capture, Captures, Page

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def capture(number: int, *pages: Page) -> Capture:
    return Capture(NOON + timedelta(hours=number), f"{number:064x}"[::-1], pages or (Page(b"x"),))


def test_a_capture_is_read_as_it_came(tmp_path: Path) -> None:
    captures = Captures(tmp_path)
    first = Page(b"\xff\x00\r\n", "text/calendar", "latin-1", "https://mairie.example/é")
    given = capture(1, first, Page(b""))
    captures.keep("mairie", given)
    assert captures.get("mairie", given.content_hash) == given
    assert captures.holds("mairie", given.content_hash)
    assert not captures.holds("mairie", "")
    assert captures.get("ecole", given.content_hash) is None


def test_only_the_last_ones_stay(tmp_path: Path) -> None:
    captures = Captures(tmp_path, kept=3)
    for number in range(5):
        captures.keep("mairie", capture(number))
    assert [each.at for each in captures.all("mairie")] == [
        NOON + timedelta(hours=number) for number in (4, 3, 2)
    ]


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    captures = Captures(tmp_path)
    captures.keep("mairie", capture(1))
    again = Capture(NOON + timedelta(days=9), capture(1).content_hash, (Page(b"x"),))
    captures.keep("mairie", again)
    assert [each.at for each in captures.all("mairie")] == [capture(1).at]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip"])
def test_a_damaged_capture_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    captures = Captures(tmp_path)
    captures.keep("mairie", capture(1))
    (path,) = (tmp_path / "mairie").iterdir()
    path.write_bytes(damage)
    assert captures.get("mairie", capture(1).content_hash) is None
    assert list(captures.all("mairie")) == []


def test_what_is_dropped_is_gone(tmp_path: Path) -> None:
    captures = Captures(tmp_path)
    captures.keep("mairie", capture(1))
    captures.drop("mairie")
    captures.drop("never-captured")
    assert not (tmp_path / "mairie").exists()
