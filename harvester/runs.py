"""Harvest runs: visit, decide, commit; where every failure becomes an outcome.

A run touches one source and ends in one of four outcomes. What it changes is committed as
one SPARQL update; operational state is written after the data's flush, once per batch of
sources, so that a crash in between costs one useless fetch and nothing else. Fetching and
reading are done by threads and child processes (``visits``); what is stored is decided here,
one source after the other.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from urllib.parse import urlsplit

from harvester import endings
from harvester.appraisal.appraise import OUTDATED, appraise, outdated, unmet
from harvester.crew import run_all
from harvester.decide import Decision, Known, Policy, Removals, decide, same_again
from harvester.digest import CUT_SHORT, Digest, without_texts
from harvester.due import block_of
from harvester.entry_lines import with_lines
from harvester.errands import errand_for
from harvester.fetch import Fetched, FetchError
from harvester.fetch.values import NOTICES, is_whole
from harvester.fitting import fitted, record_namer
from harvester.keep import stuck
from harvester.ledger import Books
from harvester.life.scrub import Scrub
from harvester.life.strays import barred_message, renamed_message
from harvester.means import Means, Weighed
from harvester.parcel import UnforeseenError
from harvester.provenance import Run
from harvester.records import Content, HarvestError, Issue
from harvester.report import (
    Report,
    past_run,
    reproaches,
    seized,
    stored_issues,
    unusable,
)
from harvester.settle import settle
from harvester.sources import Source
from harvester.stored import known_of
from harvester.visits import Errand, Visit, Visitor, capture_of
from harvester.whereabouts.locating import NOT_LOOKED_UP
from store.appraisals import Appraisal
from store.changelog import Entry
from store.changes import Changeset, Lines
from store.standing import Saved, SourceState, StoredIssue
from vocab.messages import Message, Told, say

log = logging.getLogger(__name__)

REPLAYED = "Relecture de la dernière réponse gardée"
"""What is told of a run that reads again what its source said last."""

BATCH = 20  # sources between two flushes: a flush costs 16 ms, an update 1 ms


def harvest(sources: Iterable[Source], means: Means) -> Iterator[Report]:
    """Visit the sources, several hosts at once, and yield how each run went, as they end.

    A failure of one source is its report's reason and touches no other. The generator must
    be exhausted or closed: the last batch is flushed at its end.
    """
    books = Books(means.store, means.iris, means.changelog)
    runs = {source.id: _Run(source, means, books) for source in sources}
    visitor = Visitor(means.ask, means.captures, means.digest)
    batch: list[Saved] = []
    errands = [errand for run in runs.values() if (errand := run.errand)]
    unable = [Visit(run.source, error=run.inability) for run in runs.values() if not run.errand]
    try:
        with closing(run_all(errands, visitor.visit, _host_of)) as visits:
            for visit in chain(unable, visits):
                report, update = runs[visit.source.id].conclude(visit)
                batch.append(update)
                if len(batch) >= BATCH:
                    _settle_batch(batch, means)
                yield report
    finally:
        _settle_batch(batch, means)


def _host_of(errand: Errand) -> str | None:
    return urlsplit(errand.address).hostname


def _settle_batch(batch: list[Saved], means: Means) -> None:
    """Data to disk, then state: never the other way round (rule 3)."""
    if batch and not means.dry_run:
        means.store.flush()
        means.state.save(batch)
    batch.clear()


@dataclass(frozen=True)
class _Run:
    """One source, one time: what to ask of it, and what is made of the answer."""

    source: Source
    means: Means
    books: Books

    @cached_property
    def now(self) -> datetime:
        return self.means.clock()

    @cached_property
    def before(self) -> SourceState:
        return self.means.state.get(self.source.id)

    @property
    def errand(self) -> Errand | None:
        """What to ask of the source; None when that cannot be said (``inability``)."""
        return self._asked if isinstance(self._asked, Errand) else None

    @property
    def inability(self) -> Exception | None:
        """Why the source cannot be asked."""
        return self._asked if isinstance(self._asked, Exception) else None

    @cached_property
    def _asked(self) -> Errand | Exception:
        if former := self.means.former.get(self.source.id):
            return HarvestError(renamed_message(former, self.source.id))
        if self.means.takedowns.bars_source(self.source.id, self.source.url):
            return HarvestError(barred_message(self.source.id))
        try:
            held = self.books.hold(self.source.id)
            return errand_for(self.source, self.before, self.means, self.now, held=held)
        except Exception as error:  # noqa: BLE001  # told with its source in conclude
            return error

    @property
    def _fingerprint(self) -> str:
        return self.errand.fingerprint if self.errand else ""

    def _read_as(self, told: Iterable[Issue]) -> str:
        """The fingerprint of what was read; none where it is to be read again: some is pending."""
        pending = any(issue.code == NOT_LOOKED_UP for issue in told)
        return "" if pending else self._fingerprint

    def conclude(self, visit: Visit) -> tuple[Report, Saved]:
        """Decide and commit; whatever goes wrong is the report's reason."""
        started = time.perf_counter()
        try:
            report, update = self._concluded(visit)
        except Told as error:
            report, update = self._failed(error.message)
        except Exception as error:
            log.exception("source %s", self.source.id)
            report, update = self._failed(_unforeseen(self.source, error))
        report = replace(report, seconds=visit.seconds + time.perf_counter() - started)
        if self.means.replay:
            latest = self.means.state.get(self.source.id)
            return report, endings.replayed(self.before, latest, report, update, self.now)
        block, title = block_of(self.source), self.source.title
        state = replace(update.state, block=block, title=title)
        return report, replace(update, state=state, run=past_run(report, self.now))

    def _concluded(self, visit: Visit) -> tuple[Report, Saved]:
        if visit.unreachable:
            return self._unreachable(visit.unreachable, visit.digest)
        if visit.error:
            raise visit.error
        assert visit.fetched is not None  # noqa: S101  # as it was neither unreachable nor an error
        if visit.digest is None:
            return self._unchanged(visit.fetched)
        known = self._known()
        spared = self._scrub.digest(visit.digest)
        digest = self._fitted(spared, known)
        still = stuck(digest, known.records, record_namer(self.source, self.means))
        digest = replace(digest, issues=with_lines(digest.issues, visit.contents))
        if not digest.records and any(issue.severity == "error" for issue in digest.issues):
            self.means.watch.weighed(Weighed(visit, digest, known, still))
            return self._unusable(digest)
        notices = self._notices(visit.fetched)
        digest = replace(digest, issues=(*notices, *digest.issues))
        whole = digest.is_whole and is_whole(notices)
        removals = self._removals if whole else "none"
        policy = Policy(removals, self.means.accept, again=self.means.replay)
        decision = decide(known, digest.records, policy, self.now, self._publishable)
        if spared == visit.digest:
            self._keep(visit.fetched, visit.contents)
        changes = self._settled(decision, known, visit.fetched.validators.content_hash)
        self.means.watch.weighed(Weighed(visit, digest, known, still, decision, changes))
        refused = {(each.key, each.where) for each in digest.issues if each.severity == "error"}
        appraisal = self._appraised(decision, known, refused=len(refused))
        broken = unmet(self.source.expect, len(digest.records), appraisal.newest, self.now)
        told = digest.issues + broken
        report, update = self._committed(
            visit.fetched, told, decision, changes, len(digest.records)
        )
        if self.means.replay and (why := seized(self.source.id, len(still), len(known.records))):
            report = replace(report, outcome="held", reason=why)
            update = replace(update, state=replace(update.state, outcome="held", reason=why))
        return report, replace(update, appraisal=appraisal)

    def _keep(self, fetched: Fetched, contents: tuple[Content, ...]) -> None:
        """Keep what the source said, unless it holds what must not be kept."""
        if contents and not self.means.dry_run and not self._scrub.bars_content(contents):
            self.means.captures.keep(self.source.id, capture_of(fetched, contents))

    def _notices(self, fetched: Fetched) -> tuple[Issue, ...]:
        """What is told of an answer, as far as it is kept: a page left unread stays unread."""
        if not self.means.replay:
            return fetched.notices
        return tuple(
            Issue(each.code, each.message, "notice", each.where)
            for each in self.means.state.issues(self.source.id)
            if each.code in NOTICES
        )

    def _appraised(self, decision: Decision, known: Known, *, refused: int) -> Appraisal:
        """How good the data of the source is now; ``refused`` entries were left out."""
        there = decision.records.keys() - decision.withdrawn
        return appraise(
            self.source,
            {iri: decision.records[iri] for iri in there},
            known.records,
            self.now,
            before=self.means.state.appraisal(self.source.id),
            refused=refused,
        )

    @cached_property
    def _scrub(self) -> Scrub:
        return Scrub(self.means.takedowns, self.means.iris)

    @property
    def _removals(self) -> Removals:
        return self.source.removals or self.means.platform_of(self.source).removals

    def _fitted(self, digest: Digest, known: Known) -> Digest:
        return fitted(digest, self.source, known, self.means, self.now)

    def _settled(self, decision: Decision, known: Known, content_hash: str) -> Changeset:
        """Commit what a decision changes; in a dry run, only say it."""
        run = Run(
            self.source,
            self.means.iris,
            self.now,
            content_hash,
            self.means.version,
            self.means.share_alike,
            purpose=REPLAYED if self.means.replay else "",
            edits=self.means.edits,
        )
        settlement = settle(decision, known, self.books.of(self.source.id), run)
        if settlement.changeset and not self.means.dry_run:
            entry = Entry(self.source.id, self.now, run.activity, settlement.changeset)
            self.means.changelog.write(entry)
            self._distrust()
            self.means.store.apply(settlement.changeset)
            self.books.commit(self.source.id, settlement)
        return settlement.changeset

    def _distrust(self) -> None:
        """Forget the validators of the last answer: the store is about to hold another one.

        A crash before the new state is written would leave the store at the new content and the
        state at the old; a source that then went back to the old would say 304 for ever.
        """
        if self.before.etag or self.before.last_modified or self.before.content_hash:
            state = replace(self.before, etag="", last_modified="", content_hash="")
            self.means.state.save([Saved(state)])

    def _publishable(self, lines: Lines) -> Lines:
        return lines if self.source.texts_allowed else without_texts(lines)

    def _known(self) -> Known:
        return known_of(self.means, self.source.id)

    def _unchanged(self, fetched: Fetched) -> tuple[Report, Saved]:
        """Nothing new: that confirms what is there, and what is missing (rule 2)."""
        if fetched.is_whole and self._was_whole and self.means.state.absences(self.source.id):
            known = self._known()
            policy = Policy(self._removals, self.means.accept)
            decision = decide(known, same_again(known), policy, self.now, self._publishable)
            changes = self._settled(decision, known, self.before.content_hash)
            report, update = self._committed(fetched, None, decision, changes, self.before.records)
            if decision.left:  # what left counts no more
                standing = self.means.state.issues(self.source.id)
                refused = sum(each.count for each in standing if each.severity == "error")
                appraisal = self._appraised(decision, known, refused=refused)
                update = replace(update, appraisal=appraisal)
            return report, update
        state, issues = self._read_well(fetched), self._standing()
        report = Report(
            self.source.id,
            "unchanged",
            records=self.before.records,
            reproaches=reproaches(issues),
        )
        return report, Saved(replace(state, outcome="unchanged"), issues)

    @property
    def _was_whole(self) -> bool:
        """Whether the last good answer came to its end: one that did not confirms nothing."""
        known = self.means.state.issues(self.source.id)
        return not any(issue.code in CUT_SHORT for issue in known)

    def _standing(self) -> tuple[StoredIssue, ...]:
        """The issues of the last good read; what is expected of its age is asked anew."""
        appraisal = self.means.state.appraisal(self.source.id)
        latest = appraisal.newest if appraisal else None
        broken = outdated(self.source.expect, latest, self.now)
        known = self.means.state.issues(self.source.id)
        lasting = (issue for issue in known if issue.code != OUTDATED)
        return (*lasting, *stored_issues(broken))

    def _unreachable(self, error: FetchError, again: Digest | None) -> tuple[Report, Saved]:
        """The source could not be fetched; what its block and the calendar say holds all the same.

        ``again`` is what is kept of it, when that was read anew: dates come in as time goes
        by, and a changed mapping takes effect, though nothing leaves.
        """
        report, update = self._failed(error.message, error)
        known = self._known()
        if not known.records or self.before.fingerprint == self._fingerprint:
            return report, update
        fingerprint = self._fingerprint
        if again:
            usable = self._fitted(self._scrub.digest(again), known)
            read, fingerprint = usable.records, self._read_as(usable.issues)
        else:
            read = {iri: self._publishable(lines) for iri, lines in known.records.items()}
        decision = decide(known, read, Policy("none"), self.now, self._publishable)
        quads = len(self._settled(decision, known, self.before.content_hash))
        state = update.state
        if again:
            state = replace(state, fingerprint=fingerprint)
        if quads:
            state = replace(state, changed_at=self.now)
        return replace(report, quads=quads), replace(update, state=state)

    def _unusable(self, digest: Digest) -> tuple[Report, Saved]:
        """Entries came, and none could be used: that is a failure, and it says why (rule 7)."""
        report, update = self._failed(unusable(self.source.id))
        issues = stored_issues(digest.issues)
        report = replace(report, issues=digest.issues, reproaches=reproaches(issues))
        return report, replace(update, issues=issues)

    def _committed(
        self,
        fetched: Fetched,
        told: tuple[Issue, ...] | None,
        decision: Decision,
        changes: Changeset,
        records: int,
    ) -> tuple[Report, Saved]:
        """It gave so many ``records``; ``told`` is what was not understood, None as before."""
        standing = self._standing() if told is None else stored_issues(told)
        report = endings.report_of(
            self.source.id,
            decision,
            changes,
            self.now,
            told=told or (),
            standing=standing,
            records=records,
        )
        state = replace(
            self._read_well(fetched),
            changed_at=self.now if changes else self.before.changed_at,
            outcome=report.outcome,
            reason=report.reason,
            records=records,
            fingerprint=self._read_as(told or ()),
        )
        return report, Saved(state, standing, decision.absences)

    def _failed(self, reason: Message, why: FetchError | None = None) -> tuple[Report, Saved]:
        before = self.means.state.get(self.source.id)  # distrusted, if something was stored
        report = Report(self.source.id, "failed", reason, records=before.records)
        return report, Saved(endings.ill(before, reason, why, self.now))

    def _read_well(self, fetched: Fetched) -> SourceState:
        return endings.read_well(self.before, fetched, self._fingerprint, self.now)


def _unforeseen(source: Source, error: Exception) -> Message:
    told = str(error) if isinstance(error, UnforeseenError) else f"{type(error).__name__}: {error}"
    return say(
        "the program met a case it does not know ({error}) — "
        "please report it with the output of: enbauges --debug harvest {source}",
        error=told,
        source=source.id,
    )
