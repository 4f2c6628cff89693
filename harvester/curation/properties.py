"""What may be corrected of a thing: the names of its properties, and how their values are read.

Values are read as those of sources are (dates in words, communes and concepts by their names), so
that a person writes what the source should have written. A value is a ``Said``: the predicates
that lead to it, and the term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

import pyoxigraph as ox

from harvester.curation.values import Said
from harvester.sources.problems import WrongValueError, closest
from mappings.functions.dates import read_date
from vocab import CONCEPT, PREFIXES, SCHEMA, term
from vocab.communes import town
from vocab.iris import Iris
from vocab.messages import Message, language_of, say
from vocab.territory.atlas import atlas
from vocab.words import find

Term = ox.NamedNode | ox.Literal
_DECIMAL, _BOOLEAN = ox.NamedNode(term("xsd:decimal")), ox.NamedNode(term("xsd:boolean"))
_YES, _NO = frozenset({"true", "oui", "yes", "1"}), frozenset({"false", "non", "no", "0"})
_STATUSES = (
    "EventScheduled",
    "EventCancelled",
    "EventPostponed",
    "EventRescheduled",
    "EventMovedOnline",
)
_INSEE_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Here:
    """Where values are read: the node's IRIs, and its time zone (an IANA name)."""

    iris: Iris
    timezone: str


Reader = Callable[[str, Here], tuple[Said, ...]]


@dataclass(frozen=True, slots=True)
class Property:
    """A property that may be corrected: for which kinds of things, and how it is read."""

    kinds: frozenset[str]
    read: Reader
    many: bool = False


def called(name: str, language: str) -> str:
    """What people call the property ``name``: as in JSON-LD, or the French word for it."""
    return _FRENCH.get(name, name) if language == "fr" else name


def property_of(name: str, kind: str) -> str:
    """The name of the property that a person means by ``name``, of a thing of that kind.

    It may be written as in JSON-LD ("startDate"), with its prefix or as a whole IRI, in any case,
    or in French ("début").

    Raises:
        WrongValueError: with the nearest name, or all of them.
    """
    bare = _bare(name).casefold()
    found = _NAMES.get(bare)
    known = [each for each, one in PROPERTIES.items() if kind in one.kinds]
    if found in known:
        return found
    if found:
        what = say("“{name}” is no property of this kind of thing", name=name)
        raise WrongValueError(what, _choose_property(known))
    what = say("there is no property “{name}”", name=name)
    guess = closest(bare, (each for each, own in _NAMES.items() if own in known))
    near = guess if guess in _SYNONYMS else _NAMES.get(guess or "")
    raise WrongValueError(what, _meant(near, ()) if near else _choose_property(known))


def read(name: str, values: tuple[str, ...], here: Here) -> tuple[Said, ...]:
    """What the property ``name`` says when it is given ``values``.

    Raises:
        WrongValueError: for a value that it cannot have, with one that it can.
    """
    property_ = PROPERTIES[name]
    if len(values) != 1 and not property_.many:
        raise WrongValueError(
            say("“{name}” has one value", name=name), say("write it between quotes")
        )
    return tuple(said for value in values for said in property_.read(value.strip(), here))


def _meant(guess: str | None, known: Iterable[str]) -> Message:
    return say("did you mean “{guess}”?", guess=guess) if guess else _choose(known)


def _choose(known: Iterable[str]) -> Message:
    return say("write one of: {known}", known=", ".join(known))


def _choose_property(known: Iterable[str]) -> Message:
    return _choose(called(name, language_of()) for name in known)


def _bare(name: str) -> str:
    for namespace in (SCHEMA, PREFIXES["eb"], "schema:", "eb:"):
        if name.startswith(namespace):
            return name.removeprefix(namespace)
    return name


# The readers


def _text(*path: str, language: str = "fr") -> Reader:
    def reader(text: str, _: Here) -> tuple[Said, ...]:
        if not text:
            raise WrongValueError(say("the value is empty"), say("write what is right instead"))
        return ((_path(path), ox.Literal(text, language=language)),)

    return reader


def _plain(*path: str) -> Reader:
    def reader(text: str, here: Here) -> tuple[Said, ...]:
        [(way, literal)] = _text(*path)(text, here)
        return ((way, ox.Literal(literal.value)),)

    return reader


def _moment(name: str) -> Reader:
    def reader(text: str, here: Here) -> tuple[Said, ...]:
        found = read_date(text, here.timezone)
        if not isinstance(found, ox.Literal):
            raise WrongValueError(
                say("the date “{value}” cannot be read", value=text),
                say("write it with its year, like 2026-12-05 or 2026-12-05T18:00"),
            )
        return ((_path((name,)), found),)

    return reader


def _truth(name: str) -> Reader:
    def reader(text: str, _: Here) -> tuple[Said, ...]:
        if text.casefold() not in _YES | _NO:
            raise WrongValueError(
                say("“{value}” is neither yes nor no", value=text), say("write oui or non")
            )
        truth = "true" if text.casefold() in _YES else "false"
        return ((_path((name,)), ox.Literal(truth, datatype=_BOOLEAN)),)

    return reader


def _address(name: str) -> Reader:
    def reader(text: str, _: Here) -> tuple[Said, ...]:
        try:
            node, parts = ox.NamedNode(text), urlsplit(text)
            if parts.scheme in ("http", "https") and parts.netloc:
                return ((_path((name,)), node),)
        except ValueError:
            pass
        raise WrongValueError(
            say("“{value}” is not a web address", value=text),
            say("copy it whole from the browser, from https:// on"),
        )

    return reader


def _concept(name: str, scheme: str) -> Reader:
    def reader(text: str, _: Here) -> tuple[Said, ...]:
        known = _slugs(scheme)
        slug = text.removeprefix(f"{CONCEPT}{scheme}/")
        found = [CONCEPT + f"{scheme}/{slug}"] if slug in known else list(find(scheme, text))
        if len(found) != 1:
            guess = closest(text, known)
            raise WrongValueError(
                say("“{value}” is not of the list “{scheme}”", value=text, scheme=scheme),
                _meant(guess, known),
            )
        return ((_path((name,)), ox.NamedNode(found[0])),)

    return reader


def _status(text: str, _: Here) -> tuple[Said, ...]:
    bare = _STATES.get(text.casefold(), _bare(text))
    if bare not in _STATUSES:
        guess = closest(bare, (*_STATES, *_STATUSES))
        raise WrongValueError(
            say("“{value}” is not a state of an event", value=text),
            _meant(guess, _STATES),
        )
    return ((_path(("schema:eventStatus",)), ox.NamedNode(SCHEMA + bare)),)


def _commune(text: str, here: Here) -> tuple[Said, ...]:
    code = text.removeprefix(here.iris.commune(""))
    communes = atlas().communes
    if code not in communes:
        code = town(text) or ""
    if code not in communes:
        guess = closest(text, [each.name for each in communes.values()])
        raise WrongValueError(
            say("no commune known here is called “{value}”", value=text),
            say("did you mean “{guess}”?", guess=guess)
            if guess
            else say("write its INSEE code, of {count} characters", count=_INSEE_LENGTH),
        )
    return ((_path(("eb:commune",)), ox.NamedNode(here.iris.commune(code))),)


def _position(text: str, _: Here) -> tuple[Said, ...]:
    parts = text.replace(";", ",").split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        latitude = longitude = float("nan")
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004  # degrees
        raise WrongValueError(
            say("“{value}” is no position", value=text),
            say('write latitude and longitude in degrees: "45.685, 6.137"'),
        )
    return tuple(
        (_path(("schema:geo", name)), ox.Literal(f"{value:.7f}", datatype=_DECIMAL))
        for name, value in (("schema:latitude", latitude), ("schema:longitude", longitude))
    )


def _named(name: str) -> Reader:
    """A thing of this node by its address, or something that is no more than a name."""

    def reader(text: str, here: Here) -> tuple[Said, ...]:
        if text.startswith(f"{here.iris.base}id/"):
            return _address(name)(text, here)
        return _text(name, "schema:name")(text, here)

    return reader


def _path(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(term(name) for name in names)


def _slugs(scheme: str) -> list[str]:
    from vocab import load_graph  # noqa: PLC0415  # the whole vocabulary, for a mistake only

    start = f"{CONCEPT}{scheme}/"
    subjects = {str(each.subject)[1:-1] for each in load_graph()}
    return sorted(name.removeprefix(start) for name in subjects if name.startswith(start))


_EVENTS = frozenset({"event", "series"})
_ROOMS = frozenset({"place", "organization"})
_SERVICES = frozenset({"service"})
_ALL = _EVENTS | _ROOMS | _SERVICES | {"article"}
_PLACES = frozenset({"place"})
_PRICED = _EVENTS | _PLACES | _SERVICES

PROPERTIES: Mapping[str, Property] = MappingProxyType(
    {
        "name": Property(_ALL, _text("schema:name")),
        "description": Property(_ALL, _text("schema:description")),
        "url": Property(_ALL, _address("schema:url")),
        "startDate": Property(_EVENTS, _moment("schema:startDate")),
        "endDate": Property(_EVENTS, _moment("schema:endDate")),
        "eventStatus": Property(_EVENTS, _status),
        "isAccessibleForFree": Property(_EVENTS | _PLACES, _truth("schema:isAccessibleForFree")),
        "location": Property(_EVENTS, _named("schema:location")),
        "organizer": Property(_EVENTS, _named("schema:organizer")),
        "commune": Property(_ALL, _commune),
        "position": Property(_ROOMS, _position),
        "streetAddress": Property(_ROOMS, _plain("schema:address", "schema:streetAddress")),
        "postalCode": Property(_ROOMS, _plain("schema:address", "schema:postalCode")),
        "addressLocality": Property(_ROOMS, _plain("schema:address", "schema:addressLocality")),
        "telephone": Property(_ROOMS, _plain("schema:telephone")),
        "email": Property(_ROOMS, _plain("schema:email")),
        "openingHoursOsm": Property(_ROOMS, _plain("eb:openingHoursOsm")),
        "theme": Property(_ALL, _concept("eb:theme", "theme"), many=True),
        "audience": Property(_ALL - {"article"}, _concept("eb:audience", "public"), many=True),
        "pricing": Property(_PRICED, _concept("eb:pricing", "price"), many=True),
        "accessMode": Property(_EVENTS | _PLACES, _concept("eb:accessMode", "access"), many=True),
        "placeType": Property(_PLACES, _concept("eb:placeType", "type"), many=True),
        "spaceType": Property(_PLACES, _concept("eb:spaceType", "space"), many=True),
        "service": Property(_ROOMS | _SERVICES, _concept("eb:service", "service"), many=True),
        "heldLabel": Property(_ROOMS, _concept("eb:heldLabel", "label"), many=True),
        "lifecycleStatus": Property(_PLACES, _concept("eb:lifecycleStatus", "statut")),
        "actorKind": Property(frozenset({"organization"}), _concept("eb:actorKind", "actor")),
        "legalForm": Property(frozenset({"organization"}), _concept("eb:legalForm", "legal")),
    }
)
"""Name → property. Names are the keys of our JSON-LD, but ``position``, which is a pair."""

_SYNONYMS = MappingProxyType(
    {
        "nom": "name",
        "titre": "name",
        "texte": "description",
        "page": "url",
        "début": "startDate",
        "debut": "startDate",
        "start": "startDate",
        "fin": "endDate",
        "end": "endDate",
        "état": "eventStatus",
        "etat": "eventStatus",
        "gratuit": "isAccessibleForFree",
        "free": "isAccessibleForFree",
        "lieu": "location",
        "place": "location",
        "organisateur": "organizer",
        "thème": "theme",
        "public": "audience",
        "tarif": "pricing",
        "accès": "accessMode",
        "acces": "accessMode",
        "type": "placeType",
        "espace": "spaceType",
        "label": "heldLabel",
        "rue": "streetAddress",
        "statut": "lifecycleStatus",
        "acteur": "actorKind",
        "forme": "legalForm",
        "codepostal": "postalCode",
        "ville": "addressLocality",
        "téléphone": "telephone",
        "courriel": "email",
        "mail": "email",
        "horaires": "openingHoursOsm",
    }
)
_FRENCH: Mapping[str, str] = MappingProxyType(
    {name: word for word, name in reversed(tuple(_SYNONYMS.items()))}
)
"""Name of a property → the first of the words that a person may write for it."""

_NAMES = MappingProxyType({**{name.casefold(): name for name in PROPERTIES}, **_SYNONYMS})
"""What a person may write, in small letters → the name of the property."""

_STATES = MappingProxyType(
    {
        "à venir": "EventScheduled",
        "maintenu": "EventScheduled",
        "annulé": "EventCancelled",
        "reporté": "EventPostponed",
        "déplacé": "EventRescheduled",
        "en ligne": "EventMovedOnline",
        "cancelled": "EventCancelled",
        "postponed": "EventPostponed",
        "online": "EventMovedOnline",
    }
)
