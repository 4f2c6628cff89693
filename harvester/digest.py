"""Bytes of one source → its records in their stored form. Pure, and fit for a child process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyoxigraph as ox

from harvester.readers import READERS
from harvester.records import Content, Issue, ReadOptions, Record
from harvester.sources import Source
from mappings import Platform, Problem
from store.changes import Lines
from store.errors import GraphError
from store.graphs import normalise
from vocab import term
from vocab.iris import Iris
from vocab.messages import say

TEXTS = frozenset(
    term(f"schema:{name}") for name in ("description", "articleBody", "abstract", "image", "text")
)
"""What is withheld while a source states no licence: facts are free, texts and images are not."""


CUT_SHORT = frozenset({"ics-no-end", "feed-not-well-formed"})
"""Issues of readers that could not read up to the end."""


class Origin(NamedTuple):
    """The native id of a record, and its place in the source."""

    key: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What a source says: record IRI → its statements, and what could not be understood.

    ``origins`` tells where each record stands in the source.
    """

    records: Mapping[str, Lines]
    issues: tuple[Issue, ...]
    origins: Mapping[str, Origin]

    @property
    def is_whole(self) -> bool:
        """Whether the content came to its end: what a cut one lacks may still be announced."""
        return not any(issue.code in CUT_SHORT for issue in self.issues)


@dataclass(frozen=True, slots=True)
class Digester:
    """Reads and maps one source's content."""

    source: Source
    platform: Platform
    iris: Iris
    options: ReadOptions

    def __call__(self, content: Content) -> Digest:
        """Read, map and normalise.

        Raises:
            ReadError: when the content as a whole is not what the source's kind says.
        """
        issues: list[Issue] = []
        origins: dict[str, Origin] = {}
        quads = list(self._quads(content, issues, origins))
        return Digest(_stored(quads, self.iris, issues), tuple(issues), origins)

    def _quads(
        self, content: Content, issues: list[Issue], origins: dict[str, Origin]
    ) -> Iterator[ox.Quad]:
        """The quads of every record, each in a graph named by the record."""
        context = self._context()
        for found in READERS[self.platform.reader](content, self.options):
            if isinstance(found, Issue):
                issues.append(found)
                continue
            iri = self.iris.record(self.source.id, *found.key)
            if iri in origins:
                issues.append(_repeated(found))
                continue
            origins[iri] = Origin(found.key, found.where)
            yield from self._mapped(found, iri, context, issues)

    def _mapped(
        self, record: Record, iri: str, context: Mapping[str, Any], issues: list[Issue]
    ) -> Iterator[ox.Quad]:
        own: dict[str, Any] = {"iri": iri, "key": "/".join(record.key)}
        if record.data.get("type") == "occurrence":
            own["series"] = self.iris.record(self.source.id, *record.key[:-1])
        graph, problems = ox.NamedNode(iri), list[Problem]()
        data = {**record.data, **context, "_record": own}
        kept = 0
        for quad in self.platform.mapping.quads(data, graph, problems):
            if not _ours(quad.subject, iri):
                issues.append(_foreign(record, quad))
            elif self.source.texts_allowed or quad.predicate.value not in TEXTS:
                kept += 1
                yield quad if quad.graph_name == graph else _moved(quad, graph)
        issues.extend(
            Issue(problem.code, problem.message, problem.severity, record.where, record.key)
            for problem in problems
        )
        if not kept:
            issues.append(_nothing(record))

    def _context(self) -> dict[str, Any]:
        """What every record is told about its source and node (docs/records.md)."""
        source = self.source
        told = {
            "id": source.id,
            "title": source.title,
            "url": source.url,
            "publisher": source.publisher,
            "licence": source.licence_iri,
            "place": source.place,
            "commune": source.commune,
            "commune_iri": source.commune and self.iris.commune(source.commune),
        }
        return {
            "_source": {name: value for name, value in told.items() if value},
            "_node": {"base": self.iris.base},
        }


def _stored(quads: list[ox.Quad], iris: Iris, issues: list[Issue]) -> dict[str, Lines]:
    """The quads in their stored form, without the records whose blank nodes are too many."""
    while True:
        try:
            return normalise(quads, iris.genid)
        except GraphError as error:
            key = tuple(error.about.removeprefix(iris.records).split("/")[1:])
            issues.append(Issue("too-many-blank-nodes", error.message, "error", "", key))
            graph = ox.NamedNode(error.about)
            quads = [quad for quad in quads if quad.graph_name != graph]


def _ours(subject: object, record: str) -> bool:
    """Whether a mapping speaks of the record it was given, or of a part of it."""
    if isinstance(subject, ox.NamedNode):
        return subject.value.partition("#")[0] == record
    return isinstance(subject, ox.BlankNode)


def _moved(quad: ox.Quad, graph: ox.NamedNode) -> ox.Quad:
    """A mapping's own graphs do not count here: a source has one, whose name is ours."""
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _repeated(record: Record) -> Issue:
    message = say(
        "the id {key} comes twice in this source — the first entry is kept; ids must differ",
        key="/".join(record.key),
    )
    return Issue("duplicate-key", message, "warning", record.where, record.key)


def _foreign(record: Record, quad: ox.Quad) -> Issue:
    message = say(
        "the mapping speaks of {subject}, which is not this record — "
        "use $(_record.iri) or a fragment of it as the subject",
        subject=str(quad.subject),
    )
    return Issue("foreign-subject", message, "warning", record.where, record.key)


def _nothing(record: Record) -> Issue:
    fields = ", ".join(sorted(record.data)[:12])
    message = say(
        "the mapping found nothing to say about this entry — its fields are: {fields}",
        fields=fields,
    )
    return Issue("nothing-mapped", message, "error", record.where, record.key)
