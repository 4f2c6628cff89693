"""What a person means who asks that something be forgotten: a thing, a source, or a text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

from harvester.glance import glance
from harvester.ledger import Books
from harvester.life.lifecycle import LifeError
from harvester.life.scrub import Scrub
from harvester.session import Session
from harvester.sources import Config
from harvester.stored import remembered
from store import takedown
from store.changes import Changeset, Delta, Lines
from store.takedown import Takedown, Takedowns
from vocab import term
from vocab.iris import Iris
from vocab.messages import say


def takedowns_for(
    given: str, session: Session, config: Config, *, as_text: bool
) -> tuple[Takedown, ...]:
    """What bars ``given``: the IRI of a thing, the id of a source, or else a text.

    Raises:
        LifeError: for an IRI of this node that names nothing that is or was kept.
        StoreError: for a text that is too short.
    """
    means = session.means
    key = takedown.load(session.place.takedowns).key
    at = means.clock().astimezone(UTC).isoformat(timespec="seconds")
    if not as_text and (source := _source_meant(given, session, config)):
        address = next((each.url for each in config.sources if each.id == source), "")
        ledger = Books(means.store, means.iris).of(source)
        stored = remembered(source, ledger.dataset, means.iris).url
        return tuple(
            takedown.source_takedown(source, each, key, at) for each in sorted({address, stored})
        )
    if not as_text and given.startswith(means.iris.base):
        records = _records_meant(given, session)
        if not records:
            raise LifeError(
                say("{iri} is no thing that is or was kept here — check the address", iri=given)
            )
        return tuple(
            takedown.record_takedown(
                *_split(record, means.iris), glance(record, lines).natural_key, key, at
            )
            for record, lines in sorted(records.items())
        )
    return (takedown.text_takedown(given, key, at),)


def _source_meant(given: str, session: Session, config: Config) -> str:
    iris = session.means.iris
    for prefix in (iris.source(""), iris.source_graph("")):
        if given.startswith(prefix):
            return given.removeprefix(prefix)
    return given if given in every_source(session, config) else ""


def every_source(session: Session, config: Config) -> set[str]:
    """The ids of all sources that the file names, or of which something is kept."""
    means, place = session.means, session.place
    return {
        *(each.id for each in config.sources),
        *(each.source for each in means.state.all()),
        *stored_sources(session),
        *means.changelog.sources(),
        *folders(place.captures),
    }


def stored_sources(session: Session) -> list[str]:
    """The ids of the sources that the store holds something of."""
    store, iris = session.means.store, session.means.iris
    graphs, datasets = iris.source_graph(""), iris.source("")
    described = store.subjects(iris.graph("provenance"), term("rdf:type"), term("dcat:Dataset"))
    return sorted(
        {name.removeprefix(graphs) for name in store.graph_names() if name.startswith(graphs)}
        | {name.removeprefix(datasets) for name in described if name.startswith(datasets)}
    )


def folders(root: Path) -> list[str]:
    """The ids of the sources that have a folder in ``root``."""
    return sorted(path.name for path in root.glob("*") if path.is_dir())


def everything(session: Session) -> Iterator[Changeset]:
    """What is stored, as if it had just been added, and all that the change log tells."""
    means, iris = session.means, session.means.iris
    for name in means.store.graph_names():
        if name in {iris.graph("links"), iris.graph("tombstones")} or name.startswith(
            iris.source_graph("")
        ):
            yield Changeset({name: Delta(added=means.store.lines(name))})
    for source in means.changelog.sources():
        for entry in means.changelog.entries(source):
            yield entry.changeset


def _records_meant(iri: str, session: Session) -> dict[str, Lines]:
    """The records that ``iri`` names, or that its entity ever had; with their last statements."""
    scrub = Scrub(Takedowns(), session.means.iris)
    said = list(everything(session))
    last, links = scrub.said_last(said), [pair for each in said for pair in scrub.links_in(each)]
    if own := scrub.iris.record_of(iri):
        entities = {entity for record, entity in links if record == own}
    else:
        entities = {iri.partition("#")[0]}
    wanted = {record for record, entity in links if entity in entities}
    if own in last:
        wanted.add(own)
    return {record: last.get(record, frozenset()) for record in wanted}


def _split(record: str, iris: Iris) -> tuple[str, str]:
    source, _, key = record.removeprefix(iris.records).partition("/")
    return source, key
