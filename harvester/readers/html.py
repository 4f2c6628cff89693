"""Web pages → what they say in data: schema.org in JSON-LD, microdata and RDFa.

extruct is imported where a page is read, and nowhere else: it takes 0.2 s and 43 MB.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from harvester.readers import nodes
from harvester.readers.text import decode, is_html, refusal
from harvester.records import Content, Issue, ReadError, ReadOptions, Record
from vocab.messages import say

_LARGEST = 5_000_000  # characters of one page
_DEEPEST = 32


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The events, places, organisations and articles that a page describes in data.

    Of two syntaxes that say the same of one thing, the first counts: JSON-LD, microdata, RDFa.

    Raises:
        ReadError: when the body is no page, or one that cannot be taken apart.
    """
    if not content.body.strip() or not is_html(content.body[:20_000]):
        if any(mark in content.body[:2_000] for mark in (b"<urlset", b"<sitemapindex")):
            raise ReadError(
                say(
                    "the address is that of a sitemap — write the site’s own address as “url”, and "
                    "this one as “sitemap”"
                )
            )
        raise refusal(content, "HTML")
    text, notice = decode(content.body, content.charset, forced=options.encoding)
    if len(text) > _LARGEST:
        raise ReadError(
            say("the page holds more than {count} characters — it is not read", count=_LARGEST)
        )
    if notice:
        yield notice
    found = _extracted(text, content.url)
    yield from nodes.records(_nodes(found), "node", content.url)


def _extracted(text: str, url: str) -> dict[str, list[Any]]:
    import extruct  # noqa: PLC0415  # see above

    logging.getLogger("extruct").setLevel(logging.CRITICAL)
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    found: dict[str, list[Any]] = {}
    for syntax in ("json-ld", "microdata", "rdfa"):
        try:
            told = extruct.extract(
                text, base_url=url or None, syntaxes=[syntax], errors="ignore", uniform=False
            )
        except Exception:  # one syntax that is broken does not hide the others
            logging.getLogger(__name__).debug("%s of %s", syntax, url, exc_info=True)
            continue
        found[syntax] = told.get(syntax) or []
    return found


def _nodes(found: dict[str, list[Any]]) -> Iterator[nodes.Node]:
    told: set[tuple[str, str]] = set()
    for syntax, items in found.items():
        plain = [_plain(item, syntax, _DEEPEST) for item in items]
        named = dict(_named(plain))
        for each in nodes.every(plain):
            node = {
                name: value if name.startswith("@") else _led_to(value, named)
                for name, value in each.items()
            }
            mark = (str(node.get("name")), str(node.get("startDate")))
            if mark not in told:
                told.add(mark)
                yield node


def _named(value: Any) -> Iterator[tuple[str, nodes.Node]]:
    """Every node that has an id and more."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each)
    elif isinstance(value, dict):
        if isinstance(own := value.get("@id"), str):
            yield own, value
        for each in value.values():
            yield from _named(each)


def _led_to(value: Any, named: dict[str, nodes.Node]) -> Any:
    """The node that ``value`` names, without those that it contains itself."""
    if not isinstance(value, str) or value not in named:
        return value
    return {
        name: each
        for name, each in named[value].items()
        if not isinstance(each, dict | list) or name == "@type"
    }


def _plain(value: Any, syntax: str, depth: int) -> Any:
    """What an extractor gives as a node, a list or a text."""
    if isinstance(value, list):
        return [_plain(each, syntax, depth) for each in value]
    if not isinstance(value, dict):
        return value
    if not depth:
        return None
    if "@value" in value:
        return value["@value"]
    return _microdata(value, depth) if syntax == "microdata" else _linked(value, syntax, depth)


def _linked(value: dict[str, Any], syntax: str, depth: int) -> Any:
    node: nodes.Node = {}
    for name, inner in value.items():
        if name == "@context":
            continue
        told = _plain(inner, syntax, depth - 1)
        if name == "@type":
            listed = told if isinstance(told, list) else [told]
            node["@type"] = [nodes.local(str(each)) for each in listed]
        elif name.startswith("@"):
            node[name] = told
        else:
            single = told[0] if isinstance(told, list) and len(told) == 1 else told
            node[nodes.local(name)] = single
    return node["@id"] if set(node) == {"@id"} else node


def _microdata(value: dict[str, Any], depth: int) -> Any:
    types = value.get("type", [])
    node: nodes.Node = {
        "@type": [nodes.local(each) for each in (types if isinstance(types, list) else [types])]
    }
    if isinstance(value.get("id"), str):
        node["@id"] = value["id"]
    properties = value.get("properties")
    for name, inner in (properties if isinstance(properties, dict) else {}).items():
        node[nodes.local(name)] = _plain(inner, "microdata", depth - 1)
    return node
