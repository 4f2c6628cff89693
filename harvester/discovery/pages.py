"""A web page → its links and what it says of itself, without building a tree of it.

Tags are found one after the other, each within bounds, whatever stands around them: a page of a
stranger takes no longer than its length, and what a comment or a script hides is seen as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import urljoin, urlsplit

from harvester.discovery.addresses import encoded

_MOST = 1_000_000  # characters of a page
_MOST_LINKS = 3_000
_WORDS = 100  # characters of the text of a link
_AHEAD = 20  # tags among which a link ends
_NAMES = frozenset({"og:site_name", "application-name", "generator", "og:title"})
_TAG = re.compile(
    r"<(/?)(a|area|base|embed|frame|iframe|img|link|meta|title)\b([^<>]{0,4000})>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    r"([a-z][a-z:-]{0,40})\s{0,5}=\s{0,5}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,2000}))",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[^<>]{0,4000}>")
_OF_SCRIPTS = re.compile(r"[\"'<>{}\\^`]|\+\s")
"""What stands in an address that a script puts together, and in no other."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a page points: ``rel`` and ``media`` as written, the ``text`` that one clicks on."""

    url: str
    tag: str
    rel: frozenset[str] = frozenset()
    media: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page: its final address, ``title``, what ``said`` its meta elements, and its links."""

    url: str
    title: str = ""
    said: Mapping[str, str] | None = None
    links: tuple[Link, ...] = ()
    text: str = ""

    def named(self, name: str) -> str:
        """What the meta element ``name`` says, "" when there is none."""
        return (self.said or {}).get(name, "")


@dataclass(slots=True)
class _Tag:
    name: str
    closing: bool
    attributes: dict[str, str]
    start: int
    end: int


def page_of(text: str, url: str) -> WebPage:
    """What the page ``text``, from the address ``url``, holds."""
    text = text[:_MOST]
    tags = list(_tags(text))
    base = next((each.attributes["href"] for each in tags if _is_base(each)), "")
    base = _absolute(base, url) or url
    said: dict[str, str] = {}
    for tag in tags:
        name = (tag.attributes.get("property") or tag.attributes.get("name", "")).lower()
        if tag.name == "meta" and name in _NAMES:
            said.setdefault(name, _one_line(tag.attributes.get("content", "")))
    return WebPage(url, _title(tags, text), said, tuple(_links(tags, text, base)), text)


def _tags(text: str) -> Iterator[_Tag]:
    for found in _TAG.finditer(text):
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(found[3]):
            attributes.setdefault(name.lower(), unescape("".join(values)))
        yield _Tag(found[2].lower(), bool(found[1]), attributes, found.start(), found.end())


def _is_base(tag: _Tag) -> bool:
    return tag.name == "base" and bool(tag.attributes.get("href"))


def _title(tags: list[_Tag], text: str) -> str:
    """What stands between the first title and its end."""
    titles = [each for each in tags if each.name == "title"]
    if len(titles) < 2 or titles[0].closing or not titles[1].closing:  # noqa: PLR2004
        return ""
    return _one_line(unescape(text[titles[0].end : titles[1].start]))[:200]


def _links(tags: list[_Tag], text: str, base: str) -> Iterator[Link]:
    """The links in their order; those that are clicked on with the words up to the next."""
    count = 0
    for place, tag in enumerate(tags):
        link = None if tag.closing else _link(tag, base)
        if link is None:
            continue
        if tag.name == "a":
            link = replace(link, text=_words(tags[place : place + _AHEAD], text) or link.text)
        yield link
        count += 1
        if count >= _MOST_LINKS:
            return


def _link(tag: _Tag, base: str) -> Link | None:
    given = tag.attributes
    if tag.name in {"iframe", "embed", "frame"}:
        href = given.get("src") or given.get("data-src", "")
    elif tag.name in {"a", "area", "link"}:
        href = given.get("href", "")
    else:
        return None
    if not (url := _absolute(href, base)):
        return None
    return Link(
        url,
        tag.name,
        frozenset(given.get("rel", "").lower().split()),
        given.get("type", "").partition(";")[0].strip().lower(),
        _one_line(given.get("title") or given.get("aria-label", ""))[:_WORDS],
    )


def _words(tags: list[_Tag], text: str) -> str:
    """The text of the link that begins ``tags``, the names of its images among it."""
    end = next((each.start for each in tags[1:] if each.name == "a"), tags[0].end + 4 * _WORDS)
    inside = text[tags[0].end : min(end, tags[0].end + 2_000)]
    images = (each for each in tags[1:] if each.name == "img" and each.start < end)
    names = " ".join(each.attributes.get("alt", "") for each in images)
    return _one_line(f"{unescape(_ANY_TAG.sub(' ', inside))} {names}")[:_WORDS]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _absolute(href: str, base: str) -> str:
    """An address of the web; a calendar's ``webcal:`` is http in another name."""
    if _OF_SCRIPTS.search(href):
        return ""
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        here = urlsplit(base)
    except ValueError:
        return ""
    if not parts.netloc.isprintable():
        return ""
    if parts.scheme in {"webcal", "webcals"}:
        scheme = here.scheme if here.netloc == parts.netloc else "https"
        return encoded(f"{scheme}:{url.partition(':')[2]}")
    return encoded(url) if parts.scheme in {"http", "https"} and parts.netloc else ""
