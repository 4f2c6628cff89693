"""``enbauges source add`` as a person meets it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from tests.harvester.test_discovery import CALENDAR, FEED, html
from tests.loopback import Page, Site, loopback_site
from tests.test_cli import HEAD, Enbauges, config, enbauges

__all__ = ["config", "enbauges"]


@pytest.fixture
def site() -> Iterator[Site]:
    with loopback_site() as site:
        site.pages["/"] = html(
            '<a href="/agenda.ics">iCal</a>',
            '<link rel="alternate" type="application/rss+xml" title="Actus" href="/feed">',
        )
        site.pages["/agenda.ics"] = Page(CALENDAR)
        site.pages["/feed"] = Page(FEED, "application/rss+xml")
        yield site


def last(config: Path) -> dict[str, object]:
    block: dict[str, object] = tomllib.loads(config.read_text("utf-8"))["source"][-1]
    return block


def answered(config: Path, monkeypatch: pytest.MonkeyPatch, address: str, typed: str) -> Result:
    """A person at a terminal types ``typed``."""
    monkeypatch.setattr("commands.adding.is_person", lambda: True)
    monkeypatch.setenv("ENBAUGES_LANG", "fr")
    words = ["source", "add", "--allow-private", address, "--config", str(config)]
    return CliRunner().invoke(cli.main, words, input=typed)


def test_yes_adds_the_best_and_a_harvest_reads_it(
    enbauges: Enbauges, config: Path, site: Site
) -> None:
    told = enbauges("source", "add", "--yes", "--allow-private", site.url)
    assert told.exit_code == 0, told.output
    assert last(config)["url"] == f"{site.url}/agenda.ics"
    assert config.read_text("utf-8").startswith(HEAD)
    assert "“127-0-0-agenda” is added" in told.stdout
    assert enbauges("harvest", str(last(config)["id"])).exit_code == 0


def test_what_was_found_is_shown_with_its_kind_its_records_and_why(
    enbauges: Enbauges, config: Path, site: Site
) -> None:
    before = config.read_bytes()
    told = enbauges("source", "add", "--allow-private", site.url, language="fr")
    assert told.exit_code == 1
    assert "1. ics — événements" in told.stdout
    assert "2. feed — articles" in told.stdout
    assert "la page y mène par un lien : « iCal »" in told.stdout.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert "Ce qui serait publié" in told.stdout
    assert 'kind = "ics"' in told.stdout
    assert "--yes" in told.stdout
    assert config.read_bytes() == before
    assert not (config.parent / "var").exists()


def test_nothing_that_a_page_says_steers_the_terminal(
    config: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    """Its links, the title of another page, the name of a host."""
    steering = "&#27;[2J&#x202e;"
    site.pages["/"] = html(
        f'<a href="/agenda.ics">iCal {steering}</a><a href="http://a{steering}.example/x.ics">ics</a>',
        f'<link rel="alternate" type="application/rss+xml" title="A{steering}" href="/feed">'
        f'<link rel="alternate" type="application/rss+xml" title="B" href="/none">',
    )
    site.pages["/none"] = html("", f"<title>Page {steering}</title>")
    told = answered(config, monkeypatch, site.url, "0\n")
    assert "iCal" in told.output
    assert "[2J" in told.output
    assert not {"\x1b", "\u202e"} & set(told.output)


def test_a_person_chooses_and_agrees(
    config: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    told = answered(config, monkeypatch, site.url, "2\noui\n")
    assert told.exit_code == 0, told.output
    assert last(config)["kind"] == "feed"


@pytest.mark.parametrize("typed", ["0\n", "1\nnon\n", "1\n\n"])
def test_a_person_who_does_not_agree_changes_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch, site: Site, typed: str
) -> None:
    before = config.read_bytes()
    told = answered(config, monkeypatch, site.url, typed)
    assert told.exit_code == 0, told.output
    assert "rien n'a été écrit" in told.stdout
    assert config.read_bytes() == before


def test_id_and_kind_are_the_operators_to_say(enbauges: Enbauges, config: Path, site: Site) -> None:
    words = ("--yes", "--allow-private", "--kind", "ics", "--id", "mien", f"{site.url}/agenda.ics")
    assert enbauges("source", "add", *words).exit_code == 0
    assert (last(config)["id"], last(config)["kind"]) == ("mien", "ics")
    assert "/feed" not in site.asked


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--id", "Le Noyer"], "cannot be an id"),
        (["--id", "mairie"], "there is a source “mairie” already"),
        (["--kind", "isc"], "there is no platform “isc” — write ics"),
    ],
)
def test_a_wrong_id_or_kind_is_told_before_anything_is_asked(
    enbauges: Enbauges, site: Site, words: list[str], told: str
) -> None:
    result = enbauges("source", "add", "--yes", "--allow-private", *words, site.url)
    assert result.exit_code != 0
    assert told in result.stderr
    assert site.asked == []


def test_an_address_is_not_added_twice(enbauges: Enbauges, config: Path, site: Site) -> None:
    address = f"{site.url}/agenda.ics"
    enbauges("source", "add", "--yes", "--allow-private", "--id", "agenda", address)
    once = config.read_bytes()
    again = enbauges("source", "add", "--yes", "--allow-private", f"{address}/")
    assert again.exit_code == 1
    assert "is registered already, as “agenda”" in again.stderr
    other = enbauges("source", "add", "--yes", "--allow-private", "--id", "actus", site.url)
    assert other.exit_code == 0
    assert last(config)["kind"] == "feed"
    assert config.read_bytes().startswith(once)


def test_a_server_of_ones_own_needs_to_be_allowed(enbauges: Enbauges, site: Site) -> None:
    told = enbauges("source", "add", "--yes", site.url)
    assert told.exit_code == 1
    assert "--allow-private" in told.stderr


def test_a_file_with_mistakes_is_told_first(enbauges: Enbauges, config: Path, site: Site) -> None:
    config.write_text(HEAD + "[[source]]\nid = 3\n", "utf-8")
    told = enbauges("source", "add", "--yes", "--allow-private", site.url)
    assert told.exit_code == 2
    assert "sources.toml:" in told.stderr
    assert site.asked == []


def test_a_read_only_file_is_told_so(enbauges: Enbauges, config: Path, site: Site) -> None:
    config.chmod(0o444)
    told = enbauges("source", "add", "--yes", "--allow-private", site.url)
    assert told.exit_code == 1
    assert "read-only" in told.stderr


def test_a_site_with_nothing_says_so_in_french(enbauges: Enbauges, site: Site) -> None:
    site.pages["/"] = html("Bonjour", title="Mairie du Noyer")
    told = enbauges("source", "add", "--yes", "--allow-private", site.url, language="fr")
    assert told.exit_code == 1
    assert "une page web sans données" in told.stderr
    assert "Traceback" not in told.output


def test_what_a_harvest_could_not_use_is_not_added(
    enbauges: Enbauges, config: Path, site: Site
) -> None:
    site.pages["/cut.json"] = Page(b'{"type": "FeatureCollection", "features": [{"ty', "text/plain")
    before = config.read_bytes()
    told = enbauges("source", "add", "--yes", "--allow-private", f"{site.url}/cut.json")
    assert told.exit_code == 1
    assert "cut short" in told.stderr
    assert config.read_bytes() == before
