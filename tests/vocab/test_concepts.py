"""The concept schemes: source files, Turtle file, and the rules they keep."""

from collections import defaultdict
from pathlib import Path

import pytest

from vocab import VocabularyError
from vocab.concepts import SCHEMES, TARGET, Concept, Scheme, read_schemes, turtle
from vocab.words import is_code, normalise

READ = read_schemes()
CONCEPTS = [
    pytest.param(scheme, concept, id=f"{scheme.slug}/{concept.slug}")
    for scheme in READ
    for concept in scheme.concepts
]


def test_the_turtle_file_is_what_the_sources_say() -> None:
    assert TARGET.read_text(encoding="utf-8") == turtle(), "run: python -m vocab.concepts"


def test_there_are_eleven_schemes_and_169_concepts() -> None:
    assert len(SCHEMES) == 11
    assert len(CONCEPTS) == 164 + 5


@pytest.mark.parametrize("scheme", READ, ids=lambda scheme: scheme.slug)
def test_no_label_names_two_concepts_of_one_scheme(scheme: Scheme) -> None:
    owners = defaultdict(set)
    for concept in scheme.concepts:
        codes = [code for values in concept.codes.values() for code in values]
        for label in (
            concept.slug, *concept.labels.values(), *concept.also, *concept.also_en,
            *concept.hidden, *codes,
        ):  # fmt: skip
            owners[label if is_code(label) else normalise(label)].add(concept.slug)
    assert {label: names for label, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(("scheme", "concept"), CONCEPTS)
def test_broader_is_a_concept_of_the_same_scheme_and_leads_to_a_top(
    scheme: Scheme, concept: Concept
) -> None:
    above = {other.slug: other.broader for other in scheme.concepts}
    seen = [concept.slug]
    while above[seen[-1]]:
        seen.append(above[seen[-1]])
        assert seen[-1] in above
        assert seen.count(seen[-1]) == 1


HEAD = "fr: a\nen: a\ndefine-fr: a\ndefine-en: a\n"


def a_folder_with(broken: str, folder: Path) -> Path:
    for slug in SCHEMES:
        (folder / f"{slug}.yml").write_text(HEAD + "concepts: {}\n", encoding="utf-8")
    (folder / "type.yml").write_text(broken, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{fr: b, en: b, alsoo: [c]}", r"type\.yml: fablab has the unknown key alsoo"),
        ("{fr: b, en: b, source: [anis]}", r"type\.yml: fablab lacks define-fr, define-en"),
    ],
)
def test_a_concept_with_a_wrong_or_missing_key_is_told(
    entry: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(VocabularyError, match=told):
        read_schemes(a_folder_with(f"{HEAD}concepts:\n  fablab: {entry}\n", tmp_path))


def test_a_source_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=r"type\.yml, line 2: "):
        read_schemes(a_folder_with("fr: [a\nen: b: c\n", tmp_path))
