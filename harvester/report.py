"""How a harvest run ended: the numbers, the issues, and the reason in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Literal, NamedTuple

from harvester.absence import AFTER_COLLAPSE, WITHDRAWAL
from harvester.decide import GUARD_FROM, Decision
from harvester.records import Issue
from store.standing import PastRun, StoredIssue
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
    later; ``renewed`` are those that came under another id, and are neither new nor gone;
    ``reproaches`` counts the different errors and warnings of the last good read, ``issues`` are
    all those of this one.
    """

    source: str
    outcome: Outcome
    reason: Message | None = None
    records: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    leaving: int = 0
    renewed: int = 0
    quads: int = 0
    seconds: float = 0.0
    issues: tuple[Issue, ...] = ()
    reproaches: int = 0
    graphs: Mapping[str, Change] = field(default_factory=dict)


def missing(source: str, decision: Decision, zone: tzinfo | None) -> Message | None:
    """What is told of the records that did not come back and are still shown; times in ``zone``."""
    absent = decision.absences.keys() - decision.withdrawn
    if not absent:
        return None
    if decision.held:
        return say(
            "{missing} of {due} announced entries have disappeared at once; nothing was removed "
            "— look at the source: if they are really gone, run `enbauges harvest {source} "
            "--accept-removals`, or leave them to go after {reads} reads over {days} days; "
            "if not, tell its publisher",
            missing=len(absent),
            source=source,
            due=decision.due,
            reads=AFTER_COLLAPSE.reads,
            days=AFTER_COLLAPSE.time.days,
        )
    first = min(decision.absences[record].first_missing for record in absent)
    return say(
        "entries no longer announced: {missing} — they leave at the first good read after {when}",
        missing=len(absent),
        when=f"{(first + WITHDRAWAL.time).astimezone(zone):%Y-%m-%d %H:%M}",
    )


def seized(source: str, stuck: int, known: int) -> Message | None:
    """What is told when a changed mapping can use nothing any more of most of what is stored."""
    if known < GUARD_FROM or 2 * stuck <= known:
        return None
    return say(
        "nothing can be used any more of {stuck} of the {known} entries that are stored; they stay "
        "as they are — check the mapping; if they are meant to leave, run `enbauges harvest "
        "--replay {source} --accept-removals`",
        stuck=stuck,
        known=known,
        source=source,
    )


def past_run(report: Report, at: datetime) -> PastRun:
    """What is remembered of a run that was concluded ``at``."""
    return PastRun(
        at=at,
        outcome=report.outcome,
        records=report.records,
        added=report.added,
        changed=report.changed + report.renewed,
        removed=report.removed,
        seconds=round(report.seconds, 3),
        reason=report.reason,
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
