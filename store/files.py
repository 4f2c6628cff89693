"""Files that are written whole or not at all, and are on disk when that is said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OWNERS = 0o600
"""The mode of a file that only its owner may read."""

_ANYBODYS = 0o666  # less what the umask takes


@contextmanager
def whole(path: Path, mode: int = _ANYBODYS) -> Iterator[BinaryIO]:
    """A file that takes the name ``path`` once it is whole and on disk.

    Until then, and whenever writing fails, what had that name stays as it was, also through a
    loss of power. ``mode`` is that of the file, as for open(2).

    Raises:
        OSError: when it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def sync(directory: Path) -> None:
    """Bring the names in ``directory`` to disk.

    Raises:
        OSError: when it cannot be done.
    """
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
