"""A published thing as the index keeps it: one flat value (read by ``store.reading``)."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from types import MappingProxyType

from store.folding import slug
from store.opening import open_at
from vocab import term

KINDS = ("event", "series", "place", "organization", "service", "article")
"""The kinds of canonical entities, as their IRIs name them."""

PLACED = ("place", "organization", "service")
"""Those that are somewhere and last: the directory and the map hold them."""

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
"""The facet of what mentions a document, or is one: a guide."""

GUIDE = ("genre", "LearningResource")
"""A facet and the value that guides have: what is written to learn from is no news."""

OPEN = "ouvert"
"""The facet of when a place is open in an ordinary week (``store.opening.TIMES``)."""

OFFERED = "offre"
"""The facet of what is itself a service, of whatever concept."""


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
    are names, with the IRI where the thing is an entity of its own; the organiser of a service is
    who gives it. ``commune`` is an INSEE code.
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
    def is_guide(self) -> bool:
        """Whether it is written to learn from, rather than news."""
        return GUIDE[1] in self.types

    @property
    def is_third_place(self) -> bool:
        """Whether it is a tiers-lieu."""
        return "ThirdPlace" in self.types

    def facets(self) -> set[Facet]:
        """What it can be filtered by."""
        found = {Facet(name, last_word(iri), iri=iri) for name, iri in self.concepts}
        found |= {Facet("source", source) for source in self.sources}
        found |= {Facet("genre", type_) for type_ in self.types}
        for name, text in (("lieu", self.place), ("organisateur", self.organizer)):
            if value := slug(text):
                found.add(Facet(name, value, text=text))
        found |= {Facet(OPEN, time) for time in open_at(self.opening)}
        if self.commune:
            found.add(Facet("commune", self.commune, text=self.commune_name))
        if self.series:
            found.add(Facet("serie", self.series))
        if self.pinned:
            found.add(Facet(PINNED, "1"))
        if self.kind == "service":
            found.add(Facet(OFFERED, "1"))
        if self.documents or self.is_guide:
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


def last_word(iri: str) -> str:
    """The last segment of an IRI, or what follows its ``#``."""
    return iri.rstrip("/").rpartition("/")[2].rpartition("#")[2]
