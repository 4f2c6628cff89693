"""The line locator against tomllib: same key paths, and the line that the writer knows."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvester.sources.toml_lines import KeyPath, locate

BARE = st.sampled_from(["id", "url", "a", "b", "c-d", "1"])
QUOTED = st.sampled_from(["", "a.b", "é", 'q"q', "[x]", "a = 1 # no"])
KEYS = BARE | QUOTED
SCALARS = st.sampled_from(
    [
        '"text"',
        "'# [[no]]'",
        '"\\" = \\\\"',
        "0x1F",
        "-1.5e3",
        "true",
        "1979-05-27 07:32:00",
        '"""\nkey = 1\n[no]\\\n   "" \\""" """"',
        "'''\n[[source]]\nid = 'x'''''",
    ]
)


def paths_of(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    """Every key path of what tomllib read, the root left out."""
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    found = {path} if path else set()
    return found.union(*(paths_of(child, (*path, key)) for key, child in children))


class Writer:
    """Writes a TOML document and remembers where it put each key."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[KeyPath, int] = {}

    def mark(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def key(self, name: str) -> None:
        bare = name.replace("-", "").isascii() and name.replace("-", "").isalnum()
        literal = '"' in name and self.draw(st.booleans())
        quoted = f"'{name}'" if literal else json.dumps(name, ensure_ascii=False)
        self.text += name if bare and self.draw(st.booleans()) else quoted

    def keys(self, names: list[str]) -> None:
        for number, name in enumerate(names):
            self.text += self.draw(st.sampled_from([".", " . "])) if number else ""
            self.key(name)

    def value(self, path: KeyPath, depth: int = 0) -> None:
        shape = self.draw(st.sampled_from(["scalar", "scalar", "array", "table"][: 4 - depth]))
        if shape == "scalar":
            self.text += self.draw(SCALARS)
        elif shape == "array":
            self.array(path, depth)
        else:
            self.text += "{"
            for number, name in enumerate(self.draw(st.lists(KEYS, unique=True, max_size=3))):
                self.text += ", " if number else " "
                self.mark((*path, name))
                self.key(name)
                self.text += " = "
                self.value((*path, name), depth + 1)
            self.text += "}"

    def array(self, path: KeyPath, depth: int) -> None:
        gap = st.sampled_from(["", " ", "\n", " # ] }\n\n  "])
        self.text += "["
        count = self.draw(st.integers(0, 3))
        for number in range(count):
            self.text += self.draw(gap)
            self.mark((*path, number))
            self.value((*path, number), depth + 1)
            last = number == count - 1
            self.text += self.draw(gap) + ("," if not last or self.draw(st.booleans()) else "")
        self.text += self.draw(gap) + "]"

    def pairs(self, table: KeyPath) -> None:
        for name in self.draw(st.lists(KEYS, unique=True, max_size=4)):
            inner = self.draw(st.none() | KEYS)
            names = [name] if inner is None else [name, inner]
            for depth in range(1, len(names) + 1):
                self.mark((*table, *names[:depth]))
            self.text += self.draw(st.sampled_from(["", "  ", "# url = 1\n", "\n"]))
            for depth in range(1, len(names) + 1):
                self.lines[*table, *names[:depth]] = self.text.count("\n") + 1
            self.keys(names)
            self.text += self.draw(st.sampled_from(["=", " = "]))
            self.value((*table, *names))
            self.text += self.draw(st.sampled_from(["\n", " # [no]\n"]))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[KeyPath, int]]:
    writer = Writer(draw)
    writer.pairs(())
    for name in draw(st.lists(st.sampled_from(["T", "U", "V"]), unique=True)):
        writer.mark((name,))
        for number in range(draw(st.integers(0, 2))):
            writer.mark((name, number))
            writer.text += "[["
            writer.key(name)
            writer.text += "]]\n"
            writer.pairs((name, number))
            writer.mark((name, number, "S"))
            writer.text += f"[{name}.S]\n"
            writer.pairs((name, number, "S"))
        if (name, 0) not in writer.lines:
            writer.text += f"[ {name} ]\n"
            writer.pairs((name,))
    return writer.text, writer.lines


@settings(deadline=None)  # the machine may be busy
@given(documents())
def test_every_key_is_found_on_its_line_and_nothing_else_is(
    case: tuple[str, dict[KeyPath, int]],
) -> None:
    text, lines = case
    assert paths_of(tomllib.loads(text)) == set(lines)  # the writer is a fair judge
    found = locate(text)
    assert found.lines == lines
    assert found.repeats == ()


FRAGMENTS = st.lists(
    st.sampled_from(list("[]{}=,.#ab1é \\\n\"'"))
    | st.sampled_from(["[[", "]]", '"""', "'''"])
    | st.sampled_from(["a = 1\n", "[a]\n", "[[b]]\n", "[b.a]\n", "a.b = 2\n"]),
    max_size=14,
).map("".join)


@settings(deadline=None)
@given(FRAGMENTS)
@example("[[a]]\n[a.b]\n[[a]]\n[a.b]\n")
@example("[a.b]\nc = 1\n[a]\nd = 2\n")
@example("a = 1\r\nb = [\r\n2]\r\n")
def test_on_any_text_the_locator_ends_and_agrees_with_tomllib(text: str) -> None:
    found = locate(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(found.lines) == paths_of(document)
    assert found.repeats == ()


def test_a_table_stands_at_its_header_even_when_mentioned_before() -> None:
    found = locate("[a.b]\nx = 1\n\n[a]\ny = 2\n")
    assert found.lines[("a",)] == 4
    assert found.lines["a", "b"] == 1


def test_an_unknown_path_stands_where_the_nearest_thing_around_it_does() -> None:
    found = locate("\n[[source]]\nid = 1\n")
    assert found.line(("source", 0, "title")) == 2
    assert found.line(("nothing",)) is None
