"""The child process that reads and maps: what it is given is foreign, what it may do is little.

Run as ``python -m harvester.child``; spoken to by ``harvester.children`` only. A task comes
in on standard input, its answer goes to standard output (``harvester.parcel``), one after the
other; nothing is kept between two tasks but what reading needs. It has no network, opens no
file for writing, and ends when its memory or processor time does, or its parent.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

from harvester.digest import Digest, Digester, platform_of
from harvester.parcel import Task, packed, refused, unforeseen
from harvester.records import ReadError
from store import sandbox
from vocab.iris import Iris
from vocab.territory.atlas import install

_LOOK = 1.0  # seconds between two looks at whether the parent is there
_ORPHANED = 1
OUT_OF_MEMORY = 12
"""The exit code of a child whose memory ran out; its number is that of ENOMEM."""


def digest_of(task: Task) -> Digest:
    """Read and map the pages of one source.

    Raises:
        ReadError: when they are not what the source's kind says.
    """
    install(task.communes)
    kind, iris = platform_of(task.source), Iris(task.base)
    digester = Digester(task.source, kind, iris, task.options, task.shown, task.others)
    return digester(task.contents)


def answered(task: Task) -> bytes:
    """What is told of ``task``: its digest, or why there is none."""
    try:
        return packed(digest_of(task))
    except ReadError as error:
        return refused(error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # the parent tells it
        return unforeseen(error)


def serve(tasks: Connection, answers: Connection, seconds: float) -> None:
    """Answer task after task until there are no more; ``seconds`` of processor time for each."""
    while True:
        try:
            parcel = tasks.recv_bytes()
        except EOFError:
            return
        sandbox.arm_cpu(seconds)
        try:
            answer = answered(pickle.loads(parcel))  # noqa: S301  # from our own parent
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        answers.send_bytes(answer)


def _end_with(parent: int) -> Callable[..., None]:
    """A signal handler that ends this process once ``parent`` is no longer its parent."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(_ORPHANED)

    return look


def main(memory: int, seconds: float) -> None:
    """Give up what reading does not need, then serve on standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends this one
    signal.signal(signal.SIGALRM, _end_with(os.getppid()))
    signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
    answers = Connection(os.dup(sys.stdout.fileno()), readable=False)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    gc.collect()
    gc.freeze()  # what the imports made is no garbage: looking through it again costs a tenth
    sandbox.bound_memory(memory)
    sandbox.forbid()
    serve(Connection(sys.stdin.fileno(), writable=False), answers, seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
