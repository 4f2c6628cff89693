"""A source as the store has it, and what may be done with it without reading it again."""

from __future__ import annotations

from harvester.decide import Decision, Known, Records
from harvester.glance import Statement, by_record, glance, lexical
from harvester.means import Means
from harvester.provenance import Run
from harvester.sources import Source
from harvester.sources.rules import AGREEMENT
from store.changes import Lines
from vocab import term
from vocab.iris import Iris

_TITLE, _PUBLISHER = f"<{term('dcterms:title')}>", f"<{term('dcterms:publisher')}>"
_LICENCE, _ADDRESS = f"<{term('dcterms:license')}>", f"<{term('dcat:accessURL')}>"


def towards(known: Known, records: Records) -> Decision:
    """The decision that leaves ``records`` in place of those that are known, without waiting."""
    hidden = {iri for iri, lines in known.records.items() if glance(iri, lines).withdrawn}
    withdrawn = frozenset(iri for iri, lines in records.items() if glance(iri, lines).withdrawn)
    removed = frozenset(known.records.keys() - records.keys())
    return Decision(
        records=records,
        added=frozenset(records.keys() - known.records.keys()),
        changed=frozenset(
            iri for iri in records if known.records.get(iri, records[iri]) != records[iri]
        ),
        removed=removed,
        successors={},
        absences={iri: each for iri, each in known.absences.items() if iri in records},
        withdrawn=withdrawn,
        left=(removed | withdrawn) - hidden,
        due=0,
        held=False,
    )


def known_of(means: Means, source: str) -> Known:
    """What the store holds of ``source``, and what its state knows to be missing."""
    lines = means.store.lines(means.iris.source_graph(source))
    return Known(by_record(lines, means.iris.record_of), means.state.absences(source))


def run_of(means: Means, source: Source, purpose: str, described: Lines | None = None) -> Run:
    """A run that reads nothing: an operator changes what is stored.

    ``described`` is what is said of the source itself, where it is not what its block says.
    """
    return Run(
        source,
        means.iris,
        means.clock(),
        "",
        means.version,
        means.share_alike,
        purpose,
        described,
        means.edits,
    )


def remembered(source: str, dataset: Lines, iris: Iris) -> Source:
    """A source that the file no longer names, as provenance describes it.

    Its kind is not remembered: nothing of it is read any more.
    """
    found = {each.predicate: lexical(each.object) for each in map(Statement.of, sorted(dataset))}
    licence = found.get(_LICENCE)
    return Source.model_construct(
        id=source,
        kind="",
        url=found.get(_ADDRESS, ""),
        title=found.get(_TITLE, source),
        publisher=found.get(_PUBLISHER, ""),
        licence=AGREEMENT if licence == iris.agreement else licence,
    )
