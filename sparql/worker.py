"""The worker process: one generation, read-only, one question at a time.

Run as ``python -m sparql.worker STORE MEMORY``; spoken to by ``sparql.workers`` only. A
question is one line of JSON on stdin. An answer is frames on stdout: one byte for what it is
(the constants below), four bytes for the length, then the payload. Nothing is kept between
two questions.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any, BinaryIO, cast

import pyoxigraph as ox

from sparql.formats import BY_KEY
from sparql.syntax import widen
from sparql.writing import with_parts, write_graph
from store import sandbox
from vocab import PREFIXES

READY, DATA, END, FAILURE = b"R", b"D", b"Z", b"E"
HEADER = struct.Struct("!cI")
CHUNK = 64 * 1024


class Frames:
    """The file that pyoxigraph serialises into: gathers its 8 KiB writes into frames."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Hold ``data``, and send a frame when enough is held; blocks when nobody reads."""
        self._held += data
        if len(self._held) >= CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            self.send(DATA, bytes(self._held))
            self._held.clear()

    def fail(self, sort: str, *reasons: str) -> None:
        """Forget what is held, which belongs to this answer alone, and send the reasons."""
        self._held.clear()
        self.send(FAILURE, json.dumps([sort, *reasons]).encode())

    def send(self, sort: bytes, payload: bytes = b"") -> None:
        """Send one frame."""
        self._out.write(HEADER.pack(sort, len(payload)) + payload)
        self._out.flush()


def answer(store: ox.Store, question: dict[str, Any], frames: Frames) -> None:
    """Evaluate one question and send its result, or the reason why there is none."""
    try:
        results = _query(store, question["text"], question)
        out = cast("IO[bytes]", frames)
        if isinstance(results, ox.QueryTriples):
            write_graph(_whole(store, results, question), out, question["results"])
        else:
            kind = BY_KEY[question["results"]].oxigraph
            results.serialize(out, format=getattr(ox.QueryResultsFormat, kind))
        frames.flush()
    except SyntaxError as error:
        frames.fail("malformed", str(error), _read_widely(store, question))
    except (OSError, ValueError, RuntimeError) as error:
        frames.fail("failed", str(error))
    else:
        frames.send(END)


def _whole(
    store: ox.Store, results: ox.QueryTriples, question: dict[str, Any]
) -> Iterable[ox.Triple]:
    """The statements of a result; a description comes with those of the parts."""
    if question["again"] is None:
        return results
    before, after = question["again"]

    def describe(parts: Iterable[ox.NamedNode]) -> Iterable[ox.Triple]:
        text = before + " ".join(map(str, parts)) + after
        return cast("ox.QueryTriples", _query(store, text, question))

    return with_parts(results, question["base"] or "", describe)


def _query(
    store: ox.Store, text: str, question: dict[str, Any]
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """``text`` asked of the dataset of ``question``."""
    return store.query(
        text,
        base_iri=question["base"],
        prefixes=dict(PREFIXES),
        default_graph=_graphs(question["default_graphs"]),
        named_graphs=cast("list[ox.NamedNode | ox.BlankNode]", _graphs(question["named_graphs"])),
    )


def _read_widely(store: ox.Store, question: dict[str, Any]) -> str:
    """What the parser says of a malformed text with wide spaces, see ``syntax.widen``."""
    if text := widen(question["text"]):
        with suppress(ValueError, RuntimeError, OSError):
            try:
                _query(store, text, question)
            except SyntaxError as error:
                return str(error)
    return ""


def _graphs(iris: list[str] | None) -> list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None:
    return None if iris is None else [ox.NamedNode(iri) for iri in iris]


def main(path: str, memory: int) -> None:
    """Open the store, give up what a query must not have, then answer until stdin closes."""
    sandbox.bound_memory(memory)
    store = ox.Store.read_only(path)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    weakness = sandbox.forbid()
    frames = Frames(out)
    frames.send(READY, weakness.encode())
    for line in sys.stdin.buffer:
        question = json.loads(line)
        sandbox.arm_cpu(question["seconds"])
        answer(store, question, frames)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
