"""What the canonical graph, or one source, says at an IRI, read as one flat ``Thing``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import pyoxigraph as ox

from store.things import CONCEPTS, Thing, last_word
from vocab import SCHEMA, term
from vocab.iris import Iris

_DOCUMENT = re.compile(r"https?://.*\.(pdf|od[tsp]|docx?|xlsx?|pptx?|epub)", re.IGNORECASE)

_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufeff\ufffe\uffff]+"
)
"""Control characters, and those that turn the direction of the text around them."""

_LONGEST_NAME = 300

Said = Mapping[str, Sequence[ox.NamedNode | ox.Literal]]
"""Predicate → values of one subject."""

SaidOf = Callable[[str], Said]


def read_thing(iri: str, kind: str, said_of: SaidOf, iris: Iris) -> Thing:
    """The thing that the canonical graph describes at ``iri``.

    Of several values of a property that can show one only, the French one is taken, else the
    first in the order of the alphabet, so that a generation tells the same at each reading.
    """
    said = said_of(iri)
    channel = said_of(_first(said, f"{SCHEMA}availableChannel"))
    place_iri, place = _reference(said, ("location", "contentLocation"), said_of)
    if channel and not place_iri:
        place_iri, place = _reference(channel, ("serviceLocation",), said_of)
    organizer_iri, organizer = _reference(said, ("organizer", "publisher", "provider"), said_of)
    commune = _first(said, term("eb:commune")) or _first(place, term("eb:commune"))
    records = tuple(sorted(_all(said, term("prov:wasDerivedFrom"))))
    latitude, longitude = _position(said, place, said_of)
    free = _first(said, f"{SCHEMA}isAccessibleForFree")
    reached = organizer if kind == "service" else said
    return Thing(
        iri=iri,
        kind=kind,
        types=tuple(sorted(last_word(each) for each in _all(said, term("rdf:type")))),
        name=_name(said),
        text=plain(_first(said, f"{SCHEMA}description") or _first(said, f"{SCHEMA}abstract")),
        url=_first(said, f"{SCHEMA}url") or _first(channel, f"{SCHEMA}serviceUrl"),
        start=_first(said, f"{SCHEMA}startDate"),
        end=_first(said, f"{SCHEMA}endDate"),
        previous=_first(said, f"{SCHEMA}previousStartDate"),
        status=last_word(_first(said, f"{SCHEMA}eventStatus")).removesuffix("EventScheduled"),
        gone=_first(said, term("eb:noLongerAnnouncedSince")),
        place=_place_name(kind, said, place),
        place_iri=_page(place_iri, place),
        address=next(
            filter(None, (_address(each, said_of) for each in (said, place, channel))), ""
        ),
        commune=last_word(commune),
        commune_name=_name(said_of(commune)) if commune else "",
        organizer=_name(organizer),
        organizer_iri=_page(organizer_iri, organizer),
        series=_first(said, f"{SCHEMA}superEvent"),
        free=free == "true" if free else None,
        latitude=latitude,
        longitude=longitude,
        concepts=tuple(
            (facet, value)
            for facet, predicate in CONCEPTS.items()
            for value in sorted(_all(said, predicate))
        ),
        records=records,
        sources=tuple(dict.fromkeys(_source(record, iris) for record in records)),
        published=_first(said, f"{SCHEMA}datePublished"),
        modified=_first(said, f"{SCHEMA}dateModified"),
        opening=_first(said, term("eb:openingHoursOsm")),
        telephone=_contact(reached, said_of, "telephone"),
        email=_contact(reached, said_of, "email"),
        pinned=_first(said, term("eb:pinnedSince")),
        image=_image(said, said_of),
        documents=tuple(
            sorted(
                value
                for name in ("mentions", "subjectOf")
                for value in _all(said, SCHEMA + name)
                if _DOCUMENT.fullmatch(value.partition("#")[0].partition("?")[0])
            )
        ),
    )


def plain(text: str) -> str:
    """``text`` without what would make a page or a feed show something else than it says."""
    return _HIDDEN.sub("", text)


def _name(said: Said) -> str:
    """A name on one line, cut where it is too long to be one."""
    name = " ".join(plain(_first(said, f"{SCHEMA}name")).split())
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME].rstrip() + "…"


def _page(iri: str, said: Said) -> str:
    """The IRI of a thing that has a page of its own: no part of another, and not hidden."""
    own = term("rdf:type") in said or term("prov:wasDerivedFrom") in said
    return iri if own and "#" not in iri else ""


def _place_name(kind: str, said: Said, place: Said) -> str:
    """The name of where a thing is; a service's own name there (data.inclusion) says nothing."""
    name = _name(place)
    return "" if kind == "service" and name == _name(said) else name


def _all(said: Said, predicate: str) -> Iterable[str]:
    return {value.value for value in said.get(predicate, ())}


def _first(said: Said, predicate: str) -> str:
    values = said.get(predicate)
    if not values:
        return ""
    if len(values) == 1:
        return values[0].value
    return min((getattr(value, "language", None) != "fr", value.value) for value in values)[1]


def _reference(said: Said, names: Iterable[str], said_of: SaidOf) -> tuple[str, Said]:
    """The first thing that one of the properties refers to, and what is said of it."""
    for name in names:
        if iri := _first(said, SCHEMA + name):
            return iri, said_of(iri)
    return "", {}


def _address(said: Said, said_of: SaidOf) -> str:
    """A postal address on one line."""
    named = ("address", "servicePostalAddress")
    postal = said_of(next(filter(None, (_first(said, SCHEMA + name) for name in named)), ""))
    street, code, town = (
        _first(postal, SCHEMA + name) for name in ("streetAddress", "postalCode", "addressLocality")
    )
    return plain(", ".join(filter(None, (street, f"{code} {town}".strip()))))


def _position(said: Said, place: Said, said_of: SaidOf) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees, of the thing or of where it takes place."""
    for about in (said, place):
        geo = said_of(_first(about, f"{SCHEMA}geo"))
        try:
            latitude = float(_first(geo, f"{SCHEMA}latitude"))
            longitude = float(_first(geo, f"{SCHEMA}longitude"))
        except ValueError:
            continue
        if abs(latitude) <= 90 and abs(longitude) <= 180:  # noqa: PLR2004  # degrees
            return latitude, longitude
    return None, None


def _image(said: Said, said_of: SaidOf) -> str:
    """The address of a picture, given as such or as a schema:ImageObject."""
    image = _first(said, f"{SCHEMA}image")
    described = said_of(image) if image else {}
    return _first(described, f"{SCHEMA}contentUrl") or _first(described, f"{SCHEMA}url") or image


def _contact(said: Said, said_of: SaidOf, name: str) -> str:
    """A telephone number or a mailbox that an organisation publishes."""
    contact = said_of(_first(said, f"{SCHEMA}contactPoint"))
    return (_first(said, SCHEMA + name) or _first(contact, SCHEMA + name)).removeprefix("mailto:")


def _source(record: str, iris: Iris) -> str:
    return record.removeprefix(iris.records).partition("/")[0]
