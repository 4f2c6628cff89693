"""How the sources do, for the pages: the operational state, read and never written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from store.errors import StoreError
from store.standing import PastRun, SourceState, StoredIssue
from store.state import State
from web.shell import Clock

T = TypeVar("T")
_KEPT = timedelta(seconds=10)
"""How long a look at the state is good for: pages are read more often than sources."""

_NONE: Mapping[str, SourceState] = MappingProxyType({})


class Standings:
    """The state of the sources in the file ``path``.

    A node whose state cannot be read still shows its data: what is not known is not told.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._read: tuple[datetime, Mapping[str, SourceState]] | None = None

    def all(self) -> Mapping[str, SourceState]:
        """Source id → its state; empty when nothing is known."""
        with self._lock:
            now = self._clock()
            if self._read is None or not timedelta() <= now - self._read[0] < _KEPT:
                self._read = (now, self._look())
            return self._read[1]

    def runs(self, source: str) -> list[PastRun]:
        """The last runs of a source, the oldest first."""
        return self._asked(lambda state: state.runs(source), [])

    def issues(self, source: str) -> list[StoredIssue]:
        """What the last run of a source could not understand."""
        return self._asked(lambda state: state.issues(source), [])

    def confirmed(self, source: str) -> datetime | None:
        """When a source was last read well: its data was so then."""
        state = self.all().get(source)
        return state.good_at if state else None

    def _look(self) -> Mapping[str, SourceState]:
        return self._asked(lambda state: {each.source: each for each in state.all()}, _NONE)

    def _asked(self, question: Callable[[State], T], nothing: T) -> T:
        """The answer of the state, ``nothing`` when there is none that can be read."""
        if self._path is None or not self._path.is_file():
            return nothing
        try:
            with State(self._path) as state:
                return question(state)
        except StoreError:
            return nothing
