"""Calendars (RFC 5545) with rules that never end, dates that never were, and broken lines."""

from __future__ import annotations

from tests.resilience.bad import Bad, emptied, failed, stored
from tests.resilience.nodes import calendar, event

NEW = event("neuf", "Loto")
TOO_MUCH = "ics-bad-rule"


def strange(*lines: str, start: str = "DTSTART:20260701T180000Z") -> bytes:
    """A calendar with a sound new event, and one with these lines."""
    return calendar(NEW, event("etrange", "Bal", *lines, start=start))


def rule(text: str, start: str = "DTSTART:20260701T180000Z") -> bytes:
    """A series with this RRULE."""
    return strange(f"RRULE:{text}", start=start)


def zoned(*lines: str) -> bytes:
    """An event in a zone that these lines define."""
    told = ["BEGIN:VTIMEZONE", "TZID:Ici", *lines, "END:VTIMEZONE", ""]
    return calendar(
        "\r\n".join(told), event("neuf", "Loto", start="DTSTART;TZID=Ici:20260701T180000")
    )


DATES = ",".join(
    f"{2000 + n // 300:04}{1 + n % 12:02}{1 + n % 25:02}T100000Z" for n in range(20_000)
)
DAILY_ZONE = (
    "BEGIN:STANDARD",
    "DTSTART:00010101T000000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=SECONDLY",
    "END:STANDARD",
)

RULES = (
    stored("every-second", "ics", rule("FREQ=SECONDLY;COUNT=1000000000"), TOO_MUCH),
    stored("every-minute", "ics", rule("FREQ=MINUTELY"), TOO_MUCH),
    stored("every-hour", "ics", rule("FREQ=HOURLY"), TOO_MUCH),
    stored("interval-zero", "ics", rule("FREQ=DAILY;INTERVAL=0"), TOO_MUCH),
    stored("a-negative-interval", "ics", rule("FREQ=DAILY;INTERVAL=-1"), TOO_MUCH),
    stored("an-immense-interval", "ics", rule("FREQ=YEARLY;INTERVAL=99999999999")),
    stored("count-of-a-billion", "ics", rule("FREQ=DAILY;COUNT=1000000000"), TOO_MUCH),
    stored("count-zero", "ics", rule("FREQ=DAILY;COUNT=0"), TOO_MUCH),
    stored("until-before-the-start", "ics", rule("FREQ=DAILY;UNTIL=20200101T000000Z"), TOO_MUCH),
    stored("until-that-is-no-date", "ics", rule("FREQ=DAILY;UNTIL=jamais"), TOO_MUCH),
    stored("until-year-9999", "ics", rule("FREQ=WEEKLY;UNTIL=99991231T235959Z")),
    stored("no-frequency", "ics", rule("INTERVAL=2"), TOO_MUCH),
    stored("a-frequency-that-is-none", "ics", rule("FREQ=SOMETIMES"), TOO_MUCH),
    stored("the-99th-monday", "ics", rule("FREQ=MONTHLY;BYDAY=99MO"), TOO_MUCH),
    stored("the-31st-of-february", "ics", rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"), TOO_MUCH),
    stored("month-13", "ics", rule("FREQ=YEARLY;BYMONTH=13"), TOO_MUCH),
    stored(
        "a-day-of-every-second",
        "ics",
        rule(
            "FREQ=DAILY;BYHOUR="
            + ",".join(map(str, range(24)))
            + ";BYMINUTE="
            + ",".join(map(str, range(60)))
            + ";BYSECOND="
            + ",".join(map(str, range(60)))
        ),
        TOO_MUCH,
    ),
    stored("every-day-since-year-1", "ics", rule("FREQ=DAILY", start="DTSTART:00010101T000000Z")),
    stored("a-rule-of-100-kB", "ics", rule("FREQ=DAILY;BYMONTHDAY=" + ",".join(["1"] * 50_000))),
    stored("fifty-rules", "ics", strange(*["RRULE:FREQ=WEEKLY"] * 50)),
    stored("an-unknown-calendar", "ics", rule("RSCALE=CHINESE;FREQ=YEARLY"), TOO_MUCH),
    stored("rubbish-for-a-rule", "ics", rule("=;=;;FREQ"), TOO_MUCH),
    stored("twenty-thousand-dates", "ics", strange(f"RDATE:{DATES}")),
    stored("twenty-thousand-exceptions", "ics", strange("RRULE:FREQ=WEEKLY", f"EXDATE:{DATES}")),
    stored(
        "exceptions-that-are-none", "ics", strange("RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE:demain")
    ),
    stored(
        "fifty-daily-series-without-end",
        "ics",
        calendar(NEW, *(event(f"s{n}", "Permanence", "RRULE:FREQ=DAILY") for n in range(50))),
    ),
)

TIMES = (
    stored("ends-in-year-9999", "ics", strange("DTEND:99991231T235959Z")),
    stored("lasts-a-hundred-million-days", "ics", strange("DURATION:P99999999D")),
    stored("lasts-less-than-nothing", "ics", strange("DURATION:-P3D"), "ics-end-before-start"),
    stored(
        "ends-before-it-starts", "ics", strange("DTEND:20200101T000000Z"), "ics-end-before-start"
    ),
    stored("starts-in-year-0", "ics", strange(start="DTSTART:00000101T000000Z"), "ics-bad-date"),
    stored(
        "starts-in-year-10000", "ics", strange(start="DTSTART:100000101T000000Z"), "ics-bad-date"
    ),
    stored(
        "starts-on-the-30th-of-february",
        "ics",
        strange(start="DTSTART:20260230T100000Z"),
        "ics-bad-date",
    ),
    stored("starts-on-saturday", "ics", strange(start="DTSTART:samedi"), "ics-bad-date"),
    stored(
        "starts-at-25-o-clock", "ics", strange(start="DTSTART:20260701T250000Z"), "ics-bad-date"
    ),
    stored("starts-twice", "ics", strange("DTSTART:20260702T180000Z")),
    stored("does-not-start", "ics", strange(start="X-NO:1"), "ics-no-start"),
    stored(
        "in-the-hour-that-is-skipped",
        "ics",
        strange(start="DTSTART;TZID=Europe/Paris:20270328T023000"),
    ),
    stored(
        "a-path-for-a-zone",
        "ics",
        strange(start="DTSTART;TZID=../../../etc/passwd:20260701T180000"),
        "ics-unknown-zone",
    ),
    stored(
        "a-zone-of-100-kB",
        "ics",
        strange(start=f"DTSTART;TZID={'Z' * 100_000}:20260701T180000"),
        "ics-unknown-zone",
    ),
    stored("a-zone-without-rules", "ics", zoned()),
    stored("a-zone-that-changes-each-second", "ics", zoned(*DAILY_ZONE)),
    stored(
        "a-zone-99-hours-off",
        "ics",
        zoned(
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            "TZOFFSETFROM:+9999",
            "TZOFFSETTO:+9999",
            "END:STANDARD",
        ),
    ),
)

STRUCTURE = (
    failed("cut-inside-an-event", "ics", calendar(NEW)[:110], "cut short"),
    failed(
        "cut-after-the-first-line",
        "ics",
        b"BEGIN:VCALENDAR\r\n",
        "cut short before its first event",
    ),
    stored(
        "no-end-of-the-calendar",
        "ics",
        calendar(NEW).replace(b"END:VCALENDAR\r\n", b""),
        "ics-no-end",
    ),
    stored(
        "an-event-never-ended",
        "ics",
        calendar(event("etrange", "Bal").replace("END:VEVENT\r\n", ""), NEW),
        "ics-no-end",
    ),
    stored("an-event-in-an-event", "ics", calendar(event("etrange", "Bal", NEW.rstrip()))),
    stored(
        "ten-thousand-calendars-in-one-another",
        "ics",
        b"BEGIN:VCALENDAR\r\n" * 10_000 + NEW.encode() + b"END:VCALENDAR\r\n" * 10_000,
    ),
    stored("ends-without-beginnings", "ics", calendar("END:VEVENT\r\n" * 5_000, NEW)),
    stored(
        "thousands-of-alarms",
        "ics",
        strange(*["BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nACTION:DISPLAY\r\nEND:VALARM"] * 5_000),
    ),
    stored("fifty-thousand-odd-lines", "ics", strange(*[f"X-A{n}:b" for n in range(50_000)])),
    stored(
        "lines-without-colon",
        "ics",
        strange("ceci n'est pas une ligne", "encore"),
        "ics-stray-line",
    ),
    stored("a-parameter-never-closed", "ics", strange('LOCATION;X="a:b'), "ics-bad"),
    stored("folds-of-nothing", "ics", strange(*[" "] * 5_000)),
    stored("two-calendars", "ics", calendar(NEW) + calendar(event("autre", "Bal"))),
    emptied(
        "tasks-alone", "ics", calendar("BEGIN:VTODO\r\nUID:t\r\nSUMMARY:Balayer\r\nEND:VTODO\r\n")
    ),
    emptied("busy-times-alone", "ics", calendar("BEGIN:VFREEBUSY\r\nUID:f\r\nEND:VFREEBUSY\r\n")),
    emptied("no-event-at-all", "ics", calendar()),
    failed(
        "a-visiting-card",
        "ics",
        b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:X\r\nEND:VCARD\r\n",
        "iCalendar",
    ),
    failed(
        "a-calendar-in-json",
        "ics",
        b'["vcalendar", [["version", {}, "text", "2.0"]], []]',
        "iCalendar",
    ),
    failed(
        "a-calendar-in-xml",
        "ics",
        b'<icalendar xmlns="urn:ietf:params:xml:ns:icalendar-2.0"/>',
        "iCalendar",
    ),
)

VALUES = (
    stored("no-uid", "ics", calendar(NEW.replace("UID:neuf@agenda.example\r\n", "")), "ics-no-uid"),
    stored("a-uid-of-100-kB", "ics", calendar(event("u" * 100_000, "Bal"))),
    stored("a-uid-that-breaks-iris", "ics", calendar(event('<> "{}|^`\\ é/../..', "Bal"))),
    stored(
        "the-same-uid-a-thousand-times",
        "ics",
        calendar(*(event("neuf", f"Bal {n}") for n in range(1_000))),
    ),
    stored(
        "a-thousand-changes-of-one-date",
        "ics",
        calendar(
            event("neuf", "Bal", "RRULE:FREQ=WEEKLY;COUNT=3"),
            *(event("neuf", f"Bal {n}", "RECURRENCE-ID:20260620T180000Z") for n in range(1_000)),
        ),
    ),
    stored("a-change-of-no-series", "ics", strange("RECURRENCE-ID:20260620T180000Z")),
    stored("a-change-of-no-date", "ics", strange("RECURRENCE-ID:hier"), "ics-bad"),
    failed("no-title-anywhere", "ics", calendar(event("neuf", "")), "none of its entries"),
    failed(
        "a-title-of-one-megabyte",
        "ics",
        calendar(event("neuf", "Bal " * 250_000)),
        "none of its entries",
        "named-name",
    ),
    stored("an-escape-at-the-end", "ics", strange("LOCATION:Salle\\", "DESCRIPTION:a\\qb\\n\\")),
    stored("a-place-nowhere", "ics", strange("GEO:NaN;Infinity")),
    stored("a-place-beyond-the-world", "ics", strange("GEO:1e400;999")),
    stored(
        "a-file-inside", "ics", strange("ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "QUJD" * 300_000)
    ),
    stored("base64-that-is-none", "ics", strange("ATTACH;ENCODING=BASE64;VALUE=BINARY:@@@")),
    stored(
        "a-status-that-is-none", "ics", strange("STATUS:PEUT-ETRE", "SEQUENCE:-9999999999999999999")
    ),
    stored(
        "five-thousand-guests",
        "ics",
        strange(*[f"ATTENDEE;CN=N:mailto:n{n}@example.org" for n in range(5_000)]),
    ),
    stored(
        "addresses-that-run-in-ics", "ics", strange("URL:javascript:alert(1)", "URL:http://[::1")
    ),
    stored(
        "ten-thousand-categories",
        "ics",
        strange("CATEGORIES:" + ",".join(f"c{n}" for n in range(10_000))),
    ),
)

CASES: tuple[Bad, ...] = (*RULES, *TIMES, *STRUCTURE, *VALUES)
