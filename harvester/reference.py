"""What every node holds besides its sources: the vocabulary, labels, and its territory.

The labels of all concepts and of the territory's communes are in the canonical graph, so
that a plain query, which sees that graph alone, finds them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pyoxigraph as ox

from harvester.provenance import agent_lines, agreement_lines
from store.changes import Changeset, Delta, Lines
from store.embedded import EmbeddedStore
from store.graphs import normalise
from vocab import CONCEPT, load_graph, term
from vocab.iris import Iris
from vocab.territory.atlas import Commune, atlas

_LABELS = frozenset(
    f"<{term(name)}>"
    for name in ("skos:prefLabel", "skos:notation", "skos:inScheme", "skos:broader")
)


_USED = term("eb:commune")
_AREA = term("schema:AdministrativeArea")
_POSITION = ("schema:latitude", "schema:longitude")
_DECIMAL = ox.NamedNode(term("xsd:decimal"))


def reference_changeset(store: EmbeddedStore, iris: Iris, version: str) -> Changeset:
    """The Changeset that brings the store's reference data to what the program ships."""
    vocabulary_graph, canonical = iris.graph("vocabulary"), iris.graph("canonical")
    provenance, agent = iris.graph("provenance"), iris.software(version)
    stored, wanted = store.lines(vocabulary_graph), vocabulary_lines(iris)
    deltas = {
        vocabulary_graph: Delta.between(stored, wanted),
        canonical: Delta.between(_labels(stored), _labels(wanted)),
        provenance: Delta.between(
            store.about(provenance, agent) | store.about(provenance, iris.agreement),
            agent_lines(iris, version) | agreement_lines(iris),
        ),
    }
    return Changeset({graph: delta for graph, delta in deltas.items() if delta})


def commune_changeset(store: EmbeddedStore, iris: Iris, territory: Collection[str]) -> Changeset:
    """The Changeset that names the communes of the territory, and those that things are in."""
    canonical, prefix = iris.graph("canonical"), iris.commune("")
    used = {name.removeprefix(prefix) for name in store.objects(canonical, _USED)}
    named = store.subjects(canonical, term("rdf:type"), _AREA)
    stored = frozenset[str]().union(*(store.about(canonical, name) for name in named))
    delta = Delta.between(stored, commune_lines({*territory, *used}, iris))
    return Changeset({canonical: delta} if delta else {})


def vocabulary_lines(iris: Iris) -> Lines:
    """The shipped terms and concepts, in the form in which the store gives them back."""
    here = ox.NamedNode(iris.graph("vocabulary"))
    quads = (ox.Quad(each.subject, each.predicate, each.object, here) for each in load_graph())
    return normalise(quads, skolem=None)[here.value]


def commune_lines(codes: Iterable[str], iris: Iris) -> Lines:
    """Each municipality as a schema:AdministrativeArea: name, INSEE code, and where it lies.

    Its position is the centroid of its area, in degrees to 4 decimals.
    """
    here = ox.NamedNode(iris.graph("canonical"))
    quads = [
        ox.Quad(ox.NamedNode(iris.commune(code)), ox.NamedNode(term(predicate)), value, here)
        for code in codes
        for predicate, value in _told_of(code)
    ]
    return normalise(quads, skolem=None).get(here.value, frozenset())


def _told_of(code: str) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    commune = atlas().communes.get(code, Commune(code, code))
    yield "rdf:type", ox.NamedNode(_AREA)
    yield "schema:identifier", ox.Literal(code)
    yield "schema:name", ox.Literal(commune.name, language="fr")
    for predicate, degrees in zip(_POSITION, commune.centre or (), strict=False):
        yield predicate, ox.Literal(f"{degrees:.4f}", datatype=_DECIMAL)


def _labels(vocabulary_lines: Lines) -> Lines:
    """What plain queries need to know of concepts: label, notation, scheme, broader."""
    return frozenset(
        line
        for line in vocabulary_lines
        if line.startswith(f"<{CONCEPT}") and line.split(" ", 2)[1] in _LABELS
    )
