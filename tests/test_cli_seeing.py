"""Seeing before saving, as a person at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.test_cli import CALENDAR, HEAD, SICK, Enbauges, config, enbauges

__all__ = ["config", "enbauges"]


def test_a_preview_shows_entries_and_the_whole_and_writes_nothing(
    enbauges: Enbauges, config: Path
) -> None:
    told = enbauges("source", "preview", "mairie", "-n", "2", language="fr")
    assert told.exit_code == 0, told.output
    assert "Ce que dit la source" in told.stdout
    assert "Ce qui serait publié" in told.stdout
    assert "schema:startDate (début)" in told.stdout
    assert "Rien n'a été écrit." in told.stdout
    assert "Fiche 2" in told.stdout
    assert "Fiche 3" not in told.stdout
    assert not (config.parent / "var").exists()


def test_a_preview_tells_what_would_change(enbauges: Enbauges, config: Path) -> None:
    enbauges("harvest")
    same = enbauges("source", "preview", "mairie", "--diff")
    assert "Nothing changes: what is stored says the same." in same.stdout
    config.write_text(HEAD + CALENDAR.replace('"Mairie"', '"Commune"'), encoding="utf-8")
    other = enbauges("source", "preview", "mairie", "--diff")
    assert "── provenance  +" in other.stdout


def test_an_address_is_previewed_as_the_kind_that_is_said(enbauges: Enbauges) -> None:
    told = enbauges("source", "preview", "sample:lieux-d-accueil", "--kind", "csv", "--json")
    plain = json.loads(told.stdout)
    assert (plain["kind"], plain["outcome"], plain["new"]) == ("csv", "committed", 6)


def test_an_address_without_a_kind_or_with_a_wrong_one_is_a_misuse(enbauges: Enbauges) -> None:
    without = enbauges("source", "preview", "https://mairie.example/agenda.ics")
    assert without.exit_code == 2
    assert "--kind" in without.stderr
    wrong = enbauges("source", "preview", "https://mairie.example/agenda.ics", "--kind", "isc")
    assert wrong.exit_code == 2
    assert 'did you mean "ics"?' in wrong.stderr


def test_a_source_of_which_nothing_can_be_used_is_exit_code_one(
    enbauges: Enbauges, config: Path
) -> None:
    config.write_text(HEAD + SICK, encoding="utf-8")
    told = enbauges("source", "preview", "malade")
    assert told.exit_code == 1
    assert "web page" in " ".join(told.stdout.split())
