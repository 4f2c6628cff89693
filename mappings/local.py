"""A mapping on local files: what ``enbauges map`` does.

The mapping's own sources say how a file is read; the records stream. Nothing is normalised, blank
nodes stay. Only the sources that others are joined with are read first and kept, as indexes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from mappings.compiler import Compiled, Mapping
from mappings.inputs import items
from mappings.notes import Joined, Notes
from mappings.paths import Item
from mappings.paths import Path as Steps
from mappings.plan import references
from mappings.platform import compile_file
from mappings.problems import MappingError, Problem, problem
from mappings.source import Source
from mappings.unmet import Unmet, missing, nothing_mapped
from vocab.messages import say

_GRAPH = None  # the default graph; naming it costs as much again as making the statement
_DATA_ERRORS = frozenset({"bad-iri", "bad-text", "bad-language", "bad-datatype", "no-value"})


def map_file(mapping: Path, file: Path | None, base: str, problems: list[Problem]) -> Iterator[str]:
    """The N-Quads lines, without line end, of a mapping on the files that it reads.

    Args:
        mapping: a YARRRML file, or one of RML in Turtle.
        file: read instead of the file that the mapping names.
        base: what relative IRIs are appended to; "" for the document's own base.
        problems: gets what values could not be used, and at the end what the mapping reads
            that no record has.

    Raises:
        MappingError: when the mapping, or a file, cannot be used; with RML, also at the first
            value of which no term can be made (RML-Core, data error).
    """
    compiled = compile_file(mapping, base=base)
    _check(mapping, file, compiled)
    for quad in map_compiled(compiled, mapping, file, problems):
        yield f"{quad} ."


def map_compiled(
    compiled: Mapping, mapping: Path, file: Path | None, problems: list[Problem]
) -> Iterator[ox.Quad]:
    """The quads of ``compiled``, which the file ``mapping`` writes, as ``map_file`` does."""
    problems += (problem("unread", said, mapping, "notice") for said in compiled.plan.unread)
    files = _Files(mapping, file, problems, strict=compiled.plan.strict)

    def joined_records(source: Source) -> Iterator[Item]:
        return files.joined(source, *_joined_on(compiled, source))

    joined = compiled.join(joined_records, problems)
    for source, work in _by_source(compiled).items():
        yield from files.mapped(source, work, joined)


@dataclass(slots=True)
class _Work:
    """What is done with the records of one source."""

    source: Source
    compiled: list[Compiled] = field(default_factory=list)
    references: list[Steps] = field(default_factory=list)
    states: bool = False
    """Whether something is to be stated of them: nothing is of those that others only refer to."""


def _by_source(compiled: Mapping) -> dict[Source, _Work]:
    works: dict[Source, _Work] = {}
    linked = {link.parent for plan in compiled.plan.triples_maps for link in plan.links()}
    for each, plan in zip(compiled.compiled, compiled.plan.triples_maps, strict=True):
        for source in each.sources:
            work = works.setdefault(source, _Work(source))
            work.compiled.append(each)
            work.references += plan.references()
            work.states = work.states or bool(plan.predicate_objects) or each.name not in linked
            for link in plan.links():
                if not link.joins:
                    work.references += compiled.plan.triples_map(link.parent).references()
    return works


def _joined_on(compiled: Mapping, source: Source) -> tuple[list[Steps], list[Steps]]:
    """What an index reads of the records of ``source``: for their subjects, and for its keys."""
    subjects, keys = list[Steps](), list[Steps]()
    for index, each in compiled.indexes.sources():
        if each == source:
            subjects += index.parent.references()
            keys += (path for key in index.keys for path in references(key))
    return subjects, keys


@dataclass(frozen=True, slots=True)
class _Files:
    """The files that a mapping reads."""

    mapping: Path
    given: Path | None
    problems: list[Problem]
    strict: bool

    def mapped(self, source: Source, work: _Work, joined: Joined) -> Iterator[ox.Quad]:
        path = self._path(source)
        unmet = Unmet(work.references, self.mapping.name)
        quads = self._quads(items(path, source, work.references, unmet), work, unmet, joined)
        first = next(quads, None)
        if first is not None:
            yield first
            yield from quads
        self.problems.extend(unmet.problems())
        if first is None and work.states:
            self.problems.append(nothing_mapped(path, source, self.mapping, unmet.count))

    def joined(self, source: Source, subjects: list[Steps], keys: list[Steps]) -> Iterator[Item]:
        """The records of ``source`` that others are joined with, on ``keys``."""
        unmet = Unmet(keys, self.mapping.name)
        records = items(self._path(source), source, [*subjects, *keys], unmet)
        for number, item in enumerate(records):
            unmet.look(item)
            yield item
            self._stop_at_data_errors(source, number)
        self.problems.extend(unmet.problems())

    def _quads(
        self, records: Iterator[Item], work: _Work, unmet: Unmet, joined: Joined
    ) -> Iterator[ox.Quad]:
        source = work.source
        for number, item in enumerate(records):
            unmet.look(item)
            quads: list[ox.Quad] = []
            notes = Notes(self.problems, joined=joined, place=(source, number))
            for each in work.compiled:
                each.run(item, _GRAPH, quads.append, notes)
            if self.strict and self.problems:
                self._stop_at_data_errors(source, number)
            yield from quads

    def _stop_at_data_errors(self, source: Source, number: int) -> None:
        """End at the first value of which no term can be made (RML-Core, data error)."""
        for each in self.problems if self.strict else ():
            if each.code in _DATA_ERRORS:
                path = str(self._path(source))
                said = say(
                    "{file}:{line}: record {number} of {path}: {problem}",
                    file=self.mapping.name,
                    line=source.line,
                    number=number + 1,
                    path=path,
                    problem=each.message,
                )
                raise MappingError(said, file=path)

    def _path(self, source: Source) -> Path:
        """The file of ``source``, seen from the folder that it says."""
        if self.given is not None:
            return self.given
        path = Path(source.access)
        beside = self.mapping.parent / path
        if source.root == "mapping":
            path = beside
        elif source.root not in ("", "working"):
            path = Path(source.root) / path
        elif not path.exists() and (beside.exists() or not source.root):
            path = beside
        if not path.exists():
            raise missing(path, source, self.mapping)
        return path


def _check(mapping: Path, file: Path | None, compiled: Mapping) -> None:
    names = sorted({source.access for each in compiled.compiled for source in each.sources})
    if not names:
        raise MappingError(
            say(
                "{file}: no mapping names a source — write sources: [data.csv~csv]",
                file=str(mapping),
            ),
            file=str(mapping),
        )
    if file and len(names) > 1:
        raise MappingError(
            say(
                "{file}: the mapping reads several files ({names}) — leave out the file name",
                file=str(mapping),
                names=", ".join(names),
            ),
            file=str(mapping),
        )
