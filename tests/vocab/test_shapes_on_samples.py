"""The shapes on what the samples become: nothing to refuse, and pySHACL sees the same."""

from datetime import UTC, datetime

import pyshacl
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, serialize

from vocab.checks import check
from vocab.facts import Facts
from vocab.shapes import SHAPES, shapes

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
GRAPHS = "https://data.enbauges.example/graph/"


def triples(store: Store, graph: NamedNode) -> list[Triple]:
    return [quad.triple for quad in store.quads_for_pattern(None, None, None, graph)]


def test_no_record_of_the_samples_would_be_refused(node: Store) -> None:
    refused = [
        (finding.focus, finding.code)
        for graph in node.named_graphs()
        if isinstance(graph, NamedNode) and graph.value.startswith(f"{GRAPHS}source/")
        for finding in check(triples(node, graph), NOW)
        if finding.severity == "violation"
    ]
    assert refused == []


def test_the_compiled_shapes_find_what_pyshacl_finds_in_the_canonical_graph(node: Store) -> None:
    published = triples(node, NamedNode(f"{GRAPHS}canonical"))
    ours = {(found.focus, found.code) for found in shapes().findings(Facts(published))}
    data = rdflib.Graph().parse(data=serialize(published, format=RdfFormat.N_TRIPLES), format="nt")
    _, report, _ = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(SHAPES))
    theirs = {
        (
            str(report.value(result, rdflib.SH.focusNode)),
            str(report.value(result, rdflib.SH.sourceShape)).rpartition("#")[2],
        )
        for result in report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)
    }
    assert ours == theirs
    assert len(ours) > 100
