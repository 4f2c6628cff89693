"""SIGKILL at any moment: graphs are whole, and the current generation opens."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from store.embedded import EmbeddedStore
from store.generations import Generations, open_read_only

ROOT = Path(__file__).parents[2]
KILLS = 10
LINES = 200

# Each turn rewrites two graphs with its number, and publishes an hour after the one before, so
# that generations are retired as well. A torn write would leave two numbers in a graph.
WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from store.changes import Changeset
from store.embedded import EmbeddedStore
from store.generations import Generations

def lines(graph, turn):
    return frozenset(f'<http://e.org/{graph}/{n}> <http://e.org/p> "{turn}" .' for n in range(200))

root = Path(sys.argv[1])
with EmbeddedStore(root / "store") as store:
    print("open", flush=True)
    for turn in range(1_000_000):
        for graph in ("http://e.org/a", "http://e.org/b"):
            store.apply(Changeset.of({graph: (store.lines(graph), lines(graph, turn))}))
        store.flush()
        now = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=turn)
        Generations(root / "g").publish(store, now=now, base="http://e.org/", facts={"turn": turn})
"""


def turns(lines: frozenset[str]) -> set[str]:
    return {line.split('"')[1] for line in lines}


def test_ten_kills_tear_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311  # the moments of the kills, not a secret
    published = 0
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"open\n"
            time.sleep(chance.uniform(0.005, 0.15))
            writer.send_signal(signal.SIGKILL)
        with EmbeddedStore(tmp_path / "store") as store:
            for graph in store.graph_names():
                lines = store.lines(graph)
                assert (len(lines), len(turns(lines))) == (LINES, 1)
        current = Generations(tmp_path / "g").current()
        if current is not None:
            published += 1
            snapshot = open_read_only(current)
            assert len(snapshot) == current.quads == 2 * LINES
            del snapshot
    assert published > KILLS // 2
