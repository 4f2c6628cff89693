"""One full run of this engine: mapping read, files mapped, statements loaded into a store."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pyoxigraph as ox

from benchmarks.mapping import files_of, mapped


def main(mapping: Path, out: str) -> None:
    """Run ``mapping``; with ``out``, write the statements there."""
    files = files_of(mapping)
    wall, cpu = time.perf_counter(), time.process_time()
    store = mapped(mapping, files)
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    if out:
        store.dump(out, ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    print(json.dumps(taken))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")  # noqa: PLR2004
