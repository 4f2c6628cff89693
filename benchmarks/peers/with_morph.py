"""One full run of morph-kgc into its Oxigraph store; it runs in an environment of its own."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import morph_kgc


def _cpu() -> float:
    """Processor seconds of this process and of those that it started."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main(mapping: Path, out: str) -> None:
    """Run ``mapping``, RML of the older vocabulary; with ``out``, write the statements there."""
    os.chdir(mapping.parent)
    rules = mapping.with_suffix(".ttl").name
    wall, cpu = time.perf_counter(), _cpu()
    store = morph_kgc.materialize_oxigraph(
        f"[CONFIGURATION]\nlogging_level: ERROR\nnumber_of_processes: 2\n[run]\nmappings: {rules}\n"
    )
    taken = {"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu}
    if out:
        Path(out).write_text("".join(f"{quad} .\n" for quad in store), "utf-8")
    print(json.dumps(taken))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), sys.argv[2] if len(sys.argv) > 2 else "")  # noqa: PLR2004
