"""What was read of a source → what of it may be published, with the last good version of the rest.

The order matters: what is of another territory is not looked up, and what the shapes refuse, or
nobody could read, stays as the store has it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from harvester.check import checked
from harvester.decide import Known
from harvester.digest import Digest
from harvester.keep import with_unreadable
from harvester.means import Means
from harvester.sources import Source
from harvester.whereabouts.judging import judged
from harvester.whereabouts.locating import located
from harvester.whereabouts.scope import within


def fitted(digest: Digest, source: Source, known: Known, means: Means, now: datetime) -> Digest:
    """``digest`` as far as it may be published, where each record says it is.

    Args:
        digest: what was read, without what was taken down.
        source: the block.
        known: what the store holds of the source.
        means: of the run.
        now: aware.
    """
    dropping = means.replay and means.accept  # what the mapping no longer makes is meant to go
    digest = with_unreadable(
        _placed(digest, source, known, means),
        known.records,
        record_namer(source, means),
        silence=dropping,
    )
    return checked(
        digest,
        {} if dropping else known.records,
        means.iris.record_of,
        now,
        contacts_allowed=source.contacts == "publish",
        box=means.area.box,
    )


def _placed(digest: Digest, source: Source, known: Known, means: Means) -> Digest:
    """What is of the territory, each record where it says it is."""
    if source.scope == "wide":
        digest = within(digest, means.area, means.iris)
    digest = judged(digest, means.area.atlas, means.iris)
    if means.locator is None:
        return digest
    return located(digest, means.locator, means.iris, known.records)


def record_namer(source: Source, means: Means) -> Callable[[tuple[str, ...]], str]:
    """Gives the record of an entry of ``source`` by its key."""
    return lambda key: means.iris.record(source.id, *key)
