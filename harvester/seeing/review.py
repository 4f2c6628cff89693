"""What changes, as lines for a terminal: by graph, by property, by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harvester.report import stored_issues
from harvester.seeing.differences import Change, GraphDifference
from harvester.seeing.replay import Replayed
from harvester.seeing.sheet import WIDTH, Sheet, bare
from harvester.seeing.terms import Terms, rows
from vocab.iris import Iris
from vocab.messages import say

_CHANGES = 5  # records of one graph whose change is shown
_NAMES = 60  # columns of the names of properties beside their counts


def review(replayed: Replayed, iris: Iris, language: str, width: int = WIDTH) -> Iterator[str]:
    """What today's mapping makes of what a source said last, beside what is stored."""
    sheet = Sheet(Terms(iris, language), width)
    report = replayed.report
    yield f"{replayed.source.title} ({replayed.source.id})"
    if report.reason:
        yield from sheet.sentence(report.reason.render(language), "! ", 2)
    for told, records in (
        (say("nothing can be used of them any more, they stay as they are"), replayed.stuck),
        (say("they come out of it no longer"), replayed.missing),
    ):
        if records:
            names = [bare(sheet.terms.name(each)) for each in records[:_CHANGES]]
            more = len(records) - len(names)
            yield from sheet.sentence(f"{sheet.say(told)} (× {len(records)})", "! ", 2)
            yield from (f"      {name}" for name in names)
            if more > 0:
                yield "      " + sheet.say(say("and {more} more", more=more))
    if replayed.renamed:
        told = say("records that take another name: {count}", count=replayed.renamed)
        yield from sheet.sentence(sheet.say(told), "! ", 2)
    if report.outcome != "failed":
        yield from difference(replayed.differences, sheet)
    issues = stored_issues(report.issues)
    if found := [each for each in issues if each.severity != "notice"]:
        yield ""
        yield "  " + sheet.say(say("What was not understood"))
        yield from sheet.issues(found)
    yield ""


def difference(graphs: Iterable[GraphDifference], sheet: Sheet) -> Iterator[str]:
    """What changes, graph by graph: counts, properties, then records with their + and − lines."""
    nothing = True
    for graph in graphs:
        nothing = False
        yield ""
        name = sheet.terms.graph(graph.graph)
        yield f"── {name}  +{graph.added} −{graph.removed}"
        if not name.startswith("source/"):
            continue
        counts = (
            (sheet.terms.predicate(iri), f"+{added} −{removed}")
            for iri, (added, removed) in graph.properties.items()
        )
        yield from sheet.pairs(counts, 2, most=_NAMES)
        for change in graph.changes[:_CHANGES]:
            yield from _change(change, sheet)
        if (more := len(graph.changes) - _CHANGES) > 0:
            told = say("and {more} more records — all of them: --json", more=more)
            yield "  " + sheet.say(told)
    if nothing:
        yield "  " + sheet.say(say("Nothing changes: what is stored says the same."))


def _change(change: Change, sheet: Sheet) -> Iterator[str]:
    yield f"  {change.kind} {bare(sheet.terms.name(change.subject))}"
    marked = [
        (row, mark)
        for lines, mark in ((change.delta.removed, "−"), (change.delta.added, "+"))
        for row in rows(lines, change.subject, sheet.terms)
    ]
    for (part, predicate, value), mark in sorted(marked, key=lambda each: each[0][:2]):
        told = f"{part} {predicate}  {value}".strip()
        for place, line in enumerate(sheet.folded(told, sheet.width - 6)):
            yield f"    {' ' if place else mark} {line}"
