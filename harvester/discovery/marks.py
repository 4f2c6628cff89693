"""What is seen of an answer, under names that the ``detect`` of a platform asks for.

=====  ==========================================================================
form   marks
=====  ==========================================================================
json   ``$.data[*].geo``: each path, with its values; ``$..geo``: the name anywhere;
       ``entries``: the paths of lists of objects
csv    each column, in lower case, accents off, ``_`` between words
xml    ``root``: the name of the first element; ``xmlns``: the namespaces;
       ``<place>``: each element, without its prefix; ``type``: RDF classes
rdf    ``xmlns``: the namespaces of prefixes; ``type``: the classes, as written
html   ``kind``: what the page describes in schema.org (event, place, organization…);
       ``textarea``: the names of its long fields
all    ``media``: the content type
=====  ==========================================================================
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator

import ijson

from harvester.discovery.forms import Shape, table_of
from harvester.readers import nodes
from harvester.readers.text import check_depth
from harvester.records import Content, ReadError
from mappings.detecting import Marks
from mappings.functions.general import fold

_MOST_EVENTS = 30_000
_MOST_VALUES, _LONGEST = 20, 300
_SCALARS = frozenset({"string", "number", "boolean", "null"})
_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?=[\s/>])")
_NAMESPACE = re.compile(r"\bxmlns(?::[\w.-]+)?\s*=\s*[\"']([^\"']*)")
_NOT_ELEMENTS = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_PREFIX = re.compile(
    r"^[ \t]*@?prefix\s{1,9}[\w.-]*:\s{0,9}<([^<>]{0,300})>", re.MULTILINE | re.IGNORECASE
)
_CLASS = re.compile(
    r"(?<=\s)(?:a|rdf:type|<[^<>]{0,60}22-rdf-syntax-ns#type>)\s{1,9}(<[^<>]{0,300}>|[\w.-]*:[\w.-]+)"
)
_RDF_TYPE = re.compile(r"<rdf:type\b[^<>]{0,300}\brdf:resource\s*=\s*[\"']([^\"']+)")
_ITEMTYPE = re.compile(
    r"\b(?:itemtype\s{0,5}=\s{0,5}[\"']?\s{0,5}https?://schema\.org/"
    r"|typeof\s{0,5}=\s{0,5}[\"']\s{0,5}(?:https?://schema\.org/|schema:)?)(\w+)",
    re.IGNORECASE,
)
_JSON_LD = re.compile(r"<script\b[^<>]{0,300}application/ld\+json[^<>]{0,300}>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_JSON_TYPE = re.compile(r'"@type"\s*:\s*(?:"([^"]{1,200})"|\[([^\[\]]{0,500})\])')
_QUOTED = re.compile(r'"([^"]+)"')
_TEXTAREA = re.compile(r"<textarea\b[^<>]{0,500}?\bname\s?=\s?[\"']?([\w-]{1,40})", re.IGNORECASE)

Mark = tuple[str, str]


def marks_of(shape: Shape, content: Content) -> Marks:
    """The marks of an answer whose beginning is ``shape``."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in _MAKERS.get(shape.form, _none)(shape):
        values = found[name]
        if value and len(values) < _MOST_VALUES and value not in values:
            values.append(value[:_LONGEST])
    return {**found, **({"media": [content.media_type]} if content.media_type else {})}


def _none(_: Shape) -> Iterator[Mark]:
    yield from ()


def _of_json(shape: Shape) -> Iterator[Mark]:
    """Paths as far as the text goes: one that is cut, or broken, has those before."""
    body = shape.text.encode("utf-8", "replace")
    try:
        check_depth(body)
    except ReadError:
        return
    events = ijson.parse(io.BytesIO(body))
    try:
        for number, (prefix, event, value) in enumerate(events):
            if number > _MOST_EVENTS:
                return
            path = _path(prefix)
            if event == "start_map" and path.endswith("[*]"):
                yield "entries", path
            if event in _SCALARS or event.startswith("start"):
                told = "" if value is None else str(value)
                yield path, told
                yield _anywhere(prefix), told
    except (ijson.JSONError, ValueError, RecursionError):
        return


def _path(prefix: str) -> str:
    """A prefix of ijson (``data.item.geo``) as a JSONPath (``$.data[*].geo``)."""
    parts = ("[*]" if part == "item" else f".{part}" for part in prefix.split(".") if part)
    return "$" + "".join(parts)


def _anywhere(prefix: str) -> str:
    named = [part for part in prefix.split(".") if part not in {"item", ""}]
    return f"$..{named[-1]}" if named else "$"


def _of_csv(shape: Shape) -> Iterator[Mark]:
    header, *rows = table_of(shape.text) or [[]]
    for place, name in enumerate(header):
        column = fold(name)
        yield column, ""
        yield from ((column, row[place]) for row in rows if place < len(row))


def _of_xml(shape: Shape) -> Iterator[Mark]:
    text = _NOT_ELEMENTS.sub("", shape.text)
    yield "root", shape.root.rpartition(":")[2]
    yield from (("xmlns", name) for name in _NAMESPACE.findall(text))
    yield from (("type", name) for name in _RDF_TYPE.findall(text))
    for name in dict.fromkeys(_ELEMENT.findall(text)):
        yield f"<{name.rpartition(':')[2]}>", ""


def _of_rdf(shape: Shape) -> Iterator[Mark]:
    yield from (("xmlns", name) for name in _PREFIX.findall(shape.text))
    yield from (("type", name.strip("<>")) for name in _CLASS.findall(shape.text))


def _of_html(shape: Shape) -> Iterator[Mark]:
    for name in dict.fromkeys(_classes(shape.text)):
        if kind := nodes.kind_of({"@type": [nodes.local(name)]}):
            yield "kind", kind
    yield from (("textarea", name) for name in _TEXTAREA.findall(shape.text))


def _classes(text: str) -> Iterator[str]:
    """The classes of schema.org that a page names, in any of the three syntaxes."""
    yield from _ITEMTYPE.findall(text)
    for script in _scripts(text):
        for one, several in _JSON_TYPE.findall(script):
            yield from ([one] if one else _QUOTED.findall(several))


def _scripts(text: str) -> Iterator[str]:
    """The JSON-LD of a page; the last piece may be cut."""
    place = 0
    while begun := _JSON_LD.search(text, place):
        ended = _SCRIPT_END.search(text, begun.end())
        place = ended.end() if ended else len(text)
        yield text[begun.end() : place]


_MAKERS: dict[str, Callable[[Shape], Iterator[Mark]]] = {
    "json": _of_json,
    "csv": _of_csv,
    "xml": _of_xml,
    "rdf": _of_rdf,
    "html": _of_html,
}
