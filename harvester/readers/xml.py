"""XML of any vocabulary → one Record per element that repeats.

An element is an object of its attributes and its children, by their names without namespace;
one that holds text only is that text. A document type declaration is refused before the
parser sees the body: entities are how a small file becomes an immense one.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from harvester.readers.text import apart, broken, hash_key, is_html, native_key, refusal
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from vocab.messages import say

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DEEPEST = 32
_STEPS = re.compile(r"/?(?:[\w.-]+/)*[\w.-]+")


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The elements at ``options.iterator`` (``catalogue/lieux/lieu``).

    Without one: the first elements that stand several times beside each other, else those in
    the root.

    Raises:
        ReadError: when the body is no XML, declares a document type, or the iterator leads
            nowhere; and while iterating, when it is cut short.
    """
    body = content.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body[:1] != b"<" or is_html(body):
        raise refusal(content, "XML")
    if _DOCTYPE.search(body):
        raise ReadError(
            say("the XML declares a document type — such a file is not read; ask for another form")
        )
    path = _path(options.iterator) if options.iterator else _guess(body)
    seen: dict[str, int] = {}
    number = 0
    for number, data in enumerate(_elements(body, path), 1):
        key = native_key(data, options.key) or native_key(data) or hash_key(repr(data))
        key = apart(key, seen, number, repr(data)) if key in seen else key
        seen[key] = number
        yield Record((key,), data, f"element {number}")
    if not number and options.iterator:
        raise ReadError(
            say(
                "the iterator {iterator} selects nothing — write the path of the elements, as"
                " root/list/item",
                iterator=options.iterator,
            )
        )


def _path(iterator: str) -> tuple[str, ...]:
    if not _STEPS.fullmatch(iterator.strip()):
        raise ReadError(
            say(
                "the iterator {iterator} is not supported — write names of elements, as"
                " root/list/item",
                iterator=iterator,
            )
        )
    return tuple(iterator.strip().strip("/").split("/"))


def _guess(body: bytes) -> tuple[str, ...]:
    """The path of the first elements that repeat, the outermost ones."""
    counts: Counter[tuple[str, ...]] = Counter()
    way: list[str] = []
    for event, element in _events(body):
        if event == "start":
            way.append(_name(element))
            counts[tuple(way)] += 1
        else:
            way.pop()
            element.clear()
    several = [path for path, count in counts.items() if count > 1]
    if several:
        return min(several, key=len)
    return next((path for path in counts if len(path) == 2), next(iter(counts)))  # noqa: PLR2004


def _elements(body: bytes, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    way: list[str] = []
    inside = 0
    for event, element in _events(body):
        if event == "start":
            way.append(_name(element))
            inside += tuple(way[-len(path) :]) == path
            continue
        if tuple(way[-len(path) :]) == path:
            inside -= 1
            data = _plain(element, _DEEPEST)
            yield data if isinstance(data, dict) else {"text": data}
        way.pop()
        if not inside:
            element.clear()


def _events(body: bytes) -> Iterator[tuple[str, Any]]:
    parser = etree.iterparse(
        io.BytesIO(body),
        events=("start", "end"),
        no_network=True,
        resolve_entities=False,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for event, element in parser:
            if isinstance(element.tag, str):
                yield event, element
    except etree.XMLSyntaxError as error:
        raise broken("XML", error) from error


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _plain(element: Any, depth: int) -> Any:
    """An element as an object, as the text that it holds, or "" where it holds nothing."""
    data: dict[str, Any] = {
        str(etree.QName(name).localname): value for name, value in element.attrib.items()
    }
    for child in element:
        if not isinstance(child.tag, str) or not depth:
            continue
        value = _plain(child, depth - 1)
        name = _name(child)
        if name in data:
            data[name] = [*(data[name] if isinstance(data[name], list) else [data[name]]), value]
        elif value != "":
            data[name] = value
    text = (element.text or "").strip()
    if not data:
        return text
    return {**data, "text": text} if text else data
