"""RDF (JSON-LD, Turtle, TriG, N-Triples, N-Quads, RDF/XML) → one Record per thing it describes.

No context is fetched: those that are bundled stand for themselves, any other is refused. A
document type declaration is refused before an XML parser sees it, entities being how a small
file becomes an immense one. A blank node becomes part of the Record that leads to it, told
apart by what is said of it and not by its label, so that two readings give the same.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from harvester.readers import nodes
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

_Statements = Mapping[ox.NamedNode | ox.BlankNode, list[tuple[str, Any]]]


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The events, places, organisations, articles and data sets of a graph.

    Raises:
        ReadError: when the body is not RDF, names a context that is not bundled, declares a
            document type, or holds more statements than one source may.
    """
    statements: dict[Any, list[tuple[str, Any]]] = defaultdict(list)
    pointed: set[Any] = set()
    for number, quad in enumerate(_quads(content, options)):
        if number >= _MOST_QUADS:
            raise ReadError(
                say(
                    "the graph holds more than {count} statements — it is not read",
                    count=_MOST_QUADS,
                )
            )
        statements[quad.subject].append((quad.predicate.value, quad.object))
        if isinstance(quad.object, ox.BlankNode):
            pointed.add(quad.object)
    roots = [each for each in statements if each not in pointed]
    yield from nodes.records(_trees(roots, statements), "subject")


def read_datasets(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The data sets of a catalogue, and nothing else of it.

    Raises:
        ReadError: as ``read``.
    """
    for one in read(content, options):
        if isinstance(one, Issue) or one.data["kind"] == "dataset":
            yield one


def _quads(content: Content, options: ReadOptions) -> Iterator[ox.Quad]:
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


def _trees(roots: list[Any], statements: _Statements) -> Iterator[nodes.Node]:
    """The nodes of ``roots`` that are of a kind; of the others none is built."""
    for root in roots:
        told = [
            nodes.local(value.value)
            for predicate, value in statements[root]
            if predicate == _TYPE.value and isinstance(value, ox.NamedNode)
        ]
        if nodes.kind_of({"@type": told}):
            yield _tree(root, statements, frozenset(), [_MOST_NODES])


def _tree(subject: Any, statements: _Statements, above: frozenset[Any], left: list[int]) -> Any:
    """The node of ``subject`` with those that it leads to; ``left`` is how many may follow."""
    left[0] -= 1
    node: dict[str, list[Any]] = defaultdict(list)
    for predicate, value in statements[subject]:
        if predicate == _TYPE.value and isinstance(value, ox.NamedNode):
            node["@type"].append(nodes.local(value.value))
            continue
        told = _value(value, statements, above | {subject}, left)
        if told is not None:
            node[nodes.local(predicate)].append(told)
    plain = {name: _merged(values) for name, values in node.items() if name != "@type"}
    own = {"@id": subject.value} if isinstance(subject, ox.NamedNode) else {}
    return {**own, "@type": sorted(node["@type"]), **plain}


def _value(value: Any, statements: _Statements, above: frozenset[Any], left: list[int]) -> Any:
    if isinstance(value, ox.Literal):
        return {value.language: value.value} if value.language else value.value
    deeper = value in statements and value not in above and len(above) < _DEEPEST and left[0] > 0
    if deeper:
        return _tree(value, statements, above, left)
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
