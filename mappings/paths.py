"""References into nested values: ``a.b.c``, ``tags[*]``, ``['odd name']``, ``geo[0]``.

JSONPath (RFC 9535), with or without the leading ``$``. Child names, bracketed names, indexes and
wildcards, which are nearly all that mappings use, are walked here; the rest (filters, slices,
unions, descent) is a query that a library evaluates. A dot before a bracket (``$.[*]``), which RFC
9535 has not and many published mappings have, is read over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import jsonpath_rfc9535 as jsonpath

ITSELF: Final = "$"
"""The field under which a bare value (an item of a list of texts) is found."""

Step = str | int | None
Item = dict[str, Any]
Get = Callable[[Item], Any]

_STEP = re.compile(
    r"""\.?\[(?P<wild>\*)\]
      | \.?\[(?P<index>-?\d+)\]
      | \.?\[(?P<quote>['"])(?P<quoted>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\]
      | \.?(?P<star>\*)
      | \.?(?P<name>[^.\[\]*]+)""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))")
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class PathError(ValueError):
    """A path that is no JSONPath; its argument is the part that was not understood."""


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from a record to values: a field name, an index, or None for all of a list.

    ``query`` is a JSONPath that such steps cannot say, which then follows them; ``written`` the
    path as the mapping writes it, and ``line`` where.
    """

    steps: tuple[Step, ...]
    query: str = ""
    written: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    @classmethod
    def parse(cls, text: str, line: int = 0) -> Path:
        """The path that ``text`` writes; ``$`` alone is the record itself.

        Raises:
            PathError: when ``text`` is no JSONPath.
        """
        stripped = text.strip()
        rest = stripped.removeprefix("$") if stripped != "@" else ""
        steps: list[Step] = []
        position = 0
        while position < len(rest):
            match = _STEP.match(rest, position)
            if match is None:
                return cls(tuple(steps), _query(rest[position:]), text, line)
            steps.append(_step(match))
            position = match.end()
        return cls(tuple(steps), "", text, line)

    @classmethod
    def column(cls, name: str, line: int = 0) -> Path:
        """The path to a field whose name is taken as it is, as CSV columns are."""
        return cls((name,), "", name, line)

    @property
    def several(self) -> bool:
        """Whether it may lead to several values (RFC 9535: it is not a singular query)."""
        return bool(self.query) or None in self.steps

    def without(self, prefix: Path) -> Path:
        """This path as seen from the items that ``prefix`` selects."""
        size = len(prefix.steps)
        return Path(self.steps[size:], self.query) if self.steps[:size] == prefix.steps else self

    def select(self, item: Any) -> Iterator[Any]:
        """Every value that the path leads to from ``item``, in the order of the document."""
        found = select(item, self.steps)
        if not self.query:
            return found
        return (value for each in found for value in _compiled(self.query).find(each).values())

    def __str__(self) -> str:
        """The path as a JSONPath that any engine reads."""
        return "$" + "".join(map(_shown, self.steps)) + self.query.removeprefix("$")


def _query(rest: str) -> str:
    query = "$" + (rest if rest[0] in ".[" else "." + rest)
    try:
        _compiled(query)
    except (jsonpath.JSONPathError, RecursionError) as error:
        raise PathError(rest) from error
    return query


@cache
def _compiled(query: str) -> jsonpath.JSONPathQuery:
    return jsonpath.compile(query)


_PLAIN = re.compile(r"[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*")


def _shown(step: Step) -> str:
    if step is None:
        return "[*]"
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN.fullmatch(step):
        return "." + step
    return "['" + step.replace("\\", "\\\\").replace("'", "\\'") + "']"


def _step(match: re.Match[str]) -> Step:
    if match["wild"] or match["star"]:
        return None
    if match["index"]:
        return int(match["index"])
    if match["quoted"] is not None:
        return _ESCAPE.sub(_unescaped, match["quoted"])
    return match["name"].strip()


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _CONTROLS.get(match[2], match[2])


def getter(path: Path) -> Get:
    """A closure that reads ``path``: a value, a list of values, or None when there is none."""
    steps = path.steps
    if path.query:
        return lambda item: list(path.select(item.get(ITSELF, item))) or None
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
