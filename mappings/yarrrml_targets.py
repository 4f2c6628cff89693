"""The targets of a YARRRML document, for translation: what a mapping makes goes to the caller."""

from __future__ import annotations

from collections import Counter

from mappings.documents import Items, Table, Text, Value
from mappings.problems import nearest
from mappings.source import Target, not_written
from mappings.yarrrml_text import Reading
from vocab.messages import Message, say

_KEYS = {key: (key,) for key in ("access", "type", "serialization", "compression")}


class DocumentTargets:
    """The targets of one document: those at its root, and those that terms write in place.

    ``mapping`` is the name of the mapping at hand, after which the latter are called.
    """

    def __init__(self, root: Value | None, reading: Reading) -> None:
        self.reading = reading
        self.mapping = ""
        self._counts = Counter[str]()
        self.known: dict[str, Target] = {}
        if isinstance(root, Table):
            self.known = {name: self._target(value) for name, value in root.items()}

    def names(self, value: Value) -> tuple[str, ...]:
        """The names of the targets that ``value`` writes or names; new ones get a name.

        Raises:
            MappingError: when there is none of that name.
        """
        if isinstance(value, Items) and not _is_short(value):
            return tuple(name for each in value for name in self.names(each))
        if isinstance(value, Text) and "~" not in value:
            if value not in self.known:
                raise self.reading.error(
                    value,
                    say(
                        "{file}:{line}: there is no target “{name}” — write {near}",
                        name=value,
                        near=nearest(value, self.known),
                    ),
                )
            return (str(value),)
        name = f"logical_target_{self.mapping}_{self._counts[self.mapping]}"
        self._counts[self.mapping] += 1
        self.known[name] = self._target(value)
        return (name,)

    def _target(self, value: Value) -> Target:
        if isinstance(value, Table):
            table = self.reading.table(value, _KEYS)
            return Target(**{key: str(self.reading.text(text)) for key, text in table.items()})
        parts = [str(self.reading.text(each)) for each in _listed(value)]
        access, _, type_ = parts[0].partition("~")
        return Target(access, type_, *parts[1:3])


def unread(document: Value, file: str) -> tuple[Message, ...]:
    """What to tell of a document with targets that is run: its statements do not go there."""
    line = _line(document)
    return (not_written(file, line),) if line else ()


def _line(value: Value) -> int:
    """Where the first target of ``value`` is written; 0 where there is none."""
    if isinstance(value, Text):
        return 0
    for key, child in value.items() if isinstance(value, Table) else enumerate(value):
        found = child.line if key in ("target", "targets") else _line(child)
        if found:
            return found
    return 0


def _listed(value: Value) -> list[Value]:
    return list(value) if isinstance(value, Items) else [value]


def _is_short(value: Items) -> bool:
    return bool(value) and isinstance(value[0], Text) and "~" in value[0]
