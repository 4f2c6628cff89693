"""The keys ``detect`` and ``sites`` of a platform file, and the mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings import MappingError
from mappings.detecting import Clue, Condition
from mappings.platform import Platform, load_platform

FILE = """\
platform:
  title: {{fr: a, en: a}}
  reads: {{fr: a, en: a}}
  reader: json
{keys}
mappings:
  things:
    s: $(_record.iri)
    po: [[a, schema:Place]]
prefixes: {{schema: "https://schema.org/"}}
"""


def loaded(tmp_path: Path, keys: str) -> Platform:
    path = tmp_path / "mine.yml"
    path.write_text(FILE.format(keys=keys), "utf-8")
    return load_platform(path)


def test_a_clue_is_met_by_all_and_enough_of_some_and_surer_with_what_is_also_there() -> None:
    names = [Condition(name) for name in "abcde"]
    clue = Clue("json", all=(names[0],), some=tuple(names[1:4]), least=2, also=(names[4],))
    assert clue.met("json", dict.fromkeys("ab", ())) is None
    assert clue.met("xml", dict.fromkeys("abc", ())) is None
    assert clue.met("json", dict.fromkeys("abc", ())) == tuple(names[:3])
    assert clue.met("json", dict.fromkeys("abce", ())) == (*names[:3], names[4])


def test_a_pattern_is_met_by_a_whole_value_whatever_its_case(tmp_path: Path) -> None:
    (clue,) = loaded(tmp_path, '  detect: {in: json, all: ["$.type = node|way"]}').clues
    assert clue.met("json", {"$.type": ("Way",)})
    assert clue.met("json", {"$.type": ("ways",)}) is None
    assert clue.met("json", {"$.type": ()}) is None


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("  detect: {in: yaml}", "in cannot be “yaml” — write one of: ics, json"),
        ("  detect: {all: [a]}", "in cannot be “”"),
        ("  detect: {in: json, least: few}", "least cannot be “few” — write it like 2"),
        ('  detect: {in: json, all: ["a = ("]}', "the pattern “(” cannot be read"),
        ("  detect: {in: json, any: [a]}", "unknown key “any”"),
        ("  sites: {marked: wp-content}", "“sites” lacks a key — write both marked and at"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, keys: str, told: str) -> None:
    with pytest.raises(MappingError) as error:
        loaded(tmp_path, keys)
    assert told in str(error.value)
    assert "mine.yml:5:" in str(error.value)
