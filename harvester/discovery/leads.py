"""A web page → the addresses where its data may be, and why each is worth a request.

From the surest: what the page names as another form of itself, the links and embedded agendas
that lead to a calendar, the addresses that known software keeps its data at, and the pages of
the same site that look like an agenda.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from harvester.discovery.addresses import encoded, same
from harvester.discovery.pages import Link, WebPage
from mappings import Platform
from vocab.messages import Message, say

_ALIKE = 4  # links that look alike and are followed

_DATA = re.compile(
    r"(?:application|text)/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json|calendar|ld\+json|geo\+json"
    r"|vnd\.geo\+json|activity\+json|turtle|csv|x-ical)"
)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
_CALENDAR = re.compile(
    r"\.ics(?:$|[?#])|[?&/](?:ical|ics|outlook-ical)(?:$|[=&/?])|format=ical|type=ical|/ical/"
    r"|public-calendars/",
    re.IGNORECASE,
)
_CALENDAR_WORDS = re.compile(
    r"\bi-?cal(?:endar)?\b|\bics\b|webcal|abonner (?:à|a) (?:l.agenda|ce calendrier|cet agenda)"
    r"|ajouter (?:à|a) (?:mon|votre|l.|un)?\s*(?:agenda|calendrier)|export(?:er)? l.agenda"
    r"|exporter le cal|subscribe to calendar",
    re.IGNORECASE,
)
_FEED = re.compile(
    r"/(?:feed|rss|atom)/?(?:$|[?#])|\.(?:rss|atom)(?:$|[?#])|[?&]feed=", re.IGNORECASE
)
_FEED_WORDS = re.compile(r"\bflux\b|\brss\b|\batom\b", re.IGNORECASE)
_TABLE = re.compile(r"\.(?:geojson|csv|ttl|jsonld|rdf|umap)(?:$|[?#])", re.IGNORECASE)
_AGENDA = re.compile(
    r"agenda|calendrier|[ée]v[eéèn]+ements?|events?\b|programm(?:e|ation)|manifestations?|sorties"
    r"|que faire",
    re.IGNORECASE,
)
_NO_DATA = re.compile(
    r"action=TEMPLATE|calendar/render|\.(?:pdf|jpe?g|png|gif|svg|zip|docx?|xlsx?|css|js)(?:$|[?#])"
    r"|oembed|/wp-login|/share|mailto:",
    re.IGNORECASE,
)
_SUBSCRIBED = re.compile(r"calendar\.google\.com/calendar/(?:u/\d+/)?r\?(?:.*&)?cid=([^&\"'<>\s]+)")


class Rank(IntEnum):
    """How sure a lead is, the surest first."""

    NAMED = 0
    LINKED = 1
    EMBEDDED = 2
    USUAL = 3
    AGENDA = 4


@dataclass(frozen=True, slots=True)
class Lead:
    """An address that is worth a request, and why; ``AGENDA`` leads to a page, not to data."""

    url: str
    why: Message
    rank: Rank


def leads_of(page: WebPage, kinds: Iterable[Platform]) -> tuple[Lead, ...]:
    """Where the data of ``page`` may be, the surest first, each address once."""
    found = [*_linked(page.links), *_embedded(page, kinds), *_agendas(page)]
    found.sort(key=lambda lead: lead.rank)
    once: dict[str, Lead] = {}
    for lead in found:
        if same(lead.url) != same(page.url):
            once.setdefault(same(lead.url), lead)
    return tuple(_few_of_each(once.values()))


def _few_of_each(leads: Iterable[Lead]) -> Iterator[Lead]:
    """Of links that look alike, the first: each event may have a calendar of its own."""
    counts = Counter[object]()
    for lead in leads:
        parts = urlsplit(lead.url)
        names = parts.path.strip("/").split("/")
        keys = tuple(part.partition("=")[0] for part in parts.query.split("&"))
        like = (
            lead.rank,
            parts.netloc,
            names[0],
            len(names),
            PurePosixPath(parts.path).suffix,
            keys,
        )
        counts[like] += 1
        if counts[like] <= _ALIKE or lead.rank is not Rank.LINKED:
            yield lead


def _linked(links: Iterable[Link]) -> Iterator[Lead]:
    for link in links:
        if cid := _SUBSCRIBED.search(link.url):
            yield from _subscribed(unquote(cid[1]))
        elif _NO_DATA.search(link.url) or _NO_DATA.search(link.media):
            continue
        elif "alternate" in link.rel and _DATA.fullmatch(link.media):
            if not _COMMENTS.search(f"{link.url} {link.text}"):
                title = link.text or link.media
                yield Lead(link.url, say("the page names it: “{title}”", title=title), Rank.NAMED)
        elif link.tag in {"a", "area"}:
            yield from _clicked(link)


def _clicked(link: Link) -> Iterator[Lead]:
    """A link to a calendar, a feed or a table, by its address or by its words."""
    is_data = any(each.search(link.url) for each in (_CALENDAR, _FEED, _TABLE)) or any(
        each.search(link.text) for each in (_CALENDAR_WORDS, _FEED_WORDS)
    )
    if is_data and not _COMMENTS.search(link.url):
        words = link.text or urlsplit(link.url).path.rpartition("/")[2] or link.url
        yield Lead(link.url, say("the page links to it: “{text}”", text=words[:60]), Rank.LINKED)


def _subscribed(cid: str) -> Iterator[Lead]:
    """The calendar that a link “add to Google Calendar” subscribes to, when it says its address."""
    if cid.startswith(("webcal://", "http://", "https://")):
        url = f"https{cid[cid.index(':') :]}"
        why = say("the page offers to subscribe to it with Google Calendar")
        yield Lead(url, why, Rank.LINKED)


def _embedded(page: WebPage, kinds: Iterable[Platform]) -> Iterator[Lead]:
    """The addresses at which known software keeps the data of such a page."""
    text = f"{page.url}\n{unescape(page.text)}"
    for kind in kinds:
        for sites in kind.sites:
            for found in {match.group(): match for match in sites.marked.finditer(text)}.values():
                for at in sites.at:
                    rank = Rank.USUAL if at.startswith("/") else Rank.EMBEDDED
                    url = urljoin(page.url, at.format(**_groups(found)))
                    yield Lead(encoded(url), _why_here(kind.name, rank), rank)


def _why_here(kind: str, rank: Rank) -> Message:
    if rank is Rank.USUAL:
        return say("where sites like this one keep it (kind “{kind}”)", kind=kind)
    return say("the page shows it (kind “{kind}”)", kind=kind)


def _groups(found: re.Match[str]) -> dict[str, str]:
    return {name: value or "" for name, value in found.groupdict().items()}


def _agendas(page: WebPage) -> Iterator[Lead]:
    """Pages of the same site that look like an agenda."""
    host = urlsplit(page.url).netloc
    for link in page.links:
        parts = urlsplit(link.url)
        told = f"{parts.path} {link.text}"
        if link.tag != "a" or parts.netloc != host or _NO_DATA.search(link.url):
            continue
        if _AGENDA.search(told):
            text = (link.text or parts.path)[:60]
            yield Lead(link.url, say("a page of the site: “{text}”", text=text), Rank.AGENDA)
