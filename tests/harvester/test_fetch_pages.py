"""Sources of several pages: one deadline, one size limit, one hash for all of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from harvester.fetch import Client, Fetched, FetchError, Limits, Validators
from harvester.fetch.values import hash_of
from mappings import Paging
from tests.answering import Handler, Server, serving

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
NEXT = (Paging(next="$.next"),)
SKIP = (Paging(offset="offset", limit="limit", size=2, total="$.total"),)


@dataclass
class Listing:
    """A list in pages; ``links`` puts the next one in a header, else in the answer."""

    pages: list[str]
    links: bool = False
    pause: float = 0.0
    tag: str = ""
    statuses: dict[int, int] = field(default_factory=dict)

    def __call__(self, it: Handler) -> None:
        if it.path == "/robots.txt":
            it.answer(404, b"")
            return
        time.sleep(self.pause)
        number = int(it.path.partition("page=")[2] or 1)
        to = f"/list?page={number + 1}" if number < len(self.pages) else ""
        body = f'{{"entries": ["{self.pages[number - 1]}"]'
        headers = {"Content-Type": "application/json", **({"ETag": self.tag} if self.tag else {})}
        if to and self.links:
            headers["Link"] = f'<{to}>; rel="next"'
        elif to:
            body += f', "next": "{to}"'
        if self.tag and it.headers["If-None-Match"] == self.tag and len(self.pages) == 1:
            it.answer(304, b"")
        else:
            it.answer(self.statuses.get(number, 200), f"{body}}}".encode(), **headers)


@pytest.fixture
def client() -> Iterator[Client]:
    with Client("EnBauges/test", Limits(read=5, total=5), clock=lambda: NOW) as made:
        yield made


def fetch(
    client: Client,
    server: Server,
    paging: tuple[Paging, ...] = NEXT,
    pages: int = 20,
    validators: Validators | None = None,
) -> Fetched:
    url = server.url.replace("agenda.ics", "list")
    return client.fetch(url, validators=validators, allow_private=True, paging=paging, pages=pages)


def entries(got: Fetched) -> list[str]:
    assert got.contents is not None
    return [page.body.decode().split('"')[3] for page in got.contents]


def asked(server: Server) -> list[str]:
    return [path for _port, path, _headers in server.seen if path != "/robots.txt"]


def test_a_list_is_read_to_its_end_one_content_a_page(client: Client) -> None:
    with serving(Listing(["a", "b", "c"])) as server:
        got = fetch(client, server)
    assert entries(got) == ["a", "b", "c"]
    assert got.contents is not None
    assert [page.url[-6:] for page in got.contents[1:]] == ["page=2", "page=3"]
    assert {page.media_type for page in got.contents} == {"application/json"}
    assert (got.is_whole, got.notices) == (True, ())
    assert got.url.endswith("/list")


def test_a_link_header_is_followed_without_a_word_of_the_platform(client: Client) -> None:
    with serving(Listing(["a", "b"], links=True)) as server:
        assert entries(fetch(client, server, ())) == ["a", "b"]
        assert entries(fetch(client, server, (), pages=1)) == ["a"]


def test_entries_are_skipped_page_by_page(client: Client) -> None:
    def reply(it: Handler) -> None:
        it.answer(200, b'{"total": 5, "at": "%s"}' % it.path.encode())

    with serving(reply) as server:
        fetch(client, server, SKIP)
    paths = ["/list", "/list?offset=2", "/list?offset=4"]
    assert asked(server) == paths


def test_reading_stops_at_the_page_limit_and_says_so(client: Client) -> None:
    with serving(Listing(list("abcdef"))) as server:
        got = fetch(client, server, pages=3)
    assert entries(got) == ["a", "b", "c"]
    assert [notice.code for notice in got.notices] == ["pages-limit"]
    assert not got.is_whole


def test_a_page_of_its_own_is_asked_for_like_a_subscription(client: Client) -> None:
    """Rules of robots.txt and the turn at the host hold for each page."""

    def reply(it: Handler) -> None:
        if it.path == "/robots.txt":
            it.answer(200, b"User-agent: EnBauges\nDisallow: /*page=2\n")
        else:
            Listing(["a", "b"])(it)

    with serving(reply) as server, pytest.raises(FetchError) as caught:
        fetch(client, server)
    assert caught.value.code == "robots"
    assert asked(server) == ["/list"]


def test_a_source_is_unchanged_when_all_its_pages_are(client: Client) -> None:
    listing = Listing(["a", "b"])
    with serving(listing) as server:
        first = fetch(client, server)
        assert fetch(client, server, validators=first.validators).unchanged
        listing.pages[1] = "B"
        second = fetch(client, server, validators=first.validators)
        assert entries(second) == ["a", "B"]
        listing.pages.append("c")
        assert entries(fetch(client, server, validators=second.validators)) == ["a", "B", "c"]


def test_the_first_page_alone_never_says_that_a_list_is_unchanged(client: Client) -> None:
    """Its ETag is the same while the second page changes; so it is not sent back."""
    listing = Listing(["a", "b"], tag='"same"')
    with serving(listing) as server:
        first = fetch(client, server)
        assert not first.validators.conditional
        listing.pages[1] = "B"
        assert entries(fetch(client, server, validators=first.validators)) == ["a", "B"]
    assert not any("If-None-Match" in headers for _port, _path, headers in server.seen)


def test_a_list_that_is_one_page_may_be_unchanged_by_its_validator(client: Client) -> None:
    with serving(Listing(["a"], tag='"one"')) as server:
        first = fetch(client, server)
        got = fetch(client, server, validators=first.validators)
    assert (got.status, got.unchanged) == (304, True)


def test_where_pages_are_counted_one_page_does_not_say_that_it_is_the_only_one(
    client: Client,
) -> None:
    with serving(lambda it: it.answer(200, b'{"total": 1}', ETag='"a"')) as server:
        assert not fetch(client, server, SKIP).validators.conditional


def test_the_hash_of_a_source_tells_its_pages_apart() -> None:
    assert hash_of([b"ab"]) == hashlib.sha256(b"ab").hexdigest()
    assert len({hash_of(each) for each in ([b"ab"], [b"a", b"b"], [b"", b"ab"], [b"b", b"a"])}) == 4


def test_a_page_that_fails_fails_the_source(client: Client) -> None:
    with (
        serving(Listing(["a", "b"], statuses={2: 500})) as server,
        pytest.raises(FetchError) as caught,
    ):
        fetch(client, server)
    assert caught.value.code == "http-500"


def test_a_page_that_is_gone_is_not_the_source(client: Client) -> None:
    with (
        serving(Listing(["a", "b"], statuses={2: 410})) as server,
        pytest.raises(FetchError) as caught,
    ):
        fetch(client, server)
    assert (caught.value.status, caught.value.gone) == (410, False)


def test_the_size_limit_holds_for_all_pages_together() -> None:
    limits = Limits(max_bytes=10_000)
    with (
        Client("EnBauges/test", limits) as client,
        serving(Listing(["x" * 4_000, "y" * 4_000, "z" * 4_000])) as server,
        pytest.raises(FetchError) as caught,
    ):
        fetch(client, server)
    assert caught.value.code == "too-large"
    assert "10000" in str(caught.value)


def test_the_deadline_holds_for_all_pages_together() -> None:
    began = time.monotonic()
    with (
        Client("EnBauges/test", Limits(total=0.5)) as client,
        serving(Listing(list("abcdefghij"), pause=0.1)) as server,
        pytest.raises(FetchError) as caught,
    ):
        fetch(client, server)
    assert caught.value.code == "timeout"
    assert time.monotonic() - began < 1.5


def test_a_page_may_not_be_on_another_server(client: Client) -> None:
    with serving(Handler.answer) as other:

        def reply(it: Handler) -> None:
            to = other.url.replace("127.0.0.1", "localhost")
            it.answer(200, b'{"next": "%s"}' % to.encode())

        with serving(reply) as server:
            got = fetch(client, server)
        assert other.seen == []
    assert [notice.code for notice in got.notices] == ["pages-elsewhere"]


def test_a_page_on_another_port_is_behind_the_guard(client: Client) -> None:
    """The host is the same; what may be private is the registered port alone."""
    with serving(Handler.answer) as other:
        with (
            serving(lambda it: it.answer(200, b'{"next": "%s"}' % other.url.encode())) as server,
            pytest.raises(FetchError) as caught,
        ):
            fetch(client, server)
        assert other.seen == []
    assert caught.value.code == "forbidden-address"


def test_a_page_whose_next_one_is_not_read_leaves_nothing_to_ask_with(client: Client) -> None:
    """A 304 would be taken for an answer that is whole."""

    def turning(it: Handler) -> None:
        found = it.path != "/robots.txt"
        it.answer(200 if found else 404, b'{"entries": ["a"], "next": "/list"}', ETag='"1"')

    with serving(turning) as server:
        got = fetch(client, server)
    assert not got.is_whole
    assert not got.validators.conditional
