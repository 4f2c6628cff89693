"""``enbauges source preview``: what a harvest would make of a source."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from commands.frame import FAILED, VERSION
from commands.node import load_config, local_clock, place_of, samples_for
from harvester.means import Means
from harvester.seeing.sheet import WIDTH
from harvester.sources import Config, Source
from harvester.terminal import print_json, spoken
from mappings import platforms
from vocab.messages import language_of, say

_MOST = 1_000


@click.command()
@click.argument("source", metavar="ADDRESS|ID")
@click.option("-n", "most", default=5, show_default=True, type=click.IntRange(0, _MOST),
              help="How many entries to show.")  # fmt: skip
@click.option("--kind", default="", help="What the address is read as: enbauges kinds.")
@click.option("--diff", is_flag=True, help="Show what would change of what is stored.")
@click.option("--allow-private", is_flag=True, help="The address may be in a private network.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def preview(
    ctx: click.Context,
    source: str,
    most: int,
    kind: str,
    *,
    diff: bool,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Show what a harvest would make of a source; write nothing.

    A source of the sources file by its ID, or any ADDRESS with --kind.
    """
    from harvester.seeing.machine import plain_preview  # noqa: PLC0415  # others start sooner
    from harvester.seeing.preview import preview as seen  # noqa: PLC0415
    from harvester.seeing.provisional import is_address  # noqa: PLC0415
    from harvester.seeing.text import shown  # noqa: PLC0415

    config = load_config(ctx.obj)
    block = _meant(config, source, kind, allow_private=allow_private)
    around = replace(config, sources=(*config.sources, block)) if is_address(source) else config
    with looked_at(around) as means:
        found = seen(block, means, most)
    if as_json:
        print_json(plain_preview(found))
    else:
        for line in shown(found, language_of(), width(), diff=diff):
            click.echo(line)
    if found.outcome == "failed":
        ctx.exit(FAILED)


def width() -> int:
    """The columns of the terminal, and no more than are read with ease."""
    return min(shutil.get_terminal_size((WIDTH, 24)).columns, 100)


@contextmanager
def looked_at(config: Config, *, accept: bool = False, replay: bool = False) -> Iterator[Means]:
    """What is needed to look at the sources of a node, and cannot write."""
    from harvester.seeing.looking import looking  # noqa: PLC0415

    with (
        samples_for(config) as resolve,
        looking(
            config,
            place_of(config.path),
            version=VERSION,
            clock=local_clock(config),
            resolve=resolve,
            accept=accept,
            replay=replay,
        ) as means,
    ):
        yield means


def _meant(config: Config, source: str, kind: str, *, allow_private: bool) -> Source:
    """The block of an id, or the one that an address would have."""
    from harvester.seeing.provisional import is_address, provisional  # noqa: PLC0415

    if not is_address(source):
        if kind:
            told = say("--kind is for an address; the kind of a source stands in its block")
            raise click.UsageError(spoken(told))
        return config.source(source)
    if not kind:
        told = say("say what the address is read as: --kind KIND (enbauges kinds names them all)")
        raise click.UsageError(spoken(told))
    return provisional(source, kind, platforms(), allow_private=allow_private)
