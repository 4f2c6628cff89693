"""JSON-LD: what is written expands, in PyLD, to the very statements it was written from."""

import json
from collections import defaultdict
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from store.errors import StoreError
from store.jsonld import BUNDLED, Context, Value
from vocab import EB, SCHEMA, term

BASE = "http://example.org/"
EVENT = f"{BASE}id/event/abc"

PREFIXES = f"@prefix : <{SCHEMA}> . @prefix eb: <{EB}> . @prefix xsd: <{term('xsd:string')[:-6]}> ."
AGENDA = f"""{PREFIXES}
<{EVENT}> a :Event ;
    :name "Fête de la pomme"@fr, "Apple day"@en ;
    :startDate "2026-05-01"^^xsd:date ;
    :doorTime "2026-05-01T18:00:00+02:00"^^xsd:dateTime ;
    :isAccessibleForFree true ;
    :maximumAttendeeCapacity 80 ;
    :url <https://pomme.example/> ;
    eb:theme <https://w3id.org/enbauges/concept/theme/fete-patrimoine> ;
    :location <{EVENT}#location> .
<{EVENT}#location> a :Place ; :name "Salle des fêtes" ; :geo <{EVENT}#geo> .
<{EVENT}#geo> a :GeoCoordinates ; :latitude 45.68 ; :longitude "6.1"^^xsd:decimal .
"""


def parsed(turtle: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE)]


class Graph:
    """Statements, as the look-up that the writer wants."""

    def __init__(self, triples: list[ox.Triple]) -> None:
        store = ox.Store()
        store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        self.lines = frozenset(f"{quad.triple} ." for quad in store)
        self.said: defaultdict[str, list[tuple[ox.NamedNode, Value]]] = defaultdict(list)
        for quad in store:
            assert isinstance(quad.subject, ox.NamedNode)
            assert isinstance(quad.object, ox.NamedNode | ox.Literal)
            self.said[quad.subject.value].append((quad.predicate, quad.object))

    @classmethod
    def of(cls, turtle: str) -> "Graph":
        return cls(parsed(turtle))

    def about(self, subject: ox.NamedNode) -> list[tuple[ox.NamedNode, Value]]:
        return self.said[subject.value]

    def node(self, subject: str, context: Context | None = None) -> dict[str, Any]:
        return (context or Context.load()).node(
            ox.NamedNode(subject), self.about, is_part=lambda iri: "#" in iri, seen=set()
        )


def expanded(node: dict[str, Any], context: Context | None = None) -> frozenset[str]:
    """The statements that PyLD reads in ``node``, in the form of the store."""
    document = {"@context": (context or Context.load()).document, **node}
    read = jsonld.to_rdf(document, {"format": "application/n-quads"})
    store = ox.Store()
    store.load(read.encode(), ox.RdfFormat.N_QUADS)
    return frozenset(f"{quad.triple} ." for quad in store)


def test_an_event_reads_with_plain_keys() -> None:
    assert Graph.of(AGENDA).node(EVENT) == {
        "@id": EVENT,
        "@type": "Event",
        "doorTime": {"@type": "xsd:dateTime", "@value": "2026-05-01T18:00:00+02:00"},
        "isAccessibleForFree": True,
        "location": {
            "@id": f"{EVENT}#location",
            "@type": "Place",
            "geo": {
                "@id": f"{EVENT}#geo",
                "@type": "GeoCoordinates",
                "latitude": "45.68",
                "longitude": "6.1",
            },
            "name": {"@none": "Salle des fêtes"},
        },
        "maximumAttendeeCapacity": 80,
        "name": {"en": "Apple day", "fr": "Fête de la pomme"},
        "startDate": {"@type": "xsd:date", "@value": "2026-05-01"},
        "theme": "https://w3id.org/enbauges/concept/theme/fete-patrimoine",
        "url": "https://pomme.example/",
    }


def test_an_event_expands_to_what_it_was_written_from() -> None:
    graph = Graph.of(AGENDA)
    assert expanded(graph.node(EVENT)) == graph.lines


subjects = st.sampled_from([EVENT, f"{EVENT}#a", f"{EVENT}#b"]).map(ox.NamedNode)
properties = st.sampled_from(
    [
        *("name", "startDate", "location", "url", "latitude", "keywords", "geo"),
        *(f"{EB}theme", f"{EB}audience", f"{EB}openingHoursOsm", f"{EB}unheardOf"),
        *(term("prov:wasDerivedFrom"), term("skos:prefLabel"), "urn:example:other"),
        *("http://other.example/ns#p", f"{SCHEMA}a/b", term("rdf:type")),
    ]
).map(lambda name: ox.NamedNode(name if ":" in name else SCHEMA + name))
text = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
values: st.SearchStrategy[ox.NamedNode | ox.Literal] = st.one_of(
    subjects,
    st.sampled_from(
        ["mailto:a@b.example", f"{SCHEMA}Event", f"{EB}ThirdPlace", "urn:x:y", "geo:45.6,6.1"]
    ).map(ox.NamedNode),
    st.builds(ox.Literal, text),
    st.builds(ox.Literal, text, language=st.sampled_from(["fr", "en", "de-ch"])),
    st.builds(ox.Literal, st.integers() | st.booleans() | st.sampled_from([0.5, -1.5e300])),
    st.builds(
        ox.Literal,
        st.sampled_from(["2026-05-01", "45.60", "1", "007", "-0", "true", "x"]),
        datatype=st.sampled_from(
            ["date", "dateTime", "decimal", "integer", "boolean", "double", "anyURI"]
        ).map(lambda name: ox.NamedNode(term(f"xsd:{name}"))),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.builds(ox.Triple, subjects, properties, values), min_size=1, max_size=20))
def test_whatever_an_entity_says_expands_to_the_same_statements(triples: list[ox.Triple]) -> None:
    rooted = [*triples, *parsed(AGENDA.replace("#location", "#a").replace("#geo", "#b"))]
    graph = Graph(rooted)
    assert expanded(graph.node(EVENT)) == graph.lines


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"@vocab": SCHEMA},
        {"schema": SCHEMA, "name": "schema:name"},
        {"@vocab": SCHEMA, "name": {"@container": ["@language", "@set"]}},
        {"@vocab": SCHEMA, "url": {"@type": "@vocab"}, "startDate": {"@container": "@set"}},
        {"@vocab": SCHEMA, "location": {"@context": {"name": None}}, "name": {"@type": "@json"}},
        {"@vocab": SCHEMA, "keywords": {"@container": "@list"}, "id": "@id", "name": None},
    ],
    ids=json.dumps,
)
def test_any_context_of_ours_keeps_the_statements(context: dict[str, Any]) -> None:
    graph = Graph.of(AGENDA + f'<{EVENT}> :keywords "a", "b" .')
    ours = Context(context)
    assert expanded(graph.node(EVENT, ours), ours) == graph.lines


def test_parts_nested_too_deep_are_left_to_the_caller() -> None:
    chain = "".join(f"<{EVENT}#{n}> :item <{EVENT}#{n + 1}> .\n" for n in range(40))
    seen: set[str] = set()
    Context.load().node(
        ox.NamedNode(f"{EVENT}#0"),
        Graph.of(PREFIXES + chain).about,
        is_part=lambda _: True,
        seen=seen,
    )
    assert len(seen) == 31


def test_a_default_language_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text('{"@context": {"@language": "fr"}}')
    with pytest.raises(StoreError, match="@language would change what documents say"):
        Context.load(path)


def test_a_file_that_is_no_context_is_reported(tmp_path: Any) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text("[]")
    with pytest.raises(StoreError, match="not a JSON-LD context"):
        Context.load(path)


def test_no_prefix_of_the_context_is_a_scheme_that_publishers_use() -> None:
    defined = json.loads(BUNDLED.read_text())["@context"]
    prefixes = {name for name, text in defined.items() if isinstance(text, str)}
    assert not prefixes & {"geo", "tel", "mailto", "urn", "http", "https", "webcal", "sms", "data"}
