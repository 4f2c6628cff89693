"""Successive versions of one source, harvested under a clock that moves, and told in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from harvester.fetch import Limits
from harvester.place import Place
from harvester.report import Report
from harvester.session import opened
from harvester.sources import load
from harvester.telling.wording import OUTCOMES
from mappings import platforms
from store.generations import Generation
from tests.loopback import Page, Site, loopback_site
from tests.resilience.nodes import IRIS, MEDIA, Block, graphs, register
from vocab import term

DAY = timedelta(days=1)
_NAME = f"<{term('schema:name')}>"
_START = f"<{term('schema:startDate')}>"
_SINCE = f"<{term('eb:noLongerAnnouncedSince')}>"


@dataclass(frozen=True)
class Shown:
    """What a node holds after a harvest: the agenda by entity, and what is said to be missing."""

    at: datetime
    report: Report
    generation: Generation | None
    agenda: dict[str, tuple[str, str]]
    records: frozenset[str]
    unannounced: frozenset[str]
    tombstones: frozenset[str]

    def as_before(self, other: Shown) -> bool:
        """Whether nothing came, went, or was said to be missing since ``other``."""
        return (
            self.report.quads == 0
            and self.agenda == other.agenda
            and self.report.reason == other.report.reason
        )

    @property
    def titles(self) -> set[str]:
        return {title for title, _ in self.agenda.values()}


@dataclass
class Player:
    """A node with one source, whose content and clock the test moves."""

    folder: Path
    site: Site
    kind: str = "ics"
    told: list[str] = field(default_factory=list)
    last: Shown | None = None
    _again: int = 0

    def show(self, body: bytes, at: datetime) -> Shown:
        """Let the source say ``body``, and harvest it at a time."""
        self.site.pages["/source"] = Page(body, MEDIA[self.kind])
        return self.read(at)

    def read(self, at: datetime) -> Shown:
        """Harvest at a time, whatever the source says now."""
        register(self.folder, [Block("serie", self.kind, f"{self.site.url}/source")])
        config = load(self.folder / "sources.toml", kinds=platforms())
        place = Place(self.folder / "var")
        with opened(
            config, place, version="1", clock=lambda: at, limits=Limits(connect=2, read=5, total=10)
        ) as session:
            (report,) = session.harvest(config.sources)
            generation = session.publish()
        shown = _shown(at, report, generation, graphs(self.folder))
        self._tell(shown)
        self.last = shown
        return shown

    def _tell(self, shown: Shown) -> None:
        """What happened; reads after which everything is as before are counted in one line."""
        if self.last and shown.as_before(self.last):
            self._again += 1
            if self._again > 1:
                self.told.pop()
            times = f"relue {self._again} fois sans changement"
            self.told.append(f"    {times}, jusqu'au {shown.at:%d/%m/%Y}")
        else:
            self._again = 0
            self.told += _lines(shown, self.last)


@contextmanager
def playing(folder: Path, kind: str = "ics") -> Iterator[Player]:
    """A node whose one source says what it is told to."""
    with loopback_site() as site:
        yield Player(folder, site, kind)


def _shown(
    at: datetime,
    report: Report,
    generation: Generation | None,
    found: dict[str, frozenset[str]],
) -> Shown:
    source = found.get(IRIS.source_graph("serie"), frozenset())
    canonical = found.get(IRIS.graph("canonical"), frozenset())
    names, starts = _values(canonical, _NAME), _values(canonical, _START)
    return Shown(
        at=at,
        report=report,
        generation=generation,
        agenda={entity: (names.get(entity, ""), start) for entity, start in starts.items()},
        records=frozenset(line.split(" ", 1)[0][1:-1] for line in source if f" {_NAME} " in line),
        unannounced=frozenset(line.split(" ", 1)[0][1:-1] for line in source if _SINCE in line),
        tombstones=frozenset(
            line.split(" ", 1)[0][1:-1] for line in found.get(IRIS.graph("tombstones"), ())
        ),
    )


def _values(lines: Iterable[str], predicate: str) -> dict[str, str]:
    found = {}
    for line in lines:
        subject, said, value = line.split(" ", 2)
        if said == predicate and '"' in value and "#" not in subject:
            found[subject[1:-1]] = value.split('"')[1]
    return found


def _lines(now: Shown, before: Shown | None) -> Iterator[str]:
    """What happened, as a person would tell it."""
    came = now.agenda if before is None else _apart(now.agenda, before.agenda)
    went = {} if before is None else _apart(before.agenda, now.agenda)
    report = now.report
    ahead = sum(start[:10] >= f"{now.at:%Y-%m-%d}" for _, start in now.agenda.values())
    yield (
        f"{now.at:%d/%m/%Y %H:%M}  {OUTCOMES[report.outcome].render('fr'):<9}  "
        f"{report.records} fiches, "
        f"{len(now.agenda)} dates à l'agenda dont {ahead} à venir, "
        f"{len(now.unannounced)} non annoncées, {len(now.tombstones)} retirées pour de bon"
    )
    yield from _some("arrive", came)
    yield from _some("quitte l'agenda", went)
    if report.reason:
        yield f"    {report.reason.render('fr')}"


def _apart(
    those: dict[str, tuple[str, str]], others: dict[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    return {entity: told for entity, told in those.items() if entity not in others}


def _some(verb: str, dates: dict[str, tuple[str, str]], most: int = 4) -> Iterator[str]:
    told = sorted((start, title) for title, start in dates.values())
    for start, title in told[:most]:
        yield f"    {verb} : {start[:16].replace('T', ' ')}  {title[:60]}"
    if len(told) > most:
        yield f"    {verb} : … et {len(told) - most} autres dates"
