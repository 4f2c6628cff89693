"""What is known of municipalities: code, name, postcodes, centre, former names.

The program ships the table of two departments; a node may have a table of its own beside its
``sources.toml``, whose departments take the place of shipped ones or add to them. One process
works for one node, so the atlas in force is the process's: ``install`` says which table it has.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from vocab.territory.points import Point

NAME: Final = "communes.csv"
"""The file that holds a node's own table, beside its ``sources.toml``."""

COLUMNS: Final = (
    "code", "name", "also", "common", "postcodes", "latitude", "longitude", "former",
)  # fmt: skip
SHIPPED: Final = Path(__file__).with_name(NAME)

FARTHEST: Final = 20.0
"""Kilometres from the centre of a commune beyond which nothing of it lies, even in mountains."""

_APART = " | "
_CODE = 5  # characters
_COMMON = ("", "name", "word")
_PARIS = "75"  # one commune
_FEWEST = 15  # Mayotte has 17 communes, no other department but Paris has less


class AtlasError(ValueError):
    """A table that cannot be used: ``line`` of it, and what stands there."""

    def __init__(self, line: int, value: str) -> None:
        super().__init__(f"line {line}: {value}")
        self.line = line
        self.value = value


class Former(NamedTuple):
    """A commune that is now part of another one; its code is "" where it is not known."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Commune:
    """A municipality by its INSEE ``code``.

    ``also`` are other names in use, ``former`` the communes that merged into it.
    ``common`` marks a name that is common in another sense: a "word" may be a school or a
    bedroom, a "name" a hamlet or a house. ``centre`` is the centroid of its area.
    """

    code: str
    name: str
    postcodes: tuple[str, ...] = ()
    centre: Point | None = None
    also: tuple[str, ...] = ()
    former: tuple[Former, ...] = ()
    common: str = ""

    @property
    def department(self) -> str:
        """The department's number, three digits overseas ("73", "2A", "974")."""
        return department_of(self.code)


@dataclass(frozen=True, eq=False)
class Atlas:
    """Communes by INSEE code; ``digest`` tells one table from another."""

    communes: Mapping[str, Commune]
    digest: str = field(default="")

    @cached_property
    def departments(self) -> frozenset[str]:
        """The departments whose communes are all known."""
        counted = Counter(each.department for each in self.communes.values())
        return frozenset(filter(lambda each: is_whole(each, counted[each]), counted))

    @cached_property
    def by_postcode(self) -> Mapping[str, tuple[str, ...]]:
        """Postcode → the codes of the communes that have it."""
        found: dict[str, list[str]] = defaultdict(list)
        for commune in self.communes.values():
            for postcode in commune.postcodes:
                found[postcode].append(commune.code)
        return MappingProxyType({postcode: tuple(codes) for postcode, codes in found.items()})

    @cached_property
    def merged(self) -> Mapping[str, str]:
        """The code of a commune that is no more → the one that it is part of."""
        return MappingProxyType(
            {
                former.code: commune.code
                for commune in self.communes.values()
                for former in commune.former
                if former.code and former.code not in self.communes
            }
        )

    def is_unknown(self, code: str) -> bool:
        """Whether ``code`` is of a department whose communes are all known, and none of them."""
        return code not in self.communes and department_of(code) in self.departments

    def is_here(self, number: str) -> bool:
        """Whether a postcode is known, or of a department whose communes are all known."""
        return number in self.by_postcode or bool(_departments_of(number) & self.departments)

    def fits(self, code: str, postcode: str) -> bool:
        """Whether ``postcode`` may be of the commune: its own, or another of its department.

        The post office has more of them than the table: those of a business or a town hall.
        """
        commune = self.communes[code]
        return postcode in commune.postcodes or commune.department in _departments_of(postcode)

    def centre(self, code: str) -> Point | None:
        """Where the commune lies, None when that is not known."""
        commune = self.communes.get(code)
        return commune.centre if commune else None

    def nearest(self, point: Point) -> str | None:
        """The code of the commune whose centre is nearest; near a border it may be the wrong one.

        None where the nearest is farther than any place of a commune lies from its centre.
        """
        near = [
            (distance, code)
            for code, commune in self.communes.items()
            if commune.centre and (distance := commune.centre.distance(point)) <= FARTHEST
        ]
        return min(near)[1] if near else None


def department_of(code: str) -> str:
    """The department of an INSEE code or a postcode: its first two characters, three overseas."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def _departments_of(number: str) -> frozenset[str]:
    """The departments that a postcode may be of; Corsica's two share their first digits."""
    found = department_of(number)
    return frozenset({"2A", "2B"} if found == "20" else {found})


def is_whole(department: str, communes: int) -> bool:
    """Whether so many communes may be all those of a department, or are a part of them."""
    return communes >= _FEWEST or department == _PARIS


def read_table(text: str) -> tuple[Commune, ...]:
    """The communes of a table with the columns ``COLUMNS``; those after ``name`` may be missing.

    Raises:
        AtlasError: for the first line that says no commune.
    """
    rows = csv.DictReader(io.StringIO(text))
    if not {"code", "name"} <= set(rows.fieldnames or ()):
        raise AtlasError(1, ",".join(rows.fieldnames or ()))
    found: dict[str, Commune] = {}
    for row in rows:
        told = {key: (value or "").strip() for key, value in row.items() if key and key in COLUMNS}
        try:
            commune = _commune(told)
        except ValueError as error:
            raise AtlasError(rows.line_num, ",".join(told.values())) from error
        if commune.code in found:
            raise AtlasError(rows.line_num, commune.code)
        found[commune.code] = commune
    return tuple(found.values())


def _commune(row: Mapping[str, str]) -> Commune:
    code, name, common = row["code"], row["name"], row.get("common", "")
    if len(code) != _CODE or not name or common not in _COMMON:
        raise ValueError
    latitude, longitude = row.get("latitude", ""), row.get("longitude", "")
    centre = Point(float(latitude), float(longitude)) if latitude and longitude else None
    return Commune(
        code,
        name,
        tuple(row.get("postcodes", "").split()),
        centre,
        _names(row.get("also", "")),
        tuple(map(_former, _names(row.get("former", "")))),
        common,
    )


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for each in cell.split(_APART.strip()) if (name := each.strip()))


def _former(told: str) -> Former:
    """A former commune as the table tells it: ``74093 Cran-Gevrier``, or the name alone."""
    code, _, name = told.partition(" ")
    return Former(code, name) if len(code) == _CODE and code[-3:].isdigit() else Former("", told)


def written_table(communes: Iterable[Commune]) -> str:
    """The table of ``communes``, by code; what ``read_table`` reads."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in sorted(communes, key=lambda commune: commune.code):
        where = (f"{each.centre[0]:.4f}", f"{each.centre[1]:.4f}") if each.centre else ("", "")
        former = _APART.join(" ".join(filter(None, one)) for one in each.former)
        also, postcodes = _APART.join(each.also), " ".join(each.postcodes)
        rows.writerow((each.code, each.name, also, each.common, postcodes, *where, former))
    return out.getvalue()


def atlas_of(own: str = "") -> Atlas:
    """The shipped communes, and those of ``own``, the text of a node's table.

    A department that ``own`` names is the node's alone.

    Raises:
        AtlasError: when ``own`` is no table of communes.
    """
    added = read_table(own) if own else ()
    replaced = {commune.department for commune in added}
    kept = [each for each in shipped().communes.values() if each.department not in replaced]
    communes = {each.code: each for each in (*kept, *added)}
    digest = hashlib.sha256((shipped().digest + own).encode()).hexdigest()
    return Atlas(MappingProxyType(communes), digest)


@cache
def shipped() -> Atlas:
    """The communes that the program ships."""
    text = SHIPPED.read_text("utf-8")
    communes = {each.code: each for each in read_table(text)}
    return Atlas(MappingProxyType(communes), hashlib.sha256(text.encode()).hexdigest())


@dataclass(slots=True)
class _InForce:
    own: str = ""
    atlas: Atlas | None = None


_in_force = _InForce()


def atlas() -> Atlas:
    """The atlas of this process: the shipped one until another is installed."""
    return _in_force.atlas or shipped()


def own_table() -> str:
    """The node's own table in force, "" without one: what a child process is to install."""
    return _in_force.own


def install(own: str) -> None:
    """Have ``own``, the text of a node's table, in force from now on; "" for the shipped alone.

    Raises:
        AtlasError: when it is no table of communes.
    """
    if own != _in_force.own:
        _in_force.atlas = atlas_of(own) if own else None
        _in_force.own = own
