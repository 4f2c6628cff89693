"""The terms of the vocabularies that ours reuses, as they were when we looked.

Lists of names are in ``pinned/*.txt``, one name a line; those of the W3C's vocabularies and
of Dublin Core are rdflib's, whose version is pinned with the other dependencies.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import rdflib

from vocab import ROOM, SCHEMA

_FILES = MappingProxyType(
    {
        SCHEMA: "schema",
        "http://virtual-assembly.org/ontologies/pair#": "pair",
        "http://purl.org/essglobal/vocab/": "ess",
        "http://purl.org/essglobal/standard/legal-form/": "essl",
        "http://purl.org/essglobal/standard/organisational-structure/": "esso",
        "http://purl.org/essglobal/standard/themes/": "esst",
        "https://data.petr-msb.data-players.com/ontology#": "petr",
        "https://openactive.io/": "oa",
        "http://purl.org/ontology/bibo/": "bibo",
        "http://www.w3.org/2003/06/sw-vocab-status/ns#": "vs",
        "http://www.w3.org/ns/dqv#": "dqv",
    }
)
_RDFLIB = MappingProxyType(
    {
        str(namespace): namespace
        for namespace in (
            rdflib.DCAT,
            rdflib.DCTERMS,
            rdflib.FOAF,
            rdflib.ORG,
            rdflib.OWL,
            rdflib.PROV,
            rdflib.RDF,
            rdflib.RDFS,
            rdflib.SH,
            rdflib.SKOS,
            rdflib.VANN,
            rdflib.VOID,
            rdflib.XSD,
        )
    }
)


def is_term(iri: str) -> bool | None:
    """Whether ``iri`` is a term of its vocabulary; None when that one is not pinned."""
    namespace = namespace_of(iri)
    name = iri.removeprefix(namespace)
    if namespace in _FILES:
        return name in _names(_FILES[namespace])
    if namespace in _RDFLIB:
        return name in _RDFLIB[namespace]
    return None


def namespace_of(iri: str) -> str:
    """The part of ``iri`` up to its last ``#`` or ``/``."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


@cache
def _names(name: str) -> frozenset[str]:
    lines = (ROOM / "pinned" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
