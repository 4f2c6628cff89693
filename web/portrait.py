"""What the page of an entity tells around it: who says what, other dates, what is near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from store.folding import fold, slug
from store.lookup import Box, Wanted
from store.published import Curated
from store.things import CONCEPTS, PLACED, Thing
from vocab.messages import Message, say
from web.agenda import Event, event_of, map_events
from web.filters import Filter
from web.library import Shelf
from web.sources import Source
from web.standing import Standings
from web.texts import link
from web.wording import Wording

COMPARED = MappingProxyType(
    {
        "name": say("Name"),
        "start": say("Beginning"),
        "end": say("End"),
        "place": say("Place"),
        "address": say("Address"),
        "organizer": say("Organiser"),
        "url": say("Page"),
        "telephone": say("Telephone"),
        "opening": say("Opening hours"),
        "text": say("Description"),
    }
)
"""The fields that sources are compared by."""

_MOST_DATES, _MOST_NEAR, _MOST_SERVICES = 12, 6, 50
_NEAR = 0.04
"""Degrees around a thing that count as near: some 4 km north to south, 3 km east to west."""

_SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says: its record, and where it is to be corrected.

    ``confirmed`` is when the source was last read well, None when that is not known.
    """

    source: Source
    record: str
    said: Thing
    confirmed: datetime | None

    @property
    def correct(self) -> str:
        """Where its publisher can be told of a mistake, "" when no address is known."""
        return link(self.said.url) or self.source.address


@dataclass(frozen=True, slots=True)
class Difference:
    """A field, and what each source says of it where they disagree."""

    field: str
    name: Message
    said: tuple[tuple[Source, str], ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A field that the editors corrected, and what each source says of it."""

    decision: Curated
    said: tuple[tuple[Source, str], ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """An entity and what is around it: what its sources say, other dates, services, what is near.

    ``services`` are those of the same organisation, ``giver`` the one that gives a service.
    ``corrections`` are by the field of ``Thing`` that they change, or by the facet.
    """

    event: Event | None
    claims: tuple[Claim, ...]
    differences: tuple[Difference, ...]
    dates: tuple[Event, ...]
    coming: tuple[Event, ...]
    near: tuple[Thing, ...]
    services: tuple[Thing, ...]
    giver: Thing | None
    series: Thing | None
    corrections: Mapping[str, Correction]
    pinned: Curated | None


class Portraits:
    """Gathers portraits.

    Args:
        standings: when the sources were last read.
        zone: the zone whose days the pages tell.
    """

    def __init__(self, standings: Standings, zone: ZoneInfo) -> None:
        self._standings = standings
        self._zone = zone

    def of(self, thing: Thing, wording: Wording, today: date) -> Portrait:
        """The portrait of ``thing``, as of the local day ``today``."""
        shelf = wording.shelf
        claims = tuple(self._claims(thing, shelf))
        series = thing.iri if thing.kind == "series" else thing.series
        dates = self._coming(self.dates(shelf, series, today), today) if series else []
        others = [event for event in dates if event.thing.iri != thing.iri]
        own = shelf.published.curated(thing.iri)
        decided = [*(shelf.published.curated(thing.series) if thing.series else ()), *own]
        return Portrait(
            event=event_of(thing, self._zone) if thing.kind == "event" else None,
            claims=claims,
            differences=_differences(claims),
            dates=tuple(others[:_MOST_DATES]),
            coming=tuple(self._there(thing, shelf, today)),
            near=tuple(_near(thing, shelf)),
            services=tuple(_services(thing, shelf)),
            giver=_known_giver(thing, shelf),
            series=shelf.index.get(thing.series) if thing.series else None,
            corrections=_corrections(decided, claims, wording),
            pinned=next((each for each in decided if each.name == _PINNED), None),
        )

    def dates(self, shelf: Shelf, series: str, first: date | None = None) -> list[Thing]:
        """The dates of a series in their order, from the day ``first`` on."""
        begin = (first - timedelta(days=1)).isoformat() if first else ""
        asked = Filter().having("serie", series)
        return shelf.index.find(asked.wanted(("event",), first=begin, order="days"))

    def _claims(self, thing: Thing, shelf: Shelf) -> list[Claim]:
        found = []
        for record in thing.records:
            id_ = record.removeprefix(shelf.iris.records).partition("/")[0]
            if source := shelf.sources.get(id_):
                said = shelf.published.claim(record, thing.kind)
                found.append(Claim(source, record, said, self._standings.confirmed(id_)))
        return found

    def _coming(self, things: Sequence[Thing], today: date) -> list[Event]:
        events = map_events(things, self._zone)
        return sorted(
            (event for event in events if event.last >= today), key=lambda event: event.first
        )

    def _there(self, thing: Thing, shelf: Shelf, today: date) -> list[Event]:
        """What comes up at a place, or is organised by an organisation."""
        coming = self.there(thing, shelf, today, today + _SOON)
        return self._coming(coming, today)[:_MOST_DATES]

    def there(self, thing: Thing, shelf: Shelf, first: date, last: date) -> list[Thing]:
        """What takes place at a place, or is organised by an organisation, between two days."""
        facet = {"place": "lieu", "organization": "organisateur"}.get(thing.kind)
        if facet is None or not slug(thing.name):
            return []
        wanted = (
            Filter()
            .having(facet, slug(thing.name))
            .wanted(
                ("event",),
                first=(first - timedelta(days=1)).isoformat(),
                last=last.isoformat(),
                order="days",
            )
        )
        return shelf.index.find(wanted)


def _near(thing: Thing, shelf: Shelf) -> list[Thing]:
    """Places around it, the nearest first."""
    if thing.latitude is None or thing.longitude is None:
        return []
    latitude, longitude = thing.latitude, thing.longitude
    box = Box(longitude - _NEAR, latitude - _NEAR, longitude + _NEAR, latitude + _NEAR)
    found = shelf.index.find(Wanted(kinds=PLACED, box=box, limit=200))

    def distance(other: Thing) -> float:
        east = ((other.longitude or 0) - longitude) * 0.7  # cosine of 45.6 degrees
        return ((other.latitude or 0) - latitude) ** 2 + east**2

    others = (other for other in found if other.iri != thing.iri)
    return sorted(others, key=distance)[:_MOST_NEAR]


def _services(thing: Thing, shelf: Shelf) -> list[Thing]:
    """What an organisation gives, or whoever gives a service gives besides.

    They name it as the organiser of events is named, so a service and its provider need not come
    from the same source: data.inclusion lists structures and services apart.
    """
    if not (giver := slug(_giver(thing))):
        return []
    wanted = Filter().having("organisateur", giver).wanted(("service",), limit=_MOST_SERVICES)
    return [other for other in shelf.index.find(wanted) if other.iri != thing.iri]


def _giver(thing: Thing) -> str:
    names = {"place": thing.name, "organization": thing.name, "service": thing.organizer}
    return names.get(thing.kind, "")


def _known_giver(thing: Thing, shelf: Shelf) -> Thing | None:
    """The organisation that a service names, where just one bears that name."""
    if thing.kind != "service" or not thing.organizer:
        return None
    found = shelf.index.called(thing.organizer, ("organization", "place"))
    return found[0] if len(found) == 1 else None


def _differences(claims: Sequence[Claim]) -> tuple[Difference, ...]:
    found = []
    for field, name in COMPARED.items():
        said = [(claim.source, str(getattr(claim.said, field))) for claim in claims]
        told = [(source, value) for source, value in said if value]
        if len({fold(value) for _, value in told}) > 1:
            found.append(Difference(field, name, tuple(told)))
    return tuple(found)


def _corrections(
    decided: Iterable[Curated], claims: Sequence[Claim], wording: Wording
) -> dict[str, Correction]:
    found = {}
    for each in decided:
        if field := _FIELDS.get(each.name, ""):
            said = tuple((claim.source, _told(claim.said, field, wording)) for claim in claims)
            found[field] = Correction(each, said)
    return found


def _told(said: Thing, field: str, wording: Wording) -> str:
    """What a source says of a field or a facet, "" when it says nothing."""
    if field in CONCEPTS:
        return ", ".join(wording.concepts(said, field))
    value = getattr(said, field)
    return "" if value is None else str(value)


_PINNED = "pin"
_FIELDS = MappingProxyType(
    {
        **{predicate.rpartition("#")[2]: facet for facet, predicate in CONCEPTS.items()},
        "name": "name",
        "description": "text",
        "url": "url",
        "startDate": "start",
        "endDate": "end",
        "eventStatus": "status",
        "isAccessibleForFree": "free",
        "location": "place",
        "organizer": "organizer",
        "commune": "commune_name",
        "position": "latitude",
        "streetAddress": "address",
        "postalCode": "address",
        "addressLocality": "address",
        "telephone": "telephone",
        "email": "email",
        "openingHoursOsm": "opening",
    }
)
"""Name of a correction → the field of ``Thing``, or the facet, that tells it."""
