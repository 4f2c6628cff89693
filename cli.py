"""The command line: ``enbauges``. The commands are in ``commands``."""

from __future__ import annotations

import logging

import click

from commands import (
    adding,
    asking,
    curate,
    harvesting,
    keeping,
    preparing,
    seeing,
    source,
    territory,
)
from commands.frame import CONFIG, DEFAULT_CONFIG, VERSION, Commands
from commands.speech import teach_click


@click.group(
    cls=Commands, params=[CONFIG], context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(VERSION, prog_name="enbauges")
@click.option("--debug", is_flag=True, help="Show tracebacks and what the program does.")
@click.pass_context
def main(ctx: click.Context, *, debug: bool) -> None:
    """Harvest what a territory already publishes, and give it back as one graph."""
    ctx.obj = ctx.obj or DEFAULT_CONFIG
    logging.basicConfig(level=logging.DEBUG if debug else logging.CRITICAL)


teach_click()
for command in (
    preparing.init,
    preparing.validate,
    preparing.kinds,
    source.source,
    territory.territory,
    harvesting.harvest_command,
    harvesting.demo,
    harvesting.schedule,
    harvesting.serve,
    harvesting.run,
    asking.status,
    asking.letter,
    asking.query,
    asking.history,
    asking.export,
    curate.curate,
    keeping.rollback,
    keeping.forget,
    keeping.backup,
    keeping.restore,
    preparing.records,
    preparing.map_command,
):
    main.add_command(command)

for command in (adding.add, seeing.preview, seeing.check, source.rename, source.retire):
    source.source.add_command(command)

if __name__ == "__main__":
    main()
