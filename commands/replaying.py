"""``enbauges harvest --replay``: today's mappings on what sources said last."""

from __future__ import annotations

from collections.abc import Iterator

import click

from commands.frame import VERSION
from commands.node import agreed, is_person, local_clock, looked_at, place_of
from harvester import telling
from harvester.seeing.machine import plain_replayed
from harvester.seeing.replay import Replayed, commit, replayed, shown_on
from harvester.seeing.review import review
from harvester.session import chosen, opened
from harvester.sources import Config
from harvester.terminal import print_json, speak, width
from store.generations import Generation
from vocab.messages import language_of, say


def replay(config: Config, ids: tuple[str, ...], *, accept: bool, yes: bool, as_json: bool) -> bool:
    """Show what today's mappings make of what sources said last; commit it when that is wanted.

    Returns:
        Whether the last answer of every source could be read again.
    """
    generation = shown_on(place_of(config.path))
    found = list(_reviewed(config, ids, accept=accept, quiet=as_json))
    changing = [each for each in found if each.changes]
    done = None
    if changing and (yes or (not as_json and _is_wanted(changing))):
        done = _committed(config, changing, generation, accept=accept)
    if as_json:
        number = done.number if done else None
        print_json({"generation": number, "sources": [plain_replayed(each) for each in found]})
    elif done:
        speak(telling.published(done))
    elif changing:
        speak(say("nothing of this was written — to commit it, say yes, or add --yes"))
    return all(each.report.outcome != "failed" for each in found)


def _reviewed(
    config: Config, ids: tuple[str, ...], *, accept: bool, quiet: bool
) -> Iterator[Replayed]:
    """What each source would become, shown as it comes."""
    with looked_at(config, accept=accept, replay=True) as means:
        for each in replayed(chosen(config, ids), means):
            for line in () if quiet else review(each, means.iris, language_of(), width()):
                click.echo(line)
            yield each


def _is_wanted(changing: list[Replayed]) -> bool:
    question = say("commit these changes? sources: {count}", count=len(changing))
    return is_person() and agreed(question)


def _committed(
    config: Config, changing: list[Replayed], generation: int | None, *, accept: bool
) -> Generation | None:
    place, clock = place_of(config.path), local_clock(config)
    with opened(config, place, version=VERSION, clock=clock, accept=accept, replay=True) as session:
        return commit(session, [each.source for each in changing], generation)
