"""Fetches under way: when each must end, what it holds, and how all of them are ended at once.

requests and urllib3 make connections and responses by themselves and hand them no argument of
ours. So the fetch that a thread is making is a context variable, where the guard finds it; each
thread has its own.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class StoppedError(OSError):
    """The fetch was ended from outside: nothing that it read may be believed."""


class Flight:
    """One fetch under way, for a ``total`` of seconds.

    Attributes:
        reached: the address that the last request went to, None before it was found.
        waited: seconds that the fetch has spent in queues, which do not count in ``total``.
    """

    def __init__(self, total: float, stopped: threading.Event) -> None:
        self.reached: IPv4Address | IPv6Address | None = None
        self.waited = 0.0
        self._total = total
        self._end = time.monotonic() + total
        self._stopped = stopped
        self._lock = threading.RLock()
        self._sockets: list[socket.socket] = []
        self._pending: Future[Any] | None = None

    @property
    def left(self) -> float:
        """Seconds until the fetch must have ended; negative when that is past."""
        return self._end - time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds that the fetch has taken, without those it waited."""
        return self._total - self.left

    @property
    def stopped(self) -> bool:
        """Whether the fetch was ended from outside."""
        return self._stopped.is_set()

    def at_most(self, seconds: float) -> float:
        """A time limit for the next act: ``seconds``, or what is left when that is less.

        Raises:
            TimeoutError: when nothing is left.
        """
        left = self.left
        if left <= 0:
            raise TimeoutError
        return min(seconds, left)

    def excuse(self, seconds: float) -> None:
        """Do not count ``seconds`` that were spent in a queue."""
        self.waited += seconds
        self._end += seconds

    def hold(self, sock: socket.socket) -> None:
        """Remember a connection that is used, so that ``cut`` can end it.

        What is kept is a second descriptor of the same connection: TLS takes the first one
        away from the object that was given here.

        Raises:
            StoppedError: when the fetch has been ended already.
        """
        with self._lock:
            self._sockets.append(socket.socket(fileno=os.dup(sock.fileno())))
            if self.stopped:  # asked last: a signal handler may stop us at any line
                raise StoppedError

    def promptly(self, work: Callable[[], _Result]) -> _Result:
        """What ``work`` gives, waited for no longer than the fetch may last.

        It is for what cannot be interrupted: the system's look-up of a name, smtplib. The thread
        it runs in is left behind, until that gives up by itself (a resolver after 5 s a server
        and attempt as a rule, resolv.conf).

        Raises:
            TimeoutError: when the time is over.
            StoppedError: when the fetch was ended meanwhile.
        """
        future: Future[_Result] = Future()

        def run() -> None:
            try:
                given = work()
            except BaseException as error:  # noqa: BLE001  # it is raised where it is waited for
                with suppress(InvalidStateError):
                    future.set_exception(error)
            else:
                with suppress(InvalidStateError):
                    future.set_result(given)

        with self._lock:
            self._pending = future
            if self.stopped:
                raise StoppedError
        threading.Thread(target=run, daemon=True, name="left behind when late").start()
        try:
            return future.result(timeout=max(self.left, 0))
        except CancelledError as error:
            raise StoppedError from error
        finally:
            self._pending = None

    def cut(self) -> None:
        """End every act of the fetch that blocks; its thread finds that it was stopped."""
        with self._lock:
            if self._pending is not None:
                self._pending.cancel()
            for sock in self._sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def land(self) -> None:
        """Let go of what ``hold`` was given; the connections themselves stay open."""
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()


current: ContextVar[Flight] = ContextVar("flight")
"""The fetch that this thread is making."""


class Flights:
    """All the fetches of one client."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._lock = threading.RLock()
        self._all: set[Flight] = set()

    @property
    def stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopped.is_set()

    @contextmanager
    def under_way(self, total: float) -> Iterator[Flight]:
        """One fetch of this thread, which must end within ``total`` seconds."""
        flight = Flight(total, self._stopped)
        with self._lock:
            self._all.add(flight)
        token = current.set(flight)
        try:
            yield flight
        finally:
            current.reset(token)
            with self._lock:
                self._all.discard(flight)
            flight.land()

    def stop(self) -> None:
        """End all fetches at once, those that are under way and those to come."""
        self._stopped.set()
        with self._lock:
            for flight in self._all:
                flight.cut()
