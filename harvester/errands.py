"""What to ask of a source, from what is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from harvester.fetch import Validators
from harvester.fetch.pages import BY_LINKS
from harvester.joining import Other, joined_ids
from harvester.means import Means
from harvester.records import ReadOptions, Window
from harvester.sources import Source
from harvester.visits import Errand, contents_of
from mappings import Platform
from store.standing import SourceState
from vocab import fingerprint as vocabulary_fingerprint

PAGES_OF_A_SITE = frozenset({"html"})
"""Readers of what was not made for programs: robots.txt binds them whole (design, rule 13)."""


def errand_for(
    source: Source, before: SourceState, means: Means, now: datetime, *, held: bool
) -> Errand:
    """What to ask of ``source``.

    Only what can be told from its last good answer is asked conditionally: when the way of
    reading it has changed, that answer must have been kept to be read again.

    Args:
        source: its block.
        before: what is known of it.
        means: what the run works with.
        now: when it begins.
        held: whether the store knows the source; it may be newer than the state, or another.

    Raises:
        MappingError: when its mapping cannot be used.
    """
    platform = means.platform_of(source)
    window = window_at(now)
    others = tuple(_others(source, platform, means, window))
    fingerprint = _fingerprint(source, platform, means, window, others)
    again = not held or before.fingerprint != fingerprint
    lost = again and not means.captures.holds(source.id, before.content_hash)
    fresh = means.force or means.replay or not held or lost
    return Errand(
        source=source,
        address=means.resolve(source.url),
        base=means.iris.base,
        options=options_for(source, platform, means.timezone, window),
        fingerprint=fingerprint,
        validators=None
        if fresh
        else Validators(before.etag, before.last_modified, before.content_hash),
        paging=platform.paging or (BY_LINKS if source.most_pages else ()),
        robots="strict" if platform.reader in PAGES_OF_A_SITE else source.robots,
        again=again,
        kept=before.content_hash,
        shown=means.watch.shown,
        read_at=before.good_at,
        others=others,
    )


def _others(source: Source, platform: Platform, means: Means, window: Window) -> Iterator[Other]:
    """The sources that the mapping joins, as far as something of them is kept."""
    for name in joined_ids(platform.mapping, str(source.mapping)):
        other = means.sources.get(name)
        kept = means.state.get(name).content_hash
        if other and (capture := means.captures.get(name, kept)):
            kind = means.platform_of(other)
            options = options_for(other, kind, means.timezone, window)
            yield Other(other, options, contents_of(capture), kept)


def options_for(source: Source, platform: Platform, timezone: str, window: Window) -> ReadOptions:
    """How the bytes of ``source`` are read: what its block says, else what its platform says."""
    return ReadOptions(
        window=window,
        timezone=timezone,
        iterator=source.iterator or platform.iterator,
        key=source.key or platform.key,
        delimiter=source.delimiter,
        encoding=source.encoding,
        graph=source.graph,
    )


def window_at(now: datetime) -> Window:
    """The span in which recurring events are expanded, one month back and twelve ahead.

    It moves by whole months, so that it is the same all month long and an unchanged
    calendar stays unchanged.
    """
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    index = month.year * 12 + month.month - 1

    def shifted(months: int) -> datetime:
        year, zero_month = divmod(index + months, 12)
        return month.replace(year=year, month=zero_month + 1)

    return Window(shifted(-1), shifted(13))


def _fingerprint(
    source: Source, platform: Platform, means: Means, window: Window, others: tuple[Other, ...]
) -> str:
    """What besides the bytes decides the result: when it changes, they are read again."""
    told = (
        source.model_dump_json(),
        platform.fingerprint,
        vocabulary_fingerprint(),
        means.iris.base,
        means.timezone,
        str(means.share_alike),
        *sorted(means.area.codes),
        str(means.area.border),
        means.area.atlas.digest,
        means.locator.service if means.locator else "",
        means.version,
        window.start.isoformat(),
        *(f"{other.source.id} {other.content_hash}" for other in others),
    )
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
