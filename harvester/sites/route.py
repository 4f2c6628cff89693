"""How a site is read: the addresses first, then the pages that may have changed.

A page that its sitemap says is unchanged since the last reading is not asked for: what was kept of
it stands. Of the others it is asked whether they have (If-Modified-Since). A page that cannot be
read is told, and does not keep the others from being read.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

from harvester.fetch.answers import content_of
from harvester.fetch.errors import FetchError
from harvester.fetch.route import Route, Step, Travelled
from harvester.fetch.values import Answer
from harvester.records import Content, Issue
from harvester.sites.sitemap import Entry, entries
from vocab.messages import say

PAGES = 200
"""Pages of a site that are read, where the source does not say."""

_SITEMAPS = 50
_ENTRIES = 100_000  # addresses of all of them
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_Entries = Generator[Step, Answer | FetchError, list[Entry]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of the last good reading: its pages by address, and when it was."""

    pages: Mapping[str, Content] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One reading of a site.

    ``url`` is the registered address, whose host all pages are on; ``sitemap`` the address of its
    sitemap, "" where the pages are ``listed``; ``only`` are texts of which an address from a
    sitemap must contain one; at most ``most`` pages are read.
    """

    url: str
    sitemap: str = ""
    listed: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    most: int = PAGES

    def route(self, kept: Kept) -> Route:
        """Ask for the pages.

        Raises:
            FetchError: when the sitemap cannot be had, or none of the pages.
            ReadError: when what is called a sitemap is none.
        """
        notices: list[Issue] = []
        found = [Entry(url) for url in self.listed] or (yield from self._mapped(notices))
        here = [each for each in found if _is_same_site(self.url, each.url)]
        if elsewhere := len(found) - len(here):
            notices.append(_elsewhere(self.sitemap or self.url, elsewhere))
        wanted = list({_plain(each.url): each for each in here if self._is_wanted(each)}.items())
        if len(wanted) > self.most:
            wanted.sort(key=_newest_first)
            notices.append(_limit(self.sitemap or self.url, len(wanted), self.most))
        contents: list[Content] = []
        failures: list[FetchError] = []
        for url, entry in wanted[: self.most]:
            content = yield from self._page(url, entry, kept)
            if isinstance(content, Content):
                contents.append(content)
                continue
            failures.append(content)
            notices.append(Issue("page-failed", content.message, "warning", url))
            if url in kept.pages and content.status not in _GONE:
                contents.append(kept.pages[url])
        if failures and not contents:
            raise failures[0]
        return Travelled(tuple(contents), tuple(notices))

    def _is_wanted(self, entry: Entry) -> bool:
        return not self.only or bool(self.listed) or any(part in entry.url for part in self.only)

    def _mapped(self, notices: list[Issue]) -> _Entries:
        """The pages that the sitemap, or those of its index, list; ``notices`` tell what is not."""
        found: list[Entry] = []
        waiting, asked = [self.sitemap], 0
        while waiting and asked < _SITEMAPS and len(found) < _ENTRIES:
            answer = yield Step(waiting.pop(0))
            asked += 1
            if isinstance(answer, FetchError):
                raise answer
            content = content_of(answer)
            listed = entries(content)
            found += [each for each in listed if not each.is_sitemap]
            if asked == 1:  # an index lists sitemaps, and no other index
                waiting = [
                    each.url
                    for each in listed
                    if each.is_sitemap and _is_same_site(self.url, each.url)
                ]
        if waiting:
            notices.append(_unread(self.sitemap, len(waiting)))
        return found

    def _page(
        self, url: str, entry: Entry, kept: Kept
    ) -> Generator[Step, Answer | FetchError, Content | FetchError]:
        before = kept.pages.get(url)
        headers = {}
        if before and kept.at:
            if entry.changed and entry.changed < kept.at:
                return before
            headers["If-Modified-Since"] = format_datetime(kept.at, usegmt=True)
        answer = yield Step(url, headers)
        if isinstance(answer, FetchError):
            return answer
        if before and answer.status == HTTPStatus.NOT_MODIFIED:
            return before
        return replace(content_of(answer), url=url)


def _newest_first(found: tuple[str, Entry]) -> float:
    changed = found[1].changed
    return -changed.timestamp() if changed else 0.0


def _plain(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(fragment=""))


def _is_same_site(first: str, other: str) -> bool:
    """Whether both are addresses of the web on one host, with or without ``www.``."""
    try:
        hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (first, other)]
        scheme = urlsplit(other).scheme
    except ValueError:
        return False
    return scheme in {"http", "https"} and hosts[0] == hosts[1]


def _elsewhere(url: str, count: int) -> Issue:
    message = say(
        "{url} lists {count} addresses on other servers, which were not read — register those "
        "servers as sources of their own",
        url=url,
        count=count,
    )
    return Issue("site-elsewhere", message, "notice")


def _unread(url: str, count: int) -> Issue:
    message = say(
        "{url} names too many sitemaps: {count} were not read, and nothing is taken for gone — "
        "write the address of the one that you want as “sitemap”",
        url=url,
        count=count,
    )
    return Issue("pages-limit", message, "notice")


def _limit(url: str, count: int, most: int) -> Issue:
    message = say(
        "{url} lists {count} pages, of which the {most} that changed last were read, and nothing "
        "is taken for gone — say which you want with “only”, or write a larger “pages”",
        url=url,
        count=count,
        most=most,
    )
    return Issue("pages-limit", message, "notice")
