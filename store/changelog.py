"""The change log: what each run changed, as one RDF Patch file a run.

::

    changes/
    └── mairie/
        ├── 20261124T101500Z.rdfp.gz
        └── 20261126T081500Z.rdfp.gz

RDF Patch is the format of Apache Jena and RDF Delta: a line for each quad added (``A``) or
deleted (``D``). A file is written before the commit of what it says, so that nothing is
committed without it; whether the commit followed is told by the store, which then holds the
run's activity (``Entry.activity``) in ``graph/provenance``.
"""

from __future__ import annotations

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from store.changes import Changeset, Delta
from store.errors import StoreError, told
from store.files import whole
from vocab.messages import say

_STAMP = "%Y%m%dT%H%M%SZ"
_ENDING = ".rdfp.gz"
_LEVEL = 1  # of zlib: quads shrink ten times at any level, and this one is the quickest


@dataclass(frozen=True, slots=True)
class Entry:
    """One run that changed data: ``activity`` is the IRI of its prov:Activity."""

    source: str
    at: datetime
    activity: str
    changeset: Changeset


class ChangeLog:
    """The change log under ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, entry: Entry) -> None:
        """Write down ``entry``; the file takes its name when it is whole.

        Raises:
            StoreError: when it cannot be written.
        """
        path = self._free(entry)
        with told(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._put(path, entry)

    def rewrite(self, path: Path, entry: Entry) -> None:
        """Put ``entry`` in the place of what the file ``path`` of this log says.

        Raises:
            StoreError: when it cannot be written; the file is then as it was.
        """
        with told(path.parent):
            self._put(path, entry)

    def sources(self) -> list[str]:
        """The ids of the sources that have entries."""
        return sorted(path.name for path in self.root.glob("*") if path.is_dir())

    def paths(self, source: str) -> list[Path]:
        """The files of ``source``, the oldest first."""
        return sorted((self.root / source).glob(f"*{_ENDING}"), key=_order)

    def entries(self, source: str) -> Iterator[Entry]:
        """What the runs of ``source`` changed, the last one first; some may not have taken place.

        Raises:
            StoreError: for a file that cannot be read.
        """
        for path in reversed(self.paths(source)):
            yield self.read(path)

    def read(self, path: Path) -> Entry:
        """The entry in one of the files.

        Raises:
            StoreError: when it cannot be read.
        """
        with told(path):
            try:
                text = gzip.decompress(path.read_bytes()).decode()
                return _parsed(path.parent.name, text)
            except (EOFError, zlib.error, ValueError) as error:
                raise _damaged(path, error) from error

    def of_run(self, source: str, stamp: str) -> Iterator[Entry]:
        """What the run of ``source`` at ``stamp`` (``20261124T101500Z``) changed.

        Raises:
            StoreError: for a file that cannot be read.
        """
        for path in (self.root / source).glob(f"{stamp}*{_ENDING}"):
            yield self.read(path)

    def _free(self, entry: Entry) -> Path:
        """A name that no other entry has; two runs within a second are numbered."""
        stamp = entry.at.astimezone(UTC).strftime(_STAMP)
        names = (f"{stamp}{f'-{number}' if number > 1 else ''}{_ENDING}" for number in count(1))
        paths = (self.root / entry.source / name for name in names)
        return next(path for path in paths if not path.exists())

    def _put(self, path: Path, entry: Entry) -> None:
        with whole(path) as file:
            file.write(gzip.compress(_written(entry).encode(), _LEVEL, mtime=0))


def _order(path: Path) -> tuple[str, int]:
    stamp, _, number = path.name.removesuffix(_ENDING).partition("-")
    return stamp, int(number or 1)


def _written(entry: Entry) -> str:
    """The entry as an RDF Patch, its lines sorted."""
    graphs = sorted(entry.changeset.graphs.items())
    lines = [
        f"H id <{entry.activity}> .",
        f'H at "{entry.at.astimezone(UTC).isoformat()}" .',
        "TX .",
    ]
    for mark, side in (("D", "removed"), ("A", "added")):
        for graph, delta in graphs:
            lines += (f"{mark} {line[:-1]}<{graph}> ." for line in sorted(getattr(delta, side)))
    return "\n".join([*lines, "TC .", ""])


def _parsed(source: str, text: str) -> Entry:
    """The entry that an RDF Patch of ours writes.

    Raises:
        ValueError: when it is cut short, or no such patch.
    """
    head, begun, rest = text.partition("\nTX .\n")
    body, ended, _ = rest.rpartition("TC .\n")
    if not (begun and ended):
        raise ValueError(text[:80])
    headers = dict(line.removeprefix("H ").split(" ", 1) for line in head.split("\n"))
    return Entry(
        source=source,
        at=datetime.fromisoformat(headers["at"][1:-3]),
        activity=headers["id"][1:-3],
        changeset=_changeset(body.split("\n")[:-1]),
    )


def _changeset(lines: Iterable[str]) -> Changeset:
    sides: dict[str, defaultdict[str, set[str]]] = {"A": defaultdict(set), "D": defaultdict(set)}
    for line in lines:
        statement, _, graph = line[2:].rpartition(" <")
        sides[line[0]][graph[:-3]].add(f"{statement} .")
    added, removed = sides["A"], sides["D"]
    return Changeset(
        {
            graph: Delta(frozenset(added[graph]), frozenset(removed[graph]))
            for graph in sorted({*added, *removed})
        }
    )


def _damaged(path: Path, error: Exception) -> StoreError:
    return StoreError(
        say(
            "{path}: this file of the change log cannot be read ({reason}) — put it back from a "
            "backup or remove it, then run this again: what it tells can no longer be undone; "
            "the data themselves are intact",
            path=str(path),
            reason=str(error),
        ),
        about=path,
    )
