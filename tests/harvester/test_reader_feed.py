"""Feeds: RSS, Atom, RDF and JSON Feed, sound and broken."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.readers.feed import read
from harvester.records import Content, Issue, ReadError, ReadOptions, Record, Window

OPTIONS = ReadOptions(Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)))


def rss(items: str, head: str = "<title>T</title>") -> bytes:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
    ).encode()


def run(body: bytes, **said: str) -> list[Record | Issue]:
    return list(read(Content(body, url="https://site.example/flux/", **said), OPTIONS))


def data(found: list[Record | Issue]) -> list[dict[str, Any]]:
    return [one.data for one in found if isinstance(one, Record)]


def codes(found: list[Record | Issue]) -> list[str]:
    return [one.code for one in found if isinstance(one, Issue)]


RDF = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://site.example/"><title>T</title><link>https://site.example/</link></channel>
<item rdf:about="https://site.example/1"><title>Un</title><link>https://site.example/1</link>
<dc:date>2026-05-01T10:00:00+02:00</dc:date></item></rdf:RDF>"""


MANY = " ".join(f'a{number}=">{number}"' for number in range(50_000))


@pytest.mark.parametrize("tail", ["", "<br>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_tag_of_thousands_of_attributes_is_refused_before_it_is_parsed(
    tail: str, encoding: str
) -> None:
    text = rss(f"<item><guid>1</guid><title {MANY}>t</title></item>").decode() + tail
    before = time.process_time()
    with pytest.raises(ReadError, match="50000 attributes"):
        run(text.encode(encoding))
    assert time.process_time() - before < 1


def test_long_texts_and_pictures_inside_the_feed_are_no_such_tags() -> None:
    picture = f'<img src="data:image/png;base64,{"A=b" * 50_000}" alt="x">'
    text = "a = b " * 50_000
    item = f"<item><guid>1</guid><description><![CDATA[{picture}{text}]]></description></item>"
    assert len(data(run(rss(item)))) == 1


@pytest.mark.parametrize("charset", ["", "hex", "idna", "undefined", "utf-7"])
@pytest.mark.parametrize("declared", ["hex", "undefined", "idna"])
def test_a_charset_that_is_none_and_half_a_character_lose_no_entry(
    charset: str, declared: str
) -> None:
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><title>x</title>'
        "<item><guid>1</guid><title>Fête &#xD800;&#55296;&#233;</title></item></channel></rss>"
    )
    found = list(read(Content(text.encode(), charset=charset), OPTIONS))
    (record,) = [one for one in found if isinstance(one, Record)]
    assert record.data["title"] == "Fête \ufffd\ufffdé"


@pytest.mark.parametrize("number", ["x110000", "xFFFFFFFFFF", "99999999999", "9" * 9_000, "xDC00"])
def test_a_reference_to_no_character_loses_no_entry(number: str) -> None:
    found = run(rss(f"<item><guid>n1</guid><title>Bal &#{number}; Loto</title></item>"))
    assert [one["title"] for one in data(found)] == ["Bal \ufffd Loto"]


def test_a_reference_to_the_last_characters_is_read() -> None:
    found = run(rss("<item><guid>n1</guid><title>a&#x10FFFD;b&#1114109;c&#8217;</title></item>"))
    assert [one["title"] for one in data(found)] == ["a\U0010fffdb\U0010fffdc’"]


def test_rdf_that_is_no_feed_is_refused_and_not_taken_for_an_empty_one() -> None:
    graph = RDF.replace(b"http://purl.org/rss/1.0/", b"https://schema.org/")
    with pytest.raises(ReadError, match="XML, not RSS"):
        run(graph.replace(b"channel", b"Event").replace(b"item", b"Place"))


def test_rss_in_rdf_is_read() -> None:
    (entry,) = data(run(RDF))
    assert entry["id"] == "https://site.example/1"
    assert entry["updated"] == "2026-05-01T08:00:00+00:00"


@pytest.mark.parametrize("guid", ["n1", "/n1", "12/n1?a=1", "https://site.example/n1", "urn:x:n1"])
@pytest.mark.parametrize("mark", ["", " isPermaLink='true'", " isPermaLink='false'"])
@pytest.mark.parametrize("broken", ["", "<oops>"])
def test_the_key_of_an_entry_is_its_id_as_the_feed_writes_it(
    guid: str, mark: str, broken: str
) -> None:
    body = rss(f"<item><title>Un</title><guid{mark}>{guid}</guid>{broken}</item>")
    for host in ("https://site.example/flux/", "http://elsewhere.example/rss"):
        (found,) = [
            one for one in read(Content(body, url=host), OPTIONS) if isinstance(one, Record)
        ]
        assert found.key == (guid,)


def test_a_guid_that_is_an_address_is_the_page_of_its_entry_and_a_bare_word_is_not() -> None:
    items = "<item><title>{0}</title><guid>{0}</guid></item>"
    found = data(run(rss(items.format("/concert") + items.format("n1"))))
    assert [one.get("link") for one in found] == ["https://site.example/concert", None]


@pytest.mark.parametrize(
    ("encoding", "declared", "told"),
    [
        ("utf-8", "utf-8", []),
        ("latin-1", "iso-8859-1", []),
        ("cp1252", "windows-1252", []),
        ("koi8-r", "koi8-r", []),
        ("utf-16", "utf-16", []),
        ("utf-16-le", "utf-16", []),
        ("latin-1", "utf-8", ["encoding"]),
    ],
)
def test_the_encoding_of_a_feed_is_found(encoding: str, declared: str, told: list[str]) -> None:
    word = "Школа" if encoding == "koi8-r" else "Fête"
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><title>T</title>'
    )
    text += f"<item><guid>1</guid><title>{word}</title></item></channel></rss>"
    found = run(text.encode(encoding))
    assert [one["title"] for one in data(found)] == [word]
    assert codes(found) == told


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty body"),
        (b"<!DOCTYPE html><html><body><p>Maintenance</p></body></html>", "web page"),
        (b'{"error": "not found"}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id"', "cut short"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", "calendar"),
        (b"<?xml version='1.0'?><kml><Document/></kml>", "XML"),
        (b"<rss version='2.0'><channel><title>T</ti", "cut short"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        run(body)
    assert words in str(caught.value)


def test_an_address_or_a_file_name_served_as_a_feed_is_not_opened() -> None:
    for body in (b"/etc/passwd", b"http://127.0.0.1:1/feed", b"feed.xml"):
        with pytest.raises(ReadError):
            run(body)


def test_an_empty_feed_is_no_error() -> None:
    assert run(rss("")) == []


def test_a_broken_feed_is_read_as_far_as_it_goes_with_one_warning() -> None:
    body = rss("<item><guid>1</guid><title>A & B</title></item><item><guid>2</guid><title>C")
    found = run(body.replace(b"</channel></rss>", b""))
    assert [one.get("title") for one in data(found)] == ["A & B", None]
    assert codes(found) == ["feed-not-well-formed"]


def test_entities_are_not_expanded_for_ever() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (98 + n, *[97 + n] * 8)
        for n in range(12)
    )
    bomb += b"]><rss version='2.0'><channel><item><guid>1</guid><title>&m;</title></item>"
    found = run(bomb + b"</channel></rss>")
    assert len(str(data(found))) < 1000


def test_scripts_in_a_title_are_taken_out() -> None:
    (entry,) = data(
        run(rss("<item><title>A &lt;script&gt;alert(1)&lt;/script&gt;B</title></item>"))
    )
    assert entry["title"] == "A B"


def test_links_inside_html_are_resolved_only_where_they_are_relative() -> None:
    (entry,) = data(
        run(rss('<item><description><![CDATA[<a href="a">x</a>]]></description></item>'))
    )
    assert entry["summary"] == '<a href="https://site.example/flux/a">x</a>'


def test_entries_without_id_link_and_date_keep_their_keys() -> None:
    body = rss("<item><title>Un</title></item><item><title>Deux</title></item>")
    first, second = ([one["id"] for one in data(run(body))] for _ in range(2))
    assert first == second
    assert len(set(first)) == 2
    assert all(key.startswith("~") for key in first)


def test_one_guid_for_several_things_gives_each_its_own_key() -> None:
    found = run(
        rss(
            "<item><guid isPermaLink='false'>x</guid><title>A</title><link>https://a.example/</link></item>"
            "<item><guid isPermaLink='false'>x</guid><title>B</title><link>https://b.example/</link></item>"
            "<item><guid isPermaLink='false'>x</guid><title>A</title><link>https://a.example/</link></item>"
        )
    )
    assert len({one["id"] for one in data(found)}) == 2
    assert codes(found) == ["feed-duplicate"]


def test_a_web_address_without_scheme_becomes_absolute() -> None:
    found = run(
        rss("<item><guid isPermaLink='false'>1</guid><link>www.site.example/a</link></item>")
    )
    assert data(found)[0]["link"].endswith("www.site.example/a")


def test_authors_are_not_read() -> None:
    found = run(rss("<item><guid>1</guid><author>a@b.example (Jeanne)</author></item>"))
    assert "Jeanne" not in str(found)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_end_with_records_issues_or_a_read_error(tail: bytes) -> None:
    for head in (b"", b"<rss version='2.0'><channel><item><title>", b'{"version": "https://'):
        try:
            run(head + tail)
        except ReadError:
            continue
