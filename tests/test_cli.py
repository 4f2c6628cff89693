"""The command line as a person meets it: what it prints, where, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from mappings import platforms
from store.embedded import EmbeddedStore

HEAD = """
[site]
title = "Essai"
base = "https://node.example/"
contact = "contact@node.example"
territory = ["73081"]
"""
CALENDAR = """
[[source]]
id = "mairie"
kind = "ics"
url = "sample:mairie-le-chatelard"
title = "Agenda"
publisher = "Mairie"
licence = "etalab-2.0"
"""
SICK = """
[[source]]
id = "malade"
kind = "ics"
url = "sample:mairie-sainte-reine"
title = "Agenda malade"
publisher = "Mairie"
"""
EMPTY = """
[[source]]
id = "vide"
kind = "feed"
url = "sample:comite-des-fetes-d-arith"
title = "Fil vide"
publisher = "Comité"
"""
Enbauges = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(HEAD + CALENDAR, encoding="utf-8")
    return path


@pytest.fixture
def enbauges(config: Path, monkeypatch: pytest.MonkeyPatch) -> Enbauges:
    monkeypatch.setattr("commands.node.clock", lambda: datetime(2026, 5, 4, 12, tzinfo=UTC))

    def run(*words: str, language: str = "en") -> Result:
        monkeypatch.setenv("ENBAUGES_LANG", language)
        return CliRunner().invoke(cli.main, [*words, "--config", str(config)])

    return run


def test_every_kind_is_told_with_what_it_reads(enbauges: Enbauges) -> None:
    told = json.loads(enbauges("kinds", "--json").stdout)
    assert [each["name"] for each in told] == sorted(platforms())
    assert all(set(each["reads"]) == {"fr", "en"} for each in told)
    for language, words in (("fr", "l'API d'un site"), ("en", "the API of a site")):
        shown = enbauges("kinds", language=language).stdout
        assert "wordpress" in shown
        assert words in shown


def test_harvest_prints_a_table_and_the_generation(enbauges: Enbauges) -> None:
    result = enbauges("harvest")
    assert result.exit_code == 0, result.output
    assert "mairie" in result.stdout
    assert "committed" in result.stdout
    assert "generation 1 published" in result.stdout


def test_a_second_harvest_publishes_nothing(enbauges: Enbauges) -> None:
    enbauges("harvest")
    result = enbauges("harvest")
    assert result.exit_code == 0
    assert "unchanged" in result.stdout
    assert "published" not in result.stdout


def test_force_reads_again_and_still_changes_nothing(enbauges: Enbauges) -> None:
    enbauges("harvest")
    result = enbauges("harvest", "--force", "--json")
    (report,) = json.loads(result.stdout)["sources"]
    assert (report["outcome"], report["quads"]) == ("unchanged", 0)


def test_harvest_tells_machines_in_json(enbauges: Enbauges) -> None:
    told = json.loads(enbauges("harvest", "--json").stdout)
    assert told["generation"] == 1
    (report,) = told["sources"]
    assert report["source"] == "mairie"
    assert report["records"] == report["added"] > 100
    assert report["graphs"]["https://node.example/graph/source/mairie"][1] == 0


def test_a_dry_run_publishes_nothing(enbauges: Enbauges, config: Path) -> None:
    assert enbauges("harvest", "--dry-run").exit_code == 0
    assert not (config.parent / "var").exists()


def test_a_dry_run_goes_on_while_the_store_is_in_use(enbauges: Enbauges, config: Path) -> None:
    with EmbeddedStore(config.parent / "var" / "store"):
        assert enbauges("harvest").exit_code == 1
        assert enbauges("harvest", "--dry-run").exit_code == 0


def test_a_failed_source_is_exit_1_and_the_rest_is_published(
    enbauges: Enbauges, config: Path
) -> None:
    config.write_text(HEAD + CALENDAR + SICK, encoding="utf-8")
    result = enbauges("harvest")
    assert result.exit_code == 1
    assert "malade: the address answers with a web page" in result.stdout
    assert "generation 1 published" in result.stdout


def test_an_empty_feed_is_all_right(enbauges: Enbauges, config: Path) -> None:
    config.write_text(HEAD + EMPTY, encoding="utf-8")
    assert enbauges("harvest").exit_code == 0


def test_one_source_can_be_named(enbauges: Enbauges, config: Path) -> None:
    config.write_text(HEAD + CALENDAR + SICK, encoding="utf-8")
    result = enbauges("harvest", "mairie")
    assert result.exit_code == 0
    assert "malade" not in result.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + CALENDAR.replace("kind", "knid"), "kind"),
        (HEAD + CALENDAR.replace('"ics"', '"ical"'), "ics"),
        (HEAD + CALENDAR.replace("[[source]]", "[[source]"), "sources.toml:"),
        (HEAD.replace("73081", "7381") + CALENDAR, "7381"),
    ],
)
@pytest.mark.parametrize("command", ["harvest", "validate", "status", "demo"])
def test_a_mistake_in_the_file_is_exit_2_and_a_line(
    enbauges: Enbauges, config: Path, command: str, text: str, said: str
) -> None:
    config.write_text(text, encoding="utf-8")
    result = enbauges(command)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not (config.parent / "var").exists()


def test_an_unknown_source_is_exit_2(enbauges: Enbauges) -> None:
    result = enbauges("harvest", "mairi")
    assert result.exit_code == 2
    assert "mairie" in result.stderr


def test_a_missing_sample_names_those_there_are(enbauges: Enbauges, config: Path) -> None:
    config.write_text(
        HEAD + CALENDAR.replace("mairie-le-chatelard", "mairie-le-chatelar"), encoding="utf-8"
    )
    result = enbauges("harvest")
    assert result.exit_code == 1
    assert "mairie-le-chatelard" in result.output


def test_query_shows_a_table(enbauges: Enbauges) -> None:
    enbauges("harvest")
    result = enbauges(
        "query", "SELECT ?name { ?c a schema:AdministrativeArea ; schema:name ?name }"
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == ["name", "Le", "Châtelard"]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("ASK { ?s a schema:Event }", "table", "True"),
        ("ASK { ?s a schema:Event }", "json", '"boolean":true'),
        ("SELECT (1 AS ?one) {}", "csv", "one\r\n1"),
        ("CONSTRUCT { <urn:a> <urn:b> 1 } {}", "ntriples", "<urn:a> <urn:b>"),
        ("CONSTRUCT { <urn:a> <urn:b> 1 } {}", "table", "<urn:a> <urn:b> 1"),
    ],
)
def test_query_answers_in_each_form(
    enbauges: Enbauges, text: str, form: str, expected: str
) -> None:
    enbauges("harvest")
    result = enbauges("query", text, "--format", form)
    assert result.exit_code == 0, result.output
    assert expected in result.stdout_bytes.decode()


def test_query_before_a_harvest_says_what_to_run(enbauges: Enbauges) -> None:
    result = enbauges("query", "ASK {}")
    assert result.exit_code == 1
    assert "enbauges harvest" in result.stderr


def test_a_wrong_query_says_where(enbauges: Enbauges) -> None:
    enbauges("harvest")
    result = enbauges("query", "SELECT ?x WHERE { ?x a ")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.stderr.strip()


def test_export_writes_files_that_scripts_can_read(enbauges: Enbauges, tmp_path: Path) -> None:
    enbauges("harvest")
    result = enbauges("export", str(tmp_path / "export"))
    assert result.exit_code == 0, result.output
    (path,) = (tmp_path / "export").glob("*.jsonld")
    things = json.loads(path.read_text(encoding="utf-8"))["@graph"]
    assert any(
        thing.get("type", thing.get("@type")) == "Event" and "startDate" in thing
        for thing in things
    )


def test_status_tells_each_source_and_its_reproaches(enbauges: Enbauges, config: Path) -> None:
    config.write_text(HEAD + CALENDAR + SICK, encoding="utf-8")
    assert "never read" in enbauges("status").stdout
    enbauges("harvest")
    shown = enbauges("status").stdout
    assert "malade: the address answers with a web page" in shown
    told = json.loads(enbauges("status", "malade", "--json").stdout)
    assert told[0]["failures"] == 1
    assert told[0]["outcome"] == "failed"


def test_status_of_one_source_says_all_about_it(enbauges: Enbauges) -> None:
    enbauges("harvest")
    shown = enbauges("status", "mairie").stdout
    for told in (
        "state: up to date",
        "next read: ",
        "Completeness: ",
        "https://node.example/sources/",
    ):
        assert told in shown
    [told] = json.loads(enbauges("status", "mairie", "--json").stdout)
    assert told["condition"] == "fine"
    assert told["follow"] in shown
    assert told["completeness"]["score"] < 100


def test_a_letter_is_in_french_whoever_asks_for_it(enbauges: Enbauges, config: Path) -> None:
    config.write_text(HEAD + SICK, encoding="utf-8")
    enbauges("harvest")
    told = enbauges("letter", "malade", language="en")
    assert told.exit_code == 0
    assert told.stdout.startswith("Objet : « Agenda malade » n'est plus lisible\n")
    assert "https://node.example/sources/malade/suivi/" in told.stdout
    assert enbauges("letter", "inconnue").exit_code == 2


def test_status_writes_nothing_on_a_node_that_never_harvested(
    enbauges: Enbauges, config: Path
) -> None:
    enbauges("status")
    assert not (config.parent / "var").exists()


def test_validate_fetches_nothing(enbauges: Enbauges) -> None:
    result = enbauges("validate")
    assert result.exit_code == 0
    assert "1 sources" in result.stdout or "1 source" in result.stdout


def test_init_writes_a_file_that_harvests(
    enbauges: Enbauges, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = enbauges("init", str(tmp_path / "vallee"))
    assert done.exit_code == 0
    assert f"cd {tmp_path / 'vallee'} && enbauges harvest" in done.stdout
    again = enbauges("init", str(tmp_path / "vallee"))
    assert again.exit_code == 2
    assert "exists" in again.stderr
    monkeypatch.chdir(tmp_path / "vallee")
    result = CliRunner().invoke(cli.main, ["harvest"])
    assert result.exit_code == 0, result.output


SHORT_FORM = """
[[source]]
id = "salles"
kind = "csv"
url = "https://a.example/salles.csv"
title = "Salles"
publisher = "Mairie"

[source.mapping]
a = "schema:Place"
"Nom de la salle" = "schema:name @fr"
"""


@pytest.mark.parametrize("language", ["yarrrml", "rml", "rml-legacy"])
def test_a_table_of_fields_is_run_elsewhere_on_exported_records(
    language: str, enbauges: Enbauges, config: Path, tmp_path: Path
) -> None:
    config.write_text(HEAD + SHORT_FORM, encoding="utf-8")
    table = tmp_path / "salles.csv"
    table.write_text("id;nom de la salle\ns1;Halle\n", encoding="utf-8")
    ending = "yml" if language == "yarrrml" else "ttl"
    for name, *command in (
        ("records.json", "records", "salles", str(table)),
        (f"salles.{ending}", "map", "salles", "--to", language),
    ):
        done = enbauges(*command)
        assert done.exit_code == 0, done.output
        (tmp_path / name).write_text(done.stdout, encoding="utf-8")
    result = enbauges("map", str(tmp_path / f"salles.{ending}"))
    assert result.exit_code == 0, result.output
    assert '/id/record/salles/s1> <https://schema.org/name> "Halle"@fr .' in result.stdout


def test_map_prints_quads_of_a_local_file(enbauges: Enbauges, tmp_path: Path) -> None:
    (tmp_path / "lieux.csv").write_text("id,nom\n1,La Halle\n", encoding="utf-8")
    mapping = tmp_path / "lieux.yml"
    mapping.write_text(
        "prefixes: {schema: https://schema.org/}\n"
        "mappings:\n"
        "  lieu:\n"
        "    sources: [[lieux.csv~csv]]\n"
        "    s: place/$(id)\n"
        "    po: [[a, schema:Place], [schema:name, $(nom)]]\n",
        encoding="utf-8",
    )
    result = enbauges("map", str(mapping), "--base", "https://node.example/")
    assert result.exit_code == 0, result.output
    assert '<https://node.example/place/1> <https://schema.org/name> "La Halle" .' in result.stdout
    mapping.write_text(mapping.read_text().replace("po:", "poo:"), encoding="utf-8")
    wrong = enbauges("map", str(mapping))
    assert wrong.exit_code == 2
    assert "po" in wrong.stderr


def test_no_traceback_without_debug(enbauges: Enbauges, config: Path) -> None:
    (config.parent / "var").mkdir()
    (config.parent / "var" / "store").write_text("not a folder")
    result = enbauges("harvest")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.stderr.strip()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_program_speaks_the_language_of_the_locale(enbauges: Enbauges, language: str) -> None:
    shown = enbauges("harvest", language=language).stdout
    assert ("committed" in shown) == (language == "en")


def test_every_command_is_in_the_readme() -> None:
    readme = (Path(cli.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert [name for name in cli.main.commands if f"enbauges {name}" not in readme] == []


def test_a_source_taken_out_of_the_file_is_not_forgotten_silently(
    enbauges: Enbauges, config: Path
) -> None:
    enbauges("harvest")
    config.write_text(HEAD + EMPTY, encoding="utf-8")
    for command in ("harvest", "status"):
        assert "no longer names them: mairie" in enbauges(command).stdout
