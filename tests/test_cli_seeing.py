"""Seeing before saving, as a person at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.harvester.test_runs import BAL, calendar
from tests.loopback import Page, loopback_site
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


def test_an_address_is_previewed_as_what_it_is_recognised_as(
    enbauges: Enbauges, config: Path
) -> None:
    with loopback_site() as site:
        site.pages["/agenda"] = Page(calendar(BAL))
        address = (f"{site.url}/agenda", "--allow-private", "--json")
        plain = json.loads(enbauges("source", "preview", *address).stdout)
        assert (plain["kind"], plain["outcome"], plain["added"]) == ("ics", "committed", 1)
        assert site.asked == ["/agenda"], "it is asked once"
        wrong = enbauges("source", "preview", *address, "--kind", "feed")
        assert wrong.exit_code == 1
        assert enbauges("source", "preview", *address, "--kind", "isc").exit_code == 2
    assert enbauges("source", "preview", "mairie", "--kind", "ics").exit_code == 2
    assert not (config.parent / "var").exists()


def test_a_source_of_which_nothing_can_be_used_is_exit_code_one(
    enbauges: Enbauges, config: Path
) -> None:
    config.write_text(HEAD + SICK, encoding="utf-8")
    told = enbauges("source", "preview", "malade")
    assert told.exit_code == 1
    assert "web page" in " ".join(told.stdout.split())


PLACES = """
[[source]]
id = "lieux"
kind = "csv"
url = "sample:lieux-d-accueil"
title = "Lieux d'accueil"
publisher = "Réseau"
licence = "etalab-2.0"
"""
MAPPING = """\
prefixes: {schema: "https://schema.org/", eb: "https://w3id.org/enbauges/ns#"}
sources:
  records: [records.json~jsonpath, "$.records[*]"]
mappings:
  place:
    sources: records
    s: $(_record.iri)
    po:
      - [a, [schema:Place, eb:SourceRecord]]
      - [schema:name, $(Nom du lieu), fr~lang]
"""


def remapped(config: Path) -> None:
    """Give the source a mapping of its own, other than the one it was harvested with."""
    file = config.parent / "lieux.yml"
    file.write_text(MAPPING, encoding="utf-8")
    config.write_text(f'{HEAD}{PLACES}mapping = "{file}"\n', encoding="utf-8")


def test_a_replay_shows_and_commits_only_when_it_is_told_to(
    enbauges: Enbauges, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(HEAD + PLACES, encoding="utf-8")
    enbauges("harvest")
    remapped(config)
    shown = enbauges("harvest", "--replay", language="fr")
    assert shown.exit_code == 0, shown.output
    assert "schema:address (adresse)" in shown.stdout
    assert "rien de cela n'a été écrit" in shown.stdout
    told = json.loads(enbauges("harvest", "--replay", "lieux", "--json").stdout)
    assert told["generation"] is None
    assert told["sources"][0]["differences"][0]["removed"] > 50
    with monkeypatch.context() as terminal:
        terminal.setattr("commands.replaying.is_person", lambda: True)
        terminal.setattr("click.prompt", lambda *_, **__: "")
        assert "published" not in enbauges("harvest", "--replay").stdout
        terminal.setattr("click.prompt", lambda *_, **__: "oui")
        assert "generation 2 published" in enbauges("harvest", "--replay").stdout
    again = enbauges("harvest", "--replay", "--yes")
    assert "Nothing changes" in again.stdout
    assert "published" not in again.stdout


def test_a_script_commits_a_replay_with_yes(enbauges: Enbauges, config: Path) -> None:
    config.write_text(HEAD + PLACES, encoding="utf-8")
    enbauges("harvest")
    remapped(config)
    told = json.loads(enbauges("harvest", "--replay", "--yes", "--json").stdout)
    assert told["generation"] == 2


def test_a_replay_asks_no_source_and_so_cannot_be_forced(enbauges: Enbauges) -> None:
    for options in (("--replay", "--force"), ("--yes",), ("--replay", "--dry-run")):
        assert enbauges("harvest", *options).exit_code == 2
    assert enbauges("harvest", "--replay").exit_code == 1, "nothing is kept yet"


def test_a_check_tells_each_source_and_is_exit_code_one_where_somebody_must_act(
    enbauges: Enbauges, config: Path
) -> None:
    well = enbauges("source", "check", language="fr")
    assert well.exit_code == 0, well.output
    assert "réponse" in well.stdout
    assert "rien ne s'y oppose" in well.stdout
    config.write_text(HEAD + CALENDAR + SICK, encoding="utf-8")
    told = enbauges("source", "check", "--json")
    assert told.exit_code == 1
    wrong = {each["source"]: each["wrong"] for each in json.loads(told.stdout)}
    assert wrong == {"mairie": False, "malade": True}
    assert enbauges("source", "check", "mairie").exit_code == 0
    assert not (config.parent / "var").exists()
