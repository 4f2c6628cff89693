"""A web page → its links and what it says of itself, without building a tree of it.

Python's own parser reads it: it does no more than go through the text, whatever stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_MOST = 1_000_000  # characters of a page
_MOST_LINKS = 3_000
_NAMES = frozenset({"og:site_name", "application-name", "generator", "og:title"})


@dataclass(frozen=True, slots=True)
class Link:
    """Where a page points: ``rel`` and ``media`` as written, the ``text`` that one clicks on."""

    url: str
    tag: str
    rel: frozenset[str] = frozenset()
    media: str = ""
    text: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page: its final address, ``title``, what ``said`` its meta elements, and its links."""

    url: str
    title: str
    said: dict[str, str]
    links: tuple[Link, ...]
    text: str


class _Parser(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.links: list[Link] = []
        self.said: dict[str, str] = {}
        self.titles: list[str] = []
        self._anchor: Link | None = None
        self._words: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and given.get("href"):
            self.base = self._absolute(given["href"]) or self.base
        elif tag == "title":
            self._in_title = not self.titles
        elif tag == "meta":
            name = (given.get("property") or given.get("name") or "").lower()
            if name in _NAMES:
                self.said.setdefault(name, " ".join(given.get("content", "").split()))
        elif tag in {"a", "link", "area"}:
            self._link(tag, given, given.get("href", ""))
        elif tag in {"iframe", "embed", "frame"}:
            self._link(tag, given, given.get("src") or given.get("data-src") or "")
        elif tag == "img" and self._anchor:
            self._words.append(given.get("alt", ""))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.titles.append(data)
        elif self._anchor:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag == "a":
            self.flush()

    def flush(self) -> None:
        """Keep the link that is open, with the words that were read since."""
        if self._anchor:
            link, words = self._anchor, " ".join(" ".join(self._words).split())
            text = words[:100] or link.text
            self.links.append(Link(link.url, link.tag, link.rel, link.media, text, link.language))
        self._anchor, self._words = None, []

    def _link(self, tag: str, given: dict[str, str], href: str) -> None:
        url = self._absolute(href)
        if not url or len(self.links) >= _MOST_LINKS:
            return
        link = Link(
            url,
            tag,
            frozenset(given.get("rel", "").lower().split()),
            given.get("type", "").partition(";")[0].strip().lower(),
            " ".join((given.get("title") or given.get("aria-label") or "").split())[:100],
            given.get("hreflang", ""),
        )
        if tag == "a":
            self.flush()
            self._anchor = link
        else:
            self.links.append(link)

    def _absolute(self, href: str) -> str:
        try:
            url = urljoin(self.base, href.strip())
            parts = urlsplit(url)
        except ValueError:
            return ""
        if parts.scheme in {"webcal", "webcals"}:  # as http in the beginning; https where it may be
            here = urlsplit(self.base)
            scheme = here.scheme if here.netloc == parts.netloc else "https"
            return f"{scheme}:{url.partition(':')[2]}"
        return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def page_of(text: str, url: str) -> WebPage:
    """What the page ``text``, from the address ``url``, holds."""
    text = text[:_MOST]
    parser = _Parser(url)
    parser.feed(text)
    parser.close()
    parser.flush()
    title = " ".join("".join(parser.titles).split())
    return WebPage(url, title[:200], parser.said, tuple(parser.links), text)
