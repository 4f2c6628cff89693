"""``enbauges source preview`` and ``check``: looking at sources, and writing nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from commands.frame import FAILED
from commands.node import load_config, looked_at
from harvester.session import chosen
from harvester.sources import Config, Source
from harvester.terminal import print_json, speak, spoken, width
from vocab.messages import language_of, say

if TYPE_CHECKING:
    from harvester.discovery.choices import Choice, Request
    from harvester.means import Means

_MOST = 1_000  # entries


@click.command()
@click.argument("source", metavar="ADDRESS|ID")
@click.option("-n", "most", default=5, show_default=True, type=click.IntRange(0, _MOST),
              help="How many entries to show.")  # fmt: skip
@click.option("--kind", default="", help="Its kind [recognised]: enbauges kinds names them all.")
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

    A source of the sources file by its ID, or what stands behind any ADDRESS.
    """
    from harvester.discovery.choices import Request  # noqa: PLC0415  # others start sooner
    from harvester.seeing.machine import plain_preview  # noqa: PLC0415
    from harvester.seeing.preview import preview as seen  # noqa: PLC0415
    from harvester.seeing.text import shown  # noqa: PLC0415

    config = load_config(ctx.obj)
    if "://" not in source and kind:
        told = say("--kind is for an address; the kind of a source stands in its block")
        raise click.UsageError(spoken(told))
    with looked_at(config) as means:
        if "://" in source:
            choice = _found(Request(source, kind, allow_private=allow_private), config, means)
            block = Source.model_validate(dict(choice.proposal.fields))
            found = seen(block, means, most, answer=choice.candidate.answer)
        else:
            found = seen(config.source(source), means, most)
    if as_json:
        print_json(plain_preview(found))
    else:
        for line in shown(found, language_of(), width(), diff=diff):
            click.echo(line)
        speak(say("Nothing was written."))
    if found.outcome == "failed":
        ctx.exit(FAILED)


def _found(request: Request, config: Config, means: Means) -> Choice:
    """The best of what stands behind an address."""
    from harvester.discovery.choices import choices  # noqa: PLC0415

    found = choices(request, config, means, lambda url: click.echo(f"… {url}", err=True))
    best, *others = found.choices
    if others:
        told = say(
            "other sources behind it: {count} — enbauges source add shows them all",
            count=len(others),
        )
        speak(told, err=True)
    return best


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def check(ctx: click.Context, ids: tuple[str, ...], *, as_json: bool) -> None:
    """Look at the sources as they are now: server, robots.txt, licence, dates, fields.

    The share of entries with each field is compared with what it was. Nothing is written; the
    exit code is 1 where somebody must act.
    """
    from harvester.seeing.findings import findings  # noqa: PLC0415
    from harvester.seeing.inspection import inspect, is_wrong  # noqa: PLC0415
    from harvester.seeing.machine import plain_inspection  # noqa: PLC0415

    config = load_config(ctx.obj)
    zone = ZoneInfo(config.site.timezone)
    found = []
    with looked_at(config) as means:
        for each in inspect(chosen(config, ids), means):
            found.append(each)
            for line in () if as_json else findings(each, means.iris, language_of(), zone, width()):
                click.echo(line)
    if as_json:
        print_json([plain_inspection(each) for each in found])
    if any(map(is_wrong, found)):
        ctx.exit(FAILED)
