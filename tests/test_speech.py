"""Help and usage errors in the language of whoever asks."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import cli
from commands.speech import CLICK

FRENCH = {"LC_ALL": "fr_FR.UTF-8", "ENBAUGES_LANG": ""}


def french(*words: str) -> str:
    return CliRunner(env=FRENCH).invoke(cli.main, words).output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Moissonner ce qu'un territoire publie déjà"),
        (("--help",), "Appliquer une correspondance"),
        (("harvest", "--help"), "Afficher les comptes rendus en JSON."),
        (("source", "--help"), "Ajouter une source, la regarder"),
        (("serve", "--help"), "[par défaut : 8000"),
        (("harvset",), "La commande 'harvset' n'existe pas. Vouliez-vous dire 'harvest' ?"),
        (("map",), "Il manque l'argument 'MAPPING'"),
        (("records", "agenda", "nulle-part.csv"), "'nulle-part.csv' n'existe pas."),
        (("serve", "--port", "beaucoup"), "'beaucoup' n'est pas une valeur possible"),
    ],
)
def test_help_and_usage_errors_are_french_where_french_is_spoken(
    words: tuple[str, ...], told: str
) -> None:
    plain = french(*words).replace("\u00a0", " ").replace("\u202f", " ")
    assert told in plain
    assert "Usage :" in plain


def test_they_are_english_where_english_is_spoken() -> None:
    output = CliRunner(env={"ENBAUGES_LANG": "en"}).invoke(cli.main, ["harvset"]).output
    assert "No such command 'harvset'." in output


def test_what_is_translated_for_click_is_what_click_says() -> None:
    """A new click that words a sentence anew would be English again, unseen."""
    written = {
        node.value
        for path in Path(click.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert [message.text for message in CLICK if message.text not in written] == []
