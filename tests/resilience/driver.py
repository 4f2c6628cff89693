"""A harvest in a process of its own, under a clock and limits of the test's choice.

It reads an order from standard input and prints what came of it, as JSON. A crash of the
program, or memory that it took, is then seen from outside.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from harvester.fetch import Limits
from harvester.place import Place
from harvester.report import Report
from harvester.session import chosen, opened
from harvester.sources import load
from harvester.telling import reasons
from mappings import platforms
from tests.resilience.processes import Peak, watched

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Told:
    """A report, as it came out of the process; ``sentences`` are those a person reads."""

    source: str
    outcome: str
    reason: str
    records: int
    removed: int
    quads: int
    seconds: float
    sentences: list[str]
    issues: list[dict[str, str]]

    @property
    def codes(self) -> set[str]:
        return {issue["code"] for issue in self.issues}


@dataclass(frozen=True)
class Harvested:
    """What came of an order."""

    status: int
    errors: str
    reports: dict[str, Told]
    generation: int | None
    peak: Peak = field(default_factory=Peak)


def harvested(
    folder: Path, now: datetime, limits: Limits, *, version: str = "1.0", force: bool = False
) -> Harvested:
    """Harvest the ``sources.toml`` of ``folder`` in a process of its own."""
    order = {
        "folder": str(folder),
        "now": now.isoformat(),
        "version": version,
        "force": force,
        "limits": {name: getattr(limits, name) for name in Limits.__slots__},
    }
    command = [sys.executable, "-m", "tests.resilience.driver"]
    with (
        Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as process,
        watched(process.pid) as peak,
    ):
        output, errors = process.communicate(json.dumps(order))
    told = [json.loads(line) for line in output.splitlines()]
    reports = {line["source"]: Told(**line) for line in told if "source" in line}
    generation = next((line["generation"] for line in told if "generation" in line), None)
    return Harvested(process.returncode, errors, reports, generation, peak)


def plain(report: Report) -> dict[str, Any]:
    """A report as plain values."""
    return {
        "source": report.source,
        "outcome": report.outcome,
        "reason": str(report.reason or ""),
        "records": report.records,
        "removed": report.removed,
        "quads": report.quads,
        "seconds": report.seconds,
        "sentences": list(reasons([report], "fr")),
        "issues": [
            {"code": each.code, "severity": each.severity, "message": str(each.message)}
            for each in report.issues[:200]
        ],
    }


def main() -> None:
    order = json.load(sys.stdin)
    folder, now = Path(order["folder"]), datetime.fromisoformat(order["now"])
    config = load(folder / "sources.toml", kinds=platforms())
    with opened(
        config,
        Place(folder / "var"),
        version=order["version"],
        clock=lambda: now,
        limits=Limits(**order["limits"]),
        force=order["force"],
    ) as session:
        for report in session.harvest(chosen(config, ())):
            print(json.dumps(plain(report)), flush=True)  # noqa: T201
        generation = session.publish()
    print(json.dumps({"generation": generation and generation.number}))  # noqa: T201


if __name__ == "__main__":
    main()
