"""Points on the Earth: distances, and the middle of an area. Degrees are WGS 84."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_RADIUS = 6_371.0  # kilometres, the mean one
_TRIANGLE = 3


class Point(NamedTuple):
    """A place in degrees, the latitude first."""

    latitude: float
    longitude: float

    def distance(self, other: Point) -> float:
        """Kilometres to ``other`` along the great circle (haversine)."""
        north, south = math.radians(self.latitude), math.radians(other.latitude)
        rise = math.sin((south - north) / 2) ** 2
        turn = math.sin(math.radians(other.longitude - self.longitude) / 2) ** 2
        return 2 * _RADIUS * math.asin(math.sqrt(rise + math.cos(north) * math.cos(south) * turn))


class Box(NamedTuple):
    """An area between two parallels and two meridians, in degrees."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, point: Point) -> bool:
        """Whether the point is inside, borders included."""
        inside = self.south <= point.latitude <= self.north
        return inside and self.west <= point.longitude <= self.east


MAINLAND = Box(41.0, -5.5, 51.5, 10.0)
"""Metropolitan France, and a margin."""

_OVERSEAS = (
    Box(14.3, -63.3, 18.3, -60.7),  # Guadeloupe, Martinique, Saint-Martin, Saint-Barthélemy
    Box(2.0, -54.7, 6.0, -51.5),  # Guyane
    Box(-21.5, 55.1, -20.8, 55.9),  # La Réunion
    Box(-13.1, 44.9, -12.6, 45.4),  # Mayotte
    Box(46.7, -56.6, 47.2, -56.0),  # Saint-Pierre-et-Miquelon
    Box(-23.0, 163.5, -19.5, 168.2),  # Nouvelle-Calédonie
    Box(-28.0, -155.0, -7.8, -134.0),  # Polynésie française
    Box(-14.5, -178.3, -13.1, -176.0),  # Wallis-et-Futuna
)


def is_in_france(point: Point) -> bool:
    """Whether the point is in France or just beyond its border; overseas as well."""
    return any(box.holds(point) for box in (MAINLAND, *_OVERSEAS))


Ring = Sequence[Sequence[float]]
"""A closed line of positions as GeoJSON writes them, longitude first (RFC 7946, 3.1.6)."""


def centroid(polygons: Iterable[Sequence[Ring]]) -> Point | None:
    """The centre of gravity of ``polygons``: of each, the outline first and then its holes.

    Computed in degrees, which is off by metres over a commune. None for an area of nothing.
    """
    area = east = north = 0.0
    for rings in polygons:
        for number, ring in enumerate(rings):
            found, x, y = _moments(ring)
            sign = 1 if (found > 0) == (number == 0) else -1
            area, east, north = area + sign * found, east + sign * x, north + sign * y
    return Point(north / (3 * area), east / (3 * area)) if area else None


def _moments(ring: Ring) -> tuple[float, float, float]:
    """Twice the area within ``ring``, and its first moments times six; from its first position.

    Counting from there and not from 0° keeps the digits that the differences need.
    """
    if len(ring) <= _TRIANGLE:
        return 0.0, 0.0, 0.0
    base_x, base_y = ring[0][0], ring[0][1]
    area = east = north = 0.0
    for first, second in pairwise(ring):
        x0, y0, x1, y1 = (
            first[0] - base_x, first[1] - base_y, second[0] - base_x, second[1] - base_y,
        )  # fmt: skip
        part = x0 * y1 - x1 * y0
        area, east, north = area + part, east + (x0 + x1) * part, north + (y0 + y1) * part
    return area, east + 3 * base_x * area, north + 3 * base_y * area
