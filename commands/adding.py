"""``enbauges source add``: from an address that someone pasted to a block of the sources file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from commands.frame import FAILED
from commands.node import agreed, is_person, load_config, looked_at
from harvester.terminal import speak, spoken, width
from mappings import platforms
from vocab.messages import language_of, say

if TYPE_CHECKING:
    from harvester.discovery.choices import Choice, Choices


@click.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Take the best one, and write it without asking.")
@click.option("--id", "source_id", default="", metavar="ID", help="The id [made from its title].")
@click.option("--kind", default="", help="Its kind [recognised]: enbauges kinds names them all.")
@click.option("--allow-private", is_flag=True, help="The address may be in a private network.")
@click.pass_context
def add(
    ctx: click.Context, address: str, *, yes: bool, source_id: str, kind: str, allow_private: bool
) -> None:
    """Find what can be harvested behind ADDRESS, show it, and add it to the sources file.

    ADDRESS is that of a calendar, a feed, a map, or of the site that has one somewhere.
    """
    from harvester.discovery.choices import Request, choices  # noqa: PLC0415  # others start sooner
    from harvester.discovery.writing import draft, write  # noqa: PLC0415

    config = load_config(ctx.obj)
    request = Request(address, kind, source_id, allow_private)
    with looked_at(config) as means:
        found = choices(request, config, means, lambda url: click.echo(f"… {url}", err=True))
    _show(found)
    asked = not yes and is_person()
    choice = _chosen(found) if asked else found.best()
    if choice is None:
        speak(say("nothing was written"))
        return
    new = draft(config.path, choice.proposal, platforms())
    if not yes:
        _show_preview(choice)
    click.echo(f"\n{new.block}")
    if not (yes or (asked and agreed(say("add it to {file}?", file=config.path.name)))):
        speak(say("nothing was written"))
        if not asked:
            speak(say("to add it without being asked, write --yes"))
            ctx.exit(FAILED)
        return
    write(new)
    told = say(
        "{file}, line {line}: “{id}” is added — read it again, then: enbauges harvest {id}",
        file=config.path.name,
        line=new.line,
        id=new.source.id,
    )
    speak(told)


def _show(found: Choices) -> None:
    """What there is to choose from; where there is nothing else, what was asked in vain."""
    from harvester.telling.found import choice_lines, refused_lines  # noqa: PLC0415

    for number, choice in enumerate(found.choices, 1):
        for line in choice_lines(number, choice, language_of()):
            click.echo(line)
    for line in refused_lines(found.refusals, language_of()):
        click.echo(line)


def _chosen(found: Choices) -> Choice | None:
    """The one that the operator names; without a word the best one, None for none of them."""
    if len(found.choices) == 1:
        return found.choices[0]
    question = spoken(say("which one? 0 for none"))
    number: int = click.prompt(
        question, type=click.IntRange(0, len(found.choices)), default=1, show_default=True
    )
    return found.choices[number - 1] if number else None


def _show_preview(choice: Choice) -> None:
    """What a harvest would make of it."""
    from harvester.seeing.text import shown  # noqa: PLC0415

    click.echo()
    for line in shown(choice.preview, language_of(), width()):
        click.echo(line)
