"""One worker process as its parent sees it: start, ask, read frames, kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from sparql.syntax import explain
from sparql.values import Limits, QueryFailedError, QueryMalformedError, Question, WorkerDiedError
from sparql.worker import DATA, END, FAILURE, HEADER, READY
from store.generations import Generation
from vocab.messages import Message, say

_ROOMS = Path(__file__).parents[1]


class WorkerProcess:
    """A process that answers questions on one generation. Made by ``start``."""

    def __init__(
        self, process: asyncio.subprocess.Process, generation: Generation, limits: Limits
    ) -> None:
        self.generation = generation
        self.weakness = ""
        self.idle = True
        self._process = process
        self._limits = limits
        self._asked = ""
        self._ending: asyncio.Task[str] | None = None

    @classmethod
    async def start(cls, generation: Generation, limits: Limits) -> WorkerProcess:
        """A worker that has opened ``generation`` and is ready.

        It is a fresh interpreter, so it inherits neither threads nor open sockets, with its
        own session, so that Ctrl-C in a terminal reaches the server alone, and with an
        environment that holds nothing of ours.

        Raises:
            WorkerDiedError: it ended before it was ready.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "sparql.worker"),
            *(str(generation.store_path), str(limits.memory)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(_ROOMS), "MALLOC_ARENA_MAX": "2"},
            start_new_session=True,
        )
        worker = cls(process, generation, limits)
        try:
            sort, payload = await worker._frame()
        except (asyncio.IncompleteReadError, asyncio.CancelledError) as error:
            reason = await worker.kill()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise WorkerDiedError(_stillborn(generation, reason)) from error
        assert sort == READY  # noqa: S101  # the first frame of worker.main
        worker.weakness = payload.decode()
        return worker

    async def ask(self, question: Question) -> None:
        """Send a question; its answer must then be read with ``chunks``."""
        self.idle = False
        self._asked = question.text
        line = json.dumps({**asdict(question), "seconds": self._limits.seconds})
        assert self._process.stdin is not None  # noqa: S101  # a pipe, see start
        try:
            self._process.stdin.write(line.encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._death() from error

    async def chunks(self) -> AsyncIterator[bytes]:
        """The answer, in chunks; the worker waits when they are not taken.

        Raises:
            QueryMalformedError: the query cannot be read, see ``syntax.explain``.
            QueryFailedError: the store's reason.
            WorkerDiedError: the process ended before the result did.
        """
        while True:
            try:
                sort, payload = await self._frame()
            except asyncio.IncompleteReadError as error:
                raise await self._death() from error
            if sort == DATA:
                yield payload
                continue
            self.idle = True
            if sort == FAILURE:
                raise _failure(self._asked, *json.loads(payload))
            assert sort == END  # noqa: S101  # the only sort left
            return

    async def kill(self) -> str:
        """End the process now; the last line that it wrote to stderr.

        It may be asked several times, and at the same time: the end is one.
        """
        self.idle = False
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._end())
        return await asyncio.shield(self._ending)

    async def _end(self) -> str:
        if self._process.returncode is None:
            self._process.kill()
        assert self._process.stderr is not None  # noqa: S101  # a pipe, see start
        stderr = await self._process.stderr.read()
        # asyncio waits until the pipes are read to their end, and nobody reads this result.
        transport = self._process._transport  # type: ignore[attr-defined]  # noqa: SLF001
        for pipe in map(transport.get_pipe_transport, (0, 1)):
            pipe.close()
        await self._process.wait()
        return stderr.decode(errors="replace").strip().rpartition("\n")[2]

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def _frame(self) -> tuple[bytes, bytes]:
        assert self._process.stdout is not None  # noqa: S101  # a pipe, see start
        sort, length = HEADER.unpack(await self._process.stdout.readexactly(HEADER.size))
        return sort, await self._process.stdout.readexactly(length)

    async def _death(self) -> WorkerDiedError:
        """Why a process that ended in the middle of a question did so."""
        code = await self._process.wait()
        await self.kill()
        return WorkerDiedError(_epitaph(code, self._limits))


def _stillborn(generation: Generation, reason: str) -> Message:
    """The sentence for a process that ended before it was ready; ``reason`` may be ""."""
    store = str(generation.store_path)
    if not reason:
        return say(
            "a query worker ended before it could open {store}, and told no reason — publish "
            "again with `enbauges harvest`, or give the workers more memory",
            store=store,
        )
    return say(
        "a query worker could not open {store}: {reason} — publish again with "
        "`enbauges harvest`, or give the workers more memory",
        store=store,
        reason=reason,
    )


def _epitaph(code: int, limits: Limits) -> Message:
    """The sentence for an exit code (negative: the signal that ended the process)."""
    megabytes = limits.memory >> 20
    if code == -signal.SIGABRT:
        return say(
            "the query needs more than the {memory} MB a query may use: ask for fewer "
            "rows at once, avoid patterns that share no variable, or sort less",
            memory=megabytes,
        )
    if code == -signal.SIGXCPU:
        return say(
            "the query used its {seconds:g} s of processor time: narrow it, or add a LIMIT",
            seconds=limits.seconds,
        )
    return say(
        "the process that ran the query ended ({code}): the query is nested too deeply or "
        "needs more than {memory} MB; write it flatter or narrower",
        code=signal.Signals(-code).name if code < 0 else os.strerror(code),
        memory=megabytes,
    )


def _failure(text: str, sort: str, *reasons: str) -> QueryMalformedError | QueryFailedError:
    """The error for what a worker tells when it has no answer to ``text``."""
    if sort == "malformed":
        return QueryMalformedError(explain(text, *reasons))
    return QueryFailedError(say("the query could not be evaluated: {reason}", reason=reasons[0]))
