"""Speaking on pages: sentences, dates and numbers in words, links that are safe to follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime as format_rfc822
from functools import cache
from types import MappingProxyType
from typing import Protocol
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from store.reading import plain
from vocab import CONCEPT, EB, load_graph
from vocab.messages import Message

_JOINTS = re.compile(r"[-_+.]+")
_LONGEST_NAME = 100
_FRENCH_NUMBER = re.compile(r"(?:\+33|0033|0)0?([1-9][0-9]{8})")


class Dated(Protocol):
    """What has local days, and an hour when it does not last whole days."""

    @property
    def first(self) -> date:
        """The first day."""
        ...

    @property
    def last(self) -> date:
        """The last day."""
        ...

    @property
    def starts(self) -> datetime | None:
        """When it begins, None for whole days."""
        ...


_OSM_WORDS = MappingProxyType(
    {
        "fr": {
            "Mo": "lun.",
            "Tu": "mar.",
            "We": "mer.",
            "Th": "jeu.",
            "Fr": "ven.",
            "Sa": "sam.",
            "Su": "dim.",
            "PH": "jours fériés",
            "SH": "vacances scolaires",
            "off": "fermé",
            "closed": "fermé",
            "open": "ouvert",
            "sunrise": "lever du soleil",
            "sunset": "coucher du soleil",
            "unknown": "à vérifier",
        },
        "en": {"PH": "public holidays", "SH": "school holidays", "off": "closed"},
    }
)
_SPACED = re.compile(r"(?<=«) | (?=[:;!?»])")
"""The spaces of French punctuation, at which no line may break."""

_OSM_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Words:
    """How one page speaks: its language, and the zone whose hours it tells."""

    language: str
    zone: ZoneInfo

    def say(self, text: str, /, **values: object) -> str:
        """An English sentence in the language of the page; ``_`` in the templates."""
        told = Message(text, values).render(self.language)
        return _SPACED.sub("\N{NO-BREAK SPACE}", told) if self.language == "fr" else told

    def day(self, day: date) -> str:
        """``dimanche 22 novembre``, ``Sunday 22 November``."""
        return self._date(day, "EEEE d MMMM")

    def short_day(self, day: date) -> str:
        """``dim. 22 nov.``, ``Sun 22 Nov``."""
        return self._date(day, "EEE d MMM")

    def full_day(self, day: date) -> str:
        """``dimanche 22 novembre 2026``."""
        return self._date(day, "EEEE d MMMM y")

    def month(self, day: date) -> str:
        """``novembre 2026``."""
        return format_date(day, "LLLL y", locale=self.language)

    def weekdays(self) -> list[str]:
        """The short names of the days of a week, from Monday."""
        return [format_date(date(2024, 1, day), "EEE", locale=self.language) for day in range(1, 8)]

    def when(self, event: Dated) -> str:
        """``sam. 28 nov., 20:30``, ``sam. 28 nov. – lun. 30 nov.``: when it takes place."""
        told = self.short_day(event.first)
        if event.starts:
            told = f"{told}, {self.hour(event.starts)}"
        return told if event.last == event.first else f"{told} – {self.short_day(event.last)}"

    def instant(self, value: str) -> str:
        """An xsd:date or xsd:dateTime in words; as it is when it is neither."""
        try:
            if "T" not in value:
                return self.full_day(date.fromisoformat(value[:10]))
            found = datetime.fromisoformat(value)
            return self.stamp(found if found.tzinfo else found.replace(tzinfo=self.zone))
        except (ValueError, OverflowError):
            return value

    def _date(self, day: date, pattern: str) -> str:
        """A date as people write it: the first of a month is "1er" in French."""
        told = format_date(day, pattern, locale=self.language)
        return told.replace(" 1 ", " 1er ") if self.language == "fr" else told

    def opening(self, hours: str) -> list[str]:
        """Opening hours in OpenStreetMap's notation, rule by rule, its words in ours."""
        known = _OSM_WORDS[self.language]
        told = _OSM_WORD.sub(lambda found: known.get(found[0], found[0]), hours)
        told = re.sub(r",(?=\S)", ", ", told)
        return [rule.strip() for rule in told.split(";") if rule.strip()]

    def rfc822(self, moment: datetime) -> str:
        """``Sun, 22 Nov 2026 18:30:00 +0000``, as RSS dates are written."""
        return format_rfc822(moment)

    def hour(self, moment: datetime) -> str:
        """``20:30``, in the local time."""
        return format_time(moment.astimezone(self.zone), "HH:mm", locale=self.language)

    def stamp(self, moment: datetime) -> str:
        """``22 novembre 2026, 18:30``, in the local time."""
        local = moment.astimezone(self.zone)
        told = format_datetime(local, "d MMMM y, HH:mm", locale=self.language)
        return told.replace("1 ", "1er ", 1) if self.language == "fr" and local.day == 1 else told

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

    Terms and concepts of the vocabulary, and what is under ``base``, are on this node's own
    pages.
    """
    for namespace, path in ((EB, "/ns#"), (CONCEPT, "/concept/")):
        if iri.startswith(namespace):
            return path + iri.removeprefix(namespace) if iri in _vocabulary() else ""
    return local(iri, base) or link(iri)


def local(iri: str, base: str) -> str:
    """The path at which this node tells of an IRI of its own; "" for any other IRI."""
    return f"/{iri.removeprefix(base)}" if iri.startswith(f"{base}id/") else ""


@cache
def _vocabulary() -> frozenset[str]:
    """The IRIs that the vocabulary says something of."""
    return frozenset(str(triple.subject).strip("<>") for triple in load_graph())


def document_name(address: str) -> str:
    """What a document is called, by the name of its file: ``Guide des associations (PDF)``.

    Nobody says more of most of them.
    """
    file = unquote(urlsplit(address).path.rpartition("/")[2])
    stem, _, ending = file.rpartition(".")
    words = " ".join(plain(_JOINTS.sub(" ", stem)).split())
    return f"{words[:1].upper()}{words[1:_LONGEST_NAME]} ({ending.upper()})"


def host(address: str) -> str:
    """The site that an address is of: ``mairie.example.org``."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def telephone(number: str) -> str:
    """A number as people of its country write it: ``+33465710120`` is « 04 65 71 01 20 »."""
    digits = _FRENCH_NUMBER.fullmatch(re.sub(r"[\s.()-]", "", number))
    if digits is None:
        return number
    national = f"0{digits[1]}"
    return " ".join(national[at : at + 2] for at in range(0, len(national), 2))
