"""Semantic MediaWiki's ``action=ask`` → one Record per page of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.readers.shapes import shaped
from harvester.readers.text import point
from harvester.records import Issue, ReadError, ReadOptions, Record
from vocab.messages import say


def _pages(
    record: Record,
    options: ReadOptions,  # noqa: ARG001  # the protocol of shapes
) -> Iterator[Record | Issue]:
    """The pages of ``query.results``: an object by title, or a list of such (api_version=3).

    Raises:
        ReadError: when the wiki answers with an error, or not to ``action=ask``.
    """
    query = record.data.get("query")
    results = query.get("results") if isinstance(query, dict) else None
    if results is None:
        raise ReadError(_why(record.data))
    if "query-continue-offset" in record.data:
        message = say(
            "the wiki has more pages than it gives at once, from {offset} on",
            offset=str(record.data["query-continue-offset"]),
        )
        yield Issue("more-pages", message, "notice")
    groups = results if isinstance(results, list) else [results]
    found = [each for group in groups if isinstance(group, dict) for each in group.items()]
    for number, (title, page) in enumerate(found, 1):
        if isinstance(page, dict):
            name = str(page.get("fulltext") or title)
            yield Record((name,), {**page, "title": name, **_told(page)}, f"page {number}")


def _told(page: dict[str, Any]) -> dict[str, Any]:
    """The properties of a page as texts, and its first coordinates as ``geo``."""
    printouts = page.get("printouts")
    if not isinstance(printouts, dict):
        return {"printouts": {}}
    told: dict[str, Any] = {}
    geo = None
    for name, values in printouts.items():
        listed = values if isinstance(values, list) else [values]
        told[name] = [text for each in listed if (text := _text(each)) is not None]
        places = (point(each["lat"], each["lon"]) for each in listed if _is_place(each))
        geo = geo or next((found for found in places if found), None)
    return {"printouts": told, **({"geo": geo} if geo else {})}


def _is_place(value: Any) -> bool:
    return isinstance(value, dict) and "lat" in value and "lon" in value


def _text(value: Any) -> Any:
    """A value of a property: the name of a page, a date in ISO 8601, or the value itself."""
    if not isinstance(value, dict):
        return value
    if isinstance(raw := value.get("raw"), str):
        return _date(raw)
    return value.get("fulltext", value.get("item"))


def _date(raw: str) -> str | None:
    """A date of Semantic MediaWiki: ``1/2026/5/1/18/30/0/0``, the first part its calendar."""
    parts = raw.split("/")[1:]
    if len(parts) < 3 or not all(map(str.isdecimal, parts)):  # noqa: PLR2004  # year, month, day
        return None
    year, month, day, *clock = map(int, parts)
    told = f"{year:04d}-{month:02d}-{day:02d}"
    return f"{told}T{clock[0]:02d}:{clock[1]:02d}:00" if len(clock) > 1 and any(clock) else told


def _why(data: dict[str, Any]) -> Any:
    error = data.get("error")
    info = error.get("info") if isinstance(error, dict) else None
    return say(
        "the wiki does not answer with the results of a query: {reason} — the address is that of"
        " api.php, with action=ask, format=json and the query",
        reason=str(info or ", ".join(list(data)[:8]))[:160],
    )


read = shaped(_pages)
