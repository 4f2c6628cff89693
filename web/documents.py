"""Linked-data documents: what the node says under one of its IRIs, in each RDF format."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from urllib.parse import unquote

import pyoxigraph as ox

from sparql.formats import BY_KEY, Format
from store.jsonld import Context
from vocab.documents import turtle
from web.shell import HTML

DATA = tuple(BY_KEY[key] for key in ("turtle", "jsonld", "ntriples", "rdfxml"))
FORMATS = (*DATA, HTML)
NAMES = MappingProxyType(
    {"turtle": "Turtle", "jsonld": "JSON-LD", "ntriples": "N-Triples", "rdfxml": "RDF/XML"}
)
_BY_EXTENSION = {format_.extension: format_ for format_ in FORMATS}
_BEYOND_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")


def split(path: str) -> tuple[str, Format | None]:
    """A path without its extension, and the format of that extension."""
    stem, _, extension = path.rpartition(".")
    format_ = _BY_EXTENSION.get(extension)
    return (stem, format_) if stem and format_ else (path, None)


def iri_of(base: str, raw_path: bytes) -> str:
    """The IRI that is asked for by the path of a request, as it was minted.

    A client writes letters beyond ASCII as percent-encoded UTF-8, and IRIs do not
    (``vocab.iris.encode``); what is encoded within ASCII is so in the IRI as well.
    """
    path = _BEYOND_ASCII.sub(lambda found: unquote(found[0]), raw_path.decode("ascii", "replace"))
    return base + path.lstrip("/")


def written(iri: str, triples: Sequence[ox.Triple], form: Format) -> bytes:
    """What is said of ``iri`` and its parts, in the format ``form``."""
    ordered = sorted(triples, key=lambda one: (str(one.subject) != f"<{iri}>", str(one)))
    if form.key == "turtle":
        return turtle(ordered).encode()
    if form.key == "jsonld":
        return _jsonld(iri, ordered)
    return ox.serialize(ordered, format=getattr(ox.RdfFormat, form.oxigraph)) or b""


def _jsonld(iri: str, triples: Sequence[ox.Triple]) -> bytes:
    """Compacted by our own context, whose keys are plain schema.org's; parts are nested."""
    said: defaultdict[str, list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]] = defaultdict(list)
    for one in triples:
        if isinstance(one.subject, ox.NamedNode) and isinstance(
            one.object, ox.NamedNode | ox.Literal
        ):
            said[one.subject.value].append((one.predicate, one.object))
    node = _context().node(
        ox.NamedNode(iri),
        lambda subject: said.get(subject.value, ()),
        is_part=lambda value: value in said,
        seen=set(),
    )
    document = {"@context": _context().document, **node}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


@cache
def _context() -> Context:
    return Context.load()
