"""Calendars: what is mended, what is refused, and how far a rule may run."""

import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.readers.ics import read
from harvester.readers.ics_split import split
from harvester.records import Content, Issue, ReadError, ReadOptions, Record, Window

WINDOW = Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
ONE = "UID:a\nDTSTART:20260501T100000Z\nSUMMARY:Fête"


def events(*blocks: str, head: str = "", timezone: str = "Europe/Paris") -> list[Record | Issue]:
    inner = "\n".join(f"BEGIN:VEVENT\n{block}\nEND:VEVENT" for block in blocks)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}\n{inner}\nEND:VCALENDAR\n"
    return body(text.encode(), timezone=timezone)


def body(data: bytes, *, charset: str = "", timezone: str = "Europe/Paris") -> list[Record | Issue]:
    return list(read(Content(data, charset=charset), ReadOptions(WINDOW, timezone)))


def data(found: list[Record | Issue]) -> list[dict[str, Any]]:
    return [one.data for one in found if isinstance(one, Record)]


def codes(found: list[Record | Issue]) -> list[str]:
    return [one.code for one in found if isinstance(one, Issue)]


def starts(found: list[Record | Issue], kind: str = "occurrence") -> list[str]:
    return [one["start"] for one in data(found) if one["type"] == kind]


CALENDAR = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{ONE}\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize("end", ["\r\r\n", "\r\n", "\r", "\n", "\r\n\r\n"])
def test_line_ends_of_every_sort_are_mended(end: str) -> None:
    found = body(CALENDAR.replace("\n", end).encode())
    assert [one["summary"] for one in data(found)] == ["Fête"]
    assert codes(found) == []


@pytest.mark.parametrize(
    ("encoding", "charset", "told"),
    [
        ("utf-8", "", []),
        ("utf-8-sig", "utf-8", []),
        ("utf-16", "", []),
        ("utf-16-le", "", []),
        ("utf-32-be", "", []),
        ("latin-1", "utf-8", ["encoding"]),
        ("latin-1", "iso-8859-1", []),
        ("cp1252", "", ["encoding"]),
        ("utf-8", "iso-8859-1", []),
    ],
)
def test_the_encoding_is_found_whatever_is_declared(
    encoding: str, charset: str, told: list[str]
) -> None:
    found = body(CALENDAR.encode(encoding), charset=charset)
    assert [one["summary"] for one in data(found)] == ["Fête"]
    assert codes(found) == told


def test_nul_characters_are_left_out() -> None:
    assert data(body(CALENDAR.replace("Fête", "F\0ête").encode()))[0]["summary"] == "Fête"


def test_several_calendars_in_one_body_are_read_together() -> None:
    second = CALENDAR.replace("UID:a", "UID:b")
    assert [one["uid"] for one in data(body((CALENDAR + second).encode()))] == ["a", "b"]


def test_a_valid_calendar_without_events_yields_nothing() -> None:
    assert events() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty body"),
        (b"  \r\n", "empty body"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"\xef\xbb\xbf<!-- x --><HTML lang=fr>", "web page"),
        (b'{"message": "Group not found"}', "JSON"),
        (b'<?xml version="1.0"?><rss/>', "XML"),
        (b"%PDF-1.4 ...", "not iCalendar"),
        (CALENDAR.replace("END:VEVENT\nEND:VCALENDAR\n", "").encode(), "cut short"),
        (b"BEGIN:VCALENDAR\nVERSION:2.0\n", "cut short before its first event"),
        (b"BEGIN:VCARD\nVERSION:4.0\nFN:X\nEND:VCARD\n", "not iCalendar — check the address"),
        (bytes(5_000), "empty body"),
    ],
)
def test_what_is_no_calendar_says_what_it_is(content: bytes, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        body(content)
    assert words in str(caught.value)


def test_a_missing_end_of_calendar_is_told_and_its_events_are_read() -> None:
    found = body(CALENDAR.removesuffix("END:VCALENDAR\n").encode())
    assert [one["uid"] for one in data(found)] == ["a"]
    assert codes(found) == ["ics-no-end"]


def test_an_event_that_icalendar_refuses_does_not_lose_the_others() -> None:
    found = events("UID:x\nDTSTART:20260132T100000Z\nGEO:ici", ONE)
    assert [one["uid"] for one in data(found)] == ["a"]
    (issue,) = [one for one in found if isinstance(one, Issue)]
    assert (issue.code, issue.severity, issue.key) == ("ics-bad-date", "error", ("x",))
    assert issue.where == "VEVENT 1, line 4"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=10",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=DAILY;UNTIL=20250101",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5",
        "FREQ=YEARLY;RSCALE=CHINESE",
        "FREQ=WEEKLY;UNTL=20260601",
        "FREQ=SOMETIMES",
        "FREQ=WEEKLY;BYDAY=XX",
        "COUNT=3",
        "FREQ=WEKLY",
        "FREQ=WEEKLY;UNTIL=2026",
        "FREQ=WEEKLY;UNTIL=bientôt",
        "FREQ=WEEKLY;COUNT=-5",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;COUNT=beaucoup",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=-32",
        "FREQ=YEARLY;BYYEARDAY=367",
        "n'importe quoi",
    ],
)
def test_a_rule_that_must_not_be_expanded_leaves_a_single_event(rule: str) -> None:
    found = events(f"{ONE}\nRRULE:{rule}")
    assert [one["type"] for one in data(found)] == ["event"]
    assert [(one.code, one.key) for one in found if isinstance(one, Issue)] == [
        ("ics-bad-rule", ("a",))
    ]


def test_a_rule_until_the_last_second_of_time_is_expanded_like_any_other() -> None:
    found = events(f"{ONE}\nRRULE:FREQ=MONTHLY;UNTIL=99991231T235959Z")
    assert len(starts(found)) == 11
    assert data(found)[0]["rule"]["until"] == "9999-12-31T23:59:59+00:00"


@pytest.mark.parametrize(
    ("start", "until", "told"),
    [
        ("DTSTART:20260501T100000Z", "20260901", "2026-09-02T01:59:59+02:00"),
        ("DTSTART;TZID=Europe/Paris:20260501T100000", "20260901", "2026-09-01T23:59:59+02:00"),
        (
            "DTSTART;TZID=Europe/Paris:20260501T100000",
            "20260901T100000",
            "2026-09-01T10:00:00+02:00",
        ),
        ("DTSTART;VALUE=DATE:20260501", "20260901T220000Z", "2026-09-01"),
        ("DTSTART;VALUE=DATE:20260501", "20260901", "2026-09-01"),
    ],
)
def test_the_end_of_a_rule_is_told_as_its_start_is(start: str, until: str, told: str) -> None:
    """A series that starts at a time and ends on a day would be refused by its shape."""
    found = events(f"UID:a\n{start}\nSUMMARY:Yoga\nRRULE:FREQ=WEEKLY;UNTIL={until}")
    assert data(found)[0]["rule"]["until"] == told


def test_a_zone_whose_name_is_no_name_of_a_file_loses_no_event() -> None:
    found = events(f"UID:a\nDTSTART;TZID={'Z' * 5_000}:20260501T100000\nSUMMARY:Fête")
    assert [one["start"] for one in data(found)] == ["2026-05-01T10:00:00+02:00"]
    assert codes(found) == ["ics-unknown-zone"]


def test_nul_characters_after_the_end_do_not_make_it_utf_16() -> None:
    assert [one["summary"] for one in data(body(CALENDAR.encode() + bytes(5_000)))] == ["Fête"]


def test_an_empty_rule_is_none() -> None:
    found = events(f"{ONE}\nRRULE:")
    assert [one["type"] for one in data(found)] == ["event"]
    assert codes(found) == []


def test_a_rule_that_cannot_be_read_is_told_with_the_key_that_its_event_ends_up_with() -> None:
    other = ONE.replace("Fête", "Bal").replace("0501", "0502")
    found = events(f"{ONE}\nRRULE:FREQ=WEKLY", other)
    told = [one.key for one in found if isinstance(one, Issue) and one.code == "ics-bad-rule"]
    assert told == [("a#20260501T100000Z",)]
    assert told[0] in [one.key for one in found if isinstance(one, Record)]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("UID:x\nDTSTART:2026-06-13", "ics-bad-date"),
        ("UID:x\nDTSTART:20260613T25", "ics-bad-date"),
        ("UID:x\nDTSTART:09990101T100000Z", "ics-bad-date"),
        ("UID:x\nDTSTART;VALUE=DATE:demain", "ics-bad-date"),
        ("UID;X-A=b:x\nDTSTART:2026-06-13", "ics-bad-date"),
        ("UID:x\nSUMMARY:Bal", "ics-no-start"),
        ("UID:x\nDTSTART:", "ics-no-start"),
        ("UID:x\nDTSTART:20260613\nRECURRENCE-ID:le 13", "ics-bad-date"),
    ],
)
def test_an_event_left_out_is_told_with_its_key(event: str, code: str) -> None:
    found = events(event, ONE)
    assert [one.key for one in found if isinstance(one, Record)] == [("a",)]
    (error,) = [one for one in found if isinstance(one, Issue) and one.severity == "error"]
    assert (error.code, error.key) == (code, ("x",))


def test_a_changed_date_left_out_is_told_with_its_own_key() -> None:
    series = "UID:a\nDTSTART:20260505T180000Z\nRRULE:FREQ=WEEKLY;COUNT=2"
    found = events(series, "UID:a\nRECURRENCE-ID:20260512T180000Z\nDTSTART:2026-05-13")
    (error,) = [one for one in found if isinstance(one, Issue) and one.severity == "error"]
    assert error.key == ("a", "20260512T180000Z")


def kept_of(found: list[Record | Issue]) -> Counter[str]:
    kinds = [one for one in found if isinstance(one, Record) and one.data["type"] == "occurrence"]
    return Counter(one.key[0] for one in kinds)


def test_a_source_keeps_5000_dates_shared_fairly_and_says_so_once() -> None:
    daily = [f"UID:d{n}\nDTSTART:20260501T100000Z\nRRULE:FREQ=DAILY" for n in range(50)]
    monthly = "UID:m\nDTSTART:20260501T100000Z\nRRULE:FREQ=MONTHLY"
    moved = "UID:d0\nRECURRENCE-ID:20270301T100000Z\nDTSTART:20270301T120000Z"
    single = ONE.replace("20260501", "20290501")
    found = events(*daily, monthly, moved, single)
    kept = kept_of(found)
    assert kept["m"] == 11
    assert kept["d0"] - 1 == kept["d1"] == kept["d49"] == 99
    assert sum(kept.values()) - 1 <= 5_000
    assert starts(found)[:2] == ["2026-05-01T12:00:00+02:00", "2026-05-02T12:00:00+02:00"]
    assert starts(found, "event") == ["2029-05-01T12:00:00+02:00"]
    assert codes(found) == ["ics-too-many-dates"]


def test_thousands_of_daily_rules_are_not_all_worked_out() -> None:
    daily = [f"UID:d{n}\nDTSTART:20260501T100000Z\nRRULE:FREQ=DAILY" for n in range(1_000)]
    before = time.process_time()
    found = events(*daily)
    assert time.process_time() - before < 8
    assert set(kept_of(found).values()) == {5}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=WEEKLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYSETPOS=366;BYDAY=MO",
        "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1",
    ],
)
def test_a_rule_that_no_date_fits_is_refused_without_a_long_search(rule: str) -> None:
    before = time.process_time()
    found = events(f"{ONE}\nRRULE:{rule}")
    assert time.process_time() - before < 2
    assert codes(found) == ["ics-bad-rule"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=1000",
        "FREQ=DAILY;INTERVAL=1000000000000",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(str(day) for day in range(1, 366)),
    ],
)
def test_a_bomb_goes_off_inside_its_bounds(rule: str) -> None:
    before = time.process_time()
    found = events(f"{ONE}\nRRULE:{rule}")
    assert time.process_time() - before < 2
    assert 1 <= len(data(found)) <= 401
    assert data(found)[0]["uid"] == "a"


def test_a_series_keeps_400_dates_and_says_so() -> None:
    found = events(f"{ONE}\nRRULE:FREQ=DAILY;BYHOUR=8,18")
    assert len(starts(found)) == 400
    assert codes(found) == ["ics-many-occurrences"]


def test_a_daily_rule_of_the_seventeenth_century_is_not_walked() -> None:
    found = events("UID:a\nDTSTART:16040101T100000Z\nRRULE:FREQ=DAILY")
    assert codes(found) == ["ics-bad-rule"]


def test_a_birthday_of_1604_as_address_books_write_it_comes_every_year() -> None:
    found = events("UID:a\nDTSTART;VALUE=DATE:16040607\nRRULE:FREQ=YEARLY\nSUMMARY:Fête")
    assert starts(found) == ["2026-06-07"]


def test_a_time_of_local_mean_time_is_written_in_utc() -> None:
    found = events("UID:a\nDTSTART;TZID=Europe/Paris:18600607T120000")
    assert starts(found, "event") == ["1860-06-07T11:50:39+00:00"]


def test_the_hour_of_a_series_does_not_move_with_summer_time() -> None:
    found = events(
        "UID:a\nDTSTART;TZID=Europe/Paris:20261020T180000\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:x"
    )
    assert starts(found) == ["2026-10-20T18:00:00+02:00", "2026-10-27T18:00:00+01:00"]


def test_a_series_in_utc_follows_the_clock_that_its_calendar_names() -> None:
    series = "UID:a\nDTSTART:20261020T160000Z\nRRULE:FREQ=WEEKLY;COUNT=2"
    named = events(series, head="X-WR-TIMEZONE:Europe/Paris")
    assert starts(named) == ["2026-10-20T18:00:00+02:00", "2026-10-27T18:00:00+01:00"]
    assert starts(events(series)) == ["2026-10-20T18:00:00+02:00", "2026-10-27T17:00:00+01:00"]


def test_an_exdate_at_midnight_takes_a_whole_day_out() -> None:
    found = events(
        "UID:a\nDTSTART;VALUE=DATE:20260505\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260506T000000"
    )
    assert starts(found) == ["2026-05-05", "2026-05-07"]


def test_a_whole_day_as_an_exdate_takes_out_the_hour_of_that_day() -> None:
    found = events(
        "UID:a\nDTSTART;TZID=Europe/Paris:20260505T180000\nRRULE:FREQ=DAILY;COUNT=3\n"
        "EXDATE;VALUE=DATE:20260506"
    )
    assert len(starts(found)) == 2


def test_an_until_that_is_a_day_includes_that_day() -> None:
    found = events(
        "UID:a\nDTSTART;TZID=Europe/Paris:20260505T180000\nRRULE:FREQ=WEEKLY;UNTIL=20260512"
    )
    assert len(starts(found)) == 2


def test_a_moved_date_replaces_that_of_the_rule_even_written_as_a_day() -> None:
    found = events(
        "UID:a\nDTSTART;TZID=Europe/Paris:20260505T180000\nRRULE:FREQ=WEEKLY;COUNT=2",
        "UID:a\nRECURRENCE-ID;VALUE=DATE:20260512\nDTSTART;TZID=Europe/Paris:20260513T180000",
    )
    assert starts(found) == ["2026-05-05T18:00:00+02:00", "2026-05-13T18:00:00+02:00"]
    assert data(found)[2]["previous_start"] == "2026-05-12T18:00:00+02:00"


def test_a_changed_date_that_an_exdate_takes_back_is_cancelled() -> None:
    found = events(
        "UID:a\nDTSTART:20260505T180000Z\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20260512T180000Z",
        "UID:a\nRECURRENCE-ID:20260512T180000Z\nDTSTART:20260512T190000Z",
    )
    assert [one.get("status") for one in data(found)] == [None, None, "CANCELLED"]


def test_the_later_edition_of_an_event_wins_by_sequence_then_by_modification() -> None:
    found = events(
        "UID:a\nDTSTART:20260505T180000Z\nSUMMARY:Neuf\nLAST-MODIFIED:20260401T000000Z",
        "UID:a\nDTSTART:20260505T180000Z\nSUMMARY:Vieux\nLAST-MODIFIED:20260301T000000Z",
    )
    assert [one["summary"] for one in data(found)] == ["Neuf"]
    assert codes(found) == ["ics-duplicate"]


def test_an_event_moved_by_a_later_edition_is_there_once() -> None:
    found = events(
        "UID:a\nDTSTART:20260505T180000Z\nSUMMARY:Bal\nSEQUENCE:0",
        "UID:a\nDTSTART:20260506T180000Z\nSUMMARY:Bal\nSEQUENCE:1",
    )
    assert starts(found, "event") == ["2026-05-06T20:00:00+02:00"]


def test_a_zone_that_one_calendar_invents_is_unknown_to_the_next() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Chez nous\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0700\nTZOFFSETTO:+0700\nEND:STANDARD\nEND:VTIMEZONE"
    )
    event = "UID:a\nDTSTART;TZID=Chez nous:20260501T100000"
    assert starts(events(event, head=zone), "event") == ["2026-05-01T10:00:00+07:00"]
    found = events(event)
    assert starts(found, "event") == ["2026-05-01T10:00:00+02:00"]
    assert codes(found) == ["ics-unknown-zone"]


def test_times_in_utc_are_shown_by_the_clock_of_the_source() -> None:
    assert starts(events(ONE, timezone="Indian/Reunion"), "event") == ["2026-05-01T14:00:00+04:00"]


@pytest.mark.parametrize(
    "title",
    [
        "ANNULÉ : bal",
        "[Annulé] bal",
        "Bal (annulée)",
        "Cancelled: ball",
        "Bal - SUPPRIMÉ",
        "Annule bal",
        "ANNULÉ et reporté à une date ultérieure : bal",
    ],
)
def test_a_cancellation_written_in_the_title_is_understood(title: str) -> None:
    found = events(f"UID:a\nDTSTART:20260501T100000Z\nSUMMARY:{title}")
    assert data(found)[0]["status"] == "CANCELLED"
    assert data(found)[0]["summary"] == title
    assert codes(found) == ["ics-cancelled-in-title"]


@pytest.mark.parametrize(
    "title",
    [
        "REPORTÉ : bal",
        "[Reporté] bal",
        "Bal - REPORTÉ",
        "Bal (postponed)",
        "Postponed: ball",
        "Bal reporté à une date qui reste à fixer",
        "Soirée reportée à une autre date",
    ],
)
def test_an_event_put_off_in_the_title_is_postponed_and_not_cancelled(title: str) -> None:
    found = events(f"UID:a\nDTSTART:20260501T100000Z\nSTATUS:CONFIRMED\nSUMMARY:{title}")
    assert data(found)[0]["status"] == "POSTPONED"
    assert codes(found) == ["ics-postponed-in-title"]


def test_a_title_does_not_revive_what_the_calendar_cancels() -> None:
    found = events("UID:a\nDTSTART:20260501T100000Z\nSTATUS:CANCELLED\nSUMMARY:Reporté : bal")
    assert data(found)[0]["status"] == "CANCELLED"


@pytest.mark.parametrize("title", ["Annuler sa carte", "Les reporters", "Bal annulable", "Report"])
def test_a_title_that_only_resembles_one_is_left_alone(title: str) -> None:
    assert "status" not in data(events(f"UID:a\nDTSTART:20260501T100000Z\nSUMMARY:{title}"))[0]


def test_an_event_without_uid_keeps_the_same_key_from_one_read_to_the_next() -> None:
    one, again = (events("DTSTART:20260501T100000Z\nSUMMARY:Bal") for _ in range(2))
    assert data(one)[0]["uid"] == data(again)[0]["uid"]
    assert codes(one) == ["ics-no-uid"]


@pytest.mark.parametrize(
    "unit",
    ["\n", " ", "\r", "\t\n", "BEGIN:A\n", "BEGIN:VEVENT\n", "END:A\n", "BEGIN:A\nEND:B\n", "x"],
)
@pytest.mark.parametrize("head", ["", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"])
def test_a_million_hostile_characters_are_split_within_a_second(unit: str, head: str) -> None:
    text = head + (unit * 1_000_000)[:1_000_000]
    before = time.process_time()
    with suppress(ReadError):
        split(Content(text.encode()))
    assert time.process_time() - before < 1.5


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_end_with_records_issues_or_a_read_error(tail: bytes) -> None:
    with suppress(ReadError):
        body(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260501\n" + tail)


LINES = st.lists(
    st.sampled_from(
        [
            "BEGIN:VEVENT",
            "END:VEVENT",
            "BEGIN:VALARM",
            "END:VALARM",
            "END:VCALENDAR",
            "UID:a",
            "DTSTART:20260501T100000Z",
            "DTSTART;VALUE=DATE:20260501",
            "DTEND:20260501T110000",
            "DURATION:PT1H",
            "RRULE:FREQ=WEEKLY;COUNT=3",
            "EXDATE:20260508",
            "RDATE;VALUE=PERIOD:20260601T100000Z/PT2H",
            "RECURRENCE-ID:20260508T100000Z",
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260508",
            "SEQUENCE:x",
            " suite",
        ]
    ),
    max_size=40,
)


@given(LINES)
@settings(max_examples=200, deadline=timedelta(seconds=2))
def test_lines_in_any_order_never_break_the_reader(lines: list[str]) -> None:
    try:
        found = body("\n".join(["BEGIN:VCALENDAR", *lines]).encode())
    except ReadError:
        return
    keys = [one.key for one in found if isinstance(one, Record)]
    assert len(keys) == len(set(keys))
