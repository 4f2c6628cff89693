"""Everything a person may read is said in French as well."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from vocab.messages import Message, say

ROOT = Path(__file__).parents[1]
METHODS = [
    *((f"{room}/**.py", "python") for room in (
        "harvester", "mappings", "samples", "sparql", "store", "vocab", "web",
    )),
    *((file, "commands.speech:sentences") for file in ("cli.py", "commands/**.py")),
    ("web/templates/**.*", "jinja2"),
]  # fmt: skip


def sentences() -> Iterator[tuple[str, str]]:
    """Where each sentence stands, and the sentence."""
    found = extract_from_dir(
        ROOT, method_map=METHODS, keywords={"say": None, "_": None}, directory_filter=wanted
    )
    for file, line, text, *_ in found:
        assert isinstance(text, str)
        yield f"{file}:{line}", text


def wanted(folder: str | Path) -> bool:
    return Path(folder).name not in {".venv", "var", "tests", "node_modules", ".git"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.fixture(scope="module")
def french() -> Catalog:
    with (ROOT / "vocab" / "locale" / "fr.po").open("rb") as file:
        return read_po(file, locale="fr")


def test_every_sentence_is_translated(french: Catalog) -> None:
    missing = [
        f"{place}: {text}"
        for place, text in sentences()
        if not (known := french.get(text)) or not known.string
    ]
    assert missing == []


def test_translations_keep_the_placeholders(french: Catalog) -> None:
    wrong = [
        message.id
        for message in french
        if message.id and placeholders(str(message.id)) != placeholders(str(message.string))
    ]
    assert wrong == []


def test_the_catalogue_holds_nothing_that_no_one_says(french: Catalog) -> None:
    said = {text for _, text in sentences()}
    assert [message.id for message in french if message.id and message.id not in said] == []


def test_a_message_is_rendered_in_the_language_asked_for() -> None:
    message = say("{file}: {count} sources, all right", file="sources.toml", count=3)
    assert message.render("en") == "sources.toml: 3 sources, all right"
    assert "sources.toml" in message.render("fr")
    assert message.render("fr") != message.render("en")
    assert message.render("de") == message.render("en")


def test_a_message_survives_its_json() -> None:
    message = say("no column {name}", name="Nom d'usage")
    assert Message.from_json(message.to_json()) == message
