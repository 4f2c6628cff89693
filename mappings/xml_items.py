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
from mappings.plan import Source
from mappings.unmet import Unmet

_PLAIN = re.compile(r"(?:/(?:[\w.\-]+:)?(?:[\w.\-]+|\*))+")
_OUTWARD = re.compile(r"\.\.|^/|[(\[|=,\s]/|(?:ancestor|parent|preceding|following)(?:-[\w-]+)?::")
_NOTHING: tuple[object, ...] = (None, "", [])
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
    reads = {
        text: etree.XPath(text, namespaces=spaces, smart_strings=False) for text in sorted(written)
    }
    iterator = source.iterator or "/"
    if _PLAIN.fullmatch(iterator) and not any(map(_OUTWARD.search, written)):
        nodes = _streamed(stream, _tags(iterator, source))
    else:
        tree = etree.parse(stream, etree.XMLParser(**_SAFE))
        nodes = _selected(tree, iterator, spaces)
    for node in nodes:
        found = ((text, _value(node, read)) for text, read in reads.items())
        item = {text: value for text, value in found if value not in _NOTHING}
        unmet.fields(_names(node))
        yield item


def compiled(xpath: str, source: Source) -> None:
    """Check that ``xpath`` is one.

    Raises:
        XPathSyntaxError: when it is not.
    """
    etree.XPath(xpath, namespaces=dict(source.namespaces) or None)


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


def _streamed(stream: IO[bytes], tags: list[str]) -> Iterator[Any]:
    """The elements on the path ``tags``, each with all that is in it, then forgotten."""
    way: list[str] = []
    within = 0
    for event, node in etree.iterparse(stream, events=("start", "end"), **_SAFE):
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


def _value(node: Any, read: etree.XPath) -> Any:
    """What ``read`` gives for ``node``: a text, a number, a list of texts, or nothing."""
    if not etree.iselement(node):
        return str(node) if read.path in (".", "text()") else None
    found = read(node)
    if not isinstance(found, list):
        return found
    texts = [text for each in found if (text := _text(each))]
    return texts[0] if len(texts) == 1 else texts


def _text(found: Any) -> str:
    return "".join(found.itertext()) if etree.iselement(found) else str(found)


def _names(node: Any) -> Iterator[str]:
    """The names by which the fields of an element are read."""
    if etree.iselement(node):
        yield from (f"@{name}" for name in node.attrib)
        yield from (etree.QName(child).localname for child in node.iterchildren("*"))
