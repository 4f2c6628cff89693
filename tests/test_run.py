"""``schedule`` and ``run`` as real processes: what signals, deaths and second comers meet."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from store.embedded import EmbeddedStore
from store.state import State
from vocab.iris import Iris

ROOT = Path(__file__).parents[1]
HEAD = """
[site]
title = "Essai"
base = "https://node.example/"
contact = "contact@node.example"
territory = ["73081"]
"""
SAMPLE = """
[[source]]
id = "amap"
kind = "ics"
url = "sample:amap-du-noyer"
title = "AMAP"
publisher = "AMAP"
"""
SILENT = """
[[source]]
id = "muette"
kind = "ics"
url = "http://127.0.0.1:{port}/agenda.ics"
title = "Agenda muet"
publisher = "Mairie"
allow_private = true
"""


@dataclass(frozen=True)
class Command:
    """A running command, and the file that takes what it says."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def says(self, text: str) -> None:
        until(lambda: text in self.said, self)

    def children(self) -> dict[str, int]:
        """The number of each child by the command it runs."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        if not listed.exists():
            pytest.skip("this system does not list the children of a process")
        found = {}
        for child in listed.read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
            found.update({word: int(child) for word in words if word in {"schedule", "serve"}})
        return found


def until(true: Callable[[], bool], command: Command) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, command.said
        time.sleep(0.05)


@contextmanager
def enbauges(folder: Path, *words: str) -> Iterator[Command]:
    """A command in the background, killed at the end if it still runs."""
    output = folder / "output.txt"
    with (
        output.open("wb") as file,
        subprocess.Popen(line(folder, *words), env=spoken(), stdout=file, stderr=file) as process,
    ):
        try:
            yield Command(process, output)
        finally:
            process.kill()


def once(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        line(folder, *words), env=spoken(), capture_output=True, text=True, timeout=60, check=False
    )


def line(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "cli", *words, "--config", str(folder / "sources.toml")]


def spoken() -> dict[str, str]:
    return {**os.environ, "ENBAUGES_LANG": "en", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_abandons_a_slow_source_and_keeps_the_others(
    number: signal.Signals, tmp_path: Path, silent: int
) -> None:
    (tmp_path / "sources.toml").write_text(HEAD + SAMPLE + SILENT.format(port=silent))
    with enbauges(tmp_path, "schedule") as schedule:
        schedule.says("amap: new: ")
        beside = once(tmp_path, "harvest", "amap")
        second = once(tmp_path, "schedule")
        started = time.monotonic()
        schedule.process.send_signal(number)
        assert schedule.process.wait(20) == 0
        assert time.monotonic() - started < 5
        assert schedule.said.endswith("the schedule has stopped\n")
    assert beside.returncode == 1
    assert "run this again in a moment" in beside.stderr
    assert second.returncode == 1
    assert f"process {schedule.process.pid}" in second.stderr
    with State(tmp_path / "var" / "state.sqlite") as state:
        assert [each.source for each in state.all()] == ["amap"]
    with EmbeddedStore(tmp_path / "var" / "store") as store:
        assert store.count(Iris("https://node.example/").source_graph("amap"))


def test_a_changed_file_takes_effect_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(HEAD)
    with enbauges(tmp_path, "schedule") as schedule:
        schedule.says("no source is enabled")
        file.write_text(HEAD + "[[source]]\nid = 3\n")
        schedule.says("sources.toml is refused")
        file.write_text(HEAD + SAMPLE)
        schedule.says("amap: new: ")
        file.write_text(HEAD)
        until(lambda: schedule.said.count("no source is enabled") == 2, schedule)
        schedule.process.terminate()
        assert schedule.process.wait(20) == 0


def test_a_file_that_is_bad_from_the_start_is_misuse(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(HEAD + "[[source]]\nid = 3\n")
    for command in ("schedule", "run"):
        assert once(tmp_path, command).returncode == 2


def test_run_harvests_serves_and_starts_again_what_died(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(HEAD + SAMPLE)
    port = free_port()
    address = f"http://127.0.0.1:{port}/readyz"
    with enbauges(tmp_path, "run", "--port", str(port)) as run:
        run.says("generation 1 published")
        until(lambda: ready(address), run)
        first = run.children()
        assert first.keys() == {"schedule", "serve"}
        for child in first.values():
            os.kill(child, signal.SIGKILL)
        until(lambda: run.said.count("ended unasked (exit code -9)") == 2, run)
        until(lambda: run.children().keys() == {"schedule", "serve"}, run)
        until(lambda: ready(address) and run.said.count("sources on the schedule") == 2, run)
        second = run.children()
        assert not set(first.values()) & set(second.values())
        run.process.terminate()
        assert run.process.wait(30) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in second.values())


def test_a_second_run_is_told_of_the_first_and_children_end_with_their_parent(
    tmp_path: Path,
) -> None:
    (tmp_path / "sources.toml").write_text(HEAD)
    with enbauges(tmp_path, "run", "--port", str(free_port())) as run:
        run.says("no source is enabled")
        run.says("serving on")
        second = once(tmp_path, "run", "--port", str(free_port()))
        assert (second.returncode, f"process {run.process.pid}" in second.stderr) == (1, True)
        children = run.children()
        assert children.keys() == {"schedule", "serve"}
        run.process.kill()
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in children.values()), run)


def ready(address: str) -> bool:
    try:
        return httpx.get(address).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
