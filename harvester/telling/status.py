"""How sources do, for the person who keeps the node: all of them in a table, one in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo

from harvester.appraisal.health import Health
from harvester.telling.command import Reach
from harvester.telling.tables import Table
from harvester.telling.wording import (
    CONDITIONS,
    OUTCOMES,
    absence_lines,
    issue_lines,
    labelled,
    shown,
)
from store.appraisals import Remark
from store.outbox import Letter
from vocab.messages import Message, say

_RUNS = 5  # the last runs that are told
_WORDS = 20
_REFUSED = 20


def status_table(healths: Sequence[Health], zone: tzinfo) -> Table:
    """A row for each source that fits eighty columns; ``zone`` is that of the node."""
    headings = (
        say("source"), say("state"), say("next"), say("records"), say("complete"),
        say("to see"),
    )  # fmt: skip
    rows = tuple(
        (
            each.source.id,
            CONDITIONS[each.condition],
            f"{each.due.astimezone(zone):%d/%m %H:%M}" if each.due else "–",
            each.state.records,
            _score(each),
            len(each.anomalies) + len(each.refused) + len(each.warnings) or "",
        )
        for each in healths
    )  # fmt: skip
    return Table(headings, rows)


def _score(health: Health) -> int | str:
    score = health.appraisal.score if health.appraisal else None
    return "–" if score is None else score


def attention(healths: Sequence[Health], language: str) -> Iterator[str]:
    """Under the table: what is wrong with each source that needs a look, and where to read on."""
    noted = False
    for each in healths:
        for text in _wrong(each, language):
            noted = True
            yield labelled(each.source.id, text, language)
    if noted or any(each.refused or each.warnings for each in healths):
        yield say("all about one of them: enbauges status ID").render(language)


def waiting(letters: Sequence[Letter], language: str) -> Iterator[str]:
    """What is told of messages that could not be delivered; those not tried yet are not."""
    stuck = [letter for letter in letters if letter.trouble]
    if stuck:
        count = say("messages that could not be delivered yet: {count}", count=len(stuck))
        reasons = dict.fromkeys(each.trouble.render(language) for each in stuck if each.trouble)
        for reason in reasons:
            yield labelled(count.render(language), reason, language)


def _wrong(health: Health, language: str) -> Iterator[str]:
    if health.condition == "paused":
        return
    if health.state.reason:
        yield health.state.reason.render(language)
    for remark in health.anomalies:
        yield remark.message.render(language)
    for issue in health.unkept:
        yield issue.message.render(language)


def details(health: Health, zone: tzinfo, language: str, reach: Reach) -> Iterator[str]:
    """All about one source, in the order in which a person asks; times in ``zone``."""
    yield f"{health.source.title} ({health.source.id})"
    facts = [*_facts(health, zone), *_addresses(health, reach)]
    for name, value in facts:
        text = value.render(language) if isinstance(value, Message) else value
        yield f"  {labelled(name.render(language), text, language)}"
    for title, lines in _parts(health, zone, language):
        told = list(lines)
        if told:
            yield ""
            yield title.render(language)
            yield from (f"  {line}" for line in told)


_Fact = tuple[Message, Message | str]


def _facts(health: Health, zone: tzinfo) -> Iterator[_Fact]:
    state = health.state
    yield say("state"), CONDITIONS[health.condition]
    if state.broken_since:
        yield (
            say("broken since"),
            say(
                "{when}, failures in a row: {count}",
                when=shown(state.broken_since, zone),
                count=state.failures,
            ),
        )
    if state.reason:
        yield say("reason"), state.reason
    if state.checked_at:
        yield say("last read"), shown(state.checked_at, zone)
        yield say("last good read"), shown(state.good_at, zone)
        yield say("last change"), shown(state.changed_at, zone)
        yield say("records"), str(state.records)
    if health.due:
        yield say("next read"), shown(health.due, zone)


def _addresses(health: Health, reach: Reach) -> Iterator[_Fact]:
    yield say("address"), health.source.url
    if reach.command:
        yield say("to see it for yourself"), reach.command
    if reach.follow:
        yield say("feed for its publisher (keep the address private)"), reach.follow


def _parts(health: Health, zone: tzinfo, language: str) -> Iterator[tuple[Message, Iterable[str]]]:
    """The titles of the parts and their lines; a part without lines is not shown."""
    yield say("What does not look right"), _remarks(health.anomalies, zone, language)
    yield say("What is expected and not kept"), issue_lines(health.unkept, language)
    yield say("Left out, and why"), _refused(health, language)
    yield say("Kept, but changed or incomplete"), issue_lines(health.imperfect, language)
    yield _completeness(health), _penalties(health.penalties, language)
    yield (
        say("Words that name no concept (kept as keywords; the publisher's own categories)"),
        _words(health.words),
    )
    yield say("Other remarks"), issue_lines(health.notices, language)
    yield say("Missing since"), absence_lines(health, zone, language)
    yield say("Last reads"), _runs(health, zone, language)


def _refused(health: Health, language: str) -> Iterator[str]:
    yield from issue_lines(health.refused[:_REFUSED], language)
    if (more := len(health.refused) - _REFUSED) > 0:
        source = health.source.id
        told = say("and {more} more: enbauges status {source} --json", more=more, source=source)
        yield told.render(language)


def _remarks(remarks: Iterable[Remark], zone: tzinfo, language: str) -> Iterator[str]:
    for remark in remarks:
        since = say("since {when}", when=shown(remark.since, zone)).render(language)
        yield f"{remark.message.render(language)} ({since})"
        yield f"  → {remark.remedy.render(language)}"


def _completeness(health: Health) -> Message:
    return say("Completeness: {score} of 100", score=_score(health))


def _penalties(penalties: Iterable[Remark], language: str) -> Iterator[str]:
    for penalty in penalties:
        yield penalty.message.render(language)
        yield f"  → {penalty.remedy.render(language)}"


def _words(words: Mapping[str, int]) -> Iterator[str]:
    if told := [f"{word} (× {count})" for word, count in list(words.items())[:_WORDS]]:
        more = len(words) - len(told)
        yield ", ".join(told) + (f", … (+ {more})" if more else "")


def _runs(health: Health, zone: tzinfo, language: str) -> Iterator[str]:
    for run in reversed(health.runs[-_RUNS:]):
        told = say(
            "{when}: {outcome}, records: {records}, new: {added}, changed: {changed}, gone: "
            "{removed}, in {seconds} s",
            when=shown(run.at, zone),
            outcome=OUTCOMES[run.outcome].render(language),
            records=run.records,
            added=run.added,
            changed=run.changed,
            removed=run.removed,
            seconds=round(run.seconds, 1),
        )
        yield told.render(language)
