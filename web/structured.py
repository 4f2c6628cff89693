"""Things in schema.org's words, as search engines and other sites read them: JSON-LD in pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from store.things import GUIDE, Thing
from vocab import SCHEMA
from web.texts import link
from web.wording import Wording

Json = dict[str, Any]
_CONTEXT = "https://schema.org"
_ORGANIZATIONS = frozenset(
    {"NGO", "Cooperative", "GovernmentOrganization", "LocalBusiness", "EducationalOrganization"}
)
_TYPES = {
    "event": "Event",
    "series": "EventSeries",
    "place": "Place",
    "service": "Service",
    "article": "Article",
}


def script(data: Json) -> Markup:
    """``data`` as a script element that holds data: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704  # escaped above


def document(thing: Thing, wording: Wording) -> Json:
    """One thing, standing alone."""
    return {"@context": _CONTEXT, **describe(thing, wording)}


def listing(things: Iterable[Thing], wording: Wording) -> Json:
    """Several things of one page."""
    return {"@context": _CONTEXT, "@graph": [describe(thing, wording) for thing in things]}


def describe(thing: Thing, wording: Wording) -> Json:
    """A thing as a node object, with what is known of it and nothing empty."""
    return _told(
        {
            "@id": thing.iri,
            "@type": _type(thing),
            "name": thing.name,
            "description": thing.text,
            "url": thing.iri,
            "sameAs": link(thing.url),
            "image": link(thing.image),
            "dateModified": thing.modified,
            **_particular(thing, wording),
        }
    )


def _particular(thing: Thing, wording: Wording) -> Json:
    """What only one kind of thing has."""
    if thing.kind in ("event", "series"):
        return {
            "startDate": thing.start,
            "endDate": thing.end,
            "previousStartDate": thing.previous,
            "eventStatus": f"{SCHEMA}{thing.status or 'EventScheduled'}",
            "location": _location(thing),
            "organizer": _named("Organization", wording.organizer(thing)),
            "isAccessibleForFree": thing.free,
            "superEvent": {"@id": thing.series} if thing.series else None,
            "keywords": wording.concepts(thing, "theme"),
        }
    if thing.kind == "article":
        return {
            "headline": thing.name,
            "datePublished": thing.published,
            "publisher": _named("Organization", wording.organizer(thing)),
            "keywords": wording.concepts(thing, "theme"),
        }
    if thing.kind == "service":
        return {
            "provider": _named("Organization", wording.organizer(thing)),
            "serviceType": wording.concepts(thing, "service"),
            "areaServed": _named("AdministrativeArea", thing.commune_name),
            "availableChannel": _channel(thing),
            "keywords": wording.concepts(thing, "theme"),
        }
    return {
        "address": _address(thing),
        "geo": _geo(thing),
        "telephone": thing.telephone,
        "email": thing.email if thing.kind == "organization" else "",
        "keywords": [*wording.concepts(thing, "type"), *wording.concepts(thing, "service")],
    }


def _type(thing: Thing) -> str | list[str]:
    if thing.kind == "organization":
        return next((each for each in thing.types if each in _ORGANIZATIONS), "Organization")
    return [_TYPES[thing.kind], GUIDE[1]] if thing.is_guide else _TYPES[thing.kind]


def _location(thing: Thing) -> Json | None:
    """Where it takes place: an event without an address is refused by search engines."""
    if not (thing.place or thing.address or thing.commune_name):
        return None
    return _told(
        {
            "@type": "Place",
            "@id": thing.place_iri,
            "name": thing.place or thing.commune_name,
            "address": _address(thing),
            "geo": _geo(thing),
        }
    )


def _channel(thing: Thing) -> Json | None:
    """Where and by which number a service is asked for."""
    location = _location(thing)
    if not (location or thing.telephone):
        return None
    return _told(
        {
            "@type": "ServiceChannel",
            "serviceLocation": location,
            "servicePhone": _told({"@type": "ContactPoint", "telephone": thing.telephone})
            if thing.telephone
            else None,
        }
    )


def _address(thing: Thing) -> Json | str:
    if not thing.commune_name:
        return thing.address
    return _told(
        {
            "@type": "PostalAddress",
            "streetAddress": thing.address,
            "addressLocality": thing.commune_name,
            "addressCountry": "FR",
        }
    )


def _geo(thing: Thing) -> Json | None:
    if thing.latitude is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": thing.latitude, "longitude": thing.longitude}


def _named(type_: str, name: str) -> Json | None:
    return {"@type": type_, "name": name} if name else None


def _told(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
