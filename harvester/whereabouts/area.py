"""The territory of a node, as far as its border reaches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from harvester.sources.values import Site
from vocab.territory.atlas import FARTHEST, Atlas, atlas
from vocab.territory.points import Box, Point

_DEGREE = 111.0  # kilometres of latitude
_NARROWEST = 70.0  # kilometres of longitude, in the north of France


@dataclass(frozen=True, eq=False)
class Area:
    """The communes of ``codes``, and what lies within ``border`` kilometres of their centres.

    A commune whose centre is not known is of the territory by its code alone.
    """

    codes: frozenset[str]
    atlas: Atlas
    border: float

    def has(self, code: str) -> bool:
        """Whether the commune is of the territory, or its centre just across the border."""
        centre = self.atlas.centre(code)
        return code in self.codes or (centre is not None and self._is_near(centre))

    def holds(self, point: Point) -> bool:
        """Whether a point is nearest to a commune of the territory, or just across the border."""
        if self.box is None or not self.box.holds(point):
            return False
        return self._is_near(point) or self.atlas.nearest(point) in self.codes

    @classmethod
    def of(cls, site: Site) -> Area:
        """The territory that a node names, on the atlas in force."""
        return cls(frozenset(site.territory), atlas(), site.border)

    @cached_property
    def box(self) -> Box | None:
        """The box beyond which no place of the territory lies; None where no centre is known."""
        if not self._centres:
            return None
        reach = FARTHEST + self.border
        north, east = reach / _DEGREE, reach / _NARROWEST
        latitudes = [each.latitude for each in self._centres]
        longitudes = [each.longitude for each in self._centres]
        return Box(
            min(latitudes) - north,
            min(longitudes) - east,
            max(latitudes) + north,
            max(longitudes) + east,
        )

    @cached_property
    def _centres(self) -> list[Point]:
        return [centre for code in sorted(self.codes) if (centre := self.atlas.centre(code))]

    def _is_near(self, point: Point) -> bool:
        return any(centre.distance(point) <= self.border for centre in self._centres)
