"""The shared vocabulary: namespaces, terms, concepts, and how they are loaded.

``EB`` and ``CONCEPT`` are the only place where the vocabulary's own namespaces are
written; they are the same on every node.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import RdfFormat, Triple, parse

from vocab.messages import Told, say

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
        "dqv": "http://www.w3.org/ns/dqv#",
        "prov": "http://www.w3.org/ns/prov#",
        "void": "http://rdfs.org/ns/void#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sh": "http://www.w3.org/ns/shacl#",
        "foaf": "http://xmlns.com/foaf/0.1/",
    }
)
"""Prefix → namespace: those that queries, dumps and pages may use without declaring them."""


PUBLISHED = ("enbauges.ttl", "concepts.ttl")
"""The files of this room that make up ``graph/vocabulary``."""


class VocabularyError(Told):
    """A file of the vocabulary cannot be used, or a scheme is asked for that has none."""


def term(curie: str) -> str:
    """The IRI of a prefixed name such as ``schema:Event``.

    Raises:
        KeyError: when the prefix is not one of ``PREFIXES``.
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def read_turtle(path: Path) -> Iterator[Triple]:
    """The triples of a Turtle file of the vocabulary.

    Raises:
        VocabularyError: on a missing file, a syntax error or a prefix that is not declared.
    """
    try:
        with path.open("rb") as source:
            for quad in parse(source, format=RdfFormat.TURTLE):
                yield quad.triple
    except SyntaxError as error:
        raise VocabularyError(
            say(
                "{file}, line {line}: {reason} — correct the file, then start again",
                file=path.name,
                line=error.lineno or 0,
                reason=error.msg,
            )
        ) from error
    except OSError as error:
        raise VocabularyError(
            say(
                "the vocabulary file {file} cannot be read: {reason} — install the project again",
                file=path.name,
                reason=error.strerror or str(error),
            )
        ) from error


@cache
def load_graph() -> tuple[Triple, ...]:
    """The terms and concepts, as published in ``graph/vocabulary``; read once per process.

    Raises:
        VocabularyError: with the file and the line, when one of them cannot be read.
    """
    return tuple(triple for name in PUBLISHED for triple in read_turtle(ROOM / name))


@cache
def vocabulary_lines() -> frozenset[str]:
    """``load_graph()`` as N-Triples statements without line end, ready for a Changeset."""
    return frozenset(f"{triple} ." for triple in load_graph())


@cache
def fingerprint() -> str:
    """SHA-256 of ``vocabulary_lines()``: it changes when, and only when, the graph does."""
    return sha256("\n".join(sorted(vocabulary_lines())).encode()).hexdigest()
