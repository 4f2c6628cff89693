"""The municipalities of the territory's departments: INSEE code and name.

Facts of INSEE's Code officiel géographique (Licence Ouverte 2.0), departments 73 and 74.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from vocab import ROOM

_TABLE = ROOM / "territory" / "communes.csv"


@cache
def commune_names() -> Mapping[str, str]:
    """INSEE code → name as INSEE writes it ("73081" → "Le Châtelard")."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return MappingProxyType({row["code"]: row["name"] for row in csv.DictReader(table)})
