"""Records against the shapes: what must not be published is kept out.

A violation sends the record to quarantine: the last good version stays published, and the
operator is told why. A warning is published and told, an info only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import pyoxigraph as ox

from harvester.absence import unmarked
from harvester.digest import Digest
from harvester.glance import without
from harvester.records import Issue, Severity
from store.changes import Lines
from vocab.checks import check
from vocab.shapes import Finding
from vocab.territory.points import Box

_SEVERITIES: Mapping[str, Severity] = {
    "violation": "error", "warning": "warning", "info": "notice",
}  # fmt: skip

IDENTIFIERS = frozenset({"Siret", "Rna", "siret-digits"})
"""Rules on a registration number: a wrong one is left out, and its record stays."""

CONTACTS = frozenset({"described-mail", "described-mobile", "named-mail", "named-mobile"})
"""Rules on what people can be reached by, inside texts (design, rule 14)."""


def checked(
    digest: Digest,
    known: Mapping[str, Lines],
    record_of: Callable[[str], str | None],
    now: datetime,
    *,
    contacts_allowed: bool = False,
    box: Box | None = None,
) -> Digest:
    """``digest`` without what breaks a rule, and with an Issue for each rule that is broken.

    All that was read is looked at (45 µs a record), so that what is told of a source is not
    only what changed last. A refused record takes its last good version from ``known``, so that
    it counts as announced; a new one is left out. ``record_of`` is ``Iris.record_of``; the
    rules on telephone numbers and addresses inside texts are not held where
    ``contacts_allowed``; positions outside of ``box``, that of the territory, are told.
    """
    found = [
        (record, finding)
        for finding in check(as_triples(frozenset().union(*digest.records.values())), now, box)
        if (record := record_of(finding.focus)) in digest.origins
        and not (contacts_allowed and finding.code in CONTACTS)
    ]
    broken = [pair for pair in found if pair[1].severity == "violation"]
    wrong = {f"<{finding.focus}>" for _, finding in broken if finding.code in IDENTIFIERS}
    refused = {record for record, finding in broken if finding.code not in IDENTIFIERS}
    records = {
        iri: unmarked(iri, known[iri])
        if iri in refused
        else without(wrong, lines)
        if wrong
        else lines
        for iri, lines in digest.records.items()
        if iri not in refused or iri in known
    }
    found.sort(key=lambda each: (each[1].focus, each[1].code))
    issues = tuple(_issue(digest, record, finding) for record, finding in found if record)
    return replace(digest, records=records, issues=digest.issues + issues)


def as_triples(lines: Lines) -> list[ox.Triple]:
    """Statements as the checks of the vocabulary take them."""
    text = "\n".join(lines)
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]


def _issue(digest: Digest, record: str, finding: Finding) -> Issue:
    origin = digest.origins[record]
    severity = _SEVERITIES[finding.severity]
    return Issue(finding.code, finding.message, severity, origin.where, origin.key)
