"""SIGKILL at any moment of forgetting and restoring: doing it again does the rest."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store.residue import files_with
from tests.resilience.size import LONG
from tests.test_cli import CALENDAR, HEAD

ROOT = Path(__file__).parents[1]
WHAT = "Marché du Châtelard"


class Terminal:
    """Runs the command in processes of their own, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sources.toml").write_text(HEAD + CALENDAR, encoding="utf-8")
        self._command = [sys.executable, "-P", "-m", "cli"]
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), "ENBAUGES_LANG": "en"}

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [*self._command, *words],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, after: float, *words: str) -> None:
        """Kill the command ``after`` some seconds, unless it has ended."""
        with subprocess.Popen(
            [*self._command, *words],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(after)
            process.send_signal(signal.SIGKILL)

    def names(self) -> str:
        return self.run("query", "SELECT DISTINCT ?n { ?e a schema:Event ; schema:name ?n }")


def lasts(terminal: Terminal, *words: str) -> float:
    started = time.perf_counter()
    terminal.run(*words)
    return time.perf_counter() - started


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.run("harvest")
    terminal.run("backup", "full.tar")
    return terminal


@pytest.mark.slow
def test_forgetting_that_was_killed_is_finished_by_asking_again(terminal: Terminal) -> None:
    chance = random.Random(11)  # noqa: S311  # the moments of the kills, not a secret
    whole = lasts(terminal, "forget", WHAT, "--yes")
    for _ in range(4 if LONG else 2):
        (terminal.folder / "var" / "takedowns.json").unlink(missing_ok=True)
        terminal.run("restore", "full.tar", "--force")
        assert WHAT in terminal.names()
        terminal.kill(chance.uniform(0.3, whole), "forget", WHAT, "--yes")
        terminal.run("forget", WHAT, "--yes")
        assert WHAT not in terminal.names()
        assert "Permanence" in terminal.names()
        assert list(files_with(WHAT, terminal.folder / "var")) == []
        terminal.run("harvest")
        assert WHAT not in terminal.names()


@pytest.mark.slow
def test_a_restore_that_was_killed_leaves_the_old_node_or_the_new_one(terminal: Terminal) -> None:
    chance = random.Random(12)  # noqa: S311
    terminal.run("rollback", "mairie")
    terminal.run("backup", "bare.tar")
    full, bare = "Permanence", "no row"
    whole = lasts(terminal, "restore", "full.tar", "--force")
    for backup, wanted in (("bare.tar", bare), ("full.tar", full)) * (2 if LONG else 1):
        terminal.kill(chance.uniform(0.3, whole), "restore", backup, "--force")
        said = terminal.run("status")
        assert "mairie" in said
        terminal.run("restore", backup, "--force")
        shown = terminal.names()
        assert (full in shown) == (wanted == full)
        left = {path.name for path in terminal.folder.iterdir()}
        assert left == {"sources.toml", "var", "full.tar", "bare.tar"}
