"""The mapping engine beside others on the same files: ``python -m benchmarks peers``.

morph-kgc and maplib run in virtual environments of their own, which are made here with pip and
kept in the git-ignored folder ``.peers``. Each run is a process of its own; what it takes is
counted from after its imports to statements in its store. Before anything is timed, what a peer has
made is compared with what the engine has, by canonical hash.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from benchmarks.figures import Figure
from benchmarks.mapping import ROUNDS, ROWS, canonical_hash, written
from mappings.translate import translated

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".peers"
HERE = Path(__file__).parent
MORPH, MAPLIB = "morph-kgc 2.10.0", "maplib 0.20.26"
GOALS = {(MORPH, "csv"): "≥ 2", (MORPH, "json"): "≥ 3.5", (MORPH, "small"): "≥ 40"}
LONG = {(MORPH, "small")}
"""What takes minutes: it is run once, and that run is both the timed and the compared one."""


@dataclass(frozen=True, slots=True)
class Runner:
    """An engine: the Python that has it, and the script that makes one full run."""

    python: Path
    script: Path

    def run(self, mapping: Path, out: Path | None = None) -> Mapping[str, float]:
        """The seconds, of the wall and of the processor, of one run; the result in ``out``."""
        command = [self.python, self.script, mapping, *([out] if out else [])]
        environment = {"PYTHONPATH": str(ROOT)} if self.python == Path(sys.executable) else {}
        done = subprocess.run(
            list(map(str, command)), check=True, capture_output=True, text=True, env=environment
        )
        taken: Mapping[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
        return taken


def measure(rows: int = ROWS, rounds: int = ROUNDS) -> list[Figure]:
    """How many times longer each peer takes than the engine, on each workload.

    Raises:
        AssertionError: when a peer does not make the same statements.
    """
    ours = Runner(Path(sys.executable), HERE / "ours.py")
    peers = {
        MORPH: Runner(_python("morph-kgc==2.10.0"), HERE / "with_morph.py"),
        MAPLIB: Runner(_python("maplib==0.20.26"), HERE / "with_maplib.py"),
    }
    with tempfile.TemporaryDirectory() as folder:
        mappings = written(Path(folder), rows)
        for mapping in mappings.values():
            text = translated([mapping], "rml-legacy")
            mapping.with_suffix(".ttl").write_text(text, "utf-8")
        return [
            _compare(Race(name, workload, ours, peer), mappings, rounds)
            for workload in ("csv", "json", "small")
            for name, peer in peers.items()
        ]


@dataclass(frozen=True, slots=True)
class Race:
    """The engine and a peer on one workload."""

    name: str
    workload: str
    ours: Runner
    peer: Runner


def _compare(race: Race, mappings: Mapping[str, Path], rounds: int) -> Figure:
    mine = mappings[race.workload]
    theirs = mappings["each"] if race.workload == "small" else mine
    wanted, _ = _made(race.ours, mine)
    found, first = _made(race.peer, theirs)
    if found != wanted:
        raise AssertionError(race.name, race.workload)
    once = (race.name, race.workload) in LONG
    runs: dict[str, list[Mapping[str, float]]] = {"ours": [], "peer": [first] if once else []}
    for _ in range(rounds):
        runs["ours"].append(race.ours.run(mine))
        if not once:
            runs["peer"].append(race.peer.run(theirs))
    wall, cpu = (
        {who: statistics.median(run[key] for run in each) for who, each in runs.items()}
        for key in ("wall", "cpu")
    )
    note = (
        f"CPU {cpu['peer']:.2f} s beside {cpu['ours']:.2f} s; wall {wall['peer']:.2f} s beside"
        f" {wall['ours']:.2f} s, {wall['peer'] / wall['ours']:.2f} times"
    )
    goal = GOALS.get((race.name, race.workload), "")
    name = f"{race.name}, {race.workload}, times this engine"
    return Figure(name, cpu["peer"] / cpu["ours"], goal, note)


def _made(runner: Runner, mapping: Path) -> tuple[str, Mapping[str, float]]:
    """The hash of what a run makes, and what the run took."""
    out = mapping.parent / "out.nt"
    taken = runner.run(mapping, out)
    found = canonical_hash(ox.parse(path=out, format=ox.RdfFormat.N_TRIPLES))
    out.unlink()
    return found, taken


def _python(package: str) -> Path:
    """The Python of the environment that holds ``package``, made when it is not there."""
    folder = KEPT / package
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
        (folder / "ready").touch()
    return python
