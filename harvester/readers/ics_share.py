"""How many dates of each series are kept, where a source has more than it may.

Fifty daily rules are 4 kB of a calendar and 20,000 dates, for each of which statements are
made and kept. Past ``MAX_DATES`` every series keeps its earliest dates, as many as any other
one that has them; single events and dates changed one by one are no part of this.
"""

from __future__ import annotations

from harvester.readers.ics_series import MAX_OCCURRENCES, Instance
from harvester.records import Issue
from vocab.messages import say

MAX_DATES = 5_000
"""Occurrences of all series of one source."""


class Share:
    """The dates of all series of a source.

    Lists given to ``add`` are cut in place, now or by ``settle``: those of the series that have
    most are made shorter, until all fit.
    """

    def __init__(self) -> None:
        self.each = MAX_OCCURRENCES
        """The dates that a series may still keep: more need not be worked out."""
        self._series: list[list[Instance]] = []
        self._count = 0

    def add(self, dates: list[Instance]) -> None:
        """Take in the dates of one series, the earliest first."""
        del dates[self.each :]
        self._series.append(dates)
        self._count += len(dates)
        if self._count > 2 * MAX_DATES:  # not for each series: it looks at all of them
            self._lower()

    def settle(self) -> Issue | None:
        """Cut what is too much, once every series was added; and say so, where anything was."""
        if self._count > MAX_DATES:
            self._lower()
        if self.each == MAX_OCCURRENCES:
            return None
        message = say(
            "the series of this source have more than {most} dates — the first {each} of each"
            " were kept",
            most=MAX_DATES,
            each=self.each,
        )
        return Issue("ics-too-many-dates", message, "warning")

    def _lower(self) -> None:
        left = MAX_DATES
        lengths = sorted(map(len, self._series))
        for done, length in enumerate(lengths):
            self.each = max(left // (len(lengths) - done), 1)
            if length > self.each:
                break
            left -= length
        for dates in self._series:
            del dates[self.each :]
        self._count = sum(map(len, self._series))
