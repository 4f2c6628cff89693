"""When a source is due, from what is known of it: values, no clock, no timer.

A source that was read well is due again after ``every``; one that failed is asked ever less
often, and for ever: never less than once a day, or once in ``every`` when that is longer. One
whose publisher says how long its answer holds is not asked before; one that is gone for good
(410) is not asked again by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from http import HTTPStatus

from harvester.fetch.values import Fetched
from harvester.sources.values import Source
from store.standing import SourceState

PATIENCE = timedelta(days=1)
"""A source that fails is asked at least this often, or in its own rhythm when that is slower."""

SILENCE = timedelta(days=7)
"""How long a Retry-After is obeyed: a mistaken one must not lose a source for years."""

_SPREAD = 20  # the jitter is at most this part of ``every``
_WIDEST = timedelta(minutes=10)
_INSTANT = timedelta(microseconds=1)
_DOUBLINGS = 20  # more of them change nothing: the shortest ``every`` is five minutes


def block_of(source: Source) -> str:
    """A digest of what the operator wrote of a source; another one when a word of it changes."""
    return hashlib.sha256(source.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16]


def due_at(source: Source, state: SourceState, now: datetime) -> datetime | None:
    """When ``source`` is to be asked again; None when its address is gone for good.

    That is at once when it was never asked, when its block was edited since, and when the
    last run lies ahead of ``now``, since the clock was wrong then. A server's Retry-After (RFC
    9110, section 10.2.3) is obeyed in any case but the first, and how long its answer holds
    (RFC 9111, section 5) in none of these, both for at most ``SILENCE``. The hours of ``cron``
    are those of the time zone of ``now``.
    """
    edited = state.block not in {"", block_of(source)}
    if state.gone_at and not edited:
        return None
    if state.checked_at is None or state.checked_at > now:
        return now
    latest = state.checked_at + SILENCE
    times = [state.checked_at if edited else _next_visit(source, state, now.tzinfo)]
    if state.fresh_until and not edited:
        times.append(min(state.fresh_until, latest))
    if state.not_before:
        times.append(min(state.not_before, latest))
    return max(times)


def fresh_until(before: SourceState, fetched: Fetched, now: datetime) -> datetime | None:
    """Until when the publisher says that its answer holds; None when it does not say.

    An answer "not modified" (304) need not repeat it (RFC 9111, section 3.2), and has no content
    in which a feed would: what the last full answer said holds again, as long as it did then.
    """
    told = fetched.fresh_until
    bare = fetched.status == HTTPStatus.NOT_MODIFIED and told is None
    if not bare or before.fresh_until is None or before.checked_at is None:
        return told
    again = before.fresh_until - before.checked_at
    return now + again if again > timedelta(0) else None


def due(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> tuple[Source, ...]:
    """The enabled sources to read now, the one that has waited longest first."""
    times = _times(sources, states, now)
    return tuple(source for time, source in sorted(times, key=_by_time) if time <= now)


def next_due(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> datetime | None:
    """When the first enabled source is due; None when none is."""
    return min((time for time, _ in _times(sources, states, now)), default=None)


def _times(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> list[tuple[datetime, Source]]:
    timed = (
        (due_at(source, states.get(source.id, SourceState(source.id)), now), source)
        for source in sources
        if source.enabled
    )
    return [(time, source) for time, source in timed if time is not None]


def _by_time(timed: tuple[datetime, Source]) -> datetime:
    return timed[0]


def _next_visit(source: Source, state: SourceState, zone: tzinfo | None) -> datetime:
    """When the source is visited after the last run, whatever its server says."""
    assert state.checked_at is not None  # noqa: S101  # as due_at has seen
    if not source.cron:
        return state.checked_at + _pause(source, state.failures)
    from harvester.crontab import trigger_of  # noqa: PLC0415  # as in the rule

    rested = state.checked_at + (_pause(source, state.failures) if state.failures > 1 else _INSTANT)
    found: datetime | None
    found = trigger_of(source.cron, zone).get_next_fire_time(None, rested)
    return found or rested + PATIENCE  # a rule is refused that names no time at all


def _pause(source: Source, failures: int) -> timedelta:
    """How long a source is left alone: ``every``, doubled with each failure but the first."""
    doubled = source.every * (1 << min(max(failures - 1, 0), _DOUBLINGS))
    return min(doubled, max(source.every, PATIENCE)) + _jitter(source)


def _jitter(source: Source) -> timedelta:
    """What spreads sources of one rhythm: always the same for one, another for the next."""
    part = int.from_bytes(hashlib.sha256(source.id.encode()).digest()[:4]) / 2**32
    return min(source.every / _SPREAD, _WIDEST) * part
