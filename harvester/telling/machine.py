"""Reports and states as JSON knows them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from harvester.appraisal.health import Health
from harvester.telling.command import Reach
from vocab.messages import Message


def plain_health(health: Health, reach: Reach) -> dict[str, Any]:
    """All that is known of one source; its keys are described in docs/status.md."""
    appraisal = health.appraisal
    return {
        **plain(health.state),
        "title": health.source.title,
        "address": health.source.url,
        "condition": health.condition,
        "due_at": plain(health.due),
        "command": reach.command or None,
        "follow": reach.follow or None,
        "issues": plain(list(health.issues)),
        "refused": sum(issue.count for issue in health.refused),
        "words": health.words,
        "leaving": sorted(health.absences),
        "anomalies": plain(list(health.anomalies)),
        "completeness": {
            "score": appraisal.score if appraisal else None,
            "penalties": plain(list(health.penalties)),
        },
        "newest": plain(appraisal.newest) if appraisal else None,
        "runs": plain(list(health.runs)),
    }


def plain(value: Any) -> Any:
    """A value of the program as JSON knows it: times in ISO 8601, sentences in English."""
    match value:
        case Message():
            return str(value)
        case datetime():
            return value.isoformat()
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value
