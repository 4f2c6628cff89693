"""Statements in the form that a person reads: prefixes, labels, values without their wrapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from urllib.parse import unquote

import pyoxigraph as ox

from harvester.check import as_triples
from store.changes import Lines
from vocab import PREFIXES, load_graph, term
from vocab.iris import Iris
from vocab.messages import Message, say
from vocab.territory.atlas import atlas

_BARE = frozenset(
    term(f"xsd:{name}")
    for name in ("string", "date", "dateTime", "time", "duration", "integer", "decimal", "double",
                 "boolean", "anyURI", "gYear", "gYearMonth")
)  # fmt: skip
"""Datatypes that are told by the look of their values."""

_LABELS = frozenset({term("rdfs:label"), term("skos:prefLabel")})

_CALLED: Mapping[str, Message] = MappingProxyType(
    {
        "rdf:type": say("type"),
        "schema:Article": say("article"),
        "schema:Event": say("event"),
        "schema:EventSeries": say("series of events"),
        "schema:Organization": say("organisation"),
        "schema:Place": say("place"),
        "schema:address": say("address"),
        "schema:addressLocality": say("town"),
        "schema:alternateName": say("other name"),
        "schema:dateModified": say("modified"),
        "schema:datePublished": say("published"),
        "schema:description": say("description"),
        "schema:email": say("mailbox"),
        "schema:endDate": say("end"),
        "schema:eventSchedule": say("repetition"),
        "schema:eventStatus": say("status of the event"),
        "schema:exceptDate": say("except"),
        "schema:geo": say("position"),
        "schema:headline": say("headline"),
        "schema:identifier": say("identifier"),
        "schema:image": say("image"),
        "schema:isAccessibleForFree": say("free of charge"),
        "schema:keywords": say("keyword"),
        "schema:latitude": say("latitude"),
        "schema:location": say("place"),
        "schema:longitude": say("longitude"),
        "schema:name": say("name"),
        "schema:openingHours": say("opening hours"),
        "schema:organizer": say("organiser"),
        "schema:postalCode": say("postcode"),
        "schema:previousStartDate": say("former start"),
        "schema:repeatFrequency": say("frequency"),
        "schema:sameAs": say("same as"),
        "schema:startDate": say("start"),
        "schema:streetAddress": say("street"),
        "schema:superEvent": say("series"),
        "schema:telephone": say("telephone"),
        "schema:url": say("page"),
    }
)
"""What terms of other vocabularies are called; ours carry their labels."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How terms are written for a person of a language, on a node."""

    iris: Iris
    language: str

    def name(self, iri: str) -> str:
        """An IRI, short: with a prefix, or as seen from the node's base."""
        for prefix, namespace in PREFIXES.items():
            local = iri.removeprefix(namespace)
            if local != iri and "#" not in local:
                return f"{prefix}:{local}"
        own = iri.removeprefix(self.iris.base)
        return iri if own == iri else f"<{unquote(own)}>"

    def graph(self, iri: str) -> str:
        """The name of a graph of the node."""
        return iri.removeprefix(self.iris.graph(""))

    def label(self, iri: str) -> str:
        """What a property, a class, a concept or a commune is called; "" when it is not known."""
        name = self.name(iri)
        if name in _CALLED:
            return _CALLED[name].render(self.language)
        if iri.startswith(commune := self.iris.commune("")):
            known = atlas().communes.get(iri.removeprefix(commune))
            return known.name if known else ""
        labels = _labels().get(iri, {})
        return labels.get(self.language) or labels.get("fr", "")

    def kind(self, kind: str) -> str:
        """What a kind of thing is called ("event")."""
        return self.label(term(f"schema:{kind.capitalize()}"))

    def predicate(self, iri: str) -> str:
        """A property with its label: ``schema:name (nom)``."""
        return self._labelled(iri)

    def value(self, value: object, subject: str = "") -> str:
        """An object, seen from the record ``subject``, whose parts are written ``#part``."""
        if isinstance(value, ox.Literal):
            return self._literal(value)
        iri = _iri(value)
        if part := self.part(iri, subject):
            return part
        return self._labelled(iri)

    def part(self, iri: str, subject: str) -> str:
        """``#part`` for a part of ``subject``, "" for anything else and for itself."""
        whole = self.iris.record_of(iri) or iri.partition("#")[0]
        fragment = iri.partition("#")[2]
        return f"#{fragment}" if subject and whole == subject and fragment else ""

    def _labelled(self, iri: str) -> str:
        """A name with its label, where that says more."""
        name, label = self.name(iri), self.label(iri)
        says_more = label.casefold() != name.rpartition(":")[2].casefold()
        return f"{name} ({label})" if label and says_more else name

    def _literal(self, literal: ox.Literal) -> str:
        if literal.language:
            return f"“{literal.value}” @{literal.language}"
        if literal.datatype.value == term("xsd:string"):
            return f"“{literal.value}”"
        if literal.datatype.value in _BARE:
            return literal.value
        return f"“{literal.value}” {self.name(literal.datatype.value)}"


def rows(lines: Lines, subject: str, terms: Terms) -> list[tuple[str, str, str]]:
    """Part, property and value of each statement about a record: itself first, its type first."""
    found = [
        (
            terms.part(_iri(each.subject), subject),
            each.predicate.value != term("rdf:type"),
            terms.predicate(each.predicate.value),
            terms.value(each.object, subject),
        )
        for each in as_triples(lines)
    ]
    return [(part, predicate, value) for part, _, predicate, value in sorted(found)]


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""


@cache
def _labels() -> dict[str, dict[str, str]]:
    """IRI → language → label, of the terms and concepts of the vocabulary."""
    found: dict[str, dict[str, str]] = {}
    for triple in load_graph():
        if triple.predicate.value in _LABELS and isinstance(triple.object, ox.Literal):
            labels = found.setdefault(_iri(triple.subject), {})
            labels[triple.object.language or ""] = triple.object.value
    return found
