"""What was found of a source, as lines for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import tzinfo

from harvester.appraisal.fields import Share
from harvester.fetch.robots import Verdict
from harvester.seeing.inspection import Inspection, is_wrong
from harvester.seeing.preview import Span
from harvester.seeing.sheet import WIDTH, Sheet
from harvester.seeing.terms import Terms
from harvester.telling.wording import shown as time_shown
from vocab.iris import Iris
from vocab.messages import Message, say

_NAMES = 60  # columns of the name of a field beside its share


def findings(
    found: Inspection, iris: Iris, language: str, zone: tzinfo, width: int = WIDTH
) -> Iterator[str]:
    """A source as it is now: facts, fields, then what is wrong; times in ``zone``."""
    sheet = Sheet(Terms(iris, language), width)
    source = found.source
    verdict = say("to see") if is_wrong(found) else say("all right")
    yield f"{source.title} ({source.id}, {source.kind}) — {sheet.say(verdict)}"
    yield from sheet.pairs(
        ((sheet.say(name), value) for name, value in _facts(found, sheet, zone)), 2
    )
    for heading, lines in _fields(found, sheet, zone):
        yield "  " + heading
        yield from sheet.pairs(lines, 4, most=_NAMES)
    for share in found.shares:
        if share.fell:
            yield from sheet.sentence(sheet.say(_fell(share, sheet, zone)), "! ", 2)
    for message in found.wrong:
        yield from sheet.sentence(sheet.say(message), "! ", 2)
    for message in found.notes:
        yield from sheet.sentence(sheet.say(message), "• ", 2)


def _facts(found: Inspection, sheet: Sheet, zone: tzinfo) -> Iterator[tuple[Message, str]]:
    if found.answered:
        fetched = found.answered.fetched
        took = say(
            "{status} in {seconds} s", status=fetched.status,
            seconds=round(found.answered.seconds, 1),
        )  # fmt: skip
        yield say("answer"), sheet.say(took)
        if fetched.url != found.source.url:
            yield say("final address"), fetched.url
    else:
        yield say("answer"), sheet.say(say("no answer"))
    yield say("robots.txt"), sheet.say(_robots(found.robots))
    yield say("licence"), sheet.say(_licence(found))
    if found.modified:
        yield say("modified, says its server"), found.modified
    if found.entries_modified:
        yield say("modified, say its entries"), time_shown(found.entries_modified, zone)
    if found.dates:
        yield say("dates"), sheet.say(covered(found.dates))
    if found.newest and not found.dates:
        yield say("latest date"), time_shown(found.newest, zone)
    yield say("records"), str(found.report.records)


def covered(dates: Span) -> Message:
    """The days that a source covers."""
    return say(
        "{first} to {last}, to come: {ahead}",
        first=dates.first,
        last=dates.last,
        ahead=dates.ahead,
    )


def _robots(verdict: Verdict | None) -> Message:
    if verdict is None:
        return say("it cannot be read")
    if verdict.closed:
        return say(
            "its server cannot give it ({status}), so nothing is read", status=verdict.status
        )
    if verdict.rule:
        return say(
            "line {line} tells {agent}: {rule}",
            line=verdict.line,
            agent=verdict.agent,
            rule=verdict.rule,
        )
    return say("nothing against it")


def _licence(found: Inspection) -> Message:
    block = found.source.licence
    if block and found.licences:
        return say(
            "{block}; the source says {stated}", block=block, stated=", ".join(found.licences)
        )
    if block:
        return say("{block}; the source says none", block=block)
    if found.licences:
        return say("none in its block; the source says {stated}", stated=", ".join(found.licences))
    return say("none, neither in its block nor in the source")


def _fields(
    found: Inspection, sheet: Sheet, zone: tzinfo
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """By kind of thing: each property and its share."""
    kinds: defaultdict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for share in found.shares:
        told = (sheet.terms.predicate(share.name), sheet.say(_share(share, zone)))
        kinds[share.kind, share.count].append(told)
    for (kind, count), lines in kinds.items():
        yield f"{sheet.terms.kind(kind)} × {count}", lines


def _share(share: Share, zone: tzinfo) -> Message:
    if share.since is None:
        return say("{percent} %", percent=share.percent)
    return say(
        "{percent} % ({points} points since {when})",
        percent=share.percent,
        points=_signed(share.points),
        when=f"{share.since.astimezone(zone):%Y-%m-%d}",
    )


def _fell(share: Share, sheet: Sheet, zone: tzinfo) -> Message:
    return say(
        "{field}: {percent} %, where it was {before} % until {when} — look at an entry of the "
        "source: was the field renamed or emptied? Then correct the mapping, or tell its publisher",
        field=sheet.terms.predicate(share.name),
        percent=share.percent,
        before=share.before,
        when=f"{share.since.astimezone(zone):%Y-%m-%d}" if share.since else "–",
    )


def _signed(points: int) -> str:
    return f"{points:+d}".replace("-", "−")
