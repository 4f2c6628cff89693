"""Published generations to ask, and a server on loopback to ask them through."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from sparql.values import Limits
from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.generations import Generation, Generations
from web.app import create
from web.server import listen

BASE = "https://data.example/"
CANONICAL = f"{BASE}graph/canonical"
PROVENANCE = f"{BASE}graph/provenance"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

Publish = Callable[[Path, Mapping[str, frozenset[str]]], Generation]
Serve = Callable[..., AbstractContextManager[str]]


def _publish(root: Path, graphs: Mapping[str, frozenset[str]]) -> Generation:
    with EmbeddedStore(root / "store") as store:
        store.apply(Changeset({graph: Delta(added=lines) for graph, lines in graphs.items()}))
        return Generations(root / "generations").publish(store, now=NOON, base=BASE, facts={})


@pytest.fixture(scope="session")
def publish() -> Publish:
    """Adds lines to the store under a folder and publishes it as the next generation."""
    return _publish


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """4,000 statements in the canonical graph, one in the provenance graph."""
    lines = frozenset(
        f'<{BASE}id/event/{n}> <https://schema.org/name> "Événement {n}"@fr .' for n in range(4000)
    )
    title = f'<{BASE}id/source/a> <http://purl.org/dc/terms/title> "A" .'
    return _publish(
        tmp_path_factory.mktemp("published"),
        {CANONICAL: lines, PROVENANCE: frozenset({title})},
    )


@pytest.fixture(scope="session")
def roomy() -> Limits:
    """Limits that no ordinary query meets."""
    return Limits(seconds=20, workers=2, per_client=2)


@contextmanager
def _serve(root: Path, limits: Limits, *, every: float = 1.0) -> Iterator[str]:
    with listen("127.0.0.1", 0) as listening:
        app = create(root, title="Essai", limits=limits, every=every)
        config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
        )
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def serve() -> Serve:
    """A folder of generations and limits → a context in which its address answers HTTP."""
    return _serve
