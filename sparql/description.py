"""The description of the service, for a GET on the endpoint without a query."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from sparql.formats import FORMATS, Format
from store.generations import Generation
from vocab import PREFIXES, term
from vocab.iris import Iris

_XSD_INTEGER = ox.NamedNode(term("xsd:integer"))


def describe(address: str, generation: Generation | None, form: Format) -> bytes:
    """The endpoint at ``address`` in the SPARQL 1.1 Service Description vocabulary.

    Every graph that may be named is listed with its size; the canonical graph is the default.
    """
    output = ox.serialize(
        _triples(address, generation),
        format=getattr(ox.RdfFormat, form.oxigraph),
        prefixes={prefix: PREFIXES[prefix] for prefix in ("sd", "void", "rdf", "xsd")},
    )
    assert output is not None  # noqa: S101  # no file is given
    return output


def _triples(address: str, generation: Generation | None) -> Iterator[ox.Triple]:
    service = ox.NamedNode(address)
    yield _is(service, "sd:Service")
    yield ox.Triple(service, _node("sd:endpoint"), service)
    yield ox.Triple(service, _node("sd:supportedLanguage"), _node("sd:SPARQL11Query"))
    for format_ in FORMATS:
        iri = getattr(
            ox.RdfFormat if format_.graph else ox.QueryResultsFormat, format_.oxigraph
        ).iri
        yield ox.Triple(service, _node("sd:resultFormat"), ox.NamedNode(iri))
    if generation is not None:
        yield from _dataset(service, address, generation)


def _dataset(service: ox.NamedNode, address: str, generation: Generation) -> Iterator[ox.Triple]:
    dataset = ox.NamedNode(f"{address}#dataset")
    yield ox.Triple(service, _node("sd:defaultDataset"), dataset)
    yield _is(dataset, "sd:Dataset")
    canonical = Iris(generation.base).graph("canonical")
    default = ox.NamedNode(f"{address}#default")
    yield ox.Triple(dataset, _node("sd:defaultGraph"), default)
    yield _is(default, "sd:Graph")
    yield _size(default, generation.counts.get(canonical, 0))
    for place, (name, count) in enumerate(sorted(generation.counts.items()), start=1):
        named, graph = (ox.NamedNode(f"{address}#{word}-{place}") for word in ("named", "graph"))
        yield ox.Triple(dataset, _node("sd:namedGraph"), named)
        yield _is(named, "sd:NamedGraph")
        yield ox.Triple(named, _node("sd:name"), ox.NamedNode(name))
        yield ox.Triple(named, _node("sd:graph"), graph)
        yield _is(graph, "sd:Graph")
        yield _size(graph, count)


def _size(graph: ox.NamedNode, count: int) -> ox.Triple:
    return ox.Triple(graph, _node("void:triples"), ox.Literal(str(count), datatype=_XSD_INTEGER))


def _is(subject: ox.NamedNode, curie: str) -> ox.Triple:
    return ox.Triple(subject, _node("rdf:type"), _node(curie))


def _node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(term(curie))
