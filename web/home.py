"""What the first page tells, asked once for each generation and day."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pyoxigraph as ox

from sparql.ask import rows, saved
from sparql.workers import Pool
from store.generations import Generation
from vocab.iris import Iris
from web.agenda import Day, Period, days
from web.sources import Source

Clock = Callable[[], datetime]
_OURSELVES = "the pages"
"""Whose share of the workers the pages' own queries take."""


@dataclass(frozen=True, slots=True)
class Example:
    """A saved query, ready to run."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Home:
    """The facts of the first page; ``counts`` by the last word of the type."""

    generation: Generation
    period: Period
    days: tuple[Day, ...]
    counts: tuple[tuple[str, int], ...]
    sources: tuple[Source, ...]
    examples: tuple[Example, ...]


class Homes:
    """The ``Home`` of now in each language; computed once, however many readers come."""

    def __init__(self, pool: Pool, clock: Clock, zone: ZoneInfo) -> None:
        self._zone = zone
        self._pool = pool
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: dict[str, Home] = {}

    async def now(self, generation: Generation, language: str) -> Home:
        """The facts of ``generation`` for the week that begins today, labels in ``language``.

        Raises:
            SparqlError: when the store does not answer.
        """
        period = Period.week(self._clock(), self._zone)
        async with self._lock:
            last = self._last.get(language)
            if last is None or (last.generation, last.period) != (generation, period):
                last = await _gather(self._pool, generation, period, language)
                self._last[language] = last
            return last


async def _gather(pool: Pool, generation: Generation, period: Period, language: str) -> Home:
    tag = ox.Literal(language)
    agenda = saved("agenda", **period.values(), language=tag)
    counts, places = saved("counts"), saved("places-by-type", language=tag)
    iris = Iris(generation.base)
    provenance = ox.NamedNode(iris.graph("provenance"))
    listed = await rows(pool, saved("sources", provenance=provenance), _OURSELVES)
    sources = {row["source"]: Source.read(row, iris) for row in listed}

    def source_of(record: str) -> Source | None:
        return sources.get(iris.source(record.removeprefix(iris.records).partition("/")[0]))

    return Home(
        generation=generation,
        period=period,
        days=days(await rows(pool, agenda, _OURSELVES), period, source_of),
        counts=tuple(
            (re.split("[/#]", row["kind"])[-1], int(row["count"]))
            for row in await rows(pool, counts, _OURSELVES)
        ),
        sources=tuple(sources.values()),
        examples=(
            Example("agenda", agenda),
            Example("counts", counts),
            Example("places-by-type", places),
        ),
    )
