"""Reports and states as tables, sentences and JSON; whoever speaks to a person shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from harvester.runs import Report
from store.state import Absence, SourceState, StoredIssue
from vocab.messages import Message, say

OUTCOMES = MappingProxyType(
    {
        "committed": say("committed"),
        "unchanged": say("unchanged"),
        "held": say("held"),
        "failed": say("failed"),
        "": say("never read"),
    }
)
SEVERITIES = MappingProxyType(
    {"error": say("error"), "warning": say("warning"), "notice": say("notice")}
)
PLACES = MappingProxyType({"line": say("line"), "entry": say("entry"), "feature": say("feature")})
"""The words by which readers tell places, beside the formats' own (VEVENT)."""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; a cell is a sentence, a text or a number (shown to the right)."""

    headings: tuple[Message, ...]
    rows: tuple[tuple[Message | str | int, ...], ...]


def report_table(reports: Sequence[Report]) -> Table:
    """How each run of a harvest ended, in numbers of records."""
    headings = (
        say("source"), say("outcome"), say("records"), say("new"), say("changed"), say("gone"),
        say("issues"),
    )  # fmt: skip
    rows = tuple(
        (
            report.source,
            OUTCOMES[report.outcome],
            report.records,
            report.added,
            report.changed,
            report.removed,
            report.reproaches,
        )
        for report in reports
    )
    return Table(headings, rows)


def state_table(states: Sequence[SourceState], zone: tzinfo, paused: Collection[str] = ()) -> Table:
    """What is known of each source between two runs; times in ``zone``."""

    def shown(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "–"

    headings = (
        say("source"), say("outcome"), say("last read"), say("last good read"), say("records"),
    )  # fmt: skip
    rows = tuple(
        (
            each.source,
            say("paused") if each.source in paused else OUTCOMES[each.outcome],
            shown(each.checked_at),
            shown(each.good_at),
            each.records,
        )
        for each in states
    )
    return Table(headings, rows)


def reasons(told: Sequence[Report | SourceState], language: str) -> Iterator[str]:
    """Why sources are not as they should be, a line each."""
    for each in told:
        if each.reason:
            yield labelled(each.source, each.reason.render(language), language)


def labelled(label: str, text: str, language: str) -> str:
    """``label: text``, with the colon as ``language`` sets it."""
    return say("{label}: {text}", label=label, text=text).render(language)


def issue_lines(issues: Sequence[StoredIssue], language: str) -> Iterator[str]:
    """What a source was reproached at its last read, a line each."""
    for issue in issues:
        parts = (place_of(issue.where, language), "/".join(issue.key))
        text = issue.message.render(language)
        if place := " · ".join(part for part in parts if part):
            text = labelled(place, text, language)
        times = f" (× {issue.count})" if issue.count > 1 else ""
        yield labelled(SEVERITIES[issue.severity].render(language), text, language) + times


def place_of(where: str, language: str) -> str:
    """A place in a source ("VEVENT 3, line 12"), its words in ``language``."""
    words = (part.partition(" ") for part in where.split(", "))
    return ", ".join(
        PLACES[word].render(language) + gap + number if word in PLACES else word + gap + number
        for word, gap, number in words
    )


def absence_lines(absences: Mapping[str, Absence], zone: tzinfo, language: str) -> Iterator[str]:
    """The records that their source no longer announces, a line each."""
    for record, absence in sorted(absences.items()):
        told = say(
            "no longer announced since {when}: {key}",
            when=f"{absence.first_missing.astimezone(zone):%Y-%m-%d %H:%M}",
            key=unquote(record.rpartition("/id/record/")[2].partition("/")[2]),
        )
        yield told.render(language)


def plain(value: Any) -> Any:
    """A value of the program as JSON knows it: times in ISO 8601, sentences in English."""
    match value:
        case Message():
            return str(value)
        case datetime():
            return value.isoformat()
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value
