"""Oxigraph on disk, with one writer: the store that a harvest commits to."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from store.changes import Changeset, Lines
from store.errors import LockedError, StoreError, told
from store.swap import finish
from vocab.messages import say

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_WRITER = "WRITER"  # beside RocksDB's LOCK, which does not say whose it is
_LOCK_HELD = ("lock hold by current process", "While lock file")


def count_quads(store: ox.Store, graph: ox.NamedNode) -> int:
    """How many quads ``graph`` holds (0.3 µs each)."""
    solutions = store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101  # a SELECT, for mypy
    return int(next(solutions)["n"].value)


class EmbeddedStore:
    """The triple store in ``directory``, made when it does not exist.

    Open it with ``with``: one process at a time may. Nothing is on disk for sure before
    ``flush``; a crash at any moment leaves each ``apply`` wholly there or not at all.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._open: ox.Store | None = None

    def __enter__(self) -> Self:
        """Open the store.

        Raises:
            LockedError: when another process writes to it; it says which.
            StoreError: when the directory is damaged, or cannot be written.
        """
        with told(self.directory):
            finish(self.directory)
            self.directory.mkdir(parents=True, exist_ok=True)
            try:
                opened = ox.Store(str(self.directory))
            except OSError as error:
                if any(sign in str(error) for sign in _LOCK_HELD):
                    raise self._locked() from error
                raise
            writer = {"pid": os.getpid(), "command": " ".join(sys.argv)}
            (self.directory / _WRITER).write_text(json.dumps(writer), encoding="utf-8")
        self._open = opened
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the store go; pyoxigraph does so when nothing refers to it any more."""
        if self._open is not None:
            self._open = None
            (self.directory / _WRITER).unlink(missing_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from opening the store, without opening it, until the block ends.

        For whoever moves its directory: RocksDB goes on writing to the path of an open store,
        where another one then is. It takes the lock that RocksDB takes, on the same file.

        Raises:
            LockedError: when another process has it open.
        """
        with told(self.directory):
            if not (lock := self.directory / "LOCK").exists():
                yield
                return
            with lock.open("r+b") as file:
                try:
                    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except (BlockingIOError, PermissionError) as error:
                    raise self._locked() from error
                yield

    def lines(self, graph: str) -> Lines:
        """The N-Triples statements of ``graph``, empty when the store has no such graph."""
        with told(self.directory):
            text = self._store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
        return frozenset((text or b"").decode().split("\n")[:-1])

    def about(self, graph: str, subject: str, predicate: str | None = None) -> Lines:
        """The statements of ``graph`` about ``subject``, those with ``predicate`` if it is given.

        In the same form as ``lines``; it costs microseconds, whatever the graph's size.
        """
        wanted = None if predicate is None else ox.NamedNode(predicate)
        with told(self.directory):
            quads = self._store.quads_for_pattern(
                ox.NamedNode(subject), wanted, None, ox.NamedNode(graph)
            )
            text = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
        return frozenset((text or b"").decode().split("\n")[:-1])

    def objects(self, graph: str, predicate: str) -> set[str]:
        """The IRIs that ``predicate`` points to in ``graph``."""
        where = f"GRAPH <{graph}> {{ ?s <{predicate}> ?o }}"
        solutions = self.query(f"SELECT DISTINCT ?o WHERE {{ {where} }}")
        assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101  # a SELECT, for mypy
        values = (row["o"] for row in solutions)
        return {value.value for value in values if isinstance(value, ox.NamedNode)}

    def subjects(self, graph: str, predicate: str, value: str) -> set[str]:
        """The IRIs whose ``predicate`` is the IRI ``value`` in ``graph``."""
        pattern = (None, ox.NamedNode(predicate), ox.NamedNode(value), ox.NamedNode(graph))
        with told(self.directory):
            subjects = (quad.subject for quad in self._store.quads_for_pattern(*pattern))
            return {each.value for each in subjects if isinstance(each, ox.NamedNode)}

    def graph_names(self) -> list[str]:
        """The IRIs of the graphs that hold something, sorted."""
        with told(self.directory):
            return sorted(
                graph.value
                for graph in self._store.named_graphs()
                if isinstance(graph, ox.NamedNode) and self._holds(graph)
            )

    def count(self, graph: str) -> int:
        """How many quads ``graph`` holds."""
        with told(self.directory):
            return count_quads(self._store, ox.NamedNode(graph))

    def apply(self, changeset: Changeset) -> None:
        """Commit ``changeset`` as one SPARQL update: all of it, or nothing when it fails.

        Raises:
            StoreError: when it cannot be written (disk full, a statement that is not RDF).
        """
        if not (update := changeset.to_update()):
            return
        try:
            with told(self.directory):
                self._store.update(update)
        except SyntaxError as error:
            raise StoreError(
                say(
                    "a statement that is not valid RDF was refused ({reason}); nothing of "
                    "this change was stored — report it with the source it came from",
                    reason=str(error),
                ),
                about=self.directory,
            ) from error

    def flush(self) -> None:
        """Bring to disk all that was applied (about 16 ms: once per batch of sources)."""
        with told(self.directory):
            self._store.flush()

    def backup(self, directory: Path) -> None:
        """A snapshot in ``directory``, which must not exist; hard links on the same disk."""
        with told(directory):
            self._store.backup(str(directory))

    def query(self, sparql: str, /, **bound: ox.NamedNode | ox.Literal) -> Answer:
        """Evaluate our own query, with projected variables ``bound``; never one from outside.

        Without GRAPH it sees nothing: every quad of the store is in a named graph. The answer
        must be read before the store is closed.
        """
        terms: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]
        terms = {ox.Variable(name): term for name, term in bound.items()}
        with told(self.directory):
            return self._store.query(sparql, substitutions=terms)

    @property
    def _store(self) -> ox.Store:
        if self._open is None:
            raise StoreError(
                say("the store {directory} is not open", directory=str(self.directory)),
                about=self.directory,
            )
        return self._open

    def _holds(self, graph: ox.NamedNode) -> bool:
        return next(self._store.quads_for_pattern(None, None, None, graph), None) is not None

    def _locked(self) -> LockedError:
        try:
            writer = json.loads((self.directory / _WRITER).read_text(encoding="utf-8"))
            pid, command = int(writer["pid"]), str(writer["command"])
        except (OSError, ValueError, KeyError, TypeError):
            return LockedError(
                say(
                    "the store {directory} is in use by another process — wait until it has "
                    "ended, or stop it (`fuser {directory}/LOCK` gives its number)",
                    directory=str(self.directory),
                ),
                about=self.directory,
            )
        return LockedError(
            say(
                "the store {directory} is in use by process {pid} ({command}) — run this again "
                "in a moment, when that harvest has ended, or stop it: kill {pid}",
                directory=str(self.directory),
                pid=pid,
                command=command,
            ),
            about=self.directory,
        )
