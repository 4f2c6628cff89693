"""Tourist information systems → their objects, and the dates of those that take place.

Apidae (``objetsTouristiques``) and DATAtourisme (objects as its feeds give them, without
``@context``) both write periods: days and, apart, times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.readers.dates import Moment, dated, span
from harvester.readers.shapes import shaped
from harvester.records import Issue, ReadOptions, Record

_EVENT = "FETE_ET_MANIFESTATION"


def _apidae(record: Record, options: ReadOptions) -> Iterator[Record | Issue]:
    data = record.data
    if "numFound" in data and "type" not in data:
        return  # an answer that found nothing has no list of objects
    if data.get("type") != _EVENT:
        yield Record(record.key, {**data, "kind": data.get("type"), "type": "object"}, record.where)
        return
    opening = data.get("ouverture")
    periods = opening.get("periodesOuvertures") if isinstance(opening, dict) else None
    moments = [
        found
        for each in _objects(periods)
        if (found := _period(each, "dateDebut", "dateFin", "horaireOuverture", "horaireFermeture"))
    ]
    yield from dated(_kept(record), moments, options)


def _datatourisme(record: Record, options: ReadOptions) -> Iterator[Record | Issue]:
    moments = [
        found
        for each in _objects(record.data.get("takesPlaceAt"))
        if (found := _period(each, "startDate", "endDate", "startTime", "endTime"))
    ]
    if moments:
        yield from dated(_kept(record), moments, options)
    else:
        yield Record(record.key, {**record.data, "type": "object"}, record.where)


def _kept(record: Record) -> Record:
    """``record`` with its own ``type`` under ``kind``: ``type`` tells events from series."""
    return Record(record.key, {**record.data, "kind": record.data.get("type")}, record.where)


def _period(
    period: dict[str, Any], first: str, last: str, opens: str, closes: str
) -> Moment | None:
    days, times = (period.get(first), period.get(last)), (period.get(opens), period.get(closes))
    return span(days, times, "Europe/Paris")


def _objects(value: Any) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, dict)]


read_apidae = shaped(_apidae)
read_datatourisme = shaped(_datatourisme)
