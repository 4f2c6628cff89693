"""What a bad input is: an answer of a server, and what the harvester must say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.resilience.nodes import MEDIA
from tests.resilience.raw import Act, answer


@dataclass(frozen=True)
class Bad:
    """An answer that takes the place of a sound one.

    ``outcome`` is what the run must say; ``says`` stands in its reason; ``code`` is that of an
    issue it must give.
    """

    name: str
    kind: str
    act: Act
    outcome: Literal["committed", "unchanged", "failed"]
    says: str = ""
    code: str = ""


def failed(name: str, kind: str, act: Act | bytes, says: str, code: str = "") -> Bad:
    """The run fails, and ``says`` why."""
    return Bad(name, kind, _act(kind, act), "failed", says, code)


def slow(name: str, act: Act, says: str = "had not answered in full") -> Bad:
    """A calendar that would never end."""
    return Bad(name, "ics", act, "failed", says)


def stored(name: str, kind: str, act: Act | bytes, code: str = "") -> Bad:
    """What can be read of it is stored; the issue ``code`` tells what could not."""
    return Bad(name, kind, _act(kind, act), "committed", code=code)


def same(name: str, kind: str, act: Act | bytes, code: str = "") -> Bad:
    """Read without changing anything; the issue ``code`` tells what could not be read."""
    return Bad(name, kind, _act(kind, act), "unchanged", code=code)


def emptied(name: str, kind: str, act: Act | bytes) -> Bad:
    """Read, sound, and with nothing in it: what was there is marked, and nothing leaves yet."""
    return Bad(name, kind, _act(kind, act), "committed", says="no longer announced: 3")


def _act(kind: str, given: Act | bytes) -> Act:
    return answer(given, MEDIA[kind]) if isinstance(given, bytes) else given
