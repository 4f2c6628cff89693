"""Asking a source: fetch and read, with neither store nor state, so that any thread may.

What came of it is a value; the thread that holds the store makes of it what it will.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from harvester.digest import Digest
from harvester.fetch import Client, Fetched, FetchError, Obedience, Validators
from harvester.fetch.pages import PAGES
from harvester.fetch.route import Route
from harvester.joining import Other
from harvester.parcel import Task
from harvester.peers import route as peers
from harvester.records import Content, HarvestError, ReadOptions
from harvester.sites import route as sites
from harvester.sources import Source
from mappings import Paging
from store.captures import Capture, Captures, Page
from vocab.messages import say


@dataclass(frozen=True, slots=True)
class Errand:
    """What to ask of one source.

    ``address`` is where to ask (a sample's is not the registered one); ``validators`` are
    those of the last good answer, None to be given the content in any case; ``paging`` are the
    ways in which a long answer may go on, ``robots`` which rules of robots.txt bind;
    ``fingerprint`` tells what besides the bytes decides what is made of them. With ``again``,
    what is kept of that answer (``kept`` is the hash of its content) is read again when
    nothing new comes, because the way of reading it has changed; ``read_at`` is when it came.
    ``shown`` of its records are to be seen as they were read, None for none; ``others`` are the
    sources that its mapping joins with this one.
    """

    source: Source
    address: str
    base: str
    options: ReadOptions
    fingerprint: str = ""
    validators: Validators | None = None
    paging: tuple[Paging, ...] = ()
    robots: Obedience = "named"
    again: bool = False
    kept: str = ""
    read_at: datetime | None = None
    shown: int | None = None
    others: tuple[Other, ...] = ()


Ask = Callable[[Errand], Fetched]
"""Gets what an errand is after: from its server, or from what is kept of its answers.

Raises:
    FetchError: when there is no answer.
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of an errand.

    ``fetched`` is the answer, ``unreachable`` why there is none; ``digest`` what was read,
    from ``contents`` when the answer brought them, else from what was kept; ``error`` why it
    could not be read. ``seconds`` is how long it took.
    """

    source: Source
    fetched: Fetched | None = None
    unreachable: FetchError | None = None
    contents: tuple[Content, ...] = ()
    digest: Digest | None = None
    error: Exception | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """Runs errands; ``digest`` reads and maps, in a child process or here."""

    ask: Ask
    captures: Captures
    digest: Callable[[Task], Digest]

    def visit(self, errand: Errand) -> Visit:
        """Fetch and read; whatever goes wrong is in the value."""
        started = time.perf_counter()
        fetched: Fetched | None = None
        unreachable: FetchError | None = None
        new: tuple[Content, ...] = ()
        digest: Digest | None = None
        failure: Exception | None = None
        try:
            fetched = self.ask(errand)
        except FetchError as error:
            unreachable = error
        except Exception as error:  # noqa: BLE001  # told with its source by whoever concludes
            failure = error
        try:
            new = (fetched and fetched.contents) or ()
            if not failure and (contents := new or self._kept(errand)):
                digest = self.digest(_task(errand, contents))
        except Exception as error:  # noqa: BLE001
            failure = error
        took = time.perf_counter() - started
        return Visit(errand.source, fetched, unreachable, new, digest, failure, took)

    def _kept(self, errand: Errand) -> tuple[Content, ...]:
        """The last good answer, when it is to be read again."""
        return _last(errand, self.captures) if errand.again else ()


def asking(client: Client, captures: Captures) -> Ask:
    """Ask servers; of a site, only for the pages that changed since its last kept answer."""

    def ask(errand: Errand) -> Fetched:
        source = errand.source
        if route := _route(errand, captures):
            return client.travel(
                errand.address,
                route,
                validators=errand.validators,
                allow_private=source.allow_private,
                robots=errand.robots,
            )
        return client.fetch(
            errand.address,
            validators=errand.validators,
            allow_private=source.allow_private or errand.address != source.url,
            robots=errand.robots,
            paging=errand.paging,
            pages=source.most_pages or PAGES,
        )

    return ask


def again(captures: Captures) -> Ask:
    """Ask nobody: take what each source said last, as it is kept.

    Raises:
        HarvestError: when it is not kept.
    """

    def ask(errand: Errand) -> Fetched:
        capture = captures.get(errand.source.id, errand.kept)
        if capture is None:
            raise HarvestError(
                say(
                    "its last answer is not kept, so there is nothing to read again — fetch it "
                    "first: enbauges harvest {source}",
                    source=errand.source.id,
                )
            )
        seen = Validators(content_hash=capture.content_hash)
        contents = contents_of(capture)
        return Fetched(contents[0].url, capture.at, HTTPStatus.OK, contents, seen)

    return ask


def _route(errand: Errand, captures: Captures) -> Route | None:
    """How a source is read that wants several requests; None for one that wants one."""
    source = errand.source
    if source.kind == "sparql":
        size, most = source.page_size or peers.PAGE, source.most_pages or peers.PAGES
        return peers.Peer(errand.address, source.selection, size, most).route()
    if source.sitemap or source.listed:
        most = source.most_pages or max(sites.PAGES, len(source.listed))
        site = sites.Site(source.url, source.sitemap, source.listed, source.only, most)
        last = () if errand.validators is None else _last(errand, captures)
        return site.route(sites.Kept({each.url: each for each in last}, errand.read_at))
    return None


def _last(errand: Errand, captures: Captures) -> tuple[Content, ...]:
    """The last good answer, if it is kept."""
    capture = captures.get(errand.source.id, errand.kept)
    return contents_of(capture) if capture else ()


def capture_of(fetched: Fetched, contents: tuple[Content, ...]) -> Capture:
    """What came, as it is kept."""
    pages = tuple(Page(each.body, each.media_type, each.charset, each.url) for each in contents)
    return Capture(fetched.at, fetched.validators.content_hash, pages)


def contents_of(capture: Capture) -> tuple[Content, ...]:
    """What is kept, as it came."""
    return tuple(
        Content(page.body, page.media_type, page.charset, page.url) for page in capture.pages
    )


def _task(errand: Errand, contents: tuple[Content, ...]) -> Task:
    return Task(
        errand.source, errand.base, errand.options, contents, errand.shown, others=errand.others
    )
