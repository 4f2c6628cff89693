"""The figures that these tests measure, printed as a table at the end of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.resilience.size import LONG


@dataclass
class Figures:
    """Rows of the table (what, asked, measured), and the reports under it."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)

    def add(self, what: str, asked: object, measured: object) -> None:
        """One row."""
        self.rows.append((what, str(asked), str(measured)))


_KEY = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_KEY] = Figures()


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a test writes what it measured."""
    return request.config.stash[_KEY]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    told = config.stash[_KEY]
    if not LONG or not told.rows:
        return
    write: Callable[[str], None] = terminalreporter.write_line
    for title, text in told.reports:
        terminalreporter.section(title)
        write(text)
    terminalreporter.section("figures")
    widths = [max(len(row[place]) for row in told.rows) for place in range(3)]
    for row in (("figure", "asked", "measured"), *told.rows):
        write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
