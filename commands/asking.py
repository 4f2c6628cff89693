"""Asking what is published and how the sources do."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import click

from commands import node
from commands.frame import VERSION
from commands.node import (
    current,
    generation_of,
    load_config,
    place_of,
    tell_orphans,
)
from harvester import telling
from harvester.appraisal.health import healths, letters_in, named
from harvester.session import chosen
from harvester.terminal import (
    print_json,
    show_answer,
    show_table,
    spoken,
)
from store.changelog import ChangeLog
from vocab.iris import Iris
from vocab.messages import language_of, say


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
@click.argument("source", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
@click.pass_obj
def status(config: Path, source: str | None, *, as_json: bool) -> None:
    """Say how each source does, or all that is known of one of them."""
    loaded = load_config(config)
    sources = chosen(loaded, [source]) if source else loaded.sources
    place = place_of(config)
    found = healths(place.state, sources, node.clock())
    reach = {each.source.id: telling.reach(each, loaded.site, place.var, VERSION) for each in found}
    if as_json:
        print_json([telling.plain_health(each, reach[each.source.id]) for each in found])
    elif source:
        zone = ZoneInfo(loaded.site.timezone)
        seen = named(found[0], generation_of(config), Iris(loaded.site.base))
        for line in telling.details(seen, zone, language_of(), reach[source]):
            click.echo(line)
    else:
        show_table(telling.status_table(found, ZoneInfo(loaded.site.timezone)))
        stuck = telling.waiting(letters_in(place.state), language_of())
        for line in (*telling.attention(found, language_of()), *stuck):
            click.echo(line)
        tell_orphans(loaded)


@click.command()
@click.argument("source", metavar="ID")
@click.pass_obj
def letter(config: Path, source: str) -> None:
    """Write the publisher of a source what is wrong with it, in French, ready to be sent."""
    loaded, place = load_config(config), place_of(config)
    [health] = healths(place.state, [loaded.source(source)], node.clock())
    health = named(health, generation_of(config), Iris(loaded.site.base))
    reach = telling.reach(health, loaded.site, place.var, VERSION)
    click.echo(telling.letter(health, loaded.site, reach), nl=False)
