"""Attempts to make the harvester, or a query, reach an address that is not public."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.resilience.bad_feed import atom, json_feed
from tests.resilience.nodes import calendar, event, item, rss, sound
from tests.resilience.raw import NOT_FOUND, Act, answer

PUBLIC = "93.184.215.14"
SITE = f"http://{PUBLIC}"
HERE = "http://127.0.0.1"
METADATA = "http://169.254.169.254/latest/meta-data/"


@dataclass(frozen=True)
class Attempt:
    """A source whose address, server or content points inside.

    ``acts`` are what the public server does at its paths; ``names`` what the resolver answers,
    one list of addresses for each time that it is asked, the last one for ever. ``ends`` is
    what becomes of the source: refused when the file is read, failed, or committed.
    """

    name: str
    url: str
    ends: str
    kind: str = "ics"
    acts: dict[str, Act] = field(default_factory=dict)
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    allow_private: bool = False
    more: str = ""


REFUSED = "refused|failed"
"""Refused when sources.toml is read where that is possible, else at the fetch."""

HOSTS = {
    "loopback": "127.0.0.1",
    "loopback-short": "127.1",
    "loopback-decimal": "2130706433",
    "loopback-octal": "0177.0.0.1",
    "loopback-octal-whole": "017700000001",
    "loopback-hexadecimal": "0x7f000001",
    "loopback-hexadecimal-parts": "0x7f.0x0.0x0.0x1",
    "loopback-capital-hexadecimal": "0X7F.1",
    "loopback-mixed-parts": "0x7f.0.1",
    "loopback-padded-octal": "0000177.0000.0000.0001",
    "loopback-beyond-32-bits": "6425673729",
    "loopback-end-of-range": "127.255.255.254",
    "loopback-trailing-dot": "127.0.0.1.",
    "loopback-percent-encoded": "%31%32%37.0.0.1",
    "loopback-circled-digits": "①②⑦.⓪.⓪.①",
    "loopback-full-width-digits": "１２７.0.0.1",
    "loopback-ideographic-stops": "127。0。0。1",
    "loopback-arabic-digits": "١٢٧.0.0.1",
    "loopback-soft-hyphen": "127.0.0\u00ad.1",
    "localhost": "localhost",
    "localhost-capitals": "LOCALHOST",
    "localhost-trailing-dot": "localhost.",
    "localhost-below": "agenda.localhost",
    "localhost-full-width": "ｌｏｃａｌｈｏｓｔ",
    "this-network": "0.0.0.0",  # noqa: S104  # an address to refuse
    "this-network-short": "0",
    "home-10": "10.0.0.1",
    "home-10-decimal": "167772161",
    "home-172": "172.16.0.1",
    "home-192": "192.168.1.1",
    "home-192-short": "192.168.257",
    "carrier": "100.64.0.1",
    "link-local": "169.254.169.254",
    "link-local-hexadecimal": "0xA9FEA9FE",
    "link-local-decimal": "2852039166",
    "protocol-assignments": "192.0.0.8",
    "documentation": "203.0.113.7",
    "benchmarking": "198.18.0.1",
    "relay-anycast": "192.88.99.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "six-loopback": "[::1]",
    "six-loopback-long": "[0:0:0:0:0:0:0:1]",
    "six-loopback-padded": "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "six-unspecified": "[::]",
    "six-mapped": "[::ffff:127.0.0.1]",
    "six-mapped-hexadecimal": "[::ffff:7f00:1]",
    "six-mapped-capitals": "[::FFFF:7F00:0001]",
    "six-mapped-metadata": "[::ffff:169.254.169.254]",
    "six-compatible": "[::127.0.0.1]",
    "six-nat64": "[64:ff9b::7f00:1]",
    "six-nat64-local": "[64:ff9b:1::7f00:1]",
    "six-to-four": "[2002:7f00:1::]",
    "six-teredo": "[2001:0:7f00:1::1]",
    "six-documentation": "[2001:db8::1]",
    "six-private": "[fd12:3456::1]",
    "six-cloud": "[fd00:ec2::254]",
    "six-link-local": "[fe80::1]",
    "six-link-local-zone": "[fe80::1%25lo]",
    "six-loopback-zone": "[::1%25lo]",
    "six-site-local": "[fec0::1]",
    "six-multicast": "[ff02::1]",
    "userinfo": f"{PUBLIC}@127.0.0.1",
    "userinfo-with-port": f"{PUBLIC}:80@127.0.0.1",
    "backslash": f"127.0.0.1\\@{PUBLIC}",
    "backslash-after": f"{PUBLIC}\\@127.0.0.1",
    "encoded-at": f"{PUBLIC}%40127.0.0.1",
    "hash-before-at": f"127.0.0.1#@{PUBLIC}",
    "question-before-at": f"127.0.0.1?@{PUBLIC}",
    "tab": f"127.0.0.1\t.{PUBLIC}",
    "nul": "127.0.0.1\x00.example.org",
    "port": "127.0.0.1:80",
    "port-zero-padded": "127.0.0.1:00080",
    "empty-port": "127.0.0.1:",
}

SCHEMES = {
    "file": "file:///etc/passwd",
    "file-with-host": "file://127.0.0.1/etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict": "dict://127.0.0.1:6379/info",
    "ftp": "ftp://127.0.0.1/agenda.ics",
    "webcal": "webcal://127.0.0.1/agenda.ics",
    "webcals": "webcals://127.0.0.1/agenda.ics",
    "data": "data:text/calendar,BEGIN:VCALENDAR",
    "jar": "jar:http://127.0.0.1/a.jar!/b",
    "ldap": "ldap://127.0.0.1/",
    "unix": "unix:///var/run/docker.sock",
    "http-unix": "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "no-scheme": "127.0.0.1/agenda.ics",
    "scheme-relative": "//127.0.0.1/agenda.ics",
    "sample-with-a-path": "sample:../../../etc/passwd",
    "url-prefix": "url:http://127.0.0.1/",
    "view-source": "view-source:http://127.0.0.1/",
}

DIRECT = (
    *(
        Attempt(f"host-{name}", f"http://{host}/agenda.ics", REFUSED)
        for name, host in HOSTS.items()
    ),
    *(
        Attempt(f"https-{name}", f"https://{HOSTS[name]}/agenda.ics", REFUSED)
        for name in ("loopback", "loopback-decimal", "link-local", "six-loopback", "six-mapped")
    ),
    *(Attempt(f"scheme-{name}", url, REFUSED) for name, url in SCHEMES.items()),
)


def redirecting(name: str, location: str, status: str = "302 Found") -> Attempt:
    """A public address that redirects to ``location``."""
    act = answer(b"", "text/html", status, f"Location: {location}")
    return Attempt(f"redirect-{name}", f"{SITE}/start", "failed", acts={"/start": act})


def _location(text: str) -> str:
    """As bytes of UTF-8 go over the wire."""
    return text.encode().decode("latin-1")


STATUSES = (
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
)
CHAIN = {
    "/start": answer(b"", "text/html", "301 Moved Permanently", "Location: /two"),
    "/two": answer(b"", "text/html", "302 Found", f"Location: {SITE}/three"),
    "/three": answer(b"", "text/html", "307 Temporary Redirect", f"Location: {METADATA}"),
}
REDIRECTS = (
    *(redirecting(status[:3], f"{HERE}/", status) for status in STATUSES),
    *(redirecting(f"{status[:3]}-metadata", METADATA, status) for status in STATUSES),
    *(
        redirecting(f"to-{name}", _location(f"http://{HOSTS[name]}/"))
        for name in (
            *("loopback-decimal", "loopback-octal", "loopback-circled-digits", "localhost"),
            *("six-loopback", "six-mapped", "six-nat64", "six-to-four", "home-192", "carrier"),
            *("userinfo", "backslash", "this-network-short", "six-private", "six-link-local"),
        )
    ),
    *(
        redirecting(f"to-{name}", SCHEMES[name])
        for name in ("file", "gopher", "dict", "ftp", "data")
    ),
    redirecting("scheme-relative", "//127.0.0.1/"),
    redirecting("backslashes", "\\\\127.0.0.1\\"),
    redirecting("to-another-port", f"{HERE}:6379/"),
    redirecting("with-spaces-before", f"   {HERE}/"),
    Attempt("redirect-chain", f"{SITE}/start", "failed", acts=CHAIN),
)


def served(name: str, kind: str, body: bytes, ends: str, media: str = "", *headers: str) -> Attempt:
    """A public source whose content or headers name an address inside."""
    media = media or {"ics": "text/calendar", "feed": "application/xml"}.get(
        kind, "application/json"
    )
    act = answer(body, media, "200 OK", *headers)
    return Attempt(f"content-{name}", f"{SITE}/content", ends, kind, {"/content": act})


def doctype(text: str) -> bytes:
    """A feed with this DOCTYPE, which names an entity x."""
    return rss(item("n", "Loto &x; du village")).replace(b"<rss", f"{text}<rss".encode(), 1)


ICS = calendar(
    event(
        *("n", "Loto", f"URL:{HERE}/url", f"ATTACH;FMTTYPE=image/png:{HERE}/attach"),
        *(f"IMAGE;VALUE=URI:{HERE}/image", f'DESCRIPTION;ALTREP="{HERE}/altrep":x'),
        *(f"CONFERENCE;VALUE=URI:{HERE}/conference", f"STYLED-DESCRIPTION;VALUE=URI:{HERE}/s"),
    )
)
FURTHER = f"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nSOURCE;VALUE=URI:{HERE}/source\r\n"
ZONE = f"BEGIN:VTIMEZONE\r\nTZID:Ici\r\nTZURL:{HERE}/zone\r\nEND:VTIMEZONE\r\n"
LINKED = item("n", "Loto", f'<enclosure url="{HERE}/e.png" length="1" type="image/png"/>')
PAGED = (
    f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{HERE}/next"/>'
    f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{HERE}/hub"/>'
)
EVENT = {"_id": "n", "title": "Loto", "startAt": "2026-07-01T10:00:00Z"}
JSON_LD = {"@context": f"{HERE}/context", "@id": "n", **EVENT, "image": f"{HERE}/image"}
PLACE = {"id": "n", "name": "Grange", "website": f"{HERE}/site", "image": f"{HERE}/image"}
NEXT = f'Link: <{HERE}/next>; rel="next"'
CONTEXT = f'Link: <{HERE}/context>; rel="http://www.w3.org/ns/json-ld#context"'
WEB_PAGE = (
    f'<!DOCTYPE html><html><head><meta http-equiv="refresh" content="0;url={HERE}/">'
    f'<link rel="alternate" type="text/calendar" href="{HERE}/a.ics"><base href="{HERE}/">'
    "</head><body>moved</body></html>"
).encode()
INCLUDED = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{HERE}/inc"/>'
COLLECTION = json.loads(sound("geojson", "x"))
CRS = {"crs": {"type": "link", "properties": {"href": f"{HERE}/crs", "type": "proj4"}}}

CONTENTS = (
    served("calendar-addresses", "ics", ICS, "committed"),
    served("calendar-source", "ics", calendar(FURTHER, event("n", "Loto")), "committed"),
    served("calendar-zone", "ics", calendar(ZONE, event("n", "Loto")), "committed"),
    served("meta-refresh", "ics", WEB_PAGE, "failed", "text/html"),
    served("refresh-header", "ics", ICS, "committed", "", f"Refresh: 0; url={HERE}/"),
    served(
        "content-location",
        "feed",
        rss(item("n", "Loto")),
        "committed",
        "",
        f"Content-Location: {HERE}/",
    ),
    served("location-without-redirect", "ics", ICS, "committed", "", f"Location: {HERE}/"),
    served(
        "external-entity",
        "feed",
        doctype(f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{HERE}/x">]>'),
        "committed",
    ),
    served(
        "external-file",
        "feed",
        doctype('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hosts">]>'),
        "committed",
    ),
    served("external-dtd", "feed", doctype(f'<!DOCTYPE rss SYSTEM "{HERE}/x.dtd">'), "committed"),
    served(
        "parameter-entity",
        "feed",
        doctype(f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{HERE}/p"> %p; <!ENTITY x "y">]>'),
        "committed",
    ),
    served(
        "stylesheet",
        "feed",
        rss(item("n", "Loto")).replace(
            b"<rss", f'<?xml-stylesheet type="text/xsl" href="{HERE}/s.xsl"?><rss'.encode(), 1
        ),
        "committed",
    ),
    served("xinclude", "feed", rss(item("n", "Loto", INCLUDED)), "committed"),
    served(
        "schema-location",
        "feed",
        rss(item("n", "Loto")).replace(
            b"<rss ",
            f'<rss xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="x {HERE}/x.xsd" '.encode(),
            1,
        ),
        "committed",
    ),
    served("feed-links", "feed", rss(LINKED, more=PAGED), "committed"),
    served(
        "xml-base",
        "feed",
        atom(
            "<entry><id>urn:n</id><title>Loto</title><updated>2026-05-01T08:00:00Z</updated>"
            '<link href="/a"/><content src="/b" type="text/html"/></entry>',
        ).replace(b"<feed ", f'<feed xml:base="{HERE}/" '.encode(), 1),
        "committed",
    ),
    served(
        "atom-next",
        "feed",
        atom(
            f'<link rel="next" href="{HERE}/next"/><link rel="self" href="{HERE}/self"/>',
            "<entry><id>urn:n</id><title>Loto</title><updated>2026-05-01T08:00:00Z</updated>"
            '<link href="https://j.example/1"/></entry>',
        ),
        "committed",
    ),
    served(
        "json-feed-next",
        "feed",
        json_feed(
            next_url=f"{HERE}/next",
            hubs=[{"type": "rssCloud", "url": f"{HERE}/hub"}],
            items=[{"id": "n", "title": "Loto", "image": f"{HERE}/i.png"}],
        ),
        "committed",
    ),
    served("remote-context", "enbauges", json.dumps({"events": [JSON_LD]}).encode(), "committed"),
    served(
        "remote-context-of-all",
        "enbauges",
        json.dumps(
            {"@context": [f"{HERE}/c1", METADATA, "file:///etc/hosts"], "events": [EVENT]}
        ).encode(),
        "committed",
        "application/ld+json",
    ),
    served(
        "context-in-a-header",
        "enbauges",
        json.dumps({"events": [EVENT]}).encode(),
        "committed",
        "application/json",
        CONTEXT,
    ),
    served(
        "next-in-a-header",
        "enbauges",
        json.dumps({"events": [EVENT]}).encode(),
        "committed",
        "application/json",
        NEXT,
    ),
    served(
        "next-in-json",
        "enbauges",
        json.dumps(
            {
                "events": [EVENT],
                "next": f"{HERE}/n",
                "links": {"next": {"href": f"{HERE}/n"}},
                "next_rest_url": f"{HERE}/n",
            }
        ).encode(),
        "committed",
    ),
    served("place-addresses", "gogocarto", json.dumps({"data": [PLACE]}).encode(), "committed"),
    served("reference-system", "geojson", json.dumps({**COLLECTION, **CRS}).encode(), "committed"),
    Attempt(
        "robots-redirect",
        "http://93.184.216.34/content",
        "committed",
        acts={
            "/content": answer(ICS, "text/calendar"),
            "/robots.txt": answer(b"", "text/plain", "302 Found", f"Location: {HERE}/robots.txt"),
        },
    ),
    Attempt(
        "robots-sitemap",
        "http://93.184.216.35/content",
        "committed",
        acts={
            "/content": answer(ICS, "text/calendar"),
            "/robots.txt": answer(
                f"Sitemap: {HERE}/sitemap.xml\nHost: 127.0.0.1\n".encode(), "text/plain"
            ),
        },
    ),
)

FURTHER_PAGE = answer(b"", "text/html", "302 Found", f"Location: {METADATA}")
ENTRY = (
    "<entry><id>urn:n</id><title>Loto</title><updated>2026-05-01T08:00:00Z</updated>"
    '<link href="https://j.example/1"/></entry>'
)


def paged(name: str, kind: str, body: bytes, *headers: str, ends: str = "committed") -> Attempt:
    """A public source of several pages, of which the second is, or leads, inside."""
    media = {"ics": "text/calendar", "feed": "application/atom+xml"}.get(kind, "application/json")
    acts = {
        "/content": answer(body, media, "200 OK", *headers),
        "/two": FURTHER_PAGE,
        "/robots.txt": NOT_FOUND,
    }
    return Attempt(f"page-{name}", f"{SITE}/content", ends, kind, acts, more="pages = 5")


def next_of_atom(address: str) -> bytes:
    return atom(f'<link rel="next" href="{address}"/>', ENTRY)


LIST = {"events": [], "next_rest_url": f"{HERE}/n"}
GROUP = {"type": "OrderedCollectionPage", "orderedItems": [], "next": f"{HERE}/next"}
PAGES = (
    paged("of-a-feed-inside", "feed", next_of_atom(f"{HERE}/next")),
    paged("of-a-feed-metadata", "feed", next_of_atom(METADATA)),
    paged("of-a-feed-on-another-port", "feed", next_of_atom(f"{SITE}:6379/next"), ends="failed"),
    paged("of-a-feed-by-a-file", "feed", next_of_atom("file:///etc/passwd")),
    paged("of-a-feed-without-scheme", "feed", next_of_atom("//127.0.0.1/next")),
    paged("of-a-feed-with-userinfo", "feed", next_of_atom(f"http://{PUBLIC}@127.0.0.1/next")),
    paged("of-a-feed-with-a-backslash", "feed", next_of_atom(f"http://{PUBLIC}\\@127.0.0.1/")),
    paged("of-a-feed-that-redirects", "feed", next_of_atom(f"{SITE}/two"), ends="failed"),
    paged("in-a-header-that-redirects", "ics", ICS, 'Link: </two>; rel="next"', ends="failed"),
    paged("in-a-header-inside", "ics", ICS, f'Link: <{METADATA}>; rel="next"'),
    paged(
        "of-wordpress",
        "wordpress",
        json.dumps(LIST).encode(),
    ),
    paged("of-mobilizon", "mobilizon", json.dumps(GROUP).encode()),
    paged("of-activitypub", "activitypub", json.dumps(GROUP).encode()),
)

CALENDAR = answer(calendar(event("n", "Loto")), "text/calendar")


def named(name: str, ends: str, *answers: list[str], redirected: bool = False) -> Attempt:
    """A public name, and what the resolver says of it from one time to the next."""
    host = f"{name}.example.org"  # of its own: robots.txt is kept for a day
    here = answer(b"", "text/html", "302 Found", f"Location: http://{host}/again")
    acts = {"/named": here, "/again": CALENDAR} if redirected else {"/named": CALENDAR}
    return Attempt(
        f"name-{name}", f"http://{host}/named", ends, names={host: list(answers)}, acts=acts
    )


NAMES = (
    named("of-loopback", "failed", ["127.0.0.1"]),
    named("of-metadata", "failed", ["169.254.169.254"]),
    named("of-six-loopback", "failed", ["::1"]),
    named("of-mapped-loopback", "failed", ["::ffff:127.0.0.1"]),
    named("of-nat64", "failed", ["64:ff9b::7f00:1"]),
    # One look-up is for robots.txt, one for the address.
    named("rebound-after-the-check", "committed", [PUBLIC], [PUBLIC], ["127.0.0.1"]),
    named("rebound-to-metadata", "committed", [PUBLIC], [PUBLIC], ["169.254.169.254"]),
    named("rebound-after-robots-txt", "failed", [PUBLIC], ["127.0.0.1"]),
    named(
        "rebound-at-the-redirect",
        "failed",
        [PUBLIC],
        [PUBLIC],
        ["127.0.0.1"],
        redirected=True,
    ),
    named("with-two-addresses", "committed", [PUBLIC, "127.0.0.1"]),
    named("private-first", "failed", ["127.0.0.1", PUBLIC]),
    Attempt(
        "proxy-of-the-environment",
        f"{SITE}/content",
        "committed",
        acts={"/content": CALENDAR},
        environment={"http_proxy": HERE, "HTTP_PROXY": HERE, "ALL_PROXY": HERE},
    ),
)

ALLOWED = (
    Attempt(
        "allowed-to-metadata",
        f"{HERE}/allowed",
        "failed",
        allow_private=True,
        acts={"/allowed": answer(b"", "text/html", "302 Found", f"Location: {METADATA}")},
    ),
    Attempt(
        "allowed-to-another-port",
        f"{HERE}/allowed",
        "failed",
        allow_private=True,
        acts={"/allowed": answer(b"", "text/html", "302 Found", f"Location: {HERE}:6379/")},
    ),
    Attempt(
        "allowed-to-another-host",
        f"{HERE}/allowed",
        "failed",
        allow_private=True,
        acts={"/allowed": answer(b"", "text/html", "302 Found", "Location: http://192.168.1.1/")},
    ),
    Attempt("allowed-metadata-itself", METADATA, "failed", allow_private=True),
)

ATTEMPTS: tuple[Attempt, ...] = (*DIRECT, *REDIRECTS, *CONTENTS, *PAGES, *NAMES, *ALLOWED)

CALLED = f"SERVICE <{HERE}/> {{ ?s ?p ?o }}"
QUERIES = {
    "service": f"SELECT * {{ {CALLED} }}",
    "service-silent": f"SELECT * {{ SERVICE SILENT <{HERE}/> {{ ?s ?p ?o }} }}",
    "service-public": f"SELECT * {{ SERVICE <{SITE}/> {{ ?s ?p ?o }} }}",
    "service-of-a-variable": f"SELECT * {{ BIND(<{HERE}/> AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
    "service-in-a-subquery": f"ASK {{ {{ SELECT * {{ OPTIONAL {{ {CALLED} }} }} }} }}",
    "service-in-exists": f"ASK {{ FILTER EXISTS {{ {CALLED} }} }}",
    "service-after-a-comment": f"SELECT * {{ SERVICE # <\n<{HERE}/> {{ ?s ?p ?o }} }}",
    "service-escaped": f"SELECT * {{ \\u0053ERVICE <{HERE}/> {{ ?s ?p ?o }} }}",
    "service-small-letters": f"select * {{ sErViCe <{HERE}/> {{ ?s ?p ?o }} }}",
    "service-of-metadata": f"SELECT * {{ SERVICE <{METADATA}> {{ ?s ?p ?o }} }}",
    "from": f"SELECT * FROM <{HERE}/g> {{ ?s ?p ?o }}",  # noqa: S608  # SPARQL
    "from-named": f"SELECT * FROM NAMED <{HERE}/g> {{ GRAPH ?g {{ ?s ?p ?o }} }}",  # noqa: S608
    "describe": f"DESCRIBE <{HERE}/thing>",
    "load": f"LOAD <{HERE}/data.nt>",
    "load-silent-into": f"LOAD SILENT <{HERE}/data.nt> INTO GRAPH <{HERE}/g>",
    "load-a-file": "LOAD <file:///etc/passwd>",
    "insert-from-service": f"INSERT {{ ?s ?p ?o }} WHERE {{ {CALLED} }}",
}
"""What a client may ask of the endpoint, or a person of ``enbauges query``."""
