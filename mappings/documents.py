"""YAML read as texts that know their line.

A mapping is made of texts: ``1`` and ``yes`` are what their author wrote, so scalars keep
their spelling, and each value knows its line for error messages.
"""

from __future__ import annotations

from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from mappings.problems import MappingError
from vocab.messages import say


class Text(str):
    """A YAML scalar, as spelled."""

    __slots__ = ("line",)
    line: int


class Items(list["Value"]):
    """A YAML sequence."""

    __slots__ = ("line",)
    line: int


class Table(dict[str, "Value"]):
    """A YAML mapping."""

    __slots__ = ("line",)
    line: int


Value = Text | Items | Table
_MOST = 100_000  # values of a document: ten aliases of ten aliases make billions
_DEEPEST = 60  # levels: a function within a function takes three
_MERGE = "<<"  # the keys of another table, less those that are written (YAML 1.1)
_Placed = TypeVar("_Placed", Text, Items, Table)


def read(text: str, file: str) -> Table:
    """The document ``text`` as a table; ``file`` names it in errors.

    Raises:
        MappingError: when it is not YAML, is not a table, or has a key twice.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        marked = error if isinstance(error, MarkedYAMLError) else None
        mark = (marked.problem_mark or marked.context_mark) if marked else None
        line = mark.line + 1 if mark else 1
        if marked and "'\\t'" in str(marked.problem):
            raise MappingError(
                say("{file}:{line}: there is a tab — indent with spaces", file=file, line=line),
                file=file,
                line=line,
            ) from error
        raise MappingError(
            say(
                "{file}:{line}: not YAML: {reason} — check the indentation, quotes and brackets",
                file=file,
                line=line,
                reason=str((marked and (marked.problem or marked.context)) or "odd characters"),
            ),
            file=file,
            line=line,
        ) from error
    except RecursionError as error:
        raise _too_much(file) from error
    if not isinstance(root, MappingNode):
        raise MappingError(
            say("{file}:1: not a YARRRML document — write a key “mappings:”", file=file),
            file=file,
            line=1,
        )
    try:
        values, levels = _extent(root, {})
        if values > _MOST or levels > _DEEPEST:
            raise _too_much(file)
        return _table(root, file)
    except RecursionError as error:
        raise MappingError(
            say("{file}:1: an alias (*name) stands inside what it names — remove it", file=file),
            file=file,
            line=1,
        ) from error


def _extent(node: Node, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values ``node`` holds, what an alias names counted each time, and how deep."""
    if isinstance(node, ScalarNode):
        return 1, 0
    if id(node) not in known:
        pairs = isinstance(node, MappingNode)
        children = [each for pair in node.value for each in pair] if pairs else node.value
        told = [_extent(each, known) for each in children]
        levels = max((each for _, each in told), default=0)
        known[id(node)] = (1 + sum(each for each, _ in told), 1 + levels)
    return known[id(node)]


def _too_much(file: str) -> MappingError:
    message = say(
        "{file}:1: more than {most} values, or more than {levels} levels deep — write fewer "
        "aliases (*name), or a mapping for each source",
        file=file,
        most=_MOST,
        levels=_DEEPEST,
    )
    return MappingError(message, file=file, line=1)


def _value(node: Node, file: str) -> Value:
    if isinstance(node, MappingNode):
        return _table(node, file)
    if isinstance(node, ScalarNode):
        return _placed(Text("" if str(node.tag).endswith(":null") else node.value), node)
    return _placed(Items(_value(child, file) for child in node.value), node)


def _table(node: MappingNode, file: str) -> Table:
    table, merged = _placed(Table(), node), list[Value]()
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            line = key.start_mark.line + 1
            raise MappingError(
                say(
                    "{file}:{line}: a list or a table cannot be a key — write a text",
                    file=file,
                    line=line,
                ),
                file=file,
                line=line,
            )
        name = str(key.value)
        if name == _MERGE:
            merged.append(_value(value, file))
            continue
        if name in table:
            line = key.start_mark.line + 1
            raise MappingError(
                say(
                    "{file}:{line}: the key “{name}” is written twice — keep one",
                    file=file,
                    line=line,
                    name=name,
                ),
                file=file,
                line=line,
            )
        table[name] = _value(value, file)
    for given in merged:
        for each in given if isinstance(given, Items) else [given]:
            for name, value in each.items() if isinstance(each, Table) else ():
                table.setdefault(name, value)
    return table


def _placed(value: _Placed, node: Any) -> _Placed:
    value.line = node.start_mark.line + 1
    return value
