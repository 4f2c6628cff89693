"""What a reader filters by: read from an address, and written back into one.

Every view can be shared and subscribed to, because all of its state is in its address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from store.lookup import Box, Order, Wanted
from store.things import CONCEPTS, OPEN

FACETS = ("commune", *CONCEPTS, "lieu", "organisateur", "source", "serie", "genre", OPEN)
"""The parameters that hold a value of a facet; each may be repeated."""

_MOST_VALUES = 20
_LONGEST = 200
_BOX = 4


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of things. ``facets`` are pairs of a parameter and its values."""

    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    free: bool = False
    words: str = ""
    box: Box | None = None

    @classmethod
    def read(cls, params: QueryParams) -> Filter:
        """The filter of an address; what is no filter, or makes no sense, is left out."""
        facets = []
        for facet in FACETS:
            values = [value[:_LONGEST] for value in params.getlist(facet) if value]
            if values:
                facets.append((facet, tuple(dict.fromkeys(values))[:_MOST_VALUES]))
        return cls(
            facets=tuple(facets),
            free=params.get("gratuit", "") in ("1", "oui", "true", "on"),
            words=params.get("q", "").strip()[:_LONGEST],
            box=_box(params.get("bbox", "")),
        )

    def __bool__(self) -> bool:
        return bool(self.facets or self.free or self.words or self.box)

    def values(self, facet: str) -> tuple[str, ...]:
        """The values chosen of ``facet``."""
        return dict(self.facets).get(facet, ())

    def pairs(self) -> list[tuple[str, str]]:
        """Its parameters, as an address holds them."""
        pairs = [(facet, value) for facet, values in self.facets for value in values]
        if self.free:
            pairs.append(("gratuit", "1"))
        if self.words:
            pairs.append(("q", self.words))
        if self.box:
            corners = (self.box.west, self.box.south, self.box.east, self.box.north)
            pairs.append(("bbox", ",".join(map(str, corners))))
        return pairs

    def query(self, *more: tuple[str, str]) -> str:
        """The query string of an address, with its question mark; "" when there is nothing."""
        pairs = [*self.pairs(), *((name, value) for name, value in more if value)]
        return f"?{urlencode(pairs)}" if pairs else ""

    def without(self, facet: str, value: str) -> Filter:
        """The same without one value; ``gratuit`` and ``q`` have only one."""
        if facet == "gratuit":
            return replace(self, free=False)
        if facet == "q":
            return replace(self, words="")
        kept = (
            (name, tuple(v for v in held if (name, v) != (facet, value)))
            for name, held in self.facets
        )
        return replace(self, facets=tuple((name, held) for name, held in kept if held))

    def having(self, facet: str, *values: str) -> Filter:
        """The same with these values of a facet, in place of those it had."""
        kept = [pair for pair in self.facets if pair[0] != facet]
        return replace(self, facets=(*kept, (facet, values)) if values else tuple(kept))

    def wanted(
        self,
        kinds: Sequence[str],
        *,
        first: str = "",
        last: str = "",
        order: Order = "name",
        limit: int = 5_000,
        offset: int = 0,
    ) -> Wanted:
        """The question that it puts to the index."""
        return Wanted(
            kinds=tuple(kinds),
            first=first,
            last=last,
            facets=self.facets,
            free=self.free,
            box=self.box,
            words=self.words,
            order=order,
            limit=limit,
            offset=offset,
        )


def _box(text: str) -> Box | None:
    """``west,south,east,north`` in degrees (RFC 7946, section 5); None when it is no box."""
    try:
        corners = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    if len(corners) != _BOX or not all(map(_is_degree, corners)):
        return None
    west, south, east, north = corners
    return Box(west, south, east, north) if south <= north and west <= east else None


def _is_degree(value: float) -> bool:
    return abs(value) <= 180  # noqa: PLR2004  # degrees; false for NaN
