"""What a harvest would make of a source, as a value: the same code as a harvest, and no write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from harvester.appraisal.quality import moment_of
from harvester.digest import Digest
from harvester.fetch import Fetched
from harvester.glance import Glance, glance
from harvester.life.scrub import Scrub
from harvester.means import Means, Weighed
from harvester.records import Issue
from harvester.report import Outcome, Report, stored_issues
from harvester.seeing.differences import GraphDifference, differences
from harvester.seeing.looking import given, watched
from harvester.seeing.people import people_in
from harvester.seeing.sample import Sample
from harvester.sources import Source
from store.changes import Lines
from store.standing import StoredIssue
from store.takedown import Takedowns
from vocab import term
from vocab.iris import Iris
from vocab.messages import Message

Fate = Literal["new", "changed", "same", "left out"]
SHOWN = 5

_ALL = {term("eb:SourceRecord")}  # every record is one


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: ``fields`` as its reader gave them, the ``lines`` that would be published.

    ``issues`` are what was not understood of it; ``fate`` is what it is beside what is stored.
    """

    record: str
    key: tuple[str, ...]
    where: str
    fields: Mapping[str, Any]
    lines: Lines
    issues: tuple[Issue, ...]
    fate: Fate


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day that records tell (lexical forms), and how many are to come."""

    first: str
    last: str
    ahead: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a harvest would say of a source at this moment.

    ``report`` is that of the run: its outcome, its reason and the numbers; ``address`` the final
    one, "" when nothing came. ``entries`` are the first records, ``types`` how many there are of
    each class (IRIs), ``dates`` what they cover. ``issues`` are all that was not understood, the
    same ones counted, notices of robots.txt among them. ``sample`` tells what is kept back and
    which fields no rule reads, ``people`` where there are some; ``differences`` what would be
    committed, graph by graph.
    """

    source: Source
    iris: Iris
    report: Report
    address: str = ""
    entries: tuple[Entry, ...] = ()
    types: Mapping[str, int] = field(default_factory=dict)
    dates: Span | None = None
    issues: tuple[StoredIssue, ...] = ()
    sample: Sample = Sample()  # noqa: RUF009  # frozen
    people: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[GraphDifference, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """How the run would end."""
        return self.report.outcome

    @property
    def reason(self) -> Message | None:
        """Why it would not end well."""
        return self.report.reason


def preview(
    source: Source, means: Means, most: int = SHOWN, *, answer: Fetched | None = None
) -> Preview:
    """What a harvest would make of ``source``, which need not be in the sources file.

    Args:
        source: its block.
        means: from ``looking``.
        most: how many of its records are shown.
        answer: what its address gave, when that was asked already; None to ask it now.
    """
    if answer is not None:
        means = replace(means, ask=given(answer))
    [(_, report, weighed)] = watched([source], means, most)
    if weighed is None:
        return Preview(source, means.iris, report, issues=stored_issues(report.issues))
    return _seen(source, report, weighed, means)


def _seen(source: Source, report: Report, weighed: Weighed, means: Means) -> Preview:
    digest, fetched = weighed.digest, weighed.visit.fetched
    sample = digest.sample or Sample()
    looks = {iri: glance(iri, lines) for iri, lines in digest.records.items()}
    scrub = Scrub(means.takedowns, means.iris)
    return Preview(
        source=source,
        iris=means.iris,
        report=report,
        address=fetched.url if fetched else "",
        entries=tuple(_entries(weighed, scrub)),
        types=Counter(each for look in looks.values() for each in look.types - _ALL),
        dates=span(looks.values(), means.clock()),
        issues=stored_issues(report.issues),
        sample=sample,
        people=people_in(weighed.visit.contents, sample.unread),
        differences=differences_of(weighed, means.iris),
    )


def differences_of(weighed: Weighed, iris: Iris) -> tuple[GraphDifference, ...]:
    """What a run commits, graph by graph."""
    after = weighed.decision.records if weighed.decision else {}
    return differences(weighed.changes, iris, weighed.known.records, after)


def _entries(weighed: Weighed, scrub: Scrub) -> Iterable[Entry]:
    digest, known = weighed.digest, weighed.known.records
    sample = digest.sample or Sample()
    for iri, data in sample.records.items():
        origin = digest.origins[iri]
        lines = digest.records.get(iri, frozenset())
        if scrub.bars(iri, known.get(iri, lines)):
            continue
        issues = tuple(each for each in digest.issues if each.key == origin.key)
        fields = _spared(data, scrub.takedowns)
        yield Entry(iri, origin.key, origin.where, fields, lines, issues, _fate(iri, digest, known))


def _fate(iri: str, digest: Digest, known: Mapping[str, Lines]) -> Fate:
    if iri not in digest.records:
        return "left out"
    if iri not in known:
        return "new"
    return "same" if digest.records[iri] == known[iri] else "changed"


def _spared(data: Mapping[str, Any], takedowns: Takedowns) -> dict[str, Any]:
    """The fields of a record, without the texts that must not be kept."""
    return {name: value for name, value in data.items() if not takedowns.bars_text(str(value))}


def span(looks: Collection[Glance], now: datetime) -> Span | None:
    """The days that records tell; None when none does."""
    dated = [look for look in looks if look.start and moment_of(look.start)]
    if not dated:
        return None
    days = sorted(look.start[:10] for look in dated)
    ahead = sum(not look.is_past(now) for look in dated if not look.is_series)
    return Span(days[0], days[-1], ahead)
