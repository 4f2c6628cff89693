"""Whether the node lives and can serve, its figures, and the feeds of publishers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from sparql.values import Limits
from store import follow
from store.appraisals import Appraisal
from store.outbox import Letter
from store.standing import PastRun, Saved, SourceState
from store.state import State
from web.app import create

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MAIRIE = SourceState("mairie", checked_at=NOW, good_at=NOW, outcome="unchanged", records=12)
AMAP = SourceState("amap", checked_at=NOW, outcome="failed", failures=3)
LIMITS = Limits(workers=1, per_client=1)
Browse = Callable[[ASGIApp], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory, publish: Callable[[Path], Path]) -> Path:
    """The data folder of a node with two sources, one of them sick, and a message that waits."""
    folder = tmp_path_factory.mktemp("var")
    publish(folder)
    with State(folder / "state.sqlite") as state:
        run = PastRun(NOW, "unchanged", 12, seconds=0.5)
        state.save([Saved(MAIRIE, run=run, appraisal=Appraisal(NOW, 85)), Saved(AMAP)])
        state.post({}, [Letter("a", "mail", NOW, "{}", 0, NOW)])
    follow.secret_of(folder)
    follow.write(folder, "mairie", b"<feed/>")
    return folder


@pytest.fixture(scope="module")
def client(var: Path, browse: Browse) -> Iterator[httpx.Client]:
    with browse(create(var / "generations", title="Essai", limits=LIMITS)) as client:
        yield client


def figures(text: str) -> dict[tuple[str, ...], float]:
    """The name of a figure and its labels → its value."""
    return {
        (sample.name.removeprefix("enbauges_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_figures_of_the_node_are_told_to_its_own_machine(client: httpx.Client) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    told = figures(answer.text)
    assert told[("source_last_success_timestamp_seconds", "mairie")] == NOW.timestamp()
    assert ("source_last_success_timestamp_seconds", "amap") not in told
    assert told[("source_failures", "amap")] == 3
    assert told[("source_records", "mairie")] == 12
    assert told[("source_outcome", "failed", "amap")] == 1
    assert told[("source_seconds", "mairie")] == 0.5
    assert told[("source_completeness", "mairie")] == 85
    assert told[("messages_waiting",)] == 1
    assert told[("generation",)] == 1
    assert told[("generation_quads",)] > 0
    assert told[("workers", "idle")] + told[("workers", "busy")] == 1
    assert told[("queries_waiting",)] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "203.0.113.7"},  # a visitor of the proxy on this machine
        {"forwarded": "for=203.0.113.7"},
        {"x-real-ip": "203.0.113.7"},
        {"via": "1.1 proxy"},
        {"host": "data.example"},  # a page elsewhere whose name was made to lead here
    ],
)
def test_nobody_else_finds_the_figures(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.get("/metrics", headers=headers).status_code == 404


def test_a_node_without_state_has_figures_all_the_same(tmp_path: Path, browse: Browse) -> None:
    with browse(create(tmp_path / "generations", title="Vide", limits=LIMITS)) as client:
        told = figures(client.get("/metrics").text)
    assert told[("messages_waiting",)] == 0
    assert ("generation",) not in told
    assert list(tmp_path.iterdir()) == []


def test_a_state_that_cannot_be_read_makes_the_node_not_ready(
    tmp_path: Path, publish: Callable[[Path], Path], browse: Browse
) -> None:
    root = publish(tmp_path)
    (tmp_path / "state.sqlite").write_bytes(b"no database at all" * 100)
    with browse(create(root, title="Essai", limits=LIMITS)) as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/readyz", "/metrics"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "state.sqlite" in answer.text


def test_a_publisher_reads_the_feed_of_their_source(var: Path, client: httpx.Client) -> None:
    address = follow.address_of(var, "/", "mairie")
    answer = client.get(address)
    assert (answer.status_code, answer.content) == (200, b"<feed/>")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert answer.headers["x-robots-tag"] == "noindex"


def test_without_the_token_there_is_no_feed(var: Path, client: httpx.Client) -> None:
    address = follow.address_of(var, "/", "mairie")
    other = follow.address_of(var, "/", "amap")
    wrong = [
        address.replace(".atom", "0.atom"),
        address.replace("/mairie/", "/amap/"),
        other,  # its token is right, but no feed was written
        "/sources/mairie/suivi/.atom",
        "/sources/mairie/suivi/%C3%A9.atom",
        "/sources/..%2F..%2Fsecret/suivi/x.atom",
    ]
    assert {client.get(each).status_code for each in wrong} == {404}
