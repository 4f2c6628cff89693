"""From an address that someone pasted to the sources behind it, over loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harvester.discovery.addresses import AddressError, meant, same
from harvester.discovery.leads import Lead, Rank, leads_of
from harvester.discovery.pages import page_of
from harvester.discovery.search import MOST, Found, NothingFoundError, search
from harvester.fetch import Client, Fetched, FetchError, Limits, Obedience
from mappings import platforms
from tests import platform_samples
from tests.loopback import Page, Site, loopback_site
from vocab.messages import say

CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Agenda\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    b"SUMMARY:Bal\r\nDTSTART:20270101T200000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
LIMITS = Limits()
ALL_PAGES = "%5B%5BModification%20date::%2B%5D%5D%7Climit=50"
FEED = b"<rss version='2.0'><channel><item><title>Un</title></item></channel></rss>"

ROOT = Path(__file__).parents[2]
CLOUD = "/remote.php/dav/public-calendars/AbCdEf?export"
WIKI = "/api.php?action=ask&format=json&query=" + ALL_PAGES
ANSWERS = {
    "feed": FEED,
    "geojson": (ROOT / "samples" / "files" / "tiers-lieux-reseau.geojson").read_bytes(),
    "gogocarto": (ROOT / "samples" / "files" / "carte-des-initiatives.json").read_bytes(),
    "ics": CALENDAR,
}


def html(body: str, head: str = "", title: str = "Mairie") -> Page:
    text = (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )
    return Page(text.encode(), "text/html; charset=utf-8")


@pytest.fixture
def site() -> Iterator[Site]:
    with loopback_site() as site:
        yield site


def asking(limits: Limits = LIMITS) -> Callable[[str, Obedience], Fetched]:
    client = Client("EnBauges/0 (+https://node.example/; a@node.example)", limits)

    def ask(url: str, robots: Obedience) -> Fetched:
        return client.fetch(url, allow_private=True, robots=robots)

    return ask


def found(pasted: str, limits: Limits = LIMITS) -> Found:
    return search(pasted, asking(limits), platforms().values())


def kinds(found: Found) -> list[str]:
    return [each.guess.kind for each in found.candidates]


def leads(text: str, url: str = "https://mairie.example/") -> dict[str, Lead]:
    return {lead.url: lead for lead in leads_of(page_of(text, url), platforms().values())}


# What was pasted


@pytest.mark.parametrize(
    ("pasted", "addresses"),
    [
        ("https://mairie.example/agenda.ics", ("https://mairie.example/agenda.ics",)),
        ("  «https://mairie.example/a» \n", ("https://mairie.example/a",)),
        ("https://mairie.example/agenda\n.ics", ("https://mairie.example/agenda.ics",)),
        ("https://école.example/nos fêtes", ("https://école.example/nos%20f%C3%AAtes",)),
        ("www.mairie.example", ("https://www.mairie.example", "http://www.mairie.example")),
        ("webcal://m.example/a.ics", ("https://m.example/a.ics", "http://m.example/a.ics")),
        ("feed:https://m.example/rss", ("https://m.example/rss",)),
        ("http://https://m.example/", ("https://m.example/",)),
        ("localhost:8000/x", ("https://localhost:8000/x", "http://localhost:8000/x")),
    ],
)
def test_an_address_is_taken_as_it_was_meant(pasted: str, addresses: tuple[str, ...]) -> None:
    assert meant(pasted) == addresses


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("", "is no web address"),
        ("la mairie", "is no web address"),
        ("http://m.example:99999/", "is no web address"),
        ("http://[::1", "is no web address"),
        ("mailto:a@b.example", "begins with “mailto:”"),
        ("file:///etc/passwd", "begins with “file:”"),
        ("https://www.facebook.com/mairie.du.noyer", "Facebook publishes nothing"),
        ("instagram.com/fabrique", "Instagram publishes nothing"),
    ],
)
def test_what_is_no_address_is_told(pasted: str, told: str) -> None:
    with pytest.raises(AddressError, match=told):
        meant(pasted)


def test_addresses_are_the_same_whatever_never_tells_two_apart() -> None:
    assert same("http://M.example:80/a/#x") == same("https://m.example/a")
    assert same("https://m.example/a?x=1") != same("https://m.example/a")


# Where a page points to


@pytest.mark.parametrize(
    ("text", "url", "rank"),
    [
        ('<link rel="alternate" type="application/atom+xml" href="/atom">', "/atom", Rank.NAMED),
        ('<a href="webcal://mairie.example/x">x</a>', "/x", None),
        ('<a href="/agenda.ics?x=1">x</a>', "/agenda.ics?x=1", Rank.LINKED),
        ('<a href="/evenements/?ical=1">x</a>', "/evenements/?ical=1", Rank.LINKED),
        ('<a href="/e/12">Ajouter à mon calendrier</a>', "/e/12", Rank.LINKED),
        ('<a href="/s">S’abonner à l’agenda</a>', "/s", Rank.LINKED),
        ('<a href="/f"><img alt="Flux RSS"></a>', "/f", Rank.LINKED),
        ('<a href="/nos fêtes.ics">x</a>', "/nos%20f%C3%AAtes.ics", Rank.LINKED),
        ('<a href="/lieux.geojson">x</a>', "/lieux.geojson", Rank.LINKED),
        ("<a href=/manifestations>x</a>", "/manifestations", Rank.AGENDA),
        (
            '<iframe src="https://calendar.google.com/calendar/embed?x=6&amp;src=a%40b.example">',
            "https://calendar.google.com/calendar/ical/a%40b.example/public/basic.ics",
            Rank.EMBEDDED,
        ),
        (
            '<a href="https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fm.example%2Fa">x</a>',
            "https://m.example/a",
            Rank.LINKED,
        ),
        (
            '<iframe src="https://cloud.example/apps/calendar/embed/AbC12/dayGridMonth/now">',
            "https://cloud.example/remote.php/dav/public-calendars/AbC12?export",
            Rank.EMBEDDED,
        ),
        (
            '<iframe src="https://umap.example/fr/map/les-lieux_1234?scaleControl=false">',
            "https://umap.example/map/1234/download/",
            Rank.EMBEDDED,
        ),
        (
            '<iframe src="https://openagenda.com/agendas/7654321/embeds/1">',
            "https://openagenda.com/agendas/7654321/events.v2.json",
            Rank.EMBEDDED,
        ),
        (
            '<a href="https://mobilizon.example/@les_amis">x</a>',
            "https://mobilizon.example/@les_amis/outbox?page=1",
            Rank.EMBEDDED,
        ),
        ('<script src="/wp-content/a.js">', "/feed/", Rank.USUAL),
        ('<script src="/wp-content/a.js">', "/wp-json/wp/v2/posts?_embed", Rank.USUAL),
        ('<body class="tribe-events">', "/wp-json/tribe/events/v1/events", Rank.USUAL),
        ('<meta name="generator" content="SPIP 4.1">', "/spip.php?page=backend", Rank.USUAL),
        ('<script src="/js/gogocarto.js">', "/api/elements.json", Rank.USUAL),
        (
            '<link rel="EditURI" href="https://w.example/api.php?action=rsd">',
            "https://w.example/api.php?action=ask&format=json&query=" + ALL_PAGES,
            Rank.EMBEDDED,
        ),
    ],
)
def test_a_page_leads_to_its_data(text: str, url: str, rank: Rank | None) -> None:
    url = f"https://mairie.example{url}" if url.startswith("/") else url
    if rank is None:
        assert page_of(text, "https://mairie.example/").links[0].url == url
    else:
        assert leads(text)[url].rank == rank


@pytest.mark.parametrize(
    "text",
    [
        '<link rel="alternate" hreflang="en" href="/en">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?x=feed">',
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">',
        '<a href="https://calendar.google.com/calendar/render?action=TEMPLATE&text=Bal">iCal</a>',
        '<a href="/agenda.pdf">Agenda</a>',
        '<a href="mailto:a@b.example">Agenda</a>',
        '<a href="https://elsewhere.example/agenda">Agenda</a>',
        '<a href="javascript:void(0)">iCal</a>',
    ],
)
def test_what_leads_to_no_data_is_not_asked(text: str) -> None:
    assert leads(text) == {}


def test_each_lead_is_asked_once_and_the_surest_come_first() -> None:
    text = (
        '<a href="/agenda">Agenda</a><a href="/a.ics">iCal</a><a href="/a.ics/">Encore</a>'
        '<link rel="alternate" type="application/rss+xml" href="/feed"><a href="/">iCal</a>'
    )
    assert [lead.rank for lead in leads(text).values()] == [Rank.NAMED, Rank.LINKED, Rank.AGENDA]


# Asking and following


def test_the_address_of_a_source_is_the_only_one_asked(site: Site) -> None:
    site.pages["/agenda"] = Page(CALENDAR, "text/plain")
    told = found(f"{site.url}/agenda")
    assert kinds(told) == ["ics"]
    assert told.candidates[0].why is None
    assert site.asked == ["/agenda"]


def test_the_calendar_and_the_feed_behind_a_home_page_are_found(site: Site) -> None:
    host = site.url.removeprefix("http://")
    site.pages["/"] = html(
        f'<a href="webcal://{host}/agenda.ics">iCal</a>',
        '<link rel="alternate" type="application/rss+xml" title="Actus" href="feed">',
    )
    site.pages["/agenda.ics"] = Page(CALENDAR)
    site.pages["/feed"] = Page(FEED, "application/rss+xml")
    told = found(f"{site.url}/")
    assert kinds(told) == ["feed", "ics"]
    assert told.candidates[0].why is not None
    assert told.candidates[0].why.render("en") == "the page names it: “Actus”"


def test_an_agenda_page_of_the_site_is_looked_at_where_the_home_page_has_nothing(
    site: Site,
) -> None:
    site.pages["/"] = html('<a href="/vie/agenda">Agenda</a>')
    site.pages["/vie/agenda"] = html('<a href="/export.ics">Exporter l’agenda</a>')
    site.pages["/export.ics"] = Page(CALENDAR)
    assert kinds(found(site.url)) == ["ics"]
    assert site.asked == ["/", "/vie/agenda", "/export.ics"]


def test_news_on_the_home_page_do_not_hide_the_agenda_of_another(site: Site) -> None:
    site.pages["/"] = html('<a href="/rss">RSS</a><a href="/agenda">Agenda</a>')
    site.pages["/rss"] = Page(FEED)
    site.pages["/agenda"] = html('<a href="/export.ics">iCal</a>')
    site.pages["/export.ics"] = Page(CALENDAR)
    assert kinds(found(site.url)) == ["feed", "ics"]


def test_the_calendars_of_single_events_do_not_hide_that_of_all() -> None:
    single = "".join(f'<a href="/agenda/bal-{n}/?ical=1">iCal</a>' for n in range(50))
    told = leads(f'{single}<a href="/agenda/?ical=1">Tout</a>')
    assert len(told) == 5
    assert "https://mairie.example/agenda/?ical=1" in told


def test_known_software_is_asked_where_it_keeps_its_data(site: Site) -> None:
    events = platform_samples.sample("wordpress").read_bytes()
    site.pages["/"] = html('<div class="tribe-events"></div>')
    site.pages["/wp-json/tribe/events/v1/events"] = Page(events, "application/json")
    told = found(site.url)
    assert kinds(told) == ["wordpress"]
    assert told.candidates[0].rank is Rank.USUAL
    assert [each.rank for each in told.refusals] == [None, Rank.USUAL]


@pytest.mark.parametrize(
    ("body", "path", "kind"),
    [
        ('<script src="/js/gogocarto.js">', "/api/elements.json", "gogocarto"),
        ('<iframe src="{site}/fr/map/les-lieux_12?x=1">', "/map/12/download/", "umap"),
        ('<a href="{site}/apps/calendar/p/AbCdEf">x</a>', CLOUD, "ics"),
        ('<link rel="EditURI" href="{site}/api.php?action=rsd">', WIKI, "mediawiki"),
        ('<a class="tribe-events">x</a>', "/wp-json/tribe/events/v1/events", "wordpress"),
        ('<img src="/wp-content/a.png">', "/feed/", "feed"),
        ('<meta name="generator" content="SPIP 4">', "/spip.php?page=backend", "feed"),
        ('<meta name="generator" content="Joomla!">', "/?format=feed&type=rss", "feed"),
        ('<meta name="generator" content="Drupal 10">', "/rss.xml", "feed"),
        ('<a href="/lieux.geojson">Nos lieux</a>', "/lieux.geojson", "geojson"),
    ],
)
def test_each_software_is_read_where_it_keeps_its_data(
    site: Site, body: str, path: str, kind: str
) -> None:
    site.pages["/"] = html(body.replace("{site}", site.url))
    site.pages[path] = Page(ANSWERS.get(kind) or platform_samples.sample(kind).read_bytes())
    assert kinds(found(site.url)) == [kind]


def test_a_page_that_describes_events_in_data_is_a_source_itself(site: Site) -> None:
    site.pages["/"] = Page(platform_samples.sample("html").read_bytes(), "text/html")
    assert kinds(found(site.url)) == ["html"]


def test_a_home_page_that_only_says_whose_it_is_does_not_hide_the_agenda(site: Site) -> None:
    owner = '<script type="application/ld+json">{"@context": "https://schema.org", %s}</script>'
    club = owner % '"@type": "Organization", "name": "Le Foyer"'
    bal = owner % '"@type": "Event", "name": "Bal", "startDate": "2027-01-01T20:00:00+01:00"'
    site.pages["/"] = html(f'{club}<a href="/evenements/">Nos rendez-vous</a>')
    site.pages["/evenements/"] = html(bal)
    assert [each.url for each in found(site.url).candidates] == [
        site.url,
        f"{site.url}/evenements/",
    ]


def test_the_same_bytes_at_two_addresses_are_one_source(site: Site) -> None:
    site.pages["/"] = html('<a href="/a.ics">iCal</a><a href="/b.ics">iCal</a>')
    site.pages["/a.ics"] = site.pages["/b.ics"] = Page(CALENDAR)
    assert kinds(found(site.url)) == ["ics"]


def test_the_number_of_requests_is_bounded(site: Site) -> None:
    site.pages["/"] = html("".join(f'<a href="/{n}/a.ics">iCal</a>' for n in range(100)))
    with pytest.raises(NothingFoundError, match=f"tried from there: {MOST - 1} — ask"):
        found(site.url)
    assert len(site.asked) == MOST


# Robots, errors and limits


def test_robots_txt_binds_whatever_lies_beyond_the_given_address(site: Site) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /\n", "text/plain")
    site.pages["/"] = html('<a href="/agenda.ics">iCal</a>')
    site.pages["/agenda.ics"] = Page(CALENDAR)
    with pytest.raises(NothingFoundError):
        found(site.url)
    assert "/agenda.ics" not in site.asked
    assert kinds(found(f"{site.url}/agenda.ics")) == ["ics"]


def test_what_is_closed_to_robots_is_named_with_the_way_to_subscribe_to_it(site: Site) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /private\n", "text/plain")
    site.pages["/"] = html('<a href="/private.ics">iCal</a><a href="/open.ics">iCal</a>')
    site.pages["/open.ics"] = site.pages["/private.ics"] = Page(CALENDAR)
    refused = [each for each in found(site.url).refusals if each.rank is Rank.LINKED]
    assert [each.url for each in refused] == [f"{site.url}/private.ics"]
    assert "give this very address" in refused[0].why.render("en")


def test_a_page_that_robots_are_asked_to_leave_alone_is_not_proposed(site: Site) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /\n", "text/plain")
    site.pages["/"] = Page(platform_samples.sample("html").read_bytes(), "text/html")
    with pytest.raises(NothingFoundError, match=r"line 2 of .* asks robots to keep away"):
        found(site.url)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (html("Bonjour"), "a web page without data"),
        (html('<input type="password">', title="Connexion"), "a log-in page"),
        (Page(b"%PDF-1.4", "application/pdf"), "a PDF"),
        (Page(b'{"error": "no such agenda"}', "application/json"), "no list of things"),
    ],
)
def test_an_address_without_anything_says_what_it_is(site: Site, page: Page, told: str) -> None:
    site.pages["/"] = page
    with pytest.raises(NothingFoundError, match=told):
        found(site.url)


def test_an_address_that_does_not_exist_is_told_so(site: Site) -> None:
    with pytest.raises(FetchError, match="does not exist"):
        found(f"{site.url}/agenda.ics")


def test_an_answer_without_end_stops_at_the_limit(site: Site) -> None:
    site.pages["/"] = Page(b"x" * 3_000, "text/plain")
    with pytest.raises(FetchError, match="holds more than 1000 bytes"):
        found(site.url, Limits(max_bytes=1_000))


def test_http_is_tried_where_https_is_not_spoken(site: Site) -> None:
    site.pages["/"] = Page(CALENDAR)
    told = found(site.url.removeprefix("http://"))
    assert told.candidates[0].url.startswith("http://127.0.0.1:")


def test_an_embedded_calendar_is_asked_for_its_own_address() -> None:
    asked: list[str] = []

    def ask(url: str, _: Obedience) -> Fetched:
        asked.append(url)
        raise FetchError("http-404", say("no"))

    with pytest.raises(FetchError):
        search(
            "https://calendar.google.com/calendar/embed?src=a%40b.example&ctz=Europe/Paris",
            ask,
            platforms().values(),
        )
    assert asked == ["https://calendar.google.com/calendar/ical/a%40b.example/public/basic.ics"]
