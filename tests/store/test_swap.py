"""One folder in the place of another, whatever interrupts it."""

from pathlib import Path

import pytest

from store.embedded import EmbeddedStore
from store.swap import finish, swap_in
from tests.store.test_generations import G, add


def folder(path: Path, says: str) -> Path:
    path.mkdir()
    (path / "file").write_text(says)
    return path


def test_the_new_folder_is_there_and_nothing_else(tmp_path: Path) -> None:
    old = folder(tmp_path / "store", "old")
    swap_in(folder(tmp_path / "made", "new"), old)
    assert (old / "file").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_it_works_where_there_was_none(tmp_path: Path) -> None:
    swap_in(folder(tmp_path / "made", "new"), tmp_path / "store")
    assert (tmp_path / "store" / "file").read_text() == "new"


@pytest.mark.parametrize(
    "left", [("store", "store.new"), ("store.old", "store.new"), ("store.old", "store")]
)
def test_an_interruption_at_any_step_is_finished(tmp_path: Path, left: tuple[str, ...]) -> None:
    for name in left:
        folder(tmp_path / name, "new" if name == left[-1] else "old")
    finish(tmp_path / "store")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
    assert (tmp_path / "store" / "file").read_text() == "new"


def test_opening_a_store_finishes_its_swap(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        store.apply(add(1))
    (tmp_path / "store").rename(tmp_path / "store.new")
    with EmbeddedStore(tmp_path / "store") as store:
        assert store.count(G) == 1
