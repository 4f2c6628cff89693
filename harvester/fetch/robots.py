"""What a robots.txt says of an address (RFC 9309): values, no network.

The addresses that an operator registers are subscriptions, like those in a feed reader. A group
for our own name always binds; a group for everybody (``*``) is aimed at crawlers, and common
recipes for WordPress and Google Calendar put calendars and feeds in it: it gives a notice, and
binds where a source says ``robots = "strict"``, and in all discovery.

protego reads the rules. It does not say which group or line decided, and takes a group for "En"
for one of ours, so it is given our groups, or those of everybody, one at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple, Self

from protego import Protego

NAME = "EnBauges"
"""Our product token (RFC 9309, section 2.2.1), with which the User-Agent begins."""

EVERYBODY = "*"

Obedience = Literal["named", "strict", "none"]
"""Whose rules bind: those for our name; those for everybody as well; none.

None is for services that the operator has chosen (a geocoder, a webhook), which are no sites.
"""

MOST_BYTES = 500 * 1024
"""What is read of a robots.txt at least, and here at most (RFC 9309, section 2.5)."""

KEPT = timedelta(days=1)
"""How long one is used before it is read again (RFC 9309, section 2.4)."""

RETRIED = timedelta(minutes=10)
"""How soon one that its server failed to give is asked for again."""

PATIENCE = timedelta(days=30)
"""How long such a server is taken to refuse everything (RFC 9309, section 2.3.1.4)."""

_SERVER_ERROR = 500
_AGENT = re.compile(r"\s*user[- ]?agent\s*:?\s*(\*|[a-z_-]*)", re.IGNORECASE)
_SITE_WIDE = re.compile(r"\s*(site-?maps?|host)\b", re.IGNORECASE)


class _Line(NamedTuple):
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a robots.txt says of one address.

    ``robots`` is where it stands, with the ``status`` it was answered with. ``agent`` names the
    group that applies to us, "" when none does; ``rule`` is its ``line`` that refuses the
    address, "" when it refuses nothing. ``delay`` are the seconds that it asks for between two
    requests. ``closed`` says that the server could not give it: everything is refused.
    """

    robots: str
    status: int
    agent: str = ""
    line: int = 0
    rule: str = ""
    delay: float = 0.0
    closed: bool = False

    @property
    def refuses(self) -> bool:
        """Whether the address should not be read, by us or by everybody."""
        return self.closed or bool(self.rule)

    def binds(self, obedience: Obedience) -> bool:
        """Whether ``obedience`` keeps us from reading the address."""
        named = self.closed or self.agent == NAME
        return self.refuses and (obedience == "strict" or (named and obedience != "none"))


@dataclass(frozen=True)
class Robots:
    """A robots.txt, as ``address`` gave it at a time.

    ``status`` is the last one of the chain of redirects; ``text`` is empty when there is no
    such file. ``broken_since`` is when the server began to answer with 5xx, None when it did
    not.
    """

    address: str
    status: int
    read_at: datetime
    text: str = ""
    broken_since: datetime | None = None

    @classmethod
    def answered(
        cls, address: str, status: int, body: bytes, at: datetime, before: Robots | None
    ) -> Self:
        """What an answer means, after the one of ``before``.

        A status of 5xx closes the site; any other but 2xx says that there are no rules.
        """
        if status >= _SERVER_ERROR:
            since = before.broken_since if before and before.broken_since else at
            return cls(address, status, at, broken_since=since)
        return cls(address, status, at, body[:MOST_BYTES].decode("utf-8-sig", "replace"))

    def is_fresh(self, now: datetime) -> bool:
        """Whether it need not be read again yet."""
        age = now - self.read_at
        return timedelta(0) <= age < (RETRIED if self.broken_since else KEPT)

    def verdict(self, url: str) -> Verdict:
        """What it says of ``url``, an absolute address of its site."""
        if self.broken_since:
            closed = self.read_at - self.broken_since < PATIENCE
            return Verdict(self.address, self.status, closed=closed)
        for agent in (NAME, EVERYBODY):
            if lines := self._groups.get(agent.lower()):
                rules = _parsed(lines)
                refused = not rules.can_fetch(url, NAME)
                line = _decisive(lines, url) if refused else _Line(0, "")
                delay = rules.crawl_delay(NAME) or 0.0
                return Verdict(self.address, self.status, agent, line.number, line.text, delay)
        return Verdict(self.address, self.status)

    def to_json(self) -> str:
        """The value as text, to be kept."""
        since = self.broken_since and self.broken_since.isoformat()
        return json.dumps(
            [self.address, self.status, self.read_at.isoformat(), self.text, since],
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of ``to_json``.

        Raises:
            ValueError: when ``text`` is nothing of that kind.
        """
        try:
            address, status, read_at, rules, since = json.loads(text)
            broken = datetime.fromisoformat(since).astimezone(UTC) if since else None
            at = datetime.fromisoformat(read_at).astimezone(UTC)
            return cls(str(address), int(status), at, str(rules), broken)
        except TypeError as error:
            raise ValueError(text) from error

    @cached_property
    def _groups(self) -> dict[str, list[_Line]]:
        """The rules of each group, by the product token it is for, in lower case.

        Groups for the same token are one (RFC 9309, section 2.2.1).
        """
        groups: dict[str, list[_Line]] = {}
        agents: list[str] = []
        heading = False
        for number, text in _statements(self.text):
            if named := _AGENT.match(text):
                agents = [*(agents if heading else ()), named[1].lower()]
                groups.setdefault(agents[-1], [])
                heading = True
            elif not _SITE_WIDE.match(text):
                heading = False
                for agent in agents:
                    groups[agent].append(_Line(number, text))
        return {agent: lines or [_Line(0, "Disallow:")] for agent, lines in groups.items()}


def worth_keeping(text: str, now: datetime) -> bool:
    """Whether a kept robots.txt is of use, be it to know since when its server is broken."""
    try:
        kept = Robots.from_json(text)
    except ValueError:
        return False
    return kept.is_fresh(now) or kept.broken_since is not None


def _statements(text: str) -> Iterator[_Line]:
    """The lines that say something, numbered from 1, without comments."""
    for number, line in enumerate(text.splitlines(), 1):
        if said := line.partition("#")[0].strip():
            yield _Line(number, said)


def _parsed(lines: list[_Line]) -> Protego:
    return Protego.parse("\n".join([f"User-agent: {EVERYBODY}", *(line.text for line in lines)]))


def _decisive(lines: list[_Line], url: str) -> _Line:
    """Of the rules that refuse ``url``, the longest: it is the one that holds."""
    refusing = (line for line in lines if not _parsed([line]).can_fetch(url, NAME))
    return max(refusing, key=lambda line: len(line.text.partition(":")[2].strip()))
