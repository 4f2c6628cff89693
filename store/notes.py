"""Short texts kept from one process to the next, which may be lost: a small JSON file.

It holds what spares others work, such as the robots.txt files that were read today. What cannot
be read is taken for empty, and what cannot be written is told in the log and nowhere else.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)


@contextmanager
def kept(path: Path, keep: Callable[[str], bool]) -> Iterator[dict[str, str]]:
    """The texts of the file ``path``, by name; what the block makes of them is kept.

    Args:
        path: written only when something changed, and as a whole: a crash leaves the old one.
        keep: whether a text is still worth keeping at the end.
    """
    notes = read(path)
    before = dict(notes)
    try:
        yield notes
    finally:
        after = {name: text for name, text in sorted(notes.items()) if keep(text)}
        if after != before:
            _write(path, after)


def read(path: Path) -> dict[str, str]:
    """The texts of the file ``path``, by name; none where it cannot be read."""
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    texts = held.items() if isinstance(held, dict) else ()
    return {name: text for name, text in texts if isinstance(text, str)}


def _write(path: Path, notes: dict[str, str]) -> None:
    draft = path.with_suffix(f".{os.getpid()}.new")
    try:
        draft.write_text(json.dumps(notes, ensure_ascii=False, indent=0), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        log.warning("%s is not kept: %s", path, error)
        draft.unlink(missing_ok=True)
