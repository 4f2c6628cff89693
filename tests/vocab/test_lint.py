"""The linter: our files pass, and each rule complains about what it is for."""

import shutil
from pathlib import Path

import pytest

from vocab import EB, ROOM
from vocab.fair import ELSEWHERE, judge
from vocab.lint import lint


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A copy of the vocabulary, to spoil."""
    ignored = shutil.ignore_patterns("__pycache__", "locale", "versions")
    return shutil.copytree(ROOM, tmp_path / "vocab", ignore=ignored)


def test_nothing_to_complain_about() -> None:
    assert [complaint.render() for complaint in lint()] == []


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("enbauges.ttl", "rdfs:subClassOf schema:Place", "rdfs:subClassOf schema:Plaza", "Plaza"),
        ("context.jsonld", '"schema:organizer"', '"schema:organiser"', "schema.org/organiser"),
        ("alignments.ttl", "pair:PhysicalPlace", "pair:PhysicPlace", "pair#PhysicPlace"),
        ("alignments.ttl", "ess:Network .", "<urn:ess:Network> .", "was not looked up"),
        ("examples/theme.ttl", "theme:reparation-reemploi", "theme:couture", "theme/couture"),
        (
            "alignments.ttl",
            "exactMatch essl:L1",
            "exactMatch essl:L1 ; skos:closeMatch essl:L1",
            "has skos:closeMatch, skos:exactMatch",
        ),
        ("shapes.ttl", "sh:minCount", "sh:minimumCount", "minimumCount"),
        ("enbauges.ttl", '"Tiers-lieu"@fr ,', "", "rdfs:label"),
        ("enbauges.ttl", 'vs:term_status "testing" ;', "", "term_status"),
        ("enbauges.ttl", "    schema:domainIncludes eb:Tombstone ;\n", "", "connected to nothing"),
        (
            "enbauges.ttl",
            "schema:rangeIncludes",
            "rdfs:range xsd:string ; rdfs:label",
            "rdfs:domain",
        ),
        ("enbauges.ttl", "\neb:theme a ", "\neb:ThemeOf a ", "not named as the others"),
        ("enbauges.ttl", "\neb:theme a ", "\neb:themeAndTopic a ", "names two things"),
        ("enbauges.ttl", "\neb:theme a ", "\neb:topic a ", "examples/topic.ttl"),
        ("sources/concepts/type.yml", "\n  micro-folie:", "\n  Micro_Folie:", "is no slug"),
        ("sources/concepts/type.yml", "espace coworking", "fab-lab", "“fab lab” names"),
    ],
)
def test_a_rule_complains(file: str, old: str, new: str, told: str, room: Path) -> None:
    spoil(room / file, old, new)
    assert any(told in complaint.render() for complaint in lint(room))


def test_a_term_that_vanishes_within_a_major_version_is_noticed(room: Path) -> None:
    (room / "versions").mkdir()
    (room / "versions" / "1.0.9.ttl").write_text(f"<{EB}hall> a <urn:c> .", encoding="utf-8")
    (room / "versions" / "0.9.0.ttl").write_text(f"<{EB}barn> a <urn:c> .", encoding="utf-8")
    said = [complaint.render() for complaint in lint(room)]
    assert [line for line in said if "was in version" in line] == [
        f"{EB}hall was in version 1.0.9 — keep it, deprecated, with what replaces it"
    ]


@pytest.mark.parametrize("check", judge())
def test_a_fair_check_passes(check: str) -> None:
    assert judge()[check]


def test_what_cannot_be_checked_here_is_named() -> None:
    assert {"CN1", "DOC1", "VER2", "FIND2", "OM3 (DOI)"} <= ELSEWHERE.keys()
