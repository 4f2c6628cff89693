"""The change log: what is written is what is read, in the order in which it happened."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.changelog import ChangeLog, Entry
from store.changes import Changeset, Delta
from store.errors import StoreError

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
OLD, NEW = '<http://e/r> <http://e/name> "Bal" .', '<http://e/r> <http://e/name> "A <b> \\" ."@fr .'
RUN = "<http://e/run> <http://e/at> <http://e/now> ."
CHANGE = Changeset(
    {
        "http://e/graph/source/mairie": Delta(frozenset({NEW}), frozenset({OLD})),
        "http://e/graph/provenance": Delta(added=frozenset({RUN})),
    }
)


def entry(hours: int = 0, source: str = "mairie") -> Entry:
    return Entry(source, NOON + timedelta(hours=hours), f"http://e/run/{hours}", CHANGE)


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    log = ChangeLog(tmp_path)
    log.write(entry())
    assert list(log.entries("mairie")) == [entry()]
    assert log.sources() == ["mairie"]
    assert list(log.entries("ecole")) == []


def test_entries_come_last_one_first_even_within_a_second(tmp_path: Path) -> None:
    log = ChangeLog(tmp_path)
    for hours in (1, 2, 2, *[3] * 11):
        log.write(entry(hours))
    found = [each.activity.rpartition("/")[2] for each in log.entries("mairie")]
    assert found == [*["3"] * 11, "2", "2", "1"]
    assert log.paths("mairie")[-1].name == "20260504T150000Z-11.rdfp.gz"


def test_a_file_is_an_rdf_patch(tmp_path: Path) -> None:
    log = ChangeLog(tmp_path)
    log.write(entry())
    (path,) = log.paths("mairie")
    assert gzip.decompress(path.read_bytes()).decode().splitlines() == [
        "H id <http://e/run/0> .",
        'H at "2026-05-04T12:00:00+00:00" .',
        "TX .",
        f"D {OLD[:-2]} <http://e/graph/source/mairie> .",
        f"A {RUN[:-2]} <http://e/graph/provenance> .",
        f"A {NEW[:-2]} <http://e/graph/source/mairie> .",
        "TC .",
    ]


def test_an_entry_can_be_rewritten(tmp_path: Path) -> None:
    log = ChangeLog(tmp_path)
    log.write(entry())
    (path,) = log.paths("mairie")
    less = Entry("mairie", NOON, "http://e/run/0", Changeset({}))
    log.rewrite(path, less)
    assert list(log.entries("mairie")) == [less]


@pytest.mark.parametrize("cut", [0, 20, -8])
def test_a_damaged_file_is_told_with_its_name(tmp_path: Path, cut: int) -> None:
    log = ChangeLog(tmp_path)
    log.write(entry())
    (path,) = log.paths("mairie")
    path.write_bytes(path.read_bytes()[:cut] if cut else gzip.compress(b"H id <x> .\nTX .\n"))
    with pytest.raises(StoreError, match=path.name):
        list(log.entries("mairie"))
