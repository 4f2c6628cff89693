"""The checks of FOOPS! that need neither a registry nor a live address.

FOOPS! (https://w3id.org/foops/) judges how findable, accessible, interoperable and reusable
an ontology is; its tests are named as in its catalogue of metrics. ``python -m vocab.fair``
prints them. Those that cannot be run here are listed in ``ELSEWHERE``, with who must.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import MappingProxyType
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from vocab import EB, ROOM, read_turtle
from vocab.concepts import node
from vocab.facts import Facts, Node
from vocab.lint import own_terms
from vocab.pinned import is_term, namespace_of

ELSEWHERE = MappingProxyType(
    {
        "CN1": "content negotiation at the namespace: the tests of the web room",
        "DOC1": "HTML documentation at the namespace: the tests of the web room",
        "RDF1": "RDF at the namespace: the tests of the web room",
        "VER2": "the version IRI resolves: the tests of the web room",
        "HTTP1": "an open protocol: the address once w3id redirects to it",
        "OM4.2": "the licence's address resolves: a live address",
        "FIND2": "the prefix is in a registry: prefix.cc, once published",
        "FIND3": "the vocabulary is in a registry: LOV, once published",
        "FIND3_BIS": "metadata is kept by a registry: LOV, once published",
        "OM3 (DOI)": "a DOI: given by an archive, once published",
    }
)
"""Metric → what it asks and who can answer."""

_PERSISTENT = frozenset({"w3id.org", "purl.org", "doi.org"})
_OWN = frozenset({EB})


class Ontology:
    """The ontology under judgement."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.header = next(iter(facts.instances(node("owl:Ontology"))))
        self.terms = own_terms(facts)

    def has(self, *curies: str) -> bool:
        """Whether the header has all these properties."""
        return all(self.facts.values(self.header, node(curie)) for curie in curies)

    def text(self, curie: str) -> str:
        """The first value of a property of the header, "" when there is none."""
        value = self.facts.value(self.header, node(curie))
        return value.value if isinstance(value, NamedNode | Literal) else ""

    def reused(self) -> set[str]:
        """The namespaces of other people's terms that the file uses."""
        nodes: set[Node] = set()
        for term in self.terms:
            for predicate in self.facts.predicates(term):
                nodes |= {predicate, *self.facts.values(term, predicate)}
        iris = {one.value for one in nodes if isinstance(one, NamedNode) and is_term(one.value)}
        return {namespace_of(iri) for iri in iris} - _OWN

    def all_terms(self, curie: str) -> bool:
        """Whether every own term has this property in French and in English."""
        return all(
            _languages(self.facts.values(term, node(curie))) >= {"fr", "en"} for term in self.terms
        )


def _languages(values: Iterable[Node]) -> set[str | None]:
    return {value.language for value in values if isinstance(value, Literal)}


_CHECKS: MappingProxyType[str, Callable[[Ontology], bool]] = MappingProxyType(
    {
        "FIND1 the prefix is declared": lambda it: it.text("vann:preferredNamespacePrefix") == "eb",
        "OM1 title, description, licence, version IRI, creator, namespace": lambda it: (
            it.has(
                "dcterms:title",
                "dcterms:description",
                "dcterms:license",
                "owl:versionIRI",
                "dcterms:creator",
            )
            and it.text("vann:preferredNamespaceUri") == EB
        ),
        "OM2 prefix, version, created, citation, contributor": lambda it: it.has(
            "vann:preferredNamespacePrefix",
            "owl:versionInfo",
            "dcterms:created",
            "dcterms:bibliographicCitation",
            "dcterms:contributor",
        ),
        "OM3 publisher, logo, status, source, issued": lambda it: it.has(
            "dcterms:publisher", "schema:logo", "bibo:status", "dcterms:source", "dcterms:issued"
        ),
        "OM4.1 a licence is stated": lambda it: it.text("dcterms:license").startswith("https://"),
        "OM5.1 author and date of creation": lambda it: it.has(
            "dcterms:creator", "dcterms:created"
        ),
        "OM5.2 publisher and date of issue": lambda it: it.has(
            "dcterms:publisher", "dcterms:issued"
        ),
        "PURL1 the address is persistent": lambda it: (
            urlsplit(str(it.header).strip("<>")).hostname in _PERSISTENT
        ),
        "URI1 the ontology has the address of its namespace": lambda it: (
            str(it.header).strip("<>") == EB.rstrip("#/")
        ),
        "URI2 the version has an address of its own": lambda it: (
            it.text("owl:versionIRI") not in {"", str(it.header).strip("<>")}
        ),
        "VER1 the version IRI ends with the version": lambda it: it.text("owl:versionIRI").endswith(
            "/" + it.text("owl:versionInfo")
        ),
        "VOC1 other vocabularies are reused": lambda it: len(it.reused()) >= 3,  # noqa: PLR2004  # FOOPS!
        "VOC2 its terms extend theirs": lambda it: any(
            it.facts.values(term, node(curie))
            for term in it.terms
            for curie in ("rdfs:subClassOf", "rdfs:subPropertyOf")
        ),
        "VOC3 every term has labels": lambda it: it.all_terms("rdfs:label"),
        "VOC4 every term has definitions": lambda it: it.all_terms("skos:definition"),
    }
)


def judge() -> dict[str, bool]:
    """Check → whether the ontology passes it."""
    ontology = Ontology(Facts(read_turtle(ROOM / "enbauges.ttl")))
    return {name: check(ontology) for name, check in _CHECKS.items()}


if __name__ == "__main__":
    verdicts = judge()
    for name, passed in verdicts.items():
        print("yes" if passed else "NO ", name)  # noqa: T201  # this is what the command says
    for name, reason in ELSEWHERE.items():
        print("—  ", name, reason)  # noqa: T201
    sys.exit(not all(verdicts.values()))
