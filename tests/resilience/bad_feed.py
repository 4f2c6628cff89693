"""Feeds that are no feeds, or are meant to hurt whoever reads them."""

from __future__ import annotations

import json

from tests.resilience.bad import Bad, failed, same, stored
from tests.resilience.nodes import event, item, rss
from tests.resilience.raw import answer

NEW = rss(item("neuf", "Loto"))
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (turn, b"&l%d;" % (turn - 1) * 10) for turn in range(1, 12)
)
BOMB = b'<!DOCTYPE rss [<!ENTITY l0 "ha">' + LAUGHS + b"]>"
QUADRATIC = b'<!DOCTYPE rss [<!ENTITY a "' + b"a" * 50_000 + b'">]>'


def doctyped(doctype: bytes, text: str = "Loto") -> bytes:
    """A feed after a DOCTYPE."""
    return rss(item("neuf", text)).replace(b"<rss", doctype + b"<rss", 1)


def holding(content: bytes) -> bytes:
    """A feed with a new item whose description holds ``content``."""
    return rss(item("neuf", "Loto", "<description>@</description>")).replace(b"@", content)


def atom(*entries: str) -> bytes:
    """An Atom feed."""
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Journal</title><id>urn:x:j</id>'
    return f"{head}<updated>2026-05-01T08:00:00Z</updated>{''.join(entries)}</feed>".encode()


def json_feed(**fields: object) -> bytes:
    """A JSON Feed."""
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "J", **fields}
    ).encode()


RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:s="https://schema.org/"><s:Event rdf:about="https://a.example/1"><s:name>Bal</s:name>
</s:Event></rdf:RDF>"""
TURTLE = b'@prefix s: <https://schema.org/> .\n<https://a.example/1> a s:Event ; s:name "Bal" .\n'
JSON_LD = b'{"@context": "https://schema.org", "@type": "Event", "name": "Bal"}'
RSS_1 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/"><channel rdf:about="http://a b c/"><title>J</title></channel>
<item rdf:about="http://a.example/&lt;&gt; {}|^`"><title>Loto</title></item></rdf:RDF>"""
NO_FEED = "not RSS/Atom/JSON Feed"

ENTITIES = (
    stored("billion-laughs", "feed", doctyped(BOMB, "Loto &l11;"), "feed-not-well-formed"),
    failed(
        "quadratic-blow-up",
        "feed",
        doctyped(QUADRATIC, "&a;" * 5_000),
        "none of its entries",
        "named-name",
    ),
    stored(
        "an-external-entity",
        "feed",
        doctyped(b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "Loto &x;"),
    ),
    stored(
        "an-external-dtd", "feed", doctyped(b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">')
    ),
    stored(
        "a-parameter-entity",
        "feed",
        doctyped(b'<!DOCTYPE rss [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'),
    ),
    stored(
        "a-harmless-doctype",
        "feed",
        doctyped(b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "rss-0.91.dtd">'),
    ),
    stored(
        "an-undefined-entity",
        "feed",
        holding(b"Loto&nbsp;du&euml; village &inconnu;"),
        "feed-not-well-formed",
    ),
    stored("half-a-surrogate-pair", "feed", holding(b"a&#xD83D;b&#56832;c")),
    stored("a-reference-beyond-unicode", "feed", holding(b"a&#x110000;b&#99999999999;c")),
)

MARKUP = (
    stored(
        "cut-inside-an-item",
        "feed",
        rss(item("neuf", "Loto"), item("coupe", "Bal"))[:-60],
        "feed-not-well-formed",
    ),
    failed("cut-before-the-first-item", "feed", NEW[:70], "no entry is left of it"),
    stored("a-tag-never-closed", "feed", holding(b"<p><b>gras"), "feed-not-well-formed"),
    stored("two-roots", "feed", NEW + NEW, "feed-not-well-formed"),
    stored(
        "text-after-the-end",
        "feed",
        NEW + b"<!-- served in 3 ms --> PHP Warning: line 3",
        "feed-not-well-formed",
    ),
    stored(
        "a-warning-before-the-start",
        "feed",
        b"<br />\n<b>Notice</b>: x.php\n" + NEW,
        "feed-not-well-formed",
    ),
    stored(
        "an-attribute-twice",
        "feed",
        NEW.replace(b"<item>", b'<item a="1" a="2">'),
        "feed-not-well-formed",
    ),
    stored(
        "a-prefix-not-declared",
        "feed",
        NEW.replace(b"</item>", b"<x:y>z</x:y></item>"),
        "feed-not-well-formed",
    ),
    stored("a-control-character", "feed", holding(b"a\x0bb\x01c"), "feed-not-well-formed"),
    stored("nul-in-xml", "feed", holding(b"a\x00b"), "feed-not-well-formed"),
    stored("cdata-never-closed", "feed", holding(b"<![CDATA[ texte"), "feed-not-well-formed"),
    stored(
        "a-comment-never-closed",
        "feed",
        NEW.replace(b"</item>", b"</item><!-- "),
        "feed-not-well-formed",
    ),
    failed(
        "thousands-of-attributes",
        "feed",
        NEW.replace(b"<item>", b"<item " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b">"),
        "attributes",
    ),
    stored("nested-fifty-thousand-deep", "feed", holding(b"<b>" * 50_000 + b"</b>" * 50_000)),
    stored(
        "html-nested-fifty-thousand-deep",
        "feed",
        holding(b"&lt;div&gt;" * 50_000 + b"x" + b"&lt;/div&gt;" * 50_000),
    ),
    stored("said-utf-16-and-is-not", "feed", NEW.replace(b"utf-8", b"utf-16", 1)),
    stored("an-encoding-that-does-not-exist", "feed", NEW.replace(b"utf-8", b"klingon", 1)),
    stored("latin-1-said-utf-8-in-xml", "feed", holding("été".encode("latin-1"))),
    stored(
        "an-attribute-of-one-megabyte",
        "feed",
        NEW.replace(b"<item>", b'<item a="' + b"x" * 1_000_000 + b'">'),
    ),
)

CONTENT = (
    same("a-feed-without-items", "feed", rss()),
    same("an-atom-without-entries", "feed", atom()),
    stored("an-item-with-nothing", "feed", rss("<item></item>", item("neuf", "Loto"))),
    stored(
        "dates-that-are-none",
        "feed",
        rss(item("neuf", "Loto").replace("Fri, 01 May 2026 08:00:00 +0200", "demain soir")),
        "feed-bad-date",
    ),
    stored(
        "a-date-in-year-99999",
        "feed",
        atom(
            "<entry><id>urn:x:neuf</id><title>Loto</title><updated>99999-01-01T00:00:00Z</updated>"
            '<link href="https://j.example/1"/></entry>'
        ),
    ),
    stored(
        "five-thousand-times-the-same-guid",
        "feed",
        rss(*(item("neuf", f"Loto {n}") for n in range(2_000))),
    ),
    stored("a-guid-of-100-kB", "feed", rss(item("g" * 100_000, "Loto"))),
    stored("a-guid-that-breaks-iris", "feed", rss(item('&lt;x&gt; "{}|^`\\ é\u00a0', "Loto"))),
    stored(
        "links-that-run",
        "feed",
        rss(item("neuf", "Loto").replace("https://journal.example/neuf", "javascript:alert(1)")),
    ),
    stored(
        "a-link-with-spaces",
        "feed",
        rss(
            item("neuf", "Loto").replace(
                "https://journal.example/neuf", 'https://j.example/a b"&lt;&gt;'
            )
        ),
    ),
    stored("an-immense-ttl", "feed", rss(item("neuf", "Loto"), more=f"<ttl>{'9' * 500}</ttl>")),
    stored(
        "an-enclosure-of-minus-one",
        "feed",
        rss(
            item(
                "neuf",
                "Loto",
                '<enclosure url="https://j.example/a.jpg" length="-1" type="image/jpeg"/>',
            )
        ),
    ),
    stored("a-point-nowhere", "feed", rss(item("neuf", "Loto", "<point>NaN Infinity</point>"))),
    stored("five-thousand-items", "feed", rss(*(item(f"p{n}", f"Loto {n}") for n in range(5_000)))),
    stored(
        "a-title-that-is-a-script",
        "feed",
        rss(item("neuf", "&lt;script&gt;alert(1)&lt;/script&gt;Loto")),
    ),
    stored("rdf-addresses-that-break", "feed", RSS_1),
)

INSTEAD = (
    failed("rdf-xml-instead-of-a-feed", "feed", answer(RDF, "application/rdf+xml"), NO_FEED),
    failed("turtle-instead-of-a-feed", "feed", answer(TURTLE, "text/turtle"), NO_FEED),
    failed("json-ld-instead-of-a-feed", "feed", answer(JSON_LD, "application/ld+json"), NO_FEED),
    failed(
        "n-triples-instead-of-a-feed", "feed", b"<http://a/> <http://b/> <http://c/> .\n", NO_FEED
    ),
    failed(
        "rdf-with-an-entity-bomb", "feed", RDF.replace(b"<rdf:RDF", BOMB + b"<rdf:RDF", 1), NO_FEED
    ),
    failed(
        "a-picture-in-svg", "feed", b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>', NO_FEED
    ),
    failed(
        "a-list-of-feeds",
        "feed",
        b'<opml version="2.0"><body><outline text="x"/></body></opml>',
        NO_FEED,
    ),
    failed(
        "a-map-of-the-site",
        "feed",
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>',
        NO_FEED,
    ),
    failed("a-soap-fault", "feed", b"<Envelope><Body><Fault>no</Fault></Body></Envelope>", NO_FEED),
    failed(
        "a-calendar-instead-of-a-feed",
        "feed",
        f"BEGIN:VCALENDAR\r\n{event('a', 'Bal')}END:VCALENDAR\r\n".encode(),
        NO_FEED,
    ),
    failed("xml-with-nothing-in-it", "feed", b'<?xml version="1.0"?><nothing/>', NO_FEED),
)

JSON_FEEDS = (
    failed("items-null", "feed", json_feed(items=None), "items|feed"),
    failed(
        "items-that-are-words", "feed", json_feed(items=["Bal", 3, None]), "none of its entries"
    ),
    stored("ids-that-are-numbers", "feed", json_feed(items=[{"id": 7, "title": "Loto"}])),
    stored(
        "titles-that-are-lists",
        "feed",
        json_feed(
            items=[{"id": "a", "title": ["Loto"], "url": {"x": 1}}, {"id": "b", "title": "Loto"}]
        ),
    ),
    failed(
        "a-json-feed-cut-short",
        "feed",
        json_feed(items=[{"id": "a", "title": "Loto"}])[:-4],
        "JSON|feed",
    ),
    failed(
        "a-json-feed-nested-deep",
        "feed",
        json_feed(items=[{"id": "a"}])[:-1] + b', "x": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        "deep|nested",
    ),
)

CASES: tuple[Bad, ...] = (*ENTITIES, *MARKUP, *CONTENT, *INSTEAD, *JSON_FEEDS)
