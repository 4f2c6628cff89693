"""Speaking on pages: sentences, dates and numbers in words, links that are safe to follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from vocab import CONCEPT, EB, load_graph
from vocab.messages import Message


@dataclass(frozen=True, slots=True)
class Words:
    """How one page speaks: its language, and the zone whose hours it tells."""

    language: str
    zone: ZoneInfo

    def say(self, text: str, /, **values: object) -> str:
        """An English sentence in the language of the page; ``_`` in the templates."""
        return Message(text, values).render(self.language)

    def day(self, day: date) -> str:
        """``dimanche 22 novembre``, ``Sunday 22 November``."""
        return format_date(day, "EEEE d MMMM", locale=self.language)

    def hour(self, moment: datetime) -> str:
        """``20:30``, in the local time."""
        return format_time(moment.astimezone(self.zone), "HH:mm", locale=self.language)

    def stamp(self, moment: datetime) -> str:
        """``22 novembre 2026, 18:30``, in the local time."""
        return format_datetime(
            moment.astimezone(self.zone), "d MMMM y, HH:mm", locale=self.language
        )

    def number(self, value: int) -> str:
        """``12 345`` in French, ``12,345`` in English."""
        return format_decimal(value, locale=self.language)


def link(address: str | None) -> str:
    """``address`` when it is one that a browser may be sent to, else "".

    Feeds are written by others: ``javascript:`` and its like never become a link.
    """
    if not address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def reference(iri: str, base: str) -> str:
    """Where ``iri`` may be read, "" when that is nowhere.

    Terms and concepts of the vocabulary are on this node's own pages. Nothing answers yet at
    the addresses under ``base``, the node's own.
    """
    for namespace, path in ((EB, "/ns#"), (CONCEPT, "/concept/")):
        if iri.startswith(namespace):
            return path + iri.removeprefix(namespace) if iri in _vocabulary() else ""
    return "" if iri.startswith(base) else link(iri)


@cache
def _vocabulary() -> frozenset[str]:
    """The IRIs that the vocabulary says something of."""
    return frozenset(str(triple.subject).strip("<>") for triple in load_graph())
