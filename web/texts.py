"""Speaking on pages: a template's ``_``, dates in words, and links that are safe to follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from vocab.messages import Message

LOCAL = ZoneInfo("Europe/Paris")
"""The time of the territory: its days begin at this midnight."""


def speaker(language: str) -> Callable[..., str]:
    """The function ``_`` of the templates: an English sentence, said in ``language``."""

    def say_it(text: str, /, **values: object) -> str:
        return Message(text, values).render(language)

    return say_it


def day_name(day: date, language: str) -> str:
    """``dimanche 22 novembre``, ``Sunday 22 November``."""
    return format_date(day, "EEEE d MMMM", locale=language)


def clock_time(moment: datetime, language: str) -> str:
    """``20:30``, in the local time."""
    return format_time(moment.astimezone(LOCAL), "HH:mm", locale=language)


def stamp(moment: datetime, language: str) -> str:
    """``22 novembre 2026 à 18:30``, in the local time."""
    pattern = "d MMMM y 'à' HH:mm" if language == "fr" else "d MMMM y, HH:mm"
    return format_datetime(moment.astimezone(LOCAL), pattern, locale=language)


def number(value: int, language: str) -> str:
    """``12 345`` in French, ``12,345`` in English."""
    return format_decimal(value, locale=language)


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
