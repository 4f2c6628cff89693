"""A version, once published, stays what it was."""

import shutil
from pathlib import Path

import pytest

from vocab import PUBLISHED, ROOM, VocabularyError, read_turtle
from vocab.release import release


@pytest.fixture
def room(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "locale", "versions")
    return shutil.copytree(ROOM, tmp_path / "vocab", ignore=ignored)


def test_a_version_holds_the_terms_and_the_concepts(room: Path) -> None:
    path = release(room)
    assert path.name == "1.3.0.ttl"
    published = {triple for name in PUBLISHED for triple in read_turtle(ROOM / name)}
    assert set(read_turtle(path)) == published


def test_a_published_version_is_not_rewritten(room: Path) -> None:
    release(room)
    release(room)
    terms = room / "enbauges.ttl"
    text = terms.read_text(encoding="utf-8").replace("Fiche source", "Fiche d'une source")
    terms.write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"version 1\.3\.0 is published and does not change"):
        release(room)


def test_a_vocabulary_with_a_fault_is_not_published(room: Path) -> None:
    (room / "examples" / "theme.ttl").unlink()
    with pytest.raises(VocabularyError, match=r"examples/theme\.ttl is missing"):
        release(room)
