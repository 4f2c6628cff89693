"""The concept schemes: reviewed in ``sources/concepts/*.yml``, published in ``concepts.ttl``.

People edit the YAML files, one per scheme; ``python -m vocab.concepts`` writes the Turtle
file from them, and a test fails while the two differ. Nothing else reads the YAML: the
program's words come from ``concepts.ttl`` (see ``vocab.words``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from vocab import CONCEPT, PREFIXES, ROOM, VocabularyError
from vocab.messages import say

SCHEMES = (
    "type",
    "service",
    "space",
    "actor",
    "legal",
    "label",
    "access",
    "price",
    "public",
    "theme",
    "statut",
)
"""The schemes, in the order in which they are shown."""

SOURCES = ROOM / "sources"
TARGET = ROOM / "concepts.ttl"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
FOREIGN = {
    "as": "https://www.w3.org/ns/activitystreams#",
    "bibo": "http://purl.org/ontology/bibo/",
    "cal": "http://www.w3.org/2002/12/cal/ical#",
    "dt": "https://www.datatourisme.fr/ontology/core#",
    "ess": "http://purl.org/essglobal/vocab/",
    "essl": "http://purl.org/essglobal/standard/legal-form/",
    "esso": "http://purl.org/essglobal/standard/organisational-structure/",
    "esst": "http://purl.org/essglobal/standard/themes/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "oa": "https://openactive.io/",
    "org": "http://www.w3.org/ns/org#",
    "pair": "http://virtual-assembly.org/ontologies/pair#",
    "petr": "https://data.petr-msb.data-players.com/ontology#",
    "sssom": "https://w3id.org/sssom/",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
}
"""Prefixes of this room's data files that are no use in queries, hence not in ``PREFIXES``."""

_NAMESPACES = {**PREFIXES, **FOREIGN}
_MATCHES = ("exact", "close", "broad", "narrow", "related")
_CODES = {"osm": "eb:osmTag", "mednum": "eb:mednumCode"}
_LANGUAGES = ("fr", "en")
_REQUIRED = ("fr", "en", "define-fr", "define-en", "source")
_KEYS = frozenset({*_REQUIRED, "broader", "also", "also-en", "hidden", *_MATCHES, *_CODES})


_PREFIXES = {
    **{name: iri for name, iri in _NAMESPACES.items() if name != "ebc"},
    **{slug: f"{CONCEPT}{slug}/" for slug in SCHEMES},
    "doc": f"{CONCEPT}sources#",
}


@dataclass(frozen=True, slots=True)
class Concept:
    """One entry of a scheme, as its source file writes it.

    ``hidden`` are forms that data sets use and people are never shown; ``codes`` the values
    of a foreign list (key ``osm`` or ``mednum``); ``matches`` prefixed names by kind of
    SKOS mapping; ``sources`` keys of ``documents.yml``.
    """

    slug: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    also: tuple[str, ...]
    also_en: tuple[str, ...]
    hidden: tuple[str, ...]
    broader: str
    codes: Mapping[str, tuple[str, ...]]
    matches: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A concept scheme and its concepts, in the order of the source file."""

    slug: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    concepts: tuple[Concept, ...] = field(default=())

    @property
    def iri(self) -> str:
        """``https://…/concept/{slug}``."""
        return CONCEPT + self.slug


def concept_iri(scheme: str, slug: str) -> str:
    """The IRI of a concept: the namespace, its scheme, its slug."""
    return f"{CONCEPT}{scheme}/{slug}"


def document_iri(key: str) -> str:
    """The IRI of a document that terms and concepts are taken from."""
    return f"{CONCEPT}sources#{key}"


def curie(iri: str) -> str:
    """The prefixed name of a foreign term, or ``iri`` itself when no prefix is known."""
    for prefix, namespace in _NAMESPACES.items():
        if iri.startswith(namespace) and prefix != "ebc":
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def read_schemes(folder: Path = SOURCES / "concepts") -> tuple[Scheme, ...]:
    """The schemes of the source files.

    Raises:
        VocabularyError: on a file that is missing or is no YAML, or on an unknown key.
    """
    return tuple(_scheme(slug, _yaml(folder / f"{slug}.yml")) for slug in SCHEMES)


def triples() -> Iterator[Triple]:
    """The whole of ``concepts.ttl``: documents, then each scheme and its concepts."""
    yield from _document_triples()
    for scheme in read_schemes():
        yield from _scheme_triples(scheme)


def turtle() -> str:
    """The text that ``concepts.ttl`` must have."""
    note = "# Written by `python -m vocab.concepts` from vocab/sources: edit those files."
    return f"{note}\n{written(triples())}"


def written(statements: Iterable[Triple]) -> str:
    """Turtle with the prefixes that it uses, in alphabetical order.

    The serializer declares all it is given, in an order that changes from run to run.
    """
    raw = serialize(statements, format=RdfFormat.TURTLE, prefixes=_PREFIXES) or b""
    lines = [line.expandtabs(4) for line in raw.decode().splitlines() if line[:7] != "@prefix"]
    body = "\n".join(_spaced(lines))
    used = set(re.findall(r"(?<![\w:<])(\w+):", body))
    header = [f"@prefix {name}: <{_PREFIXES[name]}> ." for name in sorted(used & _PREFIXES.keys())]
    return "\n".join([*header, "", body])


def _spaced(lines: Iterable[str]) -> Iterator[str]:
    """The lines, with an empty one after each subject."""
    for line in lines:
        yield line
        if line.endswith(" ."):
            yield ""


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = YAML(typ="safe", pure=True).load(path)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise VocabularyError(
            say(
                "{file}, line {line}: {reason} — correct the file, then start again",
                file=path.name,
                line=line,
                reason=error.problem or "",
            )
        ) from error
    return content


def _scheme(slug: str, content: Mapping[str, Any]) -> Scheme:
    return Scheme(
        slug=slug,
        labels={language: content[language] for language in _LANGUAGES},
        definitions={language: content[f"define-{language}"] for language in _LANGUAGES},
        concepts=tuple(_concept(slug, key, entry) for key, entry in content["concepts"].items()),
    )


def _concept(scheme: str, slug: str, entry: Mapping[str, Any]) -> Concept:
    _check_keys(scheme, slug, entry)
    return Concept(
        slug=slug,
        labels={language: entry[language] for language in _LANGUAGES},
        definitions={language: entry[f"define-{language}"] for language in _LANGUAGES},
        also=tuple(entry.get("also", ())),
        also_en=tuple(entry.get("also-en", ())),
        hidden=tuple(entry.get("hidden", ())),
        broader=entry.get("broader", ""),
        codes={key: tuple(entry[key]) for key in _CODES if key in entry},
        matches={kind: tuple(entry[kind]) for kind in _MATCHES if kind in entry},
        sources=tuple(entry["source"]),
    )


def _check_keys(scheme: str, slug: str, entry: Mapping[str, Any]) -> None:
    if unknown := sorted(entry.keys() - _KEYS):
        raise VocabularyError(
            say(
                "{file}: {concept} has the unknown key {key} — write one of: {known}",
                file=f"{scheme}.yml",
                concept=slug,
                key=unknown[0],
                known=", ".join(sorted(_KEYS)),
            )
        )
    if missing := [key for key in _REQUIRED if key not in entry]:
        raise VocabularyError(
            say(
                "{file}: {concept} lacks {keys} — add what is missing",
                file=f"{scheme}.yml",
                concept=slug,
                keys=", ".join(missing),
            )
        )


def node(curie: str) -> NamedNode:
    """The node of a prefixed name, of ``PREFIXES`` or ``FOREIGN``."""
    prefix, _, local = curie.partition(":")
    return NamedNode(_NAMESPACES[prefix] + local)


def _texts(subject: NamedNode, curie: str, texts: Mapping[str, str]) -> Iterator[Triple]:
    for language, text in texts.items():
        yield Triple(subject, node(curie), Literal(text, language=language))


def _document_triples() -> Iterator[Triple]:
    for key, entry in _yaml(SOURCES / "documents.yml").items():
        document = NamedNode(document_iri(key))
        yield Triple(document, node("rdf:type"), node("dcterms:BibliographicResource"))
        yield Triple(document, node("dcterms:title"), Literal(entry["title"], language="fr"))
        yield Triple(document, node("schema:publisher"), Literal(entry["publisher"]))
        if "issued" in entry:
            yield Triple(document, node("dcterms:issued"), Literal(entry["issued"]))
        if "page" in entry:
            yield Triple(document, node("rdfs:seeAlso"), NamedNode(entry["page"]))


def _scheme_triples(scheme: Scheme) -> Iterator[Triple]:
    top = NamedNode(scheme.iri)
    yield Triple(top, node("rdf:type"), node("skos:ConceptScheme"))
    yield from _texts(top, "dcterms:title", scheme.labels)
    yield from _texts(top, "dcterms:description", scheme.definitions)
    yield Triple(top, node("dcterms:license"), NamedNode(LICENCE))
    tops = [concept for concept in scheme.concepts if not concept.broader]
    for concept in tops:
        yield Triple(top, node("skos:hasTopConcept"), _concept_node(scheme, concept.slug))
    for concept in scheme.concepts:
        yield from _concept_triples(scheme, concept)


def _concept_node(scheme: Scheme, slug: str) -> NamedNode:
    return NamedNode(concept_iri(scheme.slug, slug))


def _concept_triples(scheme: Scheme, concept: Concept) -> Iterator[Triple]:
    me = _concept_node(scheme, concept.slug)
    yield Triple(me, node("rdf:type"), node("skos:Concept"))
    yield Triple(me, node("skos:inScheme"), NamedNode(scheme.iri))
    if concept.broader:
        yield Triple(me, node("skos:broader"), _concept_node(scheme, concept.broader))
    else:
        yield Triple(me, node("skos:topConceptOf"), NamedNode(scheme.iri))
    yield from _texts(me, "skos:prefLabel", concept.labels)
    for language, words in (("fr", concept.also), ("en", concept.also_en)):
        for word in words:
            yield Triple(me, node("skos:altLabel"), Literal(word, language=language))
    for word in concept.hidden:
        yield Triple(me, node("skos:hiddenLabel"), Literal(word))
    yield from _texts(me, "skos:definition", concept.definitions)
    yield Triple(me, node("skos:notation"), Literal(concept.slug))
    for key, values in concept.codes.items():
        for value in values:
            code = Literal(value, datatype=node(_CODES[key]))
            yield Triple(me, node("skos:notation"), code)
    for kind, targets in concept.matches.items():
        for target in targets:
            yield Triple(me, node(f"skos:{kind}Match"), node(target))
    for key in concept.sources:
        yield Triple(me, node("dcterms:source"), NamedNode(document_iri(key)))
    yield Triple(me, node("vs:term_status"), Literal("stable"))


if __name__ == "__main__":
    TARGET.write_text(turtle(), encoding="utf-8")
