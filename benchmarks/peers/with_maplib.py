"""One full run of maplib into its own store; it runs in an environment of its own.

maplib reads neither RML nor YARRRML: the mapping is an OTTR template over a polars data frame. It
has no literal in a fixed language, which an update makes of a plain one.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import polars as pl
from maplib import Model

EX = "https://data.example/"
TEMPLATE = """
@prefix ex: <https://data.example/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ottr: <http://ns.ottr.xyz/0.4/> .
ex:T [ottr:IRI ?s, xsd:string ?name, xsd:string ?id, xsd:string ?street, xsd:string ?postcode,
      ottr:IRI ?town, xsd:decimal ?lat, xsd:decimal ?lon, ottr:IRI ?url, xsd:date ?updated] :: {
  ottr:Triple(?s, a, ex:Place), ottr:Triple(?s, ex:plain, ?name),
  ottr:Triple(?s, ex:identifier, ?id), ottr:Triple(?s, ex:street, ?street),
  ottr:Triple(?s, ex:postcode, ?postcode), ottr:Triple(?s, ex:town, ?town),
  ottr:Triple(?s, ex:latitude, ?lat), ottr:Triple(?s, ex:longitude, ?lon),
  ottr:Triple(?s, ex:page, ?url), ottr:Triple(?s, ex:updated, ?updated)
} .
"""
LANGUAGE = f"""
PREFIX ex: <{EX}>
DELETE {{ ?s ex:plain ?n }} INSERT {{ ?s ex:name ?l }}
WHERE {{ ?s ex:plain ?n BIND(STRLANG(?n, "fr") AS ?l) }}
"""
DECIMAL = pl.Decimal(38, 12)


def _frame(path: Path) -> pl.DataFrame:
    if path.suffix == ".csv":
        rows = pl.read_csv(path, infer_schema=False)
    else:
        rows = pl.DataFrame(json.loads(path.read_bytes())["records"])
    return rows.select(
        s=pl.lit(EX + "place/") + pl.col("id"),
        name="name",
        id="id",
        street="street",
        postcode="postcode",
        town=pl.lit(EX + "town/") + pl.col("town").str.replace_all(" ", "%20", literal=True),
        lat=pl.col("lat").cast(DECIMAL),
        lon=pl.col("lon").cast(DECIMAL),
        url="url",
        updated=pl.col("updated").str.to_date(),
    )


def main(mapping: Path, out: str) -> None:
    """Map the files that ``mapping`` names; with ``out``, write the statements there."""
    files = re.findall(r"([\w-]+\.(?:csv|json))~", mapping.read_text("utf-8"))
    wall, cpu = time.perf_counter(), time.process_time()
    model = Model()
    model.add_template(TEMPLATE)
    for file in files:
        model.map(EX + "T", _frame(mapping.parent / file))
    model.update(LANGUAGE)
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    if out:
        model.write(out, format="ntriples")
    print(json.dumps(taken))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")  # noqa: PLR2004
