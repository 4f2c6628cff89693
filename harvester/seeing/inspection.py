"""How a source does at this moment: its server, robots.txt, licence, dates and fields."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from harvester.appraisal.appraise import EXPECTED
from harvester.appraisal.fields import Share, compared
from harvester.appraisal.quality import looks, moment_of, newest
from harvester.fetch import Fetched, FetchError
from harvester.fetch.robots import Verdict
from harvester.glance import Statement, lexical
from harvester.means import Means, Weighed
from harvester.report import Report
from harvester.seeing.licences import contradicts, stated
from harvester.seeing.looking import watched
from harvester.seeing.preview import Span, span
from harvester.sources import Source
from harvester.visits import Ask, Errand
from store.changes import Lines
from vocab import term
from vocab.messages import Message, say

_MODIFIED = f"<{term('schema:dateModified')}>"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server of a source gave, and in how many ``seconds``."""

    fetched: Fetched
    seconds: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found of a source.

    ``answered`` is None when its server gave nothing; ``robots`` what its robots.txt says of it,
    None when there is none to be had. ``licences`` are those that it states itself. ``modified``
    is what its server says of when it changed (an HTTP date), ``entries_modified`` the latest
    date of that kind in its entries, ``newest`` the latest of any. ``shares`` tell which part of
    its things bears each property. ``wrong`` are the sentences for which somebody must act,
    ``notes`` those that are good to know.
    """

    source: Source
    report: Report
    answered: Answered | None = None
    robots: Verdict | None = None
    licences: tuple[str, ...] = ()
    modified: str = ""
    entries_modified: datetime | None = None
    newest: datetime | None = None
    dates: Span | None = None
    shares: tuple[Share, ...] = ()
    wrong: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()


def inspect(sources: Iterable[Source], means: Means) -> Iterator[Inspection]:
    """Look at each of ``sources`` as it is now, with ``means`` of ``looking``; as they come."""
    answers: dict[str, Answered] = {}
    timed = replace(means, ask=_timed(means.ask, answers))
    for source, report, weighed in watched(sources, timed):
        answered = answers.pop(source.id, None)
        found = Inspection(source, report, answered, _robots(source, means))
        yield _judged(_described(found, weighed, means))


def _timed(ask: Ask, answers: dict[str, Answered]) -> Ask:
    """``ask``, which also notes what came and how long it took; threads may share it."""

    def timed(errand: Errand) -> Fetched:
        started = time.perf_counter()
        fetched = ask(errand)
        answers[errand.source.id] = Answered(fetched, time.perf_counter() - started)
        return fetched

    return timed


def _robots(source: Source, means: Means) -> Verdict | None:
    address = means.resolve(source.url)
    private = source.allow_private or address != source.url
    try:
        return means.client.robots_of(address, allow_private=private)
    except FetchError:
        return None


def _described(found: Inspection, weighed: Weighed | None, means: Means) -> Inspection:
    """What its content tells, beside what it told before."""
    answered = found.answered
    contents = (answered and answered.fetched.contents) or ()
    found = replace(
        found,
        licences=stated(contents),
        modified=answered.fetched.validators.last_modified if answered else "",
    )
    if weighed is None:
        return found
    records, now = weighed.digest.records, means.clock()
    seen = looks(records)
    before = means.state.appraisal(found.source.id)
    return replace(
        found,
        entries_modified=_modified(records.values()),
        newest=newest(seen),
        dates=span([look.seen for look in seen.values()], now),
        shares=tuple(compared(seen, before.shares if before else (), now)),
    )


def _modified(records: Iterable[Lines]) -> datetime | None:
    dates = (
        moment_of(lexical(said.object))
        for lines in records
        for said in map(Statement.of, lines)
        if said.predicate == _MODIFIED
    )
    return max((each for each in dates if each), default=None)


def _judged(found: Inspection) -> Inspection:
    """What somebody must do about it, and what is good to know."""
    report = found.report
    wrong: list[Message] = []
    notes: list[Message] = []
    if report.reason:
        (wrong if report.outcome in {"failed", "held"} else notes).append(report.reason)
    for issue in report.issues:
        if issue.code.startswith(EXPECTED) or issue.code == "unmet-reference":
            wrong.append(issue.message)
        elif issue.code in {"moved", "robots-advice"}:
            notes.append(issue.message)
    if report.outcome != "failed" and (refused := _refused(report)):
        wrong.append(
            say(
                "entries left out, or as they were: {count} — the reasons: enbauges source "
                "preview {source}",
                count=refused,
                source=found.source.id,
            )
        )
    if contradicts(found.source, found.licences):
        wrong.append(_other_licence(found))
    elif found.licences and found.source.licence is None:
        notes.append(_unnoted_licence(found))
    return replace(found, wrong=tuple(wrong), notes=tuple(notes))


def _refused(report: Report) -> int:
    """How many entries nothing can be made of."""
    return len({each.key or each.where for each in report.issues if each.severity == "error"})


def _other_licence(found: Inspection) -> Message:
    return say(
        "its block says licence = “{block}”, and the source itself {stated} — ask its publisher "
        "which one holds, and correct the block",
        block=found.source.licence,
        stated=", ".join(found.licences),
    )


def _unnoted_licence(found: Inspection) -> Message:
    return say(
        "the source states a licence, {stated}, and its block none: look where it says so, then "
        "write licence in its block",
        stated=", ".join(found.licences),
    )


def is_wrong(found: Inspection) -> bool:
    """Whether somebody must act."""
    return bool(found.wrong) or any(share.fell for share in found.shares)
