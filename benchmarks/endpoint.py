"""The endpoint beside ``oxigraph serve-read-only``, on the same snapshot and queries.

Wall time over loopback, one client and then ten, each with its own kept connection; the two
servers take turns, and the ratio is ours over theirs. What ours does more: the check of the
text, processes that can be killed, and the pipe between them and the server.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.figures import Figure
from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.generations import Generation, Generations
from vocab import PREFIXES
from vocab.iris import Iris

EVENTS = 40_000  # of five statements each
ROUNDS = 5
CLIENTS = 10
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
IRIS = Iris("https://data.example/")

_AGENDA = """
SELECT ?event ?name ?start {
  ?event schema:startDate ?start ; schema:name ?name
  FILTER(?start >= "2026-06-01T00:00:00Z"^^xsd:dateTime
      && ?start < "2026-07-01T00:00:00Z"^^xsd:dateTime)
}
ORDER BY ?start
LIMIT 100
"""
QUERIES: Mapping[str, tuple[str, int]] = {
    "one entity": (f"SELECT ?p ?o {{ <{IRIS.entity('event', '777')}> ?p ?o }}", 40),
    "agenda of a month": (_AGENDA, 4),
    "count by theme": ("SELECT ?theme (COUNT(*) AS ?n) { ?e eb:theme ?theme } GROUP BY ?theme", 6),
    "20,000 rows as CSV": ("SELECT ?e ?name { ?e schema:name ?name } LIMIT 20000", 4),
}
"""Name → query and how many times a client asks it in a round."""

_OURS = """
import pathlib, sys, web
from sparql.values import Limits
web.serve(pathlib.Path(sys.argv[1]), port=int(sys.argv[2]), title="bench",
          limits=Limits(per_client=4))
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server answers queries on this machine."""

    port: int
    path: str


def measure() -> list[Figure]:
    """The ratios, query by query; empty, with a sentence, where there is no Oxigraph."""
    binary = Path(sys.executable).with_name("oxigraph")
    program = str(binary) if binary.exists() else shutil.which("oxigraph")
    if program is None:
        print("no binary of oxigraph here: install the extra bench to compare the endpoint")
        return []
    with tempfile.TemporaryDirectory() as folder:
        generation = _publish(Path(folder))
        root = generation.path.parent
        ours, theirs = Server(_free_port(), "/sparql"), Server(_free_port(), "/query")
        snapshot = ("serve-read-only", "--location", str(generation.store_path))
        with (
            _running(ours.port, sys.executable, "-c", _OURS, str(root), str(ours.port)),
            _running(theirs.port, program, *snapshot, "--bind", f"127.0.0.1:{theirs.port}"),
        ):
            return [
                _figure(name, ours, theirs, clients) for clients in (1, CLIENTS) for name in QUERIES
            ]


def _publish(folder: Path) -> Generation:
    graph = IRIS.graph("canonical")
    lines = frozenset(line for number in range(EVENTS) for line in _event(number))
    with EmbeddedStore(folder / "store") as store:
        store.apply(Changeset({graph: Delta(added=lines)}))
        generations = Generations(folder / "generations")
        return generations.publish(store, now=NOW, base=IRIS.base, facts={})


def _event(number: int) -> Iterator[str]:
    subject = f"<{IRIS.entity('event', str(number))}>"
    schema = PREFIXES["schema"]
    start = (NOW + timedelta(minutes=13 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield f"{subject} <{PREFIXES['rdf']}type> <{schema}Event> ."
    yield f'{subject} <{schema}name> "Atelier de réparation n° {number}"@fr .'
    yield f'{subject} <{schema}startDate> "{start}"^^<{PREFIXES["xsd"]}dateTime> .'
    yield f"{subject} <{PREFIXES['eb']}theme> <{PREFIXES['ebc']}theme/{number % 18}> ."
    yield f"{subject} <{schema}url> <https://agenda.example/{number}> ."


def _figure(name: str, ours: Server, theirs: Server, clients: int) -> Figure:
    """Both servers, in turns; the ratio of the medians."""
    query, times = QUERIES[name]
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    sides = [partial(_round, server, prefixes + query, times, clients) for server in (ours, theirs)]
    lengths = {side() for side in sides}
    if len(lengths) != 1:
        raise AssertionError(name, lengths)
    spent = [[_seconds(side) for side in sides] for _ in range(ROUNDS)]
    mine, its = (statistics.median(column) for column in zip(*spent, strict=True))
    each = 1000 * mine / (times * clients)
    return Figure(
        name=f"endpoint, {name}, {clients} client{'s' if clients > 1 else ''}",
        value=mine / its,
        note=f"{each:.1f} ms an answer, of oxigraph serve-read-only {each * its / mine:.1f} ms",
    )


def _seconds(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _round(server: Server, query: str, times: int, clients: int) -> int:
    """Every client asks ``times`` times; the lines of one answer."""
    with ThreadPoolExecutor(clients) as threads:
        return max(threads.map(lambda _: _client(server, query, times), range(clients)))


def _client(server: Server, query: str, times: int) -> int:
    parameters = {"query": query, "default-graph-uri": IRIS.graph("canonical")}
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    lines = 0
    for _ in range(times):
        connection.request(
            "GET", f"{server.path}?{urlencode(parameters)}", headers={"Accept": "text/csv"}
        )
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:  # noqa: PLR2004  # OK
            raise HTTPException(response.status, body[:200])
        lines = body.count(b"\n")
    connection.close()
    return lines


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _running(port: int, *command: str) -> Iterator[None]:
    """A server process, once it listens, ended at the end."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(process.args)


if __name__ == "__main__":
    for figure in measure():
        print(figure)
