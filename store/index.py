"""The index of a generation: what pages look things up in, one SQLite file, written once.

It holds each canonical entity as a ``Thing``, by kind, days, facets, words (FTS5 over folded
stems, contentless) and position (R-tree), the labels of the concepts that they use, where
communes lie, and the sources. Things are numbered kind by kind, events by day and articles from
the newest on, so that what is found by its words comes in an order that makes sense without being
sorted. The index lies beside the snapshot that it was made from and, like it, never changes. Its
name carries the version of its layout: a program that knows another one makes its own.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from pathlib import Path

from store.errors import GenerationError
from store.folding import fold, stems
from store.generations import Generation
from store.published import Published, SourceFacts
from store.things import KINDS, Thing
from vocab.messages import say

NAME = "index-5.sqlite"

_LAYOUT = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE thing (
    id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, first TEXT NOT NULL,
    last TEXT NOT NULL, stamp TEXT NOT NULL, sorted TEXT NOT NULL, free INTEGER, doc TEXT NOT NULL
) STRICT;
CREATE TABLE facet (
    facet TEXT NOT NULL, value TEXT NOT NULL, thing INTEGER NOT NULL,
    PRIMARY KEY (facet, value, thing)
) STRICT, WITHOUT ROWID;
CREATE TABLE named (
    facet TEXT NOT NULL, value TEXT NOT NULL, iri TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (facet, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE label (
    iri TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (iri, language)
) STRICT, WITHOUT ROWID;
CREATE TABLE centre (
    commune TEXT PRIMARY KEY, latitude REAL NOT NULL, longitude REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE source (id TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(name, rest, content='', tokenize='ascii');
CREATE VIRTUAL TABLE box USING rtree(id, south, north, west, east);
"""
_STAGE = """
CREATE TEMP TABLE staged (kind INTEGER, day TEXT, name TEXT, doc TEXT);
"""
_ORDERS = """
CREATE INDEX thing_days ON thing (kind, first, last);
CREATE INDEX thing_ends ON thing (kind, last);
CREATE INDEX thing_names ON thing (kind, sorted);
CREATE INDEX thing_stamps ON thing (kind, stamp DESC);
CREATE INDEX facet_thing ON facet (thing, facet);
ANALYZE;
"""
_DAY = len("2026-11-22")
_LONGEST_TEXT = 4_000
"""Characters of a description that are searched and shown; the entity's document has it all."""


def ensure(generation: Generation) -> Path:
    """The index of ``generation``, made now when it is not there yet.

    Several processes may do so at once: each writes a file of its own and the last one stays.

    Raises:
        StoreError: when the snapshot cannot be read or the index cannot be written.
    """
    target = generation.path / NAME
    if not target.exists():
        build(Published.open(generation), target)
    return target


def build(published: Published, target: Path) -> None:
    """Write the index of ``published`` to the file ``target``, whole or not at all.

    Raises:
        StoreError: when it cannot be written.
    """
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    with _written(target):
        try:
            part.unlink(missing_ok=True)
            with closing(sqlite3.connect(part, isolation_level=None)) as connection:
                _fill(connection, published)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _written(target: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise GenerationError(
            say(
                "{file}: the index of this generation cannot be written ({reason}) — free some "
                "space, or give the folder to the user that runs enbauges",
                file=str(target),
                reason=str(error),
            ),
            about=target,
        ) from error


def _fill(connection: sqlite3.Connection, published: Published) -> None:
    connection.executescript(_LAYOUT + _STAGE)
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO staged VALUES (?, ?, ?, ?)", map(_staged, published.things())
    )
    ordered = connection.execute("SELECT doc FROM staged ORDER BY kind, day, name")
    for number, (doc,) in enumerate(ordered, start=1):
        _add(connection, number, Thing.from_json(doc), doc)
    connection.executemany("INSERT OR IGNORE INTO label VALUES (?, ?, ?)", published.labels())
    connection.executemany("INSERT OR IGNORE INTO centre VALUES (?, ?, ?)", published.centres())
    connection.executemany(
        "INSERT INTO source VALUES (?, ?)",
        ((source.id, json.dumps(_plain(source))) for source in published.sources()),
    )
    connection.execute("COMMIT")
    connection.executescript(_ORDERS)


def _staged(thing: Thing) -> tuple[int, str, str, str]:
    """A thing and what it is numbered by."""
    if len(thing.text) > _LONGEST_TEXT:
        thing = replace(thing, text=thing.text[:_LONGEST_TEXT].rstrip() + "…")
    day = thing.start[:_DAY]
    if thing.kind == "article":  # the newest first
        day = "".join(chr(ord("9") - ord(sign) + ord("0")) for sign in _stamp(thing))
    return KINDS.index(thing.kind), day, fold(thing.name), thing.to_json()


def _stamp(thing: Thing) -> str:
    return thing.published or thing.modified


def _add(connection: sqlite3.Connection, number: int, thing: Thing, doc: str) -> None:
    first = thing.start[:_DAY]
    connection.execute(
        "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            thing.iri,
            thing.kind,
            first,
            max(first, thing.end[:_DAY]),
            _stamp(thing),
            fold(thing.name),
            thing.free,
            doc,
        ),
    )
    facets = thing.facets()
    connection.executemany(
        "INSERT INTO facet VALUES (?, ?, ?)", ((each.name, each.value, number) for each in facets)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO named VALUES (?, ?, ?, ?)",
        ((each.name, each.value, each.iri, each.text) for each in facets),
    )
    rest = (thing.text, thing.place, thing.address, thing.commune_name, thing.organizer)
    connection.execute(
        "INSERT INTO words (rowid, name, rest) VALUES (?, ?, ?)",
        (number, stems(thing.name), stems(" ".join(rest))),
    )
    if thing.latitude is not None and thing.longitude is not None:
        corners = (thing.latitude, thing.latitude, thing.longitude, thing.longitude)
        connection.execute("INSERT INTO box VALUES (?, ?, ?, ?, ?)", (number, *corners))


def _plain(source: SourceFacts) -> Mapping[str, str | int]:
    return {field.name: getattr(source, field.name) for field in fields(source)}
