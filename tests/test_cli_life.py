"""The commands for the life of a node and of its sources, as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.node import agreed
from store.changelog import ChangeLog
from tests.test_cli import CALENDAR, EMPTY, HEAD, Enbauges, config, enbauges
from vocab.messages import say

__all__ = ["config", "enbauges"]


def test_backup_and_restore_tell_the_same_hash(enbauges: Enbauges, tmp_path: Path) -> None:
    enbauges("harvest")
    (tmp_path / "backups").mkdir()
    made = enbauges("backup", str(tmp_path / "backups"))
    assert made.exit_code == 0, made.output
    (file,) = (tmp_path / "backups").iterdir()
    assert str(file) in made.stdout
    refused = enbauges("restore", str(file))
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    restored = enbauges("restore", str(file), "--force")
    assert restored.exit_code == 0, restored.output
    assert restored.stdout.splitlines()[1] == made.stdout.splitlines()[1]
    assert "unchanged" in enbauges("harvest").stdout


def test_a_disk_that_is_not_connected_is_not_replaced_by_a_folder(
    enbauges: Enbauges, tmp_path: Path
) -> None:
    enbauges("harvest")
    refused = enbauges("backup", str(tmp_path / "disk"))
    assert refused.exit_code == 1
    assert f"there is no folder {tmp_path / 'disk'}" in refused.stderr
    assert not (tmp_path / "disk").exists()


def test_a_node_whose_file_has_mistakes_is_backed_up_all_the_same(
    enbauges: Enbauges, config: Path, tmp_path: Path
) -> None:
    enbauges("harvest")
    config.write_text(HEAD + CALENDAR.replace("kind", "knid"), encoding="utf-8")
    made = enbauges("backup", str(tmp_path / "node.tar"))
    assert made.exit_code == 0, made.output
    assert "knid" in made.stderr
    assert (tmp_path / "node.tar").exists()


def test_a_source_taken_out_is_spoken_of_until_it_is_said_what_becomes_of_it(
    enbauges: Enbauges, config: Path
) -> None:
    config.write_text(HEAD + CALENDAR + EMPTY, encoding="utf-8")
    enbauges("harvest")
    config.write_text(HEAD + EMPTY, encoding="utf-8")
    for command in ("harvest", "status", "validate"):
        assert "enbauges source retire ID --keep" in enbauges(command).stdout, command
    assert enbauges("source", "retire", "mairie").exit_code == 2
    done = enbauges("source", "retire", "mairie", "--keep")
    assert done.exit_code == 0, done.output
    assert "records stay published" in done.stdout
    for command in ("harvest", "status", "validate"):
        assert "retire" not in enbauges(command).stdout, command
    withdrawn = enbauges("source", "retire", "mairie", "--withdraw")
    assert "records withdrawn" in withdrawn.stdout
    assert "generation 3 published" in withdrawn.stdout


def test_retiring_a_source_of_the_file_is_refused_with_the_remedy(enbauges: Enbauges) -> None:
    enbauges("harvest")
    result = enbauges("source", "retire", "mairie", "--keep", language="fr")
    assert result.exit_code == 1
    assert "enabled = false" in result.stderr
    assert "enlevez d'abord son bloc" in result.stderr


def test_a_paused_source_stays_published_and_is_said_to_be_paused(
    enbauges: Enbauges, config: Path
) -> None:
    enbauges("harvest")
    config.write_text(HEAD + CALENDAR + "enabled = false\n", encoding="utf-8")
    before = enbauges("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").stdout
    assert json.loads(enbauges("harvest", "--json").stdout)["sources"] == []
    assert "paused" in enbauges("status").stdout
    assert "retire" not in enbauges("validate").stdout
    assert enbauges("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").stdout == before


def test_an_id_that_changed_is_refused_with_the_command_that_renames_it(
    enbauges: Enbauges, config: Path
) -> None:
    enbauges("harvest")
    config.write_text(HEAD + CALENDAR.replace('"mairie"', '"commune"'), encoding="utf-8")
    refused = enbauges("harvest")
    assert refused.exit_code == 1
    assert "enbauges source rename mairie commune" in refused.stdout
    renamed = enbauges("source", "rename", "mairie", "commune")
    assert renamed.exit_code == 0, renamed.output
    assert "unchanged" in enbauges("harvest").stdout


# Forgetting

NAMED = 'SELECT ?n { ?e schema:name ?n FILTER(CONTAINS(?n, "Châtelard")) }'


def test_forgetting_lists_first_and_asks(enbauges: Enbauges) -> None:
    enbauges("harvest")
    for words in (("--dry-run",), ()):  # without an answer, the answer is no
        listed = enbauges("forget", "Marché du Châtelard", *words)
        assert "mairie: records that leave:" in listed.stdout
        assert "Marché du Châtelard — https://node.example/id/record/mairie/" in listed.stdout
    assert "Marché du Châtelard" in enbauges("query", NAMED).stdout


def test_what_is_forgotten_stays_out(enbauges: Enbauges) -> None:
    enbauges("harvest")
    done = enbauges("forget", "Marché du Châtelard", "--yes")
    assert done.exit_code == 0, done.output
    assert "no file of this node holds it any more" in done.stdout
    assert "backups made before" in done.stdout
    assert enbauges("harvest", "--force").exit_code == 0
    assert "Marché du Châtelard" not in enbauges("query", NAMED).stdout
    assert enbauges("forget", "--again").exit_code == 0
    lifted = enbauges("forget", "Marché du Châtelard", "--lift")
    assert "barred no more" in lifted.stdout
    enbauges("harvest", "--force")
    assert "Marché du Châtelard" in enbauges("query", NAMED).stdout


def test_the_files_of_the_node_itself_are_never_told_to_be_removed(enbauges: Enbauges) -> None:
    enbauges("harvest")
    word = enbauges("forget", "Concert", "--yes")  # a word of the vocabulary as well
    assert word.exit_code == 0, word.output
    assert "do not remove these files" in word.stdout
    assert "remove this file" not in word.stdout
    event = enbauges("query", "SELECT ?e { ?e a schema:Event } LIMIT 1", "--format", "csv")
    thing = enbauges("forget", event.stdout.split()[-1], "--yes")
    whole = enbauges("forget", "mairie", "--yes")
    for done in (thing, whole):
        assert done.exit_code == 0, done.output
        assert "only the mark stays that says it is gone" in done.stdout
        assert "remove this file" not in done.stdout


@pytest.mark.parametrize(("answer", "forgotten"), [("oui", True), ("Y", True), ("non", False)])
def test_one_agrees_in_either_language(
    answer: str, *, forgotten: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.prompt", lambda *_, **__: answer)
    assert agreed(say("forget it? It cannot be undone")) is forgotten


def test_a_forgetting_that_was_interrupted_is_spoken_of_until_it_is_finished(
    enbauges: Enbauges, config: Path
) -> None:
    enbauges("harvest")
    (config.parent / "var" / "forgetting").touch()
    for command in ("harvest", "status", "validate"):
        assert "enbauges forget --again" in enbauges(command).stdout, command
    assert enbauges("forget", "--again").exit_code == 0
    assert "forget --again" not in enbauges("status").stdout


def test_forgetting_needs_to_know_what(enbauges: Enbauges) -> None:
    assert enbauges("forget").exit_code == 2
    assert enbauges("forget", "x", "--again").exit_code == 2


# Undoing, and reading what was


def test_a_run_is_undone_and_the_history_tells_it(enbauges: Enbauges, config: Path) -> None:
    enbauges("harvest")
    assert enbauges("rollback", "nobody").exit_code == 2
    done = enbauges("rollback", "mairie")
    assert done.exit_code == 0, done.output
    assert "runs undone: 1" in done.stdout
    assert "generation 2 published" in done.stdout
    log = ChangeLog(config.parent / "var" / "changes")
    lines = next(iter(log.entries("mairie"))).changeset.graphs
    record = min(lines["https://node.example/graph/source/mairie"].removed).split(" ")[0][1:-1]
    told = enbauges("history", record)
    assert told.exit_code == 0, told.output
    assert "it is not published now" in told.stdout
    for nothing in ("https://node.example/id/event/jamais", "not an address"):
        unknown = enbauges("history", nothing)
        assert unknown.exit_code == 1, unknown.output
        assert "is the address complete?" in unknown.stderr
    data = json.loads(enbauges("history", record, "--json").stdout)
    assert [each["event"] for each in data["moments"]] == ["appeared", "left"]
    assert enbauges("history", "https://node.example/id/event/none").exit_code == 1


def test_editors_decide_and_take_back_and_the_file_keeps_it(
    enbauges: Enbauges, config: Path, tmp_path: Path
) -> None:
    enbauges("harvest")
    assert "nothing was decided" in enbauges("curate", "list").stdout
    found = enbauges("query", "SELECT ?e { ?e a schema:Event }", "--format", "csv").stdout
    event = found.splitlines()[1]
    hidden = enbauges("curate", "hide", event, "--why", "doublon", "--by", "Camille")
    assert hidden.exit_code == 0, hidden.output
    assert "hidden" in hidden.stdout
    assert "generation 2 published" in hidden.stdout
    wrong = enbauges("curate", "correct", event, "startdat", "2026-12-05")
    assert (wrong.exit_code, "did you mean “startDate”?" in wrong.stderr) == (1, True)
    assert enbauges("curate", "correct", event, "name").exit_code == 2
    listed = enbauges("curate", "list").stdout
    assert "hidden (Camille" in listed
    assert event in listed
    assert "1 decisions, all right" in enbauges("validate").stdout
    file = config.with_name("curation.toml")
    more = f'\n[[pin]]\nentity = "{event}x"\nat = 2026-11-26\n'
    file.write_text(file.read_text("utf-8") + more, encoding="utf-8")
    assert f"nothing was ever published at {event}x" in enbauges("validate").stdout
    enbauges("backup", str(tmp_path / "node.tar"))
    kept = file.read_bytes()
    file.unlink()
    enbauges("restore", str(tmp_path / "node.tar"), "--force")
    assert file.read_bytes() == kept
    assert "shown again" in enbauges("curate", "show", event).stdout
    file.write_text("[[hide]]\nentity = 3\n", encoding="utf-8")
    broken = enbauges("validate")
    assert broken.exit_code == 2
    assert "curation.toml:2: " in broken.stderr
