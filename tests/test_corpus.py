"""The whole way on 1,400 real files, served over loopback, harvested twice."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import feedparser
import icalendar
import pytest

from harvester.glance import by_record
from harvester.place import Place
from harvester.report import Report
from harvester.session import opened
from harvester.sources import Config, load
from mappings import platforms
from sparql.ask import run_query
from store.embedded import EmbeddedStore
from store.generations import Generation
from tests.people import leaks
from tests.requirements import shared
from vocab.iris import Iris

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

KINDS = ("ics", "ics-nasty", "feed", "carto", "load")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BASE = "https://node.example/"
MEDIA = {
    ".ics": "text/calendar",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".xml": "application/xml",
    ".json": "application/json",
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html",
}


@dataclass(frozen=True)
class File:
    id: str
    kind: str
    path: Path
    iterator: str = ""

    def block(self, server: str, root: Path) -> str:
        """Its block in sources.toml."""
        address = quote(self.path.relative_to(root).as_posix())
        told = {
            "id": self.id,
            "kind": self.kind,
            "url": f"{server}/{address}",
            "title": self.id,
            "publisher": "Corpus",
            "licence": "etalab-2.0",  # so that texts are published, and looked at
            "iterator": self.iterator,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in told.items()]
        return "\n".join(["[[source]]", *lines, "allow_private = true"])


def kind_of(path: Path, folder: str) -> tuple[str, str]:
    """The kind an operator would register, and where the entries of a JSON document are."""
    if folder == "feed":
        return "feed", ""
    match path.suffix:
        case ".ics":
            return "ics", ""
        case ".csv":
            return "csv", ""
        case ".json" if b'"Feature' not in path.read_bytes():
            content = json.loads(path.read_bytes() or b"null")
            return "gogocarto", "$[*]" if isinstance(content, list) else "$.data[*]"
        case _:
            return "geojson", ""


@pytest.fixture(scope="module")
def files() -> list[File]:
    root = shared("corpus")
    found = []
    for folder in KINDS:
        paths = sorted(path for path in (root / folder).rglob("*") if path.is_file())
        for number, path in enumerate(paths):
            kind, iterator = kind_of(path, folder)
            found.append(File(f"{folder}-{number}", kind, path, iterator))
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    root: Path

    def __init__(self, root: Path, *args: object) -> None:
        self.root = root
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self.root / unquote(urlsplit(self.path).path).lstrip("/")
        body = path.read_bytes() if path.is_file() else b""  # there is no robots.txt
        self.send_response(200 if path.is_file() else 404)
        self.send_header("Content-Type", MEDIA.get(path.suffix, "application/octet-stream"))
        self.send_header("ETag", f'"{sha256(body).hexdigest()}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    handler = partial(Handler, shared("corpus"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        httpd.daemon_threads = True
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


@dataclass(frozen=True)
class Harvested:
    place: Place
    first: dict[str, Report]
    second: dict[str, Report]
    generation: Generation
    second_generation: Generation | None


@pytest.fixture(scope="module")
def harvested(
    files: list[File], server: str, tmp_path_factory: pytest.TempPathFactory
) -> Harvested:
    folder = tmp_path_factory.mktemp("corpus")
    config = write_config(folder / "sources.toml", files, server)
    place = Place(folder / "var")
    first, generation = run(config, place)
    second, second_generation = run(config, place)
    assert generation
    return Harvested(place, first, second, generation, second_generation)


def write_config(path: Path, files: list[File], server: str) -> Config:
    head = (
        '[site]\ntitle = "Corpus"\nbase = "https://node.example/"\n'
        'contact = "contact@node.example"\nterritory = ["73081"]\n'
    )
    blocks = [file.block(server, shared("corpus")) for file in files]
    path.write_text("\n\n".join([head, *blocks]), encoding="utf-8")
    return load(path, kinds=platforms())


def run(config: Config, place: Place) -> tuple[dict[str, Report], Generation | None]:
    """Every source read anew (force), so that the second time compares and does not trust."""
    with opened(config, place, version="test", clock=lambda: NOW, force=True) as session:
        reports = {report.source: report for report in session.harvest(config.sources)}
        return reports, session.publish()


def test_there_are_over_1400_files(files: list[File]) -> None:
    assert len(files) > 1400


def test_every_file_ends_with_an_outcome_and_a_reason_to_act_on(
    files: list[File], harvested: Harvested
) -> None:
    assert harvested.first.keys() == {file.id for file in files}
    print(Counter(report.outcome for report in harvested.first.values()))  # noqa: T201
    for report in harvested.first.values():
        assert report.outcome in {"committed", "unchanged", "failed"}
        if report.outcome == "failed":
            sentence = str(report.reason)
            assert " — " in sentence, f"{report.source}: no remedy in “{sentence}”"
            assert "does not know" not in sentence, f"{report.source}: {sentence}"
        for issue in report.issues:
            assert issue.where or issue.severity != "error", f"{report.source}: {issue}"


def test_the_second_run_changes_no_quad(harvested: Harvested) -> None:
    changed = {name: report.quads for name, report in harvested.second.items()}
    assert {name: count for name, count in changed.items() if count} == {}
    assert harvested.second_generation is None


def expected_calendar_keys(body: bytes) -> set[tuple[str, ...]] | None:
    """UIDs of masters and (UID, RECURRENCE-ID) pairs, as icalendar alone sees them."""
    try:
        calendars = icalendar.Calendar.from_ical(body, multiple=True)
    except Exception:  # noqa: BLE001  # icalendar refuses the file: nothing to compare with
        return None
    keys = set[tuple[str, ...]]()
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            if "UID" not in event or "DTSTART" not in event:
                continue
            override = event.get("RECURRENCE-ID")
            uid = str(event["UID"]).strip()
            keys.add((uid, str(override.dt)) if override is not None else (uid,))
    return keys


def unreadable(report: Report) -> bool:
    """Whether the file as a whole could not be read; else each entry is stored or told."""
    return report.outcome == "failed" and not report.issues


def stored_records(source: str, graphs: dict[str, set[str]]) -> set[str]:
    subjects = graphs.get(Iris(BASE).source_graph(source), set())
    records = {subject for subject in subjects if "#" not in subject}
    # Several events of one UID are told apart by what follows its "#".
    return records | {record.rpartition("%23")[0] for record in records if "%23" in record}


@pytest.fixture(scope="module")
def graphs(harvested: Harvested) -> dict[str, set[str]]:
    """Graph → subjects, read from the store itself."""
    with EmbeddedStore(harvested.place.store) as store:
        return {
            name: {line.split(" ", 1)[0][1:-1] for line in store.lines(name)}
            for name in store.graph_names()
        }


def test_calendars_yield_every_master_and_override(
    files: list[File], harvested: Harvested, graphs: dict[str, set[str]]
) -> None:
    iris, compared = Iris(BASE), 0
    for file in files:
        if file.kind != "ics" or unreadable(harvested.first[file.id]):
            continue
        expected = expected_calendar_keys(file.path.read_bytes())
        if not expected:
            continue
        compared += 1
        stored = stored_records(file.id, graphs)
        refused = {
            issue.key[0]
            for issue in harvested.first[file.id].issues
            if issue.severity == "error" and issue.key
        }
        masters = {key[0] for key in expected if len(key) == 1 and key[0]}
        missing = {iris.record(file.id, uid) for uid in masters - refused} - stored
        assert missing == set(), file.path.name
        overrides = sum(len(key) > 1 and key[0] not in refused for key in expected)
        occurrences = {
            name for name in stored if "/" in name.removeprefix(iris.record(file.id, ""))
        }
        assert len(occurrences) >= overrides, file.path.name
    assert compared > 300


def test_feeds_yield_every_entry(
    files: list[File], harvested: Harvested, graphs: dict[str, set[str]]
) -> None:
    compared = 0
    for file in files:
        if file.kind != "feed" or unreadable(harvested.first[file.id]):
            continue
        if file.path.suffix == ".json":
            continue
        parsed = feedparser.parse(
            file.path.read_bytes(),
            response_headers={"content-type": MEDIA.get(file.path.suffix, "")},
        )
        refused = sum(
            issue.severity == "error" or "duplicate" in issue.code
            for issue in harvested.first[file.id].issues
        )
        compared += 1
        stored = stored_records(file.id, graphs)
        assert len(stored) >= len(parsed.entries) - refused, file.path.name
    assert compared > 800


def test_no_graph_holds_a_mailbox_or_a_mobile_number_that_is_no_organisations(
    harvested: Harvested,
) -> None:
    iris = Iris(BASE)
    found: list[str] = []
    with EmbeddedStore(harvested.place.store) as store:
        for name in store.graph_names():
            if name.startswith(iris.source_graph("")):
                for lines in by_record(store.lines(name), iris.record_of).values():
                    found += leaks(lines)
    assert found == []


def test_the_endpoint_answers_the_agenda_of_a_month(harvested: Harvested) -> None:
    answer = BytesIO()
    query = """
        PREFIX schema: <https://schema.org/>
        SELECT ?event ?name ?start WHERE {{
          ?event a schema:Event ; schema:name ?name ; schema:startDate ?start .
          FILTER(STR(?start) >= "2026-05" && STR(?start) < "2026-06")
        }} ORDER BY STR(?start)"""
    run_query(harvested.generation, query, answer)
    rows = json.loads(answer.getvalue())["results"]["bindings"]
    assert len(rows) > 20
    assert all(row["start"]["value"].startswith("2026-05") for row in rows)
