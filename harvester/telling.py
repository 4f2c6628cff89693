"""Reports and states as tables, sentences and JSON; whoever speaks to a person shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from harvester.report import Report
from store.generations import Generation
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

    headings: tuple[Message | str, ...]
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


def answer_table(document: Mapping[str, Any]) -> Table:
    """The rows of a SPARQL answer in its JSON form, an empty cell where a row says nothing."""
    names = tuple(document["head"]["vars"])
    rows = document["results"]["bindings"]
    cells = (tuple(row.get(name, {}).get("value", "") for name in names) for row in rows)
    return Table(names, tuple(cells))


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell whoever watches; ``source`` is the one it is about, if any."""

    message: Message
    source: str = ""

    def render(self, language: str) -> str:
        """The news as one line."""
        text = self.message.render(language)
        return labelled(self.source, text, language) if self.source else text


def news(before: SourceState, report: Report) -> Iterator[News]:
    """What a run tells that was not known ``before``: a change of state once, not at each run."""
    if report.outcome != "failed" and before.outcome == "failed":
        told = say("it can be read again; failures in a row: {count}", count=before.failures)
        yield News(told, report.source)
    if report.added or report.changed or report.removed:
        counts = say(
            "new: {added}, changed: {changed}, gone: {removed}",
            added=report.added,
            changed=report.changed,
            removed=report.removed,
        )
        yield News(counts, report.source)
    known = before.reason.text if before.reason else ""
    if report.reason and (report.outcome, report.reason.text) != (before.outcome, known):
        yield News(report.reason, report.source)


def published(generation: Generation) -> Message:
    """That a generation was published."""
    return say(
        "generation {number} published: {quads} quads",
        number=generation.number,
        quads=generation.quads,
    )


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


def details(
    state: SourceState,
    issues: Sequence[StoredIssue],
    leaving: Mapping[str, Absence],
    zone: tzinfo,
    language: str,
) -> Iterator[str]:
    """What one source was reproached at its last good read, and what may leave, a line each."""
    if issues and state.good_at:
        when = f"{state.good_at.astimezone(zone):%Y-%m-%d %H:%M}"
        yield say("at the last good read, {when}:", when=when).render(language)
    yield from issue_lines(issues, language)
    yield from absence_lines(leaving, zone, language)


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


def plain_state(
    state: SourceState, issues: Sequence[StoredIssue], leaving: Mapping[str, Absence]
) -> dict[str, Any]:
    """What is known of one source, as JSON knows it."""
    return {**plain(state), "issues": plain(issues), "leaving": sorted(leaving)}


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
