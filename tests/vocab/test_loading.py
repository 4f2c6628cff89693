"""The vocabulary files: what is loaded, and what a bad file tells."""

import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from vocab import (
    CONCEPT,
    EB,
    ROOM,
    VocabularyError,
    fingerprint,
    load_graph,
    read_turtle,
    vocabulary_lines,
)

REPOSITORY = ROOM.parent
DATA_FILES = (".ttl", ".jsonld", ".yml", ".rq", ".toml")
IGNORED = {".venv", ".git", "var", "node_modules"}


def test_the_graph_is_the_terms_and_the_concepts() -> None:
    subjects = {str(triple.subject).strip("<>") for triple in load_graph()}
    assert EB + "ThirdPlace" in subjects
    assert CONCEPT + "type/fablab" in subjects


def test_the_lines_are_the_graph() -> None:
    text = "\n".join(sorted(vocabulary_lines())).encode()
    read = {quad.triple for quad in parse(text, format=RdfFormat.N_TRIPLES)}
    assert read == set(load_graph())


def test_the_fingerprint_is_a_sha_256_of_the_graph() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint())


def test_no_blank_node_is_published() -> None:
    assert not [line for line in vocabulary_lines() if "_:" in line]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@prefix a: <urn:a:> .\na:b a a:c .\nq:d a a:c .\n", r"own\.ttl, line 3: .*prefix q:"),
        ("@prefix a: <urn:a:> .\na:b a a:c\na:d .\n", r"own\.ttl, line 3: "),
    ],
)
def test_a_bad_file_is_told_with_its_name_and_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=told):
        list(read_turtle(path))


def test_a_missing_file_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=r"own\.ttl cannot be read"):
        list(read_turtle(tmp_path / "own.ttl"))


def files(*suffixes: str) -> list[Path]:
    return [
        path
        for path in REPOSITORY.rglob("*")
        if path.suffix in suffixes and not IGNORED & set(path.relative_to(REPOSITORY).parts)
    ]


def test_the_namespaces_are_written_in_one_code_file() -> None:
    holders = {
        path.relative_to(REPOSITORY).as_posix()
        for path in files(".py")
        if "tests" not in path.parts
        and (EB in (text := path.read_text("utf-8")) or CONCEPT in text)
    }
    assert holders == {"vocab/__init__.py"}


def test_every_data_file_means_the_same_namespaces() -> None:
    declared = re.compile(r"\b(eb|ebc)\"?: *[\"<]?(https?://[^\s\">]+)")
    expected = {"eb": EB, "ebc": CONCEPT}
    wrong = [
        (path.name, prefix, iri)
        for path in files(*DATA_FILES)
        for prefix, iri in declared.findall(path.read_text("utf-8"))
        if iri != expected[prefix]
    ]
    assert wrong == []
