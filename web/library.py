"""The generation that pages are made from: its index and its statements, opened once."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from sparql.workers import Pool
from store.errors import StoreError
from store.generations import Generation
from store.index import ensure
from store.lookup import Index
from store.published import Published
from store.things import Thing
from vocab.iris import Iris
from web.sources import Source


@dataclass(frozen=True)
class Shelf:
    """One generation, ready to be read by any thread."""

    generation: Generation
    index: Index
    published: Published

    @property
    def iris(self) -> Iris:
        """The IRIs of the node."""
        return self.published.iris

    @cached_property
    def sources(self) -> MappingProxyType[str, Source]:
        """The sources by id, as pages name them."""
        facts = self.index.sources
        return MappingProxyType({id_: Source.read(each, self.iris) for id_, each in facts.items()})

    def label(self, iri: str, language: str) -> str:
        """The name of a concept or commune in ``language``, else in French, else its last word."""
        labels = self.index.labels
        for tag in (language, "fr", "", "en"):
            if (iri, tag) in labels:
                return labels[iri, tag]
        return iri.rstrip("/").rpartition("/")[2].replace("-", " ")

    def named(self, thing: Thing) -> list[Source]:
        """The sources that say something of ``thing``."""
        return [self.sources[id_] for id_ in thing.sources if id_ in self.sources]

    def public(self, path: str) -> str:
        """The public address of a path of this node: under the base of its IRIs."""
        return self.generation.base + path.lstrip("/")


class Library:
    """Gives the shelf of the current generation.

    The index of a generation is made here, and not by the harvester: a harvest must not wait
    for the pages, and what is served goes on being served meanwhile.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._last: Shelf | None = None

    @property
    def generation(self) -> Generation | None:
        """What is published now, None before the first generation."""
        return self._pool.generation

    async def follow(self, every: float) -> None:
        """Make ready each generation that is published, until cancelled.

        Args:
            every: seconds between two looks.
        """
        while True:
            with suppress(StoreError):  # told to whoever asks for a page
                await asyncio.to_thread(self.shelf)
            await asyncio.sleep(every)

    def shelf(self) -> Shelf | None:
        """The shelf of what is published now, None before the first generation.

        Whoever asks first for a new generation makes its index, which ``follow`` does before
        any reader; meanwhile the others get the generation before.

        Raises:
            StoreError: when the generation is damaged, or its index cannot be made.
        """
        generation, last = self._pool.generation, self._last
        if generation is None:
            return None
        if last is not None and last.generation == generation:
            return last
        if not self._lock.acquire(blocking=last is None):
            return last
        try:
            if self._last is None or self._last.generation != generation:
                self._last = Shelf(
                    generation, Index(ensure(generation)), Published.open(generation)
                )
            return self._last
        finally:
            self._lock.release()
