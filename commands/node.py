"""The node that a command works on: its configuration, its data, and the time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from commands.frame import VERSION
from harvester import telling
from harvester.curation import file as curation
from harvester.life.strays import orphans
from harvester.means import Means
from harvester.place import Place
from harvester.report import Report
from harvester.runs import harvest
from harvester.session import Session, chosen, opened
from harvester.sources import Config, load
from harvester.terminal import (
    followed,
    speak,
    spoken,
)
from mappings import platforms
from samples import serving
from store.generations import Generation, Generations
from vocab.messages import Message, Told, say
from vocab.territory.atlas import install


def clock() -> datetime:
    """Now; the one place where the program asks."""
    return datetime.now(UTC)


def local_clock(config: Config) -> Callable[[], datetime]:
    """The clock of a node, in its time zone."""
    zone = ZoneInfo(config.site.timezone)
    return lambda: clock().astimezone(zone)


def place_of(config: Path) -> Place:
    """The data folder of a sources file."""
    return Place(config.resolve().parent / "var")


def load_config(path: Path) -> Config:
    """The sources file, checked against the platforms that there are, and the decisions beside.

    Its communes are known from here on.
    """
    config = load(path, kinds=platforms())
    install(config.communes)
    return replace(config, edits=curation.load(curation.path_beside(path), config.site))


@contextmanager
def samples_for(config: Config) -> Iterator[Callable[[str], str]]:
    """Serve the bundled samples while a command lasts, if one of its sources names them."""
    if not any(source.url.startswith("sample:") for source in config.sources):
        yield str
        return
    zone = ZoneInfo(config.site.timezone)

    def today() -> date:
        return clock().astimezone(zone).date()

    with serving.serve(today) as base:
        yield lambda address: serving.resolve(address, base)


def run_harvest(
    config: Config,
    ids: tuple[str, ...],
    *,
    force: bool = False,
    accept: bool = False,
    dry_run: bool = False,
    quiet: bool = False,
) -> tuple[list[Report], Generation | None]:
    """Harvest and publish, with a progress bar on a terminal; a dry run only looks."""
    sources = chosen(config, ids)

    def ran(runs: Iterable[Report]) -> list[Report]:
        order = {source.id: place for place, source in enumerate(sources)}
        reports = followed(runs, len(sources), quiet=quiet)
        return sorted(reports, key=lambda report: order[report.source])

    if dry_run:
        with looked_at(config, force=force, accept=accept) as means:
            return ran(harvest(sources, means)), None
    with (
        samples_for(config) as resolve,
        opened(
            config,
            place_of(config.path),
            version=VERSION,
            clock=local_clock(config),
            resolve=resolve,
            force=force,
            accept=accept,
        ) as session,
    ):
        return ran(session.harvest(sources)), session.publish()


@contextmanager
def looked_at(
    config: Config, *, force: bool = True, accept: bool = False, replay: bool = False
) -> Iterator[Means]:
    """What is needed to look at the sources of a node, and cannot write."""
    from harvester.seeing.looking import looking  # noqa: PLC0415  # others start sooner

    with (
        samples_for(config) as resolve,
        looking(
            config,
            place_of(config.path),
            version=VERSION,
            clock=local_clock(config),
            resolve=resolve,
            force=force,
            accept=accept,
            replay=replay,
        ) as means,
    ):
        yield means


@contextmanager
def operated(config: Config) -> Iterator[Session]:
    """What an operator changes without harvesting: published at the end."""
    place = place_of(config.path)
    with opened(config, place, version=VERSION, clock=local_clock(config)) as session:
        yield session
        if generation := session.publish():
            speak(telling.published(generation))


def tell_orphans(config: Config) -> None:
    """What is still published of sources that the file no longer names, or was to be forgotten."""
    if place_of(config.path).forgetting.exists():
        speak(say("a forgetting was interrupted — finish it: enbauges forget --again"))
    generation = Generations(place_of(config.path).generations).current()
    if found := orphans(config, generation):
        told = say(
            "still published, though {file} no longer names them: {sources} — put their blocks "
            "back, or say what becomes of their data: enbauges source retire ID --keep (they "
            "stay), or --withdraw (they leave)",
            file=config.path.name,
            sources=", ".join(found),
        )
        speak(told)


def generation_of(config: Path) -> Generation | None:
    """The published generation of a node, None before the first one."""
    return Generations(place_of(config).generations).current()


def current(config: Path) -> Generation:
    """The published generation of a node, which there must be."""
    generation = generation_of(config)
    if generation is None:
        raise NothingPublishedError(say("nothing is published yet — run: enbauges harvest"))
    return generation


class NothingPublishedError(Told):
    """There is no generation to ask or to export."""


def agreed(question: Message) -> bool:
    """Whether the operator says yes, in either language; anything else is no."""
    choice = say("yes/NO")
    asked = f"{spoken(question)} [{spoken(choice)}]"
    answer = click.prompt(asked, default="", show_default=False)
    return answer.strip().casefold() in {"y", "yes", "o", "oui"}


def is_person() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def renewed(config: Config) -> None:
    """Make the store anew, so that its files hold nothing that was deleted."""
    from harvester.life.forget import renew  # noqa: PLC0415

    speak(telling.published(renew(place_of(config.path), now=clock())))


def forget_all(config: Config) -> None:
    """Forget once more all that was ever forgotten."""
    from harvester.life import forget as forgetting  # noqa: PLC0415

    with operated(config) as session:
        plan = forgetting.planned(session, config, session.means.takedowns)
        forgetting.carry_out(plan, session, config)
    renewed(config)
