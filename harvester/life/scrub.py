"""What takedowns leave of records, issues, change logs and captures. Pure.

A record leaves wholly when it is barred itself, or when its name or its address holds a barred
text; any other statement that holds one leaves alone (design, rule 14).
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from harvester.decide import Records
from harvester.digest import Digest
from harvester.glance import Statement, by_record, glance, lexical
from harvester.readers.text import decode, wide_encoding
from harvester.records import Content, Issue
from store.changes import Changeset, Delta, Lines
from store.takedown import Takedowns
from vocab import CONCEPT, EB, SCHEMA, term
from vocab.iris import Iris

_NAMES = frozenset(f"<{term(name)}>" for name in ("schema:name", "schema:headline"))
_TYPE = f"<{term('rdf:type')}>"
_SPECIALIZES = f"<{term('prov:specializationOf')}>"
_DERIVED = f"<{term('prov:wasDerivedFrom')}>"
_OURS = (EB, CONCEPT, SCHEMA)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_FOLD = re.compile(rb"\r?\n[ \t]")
_FOLD_IN_TEXT = re.compile(r"\r?\n[ \t]")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # UTF-32-LE: as UTF-16
_JSON_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")


@dataclass(frozen=True)
class Scrub:
    """Takedowns over what a node keeps.

    ``entities`` are the canonical entities of barred records, which no hash names, and
    ``records`` those whose name is barred, where the name is not at hand; ``sources`` are the
    ids of barred sources.
    """

    takedowns: Takedowns
    iris: Iris
    entities: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.takedowns)

    # What a source gives, and what is stored of it

    def spared(self, records: Records) -> dict[str, Lines]:
        """The records that may be kept, each without the statements that may not."""
        kept = {iri: lines for iri, lines in records.items() if not self.bars(iri, lines)}
        return {iri: self.cut(lines) for iri, lines in kept.items()}

    def bars(self, record: str, lines: Lines) -> bool:
        """Whether a record leaves wholly, and its dates if it has any."""
        source, key = self._named(record)
        if self.takedowns.bars_record(source, key) or record in self.records:
            return True
        if self.takedowns.bars_text(unquote(key)):
            return True
        natural = glance(record, lines).natural_key
        if natural and self.takedowns.bars_thing(source, natural):
            return True
        return any(
            self.takedowns.bars_text(_text(said.object))
            for said in map(Statement.of, lines)
            if said.subject == f"<{record}>" and said.predicate in _NAMES
        )

    def cut(self, lines: Lines) -> Lines:
        """The statements without those whose object holds a barred text."""
        return frozenset(line for line in lines if not self._bars_object(Statement.of(line)))

    def digest(self, digest: Digest) -> Digest:
        """What was read, without what may not be kept, and without the issues that tell it."""
        if not self.takedowns:
            return digest
        records = self.spared(digest.records)
        issues = tuple(each for each in digest.issues if not self.bars_issue(each))
        return replace(digest, records=records, issues=issues)

    def bars_issue(self, issue: Issue) -> bool:
        """Whether an issue tells what is barred."""
        told = [issue.where, "/".join(issue.key), *map(str, issue.message.values.values())]
        return any(map(self.takedowns.bars_text, told))

    def bars_content(self, contents: Iterable[Content]) -> bool:
        """Whether bytes as they came hold a barred text, however their format writes it."""
        return self.bars_texts and any(map(self.takedowns.bars_text, map(_readable, contents)))

    # What is kept elsewhere

    def statements(self, graph: str, lines: Lines) -> Lines:
        """What may be kept of a graph, or of one side of a change of it.

        The names of concepts and communes stay, since they are nobody's.
        """
        entities = frozenset[str]() if graph == self.iris.graph("tombstones") else self.entities
        common = (f"<{CONCEPT}", f"<{self.iris.commune('')}")
        return frozenset(
            line for line in lines if line.startswith(common) or not self._bars_line(line, entities)
        )

    def changeset(self, changeset: Changeset) -> Changeset:
        """What may be kept of a change."""
        deltas = {
            graph: Delta(self.statements(graph, delta.added), self.statements(graph, delta.removed))
            for graph, delta in changeset.graphs.items()
        }
        return Changeset({graph: delta for graph, delta in deltas.items() if delta})

    def bars_kept(self, source: str, text: str) -> bool:
        """Whether a value of the operational state tells what is barred: an IRI, JSON, a text."""
        if text.startswith(self.iris.base):
            return self._bars_iri(text)
        if text.startswith(("[", "{", '"')):
            try:
                value = json.loads(text)
            except ValueError:
                return self.takedowns.bars_text(text)
            if isinstance(value, list) and all(isinstance(each, str) for each in value):
                record = self.iris.record(source, *value)
                return self._bars_iri(record) or self.takedowns.bars_text(" ".join(value))
            return any(map(self.takedowns.bars_text, _texts(value)))
        return self.takedowns.bars_text(text)

    def learned(self, changesets: Iterable[Changeset]) -> Scrub:
        """This, knowing which records have a barred name, and which entities all of them had.

        ``changesets`` begin with what is stored and go back in time: the last name counts. A
        former name leaves the change log, and its record stays.
        """
        every = list(changesets)
        seen = self.said_last(every)
        links: dict[str, set[str]] = {}
        for changeset in every:
            for record, entity in self.links_in(changeset):
                links.setdefault(record, set()).add(entity)
        barred = {
            record
            for record in seen.keys() | links.keys()
            if self._named(record)[0] in self.sources
            or self.bars(record, seen.get(record, frozenset()))
        }
        entities = {entity for record in barred for entity in links.get(record, ())}
        return replace(
            self, records=self.records | barred, entities=self.entities | frozenset(entities)
        )

    def said_last(self, changesets: Iterable[Changeset]) -> dict[str, Lines]:
        """Record → its statements in the first of ``changesets`` that has any."""
        found: dict[str, Lines] = {}
        for changeset in changesets:
            for graph, delta in changeset.graphs.items():
                if graph.startswith(self.iris.source_graph("")):
                    removed = by_record(delta.removed, self.iris.record_of)
                    last = removed | by_record(delta.added, self.iris.record_of)
                    found = last | found
        return found

    def links_in(self, changeset: Changeset) -> Iterator[tuple[str, str]]:
        """Record and entity, of each link or tombstone that a change adds or removes."""
        for name, predicate in (("links", _SPECIALIZES), ("tombstones", _DERIVED)):
            delta = changeset.graphs.get(self.iris.graph(name), Delta())
            for said in map(Statement.of, delta.added | delta.removed):
                if said.predicate == predicate:
                    pair = (said.subject[1:-1], said.object[1:-1])
                    yield pair if name == "links" else pair[::-1]

    def _bars_line(self, line: str, entities: frozenset[str]) -> bool:
        said = Statement.of(line)
        for written in (said.subject, said.object):
            if written.startswith("<"):
                iri = written[1:-1]
                if iri.partition("#")[0] in entities or self._bars_iri(iri):
                    return True
        return self._bars_object(said)

    def _bars_object(self, said: Statement) -> bool:
        if said.predicate == _TYPE:
            return False
        if said.object.startswith("<"):
            iri = said.object[1:-1]
            return not iri.startswith((self.iris.base, *_OURS)) and self.takedowns.bars_text(iri)
        return self.takedowns.bars_text(_text(said.object))

    def _bars_iri(self, iri: str) -> bool:
        """Whether an IRI of this node names a barred record, or a part of one."""
        record = self.iris.record_of(iri)
        if record is None:
            return False
        if record in self.records:
            return True
        source, key = self._named(record)
        return self.takedowns.bars_record(source, key) or self.takedowns.bars_text(unquote(key))

    def _named(self, record: str) -> tuple[str, str]:
        source, _, key = record.removeprefix(self.iris.records).partition("/")
        return source, key

    @cached_property
    def bars_texts(self) -> bool:
        """Whether some text is barred, so that everything must be looked through."""
        return any(each.kind == "text" for each in self.takedowns.entries)


def dropped(before: Records, after: Mapping[str, Lines]) -> tuple[frozenset[str], int]:
    """The records that left wholly, and how many statements left those that stayed."""
    gone = frozenset(before.keys() - after.keys())
    return gone, sum(len(before[iri] - lines) for iri, lines in after.items())


def unescaped(written: str) -> str:
    """What an N-Triples literal says between its quotes; control characters as spaces."""
    return _ESCAPE.sub(_char, written) if "\\" in written else written


def _text(written: str) -> str:
    return unescaped(lexical(written))


def _char(found: re.Match[str]) -> str:
    if code := found[1] or found[2]:
        return chr(int(code, 16))
    return found[3] if found[3] in {'"', "\\", "'"} else " "


def _readable(content: Content) -> str:
    """Foreign bytes as words can be looked for in them: unfolded, their escapes undone."""
    wide = content.body.startswith(_WIDE) or wide_encoding(content.body)
    whole = content.body if wide else _FOLD.sub(b"", content.body)  # a fold may cut a letter
    text = _FOLD_IN_TEXT.sub("", decode(whole, content.charset)[0])
    unescaped = _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return unescaped.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
