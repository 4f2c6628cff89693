"""How complete the data of a source is, in points with the reason for each one lost. Pure.

A record is judged by what its kind of thing needs to be of use: an event, its place; a place,
where it lies. What a source cannot help is not held against it: dates of a series say what
the series says, past events can no longer be mended, and texts that are withheld for want of a
licence are not missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from harvester.appraisal.needs import NEEDS, Kind
from harvester.glance import Glance, Statement, glance, lexical
from harvester.linking.canonical import KINDS, kind_of
from store.appraisals import Remark
from store.changes import Lines
from vocab import term
from vocab.messages import Message, say

_KINDS: Mapping[str, Kind] = {
    "event": "event",
    "series": "event",
    "place": "place",
    "organization": "organization",
    "service": "service",
    "article": "article",
}

WHOLE = 100
_REFUSED = 40  # points that a source loses when none of its entries can be used

_DATES = frozenset(
    f"<{term(name)}>"
    for name in ("schema:startDate", "schema:dateModified", "schema:datePublished")
)
_START = f"<{term('schema:startDate')}>"
_DATED = re.compile("Date>|/date")  # a hint that spares most lines a closer look


@dataclass(frozen=True, slots=True)
class Look:
    """What is judged of a record: what it is about, which properties it has, and its dates.

    ``dates`` are lexical forms: when it was published and changed, and when it starts, but not
    for what repeats itself: a rule of ten years ago still makes dates of next month.
    """

    seen: Glance
    says: AbstractSet[str]
    dates: tuple[str, ...]

    @property
    def kind(self) -> Kind | None:
        """The kind of thing it is judged as; None for a date of a series, which is not."""
        if self.seen.series:
            return None
        return _KINDS.get(KINDS.get(kind_of(self.seen) or "", ""))


Looks = Mapping[str, Look]
"""Record IRI → what is judged of it."""


def looks(records: Mapping[str, Lines]) -> Looks:
    """Look once at each record, given by its statements as N-Triples lines."""
    return {iri: _look(iri, lines) for iri, lines in records.items()}


def _look(iri: str, lines: Lines) -> Look:
    subject = f"<{iri}> "
    own = frozenset(line for line in lines if line.startswith(subject))
    seen = glance(iri, own)
    told = [Statement.of(line) for line in own if _DATED.search(line)]
    dates = {said.predicate: lexical(said.object) for said in told if said.predicate in _DATES}
    if seen.is_series or seen.series:
        dates.pop(_START, None)
    return Look(seen, {line.split(" ", 2)[1] for line in own}, tuple(dates.values()))


def assess(
    found: Looks, now: datetime, *, texts: bool, refused: int = 0
) -> tuple[int | None, tuple[Remark, ...]]:
    """The completeness of a source and what it lost points for, the greatest loss first.

    Args:
        found: the records of the source.
        now: the present; events that are over are not judged while others are to come.
        texts: whether the texts of the source may be published.
        refused: how many entries were left out, because nothing could be made of them.

    Returns:
        100 less the points of the penalties, never below 0; None when there is nothing to judge.
    """
    things = judged(found.values(), now)
    penalties = list(_refusals(refused, len(found), now))
    for kind, group in things.items():
        count = sum(map(len, things.values()))
        penalties += _lost(kind, group, count, now, texts=texts)
    if not things and not penalties:
        return None, ()
    penalties.sort(key=lambda remark: (-remark.points, remark.code))
    return max(0, WHOLE - sum(remark.points for remark in penalties)), tuple(penalties)


def newest(found: Looks) -> datetime | None:
    """The latest date that records tell of themselves: their start, publication, modification."""
    dates = {date for look in found.values() for date in look.dates}
    return max((moment for date in dates if (moment := moment_of(date))), default=None)


def moment_of(lexical_form: str) -> datetime | None:
    """An xsd:date, or an xsd:dateTime with its offset, as an instant; None for another value."""
    try:
        if "T" in lexical_form:
            moment = datetime.fromisoformat(lexical_form)
            return moment if moment.tzinfo else None
        return datetime.combine(date.fromisoformat(lexical_form[:10]), time.min, UTC)
    except ValueError:
        return None


def judged(found: Iterable[Look], now: datetime) -> dict[Kind, list[Look]]:
    """What is judged, by kind; no past events where others are to come."""
    things = [look for look in found if look.kind]
    ahead = [look for look in things if not look.seen.is_past(now)]
    groups: dict[Kind, list[Look]] = {}
    for look in ahead or things:
        if kind := look.kind:
            groups.setdefault(kind, []).append(look)
    return groups


def _lost(
    kind: Kind, things: list[Look], among: int, now: datetime, *, texts: bool
) -> list[Remark]:
    """The penalties of one kind of thing, which weighs as its share of all that is judged."""
    penalties = []
    for need in NEEDS:
        if need.kind != kind or (need.text and not texts):
            continue
        wanted, where = _written(need.properties), _written(need.where)
        missing = sum(
            not thing.says & wanted and (not where or bool(thing.says & where)) for thing in things
        )
        if missing:
            points = max(1, round(need.weight * missing / among))
            values = {"missing": missing, "total": len(things), "points": points}
            code = f"{kind}-{need.code}"
            message = Message(need.missing.text, values)
            penalties.append(Remark("penalty", code, message, need.remedy, now, points))
    return penalties


def _refusals(refused: int, kept: int, now: datetime) -> Iterable[Remark]:
    if refused:
        points = max(1, round(_REFUSED * refused / (refused + kept)))
        message = say(
            "{missing} of {total} entries were left out: −{points}",
            missing=refused,
            total=refused + kept,
            points=points,
        )
        remedy = say("mend what is said of each of them, with its line")
        yield Remark("penalty", "refused", message, remedy, now, points)


def _written(curies: Iterable[str]) -> frozenset[str]:
    return frozenset(f"<{term(curie)}>" for curie in curies)
