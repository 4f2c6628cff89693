"""What a thing was, and when: read from the change log and the published generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from harvester.glance import Statement, lexical
from harvester.life.lifecycle import LifeError
from harvester.life.rollback import stamp_of
from harvester.life.scrub import Scrub, unescaped
from harvester.telling import labelled
from store.changelog import ChangeLog, Entry
from store.changes import Delta, Lines
from store.generations import Generation, open_read_only
from store.takedown import Takedowns
from vocab import PREFIXES, term
from vocab.iris import Iris
from vocab.messages import Message, say

EVENTS = MappingProxyType(
    {
        "appeared": say("appeared"),
        "changed": say("was changed"),
        "left": say("left"),
        "returned": say("came back"),
    }
)
_WIDTH = 100  # characters of a value that are shown to a person


@dataclass(frozen=True, slots=True)
class Moment:
    """What one run did to a thing: ``event`` is appeared, changed, left or returned.

    ``added`` and ``removed`` are N-Triples statements about it and its parts; ``purpose`` is
    why, where an operator did it.
    """

    at: datetime
    source: str
    run: str
    event: str
    purpose: str
    added: Lines
    removed: Lines


@dataclass(frozen=True, slots=True)
class History:
    """The life of a thing, the oldest moment first.

    ``now`` are the statements that stand; ``earlier`` tells that it was there before the change
    log begins; ``tombstone`` that its address answers that it has gone; ``related`` are the
    records of an entity, or the entities of a record, ever.
    """

    iri: str
    moments: tuple[Moment, ...]
    now: Lines
    earlier: bool
    tombstone: bool
    related: tuple[str, ...]


def history(iri: str, generation: Generation, log: ChangeLog) -> History:
    """What is known of the life of ``iri``, a record or a canonical entity.

    Raises:
        LifeError: when nothing is.
        StoreError: when the generation or the change log cannot be read.
    """
    try:
        ox.NamedNode(iri)
    except ValueError:
        raise LifeError(_unknown(iri)) from None
    return _Reading(iri, generation, log).whole()


def _unknown(iri: str) -> Message:
    return say("nothing is known of {iri} — is the address complete?", iri=iri)


class _Reading:
    """One thing, looked up."""

    def __init__(self, iri: str, generation: Generation, log: ChangeLog) -> None:
        self.iri = iri.partition("#")[0]
        self._iris = Iris(generation.base)
        self._snapshot = open_read_only(generation)
        self._log = log
        record = self._iris.record_of(self.iri)
        self._source = record.removeprefix(self._iris.records).partition("/")[0] if record else ""
        self._graph = (
            self._iris.source_graph(self._source) if record else self._iris.graph("canonical")
        )

    def whole(self) -> History:
        now, tombstone = self._now(), self._has_tombstone()
        entries = sorted(
            (entry for entry in self._entries() if self._took_place(entry)),
            key=lambda entry: entry.at,
        )
        deltas = [self._delta(entry) for entry in entries]
        start = now
        for delta in reversed(deltas):
            start = (start - delta.added) | delta.removed
        moments = tuple(self._moments(start, entries, deltas))
        if not (moments or now or tombstone):
            raise LifeError(_unknown(self.iri))
        related = tuple(sorted(self._related(entries)))
        return History(self.iri, moments, now, bool(start), tombstone, related)

    def _moments(
        self, start: Lines, entries: Sequence[Entry], deltas: Sequence[Delta]
    ) -> Iterator[Moment]:
        lines, was_there = start, bool(start)
        for entry, delta in zip(entries, deltas, strict=True):
            if not delta:
                continue
            before, lines = lines, (lines - delta.removed) | delta.added
            event = (
                ("returned" if was_there else "appeared")
                if not before
                else "changed"
                if lines
                else "left"
            )
            was_there = True
            yield Moment(
                entry.at,
                entry.source,
                stamp_of(entry),
                event,
                self._purpose(entry),
                delta.added,
                delta.removed,
            )

    def _entries(self) -> Iterator[Entry]:
        """The entries that may tell of the thing, those of each source in their order."""
        for source in [self._source] if self._source else self._log.sources():
            for path in self._log.paths(source):
                yield self._log.read(path)

    def _took_place(self, entry: Entry) -> bool:
        return bool(self._objects(entry.activity, term("rdf:type"), "provenance"))

    def _purpose(self, entry: Entry) -> str:
        told = self._objects(entry.activity, term("dcterms:description"), "provenance")
        return next((each.value for each in told if isinstance(each, ox.Literal)), "")

    def _objects(self, subject: str, predicate: str, graph: str) -> list[Any]:
        pattern = (ox.NamedNode(subject), ox.NamedNode(predicate), None)
        quads = self._snapshot.quads_for_pattern(*pattern, ox.NamedNode(self._iris.graph(graph)))
        return [quad.object for quad in quads]

    def _has_tombstone(self) -> bool:
        return bool(self._objects(self.iri, term("rdf:type"), "tombstones"))

    def _now(self) -> Lines:
        """What stands of the thing and its parts; parts are fragments of its IRI."""
        graph = ox.NamedNode(self._graph)
        found, waiting = set[str](), [self.iri]
        seen = {self.iri}
        while waiting:
            subject = ox.NamedNode(waiting.pop())
            for quad in self._snapshot.quads_for_pattern(subject, None, None, graph):
                found.add(f"{quad.triple} .")
                value = quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
                if self._is_own(value) and value not in seen:
                    seen.add(value)
                    waiting.append(value)
        return frozenset(found)

    def _is_own(self, iri: str) -> bool:
        """Whether ``iri`` is the thing or a part of it: a fragment, or a node without a name."""
        return self.iri in {iri.partition("#")[0], self._iris.record_of(iri)}

    def _delta(self, entry: Entry) -> Delta:
        delta = entry.changeset.graphs.get(self._graph, Delta())
        return Delta(self._own(delta.added), self._own(delta.removed))

    def _own(self, lines: Lines) -> Lines:
        return frozenset(line for line in lines if self._is_own(line.split(" ", 1)[0][1:-1]))

    def _related(self, entries: Iterable[Entry]) -> set[str]:
        scrub = Scrub(Takedowns(), self._iris)
        links = ox.NamedNode(self._iris.graph("links"))
        specializes = ox.NamedNode(term("prov:specializationOf"))
        quads = self._snapshot.quads_for_pattern(None, specializes, None, links)
        standing = {(quad.subject.value, quad.object.value) for quad in quads}  # type: ignore[union-attr]  # IRIs, as all in the store
        pairs = standing | {pair for each in entries for pair in scrub.links_in(each.changeset)}
        return {
            other
            for record, entity in pairs
            for thing, other in ((record, entity), (entity, record))
            if thing == self.iri
        }


def told(found: History, zone: tzinfo, language: str) -> Iterator[str]:
    """A history as lines for a person; times in ``zone``."""

    def spoken(message: Message) -> str:
        return message.render(language)

    yield from found.related
    if found.earlier:
        yield spoken(say("it was there before the change log begins"))
    for moment in found.moments:
        when = f"{moment.at.astimezone(zone):%Y-%m-%d %H:%M}"
        about = f" — {moment.purpose}" if moment.purpose else ""
        yield f"{when}  {moment.source}  {spoken(EVENTS[moment.event])}{about}  ({moment.run})"
        for mark, lines in (("-", moment.removed), ("+", moment.added)):
            for name, value in sorted(map(_readable, lines)):
                yield f"    {mark} {labelled(name, _short(value), language)}"
    if found.tombstone:
        yield spoken(say("its address now says that it has gone"))
    elif not found.now:
        yield spoken(say("it is not published now"))


def plain(found: History) -> dict[str, Any]:
    """A history as JSON knows it."""
    return {
        "iri": found.iri,
        "related": found.related,
        "published": bool(found.now),
        "tombstone": found.tombstone,
        "earlier": found.earlier,
        "moments": [
            {
                "at": moment.at.isoformat(),
                "source": moment.source,
                "run": moment.run,
                "event": moment.event,
                "purpose": moment.purpose,
                "added": sorted(moment.added),
                "removed": sorted(moment.removed),
            }
            for moment in found.moments
        ],
    }


def _readable(line: str) -> tuple[str, str]:
    """A statement as a property with its short name, and a value."""
    said = Statement.of(line)
    part = said.subject[1:-1].partition("#")[2]
    name = _curie(said.predicate[1:-1])
    value = unescaped(lexical(said.object))
    return f"{part} {name}" if part else name, _curie(value)


def _curie(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDTH else f"{flat[: _WIDTH - 1]}…"
