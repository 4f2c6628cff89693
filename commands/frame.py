"""What every command shares: its options, and how an error of a room is told."""

from __future__ import annotations

from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import click

from commands.speech import translated
from harvester.sources import UnknownSourceError
from harvester.sources.problems import ConfigError
from harvester.sources.starter import StarterError
from harvester.terminal import told
from mappings import MappingError
from vocab.messages import Told

VERSION = version_of("enbauges")
DEFAULT_CONFIG = Path("sources.toml")
FAILED, MISUSED = 1, 2
MISUSES = (ConfigError, UnknownSourceError, StarterError, MappingError)


def _remember(ctx: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Take over ``--config``, which stands before or after the name of the command."""
    if path is not None:
        ctx.obj = path


CONFIG = click.Option(
    ["--config"],
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    expose_value=False,
    callback=_remember,
    help="The sources file [sources.toml]; its data lie in the folder var beside it.",
)
ON_HOST = click.option("--host", default="127.0.0.1", show_default=True)
ON_PORT = click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))


class Configured(click.Group):
    """Every command takes ``--config``, and says its help in the language of whoever asks."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Register a command, with ``--config``."""
        cmd.params.append(CONFIG)
        super().add_command(cmd, name)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click calls it
        """The commands in the order in which a newcomer meets them, not by letter."""
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, its help translated."""
        found = super().get_command(ctx, cmd_name)
        return found and translated(found)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its own help."""
        click.Group.format_help(translated(self), ctx, formatter)


class Commands(Configured):
    """An error of a room is a sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; 2 for a bad configuration or usage, 1 when something else failed."""
        try:
            return super().invoke(ctx)
        except Told as error:
            if ctx.params["debug"]:
                raise
            click.echo(told(error), err=True)
            ctx.exit(MISUSED if isinstance(error, MISUSES) else FAILED)
