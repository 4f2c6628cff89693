"""``make bench``: every figure of ``docs/benchmarks.md``, measured in one run."""

from __future__ import annotations

import platform
import sys

from benchmarks import detection, endpoint, harvest, mapping, pages, peers
from benchmarks.figures import Figure

PARTS = {
    "harvest": harvest.measure,
    "mapping": mapping.measure,
    "endpoint": endpoint.measure,
    "pages": pages.measure,
    "detection": detection.measure,
}
ASKED = {"peers": peers.measure}
"""What is measured only when it is named: it installs other engines, and takes half an hour."""


def main(names: list[str]) -> None:
    """Print a Markdown table for each part, or for those named."""
    print(f"{platform.machine()}, {platform.system()} {platform.release()}, ", end="")
    print(f"Python {platform.python_version()}\n")
    for name in names or PARTS:
        show(name, (PARTS | ASKED)[name]())


def show(name: str, figures: list[Figure]) -> None:
    """One part as a table."""
    print(f"## {name}\n\n| Figure | Measured | Goal | Note |\n|---|---:|---|---|")
    for figure in figures:
        print(figure, flush=True)
    print()


if __name__ == "__main__":
    main(sys.argv[1:])
