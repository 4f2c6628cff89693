"""Generations: an atomic switch, and nothing half-made left behind."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.errors import GenerationError, StoreError
from store.generations import GRACE, Generation, Generations, open_read_only

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
BASE = "http://example.org/"
G = f"{BASE}graph/source/a"


def add(number: int) -> Changeset:
    return Changeset({G: Delta(frozenset({f"<{BASE}{number}> <{BASE}p> <{BASE}o> ."}))})


def publish(root: Path, store: EmbeddedStore, now: datetime = NOON) -> Generation:
    return Generations(root).publish(store, now=now, base=BASE, facts={"title": "Bauges"})


def test_there_is_none_before_the_first_publication(tmp_path: Path) -> None:
    assert Generations(tmp_path / "generations").current() is None


def test_what_is_published_is_read_back_by_others(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        store.apply(add(1))
        store.apply(add(2))
        published = publish(tmp_path / "g", store)
    current = Generations(tmp_path / "g").current()
    assert current == published
    assert current is not None
    assert current.counts == {G: 2}
    assert current.quads == 2
    assert current.facts == {"title": "Bauges"}
    assert current.created == NOON


def test_a_generation_does_not_change_when_the_store_does(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        store.apply(add(1))
        first = publish(tmp_path / "g", store)
        store.apply(add(2))
        second = publish(tmp_path / "g", store)
        store.apply(add(3))
        assert len(open_read_only(first)) == 1
        assert len(open_read_only(second)) == 2


def test_a_generation_replaced_long_ago_is_retired_and_its_readers_go_on(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        store.apply(add(1))
        reader = open_read_only(publish(tmp_path / "g", store, NOON))
        publish(tmp_path / "g", store, NOON)
        publish(tmp_path / "g", store, NOON + GRACE)
        assert names(tmp_path / "g") == ["000001", "000002", "000003", "current"]
        publish(tmp_path / "g", store, NOON + GRACE + timedelta(seconds=1))
        assert names(tmp_path / "g") == ["000002", "000003", "000004", "current"]
        assert len(reader) == 1


def test_what_a_crash_left_half_made_is_swept_by_the_next_publication(tmp_path: Path) -> None:
    (tmp_path / "g" / "000007.part" / "store").mkdir(parents=True)
    (tmp_path / "g" / "current.part").symlink_to("000007")
    with EmbeddedStore(tmp_path / "store") as store:
        publish(tmp_path / "g", store)
    assert names(tmp_path / "g") == ["000001", "current"]


def test_a_publication_that_fails_leaves_the_current_one(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        first = publish(tmp_path / "g", store)
    with pytest.raises(StoreError, match="not open"):
        publish(tmp_path / "g", store)
    assert Generations(tmp_path / "g").current() == first


def test_a_generation_that_cannot_be_read_says_what_to_remove(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        generation = publish(tmp_path / "g", store)
        (generation.path / "meta.json").write_text("{")
        with pytest.raises(GenerationError, match=r"000001.*remove the folder"):
            Generations(tmp_path / "g").current()
        publish(tmp_path / "g", store)
    assert Generations(tmp_path / "g").current() is not None


def test_a_snapshot_that_is_gone_is_reported(tmp_path: Path) -> None:
    gone = Generation(1, tmp_path / "000001", NOON, BASE, {}, {})
    with pytest.raises(StoreError, match="000001/store"):
        open_read_only(gone)


def names(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir())


def test_a_number_goes_on_from_where_its_predecessors_were(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        generations = Generations(tmp_path / "g")
        made = generations.publish(store, now=NOON, base=BASE, facts={}, after=41)
        assert made.number == 42
        assert publish(tmp_path / "g", store).number == 43


def test_a_purge_leaves_the_current_one_alone(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        store.apply(add(1))
        for _ in range(3):
            publish(tmp_path / "g", store)
    Generations(tmp_path / "g").purge()
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == ["000003", "current"]
    current = Generations(tmp_path / "g").current()
    assert current is not None
    assert len(open_read_only(current)) == 1
