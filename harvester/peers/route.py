"""How a peer is read: its things page by page, and what is said of those of each page.

A peer may cut any answer short without a word; 10,000 rows is the limit of many. A page of things
that is cut does no harm, as the next one begins where it ends; the last page is the empty one.
Statements are counted by the peer before they are asked for: a page that would be long is halved,
and whether one came whole is seen by whoever reads it (``proof``).
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field

from harvester.fetch.answers import media_type
from harvester.fetch.errors import FetchError
from harvester.fetch.route import Route, Step, Travelled
from harvester.fetch.values import Answer
from harvester.peers.exchange import Exchange
from harvester.peers.proof import sealed
from harvester.peers.selection import Selection
from harvester.records import Content, Issue
from vocab.messages import say

AT_ONCE = 5_000
"""Statements that are asked for at once, unless one thing alone has more."""

PAGE = 200
"""Things of a page, where a source does not say."""

PAGES = 500
"""Pages of a peer, where a source does not say."""

_COUNT = re.compile(r"[0-9]{1,18}")
_Ask = Generator[Step, Answer | FetchError, list[str]]


@dataclass
class Peer:
    """One reading of a peer: ``size`` things a page, at most ``most`` pages."""

    endpoint: str
    selection: Selection
    size: int = PAGE
    most: int = PAGES
    _exchange: Exchange = field(init=False)
    _contents: list[Content] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._exchange = Exchange(self.endpoint)

    def route(self) -> Route:
        """Ask for everything, from the first thing on.

        Raises:
            FetchError: when the peer does not answer, or with something else.
        """
        expected = yield from self._count(self.selection.count())
        seen: set[str] = set()
        after, pages = "", 0
        while page := (yield from self._listed(after)):
            if not seen.isdisjoint(page):
                return self._ended(_circle(self.endpoint))
            if pages >= self.most:
                return self._ended(_more(self.endpoint, expected, len(seen)))
            seen.update(page)
            yield from self._read(after, page)
            after, pages = page[-1], pages + 1
        if expected != len(seen):
            return self._ended(_changed(self.endpoint, expected, len(seen)))
        return self._ended()

    def _listed(self, after: str) -> _Ask:
        query = self.selection.things(after, self.size)
        found = yield from self._exchange.value(query, self.selection.thing)
        return list(dict.fromkeys(found))

    def _count(self, query: str) -> Generator[Step, Answer | FetchError, int]:
        found = yield from self._exchange.value(query, "count")
        return int(found[0]) if found and _COUNT.fullmatch(found[0]) else -1

    def _read(self, after: str, things: list[str]) -> Generator[Step, Answer | FetchError, None]:
        """What is said of ``things``, which follow ``after``: at once, or half by half."""
        waiting = [(after, things)]
        while waiting:
            after, things = waiting.pop()
            count = yield from self._count(self.selection.counted(after, things[-1]))
            if count > AT_ONCE and len(things) > 1:
                half = len(things) // 2
                waiting += [(things[half - 1], things[half:]), (after, things[:half])]
                continue
            answer = yield from self._exchange.graph(self.selection.statements(after, things[-1]))
            given, charset = media_type(answer.headers)
            body = sealed(answer.body, count, things)
            kind = "text/turtle" if given == "text/n3" else given
            self._contents.append(Content(body, kind, charset, self.endpoint))

    def _ended(self, *notices: Issue) -> Travelled:
        if not self._contents:  # a peer that has nothing says so
            self._contents.append(Content(sealed(b"", 0, ()), "application/n-triples"))
        return Travelled(tuple(self._contents), notices)


def _circle(url: str) -> Issue:
    message = say(
        "{url} gives things again that it gave before, as its order is not that of its own "
        "comparisons: the rest was not read, and nothing is taken for gone — tell its publisher, "
        "or register a dump of it as kind rdf",
        url=url,
    )
    return Issue("pages-loop", message, "notice")


def _more(url: str, expected: int, read: int) -> Issue:
    message = say(
        "{url} has {expected} things, of which {read} were read, and nothing is taken for gone — "
        "write a larger “pages” or “page_size” in this source, or ask for less with “classes” or "
        "“query”",
        url=url,
        expected=expected,
        read=read,
    )
    return Issue("pages-limit", message, "notice")


def _changed(url: str, expected: int, read: int) -> Issue:
    message = say(
        "{url} counts {expected} things and gave {read}: it changed meanwhile, or cuts its "
        "answers; what it did not give is not taken for gone",
        url=url,
        expected=expected,
        read=read,
    )
    return Issue("peer-changed", message, "notice")
