"""How a run ends: what is reported of it, and what the state of its source becomes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from harvester.decide import Decision
from harvester.due import fresh_until
from harvester.fetch import Fetched, FetchError
from harvester.records import Issue
from harvester.report import Change, Outcome, Report, missing, past_run, reproaches
from store.changes import Changeset
from store.standing import Saved, SourceState, StoredIssue
from vocab.messages import Message


def read_well(
    before: SourceState, fetched: Fetched, fingerprint: str, now: datetime
) -> SourceState:
    """The state of a source once it was read without fault."""
    given = fetched.validators
    return replace(
        before,
        fingerprint=fingerprint,
        checked_at=now,
        good_at=now,
        reason=None,
        failures=0,
        broken_since=None,
        not_before=None,
        fresh_until=fresh_until(before, fetched, now),
        gone_at=None,
        etag=given.etag,
        last_modified=given.last_modified,
        content_hash=given.content_hash,
    )


def ill(before: SourceState, reason: Message, why: FetchError | None, now: datetime) -> SourceState:
    """The state of a source once more that could not be read; ``why`` where it did not answer."""
    return replace(
        before,
        checked_at=now,
        outcome="failed",
        reason=reason,
        failures=before.failures + 1,
        broken_since=before.broken_since or now,
        not_before=why.not_before if why else None,
        gone_at=(before.gone_at or now) if why and why.gone else None,
    )


def replayed(
    before: SourceState, latest: SourceState, report: Report, update: Saved, now: datetime
) -> Saved:
    """What a run leaves that asked nobody: how the source does is as known as before.

    Args:
        before: the state when the run began.
        latest: the one that is stored now.
        report: how the run ended.
        update: what a run that asked would leave.
        now: when it began.
    """
    if report.outcome == "failed":
        return Saved(latest)
    after = update.state
    state = replace(
        before, fingerprint=after.fingerprint, records=after.records, changed_at=after.changed_at
    )
    if not before.failures:
        state = replace(state, outcome=after.outcome, reason=after.reason)
    return replace(update, state=state, run=past_run(report, now) if report.quads else None)


def report_of(
    source: str,
    decision: Decision,
    changes: Changeset,
    now: datetime,
    *,
    told: Sequence[Issue],
    standing: Sequence[StoredIssue],
    records: int,
) -> Report:
    """What is reported of a run that came to a decision.

    Args:
        source: its id.
        decision: what the run decided.
        changes: what it commits.
        now: when the run began, in the zone in which times are told.
        told: what was not understood this time.
        standing: what is not understood of the source.
        records: how many it gave.
    """
    quads = len(changes)
    outcome: Outcome = "held" if decision.held else "committed" if quads else "unchanged"
    return Report(
        source=source,
        outcome=outcome,
        reason=missing(source, decision, now.tzinfo),
        records=records,
        added=len(decision.added - decision.successors.keys()),
        changed=len(decision.changed - decision.left),
        removed=len(decision.left - set(decision.successors.values())),
        renewed=len(decision.successors),
        leaving=len(decision.absences.keys() - decision.withdrawn),
        quads=quads,
        issues=tuple(told),
        reproaches=reproaches(standing),
        graphs={
            graph: Change(len(delta.added), len(delta.removed))
            for graph, delta in changes.graphs.items()
        },
    )
