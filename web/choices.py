"""What a reader may filter by, and what is filtered by, in words."""

from __future__ import annotations

from dataclasses import dataclass

from store.lookup import Wanted
from store.things import Facet
from web.filters import Filter
from web.wording import Wording


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
    """What can be chosen of ``facet`` among what is wanted, in the order of the names.

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
    return facet.text or facet.value.replace("-", " ")
