"""Records that say where they are in words get the position that an address service knows.

A position of this kind is the service's word and not the source's: its node is attributed to the
service (``prov:wasAttributedTo``) and tells how precise it is (``dcterms:type``: housenumber,
street or locality). So is the commune of a position, which is told by the service as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from harvester.digest import Digest
from harvester.glance import Statement
from harvester.records import Issue
from harvester.whereabouts.locator import Locator, Pending
from harvester.whereabouts.said import (
    COMMUNE,
    GEO,
    LATITUDE,
    LOCATION,
    LONGITUDE,
    PLACE,
    TYPE,
    Address,
    Said,
)
from harvester.whereabouts.service import Found, Question
from store.changes import Lines
from vocab import term
from vocab.iris import Iris

_ATTRIBUTED, _KIND = f"<{term('prov:wasAttributedTo')}>", f"<{term('dcterms:type')}>"
_COORDINATES, _DECIMAL = f"<{term('schema:GeoCoordinates')}>", f"<{term('xsd:decimal')}>"
_NODE, _WHERE = "#geocoded", "#whereabouts"
_TRIES = 2  # addresses of one record

NOT_LOOKED_UP = "not-looked-up"
"""The code of the Issue of a record whose place is still to be looked up."""


def located(digest: Digest, locator: Locator, iris: Iris, known: Mapping[str, Lines]) -> Digest:
    """``digest`` with the positions of its addresses, and the communes of its positions.

    What the source says itself stays as it is. A record whose place cannot be looked up now is
    told with a notice, and keeps what was found for the same words, as told by ``known``.
    """
    records = dict(digest.records)
    issues: list[Issue] = []
    for record, lines in sorted(digest.records.items()):
        said = Said.of(record, lines, iris)
        try:
            records[record] = lines | _added(said, locator)
        except Pending as pending:
            origin = digest.origins[record]
            issue = Issue(NOT_LOOKED_UP, pending.message, "notice", origin.where, origin.key)
            issues.append(issue)
            records[record] = lines | _found_before(said, known.get(record, frozenset()))
    return replace(digest, records=records, issues=digest.issues + tuple(issues))


def _added(said: Said, locator: Locator) -> Lines:
    """What the service knows of a record, in the form in which it is stored."""
    positions = said.positions
    if positions:
        return frozenset() if said.communes else _commune_at(said, locator)
    for address in islice(filter(_can_be_asked, said.addresses), _TRIES):
        question = Question(address.text, address.postcode, address.commune)
        if answer := locator(question):
            return frozenset(_position(said, address, answer, locator.service))
    return frozenset()


def _found_before(said: Said, lines: Lines) -> Lines:
    """What the service once told of a record that says the same now as it did then."""
    before = Said.of(said.record[1:-1], lines, said.iris)
    if list(before.addresses) != list(said.addresses):
        return frozenset()
    if said.positions:
        same = [each.point for each in before.positions] == [each.point for each in said.positions]
        commune = f"{said.record} {COMMUNE} "
        return frozenset(line for line in lines if same and line.startswith(commune))
    found = {f"{said.record[:-1]}{part}>" for part in (_NODE, _WHERE)}
    return frozenset(line for line in lines if not found.isdisjoint(Statement.of(line)[::2]))


def _can_be_asked(address: Address) -> bool:
    """Whether an address names its commune, and a place in it: words alone are found anywhere."""
    named = bool(address.commune or address.postcode)
    return named and any(word.isalpha() for word in address.text.split())


def _commune_at(said: Said, locator: Locator) -> Lines:
    answer = locator(Question(at=said.positions[0].point))
    if answer is None:
        return frozenset()
    commune = said.iris.commune(answer.commune)
    return frozenset({f"{said.record} {COMMUNE} <{commune}> ."})


def _position(said: Said, address: Address, answer: Found, service: str) -> Iterator[str]:
    """The coordinates of a place; those of an organisation are of a place where it is."""
    node, place = f"{said.record[:-1]}{_NODE}>", address.owner
    if PLACE not in said.subjects[place].get(TYPE, ()):
        place = f"{said.record[:-1]}{_WHERE}>"
        yield f"{address.owner} {LOCATION} {place} ."
        yield f"{place} {TYPE} {PLACE} ."
    yield f"{place} {GEO} {node} ."
    yield f"{node} {TYPE} {_COORDINATES} ."
    for predicate, degrees in zip((LATITUDE, LONGITUDE), answer.point, strict=True):
        yield f'{node} {predicate} "{_decimal(degrees)}"^^{_DECIMAL} .'
    yield f"{node} {_ATTRIBUTED} <{service}> ."
    yield f'{node} {_KIND} "{answer.kind}" .'


def _decimal(degrees: float) -> str:
    """Degrees to 6 decimals, as the store gives an xsd:decimal back."""
    return f"{degrees:.6f}".rstrip("0").rstrip(".")
