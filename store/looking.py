"""The rooms of the store for whoever only looks: nothing here can write to them.

What is published is read, not the store itself, so that a look is possible while a harvest has
the store open, and before there is any.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn, Self

import pyoxigraph as ox

from store.changes import Changeset
from store.embedded import EmbeddedStore
from store.errors import StoreError, told
from store.generations import Generation, open_read_only
from store.state import State
from vocab.messages import say

_TRIES = 20  # copies of a file that is being written to, each a few milliseconds


class PublishedStore(EmbeddedStore):
    """What ``generation`` holds, or nothing, read as the store is; it refuses to be written to."""

    def __init__(self, generation: Generation | None, directory: Path) -> None:
        super().__init__(generation.store_path if generation else directory)
        self._generation = generation

    def __enter__(self) -> Self:
        """Open the snapshot.

        Raises:
            StoreError: when it is damaged or was retired.
        """
        self._open = open_read_only(self._generation) if self._generation else ox.Store()
        return self

    def close(self) -> None:
        """Let the snapshot go."""
        self._open = None

    def apply(self, changeset: Changeset) -> None:
        """Refuse.

        Raises:
            StoreError: whenever there is something to write.
        """
        if changeset:
            self._refuse()

    def flush(self) -> None:
        """Refuse.

        Raises:
            StoreError: always.
        """
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise StoreError(
            say(
                "{directory} is only looked at, and cannot be written to",
                directory=str(self.directory),
            ),
            about=self.directory,
        )


@contextmanager
def state_as_it_is(path: Path) -> Iterator[State]:
    """The operational state in a copy of ``path``, which is thrown away at the end.

    Even reading touches a database in write-ahead mode; a copy may also be brought to today's
    schema. An empty state where there is no file.

    Raises:
        StoreError: when it cannot be copied.
        StateError: when it is no such file, or a newer EnBauges made it.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with told(path):
            _copy(path, copy)
        with State(copy) as state:
            yield state


def _copy(path: Path, copy: Path) -> None:
    """Copy the database with its log, both of one moment: again when they change meanwhile."""
    files = {path: copy, path.with_name(f"{path.name}-wal"): copy.with_name(f"{copy.name}-wal")}
    for _ in range(_TRIES):
        before = [_seen(file) for file in files]
        for file, target in files.items():
            target.unlink(missing_ok=True)
            if file.exists():
                shutil.copyfile(file, target)
        if before == [_seen(file) for file in files]:
            return


def _seen(file: Path) -> tuple[int, int] | None:
    """The size of a file and when it was changed; None where there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns
