"""Reading in several requests: a route says what to ask next, from what was answered so far.

A route is a generator that yields ``Step``s, is sent what came of each (an ``Answer``, or the
``FetchError`` that there was instead, which it may raise or get over), and returns what it made of
them. It opens no connection: ``Client.travel`` runs it, step by step, under the same guard,
manners and limits as any fetch.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

from harvester.fetch.errors import FetchError
from harvester.fetch.values import Answer
from harvester.records import Content, Issue

LONGEST = 900.0
"""Seconds that the steps of one route may take together, waiting for turns not counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request: a GET, or a POST of ``body``."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Travelled:
    """What a route gives at its end; a notice of ``PARTIAL`` says that something was not read."""

    contents: tuple[Content, ...]
    notices: tuple[Issue, ...] = ()


Route = Generator[Step, Answer | FetchError, Travelled]
