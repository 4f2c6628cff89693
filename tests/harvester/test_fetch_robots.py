"""robots.txt as the client reads and obeys it, against loopback servers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from harvester.fetch import Client, Fetched, FetchError, Limits, Manners, Obedience
from harvester.fetch.robots import KEPT, RETRIED
from tests.answering import Handler, Reply, Server, saying, serving

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
OURS = b"User-agent: EnBauges\nDisallow: /agenda.ics\n"
EVERYBODY = b"User-agent: *\nDisallow: /\n"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[Client]:
    with Client("EnBauges/test", Limits(read=5, total=5), clock) as made:
        yield made


def fetch(client: Client, url: str, robots: Obedience = "named") -> Fetched:
    return client.fetch(url, allow_private=True, robots=robots)


def failure(client: Client, url: str, robots: Obedience = "named") -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(client, url, robots)
    assert url in str(caught.value)
    assert " — " in str(caught.value)
    return caught.value


def with_robots(rules: bytes = b"", status: int = 200, **headers: str) -> Reply:
    """A site with a robots.txt, and the same calendar everywhere else."""

    def reply(it: Handler) -> None:
        if it.path == "/robots.txt":
            it.answer(status, rules, **headers)
        else:
            it.answer()

    return reply


def asked(server: Server) -> list[str]:
    return [path for _port, path, _headers in server.seen]


def test_robots_txt_is_asked_for_before_the_address(client: Client) -> None:
    with serving(with_robots(status=404)) as server:
        assert fetch(client, server.url).notices == ()
    assert asked(server) == ["/robots.txt", "/agenda.ics"]


def test_a_rule_for_our_name_keeps_us_away_and_is_told_with_its_line(client: Client) -> None:
    with serving(with_robots(OURS)) as server:
        error = failure(client, server.url)
        assert asked(server) == ["/robots.txt"]
        here = server.url.replace("agenda.ics", "ici.ics")
        assert fetch(client, here).contents is not None
    assert error.code == "robots"
    told = f"line 2 of {server.url.replace('agenda.ics', 'robots.txt')} tells EnBauges"
    assert f"{told} “Disallow: /agenda.ics” — ask its publisher" in str(error)


def test_a_rule_for_everybody_gives_a_notice(client: Client) -> None:
    with serving(with_robots(EVERYBODY)) as server:
        got = fetch(client, server.url)
    (notice,) = got.notices
    assert (notice.code, notice.severity) == ("robots-advice", "notice")
    assert notice.where == "robots.txt, line 2"
    assert "tells every robot “Disallow: /”" in str(notice.message)
    assert got.contents is not None


def test_a_rule_for_everybody_binds_the_strict(client: Client) -> None:
    with serving(with_robots(EVERYBODY)) as server:
        error = failure(client, server.url, "strict")
        assert asked(server) == ["/robots.txt"]
    assert error.code == "robots"
    assert 'take robots = "strict" out' in str(error)


def test_services_that_are_no_sites_are_asked_without(client: Client) -> None:
    with serving(with_robots(OURS)) as server:
        assert fetch(client, server.url, "none").contents is not None
    assert asked(server) == ["/agenda.ics"]


def test_it_is_read_once_a_day_for_all_the_addresses_of_a_site(
    client: Client, clock: Clock
) -> None:
    with serving(with_robots()) as server:
        for _ in range(3):
            fetch(client, server.url)
        clock.now += KEPT
        fetch(client, server.url)
    assert asked(server).count("/robots.txt") == 2


def test_threads_read_it_once_between_them(client: Client) -> None:
    with serving(with_robots()) as server, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: fetch(client, server.url), range(16)))
        assert asked(server).count("/robots.txt") == 1


def test_what_was_read_is_kept_for_the_next_client(clock: Clock) -> None:
    kept: dict[str, str] = {}
    with serving(with_robots(OURS)) as server:
        for _ in range(2):
            with Client("EnBauges/test", clock=clock, robots=kept) as client:
                assert failure(client, server.url).code == "robots"
        assert asked(server) == ["/robots.txt"]
        kept[next(iter(kept))] = "scrawl"
        with Client("EnBauges/test", clock=clock, robots=kept) as client:
            assert failure(client, server.url).code == "robots"
    assert asked(server) == ["/robots.txt", "/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 204])
def test_a_site_without_one_may_be_read(client: Client, status: int) -> None:
    with serving(with_robots(OURS if status != 204 else b"", status)) as server:
        assert fetch(client, server.url).contents is not None


def test_a_site_that_cannot_give_it_is_not_read_until_it_can(client: Client, clock: Clock) -> None:
    with serving(with_robots(status=503)) as server:
        error = failure(client, server.url)
        assert error.code == "robots"
        assert "cannot be given (503)" in str(error)
        clock.now += RETRIED - timedelta(seconds=1)
        failure(client, server.url)
        assert asked(server) == ["/robots.txt"]
        server.reply = with_robots()
        clock.now += timedelta(seconds=1)
        assert fetch(client, server.url).contents is not None


def test_a_site_that_is_broken_for_a_month_may_be_read(client: Client, clock: Clock) -> None:
    with serving(with_robots(status=500)) as server:
        failure(client, server.url)
        clock.now += timedelta(days=31)
        assert fetch(client, server.url).contents is not None


def test_it_is_followed_where_it_is_redirected_and_holds_for_the_site_asked(
    client: Client,
) -> None:
    def reply(it: Handler) -> None:
        match it.path:
            case "/robots.txt":
                it.answer(301, b"", Location="/robots/5")
            case "/robots/1":
                it.answer(200, OURS)
            case path if path.startswith("/robots/"):
                it.answer(302, b"", Location=f"/robots/{int(path[8:]) - 1}")
            case _:
                it.answer()

    with serving(reply) as server:
        assert failure(client, server.url).code == "robots"
    assert len(asked(server)) == 6


def test_a_circle_of_redirects_is_no_robots_txt(client: Client) -> None:
    with serving(with_robots(b"", 302, Location="/robots.txt")) as server:
        assert fetch(client, server.url).contents is not None
    assert asked(server) == ["/robots.txt"] * 6 + ["/agenda.ics"]


def test_its_redirect_may_not_enter_a_private_network(client: Client) -> None:
    with serving(with_robots(OURS)) as inside:
        to = inside.url.replace("agenda.ics", "robots.txt")
        with serving(with_robots(b"", 302, Location=to)) as server:
            assert fetch(client, server.url).contents is not None
        assert inside.seen == []


def test_more_than_500_kib_of_it_is_left_unread(client: Client) -> None:
    long = b"#" * 512_000 + b"\n" + OURS
    with serving(with_robots(long)) as server:
        assert fetch(client, server.url).contents is not None


def test_a_redirect_may_not_lead_to_what_it_forbids(client: Client) -> None:
    def reply(it: Handler) -> None:
        match it.path:
            case "/robots.txt":
                it.answer(200, b"User-agent: EnBauges\nDisallow: /prive/\n")
            case "/agenda.ics":
                it.answer(302, b"", Location="/prive/agenda.ics")
            case _:
                it.answer()

    with serving(reply) as server:
        error = failure(client, server.url)
    assert error.code == "robots"
    assert "/agenda.ics → http://" in str(error)
    assert asked(server) == ["/robots.txt", "/agenda.ics"]


def test_it_is_asked_for_at_each_site_that_a_redirect_leads_to(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.fetch.hops.same_server", lambda *_: True)
    with serving(with_robots(OURS)) as second:
        with serving(
            lambda it: it.answer(404 if it.path == "/robots.txt" else 302, Location=second.url)
        ) as first:
            error = failure(client, first.url)
        assert asked(first) == ["/robots.txt", "/agenda.ics"]
        assert asked(second) == ["/robots.txt"]
    assert error.code == "robots"
    assert f"{first.url} → {second.url} may not be read" in str(error)


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_a_site_that_breaks_off_is_told_with_the_address_that_was_asked(
    client: Client, words: bytes
) -> None:
    with saying(words) as url:
        assert failure(client, f"{url}agenda.ics").code == "broken"


def test_what_it_says_can_be_looked_at_without_reading_the_address(client: Client) -> None:
    with serving(with_robots(b"User-agent: *\nCrawl-delay: 7\nDisallow: /agenda\n")) as server:
        verdict = client.robots_of(server.url, allow_private=True)
    assert (verdict.agent, verdict.line, verdict.rule) == ("*", 3, "Disallow: /agenda")
    assert (verdict.status, verdict.delay, verdict.closed) == (200, 7.0, False)
    assert verdict.robots == server.url.replace("agenda.ics", "robots.txt")
    assert asked(server) == ["/robots.txt"]


def test_one_request_at_a_time_reaches_a_host(client: Client) -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def reply(it: Handler) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.005)
        with lock:
            inside -= 1
        it.answer()

    with serving(reply) as one, serving(reply) as two, ThreadPoolExecutor(8) as pool:
        urls = [f"{server.url}?{number}" for number in range(10) for server in (one, two)]
        list(pool.map(lambda url: fetch(client, url), urls))
    assert most == 1


def polite(**more: float) -> Client:
    """A client that treats loopback as it does the world."""
    return Client("EnBauges/test", Limits(total=1), manners=Manners(**more, spare_private=False))


def paused(server: Server, client: Client, times: int) -> float:
    """The shortest time between two requests."""
    seen: list[float] = []

    def reply(it: Handler, before: Reply = server.reply) -> None:
        seen.append(time.monotonic())
        before(it)

    server.reply = reply
    for _ in range(times):
        fetch(client, server.url)
    return min(later - sooner for sooner, later in pairwise(seen))


def test_a_host_is_left_alone_between_two_requests() -> None:
    with serving(with_robots()) as server, polite(gap=0.2) as client:
        assert paused(server, client, 2) >= 0.2


def test_a_crawl_delay_is_respected_up_to_a_limit() -> None:
    rules = b"User-agent: *\nCrawl-delay: 3600\n"
    with serving(with_robots(rules)) as server, polite(gap=0.0, widest=0.2) as client:
        fetch(client, server.url)
        assert 0.2 <= paused(server, client, 3) < 1


def test_waiting_for_a_turn_does_not_count_in_the_deadline() -> None:
    with serving(with_robots()) as server, polite(gap=1.2) as client:
        fetch(client, server.url)
        assert fetch(client, server.url).contents is not None


def test_a_turn_that_does_not_come_is_told() -> None:
    with serving(with_robots()) as server, polite(gap=60.0, patience=0.2) as client:
        error = failure(client, server.url)
    assert error.code == "crowded"
    assert "127.0.0.1 answers one request at a time" in str(error)


def test_our_own_servers_are_asked_without_a_gap(client: Client) -> None:
    with serving(with_robots(b"User-agent: *\nCrawl-delay: 30\n")) as server:
        began = time.monotonic()
        for _ in range(3):
            fetch(client, server.url)
        assert time.monotonic() - began < 1
