"""What SHACL cannot say, or says wrongly: orders of dates, today, check digits, the territory.

pySHACL's ``sh:lessThanOrEquals`` finds nothing wrong with an event that ends, as an
``xsd:dateTime``, before the ``xsd:date`` on which it starts, nor with a pair of which one has
no offset. So dates are compared here: both ends of the same kind, both with an offset, or the
pair is a violation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pyoxigraph import Literal, NamedNode, Triple

from vocab import term
from vocab.facts import Facts, Node
from vocab.messages import Message, say
from vocab.shapes import Finding, Severity, Shapes, shapes
from vocab.territory.points import Box, Point

LONG = timedelta(days=60)
ENDLESS = timedelta(days=400)
OLDEST = 2000
YEARS_AHEAD = 5
EPOCH_YEAR = 1970
_LA_POSTE = "356000000"
_SIRET_DIGITS = 14
_BIG_DIGIT = 9

_START, _END = NamedNode(term("schema:startDate")), NamedNode(term("schema:endDate"))


@dataclass(frozen=True, slots=True)
class _Context:
    facts: Facts
    now: datetime
    box: Box | None


def check(
    triples: Iterable[Triple],
    now: datetime,
    box: Box | None = None,
    among: Shapes | None = None,
) -> list[Finding]:
    """Everything that is not as it must be in ``triples``.

    The statements must hold whole records, and the series of the dates among them. The
    finding's focus may be a part of a record (its place, its schedule).

    Args:
        triples: what is to be published, of one source or of one record.
        now: the moment of the run, aware.
        box: the territory with its border; places are not judged by where they are without it.
        among: other shapes than those of the vocabulary, for tests.
    """
    context = _Context(Facts(triples), now, box)
    found = list((among or shapes()).findings(context.facts))
    for one in _CHECKS:
        found += one(context)
    return found


def _order(context: _Context) -> Iterator[Finding]:
    for subject in context.facts.subjects(_END):
        start = _moment(context.facts.value(subject, _START))
        end = _moment(context.facts.value(subject, _END))
        if start is None or end is None:
            continue  # the shape has said so
        if isinstance(start, datetime) != isinstance(end, datetime):
            yield _found(
                subject,
                "date-mixed",
                "violation",
                say("it starts on a day and ends at a time, or the reverse — give both alike"),
            )
        elif _naive(start) or _naive(end):
            continue  # the shape has said so
        elif end < start:
            yield _found(
                subject,
                "date-order",
                "violation",
                say("it ends ({end}) before it starts ({start})", end=str(end), start=str(start)),
            )
        else:
            yield from _length(context, subject, end - start)


def _length(context: _Context, subject: Node, length: timedelta) -> Iterator[Finding]:
    if NamedNode(term("schema:Event")) not in context.facts.values(subject, _TYPE):
        return
    if length > LONG:
        yield _found(
            subject,
            "event-length",
            "violation" if length > ENDLESS else "warning",
            say("it lasts {days} days — is it several events?", days=length.days),
        )


def _years(context: _Context) -> Iterator[Finding]:
    for subject in context.facts.instances(NamedNode(term("schema:Event"))):
        start = _moment(context.facts.value(subject, _START))
        if start is None or OLDEST <= start.year <= context.now.year + YEARS_AHEAD:
            continue
        yield _found(
            subject,
            "event-year",
            "violation" if start.year == EPOCH_YEAR else "warning",
            say("it starts in {year} — is the date right?", year=start.year),
        )


def _modified(context: _Context) -> Iterator[Finding]:
    for curie, severity in _MODIFIED:
        predicate = NamedNode(term(curie))
        for subject in context.facts.subjects(predicate):
            moment = _moment(context.facts.value(subject, predicate))
            if moment and not (moment.year >= OLDEST and _day(moment) <= _day(context.now)):
                yield _found(
                    subject,
                    "date-modified",
                    severity,
                    say("it says it was modified on {day}", day=_day(moment).isoformat()),
                )


def _nameless(context: _Context) -> Iterator[Finding]:
    """Records that nobody could be shown; parts of records (a place, an address) need no name."""
    for subject in context.facts.instances(NamedNode(term("eb:SourceRecord"))):
        if not any(context.facts.values(subject, name) for name in _NAMES):
            yield _found(
                subject,
                "record-nameless",
                "violation",
                say(
                    "the record has no name and cannot be shown — give it a title in the source,"
                    " or a schema:name in the mapping"
                ),
            )


def _sirets(context: _Context) -> Iterator[Finding]:
    for subject in context.facts.instances(NamedNode(term("schema:PropertyValue"))):
        kind = context.facts.value(subject, NamedNode(term("schema:propertyID")))
        number = context.facts.value(subject, NamedNode(term("schema:value")))
        if (
            isinstance(kind, Literal)
            and isinstance(number, Literal)
            and kind.value == "SIRET"
            and len(number.value) == _SIRET_DIGITS
            and number.value.isdecimal()
            and not is_siret(number.value)
        ):
            yield _found(
                subject,
                "siret-digits",
                "violation",
                say("{number} is no SIRET: its check digit is wrong", number=number.value),
            )


def _points(context: _Context) -> Iterator[Finding]:
    if context.box is None:
        return
    for subject in context.facts.instances(NamedNode(term("schema:GeoCoordinates"))):
        latitude = _degrees(context.facts.value(subject, NamedNode(term("schema:latitude"))))
        longitude = _degrees(context.facts.value(subject, NamedNode(term("schema:longitude"))))
        if latitude is None or longitude is None or context.box.holds(Point(latitude, longitude)):
            continue
        yield _found(
            subject,
            "place-outside",
            "warning",
            say("the point {lat}, {lon} is outside the territory", lat=latitude, lon=longitude),
        )


def is_siret(number: str) -> bool:
    """Whether fourteen digits are a SIRET: the Luhn sum, or La Poste's own rule (INSEE)."""
    digits = [int(char) for char in number]
    if number.startswith(_LA_POSTE) and sum(digits) % 5 == 0:
        return True
    doubled = [2 * digit for digit in digits[::2]]  # from the left: the length is even
    total = sum(digits[1::2]) + sum(
        digit - _BIG_DIGIT if digit > _BIG_DIGIT else digit for digit in doubled
    )
    return total % 10 == 0


_CHECKS: tuple[Callable[[_Context], Iterator[Finding]], ...] = (
    _order,
    _years,
    _modified,
    _nameless,
    _sirets,
    _points,
)
_MODIFIED: tuple[tuple[str, Severity], ...] = (
    ("schema:dateModified", "warning"),
    ("dcterms:modified", "violation"),
)
_TYPE = NamedNode(term("rdf:type"))
_NAMES = tuple(NamedNode(term(f"schema:{name}")) for name in ("name", "headline"))


def _found(subject: Node, code: str, severity: Severity, message: Message) -> Finding:
    return Finding(str(subject).strip("<>"), code, severity, message)


def _moment(value: Node | None) -> date | datetime | None:
    """A date literal as a value, None for anything else or an impossible date."""
    if not isinstance(value, Literal):
        return None
    read = {term("xsd:date"): date.fromisoformat, term("xsd:dateTime"): datetime.fromisoformat}
    try:
        return read[value.datatype.value](value.value)
    except (KeyError, ValueError):
        return None


def _naive(moment: date | datetime) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is None


def _day(moment: date | datetime) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _degrees(value: Node | None) -> float | None:
    try:
        return float(value.value) if isinstance(value, Literal) else None
    except ValueError:
        return None
