"""What of a wide source belongs to the territory (design, where things are)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from harvester.digest import Digest
from harvester.glance import Statement, lexical
from harvester.records import Issue
from store.changes import Lines
from vocab import term
from vocab.messages import say

_COMMUNE = f"<{term('eb:commune')}>"


def within(digest: Digest, communes: AbstractSet[str]) -> Digest:
    """``digest`` with only the records that name one of ``communes`` (IRIs).

    What is left out is told as a notice: a record of another commune, or of none that is
    known, is not the territory's until its source says so.
    """
    inside = {iri: lines for iri, lines in digest.records.items() if _places(lines) & communes}
    outside = digest.records.keys() - inside.keys()
    issues = tuple(_left_out(digest, record) for record in sorted(outside))
    return replace(digest, records=inside, issues=digest.issues + issues)


def _places(lines: Lines) -> set[str]:
    statements = map(Statement.of, lines)
    return {lexical(value) for _, predicate, value in statements if predicate == _COMMUNE}


def _left_out(digest: Digest, record: str) -> Issue:
    message = say("it names no commune of the territory, and the source is wide: left out")
    origin = digest.origins[record]
    return Issue("outside-territory", message, "notice", origin.where, origin.key)
