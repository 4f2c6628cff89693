"""Whether the node lives, whether it can serve, and its figures: for supervisors and monitors.

``/healthz`` says that the process answers, ``/readyz`` that there is something to answer with.
``/metrics`` (Prometheus text format) tells what is nobody else's business, such as which
sources fail: it answers programs of this machine only, asked for by its loopback name. Behind
a proxy on the same machine, whose visitors are told by X-Forwarded-For, it is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sparql.workers import Pool
from store.errors import StoreError
from store.standing import SourceState
from store.state import State
from web.policy import LOOPBACK

_OF_PROXIES = ("forwarded", "via", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""What proxies add to what they pass on: whoever asks is then not of this machine."""
_NOWHERE, _NOT_READY = 404, 503


class Health:
    """The routes of one node, whose data lie in ``var``."""

    def __init__(self, pool: Pool, var: Path) -> None:
        self._pool = pool
        self._state = var / "state.sqlite"
        self._registry = CollectorRegistry()
        self._registry.register(_Figures(pool, self._state))

    def routes(self) -> list[Route]:
        """``/healthz``, ``/readyz``, ``/metrics``."""
        return [
            Route("/healthz", self.healthy, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    def healthy(self, _: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n")

    def ready(self, _: Request) -> Response:
        """A generation is open in query workers, and the state of the sources can be read."""
        if self._pool.generation is None:
            return PlainTextResponse("no generation is published yet\n", _NOT_READY)
        if not self._pool.ready:
            return PlainTextResponse("no query worker is running\n", _NOT_READY)
        try:
            _states(self._state)
        except StoreError as error:
            return PlainTextResponse(f"{error}\n", _NOT_READY)
        return PlainTextResponse(f"generation {self._pool.generation.number}\n")

    def metrics(self, request: Request) -> Response:
        """The figures, for a monitor on this machine."""
        if not _is_here(request):
            raise HTTPException(_NOWHERE)
        try:
            text = generate_latest(self._registry)
        except StoreError as error:
            return PlainTextResponse(f"{error}\n", _NOT_READY)
        headers = {"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"}
        return Response(text, headers=headers)


class _Figures(Collector):
    """Gauges made anew each time they are asked for, from the state and the pool."""

    def __init__(self, pool: Pool, state: Path) -> None:
        self._pool = pool
        self._state = state

    def describe(self) -> list[Metric]:
        """Nothing: the names are known, and the state need not be read to register them."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._of_sources()
        load = self._pool.load
        workers = _gauge("workers", "Query workers, by what they do.", "doing")
        workers.add_metric(["idle"], load.idle)
        workers.add_metric(["busy"], load.workers - load.idle)
        yield workers
        yield _gauge("queries_waiting", "Queries that wait for a worker.", value=load.waiting)
        if generation := self._pool.generation:
            yield _gauge("generation", "The number of what is served.", value=generation.number)
            yield _gauge(
                "generation_created_timestamp_seconds",
                "When what is served was published.",
                value=generation.created.timestamp(),
            )
            yield _gauge(
                "generation_quads", "How many quads it has.", value=sum(generation.counts.values())
            )

    def _of_sources(self) -> Iterator[Metric]:
        success = _gauge("source_last_success_timestamp_seconds", "Last good read.", "source")
        failures = _gauge("source_failures", "Runs that failed in a row.", "source")
        records = _gauge("source_records", "Records of the last good read.", "source")
        outcome = _gauge("source_outcome", "1 for how the last run ended.", "source", "outcome")
        seconds = _gauge("source_seconds", "Duration of the last run.", "source")
        complete = _gauge("source_completeness", "Completeness, 0 to 100.", "source")
        waiting = _gauge("messages_waiting", "Messages that could not be delivered yet.", value=0)
        if self._state.exists():
            with State(self._state) as state:
                for name, lasted in state.last_seconds().items():
                    seconds.add_metric([name], lasted)
                for each in state.all():
                    failures.add_metric([each.source], each.failures)
                    records.add_metric([each.source], each.records)
                    outcome.add_metric([each.source, each.outcome], 1)
                    if each.good_at:
                        success.add_metric([each.source], each.good_at.timestamp())
                    appraisal = state.appraisal(each.source)
                    if appraisal and appraisal.score is not None:
                        complete.add_metric([each.source], appraisal.score)
                waiting = _gauge(
                    "messages_waiting",
                    "Messages that could not be delivered yet.",
                    value=len(state.letters()),
                )
        yield from (success, failures, records, outcome, seconds, complete, waiting)


def _gauge(name: str, text: str, *labels: str, value: float | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"enbauges_{name}", text, value=value, labels=labels or None)


def _states(path: Path) -> list[SourceState]:
    if not path.exists():
        return []
    with State(path) as state:
        return state.all()


def _is_here(request: Request) -> bool:
    """Whether a program of this machine asks, by a name of this machine."""
    if request.client is None or request.url.hostname not in LOOPBACK:
        return False
    if any(name in request.headers for name in _OF_PROXIES):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
