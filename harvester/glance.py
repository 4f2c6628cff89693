"""The few facts that decisions need, read off the stored form of a record.

Both sides of a comparison, what is stored and what was just read, are the same N-Triples
statements, so they are looked at in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from store.changes import Lines
from vocab import term

_TYPE = f"<{term('rdf:type')}>"
_NAME = f"<{term('schema:name')}>"
_HEADLINE = f"<{term('schema:headline')}>"
_START = f"<{term('schema:startDate')}>"
_END = f"<{term('schema:endDate')}>"
_URL = f"<{term('schema:url')}>"
_SERIES = f"<{term('schema:superEvent')}>"
_WITHDRAWN = f"<{term('prov:invalidatedAtTime')}>"

EVENT_SERIES = term("schema:EventSeries")
_LOOKED_AT = frozenset({_NAME, _HEADLINE, _START, _END, _URL, _SERIES, _WITHDRAWN})
_LAST = "\U0010ffff"  # after every text: of several values the first in order counts


class Statement(NamedTuple):
    """One N-Triples statement, its terms as they are written."""

    subject: str
    predicate: str
    object: str

    @classmethod
    def of(cls, line: str) -> Statement:
        """Split a line as the store writes it: single spaces, ``" ."`` at the end."""
        subject, predicate, rest = line.split(" ", 2)
        return cls(subject, predicate, rest[:-2])

    def line(self) -> str:
        """The statement written again."""
        return f"{self.subject} {self.predicate} {self.object} ."


NaturalKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Glance:
    """What a record is about. Values are lexical forms; "" where the record says nothing.

    ``withdrawn`` tells that its source no longer gives it, for long enough to hide it.
    """

    types: frozenset[str]
    name: str
    start: str
    end: str
    url: str
    series: str
    withdrawn: bool = False

    @property
    def natural_key(self) -> NaturalKey | None:
        """What identifies the thing when its publisher renews every id (design, rule 6).

        A dated thing is its name and start; another one its page and name; None when the
        record says too little. A series and its first date are told apart.
        """
        if self.name and self.start:
            kind = "series" if self.is_series else "date" if self.series else "event"
            return (kind, self.name, self.start)
        if self.url and self.name:
            return ("page", self.name, self.url)
        return None

    @property
    def is_series(self) -> bool:
        """Whether it is a series, which begins with its first date and lasts until its end."""
        return EVENT_SERIES in self.types

    def is_past(self, now: datetime) -> bool:
        """Whether the thing was over at ``now``; a thing without date never is."""
        last = self.end or ("" if self.is_series else self.start)
        return bool(last) and _end_of(last) < now


def glance(record: str, lines: Lines) -> Glance:
    """Look at the statements about ``record`` itself, not at those about its parts."""
    subject = f"<{record}> "
    types: set[str] = set()
    found: dict[str, str] = {}
    for line in lines:
        if not line.startswith(subject):
            continue
        _, predicate, value = Statement.of(line)
        if predicate == _TYPE:
            types.add(value[1:-1])
        elif predicate in _LOOKED_AT:
            found[predicate] = min(lexical(value), found.get(predicate, _LAST))
    return Glance(
        types=frozenset(types),
        name=found.get(_NAME, found.get(_HEADLINE, "")),
        start=found.get(_START, ""),
        end=found.get(_END, ""),
        url=found.get(_URL, ""),
        series=found.get(_SERIES, ""),
        withdrawn=_WITHDRAWN in found,
    )


def lexical(written: str) -> str:
    """The value inside an N-Triples term: the IRI, or the literal without its type."""
    if written.startswith("<"):
        return written[1:-1]
    return written[1 : written.rindex('"')]


def without(parts: AbstractSet[str], lines: Lines) -> Lines:
    """``lines`` without the statements about ``parts`` (terms) and those that lead to them."""
    if not parts:
        return lines
    return frozenset(
        line
        for line in lines
        if (said := Statement.of(line)).subject not in parts and said.object not in parts
    )


def by_record(lines: Iterable[str], record_of: Callable[[str], str | None]) -> dict[str, Lines]:
    """Group the statements of a source graph by record; ``record_of`` is ``Iris.record_of``."""
    groups: dict[str, set[str]] = {}
    owners: dict[str, str | None] = {}
    for line in lines:
        subject = line.split(" ", 1)[0]
        if subject not in owners:
            owners[subject] = record_of(subject[1:-1])
        if owner := owners[subject]:
            groups.setdefault(owner, set()).add(line)
    return {record: frozenset(group) for record, group in groups.items()}


def _end_of(lexical_form: str) -> datetime:
    """The instant after which ``lexical_form``, an xsd:date or xsd:dateTime, is over.

    A whole day ends with the day, wherever on Earth: the latest reading is taken. A value
    that is no date never ends, so that nothing is dropped on its account.
    """
    try:
        if "T" in lexical_form:
            moment = datetime.fromisoformat(lexical_form)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        day = date.fromisoformat(lexical_form[:10])
        return datetime.combine(day, time.min, UTC) + timedelta(days=1, hours=12)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)
