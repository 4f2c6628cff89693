"""SIGKILL at any moment of real harvests: nothing is torn, nothing lost, the next run repairs."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from store.generations import Generations, open_read_only
from store.state import State
from tests.resilience.changing import EDITIONS, KINDS, Held, edition, registered
from tests.resilience.conftest import Figures
from tests.resilience.driver import ROOT
from tests.resilience.nodes import IRIS, Block, fingerprint, graphs, register
from tests.resilience.processes import descendants, left_over
from tests.resilience.raw import RawSite, numbered, raw_site, tagged
from tests.resilience.size import sized

KILLS = sized(8, 210)
REPAIRED_EVERY = sized(4, 8)
PATIENCE = 15.0  # seconds in which what a killed parent started must end; a child may be starting
SEED = int(os.environ.get("ENBAUGES_SEED") or time.time())


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "cli", "--config", str(folder / "sources.toml"), *words]


@contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The program, in a session of its own."""
    with subprocess.Popen(
        command(folder, *words),
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process


@dataclass
class World:
    """A node, its sources, the edition that each of them shows, and the one that is stored."""

    folder: Path
    site: RawSite
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    shown: dict[str, int] = field(default_factory=dict)
    every: int = 6

    def show(self, editions: Mapping[str, int]) -> None:
        """Let the sources show these editions, and the file register them."""
        blocks = []
        for number, (kind, wanted) in enumerate(editions.items()):
            body, media = edition(kind, wanted, self.today)
            url = self.site.put(numbered(number), f"/{kind}", tagged(body, media))
            blocks.append(Block(kind, registered(kind), url, f'every = "{self.every} h"'))
        self.shown = dict(editions)
        register(self.folder, blocks)

    def tag(self, kind: str, number: int) -> str:
        body, _ = edition(kind, number, self.today)
        return f'"{sha256(body).hexdigest()}"'

    def harvest(self) -> None:
        """A whole run, which nobody kills."""
        done = subprocess.run(
            command(self.folder, "harvest", "--json"),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        ends = {each["outcome"] for each in json.loads(done.stdout)["sources"]}
        assert ends <= {"committed", "unchanged"}


@dataclass(frozen=True)
class Expected:
    """What is stored of each edition of each source by a node that is never killed."""

    lines: dict[tuple[str, int], frozenset[str]]
    entities: dict[tuple[str, int], frozenset[str]]
    rest: frozenset[str]

    def edition_of(self, held: Held) -> int | None:
        """Which edition it is, None when it is none, or half of one."""
        for number in range(EDITIONS):
            if self.lines[held.source, number] == held.lines:
                return number
        return None


def never_killed(world: World) -> Expected:
    lines, entities, rests = {}, {}, []
    for number in range(EDITIONS):
        world.show(dict.fromkeys(KINDS, number))
        world.harvest()
        found = graphs(world.folder)
        everything = frozenset[str]()
        for kind in KINDS:
            held = Held(kind, found)
            assert held.faults() == []
            assert len(held.lines) > 20
            lines[kind, number], entities[kind, number] = held.lines, held.entities
            everything |= held.entities
        rests.append(found[IRIS.graph("canonical")] - everything)
    assert len(set(rests)) == 1
    assert len(set(lines.values())) == len(lines)
    return Expected(lines, entities, rests[0])


def kill_after(folder: Path, words: tuple[str, ...], moment: float) -> set[int]:
    """Run, kill the parent at ``moment`` seconds, and say what is left of its children."""
    with started(folder, *words) as process:
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            return killed(process)
    return set()


def kill_while_publishing(folder: Path, delay: float) -> set[int]:
    """Run, and kill ``delay`` seconds after it begins to make a generation."""
    parts = folder / "var" / "generations"
    before = set(parts.iterdir())
    with started(folder, "harvest") as process:
        while process.poll() is None and set(parts.iterdir()) == before:
            time.sleep(0.001)
        time.sleep(delay)
        return killed(process)


def killed(process: subprocess.Popen[str]) -> set[int]:
    """SIGKILL to the parent alone; its children must notice."""
    children = descendants(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return left_over(children, process.pid, PATIENCE)


@dataclass
class Tally:
    """What was seen in all kills."""

    kills: int = 0
    torn: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    left: list[set[int]] = field(default_factory=list)
    unrepaired: list[str] = field(default_factory=list)
    repairs: int = 0
    stages: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """How it stands."""
        faults = [*self.torn, *self.lost, *self.unrepaired, *filter(None, self.left)]
        told = f"kill {self.kills}: {dict(self.stages)}, repairs {self.repairs}"
        return f"seed {SEED}, {told}, faults {faults}"


def inspected(world: World, expected: Expected, stored: dict[str, int], tally: Tally) -> None:
    """Open what a kill left: ``stored`` is what each source held before, and then holds."""
    found = graphs(world.folder)
    with State(world.folder / "var" / "state.sqlite") as state:
        tags = {kind: state.get(kind).etag for kind in KINDS}
    news = 0
    for kind in KINDS:
        held = Held(kind, found)
        number = expected.edition_of(held)
        where = f"kill {tally.kills}, {kind}"
        if number is None or held.entities != expected.entities[kind, number] or held.faults():
            tally.torn.append(f"{where}: edition {number}, {held.faults()}")
            continue
        if number not in {stored[kind], world.shown[kind]}:
            tally.lost.append(f"{where}: edition {stored[kind]} has become {number}")
        if tags[kind] and tags[kind] != world.tag(kind, number):
            tally.lost.append(f"{where}: the state tells of another edition than {number}")
        news += number != stored[kind]
        stored[kind] = number
    tally.stages["nothing stored" if not news else "all" if news == len(KINDS) else "some"] += 1
    published(world, expected, tally)


def published(world: World, expected: Expected, tally: Tally) -> None:
    """The current generation opens, and holds whole editions."""
    generation = Generations(world.folder / "var" / "generations").current()
    assert generation is not None
    snapshot = open_read_only(generation)
    assert len(snapshot) == generation.quads
    for kind in KINDS:
        sizes = {len(expected.lines[kind, number]) for number in range(EDITIONS)}
        if generation.counts[IRIS.source_graph(kind)] not in sizes:
            tally.torn.append(f"kill {tally.kills}, {kind}: half published")


def repaired(world: World, expected: Expected, stored: dict[str, int], tally: Tally) -> None:
    """One run, and the node is as if nobody had ever killed it."""
    world.harvest()
    found = graphs(world.folder)
    everything = expected.rest
    for kind in KINDS:
        everything |= expected.entities[kind, world.shown[kind]]
        if (
            expected.edition_of(Held(kind, found)) != world.shown[kind]
            or Held(kind, found).faults()
        ):
            tally.unrepaired.append(f"kill {tally.kills}, {kind}")
        stored[kind] = world.shown[kind]
    if fingerprint(found[IRIS.graph("canonical")]) != fingerprint(everything):
        tally.unrepaired.append(f"kill {tally.kills}, the canonical graph")
    generation = Generations(world.folder / "var" / "generations").current()
    assert generation is not None
    sizes = {name: len(lines) for name, lines in found.items()}
    if dict(generation.counts) != sizes or (world.folder / "var" / "unfinished").exists():
        tally.unrepaired.append(f"kill {tally.kills}, the generation")
    tally.repairs += 1


def length_of_a_run(world: World, chance: random.Random) -> float:
    """Seconds that a run takes in which every source has changed."""
    took = []
    for _ in range(sized(1, 3)):
        world.show({kind: other(number, chance) for kind, number in world.shown.items()})
        start = time.monotonic()
        world.harvest()
        took.append(time.monotonic() - start)
    return max(took)


def other(number: int, chance: random.Random) -> int:
    return (number + chance.randrange(1, EDITIONS)) % EDITIONS


Kill = Callable[[random.Random, float], set[int]]


def kills_of(world: World) -> list[Kill]:
    """The ways to kill: most at any moment of a harvest, some in a schedule, some publishing."""

    def harvesting(chance: random.Random, length: float) -> set[int]:
        return kill_after(world.folder, ("harvest",), chance.uniform(0, length))

    def scheduling(chance: random.Random, length: float) -> set[int]:
        return kill_after(world.folder, ("schedule",), chance.uniform(0.2, 1.3) * length)

    def publishing(chance: random.Random, _: float) -> set[int]:
        return kill_while_publishing(world.folder, chance.uniform(0, 0.06))

    return [harvesting] * 8 + [scheduling] * 3 + [publishing] * 3


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    chance = random.Random(SEED)  # noqa: S311  # the moments of the kills, not a secret
    with raw_site() as site:
        expected = never_killed(World(tmp_path_factory.mktemp("whole"), site))
        world = World(tmp_path_factory.mktemp("killed"), site)
        world.show(dict.fromkeys(KINDS, 0))
        world.harvest()
        length = length_of_a_run(world, chance)
        stored = dict(world.shown)
        found = Tally()
        ways = kills_of(world)
        while found.kills < KILLS:
            world.every = 13 - world.every  # an edited source is read at once by a schedule
            world.show(
                {
                    kind: other(stored[kind], chance) if chance.random() < 0.7 else stored[kind]
                    for kind in KINDS
                }
            )
            way = ways[found.kills % len(ways)]
            found.left.append(way(chance, length))
            found.kills += 1
            inspected(world, expected, stored, found)
            if found.kills % REPAIRED_EVERY == 0 or found.kills == KILLS:
                repaired(world, expected, stored, found)
            print(found.line(), flush=True)  # noqa: T201  # pytest -s shows how far it is
    return found


def test_no_kill_tears_a_graph(tally: Tally, figures: Figures) -> None:
    figures.add("SIGKILLs of real runs", ">= 200", f"{tally.kills} (seed {SEED})")
    figures.add("torn graphs", "0", len(tally.torn))
    assert tally.torn == []


def test_no_kill_loses_a_committed_source(tally: Tally, figures: Figures) -> None:
    figures.add("committed sources lost", "0", len(tally.lost))
    assert tally.lost == []


def test_the_kills_fell_before_between_and_after_the_commits(tally: Tally) -> None:
    assert len(tally.stages) >= sized(1, 3), tally.stages


def test_the_next_run_repairs_everything_by_itself(tally: Tally, figures: Figures) -> None:
    figures.add("runs that repaired what kills had left", "all", f"{tally.repairs}")
    assert tally.unrepaired == []
    assert tally.repairs >= KILLS // REPAIRED_EVERY


def test_no_child_survives_its_killed_parent(tally: Tally, figures: Figures) -> None:
    survivors = [pids for pids in tally.left if pids]
    figures.add("children that outlived a killed parent by 15 s", "0", len(survivors))
    assert survivors == []
