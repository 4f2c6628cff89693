"""``enbauges source``, with ``retire`` and ``rename``; ``adding`` and ``seeing`` have the rest."""

from __future__ import annotations

from pathlib import Path

import click

from commands.frame import Configured
from commands.node import load_config, operated
from harvester.terminal import speak, spoken
from vocab.messages import say


@click.group(cls=Configured)
def source() -> None:
    """Add a source, look at it, rename it, retire it."""


@click.command()
@click.argument("source_id", metavar="ID")
@click.option("--keep/--withdraw", "keep", default=None, help="Whether its data stay published.")
@click.pass_obj
def retire(config: Path, source_id: str, *, keep: bool | None) -> None:
    """Read a source no more, once its block is out of the sources file."""
    from harvester.life import lifecycle  # noqa: PLC0415

    if keep is None:
        choose = say("choose: --keep (its data stay published) or --withdraw (they leave)")
        raise click.UsageError(spoken(choose))
    loaded = load_config(config)
    with operated(loaded) as session:
        done = lifecycle.retire(session, loaded, source_id, withdraw=not keep)
    speak(lifecycle.retired_message(done, withdrawn=not keep))


@click.command()
@click.argument("old")
@click.argument("new")
@click.pass_obj
def rename(config: Path, old: str, new: str) -> None:
    """Give what is kept of OLD to NEW, the id that its block now has."""
    from harvester.life import lifecycle  # noqa: PLC0415

    loaded = load_config(config)
    with operated(loaded) as session:
        done = lifecycle.rename(session, loaded, old, new)
    speak(lifecycle.renamed(old, done))
