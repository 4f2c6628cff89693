"""Generations: what is served is an immutable snapshot, switched in one rename.

::

    generations/
    ├── 000041/{store/, meta.json}
    ├── 000042/{store/, meta.json}
    └── current -> 000042

A generation is made under another name and renamed when it is whole, then ``current`` is
replaced by one rename; a crash in between leaves the old one current and a folder that the
next publication sweeps away.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from store.embedded import EmbeddedStore, count_quads
from store.errors import GenerationError, disk_error, told
from store.files import sync
from vocab.messages import say

KEPT = 2
"""How many generations stay whatever their age: the current one and the one before."""

GRACE = timedelta(minutes=10)
"""How long a generation stays after another took its place: readers may be opening it."""

_PART = ".part"


@dataclass(frozen=True, slots=True)
class Generation:
    """One published state.

    ``base`` is the ``[site] base`` its IRIs were minted under; ``counts`` the quads of each
    graph, counted once here because every page that tells them would pay for it; ``facts``
    small JSON values that the publisher adds (the site's title, how many events...).
    """

    number: int
    path: Path
    created: datetime
    base: str
    counts: Mapping[str, int]
    facts: Mapping[str, Any]

    @property
    def store_path(self) -> Path:
        """The snapshot, for ``open_read_only`` in any process."""
        return self.path / "store"

    @property
    def is_whole(self) -> bool:
        """Whether the snapshot is there: RocksDB's CURRENT names all its files."""
        return (self.store_path / "CURRENT").is_file()

    @property
    def quads(self) -> int:
        """How many quads it holds in all."""
        return sum(self.counts.values())


class Generations:
    """The published states under ``root``, written by the process that holds the store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Generation | None:
        """The generation to serve, None before the first one.

        Raises:
            GenerationError: when its ``meta.json`` cannot be read.
        """
        try:
            return _read((self.root / "current").resolve(strict=True))
        except FileNotFoundError:
            return None

    def publish(
        self,
        store: EmbeddedStore,
        *,
        now: datetime,
        base: str,
        facts: Mapping[str, Any],
        after: int = 0,
    ) -> Generation:
        """Flush ``store``, snapshot it, make it current and retire what is too old.

        Args:
            store: open, and not written to meanwhile.
            now: aware; when the generation is said to be created.
            base: the ``[site] base`` of its IRIs.
            facts: JSON values to keep with it.
            after: a number that the new one must exceed, where its predecessors are not here.

        Raises:
            StoreError: when it cannot be written; the current generation stays.
        """
        with told(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            self._sweep()
            number = max([*self._numbers(), after]) + 1
            part = self.root / f"{number:06}{_PART}"
            part.mkdir()
            store.flush()
            store.backup(part / "store")
            generation = Generation(
                number=number,
                path=self.root / f"{number:06}",
                created=now,
                base=base,
                counts=_counts(part / "store"),
                facts=dict(facts),
            )
            _write(generation, part)
            part.rename(generation.path)
            self._switch(generation)
            self._retire(now)
        return generation

    def purge(self) -> None:
        """Remove all generations but the current one, whoever may be opening them.

        Raises:
            StoreError: when one cannot be removed.
        """
        with told(self.root):
            current = (self.root / "current").resolve().name
            for number in self._numbers():
                if (name := f"{number:06}") != current:
                    shutil.rmtree((self.root / name).rename(self.root / f"{name}{_PART}"))

    def _numbers(self) -> list[int]:
        return sorted(int(entry.name) for entry in self.root.iterdir() if entry.name.isdigit())

    def _switch(self, generation: Generation) -> None:
        link = self.root / f"current{_PART}"
        link.symlink_to(generation.path.name)
        link.replace(self.root / "current")
        sync(self.root)

    def _sweep(self) -> None:
        """Remove what a crash left half-made."""
        for entry in self.root.glob(f"*{_PART}"):
            if entry.is_symlink():
                entry.unlink()
            else:
                shutil.rmtree(entry)

    def _retire(self, now: datetime) -> None:
        """Remove the generations that were replaced more than ``GRACE`` ago, but ``KEPT``."""
        for number, successor in list(pairwise(self._numbers()))[: 1 - KEPT]:
            if self._is_younger(successor, now - GRACE):
                continue
            retired = (self.root / f"{number:06}").rename(self.root / f"{number:06}{_PART}")
            shutil.rmtree(retired)

    def _is_younger(self, number: int, limit: datetime) -> bool:
        try:
            return _read(self.root / f"{number:06}").created >= limit
        except GenerationError:
            return False


def open_read_only(generation: Generation) -> ox.Store:
    """The snapshot of ``generation``; any number of processes may have it open.

    Raises:
        StoreError: when it is damaged or was retired.
    """
    with told(generation.store_path):
        return ox.Store.read_only(str(generation.store_path))


def _counts(snapshot: Path) -> dict[str, int]:
    store = ox.Store.read_only(str(snapshot))
    names = (name for name in store.named_graphs() if isinstance(name, ox.NamedNode))
    counts = {name.value: count_quads(store, name) for name in names}
    return {graph: count for graph, count in sorted(counts.items()) if count}


def _write(generation: Generation, directory: Path) -> None:
    meta = {
        "number": generation.number,
        "created": generation.created.isoformat(),
        "base": generation.base,
        "counts": generation.counts,
        "facts": generation.facts,
    }
    with (directory / "meta.json").open("w", encoding="utf-8") as file:
        json.dump(meta, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    sync(directory)


def _read(path: Path) -> Generation:
    try:
        meta = json.loads((path / "meta.json").read_text(encoding="utf-8"))
        return Generation(
            number=meta["number"],
            path=path,
            created=datetime.fromisoformat(meta["created"]),
            base=meta["base"],
            counts=meta["counts"],
            facts=meta["facts"],
        )
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise _unreadable(path, error) from error
        raise disk_error(error, path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> GenerationError:
    """The folder is there and its description is not, or is none: it can only be replaced."""
    return GenerationError(
        say(
            "{directory}: this generation cannot be read ({reason}) — remove the folder and "
            "the link current beside it, then run `enbauges harvest` to publish a new one",
            directory=str(path),
            reason=str(error),
        ),
        about=path,
    )
