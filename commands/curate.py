"""``enbauges curate``: the editorial hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from commands.frame import Configured
from commands.node import load_config, operated
from harvester.curation.desk import Desk
from harvester.curation.telling import listing
from harvester.terminal import speak, spoken
from vocab.messages import language_of, say

BY = click.option("--by", default="", metavar="NAME", help="Who decides; it is published.")
WHY = click.option("--why", default="", metavar="TEXT", help="Why; it is published.")
WHAT = click.argument("what", metavar="IRI")


@click.group(cls=Configured)
def curate() -> None:
    """Hide, put first or correct what is published, without typing it in again.

    IRI is the address of a thing: that of its page, or of its publisher's page.
    """


@contextmanager
def _desk(config: Path) -> Iterator[Desk]:
    loaded = load_config(config)
    with operated(loaded) as session:
        yield Desk(session, loaded)


@curate.command()
@WHAT
@WHY
@BY
@click.pass_obj
def hide(config: Path, what: str, why: str, by: str) -> None:
    """Take a thing off every page, feed and answer; its address says that it was hidden."""
    with _desk(config) as desk:
        speak(desk.decide("hide", what, by=by, why=why))


@curate.command()
@WHAT
@click.pass_obj
def show(config: Path, what: str) -> None:
    """Show again what was hidden."""
    with _desk(config) as desk:
        speak(desk.undo("hide", what))


@curate.command()
@WHAT
@WHY
@BY
@click.pass_obj
def pin(config: Path, what: str, why: str, by: str) -> None:
    """Put a thing first on the first page and in its day."""
    with _desk(config) as desk:
        speak(desk.decide("pin", what, by=by, why=why))


@curate.command()
@WHAT
@click.pass_obj
def unpin(config: Path, what: str) -> None:
    """Put a thing first no more."""
    with _desk(config) as desk:
        speak(desk.undo("pin", what))


@curate.command()
@WHAT
@click.argument("name", metavar="PROPERTY")
@click.argument("values", nargs=-1, metavar="[VALUE]...")
@click.option("--undo", is_flag=True, help="Let what the source says hold again.")
@WHY
@BY
@click.pass_obj
def correct(
    config: Path, what: str, name: str, values: tuple[str, ...], *, undo: bool, why: str, by: str
) -> None:
    """Say something else than the source does, until it is taken back.

    PROPERTY is startDate, name, location, commune... VALUE is written as anyone would: a date, a
    name; some properties take several.
    """
    if undo == bool(values):
        raise click.UsageError(spoken(say("write the right value, or --undo")))
    with _desk(config) as desk:
        if undo:
            speak(desk.undo("correct", what, name))
        else:
            speak(desk.decide("correct", what, name=name, values=values, by=by, why=why))


@curate.command(name="list")
@click.pass_obj
def list_(config: Path) -> None:
    """Tell all that was decided."""
    loaded = load_config(config)
    if not loaded.edits:
        speak(say("nothing was decided by hand yet"))
        return
    with operated(loaded) as session:
        zone = ZoneInfo(loaded.site.timezone)
        for line in listing(Desk(session, loaded).listed(), zone, language_of()):
            click.echo(line)
