"""The canonical entity of a record: its IRI, and the statements merged into it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from itertools import chain, count

from harvester.absence import marks
from harvester.glance import Glance, Statement, glance
from store.changes import Lines
from vocab import EB, SCHEMA, term
from vocab.iris import Iris, mint_key

KINDS: Mapping[str, str] = {
    f"{SCHEMA}Event": "event",
    f"{SCHEMA}EventSeries": "series",
    f"{SCHEMA}Article": "article",
    f"{SCHEMA}Place": "place",
    f"{EB}ThirdPlace": "place",
    f"{SCHEMA}Organization": "organization",
    f"{SCHEMA}NGO": "organization",
    f"{SCHEMA}Cooperative": "organization",
    f"{SCHEMA}GovernmentOrganization": "organization",
    f"{SCHEMA}LocalBusiness": "organization",
    f"{SCHEMA}EducationalOrganization": "organization",
    f"{SCHEMA}Service": "service",
}
"""Type → kind of canonical entity; a record of another type stays in its source's graph."""

_TYPE = f"<{term('rdf:type')}>"
_SOURCE_RECORD = f"<{EB}SourceRecord>"
_PRIMARY = f"<{term('prov:hadPrimarySource')}>"
_DERIVED = f"<{term('prov:wasDerivedFrom')}>"
_LICENCE = f"<{term('dcterms:license')}>"


def kind_of(seen: Glance) -> str | None:
    """The most particular type of a record that is a kind of entity: ours before schema.org's."""
    known = sorted(seen.types & KINDS.keys())
    return known[-1] if known else None


def mint(
    record: str, seen: Glance, iris: Iris, links: Mapping[str, str], taken: Container[str]
) -> str | None:
    """The IRI of a new canonical entity for ``record``; None when its type has no kind.

    An occurrence goes under its series' key, named by its recurrence id, so that a moved
    occurrence keeps its IRI. ``links`` gives the entities of other records; an entity that
    is ``taken`` by another record (which came to it by renewal) is not given twice.
    """
    type_ = kind_of(seen)
    if type_ is None:
        return None
    kind = KINDS[type_]
    recurrence = record.removeprefix(f"{seen.series}/")
    if seen.series and recurrence != record:
        series = links.get(seen.series)
        key = series.rpartition("/")[2] if series else mint_key(seen.series)
        if (entity := iris.entity(kind, key, recurrence)) not in taken:
            return entity
    seeds = chain([record], (f"{record} {number}" for number in count(2)))
    return next(
        entity for seed in seeds if (entity := iris.entity(kind, mint_key(seed))) not in taken
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which licence a source's values come, and whether they may be merged."""

    licence: str | None = None
    merged: bool = True


def canonical_lines(
    record: str, lines: Lines, terms: Terms, entity_of: Callable[[str], str | None], iris: Iris
) -> Lines:
    """What ``record`` contributes to its entity: its statements under the entity's IRI.

    ``entity_of`` maps a record to its entity; references from one record to another become
    references between entities, and go when the other has none. Each entity says what it was
    derived from and under which licence; of values that may not be merged it says no more
    than what kind of thing they describe (design, licences). What makes a record a record
    stays with the record. Of a withdrawn record it says no more than that it is, so that no
    question about things of its kind finds it.
    """
    entity = entity_of(record)
    if entity is None:
        return frozenset()
    if glance(record, lines).withdrawn:
        said = frozenset(line.replace(record, entity, 1) for line in marks(record, lines))
        return said | {f"<{entity}> {_DERIVED} <{record}> ."}
    rename, records = _renamer(entity_of), f"<{iris.records}"
    found = {
        f"{rename(subject)} {predicate} {named} ."
        for subject, predicate, value in map(Statement.of, lines)
        if not (named := rename(value)).startswith(records)
        and (terms.merged or (predicate == _TYPE and subject == f"<{record}>"))
        and value != _SOURCE_RECORD
        and predicate != _PRIMARY
    }
    found.add(f"<{entity}> {_DERIVED} <{record}> .")
    if terms.licence:
        found.add(f"<{entity}> {_LICENCE} <{terms.licence}> .")
    return frozenset(found)


def _renamer(entity_of: Callable[[str], str | None]) -> Callable[[str], str]:
    """A function over N-Triples terms: record IRIs become entity IRIs, fragments follow."""
    seen: dict[str, str] = {}

    def rename(written: str) -> str:
        if written[0] != "<":
            return written
        if written not in seen:
            whole, mark, fragment = written[1:-1].partition("#")
            entity = entity_of(whole)
            seen[written] = f"<{entity}{mark}{fragment}>" if entity else written
        return seen[written]

    return rename
