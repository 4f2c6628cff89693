"""The mapping engine against a Python function that builds the same quads by hand.

100,000 CSV rows and 100,000 JSON items of ten triples each, mapped from a file on disk to
quads, and 200 sources of 50 records. Both sides read the file with the same library, in
one process, in turns; the quads are compared before anything is timed.
"""

from __future__ import annotations

import csv
import gc
import io
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ijson
import pyoxigraph as ox

from benchmarks.figures import Figure
from mappings import Mapping, Problem, compile_yarrrml
from mappings.expressions import percent_encode

ROWS = 100_000
SMALL = (200, 50)
ROUNDS = 5
GOAL = "≤ 1.25"
GRAPH = ox.NamedNode("https://data.example/graph/source/bench")
EX = "https://data.example/"
XSD = "http://www.w3.org/2001/XMLSchema#"

Record = dict[str, Any]
MapOne = Callable[[Record], list[ox.Quad]]

_RULES = """
prefixes: {ex: "https://data.example/"}
mappings:
  place:
    sources: [%s]
    s: ex:place/$(id)
    po:
      - [a, ex:Place]
      - [ex:name, $(name), fr~lang]
      - [ex:identifier, $(id)]
      - [ex:street, $(street)]
      - [ex:postcode, $(postcode)]
      - [ex:town, ex:town/$(town)~iri]
      - [ex:latitude, $(lat), xsd:decimal]
      - [ex:longitude, $(lon), xsd:decimal]
      - [ex:page, $(url)~iri]
      - [ex:updated, $(updated), xsd:date]
"""


def measure(rows: int = ROWS, rounds: int = ROUNDS) -> list[Figure]:
    """Compare engine and hand-written function on CSV rows, JSON items and small sources.

    Raises:
        AssertionError: when the two do not give the same quads.
    """
    from_csv = compile_yarrrml(_RULES % "places.csv~csv")
    from_json = compile_yarrrml(_RULES % "'places.json~jsonpath', '$.records[*]'")
    table, document = _as_csv(rows), _as_json(rows)
    sources, size = SMALL
    small = _as_json(size)
    return [
        _compare(f"{rows} CSV rows", lambda: _csv_records(table), from_csv, rounds),
        _compare(f"{rows} JSON items", lambda: _json_records(document), from_json, rounds),
        _compare(
            f"{sources} sources of {size}",
            lambda: (record for _ in range(sources) for record in _json_records(small)),
            from_json,
            rounds,
        ),
    ]


def by_hand(record: Record) -> list[ox.Quad]:
    """The quads of one record, as one would write them without an engine."""
    subject = ox.NamedNode(EX + "place/" + percent_encode(record["id"]))
    town = ox.NamedNode(EX + "town/" + percent_encode(record["town"]))
    return [
        ox.Quad(subject, _TYPE, _PLACE, GRAPH),
        ox.Quad(subject, _NAME, ox.Literal(record["name"], language="fr"), GRAPH),
        ox.Quad(subject, _IDENTIFIER, ox.Literal(record["id"]), GRAPH),
        ox.Quad(subject, _STREET, ox.Literal(record["street"]), GRAPH),
        ox.Quad(subject, _POSTCODE, ox.Literal(record["postcode"]), GRAPH),
        ox.Quad(subject, _TOWN, town, GRAPH),
        ox.Quad(subject, _LATITUDE, ox.Literal(record["lat"], datatype=_DECIMAL), GRAPH),
        ox.Quad(subject, _LONGITUDE, ox.Literal(record["lon"], datatype=_DECIMAL), GRAPH),
        ox.Quad(subject, _PAGE, ox.NamedNode(record["url"]), GRAPH),
        ox.Quad(subject, _UPDATED, ox.Literal(record["updated"], datatype=_DATE), GRAPH),
    ]


_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_PLACE, _NAME, _IDENTIFIER, _STREET, _POSTCODE, _TOWN, _LATITUDE, _LONGITUDE, _PAGE, _UPDATED = (
    ox.NamedNode(EX + name)
    for name in (
        "Place",
        "name",
        "identifier",
        "street",
        "postcode",
        "town",
        "latitude",
        "longitude",
        "page",
        "updated",
    )
)
_DECIMAL, _DATE = ox.NamedNode(XSD + "decimal"), ox.NamedNode(XSD + "date")


def _compare(
    name: str, records: Callable[[], Iterable[Record]], mapping: Mapping, rounds: int
) -> Figure:
    problems: list[Problem] = []

    def by_engine(record: Record) -> list[ox.Quad]:
        return mapping.quads(record, GRAPH, problems)

    for record in records():
        expected, found = by_hand(record), by_engine(record)
        if set(expected) != set(found) or len(expected) != len(found):
            raise AssertionError(name, record)
    times: dict[MapOne, list[float]] = {by_hand: [], by_engine: []}
    for _ in range(rounds):
        for one, taken in times.items():
            taken.append(_seconds(records, one))
    hand, engine = (statistics.median(taken) for taken in times.values())
    note = f"CPU, median of {rounds}: {hand:.2f} s by hand, {engine:.2f} s by the engine"
    return Figure(f"mapping {name}, times a hand-written function", engine / hand, GOAL, note)


def _seconds(records: Callable[[], Iterable[Record]], one: MapOne) -> float:
    gc.collect()
    start = time.process_time()
    for record in records():
        one(record)
    return time.process_time() - start


def _places(rows: int) -> Iterator[dict[str, str]]:
    for number in range(rows):
        yield {
            "id": f"place-{number}",
            "name": f"Le lieu partagé nº {number}",
            "street": f"{number % 200} rue de l'Église",
            "postcode": f"73{number % 1000:03}",
            "town": f"Commune {number % 60}",
            "lat": f"45.{number % 10_000:04}1",
            "lon": f"6.{number % 10_000:04}1",
            "url": f"https://lieu{number}.example/",
            "updated": f"2026-0{1 + number % 9}-1{number % 10}",
        }


def _as_csv(rows: int) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(next(_places(1))))
    writer.writeheader()
    writer.writerows(_places(rows))
    return text.getvalue()


def _as_json(rows: int) -> bytes:
    import json  # noqa: PLC0415  # only to write the input

    return json.dumps({"records": list(_places(rows))}).encode()


def _csv_records(table: str) -> Iterator[Record]:
    return csv.DictReader(io.StringIO(table))


def _json_records(document: bytes) -> Iterator[Record]:
    records: Iterator[Record] = ijson.items(io.BytesIO(document), "records.item")
    return records


if __name__ == "__main__":
    for figure in measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS):
        print(figure)
