"""What a command prints: tables, sentences, JSON; in the language of whoever runs it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from harvester import telling
from harvester.report import Report
from harvester.sources.problems import ConfigError
from store.generations import Generation
from vocab.messages import Message, Told, language_of, say

PIPED = 1_000  # columns of what another program reads: nothing is folded for it
_WIDEST = 100  # columns of sentences

_out = Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=PIPED)
_err = Console(stderr=True)


def told(error: Told) -> str:
    """What an error says; a configuration's mistakes a line each."""
    language = language_of()
    if isinstance(error, ConfigError):
        return error.render(language)
    return error.message.render(language)


def spoken(message: Message) -> str:
    """A message in the language of whoever runs the command."""
    return message.render(language_of())


def speak(message: Message, *, err: bool = False) -> None:
    """Print a message."""
    click.echo(spoken(message), err=err)


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


def width() -> int:
    """The columns of the terminal, and no more than are read with ease."""
    return min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)


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
