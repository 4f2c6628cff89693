"""IRIs: what any native id becomes, and that nothing on the way makes another one of it."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from vocab.iris import Iris, encode, iri_of_address

IRIS = Iris("https://node.example/")
BROWSERS_DOTS = {".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"}
"""Path segments that clients resolve away (RFC 3986, 5.2.4, and the URL Standard of WHATWG)."""


@pytest.mark.parametrize("key", [".", "..", "...", ".%2e", "a..", "..\ud800"])
def test_a_key_of_dots_leads_nowhere_else(key: str) -> None:
    record = IRIS.record("a", key, key)
    assert not BROWSERS_DOTS & set(record.lower().split("/"))
    assert urljoin("https://else.example/", record) == record
    assert IRIS.record_of(IRIS.genid(record, "..")) == record
    assert IRIS.record_of(f"{record}#place") == record


def test_dots_in_a_longer_key_stay_as_they_are() -> None:
    assert encode("2026.05..ics") == "2026.05..ics"
    assert len({encode(key) for key in (".", "..", "...", "")}) == 4


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_is_a_segment_that_can_be_written(key: str, path: str) -> None:
    record = IRIS.record("a", key)
    assert IRIS.record_of(IRIS.genid(record, path)) == record
    NamedNode(record)
    record.encode()


@pytest.mark.parametrize(
    ("address", "iri"),
    [
        ("https://é.example/à?q=é#b", "https://é.example/à?q=é#b"),
        ("https://[::1]:8080/a?page[size]=2", "https://[::1]:8080/a?page%5Bsize%5D=2"),
        ("https://a.example?f[]=1&q=50%", "https://a.example?f%5B%5D=1&q=50%25"),
        ("https://a.example/a%20b#c#d", "https://a.example/a%20b#c%23d"),
    ],
)
def test_an_address_that_a_server_takes_is_an_iri(address: str, iri: str) -> None:
    assert iri_of_address(address) == iri
    NamedNode(iri)
