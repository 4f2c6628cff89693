"""Dumps of a generation: files that others may take, with the licence of each.

::

    DIR/
    ├── enbauges.nq.gz                  everything that may be reused, by named graph
    ├── enbauges.jsonld                 the canonical entities, for any script
    ├── sources-{licence}.nq.gz         what the sources under one licence say
    └── index.ttl                       what the files are (DCAT, VoID)

A source without a stated licence is in none of them, nor is an entity that only such sources
describe (design, graphs and IRIs: licences). Each graph is one gzip member, sorted and without
a date, so that an unchanged graph is the same bytes.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from store.errors import told
from store.files import whole as whole_file
from store.generations import Generation, open_read_only
from store.jsonld import Context, Value
from vocab import PREFIXES, term
from vocab.iris import Iris

_DERIVED = ox.NamedNode(term("prov:wasDerivedFrom"))
_LICENCE = ox.NamedNode(term("dcterms:license"))
_ABOUT_RECORDS = ("provenance", "tombstones", "links")
_OWN_GRAPHS = (*_ABOUT_RECORDS, "vocabulary")


@dataclass(frozen=True, slots=True)
class _Dump:
    """One file: what it holds and under which licences (as N-Triples terms)."""

    name: str
    media_type: str
    triples: int
    licences: tuple[str, ...]


def export(generation: Generation, directory: Path) -> list[Path]:
    """Write the dumps of ``generation`` into ``directory``, made when it does not exist.

    Each file takes its name when it is whole; files of licences that no source states any
    more are removed.

    Returns:
        The files written, the index last.

    Raises:
        StoreError: when the generation cannot be read or the files cannot be written.
    """
    content = _Content(generation)
    with told(directory):
        directory.mkdir(parents=True, exist_ok=True)
        dumps = [*_write_quads(content, directory), _write_jsonld(content, directory)]
        with whole_file(directory / "index.ttl") as file:
            file.write(_index(generation, dumps).encode())
        written = [directory / dump.name for dump in dumps] + [directory / "index.ttl"]
        for stale in set(directory.glob("sources-*.nq.gz")) - set(written):
            stale.unlink()
    return written


class _Content:
    """What of a generation may be reused."""

    def __init__(self, generation: Generation) -> None:
        self.store = open_read_only(generation)
        self.iris = Iris(generation.base)
        self.canonical = ox.NamedNode(self.iris.graph("canonical"))
        self.licences = self._licences()
        self.entities, self._withheld, merged = self._entities()
        self.merged_licences = self.all_of(merged)
        self.subjects = self._described()

    def all_of(self, sources: Iterable[str]) -> tuple[str, ...]:
        """The licences of ``sources``, each once."""
        return tuple(sorted({name for source in sources for name in self.licences[source]}))

    def _licences(self) -> dict[str, tuple[str, ...]]:
        """Source id → the licences it states."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        provenance = ox.NamedNode(self.iris.graph("provenance"))
        prefix = self.iris.source("")
        for quad in self.store.quads_for_pattern(None, _LICENCE, None, provenance):
            subject = _value(quad.subject)
            if subject.startswith(prefix):
                found[subject.removeprefix(prefix)].add(str(quad.object))
        return {source: tuple(sorted(licences)) for source, licences in sorted(found.items())}

    def _source_of(self, iri: str) -> str:
        """The id of the source whose record ``iri`` is, "" when it is no record."""
        if not iri.startswith(self.iris.records):
            return ""
        return iri.removeprefix(self.iris.records).partition("/")[0]

    def _entities(self) -> tuple[set[str], set[str], set[str]]:
        """Canonical entities to give, those to withhold, and the sources of the former."""
        every, given, merged = set(), set(), set()
        for quad in self.store.quads_for_pattern(None, _DERIVED, None, self.canonical):
            entity, source = _value(quad.subject), self._source_of(_value(quad.object))
            every.add(entity)
            if source in self.licences:
                given.add(entity)
                merged.add(source)
        return given, every - given, merged

    def _described(self) -> dict[str, int]:
        """Subject → statements: the entities, their parts, the concepts they name."""
        described: dict[str, int] = {}
        reached, waiting = set(self.entities), list(self.entities)
        while waiting:
            subject = waiting.pop()
            count = 0
            for _, value in self.about(ox.NamedNode(subject)):
                count += 1
                iri = _value(value)
                owner = iri.partition("#")[0]
                if iri and iri not in reached and owner not in self._withheld:
                    reached.add(iri)
                    waiting.append(iri)
            if count:
                described[subject] = count
        return described

    def lines(self, graph: str) -> list[str]:
        """The N-Quads lines of ``graph`` that may be reused, sorted."""
        name = ox.NamedNode(graph)
        text = (self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=name) or b"").decode()
        statements = text.split("\n")[:-1]
        if name == self.canonical:
            statements = [line for line in statements if line[1 : line.index(">")] in self.subjects]
        elif graph in {self.iris.graph(name) for name in _ABOUT_RECORDS}:
            statements = [line for line in statements if not self._is_withheld(line)]
        return sorted(f"{line[:-1]}<{graph}> ." for line in statements)

    def _is_withheld(self, line: str) -> bool:
        """Whether ``line`` names a source that may not be reused, or something of it."""
        for word in line.split(" "):
            iri = word[1:-1]
            source = self._source_of(iri) or self._named_source(iri)
            if iri.partition("#")[0] in self._withheld or (source and source not in self.licences):
                return True
        return False

    def _named_source(self, iri: str) -> str:
        """The id of the source that ``iri`` is, as a dataset, a graph or a run of it."""
        for prefix in (self.iris.source(""), self.iris.source_graph(""), self.iris.runs):
            if iri.startswith(prefix):
                return iri.removeprefix(prefix).partition("/")[0]
        return ""

    def about(self, subject: ox.NamedNode) -> Iterator[tuple[ox.NamedNode, Value]]:
        """What the canonical graph says of ``subject``."""
        for quad in self.store.quads_for_pattern(subject, None, None, self.canonical):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                yield quad.predicate, quad.object


def _write_quads(content: _Content, directory: Path) -> list[_Dump]:
    """The whole, and one file for each licence, from the same gzip members."""
    own = [content.iris.graph(name) for name in ("canonical", *_OWN_GRAPHS)]
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for source, licences in content.licences.items():
        groups[licences].append(content.iris.source_graph(source))
    dumps = []
    with whole_file(directory / "enbauges.nq.gz") as whole:
        total = sum(_write_graph(content, graph, whole) for graph in sorted(own))
        slugs = Counter[str]()
        for licences, graphs in sorted(groups.items()):
            slug = _slug(licences)
            slugs[slug] += 1
            alike = f"-{slugs[slug]}" if slugs[slug] > 1 else ""
            name = f"sources-{slug}{alike}.nq.gz"
            with whole_file(directory / name) as file:
                count = sum(_write_graph(content, graph, whole, file) for graph in graphs)
            total += count
            dumps.append(_Dump(name, "application/n-quads", count, licences))
    every = _Dump("enbauges.nq.gz", "application/n-quads", total, content.all_of(content.licences))
    return [every, *dumps]


def _write_graph(content: _Content, graph: str, *files: BinaryIO) -> int:
    lines = content.lines(graph)
    member = gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
    for file in files:
        file.write(member)
    return len(lines)


def _write_jsonld(content: _Content, directory: Path) -> _Dump:
    """One node a line, its parts nested: fragments of an entity, and skolem IRIs."""
    context = Context.load()
    base, seen, separator = content.iris.base, set[str](), "\n"

    def is_part(iri: str) -> bool:
        return iri.startswith(base) and "#" in iri and iri in content.subjects

    with whole_file(directory / "enbauges.jsonld") as file:
        head = json.dumps(context.document, ensure_ascii=False)
        file.write(f'{{"@context": {head},\n"@graph": ['.encode())
        for iri in sorted(content.subjects, key=lambda iri: (is_part(iri), iri)):
            if iri not in seen:
                subject = ox.NamedNode(iri)
                node = context.node(subject, content.about, is_part=is_part, seen=seen)
                file.write(f"{separator}{json.dumps(node, ensure_ascii=False)}".encode())
                separator = ",\n"
        file.write(b"\n]}\n")
    triples = sum(content.subjects.values())
    return _Dump("enbauges.jsonld", "application/ld+json", triples, content.merged_licences)


def _index(generation: Generation, dumps: Iterable[_Dump]) -> str:
    """The index as Turtle; addresses are relative, so that the folder may be put anywhere."""
    prefixes = "".join(
        f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("dcat", "dcterms", "void", "xsd")
    )
    title = ox.Literal(str(generation.facts.get("title", generation.base)))
    created = ox.Literal(
        generation.created.isoformat(), datatype=ox.NamedNode(term("xsd:dateTime"))
    )
    files = ", ".join(f"<{dump.name}>" for dump in dumps)
    dataset = (
        f"\n<> a dcat:Dataset, void:Dataset ;\n"
        f"    dcterms:title {title} ;\n"
        f"    dcterms:issued {created} ;\n"
        f"    void:uriSpace {ox.Literal(generation.base)} ;\n"
        f"    dcat:distribution {files} .\n"
    )
    return prefixes + dataset + "".join(map(_described, dumps))


def _described(dump: _Dump) -> str:
    licences = f"    dcterms:license {', '.join(dump.licences)} ;\n" if dump.licences else ""
    return (
        f"\n<{dump.name}> a dcat:Distribution ;\n"
        f"    dcat:downloadURL <{dump.name}> ;\n"
        f'    dcat:mediaType "{dump.media_type}" ;\n'
        f"{licences}"
        f"    void:triples {dump.triples} .\n"
    )


def _slug(licences: tuple[str, ...]) -> str:
    """A file name's worth of the licences: what their addresses say after "licenses/".

    ``https://spdx.org/licenses/etalab-2.0.html`` gives ``etalab-2.0``; an address that names
    itself otherwise gives all of it but the scheme.
    """
    bare = (
        re.sub(r"^<?(https?://)?(.*/licen[cs]es?/)?|(\.html)?/?>?$", "", name) for name in licences
    )
    return "_".join(re.sub(r"[^\w.]+", "-", text).strip("-") for text in bare)


def _value(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""
