"""A published thing as the index keeps it: one flat value, read from the canonical graph."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

import pyoxigraph as ox

from store.folding import slug
from vocab import SCHEMA, term
from vocab.iris import Iris

KINDS = ("event", "series", "place", "organization", "article")
"""The kinds of canonical entities, as their IRIs name them."""

CONCEPTS = MappingProxyType(
    {
        "theme": term("eb:theme"),
        "public": term("eb:audience"),
        "type": term("eb:placeType"),
        "service": term("eb:service"),
        "espace": term("eb:spaceType"),
        "acteur": term("eb:actorKind"),
        "forme": term("eb:legalForm"),
        "label": term("eb:heldLabel"),
        "acces": term("eb:accessMode"),
        "tarif": term("eb:pricing"),
        "statut": term("eb:lifecycleStatus"),
    }
)
"""Facet → the property whose concepts it holds. A value is the last segment of the IRI."""

PINNED = "avant"
"""The facet of what the editors put first."""

DOCUMENTED = "document"
"""The facet of what mentions a document."""

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


@dataclass(frozen=True, slots=True)
class Facet:
    """A value of a facet, fit for an address, and its name: that of ``iri``, else ``text``."""

    name: str
    value: str
    iri: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A canonical entity. Times are lexical forms of xsd:date or xsd:dateTime; "" is unknown.

    ``types`` and ``status`` are last words of IRIs; ``gone`` is since when its calendar does not
    announce it any more; ``previous`` the date before it was moved. ``place`` and ``organizer``
    are names, with the IRI where the thing is an entity of its own. ``commune`` is an INSEE code.
    ``concepts`` are pairs of a facet and the IRI of a concept. ``records`` are the IRIs of what
    sources say of it, ``sources`` their ids. ``pinned`` is since when the editors put it first.
    ``image`` and ``documents`` are addresses of its publisher's.
    """

    iri: str
    kind: str
    types: tuple[str, ...] = ()
    name: str = ""
    text: str = ""
    url: str = ""
    start: str = ""
    end: str = ""
    previous: str = ""
    status: str = ""
    gone: str = ""
    place: str = ""
    place_iri: str = ""
    address: str = ""
    commune: str = ""
    commune_name: str = ""
    organizer: str = ""
    organizer_iri: str = ""
    series: str = ""
    free: bool | None = None
    latitude: float | None = None
    longitude: float | None = None
    concepts: tuple[tuple[str, str], ...] = ()
    records: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    opening: str = ""
    telephone: str = ""
    email: str = ""
    pinned: str = ""
    image: str = ""
    documents: tuple[str, ...] = ()

    @property
    def is_third_place(self) -> bool:
        """Whether it is a tiers-lieu."""
        return "ThirdPlace" in self.types

    def facets(self) -> set[Facet]:
        """What it can be filtered by."""
        found = {Facet(name, _last(iri), iri=iri) for name, iri in self.concepts}
        found |= {Facet("source", source) for source in self.sources}
        found |= {Facet("genre", type_) for type_ in self.types}
        for name, text in (("lieu", self.place), ("organisateur", self.organizer)):
            if value := slug(text):
                found.add(Facet(name, value, text=text))
        if self.commune:
            found.add(Facet("commune", self.commune, text=self.commune_name))
        if self.series:
            found.add(Facet("serie", self.series))
        if self.pinned:
            found.add(Facet(PINNED, "1"))
        if self.documents:
            found.add(Facet(DOCUMENTED, "1"))
        return found

    def to_json(self) -> str:
        """The thing as JSON text: the values of its fields, in their order."""
        return json.dumps([getattr(self, name) for name in _FIELDS], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Thing:
        """The inverse of ``to_json``."""
        values = dict(zip(_FIELDS, json.loads(text), strict=True))
        for name in ("types", "records", "sources", "documents"):
            values[name] = tuple(values[name])
        values["concepts"] = tuple(map(tuple, values["concepts"]))
        return cls(**values)


_FIELDS = tuple(field.name for field in fields(Thing))


def read_thing(iri: str, kind: str, said_of: SaidOf, iris: Iris) -> Thing:
    """The thing that the canonical graph describes at ``iri``.

    Of several values of a property that can show one only, the French one is taken, else the
    first in the order of the alphabet, so that a generation tells the same at each reading.
    """
    said = said_of(iri)
    place_iri, place = _reference(said, ("location", "contentLocation"), said_of)
    organizer_iri, organizer = _reference(said, ("organizer", "publisher"), said_of)
    commune = _first(said, term("eb:commune")) or _first(place, term("eb:commune"))
    records = tuple(sorted(_all(said, term("prov:wasDerivedFrom"))))
    latitude, longitude = _position(said, place, said_of)
    free = _first(said, f"{SCHEMA}isAccessibleForFree")
    return Thing(
        iri=iri,
        kind=kind,
        types=tuple(sorted(_last(each) for each in _all(said, term("rdf:type")))),
        name=_name(said),
        text=plain(_first(said, f"{SCHEMA}description") or _first(said, f"{SCHEMA}abstract")),
        url=_first(said, f"{SCHEMA}url"),
        start=_first(said, f"{SCHEMA}startDate"),
        end=_first(said, f"{SCHEMA}endDate"),
        previous=_first(said, f"{SCHEMA}previousStartDate"),
        status=_last(_first(said, f"{SCHEMA}eventStatus")).removesuffix("EventScheduled"),
        gone=_first(said, term("eb:noLongerAnnouncedSince")),
        place=_name(place),
        place_iri="" if "#" in place_iri else place_iri,
        address=_address(said, said_of) or _address(place, said_of),
        commune=_last(commune),
        commune_name=_name(said_of(commune)) if commune else "",
        organizer=_name(organizer),
        organizer_iri="" if "#" in organizer_iri else organizer_iri,
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
        telephone=_contact(said, said_of, "telephone"),
        email=_contact(said, said_of, "email"),
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


def _all(said: Said, predicate: str) -> Iterable[str]:
    return {value.value for value in said.get(predicate, ())}


def _first(said: Said, predicate: str) -> str:
    values = said.get(predicate)
    if not values:
        return ""
    if len(values) == 1:
        return values[0].value
    return min((getattr(value, "language", None) != "fr", value.value) for value in values)[1]


def _last(iri: str) -> str:
    return iri.rstrip("/").rpartition("/")[2].rpartition("#")[2]


def _reference(said: Said, names: Iterable[str], said_of: SaidOf) -> tuple[str, Said]:
    """The first thing that one of the properties refers to, and what is said of it."""
    for name in names:
        if iri := _first(said, SCHEMA + name):
            return iri, said_of(iri)
    return "", {}


def _address(said: Said, said_of: SaidOf) -> str:
    """A postal address on one line."""
    postal = said_of(_first(said, f"{SCHEMA}address"))
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
