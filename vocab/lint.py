"""The vocabulary judged by its own rules: ``python -m vocab.lint``.

Complaints go to standard error, and the exit code is 1 when there are any. The rules are
those that the catalogues of ontology pitfalls ask for: nothing undefined, nothing without
label, definition, example, source and status, nothing unconnected, nothing that vanishes.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from vocab import CONCEPT, EB, PUBLISHED, ROOM, read_turtle
from vocab.concepts import Scheme, curie, node, read_schemes
from vocab.facts import RDF_TYPE, Facts, Node
from vocab.messages import Message, say
from vocab.pinned import is_term
from vocab.words import is_code, normalise

UNVERIFIED = "### Unverified"
_CLASS = re.compile(r"[A-Z][A-Za-z]+")
_PROPERTY = re.compile(r"[a-z][A-Za-z]+")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_JOINED = re.compile(r"[a-z](And|Or)[A-Z]")
_PREFIX = re.compile(r"PREFIX\s+(\w+):\s*<([^>]+)>", re.IGNORECASE)
_CURIE = re.compile(r"(?<![\w:])(\w+):([A-Za-z][\w-]*)")
_LANGUAGES = frozenset({"fr", "en"})


@dataclass(frozen=True)
class _Room:
    """The files of the vocabulary, read once."""

    path: Path
    own: Facts
    published: tuple[Triple, ...]
    schemes: tuple[Scheme, ...]

    @classmethod
    def read(cls, path: Path) -> _Room:
        return cls(
            path=path,
            own=Facts(read_turtle(path / "enbauges.ttl")),
            published=tuple(one for name in PUBLISHED for one in read_turtle(path / name)),
            schemes=read_schemes(path / "sources" / "concepts"),
        )


def lint(path: Path = ROOM) -> list[Message]:
    """Every complaint about the vocabulary in the folder ``path``.

    Raises:
        VocabularyError: when one of its files cannot be read at all.
    """
    room = _Room.read(path)
    return [complaint for rule in _RULES for complaint in rule(room)]


def own_terms(own: Facts) -> list[NamedNode]:
    """The classes, properties and datatypes that the ontology defines."""
    kinds = ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "rdfs:Datatype")
    return [
        name
        for kind in kinds
        for name in own.instances(node(kind))
        if isinstance(name, NamedNode) and name.value.startswith(EB)
    ]


def _undefined(room: _Room) -> Iterator[Message]:
    defined = {str(triple.subject) for triple in room.published}
    for file, iris in _mentions(room):
        for iri in sorted(iris):
            own = iri.startswith((EB, CONCEPT))
            if (f"<{iri}>" in defined if own else is_term(iri)) is False:
                yield say("{file}: {iri} does not exist — correct its name", file=file, iri=iri)


def _unverified(room: _Room) -> Iterator[Message]:
    """Targets of alignments that are said to be verified, in a vocabulary that is not pinned."""
    text = (room.path / "alignments.ttl").read_text(encoding="utf-8")
    verified = parse(text.partition(UNVERIFIED)[0].encode(), format=RdfFormat.TURTLE)
    for iri in sorted({quad.object.value for quad in verified if _is_iri(quad.object)}):
        if is_term(iri) is None:
            yield say(
                "alignments.ttl: {iri} was not looked up — pin it, or move it under {part}",
                iri=iri,
                part=UNVERIFIED,
            )


def _mentions(room: _Room) -> Iterator[tuple[str, set[str]]]:
    """File → the IRIs of terms that it mentions."""
    for path in sorted(room.path.rglob("*.ttl")):
        if "versions" not in path.parts:
            nodes = {part for triple in read_turtle(path) for part in _parts(triple)}
            yield path.name, {part.value for part in nodes}
    yield "context.jsonld", set(_context_terms(room.path / "context.jsonld"))
    for path in sorted((room.path / "questions").glob("*.rq")):
        yield path.name, set(_query_terms(path.read_text(encoding="utf-8")))


def _parts(triple: Triple) -> Iterator[NamedNode]:
    for part in triple:
        if isinstance(part, NamedNode):
            yield part
        elif isinstance(part, Literal):
            yield part.datatype


def _context_terms(path: Path) -> Iterator[str]:
    context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    for value in context.values():
        needed = value.get("@id", "") if isinstance(value, dict) else value
        prefix, _, name = str(needed).partition(":")
        if prefix in context and name and not name.startswith("//"):
            yield str(context[prefix]) + name


def _query_terms(query: str) -> Iterator[str]:
    prefixes = dict(_PREFIX.findall(query))
    body = re.sub(r'"[^"]*"|<[^>]*>|#.*', "", query)
    for prefix, name in _CURIE.findall(body):
        if prefix in prefixes:
            yield prefixes[prefix] + name


def _unannotated(room: _Room) -> Iterator[Message]:
    own = room.own
    for name in own_terms(own):
        for needed in ("rdfs:label", "skos:definition"):
            if _languages(own.values(name, node(needed))) != Counter(_LANGUAGES):
                yield say(
                    "{term} needs one {what} in French and one in English",
                    term=name.value,
                    what=needed,
                )
        for needed in ("skos:example", "dcterms:source", "vs:term_status", "rdfs:isDefinedBy"):
            if not own.values(name, node(needed)):
                yield say("{term} has no {what} — add it", term=name.value, what=needed)


def _unconnected(room: _Room) -> Iterator[Message]:
    own = room.own
    used = {
        triple.object.datatype for triple in room.published if isinstance(triple.object, Literal)
    }
    for name in own_terms(own):
        kinds = own.values(name, RDF_TYPE)
        if node("owl:Class") in kinds:
            connected = bool(own.values(name, node("rdfs:subClassOf")))
        elif node("rdfs:Datatype") in kinds:
            connected = name in used
        else:
            connected = all(
                own.values(name, node(needed))
                for needed in ("schema:domainIncludes", "schema:rangeIncludes")
            )
        if not connected:
            yield say("{term} is connected to nothing — say what it is of", term=name.value)
        if own.values(name, node("rdfs:domain")) or own.values(name, node("rdfs:range")):
            yield say(
                "{term} has an rdfs:domain or rdfs:range — use schema:domainIncludes and "
                "schema:rangeIncludes",
                term=name.value,
            )


def _misnamed(room: _Room) -> Iterator[Message]:
    own = room.own
    for name in own_terms(own):
        local = name.value.removeprefix(EB)
        is_class = node("owl:Class") in own.values(name, RDF_TYPE)
        if not (_CLASS if is_class else _PROPERTY).fullmatch(local):
            yield say("{term} is not named as the others are", term=name.value)
        if _JOINED.search(local):
            yield say("{term} names two things — make two terms of it", term=name.value)
    for scheme in room.schemes:
        for concept in scheme.concepts:
            if not _SLUG.fullmatch(concept.slug):
                yield say("{slug} is no slug: a-z, 0-9 and hyphens", slug=concept.slug)


def _ambiguous(room: _Room) -> Iterator[Message]:
    """Labels and notations that name two concepts of a scheme."""
    for scheme in room.schemes:
        yield from _ambiguous_in(scheme)


def _ambiguous_in(scheme: Scheme) -> Iterator[Message]:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for concept in scheme.concepts:
        codes = [code for values in concept.codes.values() for code in values]
        words = [*concept.labels.values(), *concept.also, *concept.also_en, *concept.hidden]
        for label in (concept.slug, *words, *codes):
            owners[label if is_code(label) else normalise(label)].add(concept.slug)
    for label, slugs in sorted(owners.items()):
        if len(slugs) > 1:
            yield say(
                "scheme {scheme}: “{label}” names {concepts} — keep it for one of them",
                scheme=scheme.slug,
                label=label,
                concepts=", ".join(sorted(slugs)),
            )


def _contradicted(room: _Room) -> Iterator[Message]:
    """Two kinds of match between the same two things."""
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for triple in (*room.published, *read_turtle(room.path / "alignments.ttl")):
        if triple.predicate.value.endswith("Match"):
            kinds[str(triple.subject), str(triple.object)].add(curie(triple.predicate.value))
    for (subject, target), said in sorted(kinds.items()):
        if len(said) > 1:
            yield say(
                "{subject} has {kinds} with {target} — keep one of them",
                subject=subject.strip("<>"),
                kinds=", ".join(sorted(said)),
                target=target.strip("<>"),
            )


def _unexemplified(room: _Room) -> Iterator[Message]:
    for name in own_terms(room.own):
        local = name.value.removeprefix(EB)
        path = room.path / "examples" / f"{local}.ttl"
        if not path.is_file() or not any(name in _parts(one) for one in read_turtle(path)):
            yield say("examples/{name}.ttl is missing, or does not use the term", name=local)


def _vanished(room: _Room) -> Iterator[Message]:
    """Terms and concepts of a version of the same major number that are no longer there."""
    present = {triple.subject for triple in room.published}
    major = version(room.own).partition(".")[0]
    for path in sorted((room.path / "versions").glob(f"{major}.*.ttl")):
        before = {triple.subject for triple in read_turtle(path)}
        for subject in sorted(before - present, key=str):
            yield say(
                "{iri} was in version {version} — keep it, deprecated, with what replaces it",
                iri=str(subject).strip("<>"),
                version=path.stem,
            )


def version(own: Facts) -> str:
    """The version of the vocabulary, as its header says it."""
    ontology = next(iter(own.instances(node("owl:Ontology"))))
    number = own.value(ontology, node("owl:versionInfo"))
    return number.value if isinstance(number, Literal) else ""


_RULES: tuple[Callable[[_Room], Iterator[Message]], ...] = (
    _undefined,
    _unverified,
    _unannotated,
    _unconnected,
    _misnamed,
    _ambiguous,
    _contradicted,
    _unexemplified,
    _vanished,
)


def _languages(values: Iterable[Node]) -> Counter[str | None]:
    return Counter(value.language for value in values if isinstance(value, Literal))


def _is_iri(value: Node) -> bool:
    return isinstance(value, NamedNode)


if __name__ == "__main__":
    complaints = lint()
    for complaint in complaints:
        print(complaint.render(), file=sys.stderr)  # noqa: T201  # this is what the command says
    sys.exit(bool(complaints))
