"""RDF (JSON-LD, Turtle, TriG, N-Triples, N-Quads, RDF/XML) → one Record per thing it describes.

No context is fetched: those that are bundled stand for themselves, any other is refused. A
document type declaration is refused before an XML parser sees it, entities being how a small
file becomes an immense one. A blank node becomes part of the Record that leads to it, told
apart by what is said of it and not by its label (``rdf_graph``), so that two readings give the
same. Of the dump of a node like this one, only the graph that is meant for others is read.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyoxigraph as ox

from harvester.readers import gz, nodes
from harvester.readers.rdf_graph import Graph, ordered
from harvester.readers.text import broken, check_depth, decode, is_html, refusal
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from vocab import ROOM, term
from vocab.messages import say

_TYPE = ox.NamedNode(term("rdf:type"))
_MEDIA: Mapping[str, ox.RdfFormat] = {
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/trig": ox.RdfFormat.TRIG,
    "text/turtle": ox.RdfFormat.TURTLE,
}
_MOST_QUADS = 500_000
_MOST_NODES = 200  # of one record
_DEEPEST = 5
_VOCABULARY = {"@vocab": "https://schema.org/"}
_SCHEMA = re.compile(r"https?://(www\.)?schema\.org/?(docs/jsonldcontext\.json(ld)?)?")
_OURS = re.compile(r"https?://[^/]+/(?:.*/)?context\.jsonld")
_CANONICAL = "/graph/canonical"
_COMMUNE = re.compile(r"https?://.*/id/commune/([0-9][0-9AB][0-9]{3})")


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The events, places, organisations, articles and data sets of a graph.

    Raises:
        ReadError: when the body is not RDF, names a context that is not bundled, declares a
            document type, or holds more statements than one source may.
    """
    yield from described(statements(content, options, options.graph))


def described(
    quads: Iterable[ox.Quad], only: Collection[str] | None = None
) -> Iterator[Record | Issue]:
    """The events, places, organisations, articles and data sets that ``quads`` speak of.

    With ``only``, those that have these IRIs.
    """
    graph = ordered(quads)
    if only is None:
        roots = _roots(graph)
    else:
        roots = [each for iri in only if (each := ox.NamedNode(iri)) in graph.statements]
    refused: list[Issue] = []
    yield from nodes.records(_trees(roots, graph, refused), "subject", silent=only is not None)
    yield from refused


def _roots(graph: Graph) -> list[Any]:
    """Where to begin: what has an IRI, then blank nodes that nothing leads to.

    Where all lead to one another in a circle, each of them is looked at.
    """
    named = [
        each
        for each in graph.statements
        if not isinstance(each, ox.BlankNode)
        and not _is_part(each, graph)
        and not _COMMUNE.fullmatch(each.value)  # which every node describes for itself
    ]
    blank = [each for each in graph.statements if isinstance(each, ox.BlankNode)]
    blank.sort(key=lambda each: graph.labels.get(each, ""))
    loose = [each for each in blank if each not in graph.pointed]
    reached = _reached([*named, *loose], graph)
    return [*named, *loose, *(each for each in blank if each not in reached)]


def _is_part(subject: Any, graph: Graph) -> bool:
    """Whether it is a fragment of another thing that leads to it: the place of an event."""
    document, mark, _ = subject.value.partition("#")
    said = graph.statements.get(ox.NamedNode(document), ()) if mark and document else ()
    return any(value == subject for _, value in said) and bool(_kind(said))


def _kind(said: Iterable[tuple[str, Any]]) -> str:
    """What the thing is that this is said of, "" when nothing that is read."""
    types = [value for predicate, value in said if predicate == _TYPE.value]
    told = [nodes.local(each.value) for each in types if isinstance(each, ox.NamedNode)]
    return nodes.kind_of({"@type": told})


def _reached(roots: list[Any], graph: Graph) -> set[Any]:
    found, waiting = set(roots), list(roots)
    while waiting:
        for _, value in graph.statements.get(waiting.pop(), ()):
            if isinstance(value, ox.BlankNode) and value not in found:
                found.add(value)
                waiting.append(value)
    return found


def statements(content: Content, options: ReadOptions, wanted: str = "") -> list[ox.Quad]:
    """Those of the graph ``wanted``; without one, of that meant for others, else all.

    Raises:
        ReadError: as ``read``; or when there is no such graph.
    """
    found: dict[Any, list[ox.Quad]] = defaultdict(list)
    for number, quad in enumerate(_quads(content, options)):
        if number >= _MOST_QUADS:
            raise ReadError(
                say(
                    "the graph holds more than {count} statements — it is not read",
                    count=_MOST_QUADS,
                )
            )
        found[quad.graph_name].append(quad)
    names = sorted(name.value for name in found if isinstance(name, ox.NamedNode))
    if wanted and wanted not in names:
        raise ReadError(
            say(
                "there is no graph {graph} in it — write one of: {known}; or leave “graph” out",
                graph=wanted,
                known=", ".join(names[:10]) or "?",
            )
        )
    meant = wanted or next((name for name in names if name.endswith(_CANONICAL)), "")
    if meant:
        return found[ox.NamedNode(meant)]
    return [quad for each in found.values() for quad in each]


def read_datasets(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The data sets of a catalogue, and nothing else of it.

    Raises:
        ReadError: as ``read``.
    """
    for one in read(content, options):
        if isinstance(one, Issue) or one.data["kind"] == "dataset":
            yield one


def _quads(content: Content, options: ReadOptions) -> Iterator[ox.Quad]:
    content = replace(content, body=gz.plain(content.body))
    text, _ = decode(content.body, content.charset, forced=options.encoding)
    form = _format(text, content)
    if form == ox.RdfFormat.RDF_XML and "<!DOCTYPE" in text[:100_000].upper():
        raise ReadError(
            say("the XML declares a document type — such a file is not read; ask for another form")
        )
    if form == ox.RdfFormat.JSON_LD:
        text = _local(text)
    base = content.url or "https://source.invalid/"
    try:
        yield from ox.parse(input=text.encode(), format=form, base_iri=base)
    except (SyntaxError, ValueError, OSError) as error:
        raise broken("RDF", error) from error


def _format(text: str, content: Content) -> ox.RdfFormat:
    """The syntax: that of the content type, else what the first characters say."""
    head = text[:2_000].lstrip()
    if is_html(content.body):
        raise refusal(content, "RDF")
    if head[:1] in {"{", "["}:
        return ox.RdfFormat.JSON_LD
    if head.startswith(("<?xml", "<rdf:RDF", "<!DOCTYPE")):
        return ox.RdfFormat.RDF_XML
    if (form := _MEDIA.get(content.media_type)) is not None:
        return form
    if re.match(r"(<[^>]*>|_:\S+)\s+<[^>]*>\s+\S.*\.\s*$", head.partition("\n")[0]):
        return ox.RdfFormat.N_QUADS
    if head:
        return ox.RdfFormat.TRIG
    raise refusal(content, "RDF")


def _local(text: str) -> str:
    """JSON-LD with the contexts that are bundled put in the place of their addresses."""
    check_depth(text.encode())
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise broken("JSON", error) from error
    return json.dumps(_with_contexts(document))


def _with_contexts(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_contexts(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _context(inner) if name == "@context" else _with_contexts(inner)
        for name, inner in value.items()
    }


def _context(value: Any) -> Any:
    """A context without addresses.

    Raises:
        ReadError: when it names one that is not bundled.
    """
    if isinstance(value, list):
        return [_context(each) for each in value]
    if not isinstance(value, str):
        return value
    if _SCHEMA.fullmatch(value):
        return _VOCABULARY
    if _OURS.fullmatch(value):
        return json.loads((ROOM / "context.jsonld").read_text("utf-8"))["@context"]
    raise ReadError(
        say(
            "the JSON-LD names the context {address}, which is not fetched — ask its publisher"
            " for Turtle or N-Quads",
            address=value[:200],
        )
    )


def _trees(roots: list[Any], graph: Graph, refused: list[Issue]) -> Iterator[nodes.Node]:
    """The nodes of ``roots`` that are of a kind; of the others none is built."""
    for root in roots:
        if not _kind(graph.statements[root]):
            continue
        if alike := _reached([root], graph) & graph.alike:
            refused.append(_alike(root, len(alike)))
        else:
            yield _Tree(graph).node(root, frozenset())


def _alike(root: Any, count: int) -> Issue:
    message = say(
        "{thing} leads to {count} blank nodes that refer to one another and cannot be told apart "
        "in reasonable time: it was left out — its publisher should give them IRIs",
        thing=root.value if isinstance(root, ox.NamedNode) else "_:",
        count=count,
    )
    key = (root.value,) if isinstance(root, ox.NamedNode) else ()
    return Issue("blank-nodes-alike", message, "error", "", key)


class _Tree:
    """Builds the node of one thing, with those that it leads to, up to ``_MOST_NODES``."""

    def __init__(self, graph: Graph) -> None:
        self._statements = graph.statements
        self._left = _MOST_NODES

    def node(self, subject: Any, above: frozenset[Any]) -> nodes.Node:
        self._left -= 1
        node: dict[str, list[Any]] = defaultdict(list)
        for predicate, value in self._statements[subject]:
            if predicate == _TYPE.value and isinstance(value, ox.NamedNode):
                node["@type"].append(nodes.local(value.value))
                continue
            name = nodes.local(predicate)
            if name.startswith("eb:") and isinstance(value, ox.NamedNode):
                told = value.value  # a concept, a commune: its name is known here as well
            else:
                told = self._value(value, above | {subject})
            if told is not None:
                node[name].append(told)
                if name == "eb:commune" and (found := _COMMUNE.fullmatch(str(told))):
                    node["insee"] = [found[1]]
        plain = {name: _merged(values) for name, values in node.items() if name != "@type"}
        own = {"@id": subject.value} if isinstance(subject, ox.NamedNode) else {}
        return {**own, "@type": sorted(node["@type"]), **plain}

    def _value(self, value: Any, above: frozenset[Any]) -> Any:
        if isinstance(value, ox.Literal):
            return {value.language: value.value} if value.language else value.value
        inside = value in self._statements and value not in above
        if inside and len(above) < _DEEPEST and self._left > 0:
            return self.node(value, above)
        return value.value if isinstance(value, ox.NamedNode) else None


def _merged(values: list[Any]) -> Any:
    """Several values in an order of their own; texts of several languages as one object."""
    ordered = sorted(values, key=lambda one: json.dumps(one, sort_keys=True))
    by_language = [one for one in ordered if isinstance(one, dict) and "@type" not in one]
    if len(by_language) == len(ordered):
        if len(ordered) == 1:
            return next(iter(ordered[0].values()))
        told: dict[str, Any] = {}
        for one in ordered:
            for language, text in one.items():
                told.setdefault(language, text)
        return told
    return ordered if len(ordered) > 1 else ordered[0]
