"""Bytes of a calendar → its components, each apart, so that one broken event loses no other.

icalendar refuses a whole file for one bad line, a ``CR CR LF`` or a missing END, and its
line parser walks every character in Python. So lines are mended and unfolded here (RFC 5545,
section 3.1), components are told apart, and only the properties that records are made of go
on: attendees, organisers and contacts are never parsed at all (design, rule 14).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from harvester.readers.text import decode, refusal
from harvester.records import Content, Issue, ReadError
from vocab.messages import Message, say

WANTED = frozenset(
    {
        "UID",
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "COMMENT",
        "STATUS",
        "URL",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SEQUENCE",
        "CREATED",
        "LAST-MODIFIED",
        "CATEGORIES",
        "GEO",
        "IMAGE",
        "ATTACH",
        "CONFERENCE",
        "X-APPLE-STRUCTURED-LOCATION",
        "X-GOOGLE-CONFERENCE",
        "X-WP-IMAGES-URL",
    }
)
"""The properties of a VEVENT that are read."""

_DEEPEST = 16  # components in one another; RFC 5545 knows two

_PROPERTY = re.compile(r"\s*([A-Za-z0-9-]+)[ \t]*[;:]")
_BEGINS = re.compile(
    r"^[^\S\n]*BEGIN[ \t]*:[ \t]*V(?:CALENDAR|EVENT)", re.IGNORECASE | re.MULTILINE
)


@dataclass(slots=True)
class Block:
    """One component: its place, and its content lines by name, nested components left out."""

    name: str
    ordinal: int
    line: int
    calendar: int
    lines: list[tuple[str, str]] = field(default_factory=list)
    strays: int = 0

    @property
    def where(self) -> str:
        """Its place, for a person."""
        return f"{self.name} {self.ordinal}, line {self.line}"


@dataclass(slots=True)
class Split:
    """A body told apart; ``zones`` holds the X-WR-TIMEZONE of each VCALENDAR that has one."""

    events: list[Block] = field(default_factory=list)
    timezones: list[Block] = field(default_factory=list)
    zones: dict[int, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def split(content: Content) -> Split:
    """Tell the components of ``content`` apart.

    Raises:
        ReadError: when it is not a calendar, or is cut short inside an event.
    """
    text, notice = decode(content.body, content.charset)
    if not _BEGINS.search(text):
        raise refusal(content, "iCalendar")
    splitter = _Splitter()
    if notice:
        splitter.found.issues.append(notice)
    for number, line in _unfold(text):
        splitter.take(number, line)
    return splitter.end()


def _unfold(text: str) -> Iterator[tuple[int, str]]:
    """Content lines with the number of their first physical line; every line end is mended."""
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    start = 0
    parts: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] in {" ", "\t"} and parts:
            parts.append(line[1:])
        elif line.strip():
            if parts:
                yield start, "".join(parts)
            start, parts = number, [line]
    if parts:
        yield start, "".join(parts)


class _Splitter:
    """The state between two lines: the component that is open, and those nested in it."""

    def __init__(self) -> None:
        self.found = Split()
        self._calendar = -1
        self._calendar_open = False
        self._block: Block | None = None
        self._nested: list[str] = []

    def take(self, number: int, line: str) -> None:
        """One content line."""
        match = _PROPERTY.match(line)
        name = match[1].upper() if match else ""
        if name == "BEGIN":
            self._begin(line.partition(":")[2].strip().upper(), number, line)
        elif name == "END":
            self._end(line.partition(":")[2].strip().upper(), line)
        elif self._block is None:
            self._outside(name, line, number)
        elif self._block.name == "VTIMEZONE":
            self._block.lines.append((name, line))
        elif not self._nested and self._block.name == "VEVENT":
            if name in WANTED:
                self._block.lines.append((name, line))
            elif not name:
                self._block.strays += 1

    def end(self) -> Split:
        """What was found, once every line was taken.

        Raises:
            ReadError: when the last event has no end, or the calendar neither events nor end.
        """
        if self._block is not None and self._block.name == "VEVENT":
            raise ReadError(
                say(
                    "the calendar is cut short inside {entry}, which begins at line {line} — "
                    "nothing was changed, it will be read again",
                    entry=f"{self._block.name} {self._block.ordinal}",
                    line=self._block.line,
                )
            )
        if self._calendar_open and not self.found.events:
            raise ReadError(
                say(
                    "the calendar is cut short before its first event — nothing was changed, it"
                    " will be read again"
                )
            )
        if self._calendar_open:
            self._note(
                "ics-no-end",
                say("the calendar has no END:VCALENDAR: it may be cut short"),
            )
        return self.found

    def _begin(self, name: str, number: int, line: str) -> None:
        if name == "VCALENDAR":
            self._close(ended=False)
            self._calendar += 1
            self._calendar_open = True
        elif self._block is None or name == "VEVENT":
            self._close(ended=False)
            siblings = self.found.events if name == "VEVENT" else self.found.timezones
            self._block = Block(name, len(siblings) + 1, number, self._calendar)
        elif len(self._nested) < _DEEPEST:
            self._nested.append(name)
            if self._block.name == "VTIMEZONE":
                self._block.lines.append(("BEGIN", line))

    def _end(self, name: str, line: str) -> None:
        if self._block is None:
            if name == "VCALENDAR":
                self._calendar_open = False
        elif name in self._nested:
            del self._nested[self._nested.index(name) :]
            if self._block.name == "VTIMEZONE":
                self._block.lines.append(("END", line))
        elif name == self._block.name:
            self._close(ended=True)
        elif name == "VCALENDAR":
            self._close(ended=False)
            self._calendar_open = False

    def _close(self, *, ended: bool) -> None:
        block, self._block = self._block, None
        self._nested.clear()
        if block is None:
            return
        if block.name == "VEVENT":
            self.found.events.append(block)
            if not ended:
                self._note(
                    "ics-no-end",
                    say("the event has no END:VEVENT: it was ended where the next thing begins"),
                    where=block.where,
                )
        elif block.name == "VTIMEZONE":
            self.found.timezones.append(block)

    def _outside(self, name: str, line: str, number: int) -> None:
        if name == "X-WR-TIMEZONE":
            self.found.zones.setdefault(self._calendar, line.partition(":")[2].strip())
        elif self._calendar < 0 and not self.found.issues:
            self._note(
                "ics-leading-text",
                say("there is text before BEGIN:VCALENDAR — it was passed over"),
                where=f"line {number}",
            )

    def _note(self, code: str, message: Message, where: str = "") -> None:
        self.found.issues.append(Issue(code, message, "warning", where))
