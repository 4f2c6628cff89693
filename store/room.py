"""Is there room on the disk? Asked before a run, when nothing is written yet."""

from __future__ import annotations

import shutil
from pathlib import Path

from store.errors import StoreError, told
from vocab.messages import say

LEAST = 50 << 20
"""Bytes that must be free whatever the size of the store: its journal, and some captures."""

_MEGABYTE = 1 << 20


class NoRoomError(StoreError):
    """Too little space is left on the disk to begin."""


def needed(store: Path) -> int:
    """Bytes that a harvest may need beside what is there.

    The store writes its files anew from time to time, while generations keep the former ones:
    it may take its own size once more.
    """
    try:
        held = sum(file.stat().st_size for file in store.iterdir())
    except OSError:
        held = 0  # there is none yet, or it just wrote a file anew: then the least will do
    return LEAST + held


def check_room(var: Path, wanted: int) -> None:
    """Make sure that ``wanted`` bytes are free where ``var`` is, or will be.

    Raises:
        NoRoomError: when they are not.
    """
    place = next(each for each in (var, *var.absolute().parents) if each.exists())
    with told(place):
        free = shutil.disk_usage(place).free
    if free >= wanted:
        return
    raise NoRoomError(
        say(
            "{directory}: {free} MB are free on this disk, and {needed} MB are needed to be sure "
            "— free some space (`du -sh {directory}/*` tells what EnBauges takes) and run "
            "again; nothing was begun, and what is published stays",
            directory=str(var),
            free=free // _MEGABYTE,
            needed=-(-wanted // _MEGABYTE),
        ),
        about=var,
    )
