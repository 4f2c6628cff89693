"""Today's mapping on what sources said last: what it changes, before it is committed.

No source is asked. What is shown is weighed on what is published, with nothing written; what is
committed goes the way of every run, and only onto the very state that was shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harvester.means import Means, Weighed
from harvester.place import Place
from harvester.records import HarvestError
from harvester.report import Report
from harvester.seeing.differences import GraphDifference
from harvester.seeing.looking import watched
from harvester.seeing.preview import differences_of
from harvester.session import Session
from harvester.sources import Source
from store.generations import Generation, Generations
from vocab.messages import say


@dataclass(frozen=True, slots=True)
class Replayed:
    """What today's mapping makes of what a source said last.

    ``stuck`` are the records that stay as they are, since nothing of their entries can be used;
    ``missing`` those that come out of it no longer, under any name; ``renamed`` is how many took
    another one.
    """

    source: Source
    report: Report
    differences: tuple[GraphDifference, ...] = ()
    stuck: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    renamed: int = 0

    @property
    def changes(self) -> bool:
        """Whether there is something to commit."""
        return bool(self.differences)


class OutpacedError(HarvestError):
    """What is stored is no longer what the changes were shown on."""


def replayed(sources: Iterable[Source], means: Means) -> Iterator[Replayed]:
    """Read again what each of ``sources`` said last; ``means`` are those of ``looking``, replaying.

    Each as it comes; one whose last answer is not kept has failed, and says so.
    """
    for source, report, weighed in watched(sources, means):
        yield _told(source, report, weighed, means) if weighed else Replayed(source, report)


def _told(source: Source, report: Report, weighed: Weighed, means: Means) -> Replayed:
    decision = weighed.decision
    if decision is None:
        return Replayed(source, report, stuck=tuple(sorted(weighed.stuck)))
    kept = weighed.stuck & decision.records.keys()
    renamed = frozenset(decision.successors.values())
    absent = decision.absences.keys() - weighed.known.absences.keys()
    gone = decision.removed - renamed
    return Replayed(
        source=source,
        report=report,
        differences=differences_of(weighed, means.iris),
        stuck=tuple(sorted(kept)),
        missing=tuple(sorted(absent | gone)),
        renamed=len(renamed),
    )


def shown_on(place: Place) -> int | None:
    """The number of the generation that changes are shown on, 0 before the first one.

    None while a harvest has stored what is not published yet.

    Raises:
        GenerationError: when it cannot be read.
    """
    if place.unfinished.exists():
        return None
    current = Generations(place.generations).current()
    return current.number if current else 0


def commit(
    session: Session, sources: Iterable[Source], generation: int | None
) -> Generation | None:
    """Commit what was shown, and publish it.

    Args:
        session: opened to replay.
        sources: those whose changes were shown.
        generation: what they were shown on, by ``shown_on``.

    Raises:
        OutpacedError: when something was harvested since, or was not published yet.
        StoreError: when something cannot be written.
    """
    now = shown_on(session.place)
    if now is None:
        raise OutpacedError(
            say(
                "an interrupted harvest stored what is not published yet: nothing was written — "
                "run enbauges harvest, then look again"
            )
        )
    if now != generation:
        raise OutpacedError(
            say("something was harvested meanwhile: nothing was written — look again")
        )
    for _ in session.harvest(sources):
        continue
    return session.publish()
