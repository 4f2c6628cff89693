"""A source's id in every IRI that holds it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harvester.glance import Statement
from store.changes import Changeset, Delta, Lines
from vocab import term
from vocab.iris import Iris

_IDENTIFIER = f"<{term('dcterms:identifier')}>"


@dataclass(frozen=True)
class Renaming:
    """The source ``old`` becomes ``new``: its records, graph, runs and itself, never an entity."""

    old: str
    new: str
    iris: Iris

    @cached_property
    def _iri(self) -> re.Pattern[str]:
        iris = self.iris
        inside = (iris.records, iris.runs, iris.genid(iris.records, "").partition("#")[0])
        whole = (iris.source(""), iris.source_graph(""))
        old = re.escape(self.old)
        return re.compile(
            f"(?P<inside>{'|'.join(map(re.escape, inside))}){old}(?=/)"
            f"|(?P<whole>{'|'.join(map(re.escape, whole))}){old}(?![^#])"
        )

    def iri(self, iri: str) -> str:
        """``iri`` with the new id; any other text as it is."""
        if not (found := self._iri.match(iri)):
            return iri
        return f"{found['inside'] or found['whole']}{self.new}{iri[found.end() :]}"

    def lines(self, lines: Lines) -> Lines:
        """The statements with the new id in their IRIs; literals stay, but for the id itself."""
        return frozenset(self._line(line) if self.old in line else line for line in lines)

    def _line(self, line: str) -> str:
        subject, predicate, value = Statement.of(line)
        named = self._term(subject)
        if named != subject and predicate == _IDENTIFIER and value == f'"{self.old}"':
            value = f'"{self.new}"'
        return Statement(named, self._term(predicate), self._term(value)).line()

    def _term(self, written: str) -> str:
        return f"<{self.iri(written[1:-1])}>" if written.startswith("<") else written

    def changeset(self, changeset: Changeset) -> Changeset:
        """What a run changed, as if the source had always had its new id."""
        return Changeset(
            {
                self.iri(graph): Delta(self.lines(delta.added), self.lines(delta.removed))
                for graph, delta in changeset.graphs.items()
            }
        )

    def of_store(self, graphs: Mapping[str, Lines]) -> Changeset:
        """The Changeset that renames the source in a store that holds ``graphs``."""
        moves: dict[str, tuple[Lines, Lines]] = {}
        for graph, lines in graphs.items():
            named = self.iri(graph)
            if named != graph:
                moves[graph] = (lines, frozenset())
                moves[named] = (frozenset(), self.lines(lines))
            else:
                moves[graph] = (lines, self.lines(lines))
        return Changeset.of(moves)
