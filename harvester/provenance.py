"""Who said what, when, under which licence: the statements of ``graph/provenance``.

Sources are DCAT datasets; each run that changed data is a PROV activity (W3C DCAT 3,
PROV-O). Nothing here is written for a run that changed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import pyoxigraph as ox

from harvester.curation.values import Edits
from harvester.sources import Source
from store.changes import Lines
from store.graphs import normalise
from vocab import term
from vocab.iris import Iris, iri_of_address

LICENCE_UNKNOWN = "licence à clarifier"
LINKED_ONLY = "partage à l'identique : relié, non fusionné"
AGREED = "Accord écrit de l'éditeur avec ce nœud"

_HERE = ox.NamedNode("urn:scratch")

Said = tuple[str, str, ox.NamedNode | ox.Literal]
"""Subject, predicate as a prefixed name, object."""


@dataclass(frozen=True)
class Run:
    """One harvest run of one source, as provenance tells it.

    ``share_alike`` is the ``[site]`` permission to merge sources under such a licence; ``edits``
    are the decisions of the editors, which hold for what any run stores. A run
    that reads nothing, because an operator changes what is stored, has no ``content_hash``
    and tells its ``purpose``; what it says of the source itself may be ``described``.
    """

    source: Source
    iris: Iris
    at: datetime
    content_hash: str
    version: str
    share_alike: bool = False
    purpose: str = ""
    described: Lines | None = None
    edits: Edits = field(default_factory=Edits)

    @property
    def merged(self) -> bool:
        """Whether the source's values may be copied into the canonical graph."""
        return self.share_alike or not self.source.share_alike

    @property
    def licence(self) -> str | None:
        """The IRI of the licence under which the source's values are given."""
        return licence_of(self.source, self.iris)

    @cached_property
    def activity(self) -> str:
        """The IRI of the run's prov:Activity."""
        return self.iris.activity(
            self.source.id, self.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        )

    @cached_property
    def dataset(self) -> Lines:
        """What is said of the source once the run is over."""
        if self.described is not None:
            return self.described
        return dataset_lines(self.source, self.iris, self.version, merged=self.merged)

    def lines(self) -> Lines:
        """The activity: when, which bytes of which source it used, which software ran it."""
        agent = ox.NamedNode(self.iris.software(self.version))
        said: list[Said] = [
            (self.activity, "rdf:type", _iri("prov:Activity")),
            (self.activity, "prov:startedAtTime", _time(self.at)),
            (self.activity, "prov:used", ox.NamedNode(self.iris.source(self.source.id))),
            (self.activity, "prov:wasAssociatedWith", agent),
        ]
        if self.content_hash:
            content = ox.Literal(f"sha256:{self.content_hash}")
            said.append((self.activity, "dcterms:identifier", content))
        if self.purpose:
            purpose = ox.Literal(self.purpose, language="fr")
            said.append((self.activity, "dcterms:description", purpose))
        return _lines(said)


def dataset_lines(source: Source, iris: Iris, version: str, *, merged: bool) -> Lines:
    """The source as a dataset: title, publisher, licence or the lack of one, address.

    ``version`` is that of the program that wrote its entities; ``merged`` tells whether its
    values may be copied into the canonical graph.
    """
    subject = iris.source(source.id)
    graph = iris.source_graph(source.id)
    found: list[Said] = [
        (subject, "rdf:type", _iri("dcat:Dataset")),
        (subject, "rdf:type", _iri("prov:Entity")),
        (subject, "dcterms:identifier", ox.Literal(source.id)),
        (subject, "prov:wasAttributedTo", ox.NamedNode(iris.software(version))),
        (subject, "dcterms:title", ox.Literal(source.title, language="fr")),
        (subject, "dcterms:publisher", ox.Literal(source.publisher, language="fr")),
        (subject, "dcat:distribution", ox.NamedNode(graph)),
        (graph, "rdf:type", _iri("dcat:Distribution")),
        (graph, "dcat:accessURL", ox.NamedNode(iri_of_address(source.url))),
    ]
    if licence := licence_of(source, iris):
        stated = ox.NamedNode(iri_of_address(licence))
        found += [(subject, "dcterms:license", stated), (graph, "dcterms:license", stated)]
    else:
        found.append((subject, "dcterms:rights", ox.Literal(LICENCE_UNKNOWN, language="fr")))
    if not merged:
        found.append((subject, "dcterms:rights", ox.Literal(LINKED_ONLY, language="fr")))
    return _lines(found)


def retired_lines(run: Run) -> Lines:
    """That the source is no longer read, since when, and by which decision."""
    source = run.iris.source(run.source.id)
    return _lines(
        [
            (source, "rdf:type", _iri("prov:Entity")),
            (source, "prov:invalidatedAtTime", _time(run.at)),
            (source, "prov:wasInvalidatedBy", ox.NamedNode(run.activity)),
        ]
    )


def renamed_lines(old: str, run: Run) -> Lines:
    """That the source of a run was ``old`` before."""
    return _lines(
        [
            (run.activity, "prov:used", ox.NamedNode(run.iris.source(old))),
            (run.activity, "prov:generated", ox.NamedNode(run.iris.source(run.source.id))),
        ]
    )


def licence_of(source: Source, iris: Iris) -> str | None:
    """The IRI of a source's licence: a public one, or the agreement with its publisher."""
    return iris.agreement if source.agreed else source.licence_iri


def agent_lines(iris: Iris, version: str) -> Lines:
    """The harvester itself, one agent per version."""
    return _lines(
        [
            (iris.software(version), "rdf:type", _iri("prov:SoftwareAgent")),
            (iris.software(version), "schema:name", ox.Literal("EnBauges")),
            (iris.software(version), "schema:softwareVersion", ox.Literal(version)),
        ]
    )


def agreement_lines(iris: Iris) -> Lines:
    """The licence document that agreements with publishers stand for."""
    return _lines(
        [
            (iris.agreement, "rdf:type", _iri("dcterms:LicenseDocument")),
            (iris.agreement, "dcterms:title", ox.Literal(AGREED, language="fr")),
        ]
    )


def generated(record: str, run: Run) -> str:
    """The statement that ``record`` came from ``run``."""
    return f"<{record}> <{term('prov:wasGeneratedBy')}> <{run.activity}> ."


def tombstone_lines(entity: str, record: str, former_type: str, run: Run) -> Lines:
    """What remains of an entity that its sources withdrew; ``record`` may bring it back."""
    return _lines(
        [
            (entity, "rdf:type", _iri("eb:Tombstone")),
            (entity, "eb:formerType", ox.Literal(former_type)),
            (entity, "prov:wasDerivedFrom", ox.NamedNode(record)),
            (entity, "prov:invalidatedAtTime", _time(run.at)),
            (entity, "prov:wasInvalidatedBy", ox.NamedNode(run.activity)),
        ]
    )


def _iri(curie: str) -> ox.NamedNode:
    return ox.NamedNode(term(curie))


def _time(moment: datetime) -> ox.Literal:
    stamp = moment.astimezone(UTC).isoformat(timespec="seconds")
    return ox.Literal(stamp, datatype=_iri("xsd:dateTime"))


def _lines(statements: list[Said]) -> Lines:
    quads = [
        ox.Quad(ox.NamedNode(subject), _iri(predicate), value, _HERE)
        for subject, predicate, value in statements
    ]
    return normalise(quads, skolem=None)[_HERE.value]
