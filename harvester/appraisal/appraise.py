"""How good the data of a source is after a read: completeness, and what looks odd. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from harvester.appraisal.anomalies import in_records, lasting
from harvester.appraisal.fields import remembered
from harvester.appraisal.quality import assess, looks, newest
from harvester.records import Issue
from harvester.sources.values import Expect, Source
from store.appraisals import Appraisal
from store.changes import Lines
from vocab.messages import Message, say

EXPECTED = "expected-"
"""What the codes of broken expectations begin with."""

OUTDATED = f"{EXPECTED}fresh"
"""The code of the one that time alone breaks."""


def appraise(
    source: Source,
    records: Mapping[str, Lines],
    known: Mapping[str, Lines],
    now: datetime,
    *,
    before: Appraisal | None = None,
    refused: int = 0,
) -> Appraisal:
    """Judge the ``records`` of a source, some of which were ``known`` before the read.

    What was noticed ``before`` and still holds keeps the time since when it does. ``now``
    carries the zone of the node; ``refused`` is how many entries were left out.
    """
    found = looks(records)
    score, penalties = assess(found, now, texts=source.texts_allowed, refused=refused)
    odd = in_records(found, records, known, now, now.tzinfo or UTC)
    remarks = lasting((*penalties, *odd), before.remarks if before else (), now)
    shares = remembered(before.shares if before else (), found, now)
    return Appraisal(now, score, newest(found), tuple(remarks), shares)


def unmet(
    expect: Expect | None, records: int, latest: datetime | None, now: datetime
) -> tuple[Issue, ...]:
    """What a source does not keep of what its operator expects of it.

    Args:
        expect: the ``expect`` of its block.
        records: how many records it gave.
        latest: the latest date that they tell of themselves.
        now: the present.
    """
    if expect is None:
        return ()
    found: list[Issue] = []
    if expect.min_records is not None and records < expect.min_records:
        message = say(
            "{records} entries came, at least {expected} were expected — look at the source: was "
            "it emptied, cut or moved? If this is right, lower min_records in its block",
            records=records,
            expected=expect.min_records,
        )
        found.append(_broken("min-records", message))
    if expect.max_records is not None and records > expect.max_records:
        message = say(
            "{records} entries came, at most {expected} were expected — look at the source: does "
            "it give somebody else's entries, or all twice? If this is right, raise max_records "
            "in its block",
            records=records,
            expected=expect.max_records,
        )
        found.append(_broken("max-records", message))
    return (*found, *outdated(expect, latest, now))


def outdated(expect: Expect | None, latest: datetime | None, now: datetime) -> tuple[Issue, ...]:
    """What it does not keep as time goes by, though it says the same as before."""
    fresh = expect.fresh if expect else None
    if fresh is None or (latest is not None and latest >= now - fresh):
        return ()
    return (Issue(OUTDATED, _stale(latest, fresh, now), "warning"),)


def _stale(latest: datetime | None, fresh: timedelta, now: datetime) -> Message:
    if latest is None:
        return say(
            "no entry tells a date, so none is known to be of the last {days} days — look at the "
            "source, or leave “fresh” out of its block",
            days=fresh.days,
        )
    return say(
        "the latest entry is of {when}, older than {days} days — look whether the publisher "
        "still writes there, or gives another address by now",
        when=f"{latest.astimezone(now.tzinfo):%Y-%m-%d}",
        days=fresh.days,
    )


def _broken(what: str, message: Message) -> Issue:
    return Issue(EXPECTED + what, message, "warning")
