"""XML files → items: what an XPath selects, as texts by the XPaths that the mapping reads.

A plain path (``/agenda/event``) is followed in a stream, each element forgotten once it is mapped;
any other is evaluated on the whole document, and so is every iterator whose references look
outside of their element. Nothing is fetched and no entity is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from lxml import etree

from mappings.paths import Item, Path
from mappings.source import Source
from mappings.unmet import Unmet

_PLAIN = re.compile(r"(?:/(?:[\w.\-]+:)?(?:[\w.\-]+|\*))+")
_OUTWARD = re.compile(r"\.\.|^/|[(\[|=,\s]/|(?:ancestor|parent|preceding|following)(?:-[\w-]+)?::")
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}


def items(
    stream: IO[bytes], source: Source, references: Iterable[Path], unmet: Unmet
) -> Iterator[Item]:
    """The items that the iterator of ``source`` selects in the document ``stream``.

    Raises:
        XMLSyntaxError: when it is no XML.
        XPathError: when an XPath cannot be evaluated.
    """
    spaces = dict(source.namespaces) or None
    written = {path.written for path in references}
    reads = {text: _xpath(text, source) for text in sorted(written)}
    nulls = frozenset(source.nulls)
    iterator = _from_the_root(source.iterator)
    encoding = source.encoding or None
    if _PLAIN.fullmatch(iterator) and not any(map(_OUTWARD.search, written)):
        nodes = _streamed(stream, _tags(iterator, source), encoding)
    else:
        tree = etree.parse(stream, etree.XMLParser(encoding=encoding, **_SAFE))
        nodes = _selected(tree, iterator, spaces)
    for node in nodes:
        found = ((text, _value(node, read, nulls)) for text, read in reads.items())
        item = {text: value for text, value in found if value is not None}
        unmet.fields(_names(node))
        yield item


def check(xpath: str, source: Source) -> None:
    """Check that ``xpath`` is one, with prefixes that are declared and functions that there are.

    Raises:
        XPathError: when it is not.
    """
    _xpath(xpath, source)(etree.Element("any"))


def _xpath(text: str, source: Source) -> etree.XPath:
    return etree.XPath(text, namespaces=dict(source.namespaces) or None, smart_strings=False)


def _from_the_root(iterator: str) -> str:
    """``iterator`` as seen from the document, which is where a relative one begins too."""
    relative = re.match(r"[\w@*.]", iterator) and not re.match(r"[\w\-:]+\(", iterator)
    return f"/{iterator}" if relative or not iterator else iterator


def _selected(
    tree: etree._ElementTree, iterator: str, spaces: dict[str, str] | None
) -> Iterator[Any]:
    found = tree.xpath(iterator, namespaces=spaces, smart_strings=False)
    for each in found if isinstance(found, list) else [found]:
        yield tree.getroot() if each is tree else each


def _tags(iterator: str, source: Source) -> list[str]:
    """The steps of a plain path, in the notation of lxml."""
    spaces = dict(source.namespaces)
    tags = []
    for step in iterator.split("/")[1:]:
        prefix, _, name = step.rpartition(":")
        tags.append(f"{{{spaces[prefix]}}}{name}" if prefix else name)
    return tags


def _streamed(stream: IO[bytes], tags: list[str], encoding: str | None) -> Iterator[Any]:
    """The elements on the path ``tags``, each with all that is in it, then forgotten."""
    way: list[str] = []
    within = 0
    for event, node in etree.iterparse(stream, events=("start", "end"), encoding=encoding, **_SAFE):
        if event == "start":
            way.append(node.tag)
            within += within > 0 or _matches(way, tags)
            continue
        way.pop()
        if within == 1:
            yield node
        within -= within > 0
        if not within:
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]


def _matches(way: list[str], tags: list[str]) -> bool:
    return len(way) == len(tags) and all(
        tag in ("*", one) for one, tag in zip(way, tags, strict=True)
    )


def _value(node: Any, read: etree.XPath, nulls: frozenset[str]) -> Any:
    """What ``read`` gives for ``node``: a text, a number, a list of texts, or nothing."""
    if not etree.iselement(node):
        found = [node] if read.path in (".", "text()") else []
    else:
        found = read(node)
    if isinstance(found, float) and found.is_integer():
        return int(found)  # XPath 1.0 knows one kind of number, and writes this one without a point
    if isinstance(found, list):
        texts = [text for each in found if (text := _text(each)) not in nulls]
        return texts[0] if len(texts) == 1 else texts or None
    return None if found in nulls else found


def _text(found: Any) -> str:
    return "".join(found.itertext()) if etree.iselement(found) else str(found)


def _names(node: Any) -> Iterator[str]:
    """The names by which the fields of an element are read."""
    if etree.iselement(node):
        yield from (f"@{name}" for name in node.attrib)
        yield from (etree.QName(child).localname for child in node.iterchildren("*"))
