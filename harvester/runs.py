"""Harvest runs: fetch, read, map, decide, commit; where every failure becomes an outcome.

A run touches one source and ends in one of four outcomes. What it changes is committed as
one SPARQL update; operational state is written after the data's flush, once per batch of
sources, so that a crash in between costs one useless fetch and nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from harvester.appraise import EXPECTED, appraise, unmet
from harvester.check import checked
from harvester.decide import Decision, Known, decide
from harvester.digest import Digest, Digester, without_texts
from harvester.due import block_of
from harvester.fetch import Client, Fetched, FetchError, Validators
from harvester.glance import by_record
from harvester.keep import with_unreadable
from harvester.ledger import Books
from harvester.provenance import Run
from harvester.records import Content, ReadOptions, Window
from harvester.report import (
    Change,
    Outcome,
    Report,
    missing,
    reproaches,
    stored_issues,
    unusable,
)
from harvester.scope import within
from harvester.settle import Settlement, settle
from harvester.sources import Source
from mappings import Platform
from store.appraisals import Appraisal
from store.changes import Lines
from store.embedded import EmbeddedStore
from store.state import Saved, SourceState, State, StoredIssue
from vocab import fingerprint as vocabulary_fingerprint
from vocab.iris import Iris
from vocab.messages import Message, Told, say

log = logging.getLogger(__name__)

BATCH = 20  # sources between two flushes: a flush costs 16 ms, an update 1 ms


@dataclass(frozen=True, slots=True)
class Means:
    """What runs work with.

    ``territory`` are the IRIs of its communes; ``resolve`` turns a ``sample:`` address into
    a loopback one.
    """

    client: Client
    store: EmbeddedStore
    state: State
    iris: Iris
    platform_of: Callable[[Source], Platform]
    territory: AbstractSet[str]
    timezone: str
    version: str
    clock: Callable[[], datetime]
    share_alike: bool = False
    resolve: Callable[[str], str] = str
    force: bool = False
    dry_run: bool = False


def harvest(sources: Iterable[Source], means: Means) -> Iterator[Report]:
    """Run each source in turn and yield how it went.

    A failure of one source is its report's reason and touches no other. The generator must
    be exhausted or closed: the last batch is flushed at its end.
    """
    books = Books(means.store, means.iris)
    batch: list[Saved] = []
    try:
        for source in sources:
            attempt = _Attempt(source, means, books)
            report, update = attempt.run()
            batch.append(update)
            if len(batch) >= BATCH:
                _settle_batch(batch, means)
            yield report
    finally:
        _settle_batch(batch, means)


def _settle_batch(batch: list[Saved], means: Means) -> None:
    """Data to disk, then state: never the other way round (rule 3)."""
    if batch and not means.dry_run:
        means.store.flush()
        means.state.save(batch)
    batch.clear()


def window_at(now: datetime) -> Window:
    """The span in which recurring events are expanded, one month back and twelve ahead.

    It moves by whole months, so that it is the same all month long and an unchanged
    calendar stays unchanged.
    """
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    index = month.year * 12 + month.month - 1

    def shifted(months: int) -> datetime:
        year, zero_month = divmod(index + months, 12)
        return month.replace(year=year, month=zero_month + 1)

    return Window(shifted(-1), shifted(13))


@dataclass(frozen=True)
class _Attempt:
    """One source, one time."""

    source: Source
    means: Means
    books: Books

    @cached_property
    def now(self) -> datetime:
        return self.means.clock()

    @cached_property
    def before(self) -> SourceState:
        return self.means.state.get(self.source.id)

    @cached_property
    def window(self) -> Window:
        return window_at(self.now)

    @cached_property
    def platform(self) -> Platform:
        return self.means.platform_of(self.source)

    @cached_property
    def fingerprint(self) -> str:
        """What besides the bytes decides the result: when it changes, a 304 is of no use."""
        told = (
            self.source.model_dump_json(),
            self.platform.fingerprint,
            vocabulary_fingerprint(),
            self.means.iris.base,
            self.means.timezone,
            str(self.means.share_alike),
            *sorted(self.means.territory),
            self.means.version,
            self.window.start.isoformat(),
        )
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def run(self) -> tuple[Report, Saved]:
        """Fetch, digest, decide and commit; whatever goes wrong is the report's reason."""
        started = time.perf_counter()
        try:
            report, update = self._run()
        except Told as error:
            report, update = self._failed(error.message)
        except Exception as error:
            log.exception("source %s", self.source.id)
            report, update = self._failed(
                say(
                    "the program met a case it does not know ({error}) — "
                    "please report it with the output of: enbauges --debug harvest {source}",
                    error=f"{type(error).__name__}: {error}",
                    source=self.source.id,
                )
            )
        state = replace(update.state, block=block_of(self.source))
        return replace(report, seconds=time.perf_counter() - started), replace(update, state=state)

    def _run(self) -> tuple[Report, Saved]:
        try:
            fetched = self._fetch()
        except FetchError as error:
            return self._unreachable(error)
        if fetched.contents is None:
            return self._unchanged(fetched)
        known = self._known()
        digest = self._digest(fetched.contents, known)
        if not digest.records and any(issue.severity == "error" for issue in digest.issues):
            return self._unusable(digest)
        removals = self.platform.removals if digest.is_whole else "sliding"
        decision = decide(known, digest.records, removals, self.now, self._publishable)
        content_hash = fetched.validators.content_hash
        settlement = self._settled(decision, known, content_hash)
        appraisal = self._appraised(digest, decision, known)
        expected = unmet(self.source.expect, len(digest.records), appraisal.newest, self.now)
        digest = replace(digest, issues=digest.issues + expected)
        report, update = self._committed(fetched, digest, decision, settlement)
        return report, replace(update, appraisal=appraisal)

    def _digest(self, contents: Sequence[Content], known: Known) -> Digest:
        """What the content says that may be published, and the last good version of the rest."""
        iris, source = self.means.iris, self.source
        digest = Digester(source, self.platform, iris, self._options)(contents)
        if source.scope == "wide":
            digest = within(digest, self.means.territory)
        digest = with_unreadable(digest, known.records, lambda key: iris.record(source.id, *key))
        allowed = source.contacts == "publish"
        return checked(digest, known.records, iris.record_of, self.now, contacts_allowed=allowed)

    def _settled(self, decision: Decision, known: Known, content_hash: str) -> Settlement:
        """Commit what a decision changes; in a dry run, only say it."""
        run = Run(
            self.source,
            self.means.iris,
            self.now,
            content_hash,
            self.means.version,
            self.means.share_alike,
        )
        settlement = settle(decision, known, self.books.of(self.source.id), run)
        if settlement.changeset and not self.means.dry_run:
            self.means.store.apply(settlement.changeset)
            self.books.commit(self.source.id, settlement)
        return settlement

    def _publishable(self, lines: Lines) -> Lines:
        return lines if self.source.texts_allowed else without_texts(lines)

    @property
    def _options(self) -> ReadOptions:
        source, platform = self.source, self.platform
        return ReadOptions(
            window=self.window,
            timezone=self.means.timezone,
            iterator=source.iterator or platform.iterator,
            key=source.key or platform.key,
            delimiter=source.delimiter,
            encoding=source.encoding,
        )

    def _fetch(self) -> Fetched:
        same = self.before.fingerprint == self.fingerprint and self.books.hold(self.source.id)
        fresh = self.means.force or not same
        validators = Validators(
            self.before.etag, self.before.last_modified, self.before.content_hash
        )
        address = self.means.resolve(self.source.url)
        return self.means.client.fetch(
            address,
            validators=None if fresh else validators,
            allow_private=self.source.allow_private or address != self.source.url,
        )

    def _known(self) -> Known:
        iris, source = self.means.iris, self.source.id
        lines = self.means.store.lines(iris.source_graph(source))
        return Known(by_record(lines, iris.record_of), self.means.state.absences(source))

    def _unchanged(self, fetched: Fetched) -> tuple[Report, Saved]:
        state = _read_at(self.before, self.now, fetched.validators)
        issues = self._still_reproached()
        report = Report(
            self.source.id,
            "unchanged",
            records=self.before.records,
            reproaches=reproaches(issues),
        )
        return report, Saved(replace(state, outcome="unchanged"), issues)

    def _still_reproached(self) -> tuple[StoredIssue, ...]:
        """The issues of the last good read; what is expected of its age is asked anew."""
        appraisal = self.means.state.appraisal(self.source.id)
        latest = appraisal.newest if appraisal else None
        broken = unmet(self.source.expect, self.before.records, latest, self.now)
        known = self.means.state.issues(self.source.id)
        lasting = (issue for issue in known if not issue.code.startswith(EXPECTED))
        return (*lasting, *stored_issues(broken))

    def _appraised(self, digest: Digest, decision: Decision, known: Known) -> Appraisal:
        """How good the data is now; what is past or gone is not judged."""
        return appraise(
            self.source,
            decision.records,
            known.records,
            self.now,
            before=self.means.state.appraisal(self.source.id),
            refused=len(
                {(each.key, each.where) for each in digest.issues if each.severity == "error"}
            ),
        )

    def _unreachable(self, error: FetchError) -> tuple[Report, Saved]:
        """The source could not be fetched; what its block now says holds all the same."""
        report, update = self._failed(error.message, error.not_before)
        known = self._known()
        if not known.records or self.before.fingerprint == self.fingerprint:
            return report, update
        records = {iri: self._publishable(lines) for iri, lines in known.records.items()}
        decision = decide(known, records, "sliding", self.now)
        settlement = self._settled(decision, known, self.before.content_hash)
        return replace(report, quads=len(settlement.changeset)), update

    def _unusable(self, digest: Digest) -> tuple[Report, Saved]:
        """Entries came, and none could be used: that is a failure, and it says why (rule 7)."""
        report, update = self._failed(unusable(self.source.id))
        issues = stored_issues(digest.issues)
        report = replace(report, issues=digest.issues, reproaches=reproaches(issues))
        return report, replace(update, issues=issues)

    def _committed(
        self, fetched: Fetched, digest: Digest, decision: Decision, settlement: Settlement
    ) -> tuple[Report, Saved]:
        quads = len(settlement.changeset)
        outcome: Outcome = "held" if decision.held else "committed" if quads else "unchanged"
        issues = stored_issues(digest.issues)
        reason = missing(decision, self.now.tzinfo)
        state = replace(
            _read_at(self.before, self.now, fetched.validators),
            fingerprint="" if decision.absences else self.fingerprint,
            changed_at=self.now if quads else self.before.changed_at,
            outcome=outcome,
            reason=reason,
            records=len(decision.records),
        )
        report = Report(
            source=self.source.id,
            outcome=outcome,
            reason=reason,
            records=len(decision.records),
            added=len(decision.added),
            changed=len(decision.changed),
            removed=len(decision.removed),
            leaving=len(decision.absences),
            quads=quads,
            issues=digest.issues,
            reproaches=reproaches(issues),
            graphs={
                graph: Change(len(delta.added), len(delta.removed))
                for graph, delta in settlement.changeset.graphs.items()
            },
        )
        return report, Saved(state, issues, decision.absences)

    def _failed(self, reason: Message, not_before: datetime | None = None) -> tuple[Report, Saved]:
        state = replace(
            self.before,
            checked_at=self.now,
            outcome="failed",
            reason=reason,
            failures=self.before.failures + 1,
            broken_since=self.before.broken_since or self.now,
            not_before=not_before,
        )
        report = Report(self.source.id, "failed", reason, records=self.before.records)
        return report, Saved(state)


def _read_at(before: SourceState, now: datetime, given: Validators) -> SourceState:
    """The state of a source that was read without fault."""
    return replace(
        before,
        checked_at=now,
        good_at=now,
        reason=None,
        failures=0,
        broken_since=None,
        not_before=None,
        etag=given.etag,
        last_modified=given.last_modified,
        content_hash=given.content_hash,
    )
