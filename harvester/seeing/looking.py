"""What a run works with when it only looks: nothing of the node can be written to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime

from harvester.digest import Digest
from harvester.fetch import Client, Fetched, Limits, Manners, user_agent
from harvester.means import Means, Watch, Weighed
from harvester.outfit import Rooms, means_of
from harvester.parcel import Task
from harvester.place import Place
from harvester.report import Report
from harvester.runs import harvest
from harvester.session import same_base
from harvester.sources import Config, Source
from harvester.visits import Ask, Errand
from store.generations import Generations
from store.looking import PublishedStore, state_as_it_is
from store.notes import read
from vocab.territory.atlas import install


@contextmanager
def looking(
    config: Config,
    place: Place,
    *,
    version: str,
    clock: Callable[[], datetime],
    resolve: Callable[[str], str] = str,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    manners: Manners = Manners(),  # noqa: B008  # frozen
    digest: Callable[[Task], Digest] | None = None,
    force: bool = True,
    accept: bool = False,
    replay: bool = False,
) -> Iterator[Means]:
    """Open what is published, and a copy of the state, for runs that commit nothing.

    It works while another process harvests, and on a node that has no data yet. With
    ``replay``, what sources said last is read again, and none is asked; without ``force``, a
    source that says it did not change is not read.

    Raises:
        StoreError: when something there is damaged.
        HarvestError: when the store was filled under another ``[site] base``.
    """
    install(config.communes)
    agent = user_agent(version, config.site.base, config.site.contact)
    with ExitStack() as stack:
        generation = Generations(place.generations).current()
        store = stack.enter_context(PublishedStore(generation, place.store))
        same_base(store, config.site.base)
        client = stack.enter_context(
            Client(agent, limits, clock, manners=manners, robots=read(place.robots))
        )
        state = stack.enter_context(state_as_it_is(place.state))
        yield means_of(
            config,
            place,
            Rooms(store, state, client),
            version=version,
            clock=clock,
            resolve=resolve,
            digest=digest,
            force=force,
            accept=accept,
            dry_run=True,
            replay=replay,
        )


def watched(
    sources: Iterable[Source], means: Means, shown: int | None = None
) -> Iterator[tuple[Source, Report, Weighed | None]]:
    """Run ``sources`` with ``means`` of ``looking``, each with what it was weighed as.

    None where there was nothing to weigh; ``shown`` records are kept as they were read. As they
    come.
    """
    weighed: dict[str, Weighed] = {}

    def note(each: Weighed) -> None:
        weighed[each.visit.source.id] = each

    by_id = {source.id: source for source in sources}
    for report in harvest(by_id.values(), replace(means, watch=Watch(note, shown))):
        yield by_id[report.source], report, weighed.pop(report.source, None)


def given(answer: Fetched) -> Ask:
    """Ask nobody: ``answer`` has come already."""

    def ask(_: Errand) -> Fetched:
        return answer

    return ask
