"""The question that is asked before a run: is there room?"""

from pathlib import Path

import pytest

from store.room import LEAST, NoRoomError, check_room, needed


def test_a_disk_with_room_is_not_spoken_of(tmp_path: Path) -> None:
    check_room(tmp_path / "var", 1)


def test_a_full_disk_says_what_is_there_and_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(NoRoomError, match=r"MB are free on this disk, and 1048576 MB are needed"):
        check_room(tmp_path / "not" / "there" / "yet", 1 << 40)


def test_a_store_may_take_its_own_size_again(tmp_path: Path) -> None:
    assert needed(tmp_path / "store") == LEAST
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "000001.sst").write_bytes(b"x" * 1000)
    assert needed(tmp_path / "store") == LEAST + 1000
