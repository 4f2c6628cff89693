"""Nothing that a source or a query says makes the program reach what is not public.

Played in a network namespace where every address of the internet is the test's own server,
so that the guard is neither opened nor replaced.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from shutil import which

import pytest

from tests.requirements import lacking
from tests.resilience.attempts import ATTEMPTS, QUERIES, Attempt
from tests.resilience.conftest import Figures
from tests.resilience.driver import ROOT
from tests.resilience.inside import CONTROLS, Came
from tests.resilience.size import sized

COMMANDS = sized(3, len(QUERIES))
EVERYTHING_IS_OURS = (
    "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && "
    "ip -6 route add local ::/0 dev lo && "
)


@dataclass(frozen=True)
class Found:
    controls: dict[str, Came]
    attempts: dict[str, Came]
    queries: dict[str, Came]

    @property
    def hits(self) -> list[str]:
        return [
            f"{came.name}: {came.hits}"
            for came in (*self.attempts.values(), *self.queries.values())
            if came.hits
        ]


def in_a_namespace(command: str) -> list[str]:
    return ["unshare", "--net", "--map-root-user", "--", "sh", "-c", EVERYTHING_IS_OURS + command]


@pytest.fixture(scope="module")
def found() -> Found:
    if not which("unshare") or not which("ip"):
        lacking("netns", "needs unshare and ip: apt-get install util-linux iproute2")
    trial = subprocess.run(in_a_namespace("true"), capture_output=True, text=True, check=False)
    if trial.returncode:
        lacking("netns", f"this machine permits no network namespace: {trial.stderr.strip()}")
    inside = f"exec {sys.executable} -m tests.resilience.inside {COMMANDS}"
    done = subprocess.run(
        in_a_namespace(inside), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = {
        part: {each["name"]: Came(**each) for each in came}
        for part, came in json.loads(done.stdout).items()
    }
    return Found(**told)


def test_the_canary_counts_who_reaches_it(found: Found) -> None:
    assert {name: came.hits for name, came in found.controls.items()} == {
        address: [f"{address}:80"] for address in CONTROLS
    }


def test_nothing_reaches_the_canary(found: Found, figures: Figures) -> None:
    tried = len(found.attempts) + len(found.queries)
    figures.add("attempts to reach a forbidden address", ">= 60", tried)
    figures.add("hits on the canary", "0", len(found.hits))
    assert tried >= 60
    assert found.hits == []


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_an_attempt_ends_as_it_should_and_says_why(found: Found, attempt: Attempt) -> None:
    came = found.attempts[attempt.name]
    assert came.ends in attempt.ends.split("|"), came
    if came.ends != "committed":
        assert " — " in came.told, came
        assert "does not know" not in came.told, came


@pytest.mark.parametrize("name", [name for name in QUERIES if "service" in name or "load" in name])
def test_a_query_that_goes_elsewhere_is_refused_with_a_reason(found: Found, name: str) -> None:
    for way in ("get", "form", "update", "body", "update-body"):
        came = found.queries[f"endpoint-{way}-{name}"]
        assert came.ends in {"400", "403", "405", "415"}, came
        assert came.told
