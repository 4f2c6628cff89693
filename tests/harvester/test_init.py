"""What ``enbauges init`` writes: a file that works, explains itself and overwrites nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import samples.serving
from harvester.sources import load
from harvester.sources.starter import StarterError, write_starter
from harvester.sources.values import Notify, Site, Source
from mappings import platforms
from vocab.messages import LANGUAGES

KINDS = ("ics", "feed", "geojson", "gogocarto", "csv", "enbauges")
COMMENTED_OUT = re.compile(r"^#(?! |$)", re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_loads_without_problems_and_harvests_bundled_samples(
    tmp_path: Path, language: str
) -> None:
    path = write_starter(tmp_path / "new" / "node", language=language)
    assert path == tmp_path / "new" / "node" / "sources.toml"
    sources = load(path, kinds=KINDS).sources
    assert all(source.enabled for source in sources)
    assert {source.url.removeprefix("sample:") for source in sources} <= {*samples.serving.names()}
    assert len(sources) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_models_are_valid_once_uncommented(tmp_path: Path, language: str) -> None:
    path = write_starter(tmp_path, language=language)
    path.write_text(COMMENTED_OUT.sub("", path.read_text()))
    for name in ("correspondances.yml", "mot-de-passe"):
        (tmp_path / name).touch()
    assert len(load(path, kinds=platforms()).sources) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_shown_and_every_kind_explained(tmp_path: Path, language: str) -> None:
    text = write_starter(tmp_path, language=language).read_text()
    shown = set(re.findall(r"^#?(\w+) = ", text, re.MULTILINE))
    assert shown == {*Site.model_fields, *Notify.model_fields, *Source.model_fields}
    assert set(re.findall(r"^#   (\w+) ", text, re.MULTILINE)) == {*KINDS}


def test_the_comments_are_french_unless_english_is_asked_for(tmp_path: Path) -> None:
    french = write_starter(tmp_path / "fr").read_text()
    english = write_starter(tmp_path / "en", language="en").read_text()
    assert french.startswith("# Les sources de ce territoire")
    assert english.startswith("# The sources of this territory")
    values = [tomllib.loads(COMMENTED_OUT.sub("", text)) for text in (french, english)]
    for document in values:
        del document["site"]["title"]
    assert values[0] == values[1]


def test_an_existing_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("mine")
    with pytest.raises(StarterError) as told:
        write_starter(tmp_path)
    assert str(told.value) == (f"{path} exists already and was left as it is — name another folder")
    assert path.read_text() == "mine"


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StarterError, match="file exists already and was left as it is"):
        write_starter(file)
    with pytest.raises(StarterError, match=r"sources\.toml cannot be written: Not a directory"):
        write_starter(file / "below")
