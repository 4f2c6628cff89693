"""Data whose source the file names no longer: taken out, retired, or under another id now."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from harvester.glance import Statement, lexical
from harvester.sources import Config
from store.changes import Lines
from store.embedded import EmbeddedStore
from store.generations import Generation, open_read_only
from vocab import term
from vocab.iris import Iris, iri_of_address
from vocab.messages import Message, say

_ENDED = term("prov:invalidatedAtTime")


def former_ids(config: Config, store: EmbeddedStore, iris: Iris) -> dict[str, str]:
    """New id → the id under which the same address was harvested, for blocks that changed it.

    A source that was retired is not meant: its address may be read anew.
    """
    named = {source.id for source in config.sources}
    graph, prefix = iris.graph("provenance"), iris.source("")
    datasets = {
        name: store.about(graph, name)
        for name in store.subjects(graph, term("rdf:type"), term("dcat:Dataset"))
        if name.startswith(prefix)
    }
    stored = {name.removeprefix(prefix): lines for name, lines in datasets.items()}
    former = {
        lexical(Statement.of(line).object): source
        for source, lines in sorted(stored.items())
        if source not in named and not has_ended(lines)
        for line in store.about(graph, iris.source_graph(source), term("dcat:accessURL"))
    }
    return {
        source.id: former[iri_of_address(source.url)]
        for source in config.sources
        if source.id not in stored and iri_of_address(source.url) in former
    }


def renamed_message(old: str, new: str) -> Message:
    """Why a source whose id was changed is not read."""
    return say(
        "the address is that of {old}, whose data are here and whose block is gone: nothing is "
        "read until you say what it is — the same source under a new id: enbauges source rename "
        "{old} {new}; another one: enbauges source retire {old} --withdraw (or --keep)",
        old=old,
        new=new,
    )


def barred_message(source: str) -> Message:
    """Why a source that was forgotten is not read."""
    return say(
        "this source was forgotten on request: nothing of it is read — take its block out; if "
        "it is to come back all the same: enbauges forget --lift {source}",
        source=source,
    )


def orphans(config: Config, generation: Generation | None) -> tuple[str, ...]:
    """The ids of sources that are still published though the file no longer names them.

    Those that were retired are known to be so, and not spoken of.
    """
    iris = Iris(config.site.base)
    prefix = iris.source_graph("")
    named = {source.id for source in config.sources}
    graphs = generation.counts if generation else ()
    published = {name.removeprefix(prefix) for name in graphs if name.startswith(prefix)}
    if generation is None or published <= named:
        return ()
    return tuple(sorted(published - named - set(_ended(generation, iris))))


def _ended(generation: Generation, iris: Iris) -> Iterator[str]:
    """The ids of the sources that were retired, with or without their data."""
    prefix = iris.source("")
    pattern = (None, ox.NamedNode(_ENDED), None, ox.NamedNode(iris.graph("provenance")))
    for quad in open_read_only(generation).quads_for_pattern(*pattern):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(prefix):
            yield quad.subject.value.removeprefix(prefix)


def has_ended(dataset: Lines) -> bool:
    """Whether what is said of a source tells that it was retired."""
    return any(f" <{_ENDED}> " in line for line in dataset)
