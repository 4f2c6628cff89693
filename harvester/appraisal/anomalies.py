"""What does not look right in a source, though it could be read. Pure.

Two kinds of signs: in its records, beside those of before (hours that all moved, doubles,
events in the middle of the night), and in the history of its runs (a number that dropped, a
silence longer than its habit). Each is a value with a sentence and what helps; none changes
what is published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median

from harvester.appraisal.quality import Looks, moment_of
from harvester.glance import Glance, glance
from store.appraisals import Remark
from store.changes import Lines
from store.standing import PastRun
from vocab.messages import Message, say

ENOUGH = 3
"""Records that must agree before something is more than chance."""

_SHIFTED = "time-shifted"
_SHIFTS = tuple(timedelta(hours=hours) for hours in (-2, -1, 1, 2))
_DAY = timedelta(days=1)
_NIGHT = (timedelta(minutes=30), timedelta(hours=5))  # after midnight, local time
_EDGES = frozenset({22, 23, 0, 1, 2})  # where a whole day begins whose zone was lost
_LEAST_SILENCE = timedelta(days=14)
_PATIENT = 4  # times the usual gap
_LAST = 5  # good runs that make the habit of a source
_FROM = 10  # records from which a drop means something


def in_records(
    found: Looks,
    records: Mapping[str, Lines],
    before: Mapping[str, Lines],
    now: datetime,
    zone: tzinfo,
) -> tuple[Remark, ...]:
    """What does not look right in a source.

    Args:
        found: what is judged of its records.
        records: the records themselves.
        before: the records that were known.
        now: the present: what is over is not looked at.
        zone: that of the node, by which nights are told.
    """
    ahead = {
        iri: look.seen
        for iri, look in found.items()
        if not look.seen.is_series and not look.seen.is_past(now)
    }
    known = {
        iri: seen if records[iri] == before[iri] else glance(iri, before[iri])
        for iri, seen in ahead.items()
        if iri in before
    }
    signs = (
        (_SHIFTED, _shifted(ahead, known)),
        ("duplicates", _duplicates(ahead)),
        ("days-shifted", _whole_days(ahead, zone)),
        ("at-night", _at_night(ahead, zone)),
    )
    return tuple(Remark("anomaly", code, found[0], found[1], now) for code, found in signs if found)


def in_history(runs: Sequence[PastRun], now: datetime) -> tuple[Remark, ...]:
    """What does not look right in the past ``runs`` of a source, the oldest first."""
    good = [run for run in runs if run.outcome != "failed"]
    signs = (("silent", _silent(good, now)), ("drop", _drop(good)))
    return tuple(
        Remark("anomaly", code, message, remedy, since)
        for code, found in signs
        if found
        for message, remedy, since in [found]
    )


_Sign = tuple[Message, Message] | None
_Dated = tuple[Message, Message, datetime] | None


def _shifted(ahead: Mapping[str, Glance], known: Mapping[str, Glance]) -> _Sign:
    """Most hours moved by the same hour or two: the clock of the publisher, not the events."""
    moves: Counter[timedelta] = Counter()
    for iri, seen in known.items():
        old, new = moment_of(seen.start), moment_of(ahead[iri].start)
        if old and new and "T" in seen.start:
            moves[new - old] += 1
    shift = next((each for each in _SHIFTS if _most(moves[each], moves.total())), None)
    if shift is None:
        return None
    hours = round(shift / timedelta(hours=1))
    return (
        say(
            "{count} of {total} events moved by {hours} h at once",
            count=moves[shift],
            total=moves.total(),
            hours=f"{hours:+d}".replace("-", "−"),
        ),
        say(
            "compare one of them with the publisher's page; if the page says another hour, the "
            "time zone of their calendar is wrong: tell them"
        ),
    )


def _duplicates(ahead: Mapping[str, Glance]) -> _Sign:
    """The same thing several times, under different ids."""
    same: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for seen in ahead.values():
        if key := seen.natural_key:
            same[key] += 1
    extra = {key: count for key, count in same.items() if count > 1}
    spare = sum(extra.values()) - len(extra)
    if spare < ENOUGH:
        return None
    (_, name, _), times = max(extra.items(), key=lambda item: (item[1], item[0]))
    return (
        say(
            "{count} entries are there more than once, like “{name}”, {times} times",
            count=spare,
            name=name,
            times=times,
        ),
        say(
            "look whether the publisher imported their calendar twice; they are published once "
            "for each id that the source gives"
        ),
    )


def _whole_days(ahead: Mapping[str, Glance], zone: tzinfo) -> _Sign:
    """Whole days written as hours of another zone: they begin at 22 h and last 24 h."""
    timed = [pair for seen in ahead.values() if (pair := _span(seen, zone))]
    odd = [
        start
        for start, length in timed
        if length >= _DAY
        and not length % _DAY
        and start.hour in _EDGES
        and not (start.minute or start.second)
    ]
    if len(odd) < ENOUGH:
        return None
    return (
        say(
            "{count} events begin at {hour} h and last whole days exactly",
            count=len(odd),
            hour=Counter(start.hour for start in odd).most_common(1)[0][0],
        ),
        say(
            "they are most likely whole days: ask the publisher to mark them so, or to set the "
            "time zone of their calendar to Europe/Paris"
        ),
    )


def _at_night(ahead: Mapping[str, Glance], zone: tzinfo) -> _Sign:
    """Many events that begin when everybody sleeps."""
    starts = [span[0] for seen in ahead.values() if (span := _span(seen, zone))]
    night = [
        start
        for start in starts
        if _NIGHT[0]
        <= timedelta(hours=start.hour, minutes=start.minute, seconds=start.second)
        < _NIGHT[1]
    ]
    if not _most(len(night), len(starts)):
        return None
    return (
        say("{count} of {total} events begin at night", count=len(night), total=len(starts)),
        say(
            "compare one of them with the publisher's page; if the page says another hour, the "
            "time zone of their calendar is wrong: tell them"
        ),
    )


def _silent(good: Sequence[PastRun], now: datetime) -> _Dated:
    """Nothing new for much longer than the source's own habit."""
    news = [run.at for run in good if run.added or run.changed]
    gaps = [later - earlier for earlier, later in pairwise(news)]
    if len(gaps) < ENOUGH:
        return None
    usual = max(timedelta(seconds=median(gap.total_seconds() for gap in gaps)), _DAY)
    quiet = now - news[-1]
    if quiet < max(_LEAST_SILENCE, _PATIENT * usual):
        return None
    return (
        say(
            "nothing new for {days} days, where something came every {usual} days",
            days=quiet.days,
            usual=max(1, round(usual / _DAY)),
        ),
        say(
            "look at the publisher's site: if it tells news that are not here, the feed has "
            "another address by now, or is no longer fed"
        ),
        news[-1],
    )


def _drop(good: Sequence[PastRun]) -> _Dated:
    """Under half of the usual number of records."""
    habit = [run.records for run in good[-_LAST - 1 : -1]]
    if len(habit) < ENOUGH:
        return None
    last = good[-1]
    usual = round(median(habit))
    if usual < _FROM or 2 * last.records >= usual:
        return None
    return (
        say("{records} entries, where there were {usual}", records=last.records, usual=usual),
        say(
            "look at the source: a filter or a page limit may have been set; nothing that is "
            "to come was removed without the usual delay"
        ),
        last.at,
    )


def _span(seen: Glance, zone: tzinfo) -> tuple[datetime, timedelta] | None:
    """When a timed thing begins, in ``zone``, and how long it lasts; None without an hour."""
    start = moment_of(seen.start) if "T" in seen.start else None
    if start is None:
        return None
    end = moment_of(seen.end)
    return start.astimezone(zone), (end - start) if end else timedelta()


def _most(count: int, total: int) -> bool:
    return count >= ENOUGH and 2 * count > total


def lasting(found: Sequence[Remark], before: Sequence[Remark], now: datetime) -> Iterator[Remark]:
    """``found``, each since when it was first noticed; and what was noticed once and still holds.

    Hours that moved are seen only by the run that meets them: they are told for two weeks more,
    unless they move back.
    """
    known = {remark.code: remark for remark in before}
    for remark in found:
        former = known.get(remark.code)
        if remark.code != _SHIFTED:
            yield replace(remark, since=former.since) if former else remark
        elif former is None or not _undoes(remark, former):
            yield remark
    shifted = known.get(_SHIFTED)
    fresh = any(remark.code == _SHIFTED for remark in found)
    if shifted and not fresh and now - shifted.since < _LEAST_SILENCE:
        yield shifted


def _undoes(remark: Remark, former: Remark) -> bool:
    """Whether hours moved back by as much as they had moved."""
    now, then = (str(each.message.values.get("hours", "")) for each in (remark, former))
    return now[1:] == then[1:] and now[:1] != then[:1]
