"""The command line: ``enbauges``. A command is a few lines that call one room."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.metadata import version as version_of
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import click

from harvester import telling
from harvester.appraisal.health import healths, letters_in
from harvester.digest import Digester, platform_of
from harvester.errands import options_for, window_at
from harvester.life.strays import orphans
from harvester.records import Content
from harvester.report import Report
from harvester.session import Place, Session, chosen, opened
from harvester.sources import Config, UnknownSourceError, load
from harvester.sources.problems import ConfigError
from harvester.sources.starter import StarterError, write_starter
from harvester.terminal import (
    followed,
    print_json,
    show_answer,
    show_reports,
    show_table,
    speak,
    spoken,
    told,
)
from mappings import MappingError, Problem, platforms
from mappings.local import map_file
from mappings.platform import FOLDER
from mappings.table import ShortForm
from mappings.translate import LANGUAGES, translated, translated_table
from samples import serving
from store.changelog import ChangeLog
from store.generations import Generation, Generations
from vocab.iris import Iris
from vocab.messages import Message, Told, language_of, say

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
    """Every command takes ``--config``."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Register a command, with ``--config``."""
        cmd.params.append(CONFIG)
        super().add_command(cmd, name)


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


@contextmanager
def operated(config: Config) -> Iterator[Session]:
    """What an operator changes without harvesting: published at the end."""
    zone = ZoneInfo(config.site.timezone)
    place, now = place_of(config.path), lambda: clock().astimezone(zone)
    with opened(config, place, version=VERSION, clock=now) as session:
        yield session
        if generation := session.publish():
            speak(telling.published(generation))


def tell_orphans(config: Config) -> None:
    """What is still published of sources that the file no longer names, or was to be forgotten."""
    if place_of(config.path).forgetting.exists():
        speak(say("a forgetting was interrupted — finish it: enbauges forget --again"))
    generation = Generations(place_of(config.path).generations).current()
    if found := orphans(config, generation):
        told = say(
            "still published, though {file} no longer names them: {sources} — put their blocks "
            "back, or say what becomes of their data: enbauges source retire ID --keep (they "
            "stay), or --withdraw (they leave)",
            file=config.path.name,
            sources=", ".join(found),
        )
        speak(told)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON, in both languages.")
def kinds(*, as_json: bool) -> None:
    """Tell the kinds of sources: the name to write, what it is, and what it reads."""
    known = platforms().values()
    if as_json:
        print_json(
            [
                {"name": each.name, "title": dict(each.title), "reads": dict(each.reads)}
                for each in known
            ]
        )
    else:
        show_table(telling.kinds_table(known, language_of()))


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
    made = back_up_node(place_of(config), config, mappings, target, now=clock(), version=VERSION)
    for message in made.told():
        speak(message)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Put it in the place of the data that are there.")
@click.pass_obj
def restore(config: Path, file: Path, *, force: bool) -> None:
    """Put back what a backup holds, verified, and publish it."""
    from harvester.life.safekeeping import restore_node  # noqa: PLC0415

    restored = restore_node(file, place_of(config), config, now=clock(), force=force)
    for message in restored.told():
        speak(message)
    if restored.forgotten:
        speak(say("since that backup something was forgotten here: it is forgotten again"))
        forget_all(load_config(config))


@main.command()
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


@main.command()
@click.argument("iri")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def history(config: Path, iri: str, *, as_json: bool) -> None:
    """Say what a thing was and when: an entity or a record, by its address."""
    from harvester.life import history as histories  # noqa: PLC0415

    found = histories.history(iri, current(config), ChangeLog(place_of(config).changes))
    if as_json:
        print_json(histories.plain(found))
        return
    zone = ZoneInfo(load_config(config).site.timezone)
    for line in histories.told(found, zone, language_of()):
        click.echo(line)


@main.command()
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


def agreed(question: Message) -> bool:
    """Whether the operator says yes, in either language; anything else is no."""
    choice = say("yes/NO")
    asked = f"{spoken(question)} [{spoken(choice)}]"
    answer = click.prompt(asked, default="", show_default=False)
    return answer.strip().casefold() in {"y", "yes", "o", "oui"}


def forget_all(config: Config) -> None:
    """Forget once more all that was ever forgotten."""
    from harvester.life import forget as forgetting  # noqa: PLC0415

    with operated(config) as session:
        plan = forgetting.planned(session, config, session.means.takedowns)
        forgetting.carry_out(plan, session, config)
    renewed(config)


def renewed(config: Config) -> None:
    """Make the store anew, so that its files hold nothing that was deleted."""
    from harvester.life.forget import renew  # noqa: PLC0415

    speak(telling.published(renew(place_of(config.path), now=clock())))


@main.group(cls=Configured)
def source() -> None:
    """What becomes of a source."""


@source.command()
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


@source.command()
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


@main.command()
@click.argument("source", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
@click.pass_obj
def status(config: Path, source: str | None, *, as_json: bool) -> None:
    """Say how each source does, or all that is known of one of them."""
    loaded = load_config(config)
    sources = chosen(loaded, [source]) if source else loaded.sources
    place = place_of(config)
    found = healths(place.state, sources, clock())
    reach = {each.source.id: telling.reach(each, loaded.site, place.var, VERSION) for each in found}
    if as_json:
        print_json([telling.plain_health(each, reach[each.source.id]) for each in found])
    elif source:
        zone = ZoneInfo(loaded.site.timezone)
        for line in telling.details(found[0], zone, language_of(), reach[source]):
            click.echo(line)
    else:
        show_table(telling.status_table(found, ZoneInfo(loaded.site.timezone)))
        stuck = telling.waiting(letters_in(place.state), language_of())
        for line in (*telling.attention(found, language_of()), *stuck):
            click.echo(line)
        tell_orphans(loaded)


@main.command()
@click.argument("source", metavar="ID")
@click.pass_obj
def letter(config: Path, source: str) -> None:
    """Write the publisher of a source what is wrong with it, in French, ready to be sent."""
    loaded, place = load_config(config), place_of(config)
    [health] = healths(place.state, [loaded.source(source)], clock())
    reach = telling.reach(health, loaded.site, place.var, VERSION)
    click.echo(telling.letter(health, loaded.site, reach), nl=False)


@main.command()
@click.pass_obj
def validate(config: Path) -> None:
    """Check the sources file and every mapping it uses; write nothing, fetch nothing."""
    loaded = load_config(config)
    for source in loaded.sources:
        platform_of(source)
    speak(say("{file}: {count} sources, all right", file=config.name, count=len(loaded.sources)))
    tell_orphans(loaded)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(directory: Path) -> None:
    """Write a commented sources.toml for a new territory."""
    path = write_starter(directory, language=language_of())
    folder = path.parent
    first = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    told = say(
        "{file} is written: read it, then run: {command}",
        file=str(path),
        command=f"{first}enbauges harvest",
    )
    speak(told)


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
