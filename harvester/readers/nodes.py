"""Linked data, whatever its syntax → nested nodes with plain names, and Records of some of them.

A node is an object: ``@id``, ``@type`` (a list of names), and its properties. Terms of
schema.org are named by themselves (``startDate``), those of other known vocabularies with
their prefix (``dcterms:title``), any other by its IRI. Values are texts; a value with a
language keeps it only where the property has several (``{"fr": …, "en": …}``).

In a Record, ``@id`` and ``@type`` are called ``id`` and ``types``, and what schema.org allows
in several forms is given in one: ``place`` and ``online`` for a location, ``address`` as an
object, an image as its address. People are no Records, and are left out wherever they stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from harvester.readers.text import hash_key
from harvester.records import Issue, Record
from vocab import PREFIXES
from vocab.messages import say

Node = dict[str, Any]

_SCHEMA = ("https://schema.org/", "http://schema.org/", "schema:")
_PERSONS = frozenset({"Person", "foaf:Person", "Patient", "vcard:Individual"})
_PEOPLE = frozenset(
    {"actor", "attendee", "author", "contributor", "creator", "director", "editor", "founder"}
    | {"employee", "member", "performer", "performers", "attendees", "alumni", "accountablePerson"}
    | {"dcterms:creator", "dcterms:contributor", "foaf:maker", "copyrightHolder", "review"}
)
"""Properties that lead to people, even where they are written as texts."""

_PLAIN = {"@id": "id", "@type": "types"}
_ARTICLES = ("Article", "Posting", "Report")
_EVENTS = frozenset({"CourseInstance", "EventSeries", "Festival", "Hackathon"})
_PLACES = frozenset(
    {"Place", "EventVenue", "CivicStructure", "Library", "Museum", "Park", "TouristAttraction"}
    | {"LandmarksOrHistoricalBuildings", "PlaceOfWorship", "ThirdPlace", "AdministrativeArea"}
    | {"CommunityCenter", "PerformingArtsTheater", "MovieTheater", "MusicVenue", "eb:ThirdPlace"}
    | {"pair:Place", "pair:PhysicalPlace"}
)
_ORGANIZATIONS = frozenset(
    {"Organization", "NGO", "Cooperative", "Corporation", "GovernmentOrganization", "Consortium"}
    | {"EducationalOrganization", "LocalBusiness", "PerformingGroup", "MusicGroup", "SportsClub"}
    | {"SportsOrganization", "LibrarySystem", "CityHall", "foaf:Organization", "org:Organization"}
    | {"pair:Organization", "School", "Store", "Restaurant", "CafeOrCoffeeShop", "BarOrPub"}
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(_EVENTS, "event"),
        **dict.fromkeys(_PLACES, "place"),
        **dict.fromkeys(_ORGANIZATIONS, "organization"),
        "dcat:Dataset": "dataset",
        "Dataset": "dataset",
        "pair:Event": "event",
    }
)
"""Types of nodes that are Records, and what they are."""


def local(name: str) -> str:
    """The name of a term: ``startDate`` for schema.org's, ``dcterms:title`` for others."""
    for start in _SCHEMA:
        if name.startswith(start):
            return name.removeprefix(start)
    for prefix, namespace in PREFIXES.items():
        if name.startswith(namespace) and len(name) > len(namespace):
            return f"{prefix}:{name.removeprefix(namespace)}"
    return name


def kind_of(node: Node) -> str:
    """What a node is: event, place, organization, article, dataset; "" for anything else."""
    for name in node.get("@type", []):
        if name in KINDS:
            return KINDS[name]
        if name.endswith("Event"):
            return "event"
        if name.endswith(_ARTICLES):
            return "article"
    return ""


def is_person(node: object) -> bool:
    """Whether a node is a person."""
    return isinstance(node, dict) and not _PERSONS.isdisjoint(node.get("@type", []))


def without_people(node: Node) -> Node:
    """``node`` without persons, and without the properties that lead to some."""
    kept: Node = {}
    for name, value in node.items():
        if name in _PEOPLE:
            continue
        inner = [
            without_people(each) if isinstance(each, dict) else each
            for each in _listed(value)
            if not is_person(each)
        ]
        plain = _PLAIN.get(name, name)
        if name == "@type":
            kept[plain] = inner
        elif inner:
            kept[plain] = inner if len(inner) > 1 else inner[0]
    return kept


def _told(node: Node) -> Node:
    """A node in one form of those that schema.org allows."""
    data = without_people(node)
    places = [
        {"name": each} if isinstance(each, str) else each for each in _listed(data.get("location"))
    ]
    online = [each for each in places if "VirtualLocation" in each.get("types", [])]
    here = [each for each in places if each not in online and not _is_web(each.get("name"))]
    for place in here[:1]:
        data["place"] = _addressed(place)
    for one in online[:1]:
        data["online"] = one.get("url")
    if image := next(iter(_listed(data.get("image"))), None):
        data["image"] = (
            image.get("contentUrl") or image.get("url") if isinstance(image, dict) else image
        )
    return _addressed(data)


def _addressed(node: Node) -> Node:
    """A node with its address as an object; a location that is an address is where it is."""
    if "streetAddress" in node or "addressLocality" in node:
        return {**node, "address": node}
    address = next(iter(_listed(node.get("address"))), None)
    if isinstance(address, str):
        return {**node, "address": {"streetAddress": address}}
    return {**node, "address": address} if isinstance(address, dict) else node


def _is_web(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def records(
    nodes: Iterable[Node], where: str, page: str = "", *, silent: bool = False
) -> Iterator[Record | Issue]:
    """The nodes of a kind that is read, each once, as Records; ``page`` is where they stand.

    Without any, that is told, unless ``silent``.
    """
    seen: set[str] = set()
    for number, node in enumerate(nodes, 1):
        kind = kind_of(node)
        if not kind or is_person(node):
            continue
        data = _told(node)
        key = _key(data)
        if key in seen:
            continue
        seen.add(key)
        told = {"kind": kind, **({"page": page} if page else {})}
        yield Record((key,), {**data, **told}, f"{where} {number}")
    if not seen and not silent:
        message = say("nothing here says that it is an event, a place or an organisation")
        yield Issue("no-data", message, "notice")


def _key(node: Node) -> str:
    own = node.get("id")
    if isinstance(own, str) and own and not own.startswith("_:"):
        return own
    address = node.get("url")
    if isinstance(address, str) and address and (start := node.get("startDate")):
        return f"{address}#{start}"
    told = {name: value for name, value in node.items() if name in {"name", "startDate", "url"}}
    return hash_key(json.dumps(told or node, sort_keys=True))


def every(value: Any, depth: int = 8) -> Iterator[Node]:
    """The nodes within ``value``, outermost first; those inside a node that is read are its own."""
    if isinstance(value, list):
        for each in value:
            yield from every(each, depth)
    elif isinstance(value, dict) and depth:
        if kind_of(value):
            yield value
            return
        for name, inner in value.items():
            if name not in _PEOPLE:
                yield from every(inner, depth - 1)
