"""What a person reads in rows: the table at the end of a harvest, and that of a query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvester.report import Report
from harvester.telling.wording import OUTCOMES
from mappings import Platform
from vocab.messages import Message, say


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; a cell is a sentence, a text or a number (shown to the right)."""

    headings: tuple[Message | str, ...]
    rows: tuple[tuple[Message | str | int, ...], ...]


def report_table(reports: Sequence[Report]) -> Table:
    """How each run of a harvest ended, in numbers of records."""
    headings = (
        say("source"), say("outcome"), say("records"), say("new"), say("changed"), say("gone"),
        say("to see"),
    )  # fmt: skip
    rows = tuple(
        (
            report.source,
            OUTCOMES[report.outcome],
            report.records,
            report.added,
            report.changed + report.renewed,
            report.removed,
            report.reproaches,
        )
        for report in reports
    )
    return Table(headings, rows)


def kinds_table(kinds: Iterable[Platform], language: str) -> Table:
    """The kinds of sources: the name to write, what it is, and what it reads."""
    headings = (say("kind"), say("what it is"), say("what it reads"))
    return Table(
        headings, tuple((each.name, each.title[language], each.reads[language]) for each in kinds)
    )


def answer_table(document: Mapping[str, Any]) -> Table:
    """The rows of a SPARQL answer in its JSON form, an empty cell where a row says nothing."""
    names = tuple(document["head"]["vars"])
    rows = document["results"]["bindings"]
    cells = (tuple(row.get(name, {}).get("value", "") for name in names) for row in rows)
    return Table(names, tuple(cells))
