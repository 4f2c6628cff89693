"""Results that are graphs, written as they come: prefixes, short JSON-LD, parts of entities."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, groupby, islice
from typing import IO

import pyoxigraph as ox

from sparql.formats import BY_KEY
from store.jsonld import Context
from vocab import PREFIXES, term

Describe = Callable[[Iterable[ox.NamedNode]], Iterable[ox.Triple]]
"""What the dataset of a query says of some IRIs."""

_AHEAD = 1000
"""Statements that are looked at before the prefixes are written, and that one JSON-LD node
holds at most: what is kept in memory stays bounded, however long the result."""

_PREFIXED = frozenset(("turtle", "trig", "rdfxml"))
_GENID = ".well-known/genid/"
_UNWRITTEN = frozenset(
    map(term, ("rdf:type", "rdf:langString", "xsd:string", "xsd:integer", "xsd:boolean"))
)
"""What these formats say by a sign of their own, without a name."""


def write_graph(triples: Iterable[ox.Triple], out: IO[bytes], key: str) -> None:
    """Write a graph in the format of that short name (see ``formats.FORMATS``).

    Turtle and its like declare the prefixes of ``vocab.PREFIXES`` that occur; beyond a thousand
    statements, which are not held to be looked through, all of them.

    Raises:
        OSError: the format cannot say one of the statements, or ``out`` cannot be written.
        RuntimeError: the evaluation of the query failed.
    """
    if key == "jsonld":
        _write_jsonld(triples, out)
        return
    format_ = getattr(ox.RdfFormat, BY_KEY[key].oxigraph)
    if key not in _PREFIXED:
        ox.serialize(triples, out, format_)
        return
    coming = iter(triples)
    ahead = list(islice(coming, _AHEAD))
    prefixes = _occurring(ahead) if len(ahead) < _AHEAD else PREFIXES
    ox.serialize(chain(ahead, coming), out, format_, prefixes=dict(prefixes))


def with_parts(triples: Iterable[ox.Triple], base: str, describe: Describe) -> Iterator[ox.Triple]:
    """``triples``, which describe entities, each followed by what is said of its parts.

    A part is named by a fragment of the IRI of its whole, or stands for a blank node (RDF 1.1,
    section 3.5). Parts are followed to any depth; what is said of one is told once, also when
    ``triples`` describe it by itself.
    """
    told: set[ox.NamedNode] = set()
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        if subject in told:
            continue
        level: Iterable[ox.Triple] = group
        while level:
            parts: dict[ox.NamedNode, None] = {}
            for triple in level:
                yield triple
                parts |= dict.fromkeys(_parts(triple, base))
            missing = [part for part in parts if part not in told and part != subject]
            told.update(missing)
            level = describe(missing) if missing else ()
        if isinstance(subject, ox.NamedNode) and _is_part(subject.value, "", base):
            told.add(subject)


def _parts(triple: ox.Triple, base: str) -> Iterator[ox.NamedNode]:
    """The object of ``triple`` when it is a part of the subject."""
    end = triple.object
    if isinstance(end, ox.NamedNode) and _is_part(end.value, _whole(triple.subject), base):
        yield end


def _is_part(name: str, whole: str, base: str) -> bool:
    """Whether ``name`` is a part of ``whole``; of anything, when ``whole`` is ""."""
    if name.startswith(base + _GENID):
        return True
    return name.startswith(f"{whole}#") if whole else "#" in name


def _whole(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return str(subject).strip("<>").partition("#")[0]


def _occurring(triples: Iterable[ox.Triple]) -> Mapping[str, str]:
    """The prefixes of ``vocab.PREFIXES`` that names in ``triples`` begin with."""
    names = {name for triple in triples for name in _names(triple)} - _UNWRITTEN
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if any(name.startswith(namespace) for name in names)
    }


def _names(triple: ox.Triple) -> Iterator[str]:
    for node in triple:
        if isinstance(node, ox.NamedNode):
            yield node.value
        elif isinstance(node, ox.Literal):
            yield node.datatype.value
        elif isinstance(node, ox.Triple):
            yield from _names(node)


def _write_jsonld(triples: Iterable[ox.Triple], out: IO[bytes]) -> None:
    """One node a line, with the context of the vocabulary inside: reading it needs no network."""
    context = _context()
    out.write(f'{{"@context": {json.dumps(context.document)},\n"@graph": ['.encode())
    separator = "\n"
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        said = ((triple.predicate, triple.object) for triple in group)
        while ahead := list(islice(said, _AHEAD)):
            node = context.alone(subject, ahead)
            out.write(f"{separator}{json.dumps(node, ensure_ascii=False)}".encode())
            separator = ",\n"
    out.write(b"\n]}\n")


@cache
def _context() -> Context:
    return Context.load()
