"""Harvesting and serving: once, on a schedule, or as a demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from commands import node
from commands.frame import FAILED, ON_HOST, ON_PORT, VERSION
from commands.node import (
    load_config,
    place_of,
    run_harvest,
    samples_for,
    tell_orphans,
)
from harvester import telling
from harvester.sources import Config
from harvester.terminal import (
    print_json,
    show_reports,
    speak,
    spoken,
)
from store.generations import Generations
from vocab.messages import language_of, say


@click.command(name="harvest")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option("--force", is_flag=True, help="Read sources again that say they did not change.")
@click.option("--accept-removals", "accept", is_flag=True, help="What the IDs lack is really gone.")
@click.option("--replay", is_flag=True, help="Ask no source: map anew what they said last.")
@click.option("--yes", is_flag=True, help="With --replay: commit without asking.")
@click.pass_obj
def harvest_command(
    config: Path,
    ids: tuple[str, ...],
    *,
    as_json: bool,
    dry_run: bool,
    force: bool,
    accept: bool,
    replay: bool,
    yes: bool,
) -> None:
    """Harvest all enabled sources, or those named, and publish what changed."""
    if accept and not ids:
        raise click.UsageError(spoken(say("name the sources whose removals you accept")))
    if (replay and (force or dry_run)) or (yes and not replay):
        raise click.UsageError(spoken(say("these options do not go together")))
    loaded = load_config(config)
    if replay:
        from commands import replaying  # noqa: PLC0415  # a harvest starts sooner without it

        if not replaying.replay(loaded, ids, accept=accept, yes=yes, as_json=as_json):
            sys.exit(FAILED)
        return
    reports, generation = run_harvest(
        loaded, ids, force=force, accept=accept, dry_run=dry_run, quiet=as_json
    )
    if as_json:
        number = generation.number if generation else None
        print_json({"generation": number, "sources": telling.plain(reports)})
    else:
        show_reports(reports, generation)
        tell_orphans(loaded)
        if dry_run:
            speak(say("dry run: nothing of this was written"))
    if any(report.outcome == "failed" for report in reports):
        sys.exit(FAILED)


@click.command()
@click.option("--supervised", is_flag=True, hidden=True)  # by run: it is the one to stop
@click.pass_obj
def schedule(config: Path, *, supervised: bool) -> None:
    """Harvest each source when it is due, publish, and wait for the next; until a signal."""
    from harvester.schedule import Desk, keep  # noqa: PLC0415  # other commands need no timers

    desk = Desk(
        path=config,
        load=load_config,
        place=place_of(config),
        version=VERSION,
        clock=node.clock,
        serving=samples_for,
        language=language_of(),
        tell=click.echo,
    )
    keep(desk, pid=os.getppid() if supervised else os.getpid())


@click.command()
@ON_HOST
@ON_PORT
@click.pass_context
def run(ctx: click.Context, host: str, port: int) -> None:
    """Schedule and serve together: each in a process that is started again when it dies."""
    from harvester.alarm import sole  # noqa: PLC0415
    from harvester.supervise import Part, supervise  # noqa: PLC0415
    from web.server import listen  # noqa: PLC0415

    load_config(ctx.obj)
    listen(host, port).close()  # better told now than by a process that is started again
    with sole(place_of(ctx.obj).var, os.getpid()):
        pass
    enbauges = [sys.executable, "-P", "-m", "cli", "--config", str(ctx.obj)]
    harvester = Part("schedule", [*enbauges, "schedule", "--supervised"])
    server = Part("serve", [*enbauges, "serve", "--host", host, "--port", str(port)])
    if not supervise((harvester, server), lambda news: speak(news, err=True)):
        ctx.exit(FAILED)


@click.command()
@ON_HOST
@ON_PORT
@click.pass_obj
def serve(config: Path, host: str, port: int) -> None:
    """Serve the published generation: a page, and SPARQL at /sparql."""
    serve_node(load_config(config), host, port)


def serve_node(config: Config, host: str, port: int) -> None:
    """Serve until a signal; it follows the generations that a harvest publishes meanwhile."""
    from web.server import serve as serve_web  # noqa: PLC0415  # half of the start-up time

    place = place_of(config.path)
    root = place.generations
    if Generations(root).current() is None:
        speak(say("nothing is published yet: the pages fill after the first harvest"), err=True)
    serve_web(
        root,
        host,
        port,
        title=config.site.title,
        timezone=config.site.timezone,
        contact=config.site.contact,
        tiles=config.site.tiles,
        attribution=config.site.attribution,
        state=place.state,
        announce=lambda address: speak(
            say("serving on {address} — stop with Ctrl+C", address=address)
        ),
    )


@click.command()
@click.option("--once", is_flag=True, help="Harvest and publish, then stop.")
@ON_PORT
@click.pass_obj
def demo(config: Path, *, once: bool, port: int) -> None:
    """Harvest every source, publish a generation and serve it.

    A source that fails does not fail the demonstration: the samples hold two sick ones.
    """
    loaded = load_config(config)
    if not once:
        from web.server import listen  # noqa: PLC0415

        listen("127.0.0.1", port).close()  # better told now than after the harvest
    reports, generation = run_harvest(loaded, ())
    show_reports(reports, generation)
    if not once:
        serve_node(loaded, "127.0.0.1", port)
