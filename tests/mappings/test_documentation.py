"""docs/mappings.md names every function and platform, and its example does what it says."""

from __future__ import annotations

import re
from pathlib import Path

from mappings import described, platforms
from mappings.functions import registry
from mappings.functions.registry import EBF, GREL, IDLAB
from mappings.local import map_file

PAGE = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text("utf-8")


def test_every_function_and_its_parameters_are_documented() -> None:
    rows = {line.split("|")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}
    for function in registry().values():
        name = function.iri
        for prefix, namespace in (("ebf:", EBF), ("grel:", GREL), ("idlab-fn:", IDLAB)):
            name = name.replace(namespace, prefix)
        (row,) = [line for cell, line in rows.items() if f"`{name}`" in cell]
        for parameter in function.parameters:
            assert f"{re.split('[#/]', parameter.iri)[-1]}`" in row


def test_every_platform_is_documented() -> None:
    assert [name for name in platforms() if f"`{name}`" not in PAGE] == []


def test_the_page_of_platforms_is_that_of_the_mapping_files() -> None:
    page = (Path(__file__).parents[2] / "docs" / "platforms.md").read_text("utf-8")
    assert page == described.page(), "python -m mappings.described > docs/platforms.md"
    assert "| `schema:name` | `title.rendered`, `title` | `mask`, `text` |" in page
    assert "| `#organizer` `a` | `org.name` | `schema:Organization` |" in page


def test_the_example_gives_what_the_page_shows(tmp_path: Path) -> None:
    table, mapping, shown = (
        PAGE.split(mark)[1].split("```")[0]
        for mark in ("holds:\n\n```\n", "`salles.yml`:\n\n```yaml\n", "$ enbauges map salles.yml\n")
    )
    (tmp_path / "salles.csv").write_text(table, "utf-8")
    (tmp_path / "salles.yml").write_text(mapping, "utf-8")
    assert list(map_file(tmp_path / "salles.yml", None, "", [])) == shown.splitlines()
