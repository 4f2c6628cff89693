"""A warm pool of worker processes that can be killed, on the current generation.

A query that runs away is ended with its process, and another process takes the place. No
client may hold every worker. When a generation is published, workers for it are started
beside the old ones, which go on answering until the new ones are ready.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from sparql.process import WorkerProcess
from sparql.values import (
    DeadlineError,
    Limits,
    NotPublishedError,
    PoolBusyError,
    Question,
    SparqlError,
    WorkerDiedError,
)
from store.errors import StoreError
from store.generations import Generation
from vocab.messages import say

_LOG = logging.getLogger("enbauges.sparql")


@dataclass(frozen=True, slots=True)
class Answer:
    """A result on its way: the generation it is read from, and its bytes."""

    generation: Generation
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Load:
    """How many workers there are, how many have nothing to do, how many queries wait."""

    workers: int
    idle: int
    waiting: int


class Pool:
    """Workers on the generation that ``current`` tells, which is asked every ``every`` s.

    Use as an asynchronous context manager, within one event loop.
    """

    def __init__(
        self,
        current: Callable[[], Generation | None],
        limits: Limits | None = None,
        *,
        every: float = 1.0,
    ) -> None:
        self.limits = limits or Limits()
        self.generation: Generation | None = None
        self._current = current
        self._every = every
        self._idle: list[WorkerProcess] = []
        self._workers: set[WorkerProcess] = set()
        self._held: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()
        self._starting = 0

    async def __aenter__(self) -> Self:
        await self._look()
        self._spawn(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.generation = None  # from here on nothing is started
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._end(*self._workers)
        self._idle.clear()

    @property
    def ready(self) -> bool:
        """Whether a worker is there to take a query, now or when it is free again."""
        return bool(self._workers)

    @property
    def load(self) -> Load:
        """How busy the pool is at this moment."""
        return Load(len(self._workers), len(self._idle), self._waiting.total())

    @asynccontextmanager
    async def ask(self, question: Question, client: str) -> AsyncIterator[Answer]:
        """The result of ``question`` in chunks, to be read and sent within the block.

        ``client`` is the address whose share of the workers it takes. What is left unread
        when the block ends, for whatever reason, is ended with its worker.

        Raises:
            NotPublishedError: there is nothing to ask yet.
            PoolBusyError: no worker came free in time.
            DeadlineError: the block took longer than ``limits.seconds``.
            SparqlError: see ``WorkerProcess.chunks``, raised while reading.
        """
        async with self._worker(_share(client)) as worker:
            try:
                async with asyncio.timeout(self.limits.seconds) as deadline:
                    await worker.ask(question)
                    yield Answer(worker.generation, worker.chunks())
            except TimeoutError as error:
                if not deadline.expired():
                    raise
                raise DeadlineError(
                    say(
                        "the query and the sending of its result took more than {seconds:g} s: "
                        "narrow it, or add a LIMIT",
                        seconds=self.limits.seconds,
                    )
                ) from error

    @asynccontextmanager
    async def _worker(self, share: str) -> AsyncIterator[WorkerProcess]:
        worker = await self._take(share)
        try:
            yield worker
        finally:
            self._held[share] -= 1
            self._held += Counter()  # forgets the clients that hold nothing
            self._spawn(self._give_back(worker))

    async def _take(self, share: str) -> WorkerProcess:
        """An idle worker for ``share``, waiting for it when there is none."""
        if self.generation is None:
            raise NotPublishedError(
                say("nothing is published yet: run `enbauges harvest`, then ask again")
            )
        if (
            self._waiting.total() >= self.limits.waiting
            or self._waiting[share] >= self.limits.waiting_per_client
        ):
            raise self._busy()
        self._waiting[share] += 1
        try:
            async with asyncio.timeout(self.limits.wait), self._changed:
                await self._changed.wait_for(lambda: self._may_take(share))
                self._held[share] += 1
                return self._idle.pop()
        except TimeoutError as error:
            raise self._busy() from error
        finally:
            self._waiting[share] -= 1
            self._waiting += Counter()

    def _may_take(self, share: str) -> bool:
        return bool(self._idle) and self._held[share] < self.limits.per_client

    def _busy(self) -> PoolBusyError:
        seconds = max(1, round(self.limits.wait))
        return PoolBusyError(
            say(
                "every query worker is taken, or your address holds its share of {share}: "
                "ask again in {seconds} s",
                share=self.limits.per_client,
                seconds=seconds,
            ),
            retry_after=seconds,
        )

    async def _give_back(self, worker: WorkerProcess) -> None:
        """Make a worker available again, or end it and start another in its place."""
        async with self._changed:
            reusable = worker.idle and worker.alive and worker.generation == self.generation
            if reusable:
                self._idle.append(worker)
            self._changed.notify_all()
        if not reusable:
            await self._end(worker)
            await self._fill()

    async def _end(self, *workers: WorkerProcess) -> None:
        """End processes; they are known until they are gone, so that none is left behind."""
        await asyncio.gather(*(worker.kill() for worker in workers))
        self._workers.difference_update(workers)

    async def _fill(self) -> None:
        """Start workers until the current generation has its number of them."""
        while self.generation is not None and self._missing() > 0:
            self._starting += 1
            try:
                worker = await self._start(self.generation)
            except (WorkerDiedError, OSError) as error:
                _LOG.error("%s", error)
                return
            finally:
                self._starting -= 1
            self._workers.add(worker)
            await self._give_back(worker)

    def _missing(self) -> int:
        serving = sum(worker.generation == self.generation for worker in self._workers)
        return self.limits.workers - serving - self._starting

    async def _start(self, generation: Generation) -> WorkerProcess:
        worker = await WorkerProcess.start(generation, self.limits)
        if worker.weakness and worker.weakness not in self._told:
            self._told.add(worker.weakness)
            _LOG.warning(
                "%s",
                say(
                    "query workers run without their filter of system calls ({reason}): only the "
                    "check of the text keeps SERVICE out — install the package libseccomp2",
                    reason=worker.weakness,
                ),
            )
        return worker

    async def _watch(self) -> None:
        """Follow what is published, and replace workers that ended or could not start."""
        while True:
            await asyncio.sleep(self._every)
            await self._look()

    async def _look(self) -> None:
        """Follow what is published; a failure is told and looked at again, never fatal."""
        try:
            await self._follow()
        except (SparqlError, StoreError, OSError) as error:
            _LOG.error("%s", error)

    async def _follow(self) -> None:
        """Move to the current generation when it is another one, and be in full number."""
        newest = await asyncio.to_thread(self._current)
        if newest is not None and newest != self.generation:
            await self._move(newest)
        dead = [worker for worker in self._idle if not worker.alive]
        self._idle = [worker for worker in self._idle if worker.alive]
        await self._end(*dead)
        await self._fill()

    async def _move(self, newest: Generation) -> None:
        """Serve ``newest`` from now on; workers of the old one end when they are idle."""
        starts = [self._start(newest) for _ in range(self.limits.workers)]
        fresh = []
        for outcome in await asyncio.gather(*starts, return_exceptions=True):
            if isinstance(outcome, BaseException):
                failure = outcome
            else:
                fresh.append(outcome)
        if not fresh:
            raise failure
        async with self._changed:
            old, self._idle = self._idle, fresh
            self.generation = newest
            self._workers.update(fresh)
            self._changed.notify_all()
        await self._end(*old)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` in a task that is kept until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _share(client: str) -> str:
    """Whose share an address counts in: an IPv6 client is its network of 64 bits."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv4Address):
        return client
    return str(ipaddress.ip_network((int(address), 64), strict=False))
