"""The command line: ``enbauges``. A command is a few lines that call one room."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.metadata import version as version_of
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from harvester import telling
from harvester.digest import Digester, platform_of
from harvester.errands import options_for, window_at
from harvester.problems import ConfigError
from harvester.records import Content
from harvester.report import Report
from harvester.session import Place, chosen, opened, orphans
from harvester.sources import Config, UnknownSourceError, load
from harvester.starter import StarterError, write_starter
from mappings import MappingError, Problem, platforms
from mappings.local import map_file
from mappings.platform import FOLDER
from mappings.table import ShortForm
from mappings.translate import LANGUAGES, translated, translated_table
from samples import serving
from store.generations import Generation, Generations
from vocab.iris import Iris
from vocab.messages import Message, Told, language_of, say

VERSION = version_of("enbauges")
DEFAULT_CONFIG = Path("sources.toml")
FAILED, MISUSED = 1, 2
PIPED = 1_000  # columns of what another program reads: nothing is folded for it
MISUSES = (ConfigError, UnknownSourceError, StarterError, MappingError)

_out = Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=PIPED)
_err = Console(stderr=True)


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


class Commands(click.Group):
    """Every command takes ``--config``; an error of a room is a sentence and an exit code."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Register a command, with ``--config``."""
        cmd.params.append(CONFIG)
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; 2 for a bad configuration or usage, 1 when something else failed."""
        try:
            return super().invoke(ctx)
        except Told as error:
            if ctx.params["debug"]:
                raise
            click.echo(told(error), err=True)
            ctx.exit(MISUSED if isinstance(error, MISUSES) else FAILED)


def told(error: Told) -> str:
    """What an error says; a configuration's mistakes a line each."""
    language = language_of()
    if isinstance(error, ConfigError):
        return error.render(language)
    return error.message.render(language)


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


def spoken(message: Message) -> str:
    """A message in the language of whoever runs the command."""
    return message.render(language_of())


def speak(message: Message, *, err: bool = False) -> None:
    """Print a message."""
    click.echo(spoken(message), err=err)


def clock() -> datetime:
    """Now; the one place where the program asks."""
    return datetime.now(UTC)


def place_of(config: Path) -> Place:
    """The data folder of a sources file."""
    return Place(config.resolve().parent / "var")


def load_config(path: Path) -> Config:
    """The sources file, checked against the platforms that there are."""
    return load(path, kinds=platforms())


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
    """Harvest and publish, with a progress bar on a terminal."""
    sources = chosen(config, ids)
    with (
        samples_for(config) as resolve,
        opened(
            config,
            place_of(config.path),
            version=VERSION,
            clock=lambda: clock().astimezone(ZoneInfo(config.site.timezone)),
            resolve=resolve,
            force=force,
            accept=accept,
            dry_run=dry_run,
        ) as session,
    ):
        reports = list(followed(session.harvest(sources), len(sources), quiet=quiet))
        order = {source.id: place for place, source in enumerate(sources)}
        reports.sort(key=lambda report: order[report.source])
        return reports, session.publish()


def followed(reports: Iterable[Report], total: int, *, quiet: bool) -> Iterator[Report]:
    """The reports as they come, with a progress bar on standard error if it is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = quiet or not _err.is_terminal
    with Progress(*columns, console=_err, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=total)
        for report in reports:
            bar.update(task, advance=1, description=report.source)
            yield report


def shown(cell: Message | str | int) -> str:
    """A cell of a table, none of it taken for markup."""
    return escape(spoken(cell) if isinstance(cell, Message) else str(cell))


def tell_orphans(config: Config) -> None:
    """What is still published of sources that the file no longer names."""
    generation = Generations(place_of(config.path).generations).current()
    if found := orphans(config, generation):
        told = say(
            "still published, though {file} no longer names them: {sources} — put their blocks "
            "back, or move the folder var away and harvest anew",
            file=config.path.name,
            sources=", ".join(found),
        )
        speak(told)


def show_table(told: telling.Table) -> None:
    """A table that fits the terminal, numbers to the right."""
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(told.headings):
        numbers = any(isinstance(row[place], int) for row in told.rows)
        table.add_column(shown(heading), justify="right" if numbers else "left", overflow="fold")
    for row in told.rows:
        table.add_row(*map(shown, row))
    _out.print(table)


def show_reports(reports: list[Report], generation: Generation | None) -> None:
    """The table at the end of a harvest, and under it what did not go well, and why."""
    show_table(telling.report_table(reports))
    for line in telling.reasons(reports, language_of()):
        click.echo(line)
    if generation:
        speak(telling.published(generation))


def print_json(data: object) -> None:
    """Machine output: one JSON document on standard output."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


@main.command(name="harvest")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option("--force", is_flag=True, help="Read sources again that say they did not change.")
@click.option("--accept-removals", "accept", is_flag=True, help="What the IDs lack is really gone.")
@click.pass_obj
def harvest_command(
    config: Path, ids: tuple[str, ...], *, as_json: bool, dry_run: bool, force: bool, accept: bool
) -> None:
    """Harvest all enabled sources, or those named, and publish what changed."""
    if accept and not ids:
        raise click.UsageError(spoken(say("name the sources whose removals you accept")))
    loaded = load_config(config)
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


@main.command()
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
        clock=clock,
        serving=samples_for,
        language=language_of(),
        tell=click.echo,
    )
    keep(desk, pid=os.getppid() if supervised else os.getpid())


@main.command()
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


@main.command()
@ON_HOST
@ON_PORT
@click.pass_obj
def serve(config: Path, host: str, port: int) -> None:
    """Serve the published generation: a page, and SPARQL at /sparql."""
    serve_node(load_config(config), host, port)


def serve_node(config: Config, host: str, port: int) -> None:
    """Serve until a signal; it follows the generations that a harvest publishes meanwhile."""
    from web.server import serve as serve_web  # noqa: PLC0415  # half of the start-up time

    root = place_of(config.path).generations
    if Generations(root).current() is None:
        speak(say("nothing is published yet: the pages fill after the first harvest"), err=True)
    serve_web(
        root,
        host,
        port,
        title=config.site.title,
        timezone=config.site.timezone,
        announce=lambda address: speak(
            say("serving on {address} — stop with Ctrl+C", address=address)
        ),
    )


@main.command()
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


@main.command()
@click.argument("text", required=False)
@click.option("--file", "-f", type=click.File(encoding="utf-8"), help="Read the query from a file.")
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    help="table; json, xml, csv, tsv for rows; turtle, ntriples, jsonld, rdfxml for graphs.",
)
@click.pass_obj
def query(config: Path, text: str | None, file: TextIO | None, form: str) -> None:
    """Ask the published generation a SPARQL question."""
    from sparql.ask import run_query  # noqa: PLC0415  # other commands start faster without it

    if (text is None) == (file is None):
        raise click.UsageError(
            spoken(say("write a query, or name a file with --file: one or the other"))
        )
    asked = text or (file.read() if file else "")
    if form != "table":
        run_query(current(config), asked, sys.stdout.buffer, format=form)
        return
    answer = BytesIO()
    run_query(current(config), asked, answer)
    show_answer(answer.getvalue().decode())


def current(config: Path) -> Generation:
    """The published generation of a node."""
    generation = Generations(place_of(config).generations).current()
    if generation is None:
        raise NothingPublishedError(say("nothing is published yet — run: enbauges harvest"))
    return generation


class NothingPublishedError(Told):
    """There is no generation to ask or to export."""


def show_answer(answer: str) -> None:
    """Rows as a table, yes or no as a word, a graph as the Turtle it is."""
    if not answer.startswith("{"):
        click.echo(answer.rstrip("\n"))
        return
    document = json.loads(answer)
    if "boolean" in document:
        click.echo(document["boolean"])
        return
    show_table(table := telling.answer_table(document))
    if not table.rows:
        speak(say("no row: nothing published answers this"), err=True)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(config: Path, directory: Path) -> None:
    """Write the published generation into DIRECTORY, as N-Quads and as JSON-LD."""
    from store.dumps import export as export_dumps  # noqa: PLC0415

    unlicensed = [each.id for each in load_config(config).sources if not each.texts_allowed]
    for path in export_dumps(current(config), directory):
        click.echo(path)
    if unlicensed:
        left_out = say("left out, for want of a licence: {sources}", sources=", ".join(unlicensed))
        click.echo(spoken(left_out), err=True)


@main.command()
@click.argument("source", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
@click.pass_obj
def status(config: Path, source: str | None, *, as_json: bool) -> None:
    """Say how each source does, or one of them with everything it was reproached."""
    loaded = load_config(config)
    sources = chosen(loaded, [source]) if source else loaded.sources
    known = place_of(config).known([each.id for each in sources])
    if as_json:
        print_json([telling.plain_state(*each) for each in known])
        return
    states = [state for state, _, _ in known]
    zone = ZoneInfo(loaded.site.timezone)
    paused = {each.id for each in sources if not each.enabled}
    show_table(telling.state_table(states, zone, paused))
    for line in telling.reasons(states, language_of()):
        click.echo(line)
    if source:
        for line in telling.details(*known[0], zone, language_of()):
            click.echo(line)
    else:
        tell_orphans(loaded)


@main.command()
@click.pass_obj
def validate(config: Path) -> None:
    """Check the sources file and every mapping it uses; write nothing, fetch nothing."""
    loaded = load_config(config)
    for source in loaded.sources:
        platform_of(source)
    speak(say("{file}: {count} sources, all right", file=config.name, count=len(loaded.sources)))


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(directory: Path) -> None:
    """Write a commented sources.toml for a new territory."""
    path = write_starter(directory, language=language_of())
    speak(say("{file} is written: read it, then run enbauges harvest", file=str(path)))


@main.command()
@click.argument("source_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def records(config: Path, source_id: str, file: Path) -> None:
    """Print the records of FILE as JSON, read as the source ID is: for other RML engines."""
    loaded = load_config(config)
    source = loaded.source(source_id)
    kind = platform_of(source)
    window = window_at(clock())
    options = options_for(source, kind, loaded.site.timezone, window)
    digester = Digester(source, kind, Iris(loaded.site.base), options)
    print_json({"records": list(digester.exported([Content(file.read_bytes(), url=source.url)]))})


@main.command(name="map")
@click.argument("mapping", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--base", default="", help="What relative IRIs are appended to [the mapping's own].")
@click.option("--to", type=click.Choice(LANGUAGES), help="Write the mapping down; map nothing.")
@click.option(
    "--with", "others", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help="With --to: another YARRRML file that is part of the mapping.",
)  # fmt: skip
def map_command(
    mapping: Path, file: Path | None, base: str, to: str | None, others: tuple[Path, ...]
) -> None:
    """Run a mapping on local files and print N-Quads, or translate it.

    MAPPING is YARRRML, or RML in Turtle (.ttl); with --to, also a kind, or the id of a source,
    whose mapping may be a table in the sources file. FILE is read instead of what it names.
    """
    if to:
        click.echo(_translated(mapping, others, to), nl=False)
        return
    problems: list[Problem] = []
    for line in map_file(mapping, file, base, problems):
        click.echo(line)
    for problem in problems:
        severity = spoken(telling.SEVERITIES[problem.severity])
        click.echo(telling.labelled(severity, spoken(problem.message), language_of()), err=True)


def _translated(mapping: Path, others: tuple[Path, ...], language: str) -> str:
    """The mapping of a file, a platform or a source in another language."""
    config = click.get_current_context().find_object(Path) or DEFAULT_CONFIG
    platform = FOLDER / f"{mapping.name}.yml"
    if mapping.suffix or mapping.is_file():
        return translated([mapping, *others], language)
    if platform.is_file() or not config.is_file():
        return translated([platform if platform.is_file() else mapping, *others], language)
    source = load_config(config).source(str(mapping))
    if isinstance(source.mapping, ShortForm):
        return translated_table(source.mapping, language)
    return translated([source.mapping or FOLDER / f"{source.kind}.yml", *others], language)


if __name__ == "__main__":
    main()
