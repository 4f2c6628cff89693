"""Previews, replays and inspections as JSON knows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harvester.records import Issue
from harvester.seeing.differences import GraphDifference
from harvester.seeing.inspection import Inspection, is_wrong
from harvester.seeing.preview import Entry, Preview
from harvester.seeing.replay import Replayed
from harvester.telling import plain


def plain_preview(preview: Preview) -> dict[str, Any]:
    """All that a preview tells; statements are N-Triples."""
    source, report, sample = preview.source, preview.report, preview.sample
    return {
        "source": source.id,
        "kind": source.kind,
        "url": source.url,
        "address": preview.address or None,
        "outcome": preview.outcome,
        "reason": plain(preview.reason),
        "records": report.records,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "types": dict(preview.types),
        "dates": plain(preview.dates),
        "licence": source.licence,
        "texts_published": source.texts_allowed,
        "withheld": dict(sample.withheld),
        "masked": dict(sample.masked),
        "unread": dict(sample.unread),
        "people": dict(preview.people),
        "issues": plain(list(preview.issues)),
        "entries": [_entry(each) for each in preview.entries],
        "differences": plain_differences(preview.differences),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "record": entry.record,
        "key": list(entry.key),
        "where": entry.where,
        "fate": entry.fate,
        "fields": dict(entry.fields),
        "statements": sorted(entry.lines),
        "issues": [_issue(each) for each in entry.issues],
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {"code": issue.code, "severity": issue.severity, "message": str(issue.message)}


def plain_differences(graphs: Iterable[GraphDifference]) -> list[dict[str, Any]]:
    """What a change does, graph by graph and subject by subject."""
    return [
        {
            "graph": graph.graph,
            "added": graph.added,
            "removed": graph.removed,
            "properties": {name: list(counts) for name, counts in graph.properties.items()},
            "changes": [
                {
                    "subject": change.subject,
                    "kind": change.kind,
                    "added": sorted(change.delta.added),
                    "removed": sorted(change.delta.removed),
                }
                for change in graph.changes
            ],
        }
        for graph in graphs
    ]


def plain_replayed(replayed: Replayed) -> dict[str, Any]:
    """What today's mapping makes of what a source said last."""
    return {
        **plain(replayed.report),
        "stuck": list(replayed.stuck),
        "missing": list(replayed.missing),
        "renamed": replayed.renamed,
        "differences": plain_differences(replayed.differences),
    }


def plain_inspection(found: Inspection) -> dict[str, Any]:
    """What was found of a source."""
    answered = found.answered
    return {
        "source": found.source.id,
        "wrong": is_wrong(found),
        "status": answered.fetched.status if answered else None,
        "seconds": round(answered.seconds, 3) if answered else None,
        "address": answered.fetched.url if answered else None,
        "moved": (answered.fetched.moved or None) if answered else None,
        "robots": plain(found.robots),
        "licence": found.source.licence,
        "licences_stated": list(found.licences),
        "modified": found.modified or None,
        "entries_modified": plain(found.entries_modified),
        "newest": plain(found.newest),
        "dates": plain(found.dates),
        "outcome": found.report.outcome,
        "records": found.report.records,
        "fields": [{**plain(each), "points": each.points} for each in found.shares],
        "reasons": [str(each) for each in found.wrong],
        "notes": [str(each) for each in found.notes],
    }
