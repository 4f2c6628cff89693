"""Until when a publisher says that its answer holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harvester.fetch.freshness import LONGEST, fresh_until

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def lasting(headers: dict[str, str], body: bytes = b"") -> timedelta | None:
    until = fresh_until(headers, body, NOW)
    return until - NOW if until else None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=3600"}, HOUR),
        ({"Cache-Control": "public, MAX-AGE=3600"}, HOUR),
        ({"Cache-Control": 'max-age="3600"'}, HOUR),
        ({"Cache-Control": "s-maxage=7200"}, None),
        ({"Cache-Control": "max-age=0, must-revalidate"}, None),
        ({"Cache-Control": "no-cache, max-age=3600"}, None),
        ({"Cache-Control": "no-store", "Expires": "Fri, 01 May 2026 09:00:00 GMT"}, None),
        ({"Cache-Control": "max-age=3600", "Age": "600"}, timedelta(minutes=50)),
        ({"Cache-Control": "max-age=3600", "Age": "7200"}, None),
        ({"Cache-Control": "max-age=3600", "Age": "old"}, HOUR),
        ({"Cache-Control": "max-age=31536000"}, LONGEST),
        ({"Cache-Control": "max-age=9999999999"}, LONGEST),
        ({"Cache-Control": "max-age=-5"}, None),
        ({"Expires": "Fri, 01 May 2026 09:00:00 GMT"}, HOUR),
        ({"Expires": "Fri May  1 09:00:00 2026"}, HOUR),
        ({"Expires": "0"}, None),
        ({"Expires": "Thu, 19 Nov 1981 08:52:00 GMT"}, None),
        (
            {
                "Expires": "Fri, 01 May 2026 09:00:00 GMT",
                "Date": "Fri, 01 May 2026 08:30:00 GMT",
            },
            HOUR / 2,
        ),
        (
            {"Cache-Control": "max-age=60", "Expires": "Fri, 01 May 2026 09:00:00 GMT"},
            timedelta(minutes=1),
        ),
    ],
)
def test_headers_say_how_long_an_answer_holds(
    headers: dict[str, str], expected: timedelta | None
) -> None:
    assert lasting(headers) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<rss><channel><ttl>60</ttl><item/></channel></rss>", HOUR),
        (b"<ttl> 90 </ttl>", timedelta(minutes=90)),
        (b"<ttl>bient\xc3\xb4t</ttl>", None),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        (
            b"<sy:updatePeriod>\n\tdaily </sy:updatePeriod>\n<updateFrequency>4</updateFrequency>",
            6 * HOUR,
        ),
        (b"<sy:updatePeriod>weekly</sy:updatePeriod>", timedelta(days=7)),
        (b"<sy:updatePeriod>yearly</sy:updatePeriod>", LONGEST),
        (b"<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        (b"BEGIN:VCALENDAR\r\nREFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n", 12 * HOUR),
        (b"BEGIN:VCALENDAR\r\nX-PUBLISHED-TTL:PT1H30M\r\n", 1.5 * HOUR),
        (b"BEGIN:VCALENDAR\nX-PUBLISHED-TTL:P1D\nREFRESH-INTERVAL:P2D\n", timedelta(days=2)),
        (b"BEGIN:VCALENDAR\r\nREFRESH-INTERVAL;VALUE=DURATION:P1W\r\n", LONGEST),
        (b"BEGIN:VCALENDAR\r\nX-PUBLISHED-TTL:PT\r\n", None),
        (b"BEGIN:VCALENDAR\r\nX-PUBLISHED-TTL:-PT1H\r\n", None),
        (b"DESCRIPTION:see X-PUBLISHED-TTL:PT1H\r\n", None),
    ],
)
def test_feeds_and_calendars_say_it_too(body: bytes, expected: timedelta | None) -> None:
    assert lasting({}, body) == expected


def test_the_later_of_header_and_content_counts() -> None:
    assert lasting({"Cache-Control": "max-age=7200"}, b"<ttl>60</ttl>") == 2 * HOUR
    assert lasting({"Cache-Control": "no-cache"}, b"<ttl>60</ttl>") == HOUR


def test_a_hint_deep_in_a_content_is_the_word_of_an_entry() -> None:
    assert lasting({}, b" " * 20_000 + b"<ttl>60</ttl>") is None
