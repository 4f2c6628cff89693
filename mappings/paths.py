"""References into nested values: ``a.b.c``, ``tags[*]``, ``['odd name']``, ``geo[0]``.

The subset of JSONPath (RFC 9535) that mappings use: child names, bracketed names, indexes
and wildcards, with or without the leading ``$``. There are no filters and no descent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

ITSELF: Final = "$"
"""The field under which a bare value (an item of a list of texts) is found."""

Step = str | int | None
Item = dict[str, Any]
Get = Callable[[Item], Any]

_STEP = re.compile(
    r"""\[(?P<wild>\*)\]
      | \[(?P<index>-?\d+)\]
      | \[(?P<quote>['"])(?P<quoted>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\]
      | \.?(?P<star>\*)
      | \.?(?P<name>[^.\[\]*]+)""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")


class PathError(ValueError):
    """A path that is not of this subset; its argument is the part that was not understood."""


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from a record to values: a field name, an index, or None for all of a list."""

    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, text: str) -> Path:
        """The path that ``text`` writes; ``$`` alone is the record itself.

        Raises:
            PathError: when a part of ``text`` is none of the forms above.
        """
        rest = text.strip().removeprefix("$") if text.strip() != "@" else ""
        steps: list[Step] = []
        position = 0
        while position < len(rest):
            match = _STEP.match(rest, position)
            if match is None:
                raise PathError(rest[position:])
            steps.append(_step(match))
            position = match.end()
        return cls(tuple(steps))

    @classmethod
    def column(cls, name: str) -> Path:
        """The path to a field whose name is taken as it is, as CSV columns are."""
        return cls((name,))

    def without(self, prefix: Path) -> Path:
        """This path as seen from the items that ``prefix`` selects."""
        size = len(prefix.steps)
        return Path(self.steps[size:]) if self.steps[:size] == prefix.steps else self


def _step(match: re.Match[str]) -> Step:
    if match["wild"] or match["star"]:
        return None
    if match["index"]:
        return int(match["index"])
    if match["quoted"] is not None:
        return _ESCAPE.sub(r"\1", match["quoted"])
    return match["name"].strip()


def getter(path: Path) -> Get:
    """A closure that reads ``path``: a value, a list of values, or None when there is none."""
    steps = path.steps
    if not steps:
        return _itself
    if len(steps) == 1 and isinstance(key := steps[0], str):
        return lambda item: item.get(key)
    if all(isinstance(step, str) for step in steps):
        return _nested(tuple(str(step) for step in steps))
    return lambda item: _walked(item, steps)


def select(item: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Every value that ``steps`` lead to from ``item``, in the order of the document."""
    if not steps:
        yield item
        return
    step, rest = steps[0], steps[1:]
    if step is None:
        for child in _children(item):
            yield from select(child, rest)
    elif isinstance(step, str):
        if isinstance(item, dict) and step in item:
            yield from select(item[step], rest)
    elif isinstance(item, list) and -len(item) <= step < len(item):
        yield from select(item[step], rest)


def _children(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()


def as_item(value: Any) -> Item:
    """``value`` as something that has fields: a bare value becomes its own field ``$``."""
    return value if isinstance(value, dict) else {ITSELF: value}


def _itself(item: Item) -> Any:
    return item.get(ITSELF, item)


def _nested(names: tuple[str, ...]) -> Get:
    *way, last = names

    def get(item: Item) -> Any:
        value: Any = item
        for name in way:
            value = value.get(name)
            if type(value) is not dict:
                return None
        return value.get(last)

    return get


def _walked(item: Item, steps: tuple[Step, ...]) -> Any:
    found = list(select(item, steps))
    if None in steps:
        return found or None
    return found[0] if found else None
