"""A full disk at each place of writing: it is told, and what was there before is intact."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.requirements import lacking

ROOT = Path(__file__).parents[2]

# Runs on a disk of a few megabytes. ``full`` fills it to the last byte while its block lasts;
# ``refused`` is an error of the store room that says that there is no room.
START = """
import os, sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from store.backup import Holdings, back_up
from store.captures import Capture, Captures, Page
from store.changelog import ChangeLog, Entry
from store.changes import Changeset, Delta
from store.dumps import export
from store.embedded import EmbeddedStore
from store.errors import StoreError
from store.generations import Generations, open_read_only
from store.standing import SourceState, Saved, StoredIssue
from store.state import State
from vocab.messages import say

disk = Path(sys.argv[1])
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BASE = "http://e.org/"
G = BASE + "graph/source/a"

def lines(count, text):
    return frozenset(f'<{BASE}{n}> <{BASE}p> "{text} {n}" .' for n in range(count))

def publish(store, now=NOW):
    return Generations(disk / "g").publish(store, now=now, base=BASE, facts={})

@contextmanager
def full():
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(os.urandom(size)):
                    pass
            except OSError:
                pass
    yield
    (disk / "filler").unlink()

@contextmanager
def refused(*said):
    try:
        yield
    except StoreError as error:
        assert any(each in str(error) for each in said or ("no room left",)), error
    else:
        raise AssertionError("it was not refused")
"""

CASES = {
    "the store": """
with EmbeddedStore(disk / "store") as store:
    store.apply(Changeset({G: Delta(lines(100, "first"))}))
    store.flush()
    with full(), refused():
        store.apply(Changeset({G: Delta(lines(50_000, "second"))}))
        store.flush()
with EmbeddedStore(disk / "store") as store:
    assert store.lines(G) in (lines(100, "first"), lines(100, "first") | lines(50_000, "second"))
    store.apply(Changeset({G: Delta(lines(10, "third"))}))
    store.flush()
""",
    "the state": """
def saved(count):
    issue = StoredIssue("x", "error", say("y"))
    many = [StoredIssue("x", "error", say("y" * 1000 + str(n))) for n in range(count)]
    return [Saved(SourceState("a", records=count), many)]

with State(disk / "state.sqlite") as state:
    state.save(saved(1))
    with full(), refused("database or disk is full", "disk I/O error"):
        state.save(saved(1000))
    assert (state.get("a").records, len(state.issues("a"))) == (1, 1)
    state.save(saved(2))
with State(disk / "state.sqlite") as state:
    assert len(state.issues("a")) == 2
""",
    "a generation": """
with EmbeddedStore(disk / "store") as store:
    store.apply(Changeset({G: Delta(lines(1000, "first"))}))
    first = publish(store)
    store.apply(Changeset({G: Delta(lines(1000, "second"))}))
    with full(), refused():
        publish(store)
    assert Generations(disk / "g").current() == first
    assert len(open_read_only(first)) == 1000
with EmbeddedStore(disk / "store") as store:
    again = publish(store)
    assert (again.number, again.counts[G]) == (2, store.count(G))
    assert sorted(path.name for path in (disk / "g").iterdir()) == ["000001", "000002", "current"]
""",
    "a capture": """
captures = Captures(disk / "captures")
captures.keep("a", Capture(NOW, "a" * 64, (Page(b"first"),)))
with full(), refused():
    captures.keep("a", Capture(NOW, "b" * 64, (Page(os.urandom(100_000)),)))
assert [each.content_hash for each in captures.all("a")] == ["a" * 64]
captures.keep("a", Capture(NOW, "b" * 64, (Page(b"second"),)))
assert captures.holds("a", "b" * 64)
""",
    "the change log": """
log = ChangeLog(disk / "changes")
def entry(count):
    return Entry("a", NOW, BASE + "run", Changeset({G: Delta(lines(count, os.urandom(8).hex()))}))
log.write(entry(1))
with full(), refused():
    log.write(entry(20_000))
assert len(list(log.entries("a"))) == 1
log.write(entry(2))
assert len(list(log.entries("a"))) == 2
""",
    "an export": """
with EmbeddedStore(disk / "store") as store:
    store.apply(Changeset({BASE + "graph/canonical": Delta(lines(10, "first"))}))
    published = publish(store)
written = export(published, disk / "out")
before = {path: path.read_bytes() for path in written}
with full(), refused():
    export(published, disk / "out")
assert {path: path.read_bytes() for path in (disk / "out").iterdir()} == before
""",
    "a backup": """
with EmbeddedStore(disk / "store") as store:
    store.apply(Changeset({G: Delta(lines(1000, "first"))}))
    published = publish(store)
holdings = Holdings(published, disk / "none", {})
with full(), refused():
    back_up(holdings, disk / "out" / "b.tar", now=NOW, version="1")
assert list((disk / "out").iterdir()) == []
back_up(holdings, disk / "out" / "b.tar", now=NOW, version="1")
assert [path.name for path in (disk / "out").iterdir()] == ["b.tar"]
""",
}


def on_a_small_disk(
    folder: Path, megabytes: int, *command: str
) -> subprocess.CompletedProcess[str]:
    """Run ``command``, given the folder of a disk of its own; skip where none can be made."""
    folder.mkdir(exist_ok=True)
    mount = 'mount -t tmpfs -o size="$1"m none "$2"'
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    given = ["sh", str(megabytes), str(folder)]
    try:
        able = subprocess.run([*alone, mount, *given], capture_output=True, check=False).returncode
    except FileNotFoundError:
        able = 1
    if able:
        lacking("unshare", "needs unshare (util-linux) and user namespaces, to mount a small disk")
    script = f'{mount} && shift 2 && exec "$@"'
    return subprocess.run(
        [*alone, script, *given, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("place", CASES)
def test_a_full_disk_is_told_and_harms_nothing(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "disk"
    done = on_a_small_disk(folder, 12, sys.executable, "-c", START + CASES[place], str(folder))
    assert done.returncode == 0, done.stderr


def test_a_harvest_is_not_begun_where_there_is_no_room(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    script = (
        'cd "$0" && "$@" init . >/dev/null && "$@" harvest; code=$?; test ! -e var || ls -l var; '
        "exit $code"
    )
    enbauges = [sys.executable, "-P", "-m", "cli"]
    command = ["env", "ENBAUGES_LANG=en", f"PYTHONPATH={ROOT}", "sh", "-c", script, str(folder)]
    done = on_a_small_disk(folder, 20, *command, *enbauges)
    assert done.returncode == 1
    assert "MB are free on this disk, and 50 MB are needed" in done.stderr
    assert done.stdout == ""
