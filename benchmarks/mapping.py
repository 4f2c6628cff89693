"""The mapping engine against a Python function that makes the same statements by hand.

100,000 CSV rows, 100,000 JSON items of ten triples each, and 200 sources of 50 records: full runs,
from files on disk to statements in a store. Both sides read with the same library, in one process,
in turns; what they load is compared by its canonical hash before anything is timed. And how much
memory mapping takes, without loading.
"""

from __future__ import annotations

import csv
import gc
import hashlib
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import ijson
import pyoxigraph as ox

from benchmarks.figures import Figure
from mappings import compile_file
from mappings.encoding import percent_encode
from mappings.local import map_compiled

ROWS = 100_000
SMALL = (200, 50)
ROUNDS = 5
GOAL, SMALL_GOAL, MEMORY_GOAL = "≤ 1.25", "≤ 2", "≤ 40"
EX = "https://data.example/"
XSD = "http://www.w3.org/2001/XMLSchema#"

Record = dict[str, Any]
Load = Callable[[], ox.Store]

_HEAD = """
prefixes: {ex: "https://data.example/"}
mappings:
"""
_PLACE_RULES = """  NAME:
    sources: [[SOURCE]]
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


def _rule(name: str, source: str) -> str:
    return _PLACE_RULES.replace("NAME", name).replace("SOURCE", source)


def measure(rows: int = ROWS, rounds: int = ROUNDS) -> list[Figure]:
    """Compare engine and hand-written function on CSV rows, JSON items and small sources.

    Raises:
        AssertionError: when the two do not load the same.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = written(Path(folder), rows)
        return [
            _compare(f"{rows} CSV rows", work["csv"], _csv_records, rounds, GOAL),
            _compare(f"{rows} JSON items", work["json"], _json_records, rounds, GOAL),
            _compare("200 sources of 50", work["small"], _json_records, rounds, SMALL_GOAL),
            _memory(work["csv"], rows),
        ]


def written(folder: Path, rows: int) -> dict[str, Path]:
    """The data and the mappings of every workload in ``folder``; the mappings by workload.

    The small sources have one mapping, "small", which is run on each; "each" says the same of every
    one, for engines that cannot do so.
    """
    count, size = SMALL
    (folder / "places.csv").write_text(_as_csv(rows), "utf-8")
    (folder / "places.json").write_bytes(_as_json(rows))
    small = []
    for number in range(count):
        (folder / f"p{number}.json").write_bytes(_as_json(size, f"s{number}-"))
        small.append(_rule(f"place{number}", f"'p{number}.json~jsonpath', '$.records[*]'"))
    rules = {
        "csv": _rule("place", "places.csv~csv"),
        "json": _rule("place", "'places.json~jsonpath', '$.records[*]'"),
        "small": _rule("place", "'p0.json~jsonpath', '$.records[*]'"),
        "each": "".join(small),
    }
    for name, text in rules.items():
        (folder / f"{name}.yml").write_text(_HEAD + text, "utf-8")
    return {name: folder / f"{name}.yml" for name in rules}


def mapped(mapping: Path, files: Iterable[Path]) -> ox.Store:
    """A full run of the engine: ``mapping`` read once, run on each of ``files``, and loaded."""
    store = ox.Store()
    compiled = compile_file(mapping)
    for file in files:
        store.bulk_extend(map_compiled(compiled, mapping, file, []))
    return store


def files_of(mapping: Path) -> list[Path]:
    """The files that the mapping of a workload is run on."""
    return sorted(mapping.parent.glob(_FILES[mapping.stem]))


def canonical_hash(quads: Iterable[ox.Quad]) -> str:
    """The SHA-256 of statements normalised by a store: their N-Quads lines, sorted.

    Nothing here has blank nodes, so that this is the canonical form (RDFC-1.0).
    """
    store = ox.Store()
    store.bulk_extend(quads)
    lines = ox.serialize(store, format=ox.RdfFormat.N_QUADS)
    assert lines is not None  # noqa: S101  # for the type checker: no file was given
    return hashlib.sha256(b"\n".join(sorted(lines.splitlines()))).hexdigest()


def by_hand(record: Record) -> list[ox.Quad]:
    """The quads of one record, as one would write them without an engine."""
    subject = ox.NamedNode(EX + "place/" + percent_encode(record["id"]))
    town = ox.NamedNode(EX + "town/" + percent_encode(record["town"]))
    return [
        ox.Quad(subject, _TYPE, _PLACE),
        ox.Quad(subject, _NAME, ox.Literal(record["name"], language="fr")),
        ox.Quad(subject, _IDENTIFIER, ox.Literal(record["id"])),
        ox.Quad(subject, _STREET, ox.Literal(record["street"])),
        ox.Quad(subject, _POSTCODE, ox.Literal(record["postcode"])),
        ox.Quad(subject, _TOWN, town),
        ox.Quad(subject, _LATITUDE, ox.Literal(record["lat"], datatype=_DECIMAL)),
        ox.Quad(subject, _LONGITUDE, ox.Literal(record["lon"], datatype=_DECIMAL)),
        ox.Quad(subject, _PAGE, ox.NamedNode(record["url"])),
        ox.Quad(subject, _UPDATED, ox.Literal(record["updated"], datatype=_DATE)),
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
    name: str,
    mapping: Path,
    records: Callable[[Path], Iterable[Record]],
    rounds: int,
    goal: str,
) -> Figure:
    files = files_of(mapping)

    def hand() -> ox.Store:
        store = ox.Store()
        for file in files:
            store.bulk_extend(quad for record in records(file) for quad in by_hand(record))
        return store

    def engine() -> ox.Store:
        return mapped(mapping, files)

    if canonical_hash(hand()) != canonical_hash(engine()):
        raise AssertionError(name)
    times: dict[Load, list[float]] = {hand: [], engine: []}
    for _ in range(rounds):
        for load, taken in times.items():
            taken.append(_seconds(load))
    by_hand_, by_engine = (statistics.median(taken) for taken in times.values())
    note = f"CPU, median of {rounds}: {by_hand_:.2f} s by hand, {by_engine:.2f} s by the engine"
    return Figure(f"mapping and loading {name}, times by hand", by_engine / by_hand_, goal, note)


_FILES = {"csv": "places.csv", "json": "places.json", "small": "p[0-9]*.json"}


def _seconds(load: Load) -> float:
    gc.collect()
    start = time.process_time()
    load()
    return time.process_time() - start


_PEAK = """
import sys
from pathlib import Path
from mappings import compile_file
from mappings.local import map_compiled
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
before = peak()
mapping = Path(sys.argv[1])
for quad in map_compiled(compile_file(mapping), mapping, None, []):
    pass
print((peak() - before) / 1024)
"""


def _memory(mapping: Path, rows: int) -> Figure:
    """Megabytes over the interpreter with its imports, mapping without loading."""
    command = [sys.executable, "-c", _PEAK, str(mapping)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    note = "resident size at its highest, over that after the imports"
    return Figure(f"MB to map {rows} CSV rows", float(found.stdout), MEMORY_GOAL, note)


def _places(rows: int, prefix: str = "") -> Iterator[dict[str, str]]:
    for number in range(rows):
        yield {
            "id": f"{prefix}place-{number}",
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


def _as_json(rows: int, prefix: str = "") -> bytes:
    return json.dumps({"records": list(_places(rows, prefix))}).encode()


def _csv_records(file: Path) -> Iterator[Record]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _json_records(file: Path) -> Iterator[Record]:
    with file.open("rb") as stream:
        yield from ijson.items(stream, "records.item")


if __name__ == "__main__":
    for figure in measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS):
        print(figure)
