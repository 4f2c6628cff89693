"""One folder takes the place of another; an interruption leaves the old one or the new.

::

    store.new    the whole new folder: from here on the swap can only go forward
    store.old    what was there, until it is removed
"""

from __future__ import annotations

import shutil
from pathlib import Path


def swap_in(made: Path, directory: Path) -> None:
    """Put the folder ``made``, on the same disk, in the place of ``directory``.

    No store in either may be open (``EmbeddedStore.held``).

    Raises:
        OSError: when it cannot be; ``finish`` does the rest later.
    """
    made.rename(_new(directory))
    finish(directory)


def finish(directory: Path) -> None:
    """Finish a swap that was interrupted, if there is one.

    Raises:
        OSError: when it cannot be done.
    """
    new, old = _new(directory), _old(directory)
    if new.exists():
        if directory.exists():
            shutil.rmtree(old, ignore_errors=True)
            directory.rename(old)
        new.rename(directory)
    if old.exists():
        shutil.rmtree(old)


def _new(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}.new")


def _old(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}.old")
