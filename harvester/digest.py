"""Bytes of one source → its records in their stored form. Pure, and fit for a child process."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import pyoxigraph as ox

from harvester.glance import Statement
from harvester.joining import Other, absent, joined_ids
from harvester.peers.ours import came_back, our_own
from harvester.people import withheld, without_mobiles
from harvester.readers import READERS
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from harvester.seeing.sample import Sample, Sampler
from harvester.sources import Source
from mappings import Platform, Problem, compile_file, compile_table, platform
from mappings.notes import Joined
from mappings.paths import Item
from mappings.reads import Reads
from mappings.source import Source as PlanSource
from mappings.table import ShortForm
from mappings.unmet import Unmet, references_of
from store.changes import Lines
from store.errors import GraphError
from store.graphs import normalise
from vocab import SCHEMA, term
from vocab.iris import Iris
from vocab.messages import say

log = logging.getLogger(__name__)

_HTTP_SCHEMA = "<http://schema.org/"
_TYPE, _SOURCE_RECORD = f"<{term('rdf:type')}>", f"<{term('eb:SourceRecord')}>"

TEXTS = frozenset(
    {
        "abstract", "articleBody", "caption", "comment", "contentUrl", "depiction", "description",
        "disambiguatingDescription", "image", "logo", "note", "photo", "text", "thumbnail",
        "thumbnailUrl",
    }
)  # fmt: skip
"""Local names of the properties withheld while a source states no licence, in any vocabulary:
facts are free, texts and images are not."""


def without_texts(lines: Lines) -> Lines:
    """The facts among ``lines``: no text, no image."""
    return frozenset(line for line in lines if _local_name(line.split(" ", 2)[1]) not in TEXTS)


def _as_record(iri: str, lines: Lines) -> Lines:
    """``lines`` as those of a record, which they may not say: an operator's mapping need not."""
    said = f"<{iri}> {_TYPE} {_SOURCE_RECORD} ."
    return lines if said in lines else lines | {said}


def _https(line: str) -> str:
    """``line`` with schema.org's terms under their https name, the only one used here."""
    terms = (
        f"<{SCHEMA}{each.removeprefix(_HTTP_SCHEMA)}" if each.startswith(_HTTP_SCHEMA) else each
        for each in Statement.of(line)
    )
    return Statement(*terms).line()


def _local_name(predicate: str) -> str:
    return predicate[:-1].rpartition("#" if "#" in predicate else "/")[2]


CUT_SHORT = frozenset({"ics-no-end", "feed-not-well-formed", "peer-cut-short", "page-unreadable"})
"""Issues of readers that could not read up to the end."""

SILENT = "nothing-mapped"
"""The code of the issue that tells an entry of which the mapping says nothing."""


class Origin(NamedTuple):
    """The native id of a record, and its place in the source."""

    key: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What a source says: record IRI → its statements, and what could not be understood.

    ``origins`` tells where each record stands in the source; ``sample`` what else was looked
    at, None unless that was asked for.
    """

    records: Mapping[str, Lines]
    issues: tuple[Issue, ...]
    origins: Mapping[str, Origin]
    sample: Sample | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the content came to its end: what a cut one lacks may still be announced."""
        return not any(issue.code in CUT_SHORT for issue in self.issues)


@dataclass(frozen=True)
class Digester:
    """Reads and maps one source's content; ``shown`` of its records are sampled, None for none."""

    source: Source
    platform: Platform
    iris: Iris
    options: ReadOptions
    shown: int | None = None
    others: tuple[Other, ...] = ()

    def __call__(self, contents: Sequence[Content]) -> Digest:
        """Read, map and normalise the pages of the source, in their order.

        Raises:
            ReadError: when the content as a whole is not what the source's kind says.
        """
        issues: list[Issue] = []
        origins: dict[str, Origin] = {}
        quads: list[ox.Quad] = []
        sampler, unmet = self._sampler, self._unmet
        joined = self._joined(contents, issues)
        for iri, record in self._records(contents, issues, origins):
            if sampler:
                sampler.look(iri, record)
            if unmet:
                unmet.look_at(record.data)
            quads += self._mapped(record, iri, issues, joined)
        if unmet:
            issues += (Issue(each.code, each.message, each.severity) for each in unmet.problems())
        stored = _stored(quads, self.iris, origins, issues)
        issues += map(_own_graph, sorted(stored.keys() - origins.keys()))
        records = {}
        for iri in stored.keys() & origins.keys():
            own, foreign = self._sorted_out(iri, stored[iri])
            free = own if self.source.texts_allowed else without_texts(own)
            if self.source.contacts != "publish" and (kept := without_mobiles(free)) != free:
                issues.append(withheld(origins[iri].where, origins[iri].key))
                free = kept
            if free:
                records[iri] = _as_record(iri, free)
            if sampler:
                sampler.withhold(own - free)
            issues += [_foreign(origins[iri], line) for line in sorted(foreign)]
        sample = sampler.sample() if sampler else None
        return Digest(records, tuple(issues), origins, sample)

    @property
    def _sampler(self) -> Sampler | None:
        if self.shown is None:
            return None
        reads = Reads.of(self.platform.mapping.plan)
        return Sampler(self.shown, reads, contacts=self.source.contacts == "publish")

    @property
    def _unmet(self) -> Unmet | None:
        """Looks for what a mapping of the operator's own asks of its records in vain.

        A platform's mapping knows fields that many of its sources do not use, and a table tells
        a missing column itself (``ebf:field``).
        """
        own = self.source.mapping
        if own is None or isinstance(own, ShortForm):
            return None
        return Unmet(references_of(self.platform.mapping.plan), own.name)

    def _records(
        self, contents: Sequence[Content], issues: list[Issue], origins: dict[str, Origin]
    ) -> Iterator[tuple[str, Record]]:
        """Each record with its IRI; of several with the same one, the first."""
        pages = chain.from_iterable(self._read(content, len(contents)) for content in contents)
        for found in pages:
            if isinstance(found, Issue):
                issues.append(found)
                continue
            if came_back(found.data, self.iris.base):
                issues.append(our_own(self.iris.base))
                continue
            iri = self.iris.record(self.source.id, *found.key)
            if iri in origins:
                issues.append(_repeated(found))
                continue
            origins[iri] = Origin(found.key, found.where)
            yield iri, found

    def _read(self, content: Content, pages: int) -> Iterator[Record | Issue]:
        """What one page holds; of a site of many, one that cannot be read is told."""
        try:
            yield from READERS[self.platform.reader](content, self.options)
        except ReadError as error:
            if pages == 1 or self.platform.reader != "html":
                raise
            yield Issue("page-unreadable", error.message, "error", content.url)

    def exported(self, contents: Sequence[Content]) -> Iterator[dict[str, Any]]:
        """The records of the pages of the source, as the mapping sees them.

        Raises:
            ReadError: when the content as a whole is not what the source's kind says.
        """
        for iri, record in self._records(contents, [], {}):
            yield self._data(record, iri)

    def _data(self, record: Record, iri: str) -> dict[str, Any]:
        """What ``record`` says, and what the harvester adds to it (docs/records.md)."""
        own: dict[str, Any] = {"iri": iri, "key": "/".join(record.key)}
        if record.data.get("type") == "occurrence":
            own["series"] = self.iris.record(self.source.id, *record.key[:-1])
        return {**record.data, **self._context, "_record": own}

    def _joined(self, contents: Sequence[Content], issues: list[Issue]) -> Joined:
        """What the joins of the mapping look into."""
        mapping = self.platform.mapping
        if not mapping.indexes.known:
            return {}
        problems: list[Problem] = []
        known = {f"{other.source.id}.json": other for other in self.others}

        def records(source: PlanSource) -> Iterator[Item]:
            if source.access not in mapping.elsewhere:
                digester, pages = self, contents
            elif other := known.get(source.access):
                kind, pages = platform_of(other.source), other.contents
                digester = Digester(other.source, kind, self.iris, other.options)
            else:
                issues.append(absent(source.access.removesuffix(".json")))
                return
            for record in digester.exported(pages):
                yield from mapping.items(source, record)

        found = mapping.join(records, problems)
        issues += [Issue(each.code, each.message, each.severity) for each in problems]
        return found

    def _mapped(
        self, record: Record, iri: str, issues: list[Issue], joined: Joined
    ) -> list[ox.Quad]:
        """What the mapping says of ``record``, in a graph named by it."""
        problems: list[Problem] = []
        data = self._data(record, iri)
        try:
            quads = self.platform.mapping.quads(data, ox.NamedNode(iri), problems, joined)
        except Exception as error:
            log.exception("source %s, %s", self.source.id, record.where)
            issues.append(_unforeseen(record, error))
            return []
        issues += [
            Issue(problem.code, problem.message, problem.severity, record.where, record.key)
            for problem in problems
        ]
        if not quads:
            issues.append(_nothing(record))
        return quads

    def _sorted_out(self, iri: str, lines: Lines) -> tuple[Lines, Lines]:
        """The statements about the record and its parts, and those about anything else."""
        if any(_HTTP_SCHEMA in line for line in lines):
            lines = frozenset(map(_https, lines))
        record, part = f"<{iri}> ", (f"<{iri}#", f"<{self.iris.genid(iri, '')}")
        own = frozenset(line for line in lines if line.startswith((record, *part)))
        return own, lines - own

    @cached_property
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
            "contacts": source.contacts,
            "commune": source.commune,
            "commune_iri": source.commune and self.iris.commune(source.commune),
        }
        return {
            "_source": {name: value for name, value in told.items() if value},
            "_node": {"base": self.iris.base},
        }


def _stored(
    quads: list[ox.Quad], iris: Iris, origins: Mapping[str, Origin], issues: list[Issue]
) -> dict[str, Lines]:
    """The quads in their stored form, without the records whose blank nodes are too many."""
    while True:
        try:
            return normalise(quads, iris.genid)
        except GraphError as error:
            if not error.about:
                raise
            key, where = origins.get(error.about, Origin((), ""))
            issues.append(Issue("too-many-blank-nodes", error.message, "error", where, key))
            graph = ox.NamedNode(error.about)
            quads = [quad for quad in quads if quad.graph_name != graph]


def _repeated(record: Record) -> Issue:
    message = say(
        "the id {key} comes twice in this source — the first entry is kept; ids must differ",
        key="/".join(record.key),
    )
    return Issue("duplicate-key", message, "warning", record.where, record.key)


def _unforeseen(record: Record, error: Exception) -> Issue:
    message = say(
        "the program met a value it does not know ({error}): this entry was left out — please "
        "report it with the entry",
        error=f"{type(error).__name__}: {error}",
    )
    return Issue("unforeseen", message, "error", record.where, record.key)


def _foreign(origin: Origin, line: str) -> Issue:
    message = say(
        "the mapping speaks of {subject}, which is not this record — "
        "use $(_record.iri) or a fragment of it as the subject",
        subject=line.split(" ", 1)[0],
    )
    return Issue("foreign-subject", message, "warning", origin.where, origin.key)


def _own_graph(graph: str) -> Issue:
    message = say(
        "the mapping puts statements in the graph {graph}: they were left out — write no graphs: "
        "a source has one graph, which the program names",
        graph=graph,
    )
    return Issue("own-graph", message, "warning")


def _nothing(record: Record) -> Issue:
    fields = ", ".join(sorted(record.data)[:12])
    message = say(
        "the mapping found nothing to say about this entry — its fields are: {fields}",
        fields=fields,
    )
    return Issue(SILENT, message, "error", record.where, record.key)


def platform_of(source: Source) -> Platform:
    """The platform of a source; its own ``mapping`` file takes the place of the platform's.

    Raises:
        MappingError: when the mapping file is wrong.
    """
    known = platform(source.kind)
    if source.mapping is None:
        return known
    if isinstance(source.mapping, ShortForm):
        own, written = compile_table(source.mapping), repr(source.mapping).encode()
    else:
        own, written = compile_file(source.mapping), source.mapping.read_bytes()
    for _ in joined_ids(own, str(source.mapping)):
        pass  # each has a name that a source may have
    digest = hashlib.sha256(written).hexdigest()
    return replace(known, mapping=own, fingerprint=f"{known.fingerprint} {digest}")
