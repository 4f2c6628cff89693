"""Worker processes: what ends them, what replaces them, who may hold them."""

import asyncio
import ctypes.util
import http.server
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from sparql.ask import run_query
from sparql.values import (
    DeadlineError,
    Limits,
    NotPublishedError,
    PoolBusyError,
    QueryFailedError,
    QueryMalformedError,
    QueryRefusedError,
    Question,
    SparqlError,
    WorkerDiedError,
)
from sparql.workers import Pool
from store.generations import Generation, Generations

CANONICAL = "https://data.example/graph/canonical"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

Publish = Callable[[Path, Mapping[str, frozenset[str]]], Generation]


def _question(text: str) -> Question:
    return Question(text, "csv", default_graphs=(CANONICAL,))


async def _until(true: Callable[[], bool]) -> None:
    """Look often: the pool has nothing to wait on but the passing of time."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def _ask(pool: Pool, text: str, client: str = "192.0.2.1") -> bytes:
    async with pool.ask(_question(text), client) as answer:
        return b"".join([chunk async for chunk in answer.chunks])


def _once(generation: Generation, limits: Limits, *texts: str) -> list[bytes | SparqlError]:
    """The outcome of each query, asked one after the other of the same pool."""

    async def ask_all() -> list[bytes | SparqlError]:
        outcomes: list[bytes | SparqlError] = []
        async with Pool(lambda: generation, limits) as pool:
            for text in texts:
                try:
                    outcomes.append(await _ask(pool, text))
                except SparqlError as error:
                    outcomes.append(error)
        return outcomes

    return asyncio.run(ask_all())


def test_a_query_over_its_deadline_is_ended_and_the_next_one_answered(
    published: Generation,
) -> None:
    limits = Limits(seconds=1, workers=1, per_client=1)
    started = time.monotonic()
    late, count = _once(published, limits, CROSS, COUNT)
    assert isinstance(late, DeadlineError)
    assert count == b"n\r\n4000\r\n"
    assert time.monotonic() - started < 5


def test_a_query_beyond_the_memory_limit_is_told_and_the_next_one_answered(
    published: Generation,
) -> None:
    limits = Limits(seconds=20, workers=1, per_client=1, memory=400 << 20)
    greedy = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c"
    died, count = _once(published, limits, greedy, COUNT)
    assert isinstance(died, WorkerDiedError)
    assert "400 MB" in str(died)
    assert count == b"n\r\n4000\r\n"


def test_a_crash_of_the_parser_ends_one_worker_only(published: Generation) -> None:
    deep = "SELECT * " + "{" * 20_000 + "}" * 20_000
    died, count = _once(published, Limits(workers=1), deep, COUNT)
    assert isinstance(died, WorkerDiedError)
    assert count == b"n\r\n4000\r\n"


def test_the_reason_of_the_parser_comes_with_its_place(published: Generation) -> None:
    (wrong,) = _once(published, Limits(workers=1), "SELECT *\n{ ?s ?p }")
    assert isinstance(wrong, QueryMalformedError)
    assert str(wrong).startswith("line 2, column 9:")
    assert str(wrong).endswith("\n  { ?s ?p }\n          ^")


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and the requests that it received."""
    hits: list[str] = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815  # the name that http.server calls

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", hits
        server.shutdown()
        thread.join()


def test_a_worker_cannot_reach_the_network_even_when_the_text_is_not_checked(
    published: Generation, canary: tuple[str, list[str]]
) -> None:
    if ctypes.util.find_library("seccomp") is None:
        pytest.skip("the library libseccomp2 is not installed")
    address, hits = canary
    loud, silent, count = _once(
        published,
        Limits(workers=1),
        f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}",
        COUNT,
    )
    assert isinstance(loud, QueryFailedError)
    assert isinstance(silent, bytes)
    assert count == b"n\r\n4000\r\n"
    assert hits == []


def test_an_answer_never_holds_the_leavings_of_a_failed_one(published: Generation) -> None:
    _, answer = _once(
        published, Limits(workers=1), "SELECT * { SERVICE <http://127.0.0.1:1/> {} }", "ASK {}"
    )
    assert answer == b"true"


def test_one_client_cannot_hold_every_worker(published: Generation) -> None:
    limits = Limits(seconds=1.5, wait=0.3, workers=3, per_client=2)

    async def crowd() -> None:
        async with Pool(lambda: published, limits) as pool:
            greedy = [asyncio.create_task(_ask(pool, CROSS, "192.0.2.1")) for _ in range(3)]
            await asyncio.sleep(0.1)
            assert await _ask(pool, COUNT, "192.0.2.2") == b"n\r\n4000\r\n"
            outcomes = await asyncio.gather(*greedy, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes].count(PoolBusyError) == 1
            assert await _ask(pool, COUNT, "192.0.2.1") == b"n\r\n4000\r\n"

    asyncio.run(crowd())


def test_addresses_of_one_ipv6_network_are_one_client(published: Generation) -> None:
    limits = Limits(seconds=2, wait=0.1, workers=2, per_client=1)

    async def crowd() -> None:
        async with Pool(lambda: published, limits) as pool:
            first = asyncio.create_task(_ask(pool, CROSS, "2001:db8::1"))
            await asyncio.sleep(0.1)
            with pytest.raises(PoolBusyError) as refused:
                await _ask(pool, COUNT, "2001:db8::2")
            assert refused.value.retry_after >= 1
            await _ask(pool, COUNT, "2001:db8:0:1::1")
            first.cancel()

    asyncio.run(crowd())


def test_the_waiting_room_is_bounded(published: Generation) -> None:
    limits = Limits(seconds=2, wait=5, workers=1, per_client=1, waiting_per_client=1)

    async def crowd() -> None:
        async with Pool(lambda: published, limits) as pool:
            running = asyncio.create_task(_ask(pool, CROSS))
            await asyncio.sleep(0.1)
            waiting = asyncio.create_task(_ask(pool, COUNT))
            await asyncio.sleep(0.1)
            started = time.monotonic()
            with pytest.raises(PoolBusyError):
                await _ask(pool, COUNT)
            assert time.monotonic() - started < 1
            running.cancel()
            assert await waiting == b"n\r\n4000\r\n"

    asyncio.run(crowd())


def test_a_cancelled_question_gives_its_worker_back(published: Generation) -> None:
    async def leave() -> None:
        async with Pool(lambda: published, Limits(workers=1, per_client=1)) as pool:
            for _ in range(3):
                task = asyncio.create_task(_ask(pool, CROSS))
                await asyncio.sleep(0.05)
                task.cancel()
            assert await _ask(pool, COUNT) == b"n\r\n4000\r\n"

    asyncio.run(leave())


def test_answers_keep_coming_while_generations_change(tmp_path: Path, publish: Publish) -> None:
    def line(number: int) -> frozenset[str]:
        return frozenset({f'<http://e/{number}> <http://e/p> "{number}" .'})

    publish(tmp_path, {CANONICAL: line(0)})
    generations = Generations(tmp_path / "generations")
    seen: list[int] = []

    async def read(pool: Pool, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seen.append(int((await _ask(pool, COUNT)).split()[1]))

    async def switch() -> None:
        limits = Limits(workers=2, per_client=2)
        async with Pool(generations.current, limits, every=0.05) as pool:
            stop = asyncio.Event()
            readers = [asyncio.create_task(read(pool, stop)) for _ in range(4)]
            for number in range(1, 4):
                await asyncio.to_thread(publish, tmp_path, {CANONICAL: line(number)})
                await _until(lambda: seen[-1:] == [number + 1])  # noqa: B023  # called here
            stop.set()
            await asyncio.gather(*readers)

    asyncio.run(asyncio.wait_for(switch(), 20))
    assert set(seen) == {1, 2, 3, 4}


def test_the_pool_follows_the_first_generation(tmp_path: Path, publish: Publish) -> None:
    generations = Generations(tmp_path / "generations")

    async def wait() -> None:
        async with Pool(generations.current, Limits(workers=1), every=0.05) as pool:
            with pytest.raises(NotPublishedError):
                await _ask(pool, COUNT)
            publish(tmp_path, {CANONICAL: frozenset({"<http://e/s> <http://e/p> <http://e/o> ."})})
            await _until(lambda: pool.ready)
            assert await _ask(pool, COUNT) == b"n\r\n1\r\n"

    asyncio.run(asyncio.wait_for(wait(), 10))


def test_the_command_line_is_answered_under_the_same_rules(published: Generation) -> None:
    out = BytesIO()
    run_query(published, COUNT, out, format="csv")
    assert out.getvalue() == b"n\r\n4000\r\n"
    with pytest.raises(QueryRefusedError):
        run_query(published, "SELECT * { SERVICE <http://e/> {} }", BytesIO())
    with pytest.raises(DeadlineError):
        run_query(published, CROSS, BytesIO(), limits=replace(Limits(), seconds=0.2))
