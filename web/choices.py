"""What a reader may filter by, and what is filtered by, in words."""

from __future__ import annotations

from dataclasses import dataclass

from store.lookup import Wanted
from store.opening import TIMES
from store.things import OPEN, Facet
from vocab.messages import say
from web.filters import Filter
from web.wording import Wording

_OPEN = (
    say("on Mondays"), say("on Monday evenings"),
    say("on Tuesdays"), say("on Tuesday evenings"),
    say("on Wednesdays"), say("on Wednesday evenings"),
    say("on Thursdays"), say("on Thursday evenings"),
    say("on Fridays"), say("on Friday evenings"),
    say("on Saturdays"), say("on Saturday evenings"),
    say("on Sundays"), say("on Sunday evenings"),
)  # fmt: skip
"""What ``store.opening.TIMES`` are called."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to filter by: its value and name, and how many things have it."""

    value: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is filtered by, and the filter that is left without it."""

    name: str
    without: Filter


def choices(wording: Wording, facet: str, wanted: Wanted, asked: Filter) -> list[Choice]:
    """What can be chosen of ``facet`` among what is wanted, by name; times in their order.

    What is chosen already is among it even where nothing has it.
    """
    index, chosen = wording.shelf.index, asked.values(facet)
    counts = dict(index.values(facet, wanted))
    known = {each.value for each in counts}
    counts |= {index.named(facet, value): 0 for value in chosen if value not in known}
    found = [
        Choice(each.value, name_of(wording, each), count, each.value in chosen)
        for each, count in counts.items()
    ]
    if facet == OPEN:
        return sorted(found, key=lambda choice: (*TIMES, choice.value).index(choice.value))
    return sorted(found, key=lambda choice: choice.name.casefold())


def chips(wording: Wording, asked: Filter) -> list[Chip]:
    """What is filtered by, in words; a part of the map has none and is left out."""
    found = []
    for facet, value in asked.pairs():
        if facet == "gratuit":
            name = wording.say("free of charge")
        elif facet == "q":
            name = f"« {value} »"
        else:
            name = name_of(wording, wording.shelf.index.named(facet, value))
        if facet != "bbox":
            found.append(Chip(name, asked.without(facet, value)))
    return found


def name_of(wording: Wording, facet: Facet) -> str:
    """What people call a value of a facet."""
    if facet.iri:
        return wording.shelf.label(facet.iri, wording.language)
    if facet.name == "source" and (source := wording.shelf.sources.get(facet.value)):
        return source.title
    if facet.name == "serie" and (series := wording.shelf.index.get(facet.value)):
        return series.name
    if facet.name == OPEN and facet.value in TIMES:
        return _OPEN[TIMES.index(facet.value)].render(wording.language)
    return facet.text or facet.value.replace("-", " ")
