"""Sites of many pages: what is asked for, what is left alone, and what one bad page does."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.place import Place
from harvester.records import Content, ReadError
from harvester.report import Report
from harvester.session import opened
from harvester.sites.sitemap import Entry, entries
from harvester.sources import load
from mappings import platforms
from store.embedded import EmbeddedStore
from tests.loopback import Page, Site, loopback_site
from vocab import term
from vocab.iris import Iris

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
IRIS = Iris("https://node.example/")
HEAD = """
[site]
title = "Essai"
base = "https://node.example/"
contact = "contact@node.example"
territory = ["73081"]

[[source]]
id = "site"
kind = "html"
title = "Le site"
publisher = "Le foyer rural"
licence = "etalab-2.0"
allow_private = true
"""


def page(name: str, day: str = "2026-06-13") -> Page:
    text = (
        '<!doctype html><html><head><script type="application/ld+json">'
        f'{{"@context": "https://schema.org", "@type": "Event", "name": "{name}",'
        f' "startDate": "{day}", "url": "https://foyer.example/{name}"}}'
        "</script></head><body></body></html>"
    )
    return Page(text.encode(), "text/html; charset=utf-8", tagged=False)


def sitemap(*entries: tuple[str, str], kind: str = "url") -> bytes:
    root = {"url": "urlset", "sitemap": "sitemapindex"}[kind]
    told = "".join(
        f"<{kind}><loc>{url}</loc>{changed and f'<lastmod>{changed}</lastmod>'}</{kind}>"
        for url, changed in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{told}</{root}>'
    ).encode()


class Node:
    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.site, self.now = folder, site, NOW
        self.more = f'sitemap = "{site.url}/sitemap.xml"'

    def map(self, *entries: tuple[str, str]) -> None:
        """Write the sitemap, its addresses as paths of the site."""
        told = [(f"{self.site.url}{path}", changed) for path, changed in entries]
        self.site.pages["/sitemap.xml"] = Page(sitemap(*told), "application/xml", tagged=False)

    def harvest(self) -> Report:
        self.now += timedelta(days=1)
        self.site.asked.clear()
        file = self.folder / "sources.toml"
        file.write_text(f'{HEAD}url = "{self.site.url}/"\n{self.more}\n', encoding="utf-8")
        config = load(file, kinds=platforms().keys())
        place = Place(self.folder / "var")
        with opened(config, place, version="1.0", clock=lambda: self.now) as session:
            (report,) = session.harvest(config.sources)
        return report

    def names(self) -> list[str]:
        with EmbeddedStore(Place(self.folder / "var").store) as store:
            lines = store.lines(IRIS.source_graph("site"))
        return sorted(each.split('"')[1] for each in lines if f"<{term('schema:name')}>" in each)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        site.pages |= {"/bal": page("Bal"), "/loto": page("Loto"), "/marche": page("Marché")}
        yield Node(tmp_path, site)


def codes(report: Report) -> set[str]:
    return {each.code for each in report.issues if not each.code.startswith("event-")}


def test_the_pages_of_a_sitemap_are_one_source(node: Node) -> None:
    node.map(("/bal", ""), ("/loto", ""), ("/marche", ""), ("/bal#again", ""))
    report = node.harvest()
    assert (report.outcome, report.records, codes(report)) == ("committed", 3, set())
    assert node.site.asked == ["/sitemap.xml", "/bal", "/loto", "/marche"]
    assert node.harvest().outcome == "unchanged"


def test_the_pages_of_a_list_are_one_source(node: Node) -> None:
    node.more = f'pages = ["{node.site.url}/bal", "{node.site.url}/loto"]'
    assert node.harvest().records == 2
    assert node.site.asked == ["/bal", "/loto"]


def test_an_index_of_sitemaps_and_compressed_ones_are_followed(node: Node) -> None:
    url = node.site.url
    node.site.pages |= {
        "/sitemap.xml": Page(
            sitemap((f"{url}/un.xml.gz", ""), (f"{url}/deux.xml", ""), kind="sitemap")
        ),
        "/un.xml.gz": Page(gzip.compress(sitemap((f"{url}/bal", ""))), "application/gzip"),
        "/deux.xml": Page(sitemap((f"{url}/loto", "")), "application/xml"),
    }
    assert node.harvest().records == 2


def test_sitemaps_that_are_too_many_are_told_and_what_they_list_is_not_gone(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = node.site.url
    node.site.pages |= {
        "/sitemap.xml": Page(
            sitemap((f"{url}/un.xml", ""), (f"{url}/deux.xml", ""), kind="sitemap")
        ),
        "/un.xml": Page(sitemap((f"{url}/bal", "")), "application/xml"),
        "/deux.xml": Page(sitemap((f"{url}/loto", "")), "application/xml"),
    }
    assert codes(node.harvest()) == set()
    monkeypatch.setattr("harvester.sites.route._SITEMAPS", 2)
    report = node.harvest()
    assert codes(report) == {"pages-limit"}
    assert "1" in str(report.issues[0].message)
    assert node.names() == ["Bal", "Loto"]


def test_an_address_that_is_none_keeps_no_other_from_being_read(node: Node) -> None:
    node.site.pages["/sitemap.xml"] = Page(
        sitemap(("http://[half", ""), (f"{node.site.url}/bal", "")), "application/xml"
    )
    report = node.harvest()
    assert (report.records, codes(report)) == (1, {"site-elsewhere"})


def test_a_page_that_has_not_changed_is_left_alone(node: Node) -> None:
    node.map(("/bal", "2026-05-01"), ("/loto", "2026-05-05T13:00:00Z"), ("/marche", ""))
    node.harvest()
    node.site.pages["/marche"] = page("Grand marché")
    report = node.harvest()  # a day later, though the sitemap says nothing of /marche
    assert node.site.asked == ["/sitemap.xml", "/loto", "/marche"]
    assert report.records == 3
    assert "Grand marché" in node.names()
    node.map(("/bal", "2026-05-07"), ("/loto", "2026-05-05T13:00:00Z"), ("/marche", ""))
    node.harvest()
    assert node.site.asked == ["/sitemap.xml", "/bal", "/marche"]


def test_only_pages_of_the_site_are_read_and_only_those_wanted(node: Node) -> None:
    node.site.pages["/agenda/yoga"] = page("Yoga")
    node.map(("/agenda/yoga", ""), ("/bal", ""))
    elsewhere = sitemap((f"{node.site.url}/agenda/yoga", ""), ("https://ailleurs.example/x", ""))
    node.more += '\nonly = "/agenda/"'
    assert node.harvest().records == 1
    node.site.pages["/sitemap.xml"] = Page(elsewhere, "application/xml", tagged=False)
    assert "site-elsewhere" in codes(node.harvest())
    assert node.site.asked == ["/sitemap.xml", "/agenda/yoga"]


def test_of_too_many_pages_those_that_changed_last_are_read(node: Node) -> None:
    node.more += "\npages = 2"
    node.map(("/bal", "2026-01-01"), ("/loto", "2026-03-01"), ("/marche", "2026-02-01"))
    report = node.harvest()
    assert codes(report) == {"pages-limit"}
    assert node.names() == ["Loto", "Marché"]


def test_robots_rules_bind_page_by_page(node: Node) -> None:
    node.site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /loto\n", "text/plain")
    node.map(("/bal", ""), ("/loto", ""))
    report = node.harvest()
    assert (report.records, codes(report)) == (1, {"page-failed"})
    assert "/loto" not in node.site.asked


@pytest.mark.parametrize(
    "bad", [Page(b"", status=500), Page(b"", status=404), Page(b"%PDF-1.4", "application/pdf")]
)
def test_one_bad_page_is_told_and_removes_nothing(node: Node, bad: Page) -> None:
    node.more += '\nremovals = "authoritative"'
    node.map(("/bal", ""), ("/loto", ""), ("/marche", ""))
    node.harvest()
    node.site.pages["/loto"] = bad
    reports = [node.harvest() for _ in range(3)]
    assert codes(reports[0]) <= {"page-failed", "page-unreadable"} != set()
    assert {(each.outcome, each.removed) for each in reports} == {("unchanged", 0)}
    assert node.names() == ["Bal", "Loto", "Marché"]
    node.site.pages["/loto"] = page("Loto")
    node.map(("/bal", ""), ("/marche", ""))
    assert node.harvest().removed == 1, "the site is whole again, and no longer has it"


def test_a_site_of_which_no_page_can_be_read_has_failed(node: Node) -> None:
    node.map(("/bal", ""), ("/loto", ""))
    node.harvest()
    node.site.pages |= {"/bal": Page(b"", status=503), "/loto": Page(b"", status=404)}
    report = node.harvest()
    assert (report.records, report.removed) == (1, 0), "what was kept of /bal stands"
    assert codes(report) == {"page-failed"}
    del node.site.pages["/sitemap.xml"]
    report = node.harvest()
    assert (report.outcome, "sitemap.xml" in str(report.reason)) == ("failed", True)
    assert node.names() == ["Bal", "Loto"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><body>Plan du site</body></html>", "web page"),
        (b'<!DOCTYPE urlset [<!ENTITY a "b">]><urlset/>', "document type"),
        (b"<urlset><url><loc>https://foyer.example/", "broken"),
        (gzip.compress(b"<urlset/>")[:10], "stops short"),
        (gzip.compress(b"<urlset>" + b" " * 60_000_000), "decompressed"),
        (gzip.compress(b"") * 20_000, "sitemap"),
        (b"<urlset>" + b"<url><loc>/a</loc></url>" * 60_000, "more than 50000 addresses"),
        (b"<urlset>" + b"<a/>" * 1_000_001, "more than 1000000 elements"),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        entries(Content(body))


def test_the_date_of_a_page_may_be_a_day_or_an_instant() -> None:
    body = sitemap(("https://a.example/1", "2026-05-01"), ("https://a.example/2", "hier"))
    noon = datetime(2026, 5, 2, 12, tzinfo=UTC)
    assert entries(Content(body)) == [
        Entry("https://a.example/1", noon),
        Entry("https://a.example/2", None),
    ]
    assert entries(Content(b"https://a.example/1\nhttps://a.example/2\n")) == [
        Entry("https://a.example/1"),
        Entry("https://a.example/2"),
    ]


def test_the_address_of_a_sitemap_is_not_that_of_a_page(node: Node) -> None:
    node.map(("/bal", ""))
    node.site.pages["/"] = node.site.pages["/sitemap.xml"]
    node.more = ""
    report = node.harvest()
    assert (report.outcome, "“sitemap”" in str(report.reason)) == ("failed", True)
