"""Keeping the data safe, undoing, forgetting."""

from __future__ import annotations

from pathlib import Path

import click

from commands import node
from commands.frame import VERSION
from commands.node import (
    agreed,
    forget_all,
    load_config,
    operated,
    place_of,
    renewed,
)
from harvester.sources.problems import ConfigError
from harvester.terminal import (
    speak,
    spoken,
    told,
)
from vocab.messages import say


@click.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR|FILE")
@click.pass_obj
def backup(config: Path, target: Path) -> None:
    """Write all of the node into one file, also while it harvests and serves."""
    from harvester.life.safekeeping import back_up_node, own_mappings  # noqa: PLC0415

    mappings = {}
    try:
        mappings = own_mappings(load_config(config))
    except ConfigError as error:
        click.echo(told(error), err=True)
        speak(say("the node is backed up all the same, without its own mappings"), err=True)
    made = back_up_node(
        place_of(config), config, mappings, target, now=node.clock(), version=VERSION
    )
    for message in made.told():
        speak(message)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Put it in the place of the data that are there.")
@click.pass_obj
def restore(config: Path, file: Path, *, force: bool) -> None:
    """Put back what a backup holds, verified, and publish it."""
    from harvester.life.safekeeping import restore_node  # noqa: PLC0415

    restored = restore_node(file, place_of(config), config, now=node.clock(), force=force)
    for message in restored.told():
        speak(message)
    if restored.forgotten:
        speak(say("since that backup something was forgotten here: it is forgotten again"))
        forget_all(load_config(config))


@click.command()
@click.argument("source_id", metavar="ID")
@click.option("--to", metavar="RUN", help="What it was after this run [before the last one].")
@click.pass_obj
def rollback(config: Path, source_id: str, to: str | None) -> None:
    """Undo the last run of a source that changed its records, or all those after RUN."""
    from harvester.life.rollback import roll_back  # noqa: PLC0415

    loaded = load_config(config)
    with operated(loaded) as session:
        undone = roll_back(session, loaded, source_id, to)
    for message in undone.told():
        speak(message)


@click.command()
@click.argument("what", required=False, metavar="[IRI|SOURCE|TEXT]")
@click.option("--text", "as_text", is_flag=True, help="It is a text, whatever it looks like.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--again", is_flag=True, help="All that was ever forgotten, after a restore.")
@click.option("--lift", is_flag=True, help="Let it come back at the next harvest.")
@click.pass_obj
def forget(
    config: Path,
    what: str | None,
    *,
    as_text: bool,
    yes: bool,
    dry_run: bool,
    again: bool,
    lift: bool,
) -> None:
    """Take a thing, a source or a text out of everything that is kept, and keep it out."""
    if (what is None) != again:
        both = say("write what is to be forgotten: an address, a source or a text; or --again")
        raise click.UsageError(spoken(both))
    loaded = load_config(config)
    if what is None:
        forget_all(loaded)
        return
    from harvester.life import forget as forgetting  # noqa: PLC0415
    from harvester.life.meant import takedowns_for  # noqa: PLC0415

    with operated(loaded) as session:
        entries = takedowns_for(what, session, loaded, as_text=as_text)
        if lift:
            speak(forgetting.lifted(session, entries))
            return
        plan = forgetting.planned(session, loaded, session.means.takedowns.with_(*entries))
        for message in forgetting.plan_told(plan):
            speak(message)
        if dry_run or not (yes or agreed(say("forget it? It cannot be undone"))):
            speak(say("nothing was changed"))
            return
        forgetting.carry_out(plan, session, loaded)
    renewed(loaded)
    place = place_of(config)
    texts = any(each.kind == "text" for each in entries)
    left = forgetting.residue(place, what) if texts else []
    for message in forgetting.done_told(left, place) if texts else forgetting.gone_told(what):
        speak(message)
