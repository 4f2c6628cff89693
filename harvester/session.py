"""One harvest command: open what runs need, run the sources, publish a generation."""

from __future__ import annotations

import gc
import hashlib
import logging
import tempfile
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from harvester.delivery import Delivery, write_feeds
from harvester.fetch import Client, Limits, user_agent
from harvester.health import Health, health_of
from harvester.measures import measures_changeset
from harvester.records import HarvestError
from harvester.reference import commune_changeset, reference_changeset
from harvester.report import Report
from harvester.runs import Means, harvest
from harvester.sources import Config, Source
from mappings import Platform, compile_yarrrml, platform
from store.changes import Changeset
from store.embedded import EmbeddedStore
from store.errors import StoreError
from store.generations import Generation, Generations
from store.state import State
from vocab.iris import Iris
from vocab.messages import language_of, say
from vocab.shapes import shapes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node keeps its data: the ``var`` folder beside its ``sources.toml``."""

    var: Path

    @property
    def store(self) -> Path:
        """The triple store that harvests commit to."""
        return self.var / "store"

    @property
    def state(self) -> Path:
        """The operational state."""
        return self.var / "state.sqlite"

    @property
    def generations(self) -> Path:
        """What was published."""
        return self.var / "generations"


class Session:
    """An open store and state, and the runs made with them; use it with ``opened``."""

    def __init__(self, config: Config, place: Place, means: Means) -> None:
        self._config = config
        self._generations = Generations(place.generations)
        self._means = means
        self._var = place.var
        self._unfinished = place.var / "unfinished"
        self._ran: dict[str, Source] = {}
        self._changed = False
        self._started = False

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
            # What start-up made lives to the end: looking through it again and again for
            # garbage cost a tenth of a harvest.
            gc.collect()
            gc.freeze()
            self._started = True
        for report in harvest(self._noted(sources), self._means):
            self._changed |= report.quads > 0
            yield report

    def _noted(self, sources: Iterable[Source]) -> Iterator[Source]:
        for source in sources:
            self._ran[source.id] = source
            yield source

    def publish(self) -> Generation | None:
        """Publish a generation when something changed since the current one.

        Returns:
            The new generation, or None when the current one still says it all.
        """
        if self._means.dry_run:
            return None
        generation = None
        if self._changed:
            territory = self._config.site.territory
            self._apply(commune_changeset(self._means.store, self._means.iris, territory))
            measured = self._healths(self._config.sources)
            self._apply(measures_changeset(self._means.store, self._means.iris, measured))
        if self._changed or not self._stands():
            generation = self._generations.publish(
                self._means.store,
                now=self._means.clock(),
                base=self._config.site.base,
                facts={"title": self._config.site.title},
            )
        self._changed = False
        self._unfinished.unlink(missing_ok=True)
        self._tell()
        return generation

    def _tell(self) -> None:
        """Tell the operator and the publishers; what goes wrong here harms no harvest."""
        desk = Delivery(self._config, self._means.state, self._means.client, language_of())
        try:
            write_feeds(self._var, self._means.iris, self._healths(self._ran.values()))
            desk.tell(self._means.clock())
        except Exception:
            log.exception("telling")
        self._ran.clear()

    def _healths(self, sources: Iterable[Source]) -> list[Health]:
        now = self._means.clock()
        return [health_of(source, self._means.state, now) for source in sources]

    def _mark(self) -> None:
        """Leave a mark until publication: what an interrupted harvest stored is not published."""
        if not self._means.dry_run:
            self._changed |= self._unfinished.exists()
            self._unfinished.touch()

    def _stands(self) -> bool:
        """Whether there is a current generation, with its snapshot."""
        try:
            generation = self._generations.current()
        except StoreError:
            return False
        return generation is not None and generation.is_whole

    def _apply(self, changeset: Changeset) -> None:
        if changeset and not self._means.dry_run:
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
    force: bool = False,
    dry_run: bool = False,
) -> Iterator[Session]:
    """Open store, state and HTTP client for one command.

    A dry run on a node that has no store yet works in a folder that is thrown away.

    Raises:
        StoreError: when the store is held by another process, or damaged.
        HarvestError: when it was filled under another ``[site] base``.
    """
    with ExitStack() as stack:
        if dry_run and not place.store.exists():
            place = Place(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        store = stack.enter_context(EmbeddedStore(place.store))
        _same_base(store, config.site.base)
        agent = user_agent(version, config.site.contact)
        iris = Iris(config.site.base)
        means = Means(
            client=stack.enter_context(Client(agent, limits)),
            store=store,
            state=stack.enter_context(State(place.state)),
            iris=iris,
            territory=frozenset(map(iris.commune, config.site.territory)),
            platform_of=platform_of,
            timezone=config.site.timezone,
            version=version,
            clock=clock,
            share_alike=config.site.share_alike,
            resolve=resolve,
            force=force,
            dry_run=dry_run,
        )
        yield Session(config, place, means)


def platform_of(source: Source) -> Platform:
    """The platform of a source; its own ``mapping`` file takes the place of the platform's.

    Raises:
        MappingError: when the mapping file is wrong.
    """
    known = platform(source.kind)
    if source.mapping is None:
        return known
    own = compile_yarrrml(source.mapping)
    digest = hashlib.sha256(source.mapping.read_bytes()).hexdigest()
    return replace(known, mapping=own, fingerprint=f"{known.fingerprint} {digest}")


def orphans(config: Config, generation: Generation | None) -> tuple[str, ...]:
    """The ids of sources that are still published though the file no longer names them."""
    prefix = Iris(config.site.base).source_graph("")
    named = {source.id for source in config.sources}
    graphs = generation.counts if generation else ()
    published = {name.removeprefix(prefix) for name in graphs if name.startswith(prefix)}
    return tuple(sorted(published - named))


def _same_base(store: EmbeddedStore, base: str) -> None:
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
