"""The robots.txt of each site: read through the same guarded client, and remembered.

What was read is kept as text in a mapping that its owner may let outlive the process: a
schedule makes a new client for each round, and without it every round would ask every host for
its robots.txt again.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from datetime import datetime
from threading import Lock
from urllib.parse import urlunsplit

from harvester.fetch.answers import trail
from harvester.fetch.errors import FetchError, about
from harvester.fetch.hops import Ask, Hops
from harvester.fetch.refusals import refused_by_robots
from harvester.fetch.robots import MOST_BYTES, NAME, Obedience, Robots, Verdict
from harvester.records import Issue
from vocab.messages import say

_WITHOUT = frozenset({"redirects", "bad-address", "forbidden-address", "encoding"})
"""Errors that mean that a site has no robots.txt to be had.

Of a chain of more than five redirects RFC 9309 (section 2.3.1.2) says so; one that leads where
we may not go ends as little. When the site itself is where we may not go, the request for the
address will say it.
"""
_HEADERS = {"Accept-Encoding": "gzip", "Accept": "text/plain, */*;q=0.5"}


class RobotsBook:
    """What robots.txt files say, each read once a day; threads may share one."""

    def __init__(
        self, hops: Hops, kept: MutableMapping[str, str], clock: Callable[[], datetime]
    ) -> None:
        self._hops = hops
        self._kept = kept
        self._clock = clock
        self._read: dict[str, Robots] = {}
        self._lock = Lock()

    def permit(
        self, hops: Sequence[str], obedience: Obedience, *, allow_private: bool
    ) -> Issue | None:
        """Let the last of ``hops`` be read, or not.

        Returns:
            A notice when a rule that does not bind us would keep robots away; else None.

        Raises:
            FetchError: when a rule binds, or when the site cannot be reached.
        """
        if obedience == "none":
            return None
        verdict = self.verdict(hops, allow_private=allow_private)
        if verdict.binds(obedience):
            raise refused_by_robots(trail(hops), verdict)
        return _advice(verdict) if verdict.refuses else None

    def verdict(self, hops: Sequence[str], *, allow_private: bool) -> Verdict:
        """What the robots.txt of its site says of the last of ``hops``.

        Raises:
            FetchError: when the site cannot be reached.
        """
        parts = self._hops.place(hops[-1])
        address = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
        found = self._known(address) or self._learnt(
            address, trail(hops), allow_private=allow_private
        )
        verdict = found.verdict(urlunsplit(parts))
        if verdict.delay:
            self._hops.delays[parts.hostname or ""] = verdict.delay
        return verdict

    def _known(self, address: str) -> Robots | None:
        """What is remembered of ``address``, and not too old."""
        found = self._remembered(address)
        return found if found and found.is_fresh(self._clock()) else None

    def _remembered(self, address: str) -> Robots | None:
        with self._lock:
            if address not in self._read and (text := self._kept.get(address)):
                try:
                    self._read[address] = Robots.from_json(text)
                except ValueError:
                    del self._kept[address]
            return self._read.get(address)

    def _learnt(self, address: str, url: str, *, allow_private: bool) -> Robots:
        """Read ``address``; threads that want the same wait, and find it known."""
        with self._hops.turn(address, url, pause=float):
            return self._known(address) or self._asked(address, url, allow_private=allow_private)

    def _asked(self, address: str, url: str, *, allow_private: bool) -> Robots:
        ask = Ask(_HEADERS, allow_private, MOST_BYTES, permit=_freely, cut=True)
        try:
            answer = self._hops.get(address, ask)
            status, body = answer.status, answer.body
        except FetchError as error:
            if error.code in _WITHOUT:
                return Robots(address, 0, self._clock())
            if error.status is None:
                raise about(error, address, url) from error
            status, body = error.status, b""
        found = Robots.answered(address, status, body, self._clock(), self._remembered(address))
        with self._lock:
            self._read[address] = found
            self._kept[address] = found.to_json()
        return found


def _freely(_hops: Sequence[str], _private: bool) -> None:  # noqa: FBT001
    """A robots.txt is never forbidden (RFC 9309, section 2.2.2)."""


def _advice(verdict: Verdict) -> Issue:
    message = say(
        "line {line} of {robots} tells every robot “{rule}”; the address is read all the same, "
        'as a subscription — write robots = "strict" in this source to keep away, or ask its '
        "publisher for a group that names {name}",
        line=verdict.line,
        robots=verdict.robots,
        rule=verdict.rule,
        name=NAME,
    )
    return Issue("robots-advice", message, "notice", f"robots.txt, line {verdict.line}")
