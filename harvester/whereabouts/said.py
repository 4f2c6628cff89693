"""What the statements of a record say of where it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from harvester.glance import Statement, lexical
from store.changes import Lines
from vocab import term
from vocab.iris import Iris
from vocab.territory.points import Point

TYPE, GEO, LOCATION, ADDRESS, COMMUNE, LATITUDE, LONGITUDE = (
    f"<{term(name)}>"
    for name in (
        "rdf:type", "schema:geo", "schema:location", "schema:address", "eb:commune",
        "schema:latitude", "schema:longitude",
    )
)  # fmt: skip
PLACE = f"<{term('schema:Place')}>"
_NAME, _STREET, _POSTCODE, _TOWN, _CONTENT = (
    f"<{term(f'schema:{name}')}>"
    for name in ("name", "streetAddress", "postalCode", "addressLocality", "contentLocation")
)


_WAY = re.compile(
    r"\b(rue|route|rte|place|chemin|impasse|allée|avenue|av|boulevard|bd|quai|montée|square|passage"
    r"|sentier|faubourg|lotissement|hameau|lieu-?dit)\b",
    re.IGNORECASE,
)
"""What the words of an address hold, and the name of a hall does not."""


class Position(NamedTuple):
    """A node with coordinates (N-Triples term), and where it is."""

    node: str
    point: Point


class Address(NamedTuple):
    """What can be looked up: whose it is (a term), its words, its postcode, its commune's code."""

    owner: str
    text: str
    postcode: str
    commune: str


@dataclass(frozen=True)
class Said:
    """The statements of one record by subject and predicate; ``subjects`` are terms."""

    record: str
    subjects: Mapping[str, Mapping[str, list[str]]]
    iris: Iris

    @classmethod
    def of(cls, record: str, lines: Lines, iris: Iris) -> Said:
        """Look at the statements of ``record`` and of its parts."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in map(Statement.of, sorted(lines)):
            found[subject][predicate].append(value)
        return cls(f"<{record}>", found, iris)

    @property
    def communes(self) -> set[str]:
        """The INSEE codes of the communes that are named."""
        start = self.iris.commune("")
        return {
            lexical(value).removeprefix(start)
            for said in self.subjects.values()
            for value in said.get(COMMUNE, ())
        }

    @property
    def positions(self) -> list[Position]:
        """What has coordinates."""
        found = []
        for subject, said in self.subjects.items():
            try:
                north, east = (float(lexical(said[name][0])) for name in (LATITUDE, LONGITUDE))
            except (KeyError, IndexError, ValueError):
                continue
            found.append(Position(subject, Point(north, east)))
        return found

    @property
    def addresses(self) -> Iterator[Address]:
        """What can be looked up: streets and addresses, then names of places that hold one."""
        owners = [(owner, said) for owner, said in self.subjects.items() if ADDRESS in said]
        for owner, said in owners:
            postal = self.subjects.get(said[ADDRESS][0], {})
            text = _text(postal, _STREET) or _literal(said[ADDRESS][0])
            if text:
                town, postcode = _text(postal, _TOWN), _text(postal, _POSTCODE)
                whole = " ".join(filter(None, (text, postcode, town)))
                yield Address(owner, whole, postcode, self._commune(said))
        for said in list(self.subjects.values()):
            for place in (*said.get(LOCATION, ()), *said.get(_CONTENT, ())):
                known = self.subjects.get(place, {})
                name = _text(known, _NAME)
                if PLACE in known.get(TYPE, ()) and _WAY.search(name):
                    yield Address(place, name, "", self._commune(known))

    def _commune(self, said: Mapping[str, list[str]]) -> str:
        start = self.iris.commune("")
        own = self.subjects.get(self.record, {})
        values = said.get(COMMUNE) or own.get(COMMUNE) or [""]
        return lexical(values[0]).removeprefix(start) if values[0] else ""


def _text(said: Mapping[str, list[str]], predicate: str) -> str:
    return next((_literal(value) for value in said.get(predicate, ())), "")


def _literal(written: str) -> str:
    """The words of a literal in one line, "" for an IRI."""
    if not written.startswith('"'):
        return ""
    words = lexical(written).replace("\\n", " ").replace('\\"', '"').replace("\\t", " ")
    return " ".join(words.split())
