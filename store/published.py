"""What a generation says, read one subject at a time: a large store does not fit in memory.

Reading statements by subject is not a query: it ends when the statements do, so it needs no
worker that can be killed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Self

import pyoxigraph as ox

from store.generations import Generation, open_read_only
from store.reading import Said, read_thing
from store.things import KINDS, Thing
from vocab import EB, SCHEMA, term
from vocab.iris import Iris

_TYPES = (
    *(
        SCHEMA + name
        for name in (
            *("Event", "EventSeries", "Place", "Organization", "NGO", "Cooperative"),
            *("GovernmentOrganization", "LocalBusiness", "EducationalOrganization", "Service"),
            "Article",
        )
    ),
    f"{EB}ThirdPlace",
)
_TYPE = ox.NamedNode(term("rdf:type"))
_ABOUT = ox.NamedNode(term("schema:about"))
_BY = term("prov:wasAttributedTo")
_NAME = f"{SCHEMA}name"
_MOST_STATEMENTS = 2_000
_PLACE = (f"{SCHEMA}latitude", f"{SCHEMA}longitude")
"""Statements of one document: a publisher's runaway list is cut, never a page that hangs."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source as ``graph/provenance`` tells it; "" is unknown.

    ``licence`` is an IRI, ``changed`` the xsd:dateTime of the last run that changed its data,
    ``records`` how many things it describes, ``retired`` since when it is read no more.
    """

    id: str
    title: str
    publisher: str = ""
    address: str = ""
    licence: str = ""
    changed: str = ""
    records: int = 0
    retired: str = ""


@dataclass(frozen=True, slots=True)
class Curated:
    """A decision of the editors: by whom, at which xsd:dateTime and why.

    A correction or a pin tells the ``name`` of what it changes (``harvester.curation``).
    """

    by: str
    at: str
    why: str
    name: str = ""


class Published:
    """The statements of a snapshot.

    Args:
        store: a snapshot opened read-only.
        iris: the IRIs of its node.
    """

    def __init__(self, store: ox.Store, iris: Iris) -> None:
        self._store = store
        self.iris = iris
        self._communes: dict[str, Said] = {}
        self._graphs = {
            name: ox.NamedNode(iris.graph(name))
            for name in ("canonical", "provenance", "tombstones", "links")
        }

    @classmethod
    def open(cls, generation: Generation) -> Self:
        """The statements of ``generation``.

        Raises:
            StoreError: when its snapshot is damaged or was retired.
        """
        return cls(open_read_only(generation), Iris(generation.base))

    def things(self) -> Iterator[Thing]:
        """The canonical entities, each once."""
        seen: set[str] = set()
        for iri in chain.from_iterable(self._of_type(name, "canonical") for name in _TYPES):
            if iri not in seen and (kind := self._kind(iri)):
                seen.add(iri)
                yield read_thing(iri, kind, self._told, self.iris)

    def thing(self, iri: str) -> Thing | None:
        """The canonical entity at ``iri``, None when there is none."""
        kind = self._kind(iri)
        if not kind or term("rdf:type") not in self._said(iri):
            return None
        return read_thing(iri, kind, self._told, self.iris)

    def withdrawn(self, iri: str) -> Thing | None:
        """What is still told at ``iri`` of an entity that its sources no longer announce.

        It has lost its type, so that no query and no list finds it; its tombstone comes later.
        """
        said = self._said(iri)
        if not (kind := self._kind(iri)) or not said or term("rdf:type") in said:
            return None
        return read_thing(iri, kind, self._told, self.iris)

    def claim(self, record: str, kind: str) -> Thing:
        """What one source says, in its ``record``, of a thing of that kind."""
        graph = self._graph_of(record)

        def said_of(iri: str) -> Said:
            return self._read(iri, graph) or self._told(iri)

        return read_thing(record, kind, said_of, self.iris)

    def labels(self) -> Iterator[tuple[str, str, str]]:
        """IRI, language and text: the names of the concepts and communes that are used."""
        for predicate in (term("skos:prefLabel"), f"{SCHEMA}name"):
            communes_only = predicate == f"{SCHEMA}name"
            for quad in self._quads("canonical", predicate=predicate):
                subject, name = quad.subject, quad.object
                if not isinstance(subject, ox.NamedNode) or not isinstance(name, ox.Literal):
                    continue
                if not communes_only or subject.value.startswith(self.iris.commune("")):
                    yield subject.value, name.language or "", name.value

    def centres(self) -> Iterator[tuple[str, float, float]]:
        """INSEE code, latitude and longitude of the communes whose centre is known."""
        start = self.iris.commune("")
        for iri in self._of_type(term("schema:AdministrativeArea"), "canonical"):
            said = self._said(iri)
            if all(map(said.get, _PLACE)):
                latitude, longitude = (float(said[name][0].value) for name in _PLACE)
                yield iri.removeprefix(start), latitude, longitude

    def sources(self) -> Iterator[SourceFacts]:
        """The sources, and when the data of each last changed."""
        began = {
            quad.subject: _value(quad.object)
            for quad in self._quads("provenance", predicate=term("prov:startedAtTime"))
        }
        changed: defaultdict[str, str] = defaultdict(str)
        for quad in self._quads("provenance", predicate=term("prov:used")):
            source = _value(quad.object)
            changed[source] = max(changed[source], began.get(quad.subject, ""))
        start = self.iris.source("")
        for iri in self._of_type(term("dcat:Dataset"), "provenance"):
            if iri.startswith(start):
                yield self._source(iri.removeprefix(start), iri, changed[iri])

    def document(self, iri: str) -> list[ox.Triple]:
        """What the node says under ``iri`` itself: an entity with its parts, a record, a source.

        Empty when nothing is said of it. Cut after two thousand statements.
        """
        graph = self._graph_of(iri)
        found: list[ox.Triple] = []
        left, seen = [iri], {iri}
        while left and len(found) < _MOST_STATEMENTS:
            subject = left.pop(0)
            for quad in self._store.quads_for_pattern(ox.NamedNode(subject), None, None, graph):
                found.append(quad.triple)
                value = _value(quad.object) if isinstance(quad.object, ox.NamedNode) else ""
                if value not in seen and self._is_part(value, iri):
                    seen.add(value)
                    left.append(value)
        return found[:_MOST_STATEMENTS]

    def hidden(self, iri: str) -> Curated | None:
        """By whom, when and why a thing was hidden; None for one that was not."""
        said = self._read(iri, self._graphs["tombstones"])
        return self._curated(said) if said.get(_BY) else None

    def hidden_sources(self, iri: str) -> list[str]:
        """The ids of the sources that still announce what was hidden."""
        said = self._read(iri, self._graphs["tombstones"])
        records = (value.value for value in said.get(term("prov:wasDerivedFrom"), ()))
        return sorted({_source_of(record, self.iris) for record in records})

    def curated(self, iri: str) -> list[Curated]:
        """What the editors corrected of a thing, or put it first by."""
        nodes = self._store.quads_for_pattern(
            None, _ABOUT, ox.NamedNode(iri), self._graphs["provenance"]
        )
        iris = sorted(_value(quad.subject) for quad in nodes)
        graph = self._graphs["provenance"]
        return [self._curated(self._read(each, graph), each) for each in iris]

    def _curated(self, said: Said, node: str = "") -> Curated:
        def first(*curies: str) -> str:
            return next((said[term(each)][0].value for each in curies if term(each) in said), "")

        editor = self._read(first("prov:wasAttributedTo"), self._graphs["provenance"])
        names = editor.get(f"{SCHEMA}name", ())
        return Curated(
            by=names[0].value if names else "",
            at=first("prov:generatedAtTime", "prov:invalidatedAtTime"),
            why=first("dcterms:description"),
            name=node.rpartition("#curation-")[2].partition("-")[0],
        )

    def tombstone(self, iri: str) -> list[ox.Triple]:
        """What remains of an entity that was withdrawn; empty when it never was."""
        return [quad.triple for quad in self._quads("tombstones", iri)]

    def _kind(self, iri: str) -> str:
        room = iri.removeprefix(f"{self.iris.base}id/").partition("/")[0]
        return room if room in KINDS and "#" not in iri else ""

    def _graph_of(self, iri: str) -> ox.NamedNode:
        """The graph in which ``iri`` is described."""
        if iri.startswith(self.iris.records):
            return ox.NamedNode(self.iris.source_graph(_source_of(iri, self.iris)))
        about = ("source/", "activity/", "software/", "licence/", "editor/", "curation")
        provenance = iri.removeprefix(f"{self.iris.base}id/").startswith(about)
        return self._graphs["provenance" if provenance else "canonical"]

    def _is_part(self, value: str, iri: str) -> bool:
        whole = self.iris.record_of(value) if "genid/" in value else value.partition("#")[0]
        return value != iri and (whole == iri or value.startswith(f"{iri}#"))

    def _source(self, id_: str, iri: str, changed: str) -> SourceFacts:
        def told(subject: str, *curies: str) -> str:
            values = (
                _value(quad.object)
                for curie in curies
                if ":" in subject
                for quad in self._quads("provenance", subject, term(curie))
            )
            return min(values, default="")

        publisher = told(iri, "dcterms:publisher")
        named = told(publisher, "foaf:name", "schema:name") if "://" in publisher else ""
        graph = ox.NamedNode(self.iris.source_graph(id_))
        record = ox.NamedNode(f"{EB}SourceRecord")
        return SourceFacts(
            id=id_,
            title=told(iri, "dcterms:title"),
            publisher=named or publisher,
            address=told(told(iri, "dcat:distribution"), "dcat:accessURL"),
            licence=told(iri, "dcterms:license"),
            changed=changed,
            retired=told(iri, "prov:invalidatedAtTime"),
            records=sum(1 for _ in self._store.quads_for_pattern(None, _TYPE, record, graph)),
        )

    def _of_type(self, iri: str, graph: str) -> Iterator[str]:
        found = self._store.quads_for_pattern(None, _TYPE, ox.NamedNode(iri), self._graphs[graph])
        return (_value(quad.subject) for quad in found)

    def _quads(
        self, graph: str, subject: str | None = None, predicate: str | None = None
    ) -> Iterator[ox.Quad]:
        return self._store.quads_for_pattern(
            None if subject is None else ox.NamedNode(subject),
            None if predicate is None else ox.NamedNode(predicate),
            None,
            self._graphs[graph],
        )

    def _said(self, iri: str) -> Said:
        """What the canonical graph says of one subject; what it says of a commune is kept."""
        if iri not in self._communes:
            said = self._read(iri, self._graphs["canonical"])
            if not iri.startswith(self.iris.commune("")):
                return said
            self._communes[iri] = said
        return self._communes[iri]

    def _told(self, iri: str) -> Said:
        """The same; of what the editors hid, the name, for what takes place there still has one."""
        said = self._said(iri)
        if said or not self._kind(iri):
            return said
        grave = self._read(iri, self._graphs["tombstones"])
        records = grave.get(term("prov:wasDerivedFrom"), ()) if _BY in grave else ()
        names = (self._read(each.value, self._graph_of(each.value)) for each in records)
        return next(({_NAME: said[_NAME]} for said in names if _NAME in said), {})

    def _read(self, iri: str, graph: ox.NamedNode) -> Said:
        if ":" not in iri:
            return {}
        said: defaultdict[str, list[ox.NamedNode | ox.Literal]] = defaultdict(list)
        for quad in self._store.quads_for_pattern(ox.NamedNode(iri), None, None, graph):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                said[quad.predicate.value].append(quad.object)
        return said


def _source_of(record: str, iris: Iris) -> str:
    return record.removeprefix(iris.records).partition("/")[0]


def _value(node: object) -> str:
    """The IRI or the lexical form of a term; "" for a blank node's name or a statement."""
    return node.value if isinstance(node, ox.NamedNode | ox.Literal) else ""
