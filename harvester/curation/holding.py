"""What the editors decided about the entities of one source, before a run and now. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harvester.curation.edited import is_hidden
from harvester.curation.values import Edit, Edits
from store.changes import Lines


@dataclass(frozen=True)
class Holding:
    """The decisions that hold for the entities in ``links`` (record → entity).

    ``curated`` and ``tombstones`` are what the store tells of decisions made before, and of what
    is not shown, by entity; those of other sources may be among them.
    """

    edits: Edits
    links: Mapping[str, str]
    curated: Mapping[str, Lines]
    tombstones: Mapping[str, Lines]

    @cached_property
    def by_record(self) -> Mapping[str, tuple[Edit, ...]]:
        """Record → the decisions that hold for its entity, and for what it is a date of."""
        found = {}
        for record, entity in self.links.items() if self.edits else ():
            if edits := self.edits.about(entity, self._series(record)):
                found[record] = edits
        return found

    @cached_property
    def by_entity(self) -> Mapping[str, tuple[Edit, ...]]:
        """The same by entity."""
        return {self.links[record]: edits for record, edits in self.by_record.items()}

    def hidden(self) -> Iterator[tuple[str, str, Edit]]:
        """Record and entity of what is hidden, and by which decision."""
        for record, edits in self.by_record.items():
            for each in edits:
                if each.kind == "hide":
                    yield record, self.links[record], each

    def entities(self) -> set[str]:
        """The entities that a decision holds for, or held for before."""
        curated = self.curated.keys()
        before = {
            entity
            for record, entity in (self.links.items() if curated else ())
            if entity in curated or self._series(record) in curated
        }
        told = set(self.links.values()) & self.tombstones.keys()
        before |= {entity for entity in told if is_hidden(self.tombstones[entity])}
        return before | self.by_entity.keys()

    def _series(self, record: str) -> str:
        """The series that a record is a date of, "" when it is none."""
        return self.links.get(record.rpartition("/")[0], "")
