"""How sources do, for everybody: measurements in ``graph/provenance`` (W3C DQV).

Each source that was ever read has its state, its last good read, its number of records and its
completeness. They are written when a generation is published because something else changed,
and never make one by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import pyoxigraph as ox

from harvester.appraisal.health import condition_of
from harvester.sources import Source
from harvester.telling.wording import CONDITIONS
from store.appraisals import Appraisal
from store.changes import Changeset, Delta, Lines
from store.embedded import EmbeddedStore
from store.graphs import normalise
from store.standing import SourceState
from store.state import State
from vocab import term
from vocab.iris import Iris
from vocab.messages import LANGUAGES, Message, say

_HERE = ox.NamedNode("urn:scratch")
_MEASUREMENT, _METRIC = term("dqv:QualityMeasurement"), term("dqv:Metric")
_TYPE = term("rdf:type")
_Term = ox.NamedNode | ox.Literal
_Statement = tuple[str, str, _Term]

METRICS = MappingProxyType(
    {
        "condition": ("xsd:string", say("state"), say(
            "whether the source can be read: fine, failed, held (most of its entries disappeared "
            "at once), gone (withdrawn for good) or paused"
        )),
        "last-good-read": ("xsd:dateTime", say("last good read"), say(
            "when the source could be read last"
        )),
        "records": ("xsd:integer", say("records"), say(
            "how many entries the source gave when it could be read last"
        )),
        "completeness": ("xsd:integer", say("completeness"), say(
            "0 to 100: how much of what things of their kind need is said of them"
        )),
    }
)  # fmt: skip
"""Name → datatype of the value, label and definition of what is measured."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A source, its state, and how good its data are, as far as that was looked at."""

    source: Source
    state: SourceState
    appraisal: Appraisal | None = None


def standings(sources: Iterable[Source], state: State) -> list[Standing]:
    """How ``sources`` stand, by an open ``state``.

    Raises:
        StateError: when the state cannot be read.
    """
    return [Standing(each, state.get(each.id), state.appraisal(each.id)) for each in sources]


def measures_changeset(store: EmbeddedStore, iris: Iris, told: Iterable[Standing]) -> Changeset:
    """The Changeset that brings the published measurements to what is ``told`` of the sources.

    Those of sources that are not among them are taken away.
    """
    graph = iris.graph("provenance")
    kinds = (_MEASUREMENT, _METRIC)
    named = {name for kind in kinds for name in store.subjects(graph, _TYPE, kind)}
    stored = frozenset[str]().union(*(store.about(graph, name) for name in named))
    delta = Delta.between(stored, measure_lines(iris, told))
    return Changeset({graph: delta} if delta else {})


def measure_lines(iris: Iris, told: Iterable[Standing]) -> Lines:
    """The metrics, and what they say of each source that was ever read."""
    statements = [each for name in METRICS for each in _metric(iris, name)]
    for standing in told:
        for name, value in _values(standing):
            statements += _measurement(iris, standing, name, value)
    quads = [
        ox.Quad(ox.NamedNode(subject), ox.NamedNode(term(predicate)), value, _HERE)
        for subject, predicate, value in statements
    ]
    return normalise(quads, skolem=None)[_HERE.value]


def _metric(iris: Iris, name: str) -> Iterator[_Statement]:
    datatype, label, definition = METRICS[name]
    subject = iris.metric(name)
    yield subject, "rdf:type", ox.NamedNode(_METRIC)
    yield subject, "dqv:expectedDataType", ox.NamedNode(term(datatype))
    yield from _texts(subject, "skos:prefLabel", label)
    yield from _texts(subject, "skos:definition", definition)


def _measurement(iris: Iris, standing: Standing, name: str, value: str) -> Iterator[_Statement]:
    subject = iris.measure(standing.source.id, name)
    datatype = ox.NamedNode(term(METRICS[name][0]))
    yield subject, "rdf:type", ox.NamedNode(_MEASUREMENT)
    yield subject, "dqv:computedOn", ox.NamedNode(iris.source(standing.source.id))
    yield subject, "dqv:isMeasurementOf", ox.NamedNode(iris.metric(name))
    yield subject, "dqv:value", ox.Literal(value, datatype=datatype)
    if name == "condition":
        label = CONDITIONS[condition_of(standing.source, standing.state)]
        yield from _texts(subject, "rdfs:label", label)


def _values(standing: Standing) -> Iterator[tuple[str, str]]:
    state, appraisal = standing.state, standing.appraisal
    if state.checked_at is None:
        return
    yield "condition", condition_of(standing.source, state)
    if state.good_at:
        yield "last-good-read", _instant(state.good_at)
        yield "records", str(state.records)
    if appraisal and appraisal.score is not None:
        yield "completeness", str(appraisal.score)


def _texts(subject: str, predicate: str, message: Message) -> Iterator[_Statement]:
    for language in LANGUAGES:
        yield subject, predicate, ox.Literal(message.render(language), language=language)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
