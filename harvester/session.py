"""One harvest command: open what runs need, run the sources, publish a generation."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime

from harvester.appraisal.health import health_of
from harvester.appraisal.measures import measures_changeset, standings
from harvester.curation.carry import carried, stands, told_changeset
from harvester.curation.values import Edits
from harvester.digest import Digest
from harvester.fetch import Client, Limits, Manners, user_agent
from harvester.fetch.robots import worth_keeping
from harvester.means import Means
from harvester.outfit import Rooms, means_of
from harvester.parcel import Task
from harvester.place import Place
from harvester.records import HarvestError
from harvester.reference import commune_changeset, reference_changeset
from harvester.report import Report
from harvester.runs import harvest
from harvester.sources import Config, Source
from harvester.telling.delivery import Delivery, write_feeds
from store.changelog import Entry
from store.changes import Changeset
from store.embedded import EmbeddedStore
from store.errors import StoreError, told
from store.follow import keep_only
from store.generations import Generation, Generations
from store.notes import kept
from store.room import check_room, needed
from store.state import State
from store.swap import finish
from vocab.messages import language_of, say
from vocab.shapes import shapes
from vocab.territory.atlas import install

log = logging.getLogger(__name__)


class Session:
    """An open store and state, and the runs made with them; use it with ``opened``."""

    def __init__(self, config: Config, place: Place, means: Means) -> None:
        self._config = config
        self._generations = Generations(place.generations)
        self._means = means
        self._unfinished = place.unfinished
        self.place = place
        self._ran: dict[str, Source] = {}
        self._changed = False
        self._started = False

    @property
    def means(self) -> Means:
        """What its runs work with."""
        return self._means

    def commit(self, entry: Entry | None, changeset: Changeset | None = None) -> None:
        """Write down and store what an operator changes; ``publish`` publishes it.

        Args:
            entry: what the change log keeps, if anything.
            changeset: what is stored, where the log keeps less.

        Raises:
            StoreError: when it cannot be written.
        """
        self._mark()
        if entry:
            self._means.changelog.write(entry)
            changeset = entry.changeset if changeset is None else changeset
        if changeset:
            self._apply(changeset)
        self._means.store.flush()

    def harvest(self, sources: Iterable[Source]) -> Generator[Report, None, None]:
        """Run ``sources``; what they changed is published by ``publish``.

        Close the generator when it is left before its end: it then flushes its last batch.

        Raises:
            VocabularyError: when a file of the vocabulary cannot be used.
        """
        self._mark()
        if not self._started:
            shapes()
            self._apply(
                reference_changeset(self._means.store, self._means.iris, self._means.version)
            )
            self._changed |= bool(self._communes())
            self.curate()
            # What start-up made lives to the end: looking through it again and again for
            # garbage cost a tenth of a harvest.
            gc.collect()
            gc.freeze()
            self._started = True
        wanted = {source.id: source for source in sources}
        for report in harvest(wanted.values(), self._means):
            self._changed |= report.quads > 0
            self._ran[report.source] = wanted[report.source]
            yield report

    def curate(self, edits: Edits | None = None) -> None:
        """Bring what is stored to what the editors decided, which now is ``edits`` if given.

        Raises:
            StoreError: when it cannot be written.
        """
        if edits is not None:
            self._means = replace(self._means, edits=edits.spared(self._means.takedowns.bars_text))
        if stands(self._means):
            return
        for entry in carried(self._means, self._config.sources):
            self.commit(entry)
        self._apply(told_changeset(self._means))
        self._means.store.flush()

    def publish(self, *, under_way: bool = False) -> Generation | None:
        """Publish a generation when something changed since the current one.

        Args:
            under_way: whether the harvest goes on, and may change more.

        Returns:
            The new generation, or None when the current one still says it all.
        """
        if under_way and not self._changed:
            return None
        generation = None
        if self._changed:
            self._apply(self._communes())
            told_of = standings(self._config.sources, self._means.state)
            self._apply(measures_changeset(self._means.store, self._means.iris, told_of))
        if self._changed or not self._stands():
            generation = self._generations.publish(
                self._means.store,
                now=self._means.clock(),
                base=self._config.site.base,
                facts={"title": self._config.site.title},
            )
        self._changed = False
        if not under_way:
            self._unfinished.unlink(missing_ok=True)
            if not self._means.replay:  # it tells nothing of how sources do
                self._tell()
        return generation

    def _tell(self) -> None:
        """Tell the operator and the publishers; what goes wrong here harms no harvest."""
        delivery = Delivery(self._config, self._means.state, self._means.client, language_of())
        try:
            now, state = self._means.clock(), self._means.state
            healths = [health_of(source, state, now) for source in self._ran.values()]
            write_feeds(self.place.var, self._means.iris, healths)
            keep_only(self.place.var, {source.id for source in self._config.sources})
            delivery.tell(now)
        except Exception:
            log.exception("telling")
        self._ran.clear()

    def _mark(self) -> None:
        """Leave a mark until publication: what an interrupted harvest stored is not published."""
        self._changed |= self._unfinished.exists()
        with told(self._unfinished.parent):
            self._unfinished.touch()

    def _communes(self) -> Changeset:
        """What is to be said of communes: the territory may have grown, and the atlas too."""
        territory = self._config.site.territory
        return commune_changeset(self._means.store, self._means.iris, territory)

    def _stands(self) -> bool:
        """Whether there is a current generation, with its snapshot."""
        try:
            generation = self._generations.current()
        except StoreError:
            return False
        return generation is not None and generation.is_whole

    def _apply(self, changeset: Changeset) -> None:
        if changeset:
            self._means.store.apply(changeset)
            self._changed = True


@contextmanager
def opened(
    config: Config,
    place: Place,
    *,
    version: str,
    clock: Callable[[], datetime],
    resolve: Callable[[str], str] = str,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    manners: Manners = Manners(),  # noqa: B008  # frozen
    digest: Callable[[Task], Digest] | None = None,
    force: bool = False,
    accept: bool = False,
    replay: bool = False,
) -> Iterator[Session]:
    """Open store, state and HTTP client for one command.

    Reading and mapping are done by this process's children, unless ``digest`` does it. With
    ``replay``, what sources said last is read again, and none is asked.
    What is only to be looked at needs ``harvester.seeing.looking`` instead.

    Raises:
        NoRoomError: when the disk is all but full.
        StoreError: when the store is held by another process, or damaged.
        HarvestError: when it was filled under another ``[site] base``.
    """
    install(config.communes)
    with told(place.var):
        finish(place.var)  # a restore that was interrupted as it took its place
    with ExitStack() as stack:
        check_room(place.var, needed(place.store))
        store = stack.enter_context(EmbeddedStore(place.store))
        same_base(store, config.site.base)
        agent = user_agent(version, config.site.base, config.site.contact)
        robots = stack.enter_context(_robots_kept(place, clock))
        client = stack.enter_context(Client(agent, limits, clock, manners=manners, robots=robots))
        state = stack.enter_context(State(place.state))
        means = means_of(
            config,
            place,
            Rooms(store, state, client),
            version=version,
            clock=clock,
            resolve=resolve,
            digest=digest,
            force=force,
            accept=accept,
            replay=replay,
        )
        yield Session(config, place, means)


def _robots_kept(
    place: Place, clock: Callable[[], datetime]
) -> AbstractContextManager[dict[str, str]]:
    """The robots.txt files read lately, so that a schedule's next round need not ask again."""
    return kept(place.robots, lambda text: worth_keeping(text, clock()))


def same_base(store: EmbeddedStore, base: str) -> None:
    """Refuse to mint under a base what was stored under another one."""
    others = [name for name in store.graph_names() if not name.startswith(base)]
    if others:
        raise HarvestError(
            say(
                "sources.toml says [site] base = {base}, but the store was filled under another "
                "one (it holds {graph}) — put the former base back, or move the var folder "
                "away and harvest anew",
                base=base,
                graph=others[0],
            )
        )


def chosen(config: Config, ids: Collection[str]) -> tuple[Source, ...]:
    """The enabled sources, or those named, which are run even when they are paused.

    Raises:
        UnknownSourceError: for an id that no source has.
    """
    if not ids:
        return tuple(source for source in config.sources if source.enabled)
    return tuple(map(config.source, ids))
