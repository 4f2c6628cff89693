"""The saved queries of ``sparql/queries`` on the samples: rows, and the numbers of the pages."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyoxigraph as ox
import pytest

from sparql.ask import QUERIES, saved
from store.published import Published
from vocab import EB, PREFIXES, SCHEMA
from vocab.iris import Iris
from web.agenda import Period
from web.examples import TITLES

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WEEK = Period.week(NOW, ZoneInfo("Europe/Paris"))


def base_of(node: ox.Store) -> str:
    names = (graph.value for graph in node.named_graphs() if isinstance(graph, ox.NamedNode))
    return next(name for name in names if name.endswith("graph/canonical"))[
        : -len("graph/canonical")
    ]


def rows(node: ox.Store, name: str, **values: ox.NamedNode | ox.Literal) -> list[list[str]]:
    prefixes = "".join(f"PREFIX {short}: <{iri}>\n" for short, iri in PREFIXES.items())
    canonical = ox.NamedNode(Iris(base_of(node)).graph("canonical"))
    found = node.query(prefixes + saved(name, **values), default_graph=[canonical])
    assert isinstance(found, ox.QuerySolutions)
    return [[getattr(term, "value", "") for term in row] for row in found]


def test_the_pages_offer_every_saved_query() -> None:
    assert {path.stem for path in QUERIES.glob("*.rq")} == set(TITLES)


def test_the_agenda_of_the_week_has_the_events_of_the_pages(node: ox.Store) -> None:
    found = rows(node, "agenda", **WEEK.values(), language=ox.Literal("fr"))
    things = Published(node, Iris(base_of(node))).things()
    days = {day.isoformat() for day in (WEEK.first, WEEK.last)}
    begin = {
        thing.iri
        for thing in things
        if thing.kind == "event" and min(days) <= thing.start[:10] <= max(days)
    }
    assert begin
    assert begin <= {row[0] for row in found}


def test_things_are_counted_as_on_the_first_page(node: ox.Store) -> None:
    things = list(Published(node, Iris(base_of(node))).things())
    kinds = {"event": "Event", "series": "EventSeries", "article": "Article", "service": "Service"}
    shown = Counter(SCHEMA + kinds[thing.kind] for thing in things if thing.kind in kinds)
    shown[f"{EB}ThirdPlace"] = sum(thing.is_third_place for thing in things)
    shown[f"{SCHEMA}Place"] = sum(
        thing.kind == "place" and not thing.is_third_place for thing in things
    )
    counted = {kind: int(count) for kind, count in rows(node, "counts")}
    assert {kind: counted.get(kind, 0) for kind in shown} == dict(shown)


def test_places_by_type_are_those_of_the_filter(node: ox.Store) -> None:
    things = Published(node, Iris(base_of(node))).things()
    shown = Counter(iri for thing in things for facet, iri in thing.concepts if facet == "type")
    counted = {type_: int(count) for type_, _, count in rows(node, "places-by-type")}
    assert counted
    assert counted == dict(shown)


@pytest.mark.parametrize("name", ["sources", "curated"])
def test_sources_and_decisions_are_told_from_provenance(node: ox.Store, name: str) -> None:
    iris = Iris(base_of(node))
    found = rows(node, name, provenance=ox.NamedNode(iris.graph("provenance")))
    published = list(Published(node, iris).sources())
    assert len({row[0] for row in found}) == (len(published) if name == "sources" else 0)
