"""Preparing a node and its mappings."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from commands import node
from commands.frame import DEFAULT_CONFIG
from commands.node import (
    load_config,
    place_of,
    tell_orphans,
)
from harvester import telling
from harvester.curation import file as curation
from harvester.curation.telling import idle
from harvester.digest import Digester, platform_of
from harvester.errands import options_for, window_at
from harvester.records import Content
from harvester.sources.starter import write_starter
from harvester.terminal import (
    print_json,
    show_table,
    speak,
    spoken,
)
from mappings import Problem, platforms
from mappings.local import map_file
from mappings.platform import FOLDER
from mappings.table import ShortForm
from mappings.translate import LANGUAGES, translated, translated_table
from store.generations import Generations
from vocab.iris import Iris
from vocab.messages import language_of, say


@click.command()
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


@click.command()
@click.pass_obj
def validate(config: Path) -> None:
    """Check the sources file and every mapping it uses; write nothing, fetch nothing."""
    loaded = load_config(config)
    for source in loaded.sources:
        platform_of(source)
    speak(say("{file}: {count} sources, all right", file=config.name, count=len(loaded.sources)))
    if loaded.edits:
        count, name = len(loaded.edits.all), curation.FILE
        speak(say("{file}: {count} decisions, all right", file=name, count=count))
        for message in idle(loaded, Generations(place_of(config).generations).current()):
            speak(message)
    tell_orphans(loaded)


@click.command()
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


@click.command()
@click.argument("source_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def records(config: Path, source_id: str, file: Path) -> None:
    """Print the records of FILE as JSON, read as the source ID is: for other RML engines."""
    loaded = load_config(config)
    source = loaded.source(source_id)
    kind = platform_of(source)
    window = window_at(node.clock())
    options = options_for(source, kind, loaded.site.timezone, window)
    digester = Digester(source, kind, Iris(loaded.site.base), options)
    print_json({"records": list(digester.exported([Content(file.read_bytes(), url=source.url)]))})


@click.command(name="map")
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
    problems: list[Problem] = []
    if to:
        click.echo(_translated(mapping, others, to, problems), nl=False)
    else:
        for line in map_file(mapping, file, base, problems):
            click.echo(line)
    for problem in problems:
        severity = spoken(telling.SEVERITIES[problem.severity])
        click.echo(telling.labelled(severity, spoken(problem.message), language_of()), err=True)


def _translated(
    mapping: Path, others: tuple[Path, ...], language: str, problems: list[Problem]
) -> str:
    """The mapping of a file, a platform or a source in another language."""
    config = click.get_current_context().find_object(Path) or DEFAULT_CONFIG
    platform = FOLDER / f"{mapping.name}.yml"
    if mapping.suffix or mapping.is_file():
        return translated([mapping, *others], language, problems)
    if platform.is_file() or not config.is_file():
        return translated(
            [platform if platform.is_file() else mapping, *others], language, problems
        )
    source = load_config(config).source(str(mapping))
    if isinstance(source.mapping, ShortForm):
        return translated_table(source.mapping, language)
    return translated(
        [source.mapping or FOLDER / f"{source.kind}.yml", *others], language, problems
    )
