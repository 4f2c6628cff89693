"""Every fetch ends within its deadline, and all end at once when they are told to."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from harvester.fetch import Client, FetchError, Limits, Manners
from tests.answering import BODY, Handler, saying, serving

TOTAL = 0.5
GRACE = 1.0  # seconds; the promise is 2


@contextmanager
def silent(*, trickle: bytes = b"") -> Iterator[int]:
    """The port of a server that accepts and says nothing, or ``trickle`` for ever."""
    stop = threading.Event()
    kept: list[socket.socket] = []
    with closing(socket.create_server(("", 0))) as listener:

        def talk() -> None:
            with suppress(OSError):
                while True:
                    kept.append(listener.accept()[0])
                    threading.Thread(target=drip, args=(kept[-1],), daemon=True).start()

        def drip(connection: socket.socket) -> None:
            with suppress(OSError):
                for byte in trickle * 1_000:
                    connection.sendall(bytes([byte]))
                    if stop.wait(0.02):
                        return

        threading.Thread(target=talk, daemon=True).start()
        yield listener.getsockname()[1]
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        for each in kept:
            each.close()


@contextmanager
def unaccepted() -> Iterator[int]:
    """The port of a server whose queue is full: a connection to it is never made."""
    with (
        closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full,
        closing(socket.create_connection(full.getsockname())),
        closing(socket.socket()) as second,
    ):
        second.settimeout(0)
        second.connect_ex(full.getsockname())
        yield full.getsockname()[1]


@contextmanager
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A name that the resolver looks for without an end."""
    released = threading.Event()
    look_up = socket.getaddrinfo

    def slow(host: str, *args: Any, **kwargs: Any) -> Any:
        if host == "lent.example":
            released.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    yield "http://lent.example/agenda.ics"
    released.set()


TLS_RECORD = b"\x16\x03\x03\x40\x00"  # a handshake of 16 KiB begins, and never ends

Sick = Callable[[pytest.MonkeyPatch], Any]


@contextmanager
def _at(scheme: str, server: Any) -> Iterator[str]:
    with server as port:
        yield f"{scheme}://127.0.0.1:{port}/agenda.ics"


SICK: dict[str, Sick] = {
    "never accepts": lambda _: _at("http", unaccepted()),
    "never answers": lambda _: _at("http", silent()),
    "trickles its status line": lambda _: _at("http", silent(trickle=b"HTTP/1.1")),
    "trickles headers": lambda _: _at("http", silent(trickle=b"HTTP/1.1 200 OK\r\nX: y\r\n")),
    "never shakes hands": lambda _: _at("https", silent()),
    "trickles its handshake": lambda _: _at("https", silent(trickle=TLS_RECORD)),
    "is looked for without an end": slow_names,
}  # fmt: skip


@pytest.mark.parametrize("sickness", SICK)
def test_a_fetch_ends_within_its_deadline(sickness: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        SICK[sickness](monkeypatch) as url,
        Client("EnBauges/test", Limits(total=TOTAL)) as client,
    ):
        began = time.monotonic()
        with pytest.raises(FetchError) as caught:
            client.fetch(url, allow_private=True)
        assert time.monotonic() - began < TOTAL + GRACE
    assert caught.value.code == "timeout"
    assert url in str(caught.value)


def test_redirects_share_one_deadline() -> None:
    def reply(it: Handler) -> None:
        time.sleep(0.2)
        it.answer(302, b"", Location=f"{it.path}x")

    with (
        serving(reply) as server,
        Client("EnBauges/test", Limits(total=TOTAL)) as client,
    ):
        began = time.monotonic()
        with pytest.raises(FetchError) as caught:
            client.fetch(server.url, allow_private=True, robots="none")
        assert time.monotonic() - began < TOTAL + GRACE
    assert caught.value.code == "timeout"


def test_robots_txt_and_the_address_share_one_deadline() -> None:
    def reply(it: Handler) -> None:
        time.sleep(0.3)
        it.answer()

    with (
        serving(reply) as server,
        Client("EnBauges/test", Limits(total=TOTAL)) as client,
        pytest.raises(FetchError) as caught,
    ):
        client.fetch(server.url, allow_private=True)
    assert caught.value.code == "timeout"


def aborted(client: Client, url: str, after: float = 0.2) -> tuple[FetchError, float]:
    """What a fetch says that is aborted, and how long it took from there."""
    at: list[float] = []

    def abort() -> None:
        at.append(time.monotonic())
        client.abort()

    timer = threading.Timer(after, abort)
    timer.start()
    with pytest.raises(FetchError) as caught:
        client.fetch(url, allow_private=True)
    ended = time.monotonic()
    timer.join()
    return caught.value, ended - at[0]


@pytest.mark.parametrize("sickness", SICK)
def test_a_fetch_that_is_aborted_ends_at_once_whatever_it_waits_for(
    sickness: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SICK[sickness](monkeypatch) as url, Client("EnBauges/test") as client:
        error, seconds = aborted(client, url)
    assert error.code == "stopped"
    assert seconds < 0.5


def test_a_body_that_an_abort_cut_is_not_taken_for_the_whole() -> None:
    """Without a length, an end is an end: only we know that it was ours."""
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with (
        saying(head, BODY, *[b"x"] * 50, pause=0.02) as url,
        Client("EnBauges/test") as client,
    ):
        timer = threading.Timer(0.2, client.abort)
        timer.start()
        with pytest.raises(FetchError) as caught:
            client.fetch(url, allow_private=True, robots="none")
        timer.join()
    assert caught.value.code == "stopped"


def test_an_abort_wakes_who_waits_for_a_turn() -> None:
    manners = Manners(gap=60, spare_private=False)
    with (
        serving(Handler.answer) as server,
        Client("EnBauges/test", manners=manners) as client,
    ):
        error, seconds = aborted(client, server.url)
    assert error.code == "stopped"
    assert seconds < 0.5


def test_after_an_abort_every_fetch_fails_at_once_and_asks_nobody() -> None:
    with serving(Handler.answer) as server, Client("EnBauges/test") as client:
        client.fetch(server.url, allow_private=True)
        count = len(server.seen)
        client.abort()
        for robots in ("named", "none"):
            with pytest.raises(FetchError) as caught:
                client.fetch(server.url, allow_private=True, robots=robots)
            assert caught.value.code == "stopped"
        assert len(server.seen) == count


def test_a_signal_handler_may_abort_what_its_own_thread_waits_for() -> None:
    with silent() as port, Client("EnBauges/test") as client:
        former = signal.signal(signal.SIGALRM, lambda *_: client.abort())
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        began = time.monotonic()
        try:
            with pytest.raises(FetchError) as caught:
                client.fetch(f"http://127.0.0.1:{port}/agenda.ics", allow_private=True)
        finally:
            signal.signal(signal.SIGALRM, former)
        assert time.monotonic() - began < 1
    assert caught.value.code == "stopped"


def test_many_threads_are_stopped_together() -> None:
    """Eight hosts, so that all are asked at the same time."""
    codes: list[str] = []

    def work(client: Client, url: str) -> None:
        with pytest.raises(FetchError) as caught:
            client.fetch(url, allow_private=True)
        codes.append(caught.value.code)

    with silent() as port, Client("EnBauges/test") as client:
        hosts = [f"http://127.0.0.{number}:{port}/a.ics" for number in range(1, 9)]
        threads = [threading.Thread(target=work, args=(client, url)) for url in hosts]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        began = time.monotonic()
        client.abort()
        for thread in threads:
            thread.join(5)
        assert time.monotonic() - began < 1
    assert codes == ["stopped"] * 8
