"""Thousands of Issues of one sort are told once, with how many they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harvester.records import Content, Issue, Reader, ReadOptions, Record
from vocab.messages import say

MOST = 1_000
"""Issues of one code that are told one by one."""


def bounded(reader: Reader) -> Reader:
    """``reader``, but of each code of Issues the first ``MOST``, and last how many more there were.

    An Issue that keeps something known from being taken for gone is always given: an error with
    a key, and a rule that cannot be followed.
    """

    def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
        counts: Counter[str] = Counter()
        for one in reader(content, options):
            if isinstance(one, Issue) and not _protects(one):
                counts[one.code] += 1
                if counts[one.code] > MOST:
                    continue
            yield one
        for code, count in counts.items():
            if count > MOST:
                message = say("{count} more of the same: {code}", count=count - MOST, code=code)
                yield Issue(code, message, "notice")

    return read


def _protects(issue: Issue) -> bool:
    return bool(issue.key) and (issue.severity == "error" or issue.code == "ics-bad-rule")
