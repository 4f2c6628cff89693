"""The server of the bundled samples answers as a good web server does."""

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import requests

from harvester.fetch import Client, FetchError
from samples import serving
from vocab.messages import Told

TODAY = date(2026, 4, 29)
NOW = datetime(2026, 4, 29, 8, 0, tzinfo=UTC)


@pytest.fixture
def base() -> Iterator[str]:
    with serving.serve(lambda: TODAY) as url:
        yield url


@pytest.fixture
def client() -> Iterator[Client]:
    with Client("EnBauges/test", clock=lambda: NOW) as made:
        yield made


@pytest.mark.parametrize("name", serving.names())
def test_a_sample_travels_the_path_of_a_real_source(base: str, client: Client, name: str) -> None:
    url = serving.resolve(f"sample:{name}", base)
    first = client.fetch(url, allow_private=True)
    assert first.contents is not None
    assert first.contents[0].body == serving.render(name, TODAY)
    assert first.contents[0].media_type == serving.media_type(name).partition(";")[0]
    second = client.fetch(url, validators=first.validators, allow_private=True)
    assert (second.status, second.unchanged) == (304, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mairie-ecole", "text/calendar; charset=utf-8"),
        ("voix-de-la-combe", "application/rss+xml; charset=utf-8"),
        ("roues-libres", "application/atom+xml; charset=utf-8"),
        ("carte-des-initiatives", "application/json"),
        ("tiers-lieux-reseau", "application/geo+json"),
        ("lieux-d-accueil", "text/csv; charset=utf-8"),
    ],
)
def test_a_sample_says_its_type(base: str, name: str, expected: str) -> None:
    with requests.get(serving.resolve(f"sample:{name}", base), timeout=5) as answer:
        assert answer.headers["Content-Type"] == expected


def test_a_sample_is_compressed_for_those_who_accept_it(base: str) -> None:
    url = serving.resolve("sample:mairie-ecole", base)
    for accepted in ("gzip", "identity"):
        headers = {"Accept-Encoding": accepted}
        with requests.get(url, headers=headers, stream=True, timeout=5) as answer:
            body = answer.raw.read()
        if accepted == "gzip":
            body = gzip.decompress(body)
        assert body == serving.render("mairie-ecole", TODAY)


def test_a_new_day_changes_the_content(client: Client) -> None:
    days = iter([date(2026, 4, 29), date(2026, 4, 30)])
    with serving.serve(lambda: next(days)) as base:
        url = serving.resolve("sample:mairie-ecole", base)
        first = client.fetch(url, allow_private=True)
        second = client.fetch(url, validators=first.validators, allow_private=True)
    assert not second.unchanged


@pytest.mark.parametrize(
    "path", ["nothing.ics", "mairie-ecole", "mairie-ecole.rss", "../README.md"]
)
def test_an_unknown_path_is_not_found(base: str, client: Client, path: str) -> None:
    with pytest.raises(FetchError) as caught:
        client.fetch(f"{base}/{path}", allow_private=True)
    assert caught.value.status == 404


def test_an_address_that_is_no_sample_is_left_as_it_is(base: str) -> None:
    assert serving.resolve("https://example.org/a.ics", base) == "https://example.org/a.ics"


def test_a_mistyped_name_is_corrected(base: str) -> None:
    with pytest.raises(Told, match="write sample:mairie-ecole"):
        serving.resolve("sample:mairie-ecol", base)


def test_an_unknown_name_gets_the_list(base: str) -> None:
    with pytest.raises(Told, match="write one of: amap-du-noyer, carte-des-initiatives"):
        serving.resolve("sample:zzz", base)
