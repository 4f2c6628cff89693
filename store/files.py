"""Files that are written whole or not at all, and are on disk when that is said."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def instead(path: Path) -> Iterator[BinaryIO]:
    """As ``whole``, for a file of people's: the mode and the owner that it has stay, and links.

    Raises:
        OSError: when it cannot be written.
    """
    target = path.resolve()
    if not target.exists():
        with whole(target) as file:
            yield file
        return
    known = target.stat()
    mode = stat.S_IMODE(known.st_mode)
    with whole(target, mode) as file:
        with suppress(PermissionError):  # only root may give a file to another
            os.fchown(file.fileno(), known.st_uid, known.st_gid)
        os.fchmod(file.fileno(), mode)  # whatever the umask takes
        yield file


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
