"""Two nodes over loopback: one publishes, the other harvests it by SPARQL and by its dump."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
import SPARQLWrapper.Wrapper

from harvester.fetch import Limits
from harvester.peers.ours import came_back
from harvester.place import Place
from harvester.report import Report
from harvester.session import chosen, opened
from harvester.sources import Config, load
from mappings import platforms
from sparql.values import Limits as QueryLimits
from store.dumps import export
from store.embedded import EmbeddedStore
from store.generations import Generations
from tests.answering import Handler, serving
from tests.loopback import Page, loopback_site
from tests.sparql.conftest import _serve
from vocab import term
from vocab.iris import Iris

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
OURS, THEIRS = Iris("https://ours.example/"), Iris("https://theirs.example/")
CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//essai//FR\r
BEGIN:VEVENT\r
UID:bal@agenda.example\r
SUMMARY:Bal de la Saint-Jean\r
DESCRIPTION:Avec l'orchestre du village\r
DTSTART;TZID=Europe/Paris:20260624T200000\r
LOCATION:Salle des f\xc3\xaates, Le Ch\xc3\xa2telard\r
URL:https://comite.example/bal\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:marche@agenda.example\r
SUMMARY:March\xc3\xa9\r
DTSTART;VALUE=DATE:20260606\r
END:VEVENT\r
END:VCALENDAR\r
"""
PLACES = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": number,
                "properties": {"name": f"Lieu {number}"},
                "geometry": {"type": "Point", "coordinates": [6.1 + number / 100, 45.6]},
            }
            for number in range(7)
        ],
    }
).encode()


@dataclass
class Node:
    """A node of its own folder and base; ``blocks`` are those of its sources."""

    folder: Path
    iris: Iris
    blocks: list[str] = field(default_factory=list)
    now: datetime = NOW

    @property
    def place(self) -> Place:
        return Place(self.folder / "var")

    def source(self, id_: str, kind: str, url: str, *more: str) -> None:
        told = {"id": id_, "kind": kind, "url": url, "title": id_, "publisher": "Voisin"}
        lines = [f"{key} = {json.dumps(value)}" for key, value in told.items()]
        more = ('licence = "etalab-2.0"', "allow_private = true", *more)
        self.blocks = [each for each in self.blocks if f'id = "{id_}"' not in each]
        self.blocks.append("\n".join(["[[source]]", *lines, *more]))

    def config(self) -> Config:
        head = (
            f'[site]\ntitle = "Essai"\nbase = "{self.iris.base}"\n'
            'contact = "contact@node.example"\nterritory = ["73081"]\n'
        )
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "sources.toml"
        file.write_text("\n".join([head, *self.blocks]), encoding="utf-8")
        return load(file, kinds=platforms().keys())

    def harvest(self, *ids: str, limits: Limits | None = None) -> dict[str, Report]:
        self.now += timedelta(hours=7)
        config = self.config()
        with opened(
            config,
            self.place,
            version="1.0",
            clock=lambda: self.now,
            limits=limits or Limits(),
        ) as session:
            reports = {each.source: each for each in session.harvest(chosen(config, ids))}
            session.publish()
        return reports

    def said(self, source: str) -> set[str]:
        """What the graph of ``source`` says, without the id of the source."""
        with EmbeddedStore(self.place.store) as store:
            lines = store.lines(self.iris.source_graph(source))
        return {line.replace(f"{self.iris.records}{source}/", "record:") for line in lines}

    def names(self, source: str) -> list[str]:
        name = f"> <{term('schema:name')}> "
        told = (
            line for line in self.said(source) if name in line and "#" not in line.split(">")[0]
        )
        return sorted(line.split('"')[1] for line in told)


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Node]:
    """A node with two sources, harvested and published."""
    with loopback_site() as site:
        site.pages |= {"/agenda": Page(CALENDAR), "/lieux": Page(PLACES, "application/geo+json")}
        node = Node(tmp_path / "theirs", THEIRS)
        node.source("agenda", "ics", f"{site.url}/agenda")
        node.source("lieux", "geojson", f"{site.url}/lieux")
        assert {each.outcome for each in node.harvest().values()} == {"committed"}
        yield node


@pytest.fixture
def endpoint(theirs: Node) -> Iterator[str]:
    limits = QueryLimits(seconds=20, workers=2, per_client=2)
    with _serve(theirs.place.generations, limits) as url:
        yield f"{url}/sparql"


@pytest.fixture
def ours(tmp_path: Path) -> Node:
    return Node(tmp_path / "ours", OURS)


@pytest.fixture(autouse=True)
def _no_urllib(monkeypatch: pytest.MonkeyPatch) -> None:
    """SPARQLWrapper sends nothing by itself."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("SPARQLWrapper opened a connection")

    monkeypatch.setattr(SPARQLWrapper.Wrapper, "urlopener", refuse)


def dump(node: Node, folder: Path) -> bytes:
    generation = Generations(node.place.generations).current()
    assert generation
    export(generation, folder)
    return (folder / "enbauges.nq.gz").read_bytes()


def test_a_peer_harvested_by_sparql_and_by_dump_says_the_same(
    theirs: Node, ours: Node, endpoint: str, tmp_path: Path
) -> None:
    with loopback_site() as site:
        site.pages["/enbauges.nq.gz"] = Page(dump(theirs, tmp_path / "dump"), "application/gzip")
        ours.source("par-sparql", "sparql", endpoint, "page_size = 2")
        ours.source("par-dump", "rdf", f"{site.url}/enbauges.nq.gz")
        reports = ours.harvest()
    assert {name: report.outcome for name, report in reports.items()} == {
        "par-sparql": "committed",
        "par-dump": "committed",
    }
    assert ours.names("par-sparql") == [
        "Bal de la Saint-Jean", *(f"Lieu {number}" for number in range(7)), "Marché",
    ]  # fmt: skip
    assert ours.said("par-sparql") == ours.said("par-dump")
    text = "\n".join(ours.said("par-sparql"))
    assert "Salle des fêtes" in text
    assert "GeoCoordinates" in text
    assert f"<{OURS.commune('73081')}>" in text
    assert told(reports["par-sparql"]) <= {"robots-advice"}
    again = ours.harvest()
    assert {name: report.quads for name, report in again.items()} == {
        "par-sparql": 0,
        "par-dump": 0,
    }


def test_what_a_peer_took_from_us_is_not_taken_back(
    theirs: Node, ours: Node, endpoint: str, tmp_path: Path
) -> None:
    ours.source("voisin", "sparql", endpoint)
    ours.harvest()
    with loopback_site() as site:
        site.pages["/dump"] = Page(dump(ours, tmp_path / "dump"), "application/gzip")
        theirs.source("voisin", "rdf", f"{site.url}/dump")
        report = theirs.harvest("voisin")["voisin"]
    assert report.records == 0
    assert {each.code for each in report.issues} >= {"our-own"}
    assert theirs.said("voisin") == set()
    theirs.source("autre", "sparql", endpoint)  # its own endpoint, by mistake
    assert theirs.harvest("autre")["autre"].records == 0


def test_our_own_is_known_through_several_nodes_and_by_http_and_https() -> None:
    base, event = OURS.base, f"{OURS.base}id/event/bal"
    near = Iris("https://near.example/").record("nous", event)
    far = Iris("https://far.example/").record("near", near)
    for iri in (event, event.replace("https:", "http:"), near, far):
        assert came_back({"id": iri}, base), iri
    for iri in (near.replace("ours.example", "ours.example.org"), "https://far.example/id/event/1"):
        assert not came_back({"id": iri}, base), iri


@pytest.mark.parametrize(
    ("name", "value"), [("count", "9" * 5_000), ("eb_thing", "https://x/\ud800")]
)
def test_a_peer_that_answers_with_what_is_no_number_and_no_iri_loses_nothing(
    ours: Node, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with peer() as (endpoint, url):
        ours.source("pair", "sparql", url, FEW)
        ours.harvest()
        told = {"results": {"bindings": [{name: {"type": "uri", "value": value}}]}}
        truly = endpoint.answer

        def lying(query: str) -> tuple[bytes, str]:
            body, media = truly(query)
            lies = f'"{name}"' in body.decode() and "json" in media
            return (json.dumps(told).encode() if lies else body), media

        monkeypatch.setattr(endpoint, "answer", lying)
        report = ours.harvest()["pair"]
    assert report.removed == 0
    assert len(ours.names("pair")) == 12


def test_a_query_or_classes_say_which_things_are_asked_for(ours: Node, endpoint: str) -> None:
    ours.source("lieux", "sparql", endpoint, 'classes = "schema:Place"')
    query = (
        "PREFIX s: <https://schema.org/>\n"
        'SELECT ?e WHERE { ?e a schema:Event ; s:name ?n FILTER(?n = "Marché"@fr) }'
    )
    ours.source("marche", "sparql", endpoint, f'query = """{query}"""')
    canonical = f'graph = "{THEIRS.graph("canonical")}"'
    ours.source("graphe", "sparql", endpoint, 'classes = ["schema:Event"]', canonical)
    ours.source("vide", "sparql", endpoint, 'graph = "https://theirs.example/graph/none"')
    reports = ours.harvest()
    assert ours.names("lieux") == [f"Lieu {number}" for number in range(7)]
    assert ours.names("marche") == ["Marché"]
    assert ours.names("graphe") == ["Bal de la Saint-Jean", "Marché"]
    assert (reports["vide"].outcome, reports["vide"].records) == ("committed", 0)


class Endpoint:
    """A SPARQL endpoint of a few things that behaves as it is told."""

    def __init__(self, things: int = 12) -> None:
        self.store = ox.Store()
        text = "".join(
            f"<https://peer.example/event/{number:02}> a <https://schema.org/Event> ;"
            f' <https://schema.org/name> "Fête {number}" ;'
            f' <https://schema.org/startDate> "2026-07-{number + 1:02}" .'
            for number in range(things)
        )
        self.store.load(input=text.encode(), format=ox.RdfFormat.TURTLE)
        self.most = 10_000
        self.refuses: tuple[str, ...] = ()
        self.html = False
        self.pause = 0.0
        self.asked: list[str] = []

    def withdraw(self, iri: str) -> None:
        for quad in self.store.quads_for_pattern(ox.NamedNode(iri), None, None):
            self.store.remove(quad)

    def __call__(self, it: Handler) -> None:
        length = int(it.headers.get("Content-Length", 0))
        asked = it.rfile.read(length).decode()
        form = it.headers.get("Content-Type", "")
        way = f"{it.command} {form.partition('/')[2]}".strip()
        if it.path == "/robots.txt":
            it.answer(404, b"")
            return
        self.asked.append(way)
        time.sleep(self.pause)
        if way in self.refuses:
            it.answer(405, b"", Allow="GET")
        elif self.html:
            it.answer(200, b"<!doctype html><html>Query form</html>", Content_Type="text/html")
        else:
            query = asked if form == "application/sparql-query" else ""
            query = query or parse_qs(asked or urlsplit(it.path).query)["query"][0]
            body, media = self.answer(query)
            it.answer(200, body, Content_Type=media)

    def answer(self, query: str) -> tuple[bytes, str]:
        """The result, silently cut after ``most`` rows or statements."""
        found = self.store.query(query)
        if isinstance(found, ox.QueryTriples):
            lines = [f"{triple} ." for triple in found][: self.most]
            return "\n".join(lines).encode(), "application/n-triples"
        assert isinstance(found, ox.QuerySolutions)
        names = [variable.value for variable in found.variables]
        rows = [
            {name: {"type": "uri", "value": row[name].value} for name in names}
            for row in list(found)[: self.most]
        ]
        told = {"head": {"vars": names}, "results": {"bindings": rows}}
        return json.dumps(told).encode(), "application/sparql-results+json"


@contextmanager
def peer(things: int = 12) -> Iterator[tuple[Endpoint, str]]:
    endpoint = Endpoint(things)
    with serving(endpoint) as server:
        yield endpoint, server.url.replace("agenda.ics", "sparql")


FEW = "page_size = 5"


def told(report: Report) -> set[str]:
    """The codes of the issues that tell of the reading, and not of the events."""
    return {each.code for each in report.issues if not each.code.startswith("event-")}


def test_a_peer_is_asked_in_the_way_that_it_takes(ours: Node) -> None:
    with peer() as (endpoint, url):
        ours.source("pair", "sparql", url, FEW, 'classes = "schema:Event"')
        endpoint.refuses = ("GET",)
        assert ours.harvest()["pair"].records == 12
        endpoint.refuses = ("POST sparql-query", "POST x-www-form-urlencoded")
        report = ours.harvest()["pair"]
        assert (report.outcome, report.records, report.quads) == ("unchanged", 12, 0)
        assert set(endpoint.asked) >= {"GET", "POST x-www-form-urlencoded"}
        endpoint.refuses = ("GET", "POST x-www-form-urlencoded")
        assert ours.harvest()["pair"].records == 12
        assert endpoint.asked[-1] == "POST sparql-query"
        endpoint.refuses = ("GET", "POST x-www-form-urlencoded", "POST sparql-query")
        report = ours.harvest()["pair"]
        assert report.outcome == "failed"
        assert "405" in str(report.reason)
    assert len(ours.names("pair")) == 12


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda endpoint: setattr(endpoint, "html", True), "SPARQL endpoint"),
        (lambda endpoint: setattr(endpoint, "pause", 1.0), "0.3"),
    ],
)
def test_a_peer_that_answers_badly_or_too_late_loses_nothing(
    ours: Node, change: Callable[[Endpoint], None], said: str
) -> None:
    with peer() as (endpoint, url):
        ours.source("pair", "sparql", url, FEW)
        ours.harvest()
        change(endpoint)
        report = ours.harvest(limits=Limits(read=0.3, total=0.3))["pair"]
    assert report.outcome == "failed"
    assert said in str(report.reason)
    assert len(ours.names("pair")) == 12


def test_rows_that_a_peer_cuts_are_asked_for_again(ours: Node) -> None:
    with peer(30) as (endpoint, url):
        endpoint.most = 15  # rows: five things of three statements
        ours.source("pair", "sparql", url, "page_size = 5")
        report = ours.harvest()["pair"]
    assert (report.records, told(report)) == (30, set())


def test_a_result_cut_short_never_looks_whole(ours: Node) -> None:
    with peer(12) as (endpoint, url):
        ours.source("pair", "sparql", url)
        assert ours.harvest()["pair"].records == 12
        endpoint.withdraw("https://peer.example/event/03")
        assert ours.harvest()["pair"].leaving == 1
        endpoint.most = 10  # of 33 statements
        assert "peer-cut-short" in told(ours.harvest()["pair"])
        later = [ours.harvest()["pair"] for _ in range(5)]
    assert {(report.quads, report.removed) for report in later} == {(0, 0)}
    assert len(ours.names("pair")) == 12


def test_what_a_peer_withdrew_leaves_in_time(ours: Node) -> None:
    with peer(12) as (endpoint, url):
        ours.source("pair", "sparql", url, FEW)
        ours.harvest()
        endpoint.withdraw("https://peer.example/event/03")
        reports = [ours.harvest()["pair"] for _ in range(6)]
    assert sum(report.removed for report in reports) == 1


def test_more_than_the_pages_that_are_read_is_told(ours: Node) -> None:
    with peer(12) as (_, url):
        ours.source("pair", "sparql", url, "page_size = 2", "pages = 3")
        report = ours.harvest()["pair"]
    assert report.records == 6
    (issue,) = (each for each in report.issues if each.code == "pages-limit")
    assert "12 things, of which 6" in str(issue.message)


def test_a_peer_is_read_again_from_what_is_kept_as_it_was(ours: Node) -> None:
    with peer(12) as (endpoint, url):
        ours.source("pair", "sparql", url, FEW)
        ours.harvest()
        ours.source("pair", "sparql", url, FEW, 'commune = "73081"')
        endpoint.html = True
        report = ours.harvest()["pair"]
    assert report.outcome == "failed"
    assert report.quads > 0, "the commune is said of what was kept"
    assert len(ours.names("pair")) == 12


def test_thousands_of_statements_are_asked_for_in_halves(
    ours: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.peers.route.AT_ONCE", 10)
    with peer(12) as (endpoint, url):
        ours.source("pair", "sparql", url)
        report = ours.harvest()["pair"]
    assert (report.records, told(report)) == (12, set())
    assert len(endpoint.asked) > 10
