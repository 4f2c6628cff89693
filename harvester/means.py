"""What harvest runs work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harvester.curation.values import Edits
from harvester.decide import Decision, Known
from harvester.digest import Digest
from harvester.fetch import Client
from harvester.parcel import Task
from harvester.sources import Source
from harvester.visits import Ask, Visit
from harvester.whereabouts.area import Area
from harvester.whereabouts.locator import Locator
from mappings import Platform
from store.captures import Captures
from store.changelog import ChangeLog
from store.changes import Changeset
from store.embedded import EmbeddedStore
from store.state import State
from store.takedown import Takedowns
from vocab.iris import Iris


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a run makes of what came of its ``visit``.

    ``digest`` is what of it may be published and all that was not understood, ``changes`` what
    is committed; there is no ``decision`` where nothing of it can be used. ``stuck`` are the
    known records that stay as they are, since nothing of their entries can be used.
    """

    visit: Visit
    digest: Digest
    known: Known
    stuck: frozenset[str] = frozenset()
    decision: Decision | None = None
    changes: Changeset = Changeset({})  # noqa: RUF009  # frozen


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever looks at runs: ``weighed`` is told of each; ``shown`` records are kept for it."""

    weighed: Callable[[Weighed], None]
    shown: int | None = None


def _unwatched(_: Weighed) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Means:
    """What runs work with.

    ``digest`` reads and maps, in a child process as a rule; ``area`` is the territory;
    ``locator`` knows where addresses are, None where no service is configured; ``resolve`` turns
    a ``sample:`` address into a loopback one; ``accept`` is the operator's word that what is
    missing is gone. ``former`` maps the id of a source whose address was harvested under another
    one to that id; ``takedowns`` are what is not kept, and ``edits`` what the editors decided.
    In a ``dry_run`` nothing is written, and with ``force`` sources are read that say they did not
    change. ``ask`` gets what sources say. With ``replay`` that is what they said last, read anew
    because of what is made of it: it says nothing of how they do now. ``sources`` are all that the
    node knows, by id, for mappings that join them.
    """

    client: Client
    ask: Ask
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
    edits: Edits = field(default_factory=Edits)
    watch: Watch = Watch(_unwatched)
    replay: bool = False
    locator: Locator | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
