"""What harvest runs work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harvester.digest import Digest
from harvester.fetch import Client
from harvester.parcel import Task
from harvester.sources import Source
from harvester.whereabouts.area import Area
from harvester.whereabouts.locator import Locator
from mappings import Platform
from store.captures import Captures
from store.changelog import ChangeLog
from store.embedded import EmbeddedStore
from store.state import State
from store.takedown import Takedowns
from vocab.iris import Iris


@dataclass(frozen=True, slots=True)
class Means:
    """What runs work with.

    ``digest`` reads and maps, in a child process as a rule; ``area`` is the territory;
    ``locator`` knows where addresses are, None where no service is configured; ``resolve`` turns
    a ``sample:`` address into a loopback one; ``accept`` is the operator's word that what is
    missing is gone. ``former`` maps the id of a source whose address was harvested under another
    one to that id; ``takedowns`` are what is not kept.
    """

    client: Client
    store: EmbeddedStore
    state: State
    captures: Captures
    changelog: ChangeLog
    digest: Callable[[Task], Digest]
    iris: Iris
    platform_of: Callable[[Source], Platform]
    area: Area
    timezone: str
    version: str
    clock: Callable[[], datetime]
    share_alike: bool = False
    resolve: Callable[[str], str] = str
    force: bool = False
    accept: bool = False
    dry_run: bool = False
    former: Mapping[str, str] = field(default_factory=dict)
    takedowns: Takedowns = field(default_factory=Takedowns)
    locator: Locator | None = None
