"""OpenAgenda → events, or series with their dates.

Its own export (API v2, and the older ``events.json``) gives ``timings`` as a list; the shape
that Opendatasoft portals publish writes them as JSON in a text, and each field flat.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from harvester.readers.dates import Moment, dated, moment, zone_name
from harvester.readers.shapes import shaped
from harvester.records import Issue, ReadOptions, Record

_STARTS, _ENDS = ("begin", "start"), ("end",)
_FIRST = (("firstdate_begin", "firstdate_end"), ("firstDate", "lastDate"))


def _dated(record: Record, options: ReadOptions) -> Iterator[Record | Issue]:
    fields = record.data.get("fields")
    data = {**record.data, **fields} if isinstance(fields, dict) else record.data
    key = str(data.get("uid") or record.key[0])
    yield from dated(Record((key,), data, record.where), _moments(data, options.timezone), options)


def _moments(data: dict[str, Any], timezone: str) -> Iterator[Moment]:
    zone = zone_name(data.get("timezone"), timezone)
    timings = data.get("timings")
    if isinstance(timings, str):
        try:
            timings = json.loads(timings)
        except (ValueError, RecursionError):
            timings = None
    told = timings if isinstance(timings, list) else []
    pairs = [_pair(each) for each in told if isinstance(each, dict)] or [_first(data)]
    for start, end in pairs:
        if (found := moment(start, end, zone)) is not None:
            yield found


def _pair(timing: dict[str, Any]) -> tuple[object, object]:
    start = next((timing[name] for name in _STARTS if timing.get(name)), None)
    return start, next((timing[name] for name in _ENDS if timing.get(name)), None)


def _first(data: dict[str, Any]) -> tuple[object, object]:
    """The first date, where the export gives no timings."""
    timing = data.get("firstTiming")
    if isinstance(timing, dict):
        return _pair(timing)
    told = ((data[start], data.get(end)) for start, end in _FIRST if data.get(start))
    return next(told, (None, None))


read = shaped(_dated)
