"""Runs in a network namespace where every address is ours, and plays the attempts.

There, the one server is on the whole internet at once: what connects to an address that is
not public is a hit on the canary; the public addresses do what the attempts want. It prints
what came of each attempt as JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from harvester.fetch import Limits, Manners
from harvester.place import Place
from harvester.session import opened
from harvester.sources import load
from harvester.sources.problems import ConfigError
from mappings import platforms
from tests.resilience.attempts import ATTEMPTS, QUERIES, Attempt
from tests.resilience.driver import ROOT, plain
from tests.resilience.nodes import NOW, Block, register
from tests.resilience.raw import GONE, NOT_FOUND, Act, asked

PORTS = (80, 443, 6379)
NOT_PUBLIC = [
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32"),
        *("2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
]
CONTROLS = ("127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "fd12:3456::1",
            "64:ff9b::7f00:1")  # fmt: skip
ENDPOINT = 8000
LIMITS = Limits(connect=2, read=2, total=4)
HURRIED = Manners(gap=0)


@dataclass
class Internet:
    """Every address: what the public ones do, and which others were reached."""

    acts: dict[str, Act] = field(default_factory=dict)
    own: str = ""
    reached: list[str] = field(default_factory=list)
    _listeners: list[socket.socket] = field(default_factory=list)

    def open(self) -> None:
        for port in PORTS:
            listener = socket.create_server(
                ("::", port), family=socket.AF_INET6, backlog=64, dualstack_ipv6=True
            )
            self._listeners.append(listener)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select(self._listeners, [], [])
            for listener in ready:
                connection, _ = listener.accept()
                address = plain_address(connection.getsockname()[0])
                port = connection.getsockname()[1]
                name = f"{address}:{port}"
                self.reached.append(name)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(*GONE):
            connection.settimeout(10)
            exchange = asked(connection)
            if exchange is not None:
                path = exchange.path.partition("?")[0]
                self.acts.get(path, NOT_FOUND)(exchange)

    def hits(self, *, any_at_all: bool = False) -> list[str]:
        """The addresses reached since the last call that must not be."""
        time.sleep(0.01)
        reached, self.reached = self.reached, []
        return [name for name in reached if name != self.own and (any_at_all or forbidden(name))]


def plain_address(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def forbidden(name: str) -> bool:
    address = ip_address(name.rpartition(":")[0])
    return any(address in network for network in NOT_PUBLIC)


@dataclass(frozen=True)
class Came:
    """What came of an attempt: where it ended, what was said of it, what was reached."""

    name: str
    ends: str
    told: str
    hits: list[str]


look_up = socket.getaddrinfo


@contextmanager
def resolving(names: dict[str, list[list[str]]]) -> Iterator[None]:
    """The resolver knows localhost, numbers in every spelling, and what it is told."""
    times: dict[str, int] = {}

    def resolve(host: Any, port: Any, *_: Any, **__: Any) -> Any:
        known = {**names, "localhost": [["127.0.0.1"]], "agenda.localhost": [["127.0.0.1"]]}
        name = str(host).lower().rstrip(".")
        if name not in known:
            return look_up(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        turn = times[name] = times.get(name, -1) + 1
        answers = known[name][min(turn, len(known[name]) - 1)]
        families = {
            address: socket.AF_INET6 if ":" in address else socket.AF_INET for address in answers
        }
        return [
            (family, socket.SOCK_STREAM, 6, "", (address, port))
            for address, family in families.items()
        ]

    socket.getaddrinfo = resolve
    try:
        yield
    finally:
        socket.getaddrinfo = look_up


@contextmanager
def environment(more: dict[str, str]) -> Iterator[None]:
    os.environ.update(more)
    try:
        yield
    finally:
        for name in more:
            del os.environ[name]


def played(attempt: Attempt, folder: Path, internet: Internet) -> Came:
    """One attempt: register the source, harvest it, see what was reached."""
    internet.acts = attempt.acts
    internet.own = "127.0.0.1:80" if attempt.allow_private and "127.0.0.1" in attempt.url else ""
    number, private = ATTEMPTS.index(attempt), attempt.allow_private
    # No address is registered twice under two names; the server does not look at the query.
    url = f"{attempt.url}?{number}" if attempt.acts else attempt.url
    block = Block(f"essai-{number}", attempt.kind, url, attempt.more, allow_private=private)
    register(folder, [block])
    try:
        config = load(folder / "sources.toml", kinds=platforms())
    except ConfigError as error:
        return Came(attempt.name, "refused", error.render("fr"), internet.hits())
    with (
        environment(attempt.environment),
        resolving(attempt.names),
        opened(
            config,
            Place(folder / "var"),
            version="1",
            clock=lambda: NOW,
            limits=LIMITS,
            manners=HURRIED,
        ) as node,
    ):
        (report,) = map(plain, node.harvest(config.sources))
        node.publish()
    return Came(attempt.name, report["outcome"], report["reason"], internet.hits())


def controlled(internet: Internet) -> list[Came]:
    """The canary counts: a plain connection to each of some addresses is a hit."""
    came = []
    for address in CONTROLS:
        socket.create_connection((address, 80), timeout=2).close()
        came.append(Came(address, "", "", internet.hits()))
    return came


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    command = [sys.executable, "-P", "-m", "cli", "--config", str(folder / "sources.toml"), "serve"]
    with subprocess.Popen(
        [*command, "--port", str(ENDPOINT)], cwd=ROOT, stdout=subprocess.PIPE
    ) as web:
        assert web.stdout is not None
        web.stdout.readline()
        try:
            yield
        finally:
            web.terminate()


def sent_to_the_endpoint(name: str, text: str, internet: Internet) -> Iterator[Came]:
    """A query or an update in each of the ways in which the protocol sends one."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    graph = urlencode(
        {"default-graph-uri": "http://127.0.0.1/g", "named-graph-uri": "http://127.0.0.1/n"}
    )
    ways = {
        "get": ("GET", f"/sparql?{urlencode({'query': text})}", None, {}),
        "form": ("POST", "/sparql", urlencode({"query": text}), form),
        "update": ("POST", "/sparql", urlencode({"update": text}), form),
        "body": ("POST", f"/sparql?{graph}", text, {"Content-Type": "application/sparql-query"}),
        "update-body": ("POST", "/sparql", text, {"Content-Type": "application/sparql-update"}),
    }
    for way, (method, path, body, headers) in ways.items():
        connection = http.client.HTTPConnection("127.0.0.1", ENDPOINT, timeout=30)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        told = response.read().decode("utf-8", "replace")
        connection.close()
        hits = internet.hits(any_at_all=True)
        yield Came(f"endpoint-{way}-{name}", str(response.status), told[:300], hits)


def asked_of_the_command(name: str, text: str, folder: Path, internet: Internet) -> Came:
    command = [sys.executable, "-P", "-m", "cli", "--config", str(folder / "sources.toml"), "query"]
    done = subprocess.run(
        [*command, text], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    told = (done.stderr or done.stdout)[:300]
    return Came(f"command-{name}", str(done.returncode), told, internet.hits(any_at_all=True))


def main(folder: Path, commands: int) -> dict[str, list[dict[str, Any]]]:
    internet = Internet()
    internet.open()
    controls = controlled(internet)
    attempts = [played(attempt, folder, internet) for attempt in ATTEMPTS]
    internet.own = ""
    with serving(folder):
        queries = [
            came
            for name, text in QUERIES.items()
            for came in sent_to_the_endpoint(name, text, internet)
        ]
    queries += [
        asked_of_the_command(name, text, folder, internet)
        for name, text in list(QUERIES.items())[:commands]
    ]
    told = {"controls": controls, "attempts": attempts, "queries": queries}
    return {name: [asdict(each) for each in came] for name, came in told.items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        found = main(Path(where), int(sys.argv[1]))
    print(json.dumps(found))  # noqa: T201
