"""What a mapping asks of its records that none of them has: most often a name mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path as FilePath

from mappings.compiler import ways
from mappings.paths import Item, Path, Step, select
from mappings.plan import Plan
from mappings.problems import MappingError, Problem, nearest, problem, shown
from mappings.source import Source
from vocab.messages import say

_LOOKED_AT = 1000  # records whose fields are remembered; all are searched for the references
_OURS = frozenset({"_record", "_source", "_node", "_columns"})
_CLOSE = 0.6
_GLANCE = 1 << 20  # bytes of a file in which the names that it holds are looked for
_KEYS = re.compile(rb'"([\w\-]{1,60})"\s*:')
_TAGS = re.compile(rb"<([\w\-]{1,60})[\s/>]")


class Unmet:
    """The references of the mappings of one source, less those that some record has met."""

    def __init__(self, references: Iterable[Path], file: str) -> None:
        """Look for ``references``, which the mapping called ``file`` makes."""
        self._file = file
        paths = {path for path in references if path.steps and path.steps[0] not in _OURS}
        self._fields: dict[str, None] = {}
        self._pending: dict[Path, dict[str, dict[str, None]]] = {path: {} for path in paths}
        self._asked = {step for path in paths for step in path.steps}
        self._columns: Sequence[str] = ()
        self._twice: Sequence[str] = ()
        self.count = 0

    def header(self, columns: Sequence[str]) -> None:
        """The columns of a table: one that is empty in every row is there all the same."""
        self._columns = columns
        self._twice = [name for name in dict.fromkeys(columns) if columns.count(name) > 1]
        self._twice = [name for name in self._twice if name in self._asked]
        for path in [path for path in self._pending if path.steps[0] in columns]:
            del self._pending[path]

    def fields(self, names: Iterable[str]) -> None:
        """The names of what the next record holds, where it holds only what is read of it."""
        if self._pending and self.count < _LOOKED_AT:
            self._fields.update(dict.fromkeys(names))

    def look(self, item: Item) -> None:
        """Strike out what this record has."""
        self.count += 1
        if not self._pending:
            return
        for path in list(self._pending):
            if next(path.select(item), None) is not None:
                del self._pending[path]
            elif self.count <= _LOOKED_AT:
                step, beside = _missing(item, path.steps)
                self._pending[path].setdefault(step, {}).update(dict.fromkeys(beside))

    def look_at(self, record: Item) -> None:
        """Strike out what a record of a harvest has; one of a table names its ``_columns``."""
        if not self.count and (columns := record.get("_columns")):
            self.header(columns)
        self.look(record)

    def problems(self) -> Iterator[Problem]:
        """One for each reference that no record has met.

        A field of JSON may be absent from every record and right: it is told only where a field
        that the mapping does not read bears nearly its name.
        """
        for name in self._twice:
            said = say(
                "two columns are called “{name}”, of which the last one is read — rename one",
                name=shown(name),
            )
            yield problem("same-column", said, name, "notice")
        if not self.count:
            return
        missing = (
            (name, path.line, beside)
            for path, steps in self._pending.items()
            for name, beside in steps.items()
        )
        for name, line, beside in sorted(missing, key=lambda each: each[:2]):
            if self._columns:
                yield self._unmet(name, line, nearest(name, self._columns))
                continue
            free = [field for field in (*beside, *self._fields) if field not in self._asked]
            if near := closest(name, free):
                yield self._unmet(name, line, near)

    def _unmet(self, name: str, line: int, near: str) -> Problem:
        said = say(
            "{file}:{line}: no record has “{name}”, which the mapping reads — did you mean {near}?",
            file=self._file,
            line=line,
            name=shown(name),
            near=shown(near),
        )
        return problem("unmet-reference", said, name)


def references_of(plan: Plan, records: str = "$.records[*]") -> Iterator[Path]:
    """The paths that ``plan`` reads, as seen from a record that ``records`` selects."""
    root = Path.parse(records)
    for triples_map in plan.triples_maps:
        for way in ways(triples_map.sources, root):
            for path in () if way.query else triples_map.references():
                yield replace(path, steps=way.steps + path.steps)


def _missing(item: Item, steps: tuple[Step, ...]) -> tuple[str, list[str]]:
    """The first of ``steps`` that leads nowhere, and the fields among which it was looked for."""
    parents: list[object] = [item]
    for position, step in enumerate(steps):
        found = list(select(item, steps[: position + 1]))
        if not found and isinstance(step, str):
            return step, [name for each in parents if isinstance(each, dict) for name in each]
        parents = found
    return str(steps[-1]), []


def closest(name: str, known: Iterable[str]) -> str:
    """The one of ``known`` that is nearly ``name``; "" where none is."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=_CLOSE)), "")


def missing(path: FilePath, source: Source, mapping: FilePath) -> MappingError:
    """The error of a file that is not there, naming one beside it of nearly its name."""
    if source.address:
        said = say(
            "{file}:{line}: {address} is not fetched — download it, and put it beside the mapping",
            file=mapping.name,
            line=source.line,
            address=source.address,
        )
        return MappingError(said, file=mapping.name, line=source.line)
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    near = closest(path.name, (each.name for each in beside if each != mapping))
    place = {"file": mapping.name, "line": source.line, "path": str(path)}
    if near:
        said = say(
            "{file}:{line}: there is no file {path} — did you mean {near}?", **place, near=near
        )
    else:
        said = say("{file}:{line}: there is no file {path} — check the path", **place)
    return MappingError(said, file=mapping.name, line=source.line)


def nothing_mapped(path: FilePath, source: Source, mapping: FilePath, count: int) -> Problem:
    """What to say of a file that holds something, and of which the mapping states nothing."""
    place = {"file": mapping.name, "line": source.line, "path": str(path)}
    if count:
        said = say(
            "{file}:{line}: the mapping makes no statement of the records of {path} ({count}) —"
            " check the references and the conditions",
            **place,
            count=count,
        )
    elif source.formulation == "csv":
        said = say("{path}: the table has no row under its first one", path=str(path))
    elif near := nearest_iterator(path, source):
        said = say(
            "{file}:{line}: the iterator {iterator} selects no record of {path} — did you mean"
            " {near}?",
            **place,
            iterator=source.iterator,
            near=near,
        )
    else:
        said = say(
            "{file}:{line}: the iterator {iterator} selects no record of {path} — check it against"
            " the file",
            **place,
            iterator=source.iterator,
        )
    return problem("nothing-mapped", said, path)


def nearest_iterator(path: FilePath, source: Source) -> str:
    """The name in the file ``path`` that the iterator of ``source`` most likely means, or ""."""
    names = re.findall(r"[\w\-]+", source.iterator)
    if source.formulation == "xpath":
        known = _tags(path)
    else:
        known = dict.fromkeys(match.decode() for match in _KEYS.findall(_beginning(path)))
    return next((near for name in names if name not in known if (near := closest(name, known))), "")


def _tags(path: FilePath) -> dict[str, None]:
    return dict.fromkeys(match.decode() for match in _TAGS.findall(_beginning(path)))


def _beginning(path: FilePath) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_GLANCE)
