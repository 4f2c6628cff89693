"""Texts that are kept from one process to the next, and may be lost."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

import pytest

from store.notes import kept


def always(_text: str) -> bool:
    return True


def test_what_was_noted_is_there_the_next_time(tmp_path: Path) -> None:
    with kept(tmp_path / "n.json", always) as notes:
        notes["a"] = "été"
    with kept(tmp_path / "n.json", always) as notes:
        assert notes == {"a": "été"}
    assert [path.name for path in tmp_path.iterdir()] == ["n.json"]


def test_what_is_no_longer_worth_it_is_left_out(tmp_path: Path) -> None:
    with kept(tmp_path / "n.json", lambda text: text != "old") as notes:
        notes |= {"a": "old", "b": "new"}
    with kept(tmp_path / "n.json", always) as notes:
        assert notes == {"b": "new"}


def test_what_is_noted_before_an_error_is_kept(tmp_path: Path) -> None:
    with suppress(RuntimeError), kept(tmp_path / "n.json", always) as notes:
        notes["a"] = "x"
        raise RuntimeError
    with kept(tmp_path / "n.json", always) as notes:
        assert notes == {"a": "x"}


def test_a_file_is_not_written_when_nothing_changed(tmp_path: Path) -> None:
    with kept(tmp_path / "n.json", always):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("held", [b"", b"{", b"[1]", b"\xff", b'{"a": 1}', b"[" * 100_000])
def test_a_damaged_file_is_taken_for_empty(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "n.json"
    path.write_bytes(held)
    with kept(path, always) as notes:
        assert notes == {}


def test_what_cannot_be_written_is_only_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.WARNING),
        kept(tmp_path / "missing" / "n.json", always) as notes,
    ):
        notes["a"] = "x"
    assert "is not kept" in caplog.text
