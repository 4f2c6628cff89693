"""What whoever watches a schedule is told: what changed, and a change of state once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harvester.report import Report
from harvester.telling.wording import labelled
from store.generations import Generation
from store.standing import SourceState
from vocab.messages import Message, say


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell whoever watches; ``source`` is the one it is about, if any."""

    message: Message
    source: str = ""

    def render(self, language: str) -> str:
        """The news as one line."""
        text = self.message.render(language)
        return labelled(self.source, text, language) if self.source else text


def news(before: SourceState, report: Report) -> Iterator[News]:
    """What a run tells that was not known ``before``: a change of state once, not at each run."""
    if report.outcome != "failed" and before.outcome == "failed":
        told = say("it can be read again; failures in a row: {count}", count=before.failures)
        yield News(told, report.source)
    if report.added or report.changed or report.removed:
        counts = say(
            "new: {added}, changed: {changed}, gone: {removed}",
            added=report.added,
            changed=report.changed,
            removed=report.removed,
        )
        yield News(counts, report.source)
    if report.renewed:
        told = say(
            "ids renewed by the source: {count} — the things are the same, and keep their "
            "addresses",
            count=report.renewed,
        )
        yield News(told, report.source)
    known = before.reason.text if before.reason else ""
    if report.reason and (report.outcome, report.reason.text) != (before.outcome, known):
        yield News(report.reason, report.source)


def published(generation: Generation) -> Message:
    """That a generation was published."""
    return say(
        "generation {number} published: {quads} quads",
        number=generation.number,
        quads=generation.quads,
    )
