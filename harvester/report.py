"""How a harvest run ended: the numbers, the issues, and the reason in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Literal, NamedTuple

from harvester.decide import AFTER_COLLAPSE, USUAL, Decision
from harvester.records import Issue
from store.state import StoredIssue
from vocab.messages import Message, say

PLACES_KEPT = 50
"""Entries left out that are told one by one."""

Outcome = Literal["committed", "unchanged", "held", "failed"]


class Change(NamedTuple):
    """How many quads of a graph came and went."""

    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Report:
    """How one harvest run ended, in numbers of records and of quads, in all and by graph.

    ``leaving`` are the records that their source no longer announces and that may leave
    later; ``reproaches`` counts the different errors and warnings of the last good read,
    ``issues`` are all those of this one.
    """

    source: str
    outcome: Outcome
    reason: Message | None = None
    records: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    leaving: int = 0
    quads: int = 0
    seconds: float = 0.0
    issues: tuple[Issue, ...] = ()
    reproaches: int = 0
    graphs: Mapping[str, Change] = field(default_factory=dict)


def missing(decision: Decision, zone: tzinfo | None) -> Message | None:
    """What is told of the records that did not come back; times in ``zone``."""
    if not decision.absences:
        return None
    if decision.held:
        return say(
            "{missing} of {due} announced entries have disappeared at once; nothing was removed "
            "— look at the source: if they are really gone, they leave after {reads} reads over "
            "{days} days; if not, tell its publisher",
            missing=len(decision.absences),
            due=decision.due,
            reads=AFTER_COLLAPSE.reads,
            days=AFTER_COLLAPSE.time.days,
        )
    first = min(absence.first_missing for absence in decision.absences.values())
    return say(
        "entries no longer announced: {missing} — they leave at the first good read after {when}",
        missing=len(decision.absences),
        when=f"{(first + USUAL.time).astimezone(zone):%Y-%m-%d %H:%M}",
    )


def unusable(source: str) -> Message:
    """What is told of a source that gave entries, of which none could be used."""
    return say(
        "none of its entries could be used — the reasons: enbauges status {source}", source=source
    )


def reproaches(issues: Iterable[StoredIssue]) -> int:
    """How many different errors and warnings there are."""
    return sum(issue.severity != "notice" for issue in issues)


def stored_issues(issues: Iterable[Issue]) -> tuple[StoredIssue, ...]:
    """Issues as the state keeps them: identical messages counted, the first place told.

    Of those that left an entry out, the first ``PLACES_KEPT`` are kept one by one: each is
    something for the publisher to mend, and its line says where.
    """
    counted: dict[tuple[object, ...], StoredIssue] = {}
    apart = 0
    for issue in issues:
        name: tuple[object, ...] = (issue.code, issue.message.to_json())
        if issue.severity == "error" and apart < PLACES_KEPT:
            name = (*name, issue.where, issue.key)
        if name in counted:
            counted[name] = replace(counted[name], count=counted[name].count + 1)
            continue
        apart += issue.severity == "error"
        counted[name] = StoredIssue(
            code=issue.code,
            severity=issue.severity,
            message=issue.message,
            where=issue.where,
            key=issue.key,
        )
    return tuple(counted.values())
