"""What runs work with, made from a node's configuration and the rooms that are open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from harvester.children import shared
from harvester.digest import Digest, platform_of
from harvester.fetch import Client
from harvester.life.strays import former_ids
from harvester.means import Means
from harvester.parcel import Task
from harvester.place import Place
from harvester.sources import Config
from harvester.visits import again, asking
from harvester.whereabouts.area import Area
from harvester.whereabouts.locator import service_of
from store import takedown
from store.captures import Captures
from store.changelog import ChangeLog
from store.embedded import EmbeddedStore
from store.state import State
from vocab.iris import Iris


@dataclass(frozen=True, slots=True)
class Rooms:
    """What of a node is open for a command."""

    store: EmbeddedStore
    state: State
    client: Client


def means_of(
    config: Config,
    place: Place,
    rooms: Rooms,
    *,
    version: str,
    clock: Callable[[], datetime],
    resolve: Callable[[str], str] = str,
    digest: Callable[[Task], Digest] | None = None,
    force: bool = False,
    accept: bool = False,
    dry_run: bool = False,
    replay: bool = False,
) -> Means:
    """What runs work with on a node, whose ``rooms`` are open.

    Raises:
        StoreError: when the takedowns cannot be read.
    """
    iris, takedowns = Iris(config.site.base), takedown.load(place.takedowns)
    captures, idle = Captures(place.captures), dry_run or replay
    return Means(
        client=rooms.client,
        ask=again(captures) if replay else asking(rooms.client, captures),
        store=rooms.store,
        state=rooms.state,
        captures=captures,
        changelog=ChangeLog(place.changes),
        digest=digest or shared().digest,
        iris=iris,
        area=Area.of(config.site),
        platform_of=platform_of,
        sources={source.id: source for source in config.sources},
        timezone=config.site.timezone,
        version=version,
        clock=clock,
        share_alike=config.site.share_alike,
        resolve=resolve,
        force=force,
        accept=accept,
        dry_run=dry_run,
        former=former_ids(config, rooms.store, iris),
        takedowns=takedowns,
        edits=config.edits.spared(takedowns.bars_text),
        replay=replay,
        locator=service_of(config.site, rooms.client, rooms.state, clock, idle=idle),
    )
