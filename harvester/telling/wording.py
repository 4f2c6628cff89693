"""The words and the small sentences that every way of telling has in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType
from urllib.parse import unquote

from harvester.appraisal.health import Condition, Health
from harvester.report import Report
from store.standing import SourceState, StoredIssue
from vocab.messages import Message, say

OUTCOMES = MappingProxyType(
    {
        "committed": say("committed"),
        "unchanged": say("unchanged"),
        "held": say("held"),
        "failed": say("failed"),
        "": say("never read"),
    }
)
CONDITIONS: Mapping[Condition, Message] = MappingProxyType(
    {
        "fine": say("up to date"),
        "failed": say("failed"),
        "held": say("held"),
        "gone": say("gone for good"),
        "never": say("never read"),
        "paused": say("paused"),
    }
)
SEVERITIES = MappingProxyType(
    {"error": say("error"), "warning": say("warning"), "notice": say("notice")}
)
PLACES = MappingProxyType({"line": say("line"), "entry": say("entry"), "feature": say("feature")})
"""The words by which readers tell places, beside the formats' own (VEVENT)."""


def shown(moment: datetime | None, zone: tzinfo) -> str:
    """A time to the minute, in ``zone``."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "–"


def reasons(told: Sequence[Report | SourceState], language: str) -> Iterator[str]:
    """Why sources are not as they should be, a line each."""
    for each in told:
        if each.reason:
            yield labelled(each.source, each.reason.render(language), language)


def labelled(label: str, text: str, language: str) -> str:
    """``label: text``, with the colon as ``language`` sets it."""
    return say("{label}: {text}", label=label, text=text).render(language)


def issue_lines(
    issues: Iterable[StoredIssue], language: str, *, remedies: bool = True
) -> Iterator[str]:
    """What was not understood, a line each: its place in the source, and the entry's id.

    Without ``remedies``, what the operator may do is left out, for whoever is not the operator.
    """
    for issue in issues:
        parts = (place_of(issue.where, language), "/".join(issue.key))
        text = issue.message.render(language)
        text = text if remedies else what_is_wrong(text)
        if place := " · ".join(part for part in parts if part):
            text = labelled(place, text, language)
        yield text + (f" (× {issue.count})" if issue.count > 1 else "")


def what_is_wrong(sentence: str) -> str:
    """The half of a sentence that says what is wrong; what to do comes after the dash."""
    return sentence.partition(" — ")[0]


def place_of(where: str, language: str) -> str:
    """A place in a source ("VEVENT 3, line 12"), its words in ``language``."""
    words = (part.partition(" ") for part in where.split(", "))
    return ", ".join(
        PLACES[word].render(language) + gap + number if word in PLACES else word + gap + number
        for word, gap, number in words
    )


def absence_lines(health: Health, zone: tzinfo, language: str) -> Iterator[str]:
    """The records that their source no longer announces, a line each, by their names."""
    for record, absence in sorted(health.absences.items()):
        key = unquote(record.rpartition("/id/record/")[2].partition("/")[2])
        told = say(
            "no longer announced since {when}: {key}",
            when=f"{absence.first_missing.astimezone(zone):%Y-%m-%d %H:%M}",
            key=health.names.get(record, key),
        )
        yield told.render(language)
