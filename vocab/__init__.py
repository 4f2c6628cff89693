"""The shared vocabulary: namespaces, terms, concepts, and how they are loaded.

``EB`` and ``CONCEPT`` are the only place where the vocabulary's own namespaces are
written; they are the same on every node.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

ROOM = Path(__file__).parent

EB = "https://w3id.org/enbauges/ns#"
CONCEPT = "https://w3id.org/enbauges/concept/"
SCHEMA = "https://schema.org/"

PREFIXES = MappingProxyType(
    {
        "eb": EB,
        "ebc": CONCEPT,
        "schema": SCHEMA,
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "dcterms": "http://purl.org/dc/terms/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "prov": "http://www.w3.org/ns/prov#",
        "void": "http://rdfs.org/ns/void#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sh": "http://www.w3.org/ns/shacl#",
        "foaf": "http://xmlns.com/foaf/0.1/",
    }
)
"""Prefix → namespace: those that queries, dumps and pages may use without declaring them."""


def term(curie: str) -> str:
    """The IRI of a prefixed name such as ``schema:Event``.

    Raises:
        KeyError: when the prefix is not one of ``PREFIXES``.
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local
