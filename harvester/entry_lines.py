"""The line of a feed's entry, which its reader does not know: it counts entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from harvester.records import Content, Issue

_ENTRY = re.compile(r"entry ([0-9]{1,7})")
_OPENING = re.compile(rb"<!--|<!\[CDATA\[|<(?:[\w-]+:)?(?:item|entry)[\s>/]")
_CLOSING = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}


def with_lines(issues: Iterable[Issue], contents: Sequence[Content]) -> tuple[Issue, ...]:
    """``issues`` with the line as well, where they tell the number of an entry in XML.

    That is so for a source of one page in an encoding that has ASCII in it; an entry counts
    whose element is ``item`` (RSS) or ``entry`` (Atom), whatever its prefix.
    """
    told = tuple(issues)
    numbers = [int(match[1]) for each in told if (match := _ENTRY.fullmatch(each.where))]
    if not numbers or len(contents) != 1 or not contents[0].body.lstrip().startswith(b"<"):
        return told
    lines = _lines_of(contents[0].body, max(numbers))
    return tuple(_placed(issue, lines) for issue in told)


def _placed(issue: Issue, lines: Sequence[int]) -> Issue:
    match = _ENTRY.fullmatch(issue.where)
    if match is None or int(match[1]) > len(lines):
        return issue
    return replace(issue, where=f"{issue.where}, line {lines[int(match[1]) - 1]}")


def _lines_of(body: bytes, most: int) -> list[int]:
    """The lines on which the first ``most`` entries begin; comments and texts are skipped."""
    lines: list[int] = []
    line, reached, place = 1, 0, 0
    while len(lines) < most and (found := _OPENING.search(body, place)):
        if closing := _CLOSING.get(found[0]):
            end = body.find(closing, found.end())
            if end < 0:
                break
            place = end
            continue
        line += body.count(b"\n", reached, found.start())
        reached, place = found.start(), found.end()
        lines.append(line)
    return lines
