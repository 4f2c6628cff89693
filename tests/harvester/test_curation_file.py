"""``curation.toml``: written without touching other lines, read with its mistakes told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.curation import file
from harvester.curation.properties import PROPERTIES, Here, property_of, read
from harvester.curation.values import EDITORS, Edit, Kind
from harvester.sources import ConfigError, Site
from harvester.sources.problems import WrongValueError
from vocab import CONCEPT, term
from vocab.iris import Iris

BASE = "https://node.example/"
HERE = Here(Iris(BASE), "Europe/Paris")
AT = datetime(2026, 11, 26, 16, tzinfo=UTC)
BAL, FETE = f"{BASE}id/event/bal", f"{BASE}id/event/fete"
SITE = Site(title="Essai", base=BASE, contact="contact@node.example", territory=("73081",))


def edit(
    kind: Kind, entity: str, name: str = "", *written: str, by: str = EDITORS, why: str = ""
) -> Edit:
    return file.understood(Edit(kind, entity, AT, by, why, name, written), HERE)


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "curation.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        file.load(path, SITE)
    return [each.render(path.name) for each in caught.value.problems]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    edits = (
        edit("hide", BAL, by="Camille", why='"doublon"\tde l\'autre \\ bal'),
        edit("pin", FETE),
        edit("correct", FETE, "thème", "numérique", "vie-associative"),
        edit("correct", FETE, "début", "5 décembre 2026 à 18h"),
    )
    for each in edits:
        file.write(path, each, "Une « fête »\nsur deux lignes")
    assert file.load(path, SITE).all == (
        file.load(path, SITE).all[0],
        *edits[1:],
    )
    assert file.load(path, SITE).all[0].why == '"doublon" de l\'autre \\ bal'


def test_there_is_nothing_to_read_without_the_file(tmp_path: Path) -> None:
    assert not file.load(tmp_path / "curation.toml", SITE)


def test_taking_a_decision_back_leaves_every_other_line(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    head = "# Nos décisions\n# (à relire en janvier)\n\n"
    kept = f'# gardé : la fête\n[[pin]]\nentity = "{FETE}"  # tout le monde y va\nat = 2026-11-26\n'
    gone = (
        f'# le bal\n# en double\n[[hide]]\nentity = "{BAL}"\nat = 2026-11-26\nwhy = """\n# x\n"""\n'
    )
    path.write_text(f"{head}{gone}\n{kept}\n# la fin\n", encoding="utf-8")
    file.erase(path, edit("hide", BAL))
    assert path.read_text("utf-8") == f"{head.rstrip()}\n\n{kept}\n# la fin\n"


def test_line_ends_the_mark_of_windows_the_mode_and_a_link_stay(tmp_path: Path) -> None:
    target, path = tmp_path / "git" / "curation.toml", tmp_path / "curation.toml"
    target.parent.mkdir()
    before = f'\ufeff# à nous\r\n[[pin]]\r\nentity = "{FETE}"\r\nat = 2026-11-26\r\n'.encode()
    target.write_bytes(before)
    target.chmod(0o640)
    path.symlink_to(target)
    file.write(path, edit("hide", BAL), "Bal")
    assert path.is_symlink()
    assert target.read_bytes().startswith(before)
    assert target.stat().st_mode & 0o777 == 0o640
    file.erase(path, edit("hide", BAL))
    assert target.read_bytes() == before


def test_a_decision_about_the_same_takes_the_place_of_the_former(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    file.write(path, edit("correct", BAL, "name", "Bal folk"), "Bal")
    file.write(path, edit("correct", BAL, "nom", "Bal trad"), "Bal")
    assert [each.written for each in file.load(path, SITE).all] == [("Bal trad",)]


def test_native_values_of_toml_are_read(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    blocks = {"startDate": "2026-12-05T18:00:00", "gratuit": "true"}
    path.write_text(
        "\n".join(
            f'[[correct]]\nentity = "{BAL}"\nat = 2026-11-26\nproperty = "{name}"\nvalue = {value}'
            for name, value in blocks.items()
        ),
        encoding="utf-8",
    )
    said = [each.said[0][1].value for each in file.load(path, SITE).all]
    assert said == ["2026-12-05T18:00:00+01:00", "true"]


def block(kind: str = "pin", entity: str = BAL, **more: str) -> str:
    """A block, its keys in the order of lines 2 (entity), 3 (at), 4, 5..."""
    keys = {"entity": f'"{entity}"', "at": "2026-11-26", **more}
    return f"[[{kind}]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[hide]]\nat = 2026-11-26", "curation.toml:1: “entity” is missing"),
        (f'[[hide]]\nentity = "{BAL}"', "curation.toml:1: “at” is missing — write the day"),
        (block(at='"hier"'), "curation.toml:3: “at” is not a date"),
        (block(at="9999-12-31T23:59:59-23:59"), "curation.toml:3: “at” is not a date"),
        (block("hid"), "curation.toml:1: there is no section “hid” — did you mean [[hide]]?"),
        (f'[hide]\nentity = "{BAL}"', "curation.toml:1: “hide” is not a list of blocks"),
        ('iri = "x"', "curation.toml:1: “iri” stands outside any section"),
        (block(whi='"x"'), "4: unknown key “whi” — did you mean “why”?"),
        (block(entity="https://a.example/id/event/a"), "2: “entity” names nothing of this node"),
        (block() * 2, "4: the same was decided on line 1"),
        (
            block("correct", property='"stardate"', value='"x"'),
            "4: there is no property “stardate”",
        ),
        (block("correct", property='"startDate"', value='"x"'), "5: the date “x” cannot be read"),
        (block("correct", property='"name"'), "1: “value” is missing"),
        (f"[[pin]]\nentity = {BAL}\nat = 2026-11-26", "curation.toml:2: "),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_remedy(
    tmp_path: Path, text: str, told: str
) -> None:
    found = problems(tmp_path, text)
    assert told in found[0]
    assert " — " in found[0]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("commune", "Le Chatelar", "Le Châtelard"),
        ("theme", "numerik", "numerique"),
        ("eventStatus", "annule", "annulé"),
        ("url", "javascript:alert(1)", "https://"),
        ("url", "pas une adresse", "https://"),
        ("isAccessibleForFree", "peut-être", "oui"),
        ("position", "ici", "45.685"),
        ("position", "95, 6", "45.685"),
        ("name", "", "what is right"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_one_that_can(
    name: str, value: str, remedy: str
) -> None:
    with pytest.raises(WrongValueError) as caught:
        read(name, (value,), HERE)
    assert remedy in caught.value.remedy.render()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("commune", "Le Châtelard", f"{BASE}id/commune/73081"),
        ("commune", "73081", f"{BASE}id/commune/73081"),
        ("theme", "Numérique", f"{CONCEPT}theme/numerique"),
        ("eventStatus", "annulé", term("schema:EventCancelled")),
        ("endDate", "31/12/2026", "2026-12-31"),
        ("position", "45.685, 6.137", "45.6850000"),
        ("location", f"{BASE}id/place/fab", f"{BASE}id/place/fab"),
        ("location", "Salle des fêtes", "Salle des fêtes"),
    ],
)
def test_a_value_is_read_as_anyone_writes_it(name: str, value: str, said: str) -> None:
    assert read(name, (value,), HERE)[0][1].value == said


def test_a_property_is_named_as_in_json_ld_by_its_iri_or_in_french() -> None:
    names = ("startDate", "startdate", "schema:startDate", term("schema:startDate"), "Début")
    assert {property_of(name, "event") for name in names} == {"startDate"}


def test_a_property_of_another_kind_of_thing_is_refused() -> None:
    with pytest.raises(WrongValueError, match="no property of this kind of thing"):
        property_of("placeType", "event")


def test_every_property_is_one_of_the_vocabulary_or_of_schema_org() -> None:
    samples = {"url": "https://a.example/", "commune": "73081", "position": "45, 6"}
    for name in PROPERTIES.keys() & samples.keys():
        assert read(name, (samples[name],), HERE)
