"""The pages at the size of the samples and at a million quads: index, then time to answer.

CPU time of the process that serves, as the 95th percentile of one client's requests: on a shared
machine, a clock on the wall would tell who else is at work. Things are invented: two in three are
events, over three years, each in one of twenty communes, with forty words, a theme, a position.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp, Message

from benchmarks.figures import Figure
from sparql.values import Limits
from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.generations import Generation, Generations
from store.index import ensure
from vocab import PREFIXES
from vocab.iris import Iris
from web import create

IRIS = Iris("https://data.example/")
SIZES = {"samples": 430, "a million quads": 62_500}
"""Name → how many things, of sixteen statements each."""

PATHS = {
    "home": "/",
    "agenda, a week": "/agenda",
    "agenda, a month of a commune": "/agenda?vue=mois&commune=73001",
    "agenda, a month of a common word": "/agenda?vue=mois&q=atelier",
    "agenda.ics of a commune": "/agenda.ics?commune=73001&theme=t1",
    "map of a commune": "/carte?commune=73001&theme=t1",
    "directory": "/annuaire",
    "search": "/recherche?q=atelier+montagne",
    "search, a short prefix": "/recherche?q=atel",
    "directory, a word": "/annuaire?q=atelier",
    "an event": "/id/event/7",
}
GOALS = {"samples": 50, "a million quads": 100}
REQUESTS, WARM = 60, 3

_WORDS = (
    *("atelier", "fête", "concert", "randonnée", "montagne", "village", "réparation", "jardin"),
    *("école", "mairie", "marché", "enfants", "lecture", "théâtre", "vélo", "neige", "alpage"),
    *("fromage", "rencontre", "partage"),
)
_RARE = tuple(a + b + c for a in _WORDS for b in ("eau", "ette", "on") for c in _WORDS[:15])


def measure() -> list[Figure]:
    """Index and pages, size by size."""
    figures = []
    for size, count in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            generation = _publish(Path(folder), count)
            started = time.process_time()
            index = ensure(generation)
            seconds = time.process_time() - started
            note = f"{generation.quads} quads, {index.stat().st_size / 1e6:.1f} MB"
            figures.append(Figure(f"{size}: index, seconds", seconds, note=note))
            figures += asyncio.run(_pages(size, generation))
    return figures


async def _pages(size: str, generation: Generation) -> list[Figure]:
    app = create(generation.path.parent, title="bench", limits=Limits(workers=1, per_client=1))
    found = []
    async with app.router.lifespan_context(app):
        for name, path in PATHS.items():
            spent = sorted([await _asked(app, path) for _ in range(REQUESTS + WARM)][WARM:])
            found.append(
                Figure(
                    f"{size}: {name}, ms at p95",
                    statistics.quantiles(spent, n=20)[-1],
                    goal=f"≤ {GOALS[size]}",
                    note=f"median {statistics.median(spent):.1f} ms",
                )
            )
    return found


async def _asked(app: ASGIApp, address: str) -> float:
    """Milliseconds of CPU that this process spends on one request."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"accept", b"text/html"), (b"host", b"data.example")],
        "scheme": "http",
        "server": ("data.example", 80),
        "root_path": "",
    }
    statuses = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        statuses.append(message.get("status", 200))

    started = time.process_time()
    await app(scope, receive, send)
    spent = 1000 * (time.process_time() - started)
    if set(statuses) != {200}:
        raise AssertionError(address, statuses)
    return spent


def _publish(folder: Path, count: int) -> Generation:
    draw = random.Random(count)  # noqa: S311  # invented data, the same at each run
    now = datetime.now(UTC)
    lines = frozenset(line for number in range(count) for line in _thing(number, draw, now))
    with EmbeddedStore(folder / "store") as store:
        store.apply(Changeset({IRIS.graph("canonical"): Delta(added=lines)}))
        generations = Generations(folder / "generations")
        return generations.publish(store, now=now, base=IRIS.base, facts={})


def _thing(number: int, draw: random.Random, now: datetime) -> Iterator[str]:
    """The sixteen statements of an event, or of a place for one in three."""
    kind, type_ = ("event", "Event") if number % 3 else ("place", "Place")
    subject, schema, eb = IRIS.entity(kind, str(number)), PREFIXES["schema"], PREFIXES["eb"]
    start = now + timedelta(minutes=draw.randrange(-1_000_000, 600_000))
    code = f"{73001 + draw.randrange(20)}"
    text = " ".join(draw.choices(_WORDS, k=4) + draw.choices(_RARE, k=36))

    def said(part: str, predicate: str, value: str) -> str:
        return f"<{subject}{part}> <{predicate}> {value} ."

    yield said("", f"{PREFIXES['rdf']}type", f"<{schema}{type_}>")
    yield said("", f"{schema}name", f'"{" ".join(draw.choices(_WORDS, k=3))} {number}"@fr')
    yield said("", f"{schema}description", f'"{text}"@fr')
    yield said("", f"{schema}url", f"<https://agenda.example/{number}>")
    yield said("", f"{eb}theme", f"<{PREFIXES['ebc']}theme/t{draw.randrange(18)}>")
    yield said("", f"{eb}commune", f"<{IRIS.commune(code)}>")
    yield said("", f"{schema}startDate", _literal(start.isoformat(), "dateTime"))
    end = start + timedelta(hours=2)
    yield said("", f"{schema}endDate", _literal(end.isoformat(), "dateTime"))
    yield said("", f"{schema}organizer", f"<{subject}#organizer>")
    yield said("#organizer", f"{schema}name", f'"Comité {draw.randrange(300)}"@fr')
    yield said("", f"{schema}location", f"<{subject}#location>")
    yield said("#location", f"{schema}name", f'"Salle {draw.randrange(300)}"@fr')
    yield said("#location", f"{schema}geo", f"<{subject}#geo>")
    yield said("#geo", f"{schema}latitude", _literal(f"{draw.uniform(45.5, 45.8):.4f}", "decimal"))
    yield said("#geo", f"{schema}longitude", _literal(f"{draw.uniform(5.9, 6.3):.4f}", "decimal"))
    yield f'<{IRIS.commune(code)}> <{schema}name> "Commune {code}"@fr .'


def _literal(text: str, datatype: str) -> str:
    return f'"{text}"^^<{PREFIXES["xsd"]}{datatype}>'


if __name__ == "__main__":
    for figure in measure():
        print(figure)
