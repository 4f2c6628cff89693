"""Imports run one way between the rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "vocab": set[str](),
    "mappings": {"vocab"},
    "store": {"vocab"},
    "samples": {"vocab"},
    "harvester": {"vocab", "mappings", "store"},
    "sparql": {"vocab", "store"},
    "web": {"vocab", "store", "sparql"},
}
ROOMS = {*ALLOWED, "commands", "cli"}


def imported_rooms(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(level=0):
                names = [node.module or ""]
            case _:
                continue
        for name in names:
            if (room := name.partition(".")[0]) in ROOMS:
                yield node.lineno, room


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {found}"
        for path in files
        for line, found in imported_rooms(path)
        if found != room and found not in ALLOWED[room]
    ]
    assert wrong == []


def test_only_the_store_opens_a_triple_store_on_disk() -> None:
    """Elsewhere an ``ox.Store()`` is a scratch graph in memory, made without a path."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ALLOWED
        if room != "store"
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"ox.Store", "Store", "pyoxigraph.Store"}
        and node.args
    ]
    assert wrong == []


CONNECTING = {
    "requests", "requests_hardened", "urllib3", "socket", "http.client", "ssl", "smtplib",
}  # fmt: skip
FETCH = ROOT / "harvester" / "fetch"
MAIL = {"mail.py": {"smtplib", "ssl"}}
"""What else may connect, and how: mail goes to the server that the operator named."""


@pytest.mark.parametrize("room", ["vocab", "mappings", "store", "harvester"])
def test_only_fetch_can_open_a_connection(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        if FETCH not in path.parents
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in imported_modules(node)
        if name in CONNECTING - MAIL.get(path.name, set()) or name.startswith("urllib.request")
    ]
    assert wrong == []


def imported_modules(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom():
            return [node.module or ""]
        case _:
            return []


@pytest.mark.parametrize("room", [*ALLOWED, "commands", "cli.py"])
def test_nothing_is_executed_from_text(room: str) -> None:
    path = ROOT / room
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    calls = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"exec", "eval", "__import__"}
    ]
    assert calls == []
