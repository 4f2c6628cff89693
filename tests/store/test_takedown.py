"""What is barred, by hashes only."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.errors import StoreError
from store.takedown import (
    Takedowns,
    load,
    record_takedown,
    save,
    source_takedown,
    text_takedown,
)

KEY, AT = "00" * 16, "2026-05-04T12:00:00+00:00"


def barring(text: str) -> Takedowns:
    return Takedowns().with_(text_takedown(text, KEY, AT))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Hélène Zorglub", "Avec HELENE  ZORGLUB, au chalet"),
        ("Hélène Zorglub", "Avec <b>Hélène</b> Zorglub"),
        ("Hélène Zorglub", "avec H&eacute;l&egrave;ne&nbsp;Zorglub"),
        ("Hélène Zorglub", "https://blog.example/helene-zorglub/portrait"),
        ("Hélène Zorglub", "https://blog.example/H%C3%A9l%C3%A8ne_Zorglub"),
        ("helene.zorglub@mail.example", "Écrire à helene.zorglub@mail.example."),
        ("Cœur de Zorglub", "le coeur de zorglub"),
        ("06 01 02 03 04", "tél. 0601020304"),
        ("0601020304", "tél. 06.01.02.03.04, le soir"),
        ("06 01 02 03 04", "+33 6 01 02 03 04"),
        ("+33 6 01 02 03 04", "06-01-02-03-04"),
        ("Zorg\u00adlub", "zorglub"),
    ],
)
def test_a_text_is_found_however_it_is_written(text: str, inside: str) -> None:
    assert barring(text).bars_text(inside)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Hélène Zorglub", "Hélène, puis Marie Zorglub"),
        ("Zorglub", "Les zorglubiens"),
        ("Zorglub", ""),
        ("0601020304", "06 01 02 03 05"),
        ("0601020304", "le 06 01 à 02 h"),
    ],
)
def test_only_whole_words_in_their_order_are_the_text(text: str, other: str) -> None:
    assert not barring(text).bars_text(other)


def test_a_text_too_short_is_refused() -> None:
    with pytest.raises(StoreError, match="too short"):
        barring("a. b")


def test_a_record_is_barred_with_its_dates_and_its_next_ids() -> None:
    barred = Takedowns().with_(
        record_takedown("mairie", "a", ("event", "Bal", "2026-06-13"), KEY, AT)
    )
    assert barred.bars_record("mairie", "a")
    assert barred.bars_record("mairie", "a/20260613")
    assert barred.bars_thing("mairie", ("event", "Bal", "2026-06-13"))
    assert not barred.bars_record("mairie", "ab")
    assert not barred.bars_record("fete", "a")
    assert not barred.bars_thing("fete", ("event", "Bal", "2026-06-13"))
    assert barred.renamed("mairie", "commune").bars_record("commune", "a")


def test_a_source_is_barred_under_any_id() -> None:
    barred = Takedowns().with_(source_takedown("blog", "https://blog.example/", KEY, AT))
    assert barred.bars_source("blog", "https://elsewhere.example/")
    assert barred.bars_source("other", "https://blog.example/")
    assert not barred.bars_source("other", "https://other.example/")
    assert not barred.bars_record("blog", "a")


def test_the_file_holds_what_is_barred_in_no_readable_form(tmp_path: Path) -> None:
    path = tmp_path / "takedowns.json"
    assert not load(path)
    key = Takedowns().key
    barred = Takedowns().with_(
        text_takedown("Hélène Zorglub", key, AT),
        record_takedown("mairie", "bal-zorglub", None, key, AT),
        source_takedown("zorglub", "https://zorglub.example/", key, AT),
    )
    save(barred, path)
    assert load(path) == barred
    assert "zorglub" not in path.read_text().casefold()
    assert path.stat().st_mode & 0o077 == 0
    assert load(path).key == key != Takedowns().key


def test_a_damaged_file_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "takedowns.json"
    path.write_text("{}")
    with pytest.raises(StoreError, match="would come back"):
        load(path)


def test_the_same_is_barred_once_and_can_be_lifted() -> None:
    barred = barring("Hélène Zorglub")
    again = barred.with_(text_takedown("helene zorglub", KEY, "2027-01-01T00:00:00+00:00"))
    assert again == barred
    assert not barred.without(text_takedown("HÉLÈNE ZORGLUB", KEY, AT))
    assert barred.without(text_takedown("Marie Zorglub", KEY, AT)) == barred
