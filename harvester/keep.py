"""What a source announces but nobody could read stays as it was last read (rules 1 and 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harvester.absence import unmarked
from harvester.decide import Records
from harvester.digest import SILENT, Digest

BAD_RULE = frozenset({"ics-bad-rule"})
"""Issues after which an event is read, but not the dates that its rule would make."""


IriOf = Callable[[tuple[str, ...]], str]
"""Gives the record of a key."""


def with_unreadable(
    digest: Digest, known: Records, iri_of: IriOf, *, silence: bool = False
) -> Digest:
    """``digest`` with the last good version of each entry that is announced and unreadable.

    An error that names an entry keeps its record; one that names a series, or a rule that
    could not be read, keeps its dates as well. With ``silence``, an entry of which the mapping
    says nothing is meant to have no record.
    """
    announced = {
        iri_of(issue.key)
        for issue in digest.issues
        if issue.key
        and (issue.severity == "error" or issue.code in BAD_RULE)
        and not (silence and issue.code == SILENT)
    }
    if not announced:
        return digest
    kept = {
        iri: unmarked(iri, lines)
        for iri, lines in known.items()
        if iri in announced or iri.rpartition("/")[0] in announced
    }
    return replace(digest, records={**kept, **digest.records})


def stuck(digest: Digest, known: Records, iri_of: IriOf) -> frozenset[str]:
    """The known records that stay as they are, since nothing of their entries can be used."""
    wrong = {iri_of(issue.key) for issue in digest.issues if issue.severity == "error"}
    return frozenset(wrong & known.keys() & digest.records.keys())
