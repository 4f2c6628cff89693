"""The errors of the store room.

::

    StoreError
    ├── LockedError       another process writes to this store
    ├── GraphError        a record's quads cannot be stored
    ├── StateError        the operational state cannot be used
    ├── GenerationError   a published state cannot be made or opened
    ├── BackupError       a backup cannot be made, or not be restored (``store.backup``)
    └── NoRoomError       too little space is left to begin (``store.room``)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vocab.messages import Message, Told, say


class StoreError(Told):
    """Base of the store's errors; ``about`` is the directory, file or graph concerned."""

    def __init__(self, message: Message, *, about: str | Path = "") -> None:
        super().__init__(message)
        self.about = str(about)


class LockedError(StoreError):
    """Another process has the store open for writing."""


class GraphError(StoreError):
    """The quads of one record cannot be stored."""


class StateError(StoreError):
    """The operational state (SQLite) cannot be used."""


class GenerationError(StoreError):
    """A generation cannot be published or opened."""


_FULL = ("No space left", "File too large", "Disk quota exceeded")
_DAMAGED = ("Corruption", "Column family", "MANIFEST")


@contextmanager
def told(directory: Path) -> Iterator[None]:
    """Turn what Oxigraph or the system says of ``directory`` into an error with a remedy.

    Oxigraph gives RocksDB's sentences, and no error number: ``OSError`` for input and output,
    ``RuntimeError`` for corruption.

    Raises:
        StoreError: from either.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise disk_error(error, directory) from error


def disk_error(error: Exception, directory: Path) -> StoreError:
    """What Oxigraph or the system says of ``directory``, with a remedy."""
    reason = str(error).strip() or type(error).__name__
    if any(sign in reason for sign in _FULL):
        message = say(
            "{directory}: no room left to write ({reason}) — free some space and run again; "
            "what was stored before is intact",
            directory=str(directory),
            reason=reason,
        )
    elif isinstance(error, PermissionError) or "Permission denied" in reason:
        message = say(
            "{directory}: not allowed to write there ({reason}) — give it to the user that runs "
            "enbauges, or start enbauges as its owner",
            directory=str(directory),
            reason=reason,
        )
    elif any(sign in reason for sign in _DAMAGED):
        message = say(
            "{directory}: the store is damaged ({reason}) — move this directory away, put the "
            "store/ of the newest generation in its place, or harvest everything again",
            directory=str(directory),
            reason=reason,
        )
    else:
        message = say(
            "{directory}: cannot be used ({reason}) — check that it is a directory on a local "
            "disk that works",
            directory=str(directory),
            reason=reason,
        )
    return StoreError(message, about=directory)
