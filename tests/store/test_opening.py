"""When a place is open in an ordinary week."""

from __future__ import annotations

import pytest

from store.opening import TIMES, open_at


@pytest.mark.parametrize(
    ("hours", "times"),
    [
        ("", ""),
        ("Mo,We 09:00-12:00", "lundi mercredi"),
        ("Mo-Fr 09:00-12:00,14:00-18:00; We off", "lundi mardi jeudi vendredi"),
        ("Tu 14:00-20:00", "mardi mardi-soir"),
        ("Tu 14:00-19:00", "mardi"),
        ("Fr 22:00-02:00", "vendredi vendredi-soir"),
        ("Sa-Mo 10:00-12:00", "samedi dimanche lundi"),
        ("Mo 09:00-12:00, Tu 18:00-21:00", "lundi mardi mardi-soir"),
        ("Mo 09:00-21:00; Mo 09:00-12:00", "lundi"),
        ("Mo-Fr 09:00-12:00; PH off", "lundi mardi mercredi jeudi vendredi"),
        ("Apr-Sep Sa 09:00-12:00; Mo 14:00-16:00", "lundi"),
        ("Mo[2] 18:00-20:00", ""),
        ("Sa 09:00-12:00 && We 14:00-18:00", ""),
        ("du lundi au vendredi", ""),
    ],
)
def test_days_and_evenings_are_read_off_the_hours(hours: str, times: str) -> None:
    assert open_at(hours) == set(times.split())


def test_what_never_closes_is_always_open() -> None:
    assert open_at("24/7") == set(TIMES)
    assert open_at("08:00-18:00") == {time for time in TIMES if "soir" not in time}
