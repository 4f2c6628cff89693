"""Who said what, when, under which licence: the statements of ``graph/provenance``.

Sources are DCAT datasets; each run that changed data is a PROV activity (W3C DCAT 3,
PROV-O). Nothing here is written for a run that changed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import pyoxigraph as ox

from harvester.sources import Source
from store.changes import Lines
from store.graphs import normalise
from vocab import term
from vocab.iris import Iris

LICENCE_UNKNOWN = "licence à clarifier"

_A = ox.NamedNode(term("rdf:type"))
_HERE = ox.NamedNode("urn:scratch")


@dataclass(frozen=True)
class Run:
    """One harvest run of one source, as provenance tells it."""

    source: Source
    iris: Iris
    at: datetime
    content_hash: str
    version: str

    @cached_property
    def activity(self) -> str:
        """The IRI of the run's prov:Activity."""
        return self.iris.activity(
            self.source.id, self.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        )

    def lines(self) -> Lines:
        """The activity: when, which bytes of which source it used, which software ran it."""
        agent = ox.NamedNode(self.iris.software(self.version))
        return _lines(
            [
                (self.activity, "rdf:type", _iri("prov:Activity")),
                (self.activity, "prov:startedAtTime", _time(self.at)),
                (self.activity, "prov:used", ox.NamedNode(self.iris.source(self.source.id))),
                (self.activity, "prov:wasAssociatedWith", agent),
                (self.activity, "dcterms:identifier", ox.Literal(f"sha256:{self.content_hash}")),
            ]
        )


def dataset_lines(source: Source, iris: Iris) -> Lines:
    """The source as a dataset: title, publisher, licence or the lack of one, address."""
    subject = iris.source(source.id)
    graph = iris.source_graph(source.id)
    found: list[tuple[str, str, ox.NamedNode | ox.Literal]] = [
        (subject, "rdf:type", _iri("dcat:Dataset")),
        (subject, "rdf:type", _iri("prov:Entity")),
        (subject, "dcterms:identifier", ox.Literal(source.id)),
        (subject, "dcterms:title", ox.Literal(source.title, language="fr")),
        (subject, "dcat:distribution", ox.NamedNode(graph)),
        (graph, "rdf:type", _iri("dcat:Distribution")),
        (graph, "dcat:accessURL", ox.NamedNode(source.url)),
    ]
    if source.publisher:
        found.append((subject, "dcterms:publisher", ox.Literal(source.publisher, language="fr")))
    if source.licence_iri:
        licence = ox.NamedNode(source.licence_iri)
        found += [(subject, "dcterms:license", licence), (graph, "dcterms:license", licence)]
    elif not source.texts_allowed:
        found.append((subject, "dcterms:rights", ox.Literal(LICENCE_UNKNOWN, language="fr")))
    return _lines(found)


def agent_lines(iris: Iris, version: str) -> Lines:
    """The harvester itself, one agent per version."""
    agent = iris.software(version)
    return _lines(
        [
            (agent, "rdf:type", _iri("prov:SoftwareAgent")),
            (agent, "schema:name", ox.Literal("EnBauges")),
            (agent, "schema:softwareVersion", ox.Literal(version)),
        ]
    )


def generated(record: str, run: Run) -> str:
    """The statement that ``record`` came from ``run``."""
    return f"<{record}> <{term('prov:wasGeneratedBy')}> <{run.activity}> ."


def tombstone_lines(entity: str, former_type: str, run: Run) -> Lines:
    """What remains of an entity that its sources withdrew."""
    return _lines(
        [
            (entity, "rdf:type", _iri("eb:Tombstone")),
            (entity, "eb:formerType", ox.Literal(former_type)),
            (entity, "prov:invalidatedAtTime", _time(run.at)),
            (entity, "prov:wasInvalidatedBy", ox.NamedNode(run.activity)),
        ]
    )


def _iri(curie: str) -> ox.NamedNode:
    return ox.NamedNode(term(curie))


def _time(moment: datetime) -> ox.Literal:
    stamp = moment.astimezone(UTC).isoformat(timespec="seconds")
    return ox.Literal(stamp, datatype=_iri("xsd:dateTime"))


def _lines(statements: list[tuple[str, str, ox.NamedNode | ox.Literal]]) -> Lines:
    quads = [
        ox.Quad(ox.NamedNode(subject), _iri(predicate), value, _HERE)
        for subject, predicate, value in statements
    ]
    return normalise(quads, skolem=None)[_HERE.value]
