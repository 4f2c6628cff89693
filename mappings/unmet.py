"""What a mapping asks of its records that none of them has: most often a name mistyped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from mappings.paths import Item, Path, Step, select
from mappings.problems import Problem, nearest, problem, shown
from vocab.messages import say

_LOOKED_AT = 1000  # records whose fields are remembered; all are searched for the references
_OURS = frozenset({"_record", "_source", "_node", "_columns"})
_CLOSE = 0.6


class Unmet:
    """The references of the mappings of one source, less those that some record has met."""

    def __init__(self, references: Iterable[Path]) -> None:
        paths = {path for path in references if path.steps and path.steps[0] not in _OURS}
        self._pending: dict[Path, dict[str, dict[str, None]]] = {path: {} for path in paths}
        self._asked = {step for path in paths for step in path.steps}
        self._columns: Sequence[str] = ()
        self.count = 0

    def header(self, columns: Sequence[str]) -> None:
        """The columns of a table: one that is empty in every row is there all the same."""
        self._columns = columns
        for path in [path for path in self._pending if path.steps[0] in columns]:
            del self._pending[path]

    def look(self, item: Item) -> None:
        """Strike out what this record has."""
        self.count += 1
        for path in list(self._pending):
            if next(select(item, path.steps), None) is not None:
                del self._pending[path]
            elif self.count <= _LOOKED_AT:
                step, beside = _missing(item, path.steps)
                self._pending[path].setdefault(step, {}).update(dict.fromkeys(beside))

    def problems(self) -> Iterator[Problem]:
        """One for each reference that no record has met.

        A field of JSON may be absent from every record and right: it is told only where a field
        that the mapping does not read bears nearly its name.
        """
        if not self.count:
            return
        missing = [each for steps in self._pending.values() for each in steps.items()]
        for name, beside in sorted(missing, key=lambda each: each[0]):
            if self._columns:
                yield _unmet(name, nearest(name, self._columns))
                continue
            free = [field for field in beside if field not in self._asked]
            if near := get_close_matches(name, free, n=1, cutoff=_CLOSE):
                yield _unmet(name, near[0])


def _missing(item: Item, steps: tuple[Step, ...]) -> tuple[str, list[str]]:
    """The first of ``steps`` that leads nowhere, and the fields among which it was looked for."""
    parents: list[object] = [item]
    for position, step in enumerate(steps):
        found = list(select(item, steps[: position + 1]))
        if not found and isinstance(step, str):
            return step, [name for each in parents if isinstance(each, dict) for name in each]
        parents = found
    return str(steps[-1]), []


def _unmet(name: str, near: str) -> Problem:
    said = say(
        "no record has “{name}”, which the mapping reads — did you mean {near}?",
        name=shown(name),
        near=shown(near),
    )
    return problem("unmet-reference", said, name)
