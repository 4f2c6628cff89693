"""The shared graphs as one command sees them: read once, kept in step with each commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import cached_property, partial

from harvester.curation.edited import is_hidden
from harvester.glance import NaturalKey, Statement, by_record, glance
from harvester.settle import Ledger, Settlement
from store.changelog import ChangeLog
from store.changes import Delta, Lines
from store.embedded import EmbeddedStore
from store.errors import StoreError
from vocab import term
from vocab.iris import Iris

_INVALIDATED = term("prov:wasInvalidatedBy")
_MOST_RUNS = 100  # that buried something, the latest ones: what they say is read from the disk
_GENERATED = term("prov:wasGeneratedBy")
_DERIVED = term("prov:wasDerivedFrom")
_IDENTIFIER = term("dcterms:identifier")


class Books:
    """Links and tombstones of the whole store, read when first needed.

    A command that finds every source unchanged reads neither.
    """

    def __init__(
        self, store: EmbeddedStore, iris: Iris, changelog: ChangeLog | None = None
    ) -> None:
        self._store = store
        self._iris = iris
        self._changelog = changelog
        self._graves: dict[str, dict[NaturalKey, set[str]]] = {}

    def of(self, source: str) -> Ledger:
        """What the shared graphs hold about one source."""
        return Ledger(
            links=self._links.get(source, {}),
            tombstones=self._tombstones,
            buried=self._buried,
            returned=partial(self._returned, source),
            elsewhere=partial(self._elsewhere, source),
            generated=self._generated,
            canonical=self._canonical,
            dataset=self._dataset(source),
            curated=self._curated,
        )

    def commit(self, source: str, settlement: Settlement) -> None:
        """Take over what a committed run changed."""
        self._graves.pop(source, None)
        self._links[source] = dict(settlement.links)
        graphs = settlement.changeset.graphs
        if delta := graphs.get(self._iris.graph("tombstones")):
            _update(self._tombstones, delta, _subject)
        if delta := graphs.get(self._iris.graph("provenance")):
            _update(self._curated, delta, self._curated_entity)

    def curated(self) -> dict[str, set[str]]:
        """Source id → its entities that the editors decided something about, as is stored."""
        known = self._curated.keys() | {
            entity for entity, lines in self._tombstones.items() if is_hidden(lines)
        }
        return self.sources_of(known)

    def sources_of(self, entities: Collection[str]) -> dict[str, set[str]]:
        """Source id → those of ``entities`` that its records describe."""
        found: dict[str, set[str]] = {}
        for source, links in self._links.items() if entities else ():
            if named := {entity for entity in links.values() if entity in entities}:
                found[source] = named
        return found

    @cached_property
    def _links(self) -> dict[str, dict[str, str]]:
        """Source id → record → entity."""
        prefix = self._iris.records
        found: dict[str, dict[str, str]] = {}
        for line in self._store.lines(self._iris.graph("links")):
            record, _, entity = (written[1:-1] for written in Statement.of(line))
            source = record.removeprefix(prefix).partition("/")[0]
            found.setdefault(source, {})[record] = entity
        return found

    @cached_property
    def _curated(self) -> dict[str, Lines]:
        """Entity → what is told of the decisions about it."""
        graph, statement = self._iris.graph("provenance"), term("rdf:Statement")
        found: dict[str, Lines] = {}
        for node in self._store.subjects(graph, term("rdf:type"), statement):
            if entity := self._curated_entity(f"<{node}>"):
                found[entity] = found.get(entity, frozenset()) | self._store.about(graph, node)
        return found

    def _curated_entity(self, line: str) -> str:
        """The entity that a statement about a decision is about, "" for any other statement."""
        entity, mark, _ = line[1 : line.index(">")].partition("#curation-")
        return entity if mark else ""

    @cached_property
    def _tombstones(self) -> dict[str, Lines]:
        return _by_subject(self._store.lines(self._iris.graph("tombstones")))

    def _buried(self, record: str) -> str | None:
        """The entity whose tombstone names ``record``."""
        graph = self._iris.graph("tombstones")
        return min(self._store.subjects(graph, _DERIVED, record), default=None)

    def _elsewhere(self, source: str, record: str) -> str | None:
        """The entity of a record of another source than ``source``."""
        if not record.startswith(self._iris.records):
            return None
        other = record.removeprefix(self._iris.records).partition("/")[0]
        return None if other == source else self._links.get(other, {}).get(record)

    def _returned(self, source: str, key: NaturalKey) -> str | None:
        """The entity of ``source`` that lies in a tomb and was called ``key``, if just one does.

        A tombstone does not say what the thing was: the change log does, as long as it may.
        """
        if source not in self._graves:
            self._graves[source] = self._dug_up(source)
        found = self._graves[source].get(key, set())
        return next(iter(found)) if len(found) == 1 else None

    def _dug_up(self, source: str) -> dict[NaturalKey, set[str]]:
        own = f"<{self._iris.record(source, '')}"
        buried: dict[str, dict[str, str]] = {}
        for entity, lines in self._tombstones.items():
            if is_hidden(lines):  # by the editors, whose decision it stays
                continue
            said = {one.predicate[1:-1]: one.object for one in map(Statement.of, lines)}
            run = said.get(_INVALIDATED, "")[1:-1].rpartition("/")[2]
            if run and (record := said.get(_DERIVED, "")).startswith(own):
                buried.setdefault(run, {})[record[1:-1]] = entity
        found: dict[NaturalKey, set[str]] = {}
        for run in sorted(buried, reverse=True)[:_MOST_RUNS]:
            for record, lines in self._removed(source, run).items():
                key = glance(record, lines).natural_key
                if key and record in buried[run]:
                    found.setdefault(key, set()).add(buried[run][record])
        return found

    def _removed(self, source: str, run: str) -> Mapping[str, Lines]:
        """The records that a run took away; none when the change log cannot tell."""
        if self._changelog is None:
            return {}
        graph, lines = self._iris.source_graph(source), frozenset[str]()
        with suppress(StoreError):  # damaged: whoever undoes a run is told
            for entry in self._changelog.of_run(source, run):
                lines |= entry.changeset.graphs.get(graph, Delta()).removed
        return by_record(lines, self._iris.record_of)

    def _generated(self, record: str) -> Lines:
        return self._store.about(self._iris.graph("provenance"), record, _GENERATED)

    def _canonical(self, entity: str) -> Lines:
        """What the canonical graph says of ``entity``, and of its parts, and of theirs."""
        graph, found = self._iris.graph("canonical"), frozenset[str]()
        reached, waiting = {entity}, [entity]
        while waiting:
            lines = self._store.about(graph, waiting.pop())
            found |= lines
            parts = {
                name
                for line in lines
                if (value := Statement.of(line).object).startswith((f"<{entity}#", self._genid))
                and (name := value[1:-1]) not in reached
            }
            reached |= parts
            waiting += parts
        return found

    @property
    def _genid(self) -> str:
        return f"<{self._iris.base}.well-known/genid/"

    def hold(self, source: str) -> bool:
        """Whether the store knows the source: it may be newer than the state, or another one."""
        graph = self._iris.graph("provenance")
        return bool(self._store.about(graph, self._iris.source(source), _IDENTIFIER))

    def _dataset(self, source: str) -> Lines:
        graph = self._iris.graph("provenance")
        return self._store.about(graph, self._iris.source(source)) | self._store.about(
            graph, self._iris.source_graph(source)
        )


def _subject(line: str) -> str:
    return line[1 : line.index(">")]


def _by_subject(lines: Lines) -> dict[str, Lines]:
    groups: dict[str, set[str]] = {}
    for line in lines:
        groups.setdefault(_subject(line), set()).add(line)
    return {name: frozenset(group) for name, group in groups.items()}


def _update(kept: dict[str, Lines], delta: Delta, name_of: Callable[[str], str]) -> None:
    """Keep ``kept`` in step with a delta of the graph that it was read from."""
    for line in delta.removed:
        if name := name_of(line):
            kept[name] = kept.get(name, frozenset()) - {line}
            if not kept[name]:
                del kept[name]
    for line in delta.added:
        if name := name_of(line):
            kept[name] = kept.get(name, frozenset()) | {line}
