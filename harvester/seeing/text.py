"""A preview as lines for a terminal of eighty columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harvester.records import Issue
from harvester.report import Outcome
from harvester.seeing.findings import covered
from harvester.seeing.preview import Entry, Preview
from harvester.seeing.review import difference
from harvester.seeing.sample import MADE
from harvester.seeing.sheet import MARKS, WIDTH, Sheet
from harvester.seeing.terms import Terms, rows
from harvester.telling.wording import SEVERITIES, labelled, place_of
from mappings.reads import fields_of
from vocab.messages import Message, say

_NAMES = 12
_OUTCOMES: Mapping[Outcome, Message] = {
    "committed": say("it would be stored and published"),
    "unchanged": say("nothing would change"),
    "held": say("the removals would be held, the rest published"),
    "failed": say("nothing of it could be used"),
}
_FATES: Mapping[str, Message] = {
    "new": say("new here"),
    "changed": say("it changes"),
    "same": say("as it is stored"),
    "left out": say("left out"),
}


def shown(
    preview: Preview, language: str, width: int = WIDTH, *, diff: bool = False
) -> Iterator[str]:
    """The whole of a preview: its entries, then what is said of all of them.

    With ``diff``, the change of what is stored takes the place of the entries.
    """
    sheet = Sheet(Terms(preview.iris, language), width)
    source = preview.source
    yield f"{source.title} ({source.id}, {source.kind})"
    if preview.reason:
        yield from sheet.sentence(preview.reason.render(language), "! ", 2)
    if diff:
        yield from difference(preview.differences, sheet)
    else:
        for number, entry in enumerate(preview.entries, start=1):
            yield ""
            yield from _entry(number, entry, sheet)
    yield ""
    yield from _whole(preview, sheet)


def _entry(number: int, entry: Entry, sheet: Sheet) -> Iterator[str]:
    language = sheet.terms.language
    title = say("Entry {number}", number=number)
    parts = (sheet.say(title), place_of(entry.where, language), "/".join(entry.key))
    fate = sheet.say(_FATES[entry.fate])
    yield from sheet.sentence(" · ".join((*filter(None, parts), fate)), "── ", 0)
    yield "  " + sheet.say(say("What the source says"))
    yield from sheet.pairs(_fields(entry.fields))
    if entry.lines:
        yield "  " + sheet.say(say("What would be published"))
        yield from sheet.pairs(_published(entry, sheet.terms))
    if entry.issues:
        yield "  " + sheet.say(say("What was not understood"))
        yield from _issues(entry.issues, sheet)


def _fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nested fields by their ways, the values of a list together."""
    found: dict[str, list[str]] = {}
    for names, value in fields_of(fields):
        if names[0] not in MADE:
            found.setdefault(".".join(names), []).append(str(value))
    return ((name, " | ".join(values)) for name, values in found.items())


def _published(entry: Entry, terms: Terms) -> Iterator[tuple[str, str]]:
    for part, predicate, value in rows(entry.lines, entry.record, terms):
        yield f"{part} {predicate}".strip(), value


def _issues(issues: Iterable[Issue], sheet: Sheet) -> Iterator[str]:
    for issue in issues:
        severity = sheet.say(SEVERITIES[issue.severity])
        text = labelled(severity, sheet.say(issue.message), sheet.terms.language)
        yield from sheet.sentence(text, MARKS[issue.severity])


def _whole(preview: Preview, sheet: Sheet) -> Iterator[str]:
    yield sheet.say(say("All of it"))
    yield from sheet.facts(_facts(preview, sheet))
    if preview.issues:
        yield "  " + sheet.say(say("What was not understood, and notices"))
        yield from sheet.issues(preview.issues)


def _facts(preview: Preview, sheet: Sheet) -> Iterator[tuple[Message, str]]:
    report, terms = preview.report, sheet.terms
    yield say("outcome"), sheet.say(_OUTCOMES[preview.outcome])
    if preview.address:
        yield say("address"), preview.address
    told = say(
        "{records}, new: {added}, changed: {changed}, gone: {removed}",
        records=report.records,
        added=report.added,
        changed=report.changed,
        removed=report.removed,
    )
    yield say("records"), sheet.say(told)
    if kinds := {terms.predicate(iri): count for iri, count in preview.types.items()}:
        yield say("what they are"), _counted(kinds)
    if preview.dates:
        yield say("dates"), sheet.say(covered(preview.dates))
    yield say("licence"), _licence(preview, sheet)
    yield from _kept_back(preview, sheet)


def _licence(preview: Preview, sheet: Sheet) -> str:
    source = preview.source
    if source.agreed:
        return sheet.say(say("the publisher agreed in writing"))
    return source.licence or sheet.say(
        say(
            "none stated: the facts are published, marked “licence à clarifier”; texts and images "
            "are not, and the source stays out of exports — ask the publisher, then write licence "
            "in its block"
        )
    )


def _kept_back(preview: Preview, sheet: Sheet) -> Iterator[tuple[Message, str]]:
    sample, terms = preview.sample, sheet.terms
    if sample.withheld:
        names = {terms.predicate(iri): count for iri, count in sample.withheld.items()}
        yield say("withheld, for want of a licence"), _counted(names)
    if preview.people:
        yield say("people, never published"), _counted(preview.people)
    if sample.masked:
        yield say("numbers and mailboxes masked in"), _counted(sample.masked)
    others = {name: count for name, count in sample.unread.items() if name not in preview.people}
    if others:
        yield say("fields that no rule reads"), _counted(others)


def _counted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    told = [f"{name} ×\u00a0{count}" for name, count in ordered[:_NAMES]]
    more = len(ordered) - _NAMES
    return ", ".join(told) + (f", … (+ {more})" if more > 0 else "")
