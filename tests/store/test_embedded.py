"""The embedded store: what it gives back, and what it says when it cannot."""

import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.errors import LockedError, StoreError

G, H = "http://example.org/g", "http://example.org/h"
LINES = frozenset(
    f'<http://example.org/{n}> <http://example.org/p> "été \\"{n}\\"\\n"@fr .' for n in range(20)
)
ADD = Changeset({G: Delta(added=LINES)})


def child(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def test_what_was_applied_and_flushed_is_there_after_reopening(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "new" / "store") as store:
        store.apply(ADD)
        store.flush()
    with EmbeddedStore(tmp_path / "new" / "store") as store:
        assert store.lines(G) == LINES
        assert store.count(G) == 20


def test_an_unknown_graph_is_empty(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        assert store.lines(G) == frozenset()
        assert store.count(G) == 0


def test_a_graph_emptied_by_a_change_is_no_longer_named(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.apply(ADD)
        store.apply(Changeset({H: Delta(added=LINES)}))
        assert store.graph_names() == [G, H]
        store.apply(ADD.inverse())
        assert store.graph_names() == [H]


def test_a_query_may_have_variables_bound(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.apply(ADD)
        answer = store.query("ASK { GRAPH ?g { ?s ?p ?o } }", g=ox.NamedNode(G))
        assert bool(answer)
        answer = store.query("ASK { GRAPH ?g { ?s ?p ?o } }", g=ox.NamedNode(H))
        assert not bool(answer)


def test_an_invalid_statement_is_refused_and_nothing_of_its_change_stored(tmp_path: Path) -> None:
    bad = Changeset({G: Delta(added=LINES), H: Delta(added=frozenset({"<a b> <c> ."}))})
    with EmbeddedStore(tmp_path) as store:
        with pytest.raises(StoreError, match="not valid RDF"):
            store.apply(bad)
        assert store.graph_names() == []


OPEN = """
import sys
from pathlib import Path
from store.embedded import EmbeddedStore
from store.errors import LockedError
try:
    with EmbeddedStore(Path(sys.argv[1])):
        print("opened")
except LockedError as error:
    print(error)
"""


def test_a_second_process_is_told_which_one_to_stop(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        refused = child(OPEN, tmp_path)
        assert f"in use by process {os.getpid()}" in refused.stdout
        assert not refused.stderr
        (tmp_path / "WRITER").write_text("")
        assert "fuser" in child(OPEN, tmp_path).stdout
        store.apply(ADD)
    assert child(OPEN, tmp_path).stdout == "opened\n"


def test_a_second_opening_in_the_same_process_is_refused(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path), pytest.raises(LockedError):
        EmbeddedStore(tmp_path).__enter__()


def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not open"):
        EmbeddedStore(tmp_path).lines(G)


@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_a_damaged_store_says_what_to_put_in_its_place(tmp_path: Path, name: str) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.apply(ADD)
        store.flush()
    for path in tmp_path.glob(name):
        path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(StoreError, match=r"damaged.*newest generation") as caught:
        EmbeddedStore(tmp_path).__enter__()
    assert caught.value.__cause__ is not None


def test_a_file_in_place_of_the_directory_is_reported(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        EmbeddedStore(tmp_path / "store").__enter__()


FILL = """
import resource, sys
from pathlib import Path
from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.errors import StoreError

def change(graph):
    lines = (f'<http://e.org/{n}> <http://e.org/p> "{graph} {n}" .' for n in range(1000))
    return Changeset({f"http://e.org/g{graph}": Delta(added=frozenset(lines))})

with EmbeddedStore(Path(sys.argv[1])) as store:
    store.apply(change(1))
    store.flush()
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        for graph in range(2, 50):
            store.apply(change(graph))
    except StoreError as error:
        print(error)
    print([(name, store.count(name)) for name in store.graph_names()])
"""


def test_a_full_disk_is_reported_and_every_graph_stays_whole(tmp_path: Path) -> None:
    told, graphs = child(FILL, tmp_path).stdout.splitlines()
    assert "no room left" in told
    with EmbeddedStore(tmp_path) as store:
        counts = [(name, store.count(name)) for name in store.graph_names()]
    assert str(counts) == graphs
    assert {count for _, count in counts} == {1000}
