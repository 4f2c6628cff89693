"""Numbers that are somebody's own (design, rule 14): the mobile telephone of a place.

The structured contact of an organisation is what it publishes to be reached, in a village often a
mobile number; so is that of a third place, which an organisation runs. The mobile number of any
other place is as often as not that of whoever keeps the key.
"""

from __future__ import annotations

import re
from collections import defaultdict

from harvester.glance import Statement
from harvester.linking.canonical import KINDS
from harvester.records import Issue
from store.changes import Lines
from vocab import EB, term
from vocab.messages import say

_TYPE = f"<{term('rdf:type')}>"
_TELEPHONE = f"<{term('schema:telephone')}>"
_MOBILE = re.compile(r'"(?:(?:\+|00)33|0)[\s().0-]*[67](?:[\s.-]*\d){8}"')
_REACHED = frozenset(
    {f"{EB}ThirdPlace", *(name for name, kind in KINDS.items() if kind == "organization")}
)


def without_mobiles(lines: Lines) -> Lines:
    """``lines`` without the mobile numbers of what is no organisation, and no third place."""
    numbers = [line for line in lines if _TELEPHONE in line]
    if not numbers:
        return lines
    types: defaultdict[str, set[str]] = defaultdict(set)
    for subject, predicate, value in map(Statement.of, lines):
        if predicate == _TYPE:
            types[subject].add(value[1:-1])
    return lines - {
        line
        for line, said in ((line, Statement.of(line)) for line in numbers)
        if said.predicate == _TELEPHONE
        and _MOBILE.match(said.object)
        and _REACHED.isdisjoint(types[said.subject])
    }


def withheld(where: str, key: tuple[str, ...]) -> Issue:
    """The issue for a number that was left out."""
    message = say(
        "a mobile number of a place was left out, as it may be somebody’s own — give the number "
        'of the organisation, or write contacts = "publish" in this source if it agreed'
    )
    return Issue("mobile-withheld", message, "notice", where, key)
