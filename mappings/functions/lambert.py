"""Lambert-93 (RGF93, EPSG:2154), in which French administrations publish: metres to degrees.

The formulas and the constants are those of IGN's note NTG_71 on the conic projection; RGF93 is
WGS 84 to within a metre.
"""

from __future__ import annotations

import math
from typing import Final

_N: Final = 0.7256077650532670
_C: Final = 11_754_255.426
_X, _Y = 700_000.0, 12_655_612.050
_ECCENTRICITY: Final = 0.08181919112
_MERIDIAN = math.radians(3)
_EASTINGS, _NORTHINGS = (50_000, 1_300_000), (6_000_000, 7_200_000)
_ROUNDS = 8  # of an iteration that gains three digits each time


def is_lambert(east: float, north: float) -> bool:
    """Whether the numbers are metres in Lambert-93, over metropolitan France; degrees never are."""
    return _EASTINGS[0] <= east <= _EASTINGS[1] and _NORTHINGS[0] <= north <= _NORTHINGS[1]


def degrees(east: float, north: float) -> tuple[float, float]:
    """The latitude and longitude of a point given in metres."""
    radius = math.hypot(east - _X, north - _Y)
    longitude = _MERIDIAN + math.atan((east - _X) / (_Y - north)) / _N
    isometric = math.log(_C / radius) / _N
    latitude = 2 * math.atan(math.exp(isometric)) - math.pi / 2
    for _ in range(_ROUNDS):
        bent = _ECCENTRICITY * math.sin(latitude)
        stretched = ((1 + bent) / (1 - bent)) ** (_ECCENTRICITY / 2) * math.exp(isometric)
        latitude = 2 * math.atan(stretched) - math.pi / 2
    return math.degrees(latitude), math.degrees(longitude)
