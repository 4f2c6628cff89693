"""Which changes of state the operator is told, and in what words. Pure.

What was told last is compared with what is: so a change is told once, whatever happens between
two rounds, and a source that is as it was told last is no news.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from harvester.appraisal.health import Condition, condition_of
from harvester.sources.values import Notify, Source
from harvester.telling.wording import labelled
from store.outbox import Letter
from store.standing import SourceState
from vocab.messages import Message, say

WEBHOOK, MAIL = "webhook", "mail"

_SILENT = frozenset({"never", "paused"})  # what the operator chose, or knows
_HEADLINES: Mapping[Condition, Message] = MappingProxyType(
    {
        "fine": say("can be read again"),
        "failed": say("can no longer be read"),
        "held": say("lost most of its entries at once: removals are held"),
        "gone": say("is gone for good, its server says"),
    }
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A source whose state is another one than the operator was told."""

    source: Source
    was: str
    now: Condition
    state: SourceState


def turns(
    sources: Iterable[Source], states: Mapping[str, SourceState], told: Mapping[str, str]
) -> tuple[Turn, ...]:
    """The changes to tell; a source of which nothing was told yet was thought to be fine."""
    found = []
    for source in sources:
        state = states.get(source.id, SourceState(source.id))
        now = condition_of(source, state)
        was = told.get(source.id, "fine")
        if now not in _SILENT and now != was:
            found.append(Turn(source, was, now, state))
    return tuple(found)


def letters(
    changes: Sequence[Turn], notify: Notify, node: str, now: datetime, language: str
) -> tuple[Letter, ...]:
    """One message for each way to tell that ``notify`` names, about all the ``changes``."""
    if not changes:
        return ()
    told = [_plain(turn, language) for turn in changes]
    seed = json.dumps([now.isoformat(), told], sort_keys=True)
    name = hashlib.sha256(seed.encode()).hexdigest()[:32]
    body = {
        "id": name,
        "at": now.isoformat(),
        "node": node,
        "subject": f"{node} — {_subject(changes, language)}",
        "text": "\n\n".join(_text(turn, language) for turn in changes),
        "changes": told,
    }
    channels = [WEBHOOK] * bool(notify.webhook) + [MAIL] * bool(notify.mail_to)
    text = json.dumps(body, ensure_ascii=False)
    return tuple(Letter(f"{name}-{each}", each, now, text, 0, now) for each in channels)


def _subject(changes: Sequence[Turn], language: str) -> str:
    if len(changes) == 1:
        [turn] = changes
        return labelled(turn.source.title, _HEADLINES[turn.now].render(language), language)
    return say("sources whose state changed: {count}", count=len(changes)).render(language)


def _text(turn: Turn, language: str) -> str:
    lines = [labelled(turn.source.title, _HEADLINES[turn.now].render(language), language)]
    if turn.state.reason:
        lines.append(turn.state.reason.render(language))
    if turn.now != "fine":
        more = say("to know more: enbauges status {source}", source=turn.source.id)
        lines.append(more.render(language))
    return "\n".join(lines)


def _plain(turn: Turn, language: str) -> dict[str, str | None]:
    reason, since = turn.state.reason, turn.state.broken_since
    return {
        "source": turn.source.id,
        "title": turn.source.title,
        "was": turn.was,
        "is": turn.now,
        "since": since.isoformat() if since else None,
        "reason": reason.render(language) if reason else None,
    }
