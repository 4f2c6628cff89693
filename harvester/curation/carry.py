"""Bringing what is stored to what the editors decided, without reading any source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harvester.curation.edited import editor_lines, told_lines
from harvester.ledger import Books
from harvester.means import Means
from harvester.settle import settle
from harvester.sources import Source
from harvester.stored import known_of, remembered, run_of, towards
from store.changelog import Entry
from store.changes import Changeset, Delta
from vocab import term

PURPOSE = "Décision de la rédaction"


def stands(means: Means) -> bool:
    """Whether the store says already what the editors decided last."""
    store, iris = means.store, means.iris
    told = store.about(iris.graph("provenance"), iris.curation)
    return told == (told_lines(means.edits, iris) if means.edits else frozenset())


def carried(means: Means, sources: Iterable[Source]) -> Iterator[Entry]:
    """A run of each source of which something is hidden, shown, put first or corrected.

    Commit each of them before the next is asked for. What changes nothing is none.
    """
    books, named = Books(means.store, means.iris), {source.id: source for source in sources}
    concerned = books.sources_of(means.edits.entities).keys() | books.curated().keys()
    for source in sorted(concerned):
        ledger, known = books.of(source), known_of(means, source)
        block = named.get(source) or remembered(source, ledger.dataset, means.iris)
        run = run_of(means, block, PURPOSE, described=ledger.dataset)
        settlement = settle(towards(known, known.records), known, ledger, run)
        if settlement.changeset:
            yield Entry(source, run.at, run.activity, settlement.changeset)
            books.commit(source, settlement)


def told_changeset(means: Means) -> Changeset:
    """What provenance tells of the decisions as a whole, and of those who took them."""
    store, iris = means.store, means.iris
    graph = iris.graph("provenance")
    people = store.subjects(graph, term("rdf:type"), term("prov:Agent"))
    nodes = [iris.curation, *(name for name in people if name.startswith(iris.editor("")))]
    stored = frozenset[str]().union(*(store.about(graph, name) for name in nodes))
    wanted = frozenset[str]()
    if means.edits:
        wanted = told_lines(means.edits, iris) | editor_lines(means.edits, iris)
    delta = Delta.between(stored, wanted)
    return Changeset({graph: delta} if delta else {})
