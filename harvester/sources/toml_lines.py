"""On which line of a TOML document each key stands.

``tomllib`` gives values without positions, and ``tomlkit`` keeps the text but not its line
numbers; a person who mends a file needs them. The scanner here finds keys and skips over
values. It judges nothing: whether a document is TOML is for ``tomllib`` to say. On a
document that ``tomllib`` accepts, the paths found are exactly those of its result; on any
other, they are those that come before the place where the scanner is lost.

The rules followed are those of TOML 1.0.0 (https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""Keys and array positions from the root: ``("source", 0, "url")``."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A key or a table that is defined again on ``line`` after ``first``."""

    path: KeyPath
    first: int
    line: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A table header or a key with its value; ``table`` is the table it stands in or opens."""

    line: int
    table: KeyPath
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Positions:
    """Where things are in a document; lines count from 1.

    ``lines`` has every key path. A table stands at its header (at the first mention when it
    has none), an element of an array where it begins. ``statements`` are in order; when the
    document is not TOML, the last one is where the scanner was lost.
    """

    lines: Mapping[KeyPath, int]
    repeats: tuple[Repeat, ...]
    statements: tuple[Statement, ...]

    def line(self, path: KeyPath) -> int | None:
        """The line of ``path``, or of the nearest thing around it; None at the root."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def locate(text: str) -> Positions:
    """The positions in ``text``, a whole TOML document; never raises."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    with suppress(_LostError, RecursionError):  # tomllib says what is wrong there
        scanner.document()
    return Positions(scanner.lines, tuple(scanner.repeats), tuple(scanner.statements))


_BLANK = re.compile(r"[ \t]*+")
_GAP = re.compile(r"(?:[ \t\n]|#[^\n]*+)*+")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+'""")
_STRING = re.compile(
    r'"""(?:\\.|[^"\\]|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:\\.|[^"\\\n])*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)
_SCALAR = re.compile(r"""[^,\[\]{}#\n"'=]++""")


class _LostError(Exception):
    """The text is not TOML from here on."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.repeats: list[Repeat] = []
        self.statements: list[Statement] = []
        self._text = text
        self._at = 0
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._table: KeyPath = ()
        self._headers: set[KeyPath] = set()
        self._counts: dict[KeyPath, int] = {}

    def document(self) -> None:
        """Scan statement after statement."""
        self._take(_GAP)
        while self._at < len(self._text):
            self.statements.append(Statement(self._line(), self._table, ()))
            if self._text.startswith("[[", self._at):
                self._array_header()
            elif self._text.startswith("[", self._at):
                self._table_header()
            else:
                self._pair(self._table)
            self._take(_BLANK)
            if self._at < len(self._text) and self._text[self._at] not in "#\n":
                raise _LostError
            self._take(_GAP)

    def _line(self) -> int:
        return bisect_left(self._breaks, self._at) + 1

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _LostError
        self._at = found.end()
        return found[0]

    def _expect(self, literal: str) -> None:
        if not self._text.startswith(literal, self._at):
            raise _LostError
        self._at += len(literal)

    def _accept(self, literal: str) -> bool:
        found = self._text.startswith(literal, self._at)
        self._at += len(literal) * found
        return found

    def _key(self) -> tuple[str, ...]:
        parts = []
        while True:
            self._take(_BLANK)
            parts.append(_unquote(self._take(_KEY_PART)))
            self._take(_BLANK)
            if not self._accept("."):
                return tuple(parts)

    def _array_header(self) -> None:
        line = self._line()
        self._expect("[[")
        path = self._reach(self._key(), line)
        self._expect("]]")
        number = self._counts.get(path, 0)
        if path in self.lines and not number:
            self.repeats.append(Repeat(path, self.lines[path], line))
        self.lines.setdefault(path, line)
        self._headers.add(path)
        self._counts[path] = number + 1
        self._enter((*path, number), line)

    def _table_header(self) -> None:
        line = self._line()
        self._expect("[")
        path = self._reach(self._key(), line)
        self._expect("]")
        if path in self._headers:
            self.repeats.append(Repeat(path, self.lines[path], line))
        self._enter(path, line)

    def _enter(self, path: KeyPath, line: int) -> None:
        if path not in self._headers:
            self.lines[path] = line
        self._headers.add(path)
        self._table = path
        self.statements[-1] = Statement(line, path, path)

    def _reach(self, parts: tuple[str, ...], line: int) -> KeyPath:
        """The path that a header names: through the last element of each array of tables."""
        path: KeyPath = ()
        for part in parts[:-1]:
            path = (*path, part)
            self.lines.setdefault(path, line)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return (*path, parts[-1])

    def _pair(self, base: KeyPath) -> None:
        line = self._line()
        parts = self._key()
        path = (*base, *parts)
        if base == self._table:
            self.statements[-1] = Statement(line, base, path)
        self._expect("=")
        self._take(_BLANK)
        for depth in range(1, len(parts)):
            self.lines.setdefault((*base, *parts[:depth]), line)
        if path in self.lines:
            self.repeats.append(Repeat(path, self.lines[path], line))
        else:
            self.lines[path] = line
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._accept("["):
            self._array(path)
        elif self._accept("{"):
            self._inline_table(path)
        elif self._text.startswith(('"', "'"), self._at):
            self._take(_STRING)
        else:
            self._take(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        self._take(_GAP)
        position = 0
        while not self._accept("]"):
            element = (*path, position)
            self.lines.setdefault(element, self._line())
            self._value(element)
            position += 1
            self._separator("]")

    def _inline_table(self, path: KeyPath) -> None:
        self._take(_GAP)
        while not self._accept("}"):
            self._pair(path)
            self._separator("}")

    def _separator(self, closing: str) -> None:
        self._take(_GAP)
        if self._accept(","):
            self._take(_GAP)
        elif not self._text.startswith(closing, self._at):
            raise _LostError


def _unquote(part: str) -> str:
    """The name that a bare or quoted key stands for."""
    if not part.startswith(('"', "'")):
        return part
    try:
        return str(tomllib.loads(f"name = {part}")["name"])
    except tomllib.TOMLDecodeError as error:
        raise _LostError from error
