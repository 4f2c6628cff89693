"""What befalls the operational state as a whole, table by table, whatever their columns.

What is kept of one source is in rows whose column ``source`` names it; so a table that a later
version adds is moved, copied and emptied with the others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from store.errors import StateError
from vocab.messages import say

_BUSY_SECONDS = 10.0
_NEEDED = """SELECT name FROM pragma_table_info('source') WHERE "notnull" """


def copy(path: Path, target: Path, published: datetime) -> None:
    """Copy the state, where it may be newer than the data made to know nothing of it.

    A source that changed after the generation was ``published`` would otherwise answer "nothing
    new" to a node that lacks the change (design, rules of a harvest run, 3). Others may write
    to the state meanwhile.

    Raises:
        StateError: when it cannot be read, or the copy not be written.
    """
    forget = (
        "UPDATE source SET fingerprint = '', etag = '', last_modified = '', content_hash = '' "
        "WHERE changed_at > ?"
    )
    with _opened(path) as state, _opened(target) as copied:
        state.backup(copied)
        with copied:
            copied.execute(forget, (published.astimezone(UTC).isoformat(),))
        copied.execute("PRAGMA journal_mode = DELETE")


def drop_source(path: Path, source: str) -> None:
    """Forget all that is known of ``source``.

    Raises:
        StateError: when it cannot be written.
    """
    with _opened(path) as state, state:
        for table, _ in _tables(state):
            state.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608  # a name of ours


def rename_source(path: Path, old: str, new: str, renamed: Callable[[str], str]) -> None:
    """Let ``new`` have all that is known of ``old``, in place of what was known of it.

    Without anything known of ``old`` nothing changes, so that it may be done twice.

    Args:
        path: the state.
        old: the id of before.
        new: the id from now on.
        renamed: gives a text its new form, when it is an IRI that holds the id.

    Raises:
        StateError: when it cannot be written.
    """
    with _opened(path) as state, state:
        state.create_function("renamed", 1, lambda text: text and renamed(text))
        known = any(
            state.execute(f"SELECT 1 FROM {table} WHERE source = ?", (old,)).fetchone()  # noqa: S608
            for table, _ in _tables(state)
        )
        for table, columns in _tables(state) if known else ():
            state.execute(f"DELETE FROM {table} WHERE source = ?", (new,))  # noqa: S608
            changes = "".join(f", {column} = renamed({column})" for column in columns)
            state.execute(f"UPDATE {table} SET source = ?{changes} WHERE source = ?", (new, old))  # noqa: S608


def scrub(path: Path, barred: Callable[[str, str], bool], sources: Collection[str]) -> None:
    """Keep nothing that is ``barred``, nor anything of ``sources``; not in free pages either.

    A row that tells something barred goes; of what is known of a source, only the value does,
    which may be as common a word as an outcome.

    Args:
        path: the state.
        barred: whether a value may not be kept, given the id of its source ("" where the row
            is of none) and the value.
        sources: the ids of the sources to forget.

    Raises:
        StateError: when it cannot be written.
    """
    with _opened(path) as state:
        state.execute("PRAGMA secure_delete = ON")
        state.create_function("barred", 2, lambda source, text: bool(text) and barred(source, text))
        with state:
            for source in sources:
                for table, _ in _tables(state):
                    state.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608
            needed = {name for (name,) in state.execute(_NEEDED)}
            for table, columns in _tables(state, all_of_them=True):
                whose = "source" if (table, columns) in _tables(state) else "''"
                for column in columns:
                    nothing = "''" if column in needed else "NULL"
                    change = (
                        f"UPDATE source SET {column} = {nothing}"  # noqa: S608
                        if table == "source"
                        else f"DELETE FROM {table}"  # noqa: S608
                    )
                    state.execute(f"{change} WHERE barred({whose}, {column})")
        state.execute("VACUUM")
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StateError(
            say(
                "{path}: the state of the sources cannot be read or written ({reason}) — check "
                "the disk; if the file is damaged, move it away: every source is then fetched "
                "again and nothing else is lost",
                path=str(path),
                reason=str(error),
            ),
            about=path,
        ) from error


def _tables(state: sqlite3.Connection, *, all_of_them: bool = False) -> list[tuple[str, list[str]]]:
    """The tables with rows of sources, or all, each with its columns of text but the source."""
    names = [name for (name,) in state.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
    found = []
    for name in names:
        columns = state.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall()
        texts = [column for column, kind in columns if kind == "TEXT" and column != "source"]
        if all_of_them or any(column == "source" for column, _ in columns):
            found.append((name, texts))
    return found
