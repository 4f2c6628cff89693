"""When a source is due, from what is known of it: values, no clock, no timer.

A source that was read well is due again after ``every``; one that failed is asked ever less
often, and for ever: never less than once a day, or once in ``every`` when that is longer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from harvester.source_values import Source
from store.state import SourceState

PATIENCE = timedelta(days=1)
"""A source that fails is asked at least this often, or in its own rhythm when that is slower."""

SILENCE = timedelta(days=7)
"""How long a Retry-After is obeyed: a mistaken one must not lose a source for years."""

_SPREAD = 20  # the jitter is at most this part of ``every``
_WIDEST = timedelta(minutes=10)
_DOUBLINGS = 20  # more of them change nothing: the shortest ``every`` is five minutes


def block_of(source: Source) -> str:
    """A digest of what the operator wrote of a source; another one when a word of it changes."""
    return hashlib.sha256(source.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16]


def due_at(source: Source, state: SourceState, now: datetime) -> datetime:
    """When ``source`` is to be asked again.

    That is at once when it was never asked, when its block was edited since, and when the
    last run lies ahead of ``now``, since the clock was wrong then. A server's Retry-After (RFC
    9110, section 10.2.3) is obeyed in any case but the first, for at most ``SILENCE``.
    """
    if state.checked_at is None or state.checked_at > now:
        return now
    edited = state.block not in {"", block_of(source)}
    wanted = state.checked_at if edited else state.checked_at + _pause(source, state.failures)
    if state.not_before is None:
        return wanted
    return max(wanted, min(state.not_before, state.checked_at + SILENCE))


def due(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> tuple[Source, ...]:
    """The enabled sources to read now, the one that has waited longest first."""
    times = _times(sources, states, now)
    return tuple(source for time, source in sorted(times, key=_by_time) if time <= now)


def next_due(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> datetime | None:
    """When the first enabled source is due; None when there is none."""
    return min((time for time, _ in _times(sources, states, now)), default=None)


def _times(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> list[tuple[datetime, Source]]:
    return [
        (due_at(source, states.get(source.id, SourceState(source.id)), now), source)
        for source in sources
        if source.enabled
    ]


def _by_time(timed: tuple[datetime, Source]) -> datetime:
    return timed[0]


def _pause(source: Source, failures: int) -> timedelta:
    """How long a source is left alone: ``every``, doubled with each failure but the first."""
    doubled = source.every * (1 << min(max(failures - 1, 0), _DOUBLINGS))
    return min(doubled, max(source.every, PATIENCE)) + _jitter(source)


def _jitter(source: Source) -> timedelta:
    """What spreads sources of one rhythm: always the same for one, another for the next."""
    part = int.from_bytes(hashlib.sha256(source.id.encode()).digest()[:4]) / 2**32
    return min(source.every / _SPREAD, _WIDEST) * part
