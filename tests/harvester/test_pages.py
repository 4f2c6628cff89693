"""Where a source goes on, told from the pages read so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.fetch.pages import BY_LINKS, next_page
from harvester.records import Issue
from mappings import Paging

URL = "https://site.example/api/events?lang=fr"


@dataclass(frozen=True)
class Page:
    url: str = URL
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


def after(page: Page, *paging: Paging) -> str | Issue | None:
    return next_page([page], paging, 20)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<https://site.example/p/2>; rel="next"', "https://site.example/p/2"),
        ("</p/2>; rel=next", "https://site.example/p/2"),
        ('<?page=2>; rel="next"', "https://site.example/api/events?page=2"),
        ('<a>; rel="prev", <b>; title="x, y; z"; REL="last next"', "https://site.example/api/b"),
        ('<a>; rel="https://api.w.org/"', None),
        ('<a>; title="rel=next"', None),
        ("<a>", None),
        ("rel=next", None),
        ('<a;b,c>; rel="next"', "https://site.example/api/a;b,c"),
    ],
)
def test_a_link_header_is_followed_whatever_the_platform(link: str, expected: str | None) -> None:
    assert after(Page(headers={"Link": link})) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            b'{"next": "https://site.example/events?page=2"}',
            "https://site.example/events?page=2",
        ),
        (b'{"next": "?page=2"}', "https://site.example/api/events?page=2"),
        (b'{"next": null}', None),
        (b'{"next": ""}', None),
        (b'{"next": false}', None),
        (b'{"next": ["https://site.example/2"]}', None),
        (b'{"other": {"next": "?page=9"}}', None),
        (b'{"next": "?pa', None),
        (b"\xff\xfe{", None),
        (b"", None),
    ],
)
def test_an_answer_names_its_next_page(body: bytes, expected: str | None) -> None:
    assert after(Page(body=body), Paging(next="$.next")) == expected


def test_a_path_leads_into_an_object() -> None:
    body = b'{"links": {"next": {"href": "/api/events?page=2"}}}'
    found = after(Page(body=body), Paging(next="$.links.next.href"))
    assert found == "https://site.example/api/events?page=2"


@pytest.mark.parametrize(
    ("url", "pages", "expected"),
    [
        (URL, "3", f"{URL}&page=2"),
        (f"{URL}&page=2", "3", f"{URL}&page=3"),
        (f"{URL}&page=3", "3", None),
        ("https://site.example/?page=2&q=a%20b", "3", "https://site.example/?q=a%20b&page=3"),
        (URL, "1", None),
        (URL, "", None),
        (URL, "many", None),
    ],
)
def test_pages_are_counted_up_to_what_a_header_says(
    url: str, pages: str, expected: str | None
) -> None:
    page = Page(url, headers={"X-WP-TotalPages": pages})
    assert after(page, Paging(page="page", pages="X-WP-TotalPages")) == expected


def test_pages_are_counted_up_to_what_the_answer_says() -> None:
    paging = Paging(page="p", total="$.total", size=10)
    assert after(Page(body=b'{"total": 11}'), paging) == f"{URL}&p=2"
    assert after(Page(body=b'{"total": 10}'), paging) is None


@pytest.mark.parametrize(
    ("url", "total", "expected"),
    [
        (f"{URL}&limit=100", 250, f"{URL}&limit=100&offset=100"),
        (f"{URL}&limit=100&offset=200", 250, None),
        (f"{URL}&limit=50&offset=150", 250, f"{URL}&limit=50&offset=200"),
        (URL, 250, f"{URL}&offset=100"),
        (f"{URL}&limit=0", 250, f"{URL}&limit=0&offset=100"),
        (f"{URL}&limit=100", 100, None),
        (f"{URL}&limit=100", -1, None),
    ],
)
def test_entries_are_skipped_up_to_their_number(url: str, total: int, expected: str | None) -> None:
    paging = Paging(offset="offset", limit="limit", size=100, total="$.total_count")
    assert after(Page(url, b'{"total_count": %d}' % total), paging) == expected


def test_the_first_way_that_says_something_counts() -> None:
    ways = Paging(next="$.next"), Paging(page="page", pages="X-WP-TotalPages")
    counted = {"X-WP-TotalPages": "2"}
    assert after(Page(headers=counted), *ways) == f"{URL}&page=2"
    assert after(Page(body=b'{"next": "/2"}', headers=counted), *ways) == "https://site.example/2"


ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="/a"/>%s<entry/></feed>'


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (b'<link rel="next" href="/flux?page=2"/>', "https://site.example/flux?page=2"),
        (b"<link href='/flux?a=1&amp;p=2' rel='next'/>", "https://site.example/flux?a=1&p=2"),
        (b'<atom:link rel="next" type="x" href="/2"/>', "https://site.example/2"),
        (b'<link rel="next"/>', None),
        (b'<link rel="nextish" href="/2"/>', None),
        (b'<entry><link rel="next" href="/2"/></entry>', None),
    ],
)
def test_a_feed_links_to_its_next_page_before_its_entries(
    link: bytes, expected: str | None
) -> None:
    page = Page(body=ATOM % link)
    assert after(page, *BY_LINKS) == expected
    assert after(page) is None, "unless it is to be followed, a feed is what it holds today"


def test_a_json_feed_names_its_next_page() -> None:
    page = Page(body=b' {"version": "https://jsonfeed.org/version/1.1", "next_url": "/2"}')
    assert after(page, *BY_LINKS) == "https://site.example/2"


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/2",
        "//elsewhere.example/2",
        "https://site.example@elsewhere.example/2",
        "http://127.0.0.1/2",
        "https://www.site.example/2",
    ],
)
def test_the_next_page_must_be_on_the_same_host(target: str) -> None:
    found = after(Page(headers={"Link": f'<{target}>; rel="next"'}))
    assert isinstance(found, Issue)
    assert (found.code, found.severity) == ("pages-elsewhere", "notice")
    assert " — " in str(found.message)


def test_a_link_in_http_on_a_page_that_came_by_https_means_https() -> None:
    for target in ("http://site.example/2", "http://site.example:80/2"):
        found = after(Page(headers={"Link": f'<{target}>; rel="next"'}))
        assert found == "https://site.example/2"


@pytest.mark.parametrize("target", ["", "http://[::1", "#more", "mailto:a@site.example"])
def test_a_link_that_leads_nowhere_never_leads_away(target: str) -> None:
    found = after(Page(headers={"Link": f'<{target}>; rel="next"'}))
    assert not isinstance(found, str)


def test_pages_that_turn_in_a_circle_are_told() -> None:
    one, two = Page(f"{URL}&p=1", b"1"), Page(f"{URL}&p=2", b"2", {"Link": f"<{URL}&p=1>;rel=next"})
    found = next_page([one, two], (), 20)
    assert isinstance(found, Issue)
    assert found.code == "pages-loop"


def test_a_server_that_gives_the_same_page_again_and_again_is_told() -> None:
    paging = Paging(page="page", pages="$.pages")
    same = [Page(f"{URL}&page={number}", b'{"pages": 9}') for number in (1, 2)]
    found = next_page(same, [paging], 20)
    assert isinstance(found, Issue)
    assert found.code == "pages-loop"


def test_a_source_that_goes_on_beyond_the_limit_is_told() -> None:
    page = Page(headers={"Link": "</2>; rel=next"})
    found = next_page([page], (), 1)
    assert isinstance(found, Issue)
    assert (found.code, found.message.values["most"]) == ("pages-limit", 1)


@given(st.text(max_size=80), st.binary(max_size=80))
def test_no_answer_breaks_the_search_nor_leads_to_another_host(link: str, body: bytes) -> None:
    for paging in (*BY_LINKS, Paging(next="$.next"), Paging(page="p", pages="$.n")):
        found = after(Page(body=body, headers={"Link": link}), paging)
        assert not isinstance(found, str) or found.startswith("https://site.example")
