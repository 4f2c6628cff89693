"""Looking things up in the index of a generation: by kind, days, facets, words and position."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from store.errors import GenerationError
from store.folding import fold, match
from store.published import SourceFacts
from store.things import Facet, Thing
from vocab.messages import say

Order = Literal["days", "name", "newest"]

MOST = 5_000
"""Things that one question gives at most."""

_ORDERS = {
    "days": "thing.first, thing.iri",
    "name": "thing.sorted, thing.iri",
    "newest": "thing.stamp DESC, thing.iri",
}
_REMEMBERED = 1_000
"""Counts that are kept: the forms of every page ask for the same few, and nothing changes."""

COMMON = 3_000
"""Things that answer words which tell little."""

_DAY = len("2026-11-22")

_Part = tuple[str, tuple[str | float, ...]]
"""A condition, and the values that it asks with."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map in degrees (WGS 84)."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to the index.

    ``first`` and ``last`` are ISO days between which something must happen, both included, and
    "" leaves that end open; the days of the index are those that sources write, so whoever
    knows the zone asks for a day more on both sides. Of several values of one facet any
    suffices; different facets must all hold. Of the facets of ``having``, a thing must have one,
    whatever its value, and of the pairs of ``without`` none. ``since`` is the ISO day that news is
    published on at the earliest. ``words`` are a reader's.
    """

    kinds: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    having: tuple[str, ...] = ()
    without: tuple[tuple[str, str], ...] = ()
    since: str = ""
    free: bool = False
    box: Box | None = None
    words: str = ""
    order: Order = "name"
    limit: int = MOST
    offset: int = 0


class Index:
    """The index in the file ``path``; any number of threads may ask it.

    Raises:
        GenerationError: when it is damaged (from any method).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._counted: dict[tuple[str, Wanted], list[tuple[Facet, int]]] = {}
        self._totals: dict[Wanted, int] = {}
        self._numbers: dict[tuple[str, str], tuple[int, int]] = {}

    def find(self, wanted: Wanted) -> list[Thing]:
        """The things that are ``wanted``, in its order."""
        tables, where, values = self._conditions(wanted)
        sql = (
            f"SELECT thing.doc FROM {tables} WHERE {where} "  # noqa: S608  # our own words
            f"ORDER BY {_ORDERS[wanted.order]} LIMIT ? OFFSET ?"
        )
        rows = self.rows(sql, *values, min(wanted.limit, MOST), wanted.offset)
        return [Thing.from_json(doc) for (doc,) in rows]

    def all(self, *, first: str, limit: int) -> list[Thing]:
        """Everything but events that were over before the ISO day ``first``, at most ``limit``."""
        sql = "SELECT doc FROM thing WHERE kind <> 'event' OR last >= ? ORDER BY kind, iri LIMIT ?"
        return [Thing.from_json(doc) for (doc,) in self.rows(sql, first, limit)]

    def count(self, wanted: Wanted) -> int:
        """How many there are in all."""
        asked = replace(wanted, order="name", limit=MOST, offset=0)
        if asked not in self._totals:
            if len(self._totals) >= _REMEMBERED:
                self._totals.clear()
            tables, where, values = self._conditions(asked)
            sql = f"SELECT count(*) FROM {tables} WHERE {where}"  # noqa: S608  # our own words
            self._totals[asked] = int(self.rows(sql, *values)[0][0])
        return self._totals[asked]

    def kinds(self) -> dict[str, int]:
        """How many things there are of each kind."""
        return dict(self.rows("SELECT kind, count(*) FROM thing GROUP BY kind"))

    def values(self, facet: str, wanted: Wanted) -> list[tuple[Facet, int]]:
        """The values of ``facet`` among what is wanted, and how many things have each.

        The facet itself does not restrict: it tells what else there is to choose.
        """
        others = tuple(pair for pair in wanted.facets if pair[0] != facet)
        asked = replace(wanted, facets=others, order="name", limit=MOST, offset=0)
        if (facet, asked) not in self._counted:
            if len(self._counted) >= _REMEMBERED:
                self._counted.clear()
            self._counted[facet, asked] = self._count_values(facet, asked)
        return self._counted[facet, asked]

    def _count_values(self, facet: str, wanted: Wanted) -> list[tuple[Facet, int]]:
        tables, where, values = self._conditions(wanted)
        sql = (
            "SELECT named.value, named.iri, named.text, count(*) "  # noqa: S608  # our own words
            f"FROM {tables} JOIN facet AS chosen ON chosen.thing = thing.id AND chosen.facet = ? "
            "JOIN named ON named.facet = chosen.facet AND named.value = chosen.value "
            f"WHERE {where} GROUP BY named.value ORDER BY named.value"
        )
        rows = self.rows(sql, facet, *values)
        return [(Facet(facet, value, iri, text), count) for value, iri, text, count in rows]

    def named(self, facet: str, value: str) -> Facet:
        """A value of a facet with its name; without one when nothing has that value."""
        sql = "SELECT iri, text FROM named WHERE facet = ? AND value = ?"
        rows = self.rows(sql, facet, value)
        return Facet(facet, value, *rows[0]) if rows else Facet(facet, value)

    def get(self, iri: str) -> Thing | None:
        """The thing at ``iri``, None when the index knows none."""
        rows = self.rows("SELECT doc FROM thing WHERE iri = ?", iri)
        return Thing.from_json(rows[0][0]) if rows else None

    def called(self, name: str, kinds: tuple[str, ...]) -> list[Thing]:
        """The things of ``kinds`` that bear just that name, accents and capitals apart."""
        sql = f"SELECT doc FROM thing WHERE kind IN ({_holes(kinds)}) AND sorted = ? LIMIT ?"  # noqa: S608
        return [Thing.from_json(doc) for (doc,) in self.rows(sql, *kinds, fold(name), MOST)]

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """(IRI, language) → name of a concept or commune."""
        rows = self.rows("SELECT iri, language, text FROM label")
        return {(iri, language): text for iri, language, text in rows}

    @cached_property
    def centres(self) -> dict[str, tuple[float, float]]:
        """INSEE code → latitude and longitude of the centre of the commune, where it is known."""
        rows = self.rows("SELECT commune, latitude, longitude FROM centre")
        return {commune: (latitude, longitude) for commune, latitude, longitude in rows}

    @cached_property
    def sources(self) -> dict[str, SourceFacts]:
        """The sources by id."""
        rows = self.rows("SELECT id, doc FROM source ORDER BY id")
        return {id_: SourceFacts(**json.loads(doc)) for id_, doc in rows}

    @cached_property
    def spans(self) -> list[tuple[str, int, int]]:
        """The kinds, and the first and the last number of the things of each."""
        rows = self.rows("SELECT kind, min(id), max(id) FROM thing GROUP BY kind")
        return [(kind, first, last) for kind, first, last in rows]

    def rows(self, sql: str, *values: str | float | None) -> list[Any]:
        """The rows that our own question ``sql`` finds."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise GenerationError(
                say(
                    "{file}: the index of this generation cannot be read ({reason}) — remove this "
                    "file, it is made again",
                    file=str(self.path),
                    reason=str(error),
                ),
                about=self.path,
            ) from error

    def _conditions(self, wanted: Wanted) -> tuple[str, str, list[str | float]]:
        """The tables, the conditions and their values."""
        found, tables = list(_parts(wanted)), "thing"
        if question := self._question(wanted.words):
            tables += " JOIN words ON words.rowid = thing.id"
            found += [("words MATCH ?", (question,)), *self._within(wanted)]
        if wanted.box:
            tables += " JOIN box ON box.id = thing.id"
        where = " AND ".join(part for part, _ in found) or "1"
        return tables, where, [value for _, values in found for value in values]

    def is_common(self, question: str) -> bool:
        """Whether more than ``COMMON`` things answer a question to FTS5."""
        sql = "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?"
        return len(self.rows(sql, question, COMMON + 1)) > COMMON

    def _question(self, words: str) -> str:
        """``words`` as FTS5 is asked: the last may be unfinished, but where it is common as it is.

        All the words that begin with a common one are many: to merge them costs more than all
        the rest of the question.
        """
        whole = match(words, unfinished=False)
        return whole if whole and self.is_common(whole) else match(words)

    def _within(self, wanted: Wanted) -> Iterator[_Part]:
        """The numbers among which what is wanted is: words of other things are not looked at.

        Events are numbered by the day they begin, so a common word over a week costs a week.
        """
        spans = [(first, last) for kind, first, last in self.spans if kind in wanted.kinds]
        if spans:
            first, last = min(spans)[0], max(last for _, last in spans)
            if wanted.kinds == ("event",):
                low, high = self._days(wanted.first[:_DAY], wanted.last[:_DAY])
                first, last = max(first, low), min(last, high)
            yield "words.rowid BETWEEN ? AND ?", (first, last)

    def _days(self, first: str, last: str) -> tuple[int, int]:
        """The lowest and the highest number of the events between two ISO days; "" is any."""
        if (first, last) not in self._numbers:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers.clear()
            [(low, high)] = self.rows(
                "SELECT (SELECT min(id) FROM thing WHERE kind = 'event' AND last >= ?),"
                " (SELECT max(id) FROM thing WHERE kind = 'event' AND first <= ?)",
                first,
                last or "9999",
            )
            self._numbers[first, last] = (low or 0, high or 0) if low and high else (1, 0)
        return self._numbers[first, last]

    @property
    def _connection(self) -> sqlite3.Connection:
        """A connection of this thread; the file never changes, so nothing is ever locked."""
        if not hasattr(self._local, "connection"):
            address = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            self._local.connection = sqlite3.connect(address, uri=True)
        connection: sqlite3.Connection = self._local.connection
        return connection


def _parts(wanted: Wanted) -> Iterator[_Part]:
    if wanted.kinds:
        yield f"thing.kind IN ({_holes(wanted.kinds)})", wanted.kinds
    if wanted.first:
        yield "thing.last >= ?", (wanted.first[:_DAY],)
    if wanted.last:
        yield "thing.first <= ?", (wanted.last[:_DAY],)
    yield from _faceted(wanted)
    if wanted.since:
        yield "thing.stamp >= ?", (wanted.since,)
    if wanted.free:
        yield "thing.free = 1", ()
    if wanted.words.strip() and not match(wanted.words):
        yield "0", ()
    if box := wanted.box:
        yield "box.north >= ? AND box.south <= ?", (box.south, box.north)
        yield "box.east >= ? AND box.west <= ?", (box.west, box.east)


def _faceted(wanted: Wanted) -> Iterator[_Part]:
    for facet, values in wanted.facets:
        having = f"SELECT thing FROM facet WHERE facet = ? AND value IN ({_holes(values)})"  # noqa: S608
        yield f"thing.id IN ({having})", (facet, *values)
    if wanted.having:
        any_ = f"SELECT thing FROM facet WHERE facet IN ({_holes(wanted.having)})"  # noqa: S608
        yield f"thing.id IN ({any_})", wanted.having
    for pair in wanted.without:
        yield "thing.id NOT IN (SELECT thing FROM facet WHERE facet = ? AND value = ?)", pair


def _holes(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))
