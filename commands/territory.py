"""``enbauges territory``: the communes that the node knows."""

from __future__ import annotations

from pathlib import Path

import click

from commands.frame import Configured
from harvester.sources.table import table_beside
from harvester.telling.territory import arrivals_table, partial_message, slip_message
from harvester.terminal import show_table, speak
from harvester.whereabouts import importing
from vocab.messages import say
from vocab.territory.atlas import NAME, is_whole

_SLIPS_SHOWN = 20


@click.group(cls=Configured)
def territory() -> None:
    """Tell the program of communes beyond the departments that it knows."""


@territory.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--department", "departments", multiple=True, help="Take this one [all of FILE].")
@click.option("--dry-run", is_flag=True, help="Tell what would come in; write nothing.")
@click.pass_obj
def import_command(
    config: Path, file: Path, departments: tuple[str, ...], *, dry_run: bool
) -> None:
    """Take the communes of FILE, as the geo API, La Poste, INSEE or a spreadsheet give them.

    They are written to communes.csv beside the sources file.
    """
    own, _ = table_beside(config)
    made = importing.imported(file, own, departments)
    for slip in made.slips[:_SLIPS_SHOWN]:
        speak(slip_message(file.name, slip), err=True)
    if len(made.slips) > _SLIPS_SHOWN:
        speak(say("… and {count} more", count=len(made.slips) - _SLIPS_SHOWN), err=True)
    show_table(arrivals_table(made.arrivals))
    for arrival in made.arrivals:
        if not is_whole(arrival.department, arrival.communes):
            speak(partial_message(arrival.department), err=True)
    target = config.absolute().parent / NAME
    if dry_run:
        speak(say("nothing was written"))
    elif made.table == own:
        speak(say("{file} says all of this already", file=str(target)))
    else:
        importing.write(target, made.table)
        speak(say("{file} is written; the next harvest uses it", file=str(target)))
