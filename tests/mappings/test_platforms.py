"""Each platform file: a sample of records, and the graph that is expected of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from mappings import Problem, platform, platforms

DATA = Path(__file__).parents[1] / "data" / "mappings"
GRAPH = ox.NamedNode("https://data.example/graph/source/sample")


def records(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text())["records"]
    return found


def mapped(name: str) -> tuple[list[ox.Quad], list[Problem]]:
    problems: list[Problem] = []
    mapping = platform(name).mapping
    quads = [q for record in records(name) for q in mapping.quads(record, GRAPH, problems)]
    return quads, problems


@pytest.mark.parametrize("name", sorted(platforms()))
def test_records_of_a_platform_give_the_expected_graph(name: str) -> None:
    quads, _ = mapped(name)
    expected = (DATA / f"{name}.nq").read_text().splitlines()
    assert sorted({f"{quad} ." for quad in quads}) == sorted(expected)


@pytest.mark.parametrize("name", sorted(platforms()))
def test_every_value_that_a_platform_cannot_use_is_told(name: str) -> None:
    _, problems = mapped(name)
    expected = json.loads((DATA / f"{name}.json").read_text()).get("problems", [])
    assert [[each.code, each.value] for each in problems] == expected
