"""How feeds and data tell a thing in words: its title, its place, who says it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from store.folding import fold
from store.things import Thing
from vocab.messages import say
from web.agenda import moment
from web.library import Shelf

_SAID = MappingProxyType(
    {
        "EventCancelled": re.compile(r"\b(annule|cancel)"),
        "EventPostponed": re.compile(r"\b(reporte|postponed)"),
    }
)
"""Status → what a name says of it already: « Loto (annulé) »."""

MOST_TEXT = 1_500
"""Characters of a description that a feed carries; the page of the thing has more."""

_UTC = ZoneInfo("UTC")


class Wording:
    """Tells the things of one shelf.

    Args:
        shelf: where they come from.
        language: that of the words around the sources' own.
    """

    def __init__(self, shelf: Shelf, language: str) -> None:
        self.shelf = shelf
        self.language = language

    def say(self, text: str, /, **values: object) -> str:
        """An English sentence in the language of the feed."""
        return say(text, **values).render(self.language)

    def title(self, thing: Thing) -> str:
        """The name, and what must be known before going there."""
        name = thing.name or self.say("Untitled")
        if self.says(thing):
            return name
        mark = {
            "EventCancelled": self.say("cancelled"),
            "EventPostponed": self.say("postponed"),
        }.get(thing.status) or (self.say("no longer announced") if thing.gone else "")
        return f"{name} ({mark})" if mark else name

    @staticmethod
    def says(thing: Thing) -> bool:
        """Whether the name itself says that it is cancelled or postponed."""
        said = _SAID.get(thing.status)
        return bool(said and said.search(fold(thing.name)))

    def where(self, thing: Thing) -> str:
        """Place, address and commune on one line."""
        parts = [thing.place, thing.address]
        if thing.commune_name and thing.commune_name not in " ".join(parts):
            parts.append(thing.commune_name)
        return ", ".join(dict.fromkeys(filter(None, parts)))

    def organizer(self, thing: Thing) -> str:
        """Who organises it, else who publishes it."""
        if thing.organizer:
            return thing.organizer
        by = self.shelf.named(thing)
        return next((source.publisher or source.title for source in by), "")

    def text(self, thing: Thing) -> str:
        """The description, who organises, and who says so under which licence."""
        told = [thing.text if len(thing.text) <= MOST_TEXT else f"{thing.text[:MOST_TEXT]}…"]
        if thing.organizer:
            told.append(self.say("Organised by {name}.", name=thing.organizer))
        return "\n\n".join(filter(None, (*told, self.credit(thing))))

    def credit(self, thing: Thing) -> str:
        """Which sources say it, and under which licence each."""
        named = []
        for source in self.shelf.named(thing):
            if source.agreed:
                named.append(f"{source.title} ({self.say('with the publisher’s agreement')})")
            else:
                licence = source.licence or self.say("licence to be clarified")
                named.append(f"{source.title} ({licence})")
        return self.say("Source: {names}.", names=" ; ".join(named)) if named else ""

    def concepts(self, thing: Thing, facet: str) -> list[str]:
        """The names of its concepts of one facet."""
        return [
            self.shelf.label(iri, self.language) for kind, iri in thing.concepts if kind == facet
        ]

    def uid(self, thing: Thing) -> str:
        """A name that stays as long as its IRI does: ``event/KEY@host`` (RFC 7986, section 5.3)."""
        base = self.shelf.generation.base
        return f"{thing.iri.removeprefix(f'{base}id/')}@{urlsplit(base).netloc}"

    def changed(self, thing: Thing) -> datetime:
        """When it changed, in UTC: by its own date, else when a change of its sources was read.

        It is never the hour of the answer: a feed that nothing changed in is the same bytes.
        """
        for value in (thing.modified, thing.published):
            try:
                _, at = moment(value, _UTC)
            except (ValueError, OverflowError):
                continue
            if at:
                return at.astimezone(UTC)
        read = (source.changed for source in self.shelf.named(thing))
        return max(filter(None, read), default=self.shelf.generation.created).astimezone(UTC)
