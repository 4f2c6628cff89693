"""Whose turn it is: one request in flight to a host at a time, and a pause between two.

A host is a name as it is contacted. The queue of each is fair: first come, first served. It
holds for the threads that share a ``Gate``; the file lock of a harvest keeps out a second one.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Manners:
    """How a host is treated; all in seconds.

    ``gap`` lies between the end of a request and the next one to the same host; a robots.txt
    may ask for more (Crawl-delay), up to ``widest``. ``patience`` is how long one fetch may
    stand in queues in all. With ``spare_private``, servers on loopback and in private
    networks, which are the operator's own, are asked without a gap.
    """

    gap: float = 1.0
    widest: float = 30.0
    patience: float = 900.0
    spare_private: bool = True

    def pause(self, delay: float = 0.0, *, private: bool = False) -> float:
        """How long a host is left alone after a request.

        Args:
            delay: what its robots.txt asks for.
            private: whether the request went to an address that is not public.
        """
        if private and self.spare_private:
            return 0.0
        return max(self.gap, min(delay, self.widest))


class CrowdedError(Exception):
    """A turn did not come in time."""


class ClosedError(Exception):
    """The gate was closed for good."""


@dataclass(slots=True)
class _Lane:
    """The queue before one host."""

    queue: deque[object] = field(default_factory=deque)
    busy: bool = False
    free_at: float = 0.0


class Gate:
    """Lets one thread at a time through to each host; ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._lanes: dict[str, _Lane] = {}
        self._closed = False

    def enter(self, host: str, patience: float) -> float:
        """Wait for the turn at ``host``; ``leave`` must follow.

        Args:
            host: a name or an address.
            patience: seconds after which to give up.

        Returns:
            The seconds it took.

        Raises:
            CrowdedError: when the turn did not come in time.
            ClosedError: when the gate is closed.
        """
        began = self._clock()
        ticket = object()
        with self._changed:
            lane = self._lanes.setdefault(host, _Lane())
            lane.queue.append(ticket)
            try:
                self._wait(lane, ticket, began + patience)
                lane.busy = True
            finally:
                lane.queue.remove(ticket)
                self._changed.notify_all()
        return self._clock() - began

    def _wait(self, lane: _Lane, ticket: object, until: float) -> None:
        while True:
            if self._closed:
                raise ClosedError
            now = self._clock()
            ready = lane.queue[0] is ticket and not lane.busy
            if ready and lane.free_at <= now:
                return
            if until <= now:
                raise CrowdedError
            self._changed.wait((min(lane.free_at, until) if ready else until) - now)

    def leave(self, host: str, pause: float) -> None:
        """End the turn at ``host``; the next one comes after ``pause`` seconds."""
        with self._changed:
            lane = self._lanes[host]
            lane.busy = False
            lane.free_at = self._clock() + pause
            self._changed.notify_all()

    def close(self) -> None:
        """Send everybody away, those who wait and those who come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
