"""Until when a publisher says that its answer holds: values, no network, no clock.

The HTTP headers say it (RFC 9111, section 5), and so do feeds and calendars themselves. The
later of the two counts: a feed written once an hour behind a server without a cache is still
written once an hour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=7)
"""How long an answer may hold: hosts give one age of a year to every file that is no page."""

_HEAD = 16 * 1024  # bytes, in which a feed or a calendar says how often it changes
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.IGNORECASE)
_TTL = re.compile(rb"<ttl>\s*([0-9]{1,6})\s*</ttl>", re.IGNORECASE)  # minutes (RSS 2.0)
_PERIOD = re.compile(rb"<(?:\w+:)?updatePeriod[^>]{0,200}>\s*([a-z]+)\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(
    rb"<(?:\w+:)?updateFrequency[^>]{0,200}>\s*([1-9][0-9]{0,4})\s*<", re.IGNORECASE
)
_REFRESH = re.compile(
    rb"^(?:REFRESH-INTERVAL|X-PUBLISHED-TTL)(?:;[^:\r\n]{0,200})?:\+?P"
    rb"(?:([0-9]{1,4})W|(?:([0-9]{1,5})D)?"
    rb"(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?)\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(weeks=1),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}


def fresh_until(headers: Mapping[str, str], body: bytes, at: datetime) -> datetime | None:
    """Until when an answer holds, at most ``LONGEST``; None when nothing says so.

    Args:
        headers: of the answer, looked up without regard to case.
        body: its content, empty when there is none (304).
        at: when it came.
    """
    lasting = max(_told(headers, at), _hinted(body[:_HEAD]))
    return at + min(lasting, LONGEST) if lasting > timedelta(0) else None


def _told(headers: Mapping[str, str], at: datetime) -> timedelta:
    """What Cache-Control or Expires say, less the time the answer lay in a cache (Age)."""
    control = headers.get("Cache-Control", "")
    if _UNCACHED.search(control):
        return timedelta(0)
    if age := _MAX_AGE.search(control):
        return timedelta(seconds=int(age[1])) - _age(headers)
    expires = http_date(headers.get("Expires", ""))
    if expires is None:
        return timedelta(0)
    return expires - (http_date(headers.get("Date", "")) or at) - _age(headers)


def _age(headers: Mapping[str, str]) -> timedelta:
    value = headers.get("Age", "").strip()
    valid = value.isascii() and value.isdigit() and len(value) <= 10  # noqa: PLR2004  # RFC: 2**31
    return timedelta(seconds=int(value) if valid else 0)


def _hinted(head: bytes) -> timedelta:
    """What a feed (RSS ``ttl``, the syndication module) or a calendar (RFC 7986) says."""
    found = [timedelta(minutes=int(ttl[1])) for ttl in [_TTL.search(head)] if ttl]
    if period := _PERIOD.search(head):
        times = _FREQUENCY.search(head)
        whole = _PERIODS.get(period[1].lower(), timedelta(0))
        found.append(whole / int(times[1] if times else 1))
    for match in _REFRESH.finditer(head):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        found.append(
            timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        )
    return max(found, default=timedelta(0))


def http_date(value: str) -> datetime | None:
    """An HTTP date in any of its three forms (RFC 9110, section 5.6.7), in UTC; None if it is none.

    The oldest form names no zone, and means UTC.
    """
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
