"""What a run works with when it only looks: nothing of the node can be written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from harvester.children import shared
from harvester.digest import Digest, platform_of
from harvester.fetch import Client, Fetched, Limits, Manners, user_agent
from harvester.life.strays import former_ids
from harvester.means import Means
from harvester.parcel import Task
from harvester.session import Place, same_base
from harvester.sources import Config
from harvester.visits import Ask, Errand, again, asking
from harvester.whereabouts.area import Area
from harvester.whereabouts.locator import service_of
from store import takedown
from store.captures import Captures
from store.changelog import ChangeLog
from store.generations import Generations
from store.looking import PublishedStore, state_as_it_is
from store.notes import read
from vocab.iris import Iris
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
    accept: bool = False,
    replay: bool = False,
) -> Iterator[Means]:
    """Open what is published, and a copy of the state, for runs that commit nothing.

    It works while another process harvests, and on a node that has no data yet. With
    ``replay``, what sources said last is read again, and none is asked.

    Raises:
        StoreError: when something there is damaged.
        HarvestError: when the store was filled under another ``[site] base``.
    """
    install(config.communes)
    iris = Iris(config.site.base)
    agent = user_agent(version, config.site.base, config.site.contact)
    captures = Captures(place.captures)
    with ExitStack() as stack:
        generation = Generations(place.generations).current()
        store = stack.enter_context(PublishedStore(generation, place.store))
        same_base(store, config.site.base)
        client = stack.enter_context(
            Client(agent, limits, clock, manners=manners, robots=read(place.robots))
        )
        state = stack.enter_context(state_as_it_is(place.state))
        takedowns = takedown.load(place.takedowns)
        yield Means(
            client=client,
            ask=again(captures) if replay else asking(client, captures),
            store=store,
            state=state,
            captures=captures,
            changelog=ChangeLog(place.changes),
            digest=digest or shared().digest,
            iris=iris,
            area=Area.of(config.site),
            locator=service_of(config.site, client, state, clock, idle=True),
            platform_of=platform_of,
            timezone=config.site.timezone,
            version=version,
            clock=clock,
            share_alike=config.site.share_alike,
            resolve=resolve,
            force=True,
            accept=accept,
            dry_run=True,
            former=former_ids(config, store, iris),
            takedowns=takedowns,
            edits=config.edits.spared(takedowns.bars_text),
            replay=replay,
        )


def given(answer: Fetched) -> Ask:
    """Ask nobody: ``answer`` has come already."""

    def ask(_: Errand) -> Fetched:
        return answer

    return ask
