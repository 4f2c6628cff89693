"""The matcher against hand-written answers: precision is 100 %."""

import csv
from pathlib import Path

import pytest

from vocab.evaluate import Answer, Score, main, press_kit, report, typo, words

SHARED = Path(__file__).parents[2].parent / "shared"
SEEDS = SHARED / "design" / "seeds"
COWORKING = SHARED / "corpus" / "carto" / "anct-carto__mission_coworking"


def test_the_hand_labelled_words_are_all_read_right() -> None:
    answers = list(words())
    assert [answer for answer in answers if answer.found != answer.expected] == []
    assert len(answers) > 100


@pytest.mark.corpus
def test_the_names_of_the_press_kit_are_read_without_a_mistake() -> None:
    found = sorted(SEEDS.glob("002_*.txt"))
    if not found:
        pytest.skip("the founding documents are not beside the repository")
    score = Score.of(press_kit(found[0].read_text(encoding="utf-8")))
    assert score.precision == 1
    assert score.recall >= 0.84


@pytest.mark.corpus
def test_the_types_of_the_mission_coworking_are_all_read() -> None:
    found = sorted(COWORKING.glob("*.csv"))
    if not found:
        pytest.skip("../shared/corpus is not beside the repository")
    with found[0].open(encoding="utf-8", newline="") as source:
        score = Score.of(typo(csv.DictReader(source)))
    assert (score.right, score.wrong, score.missed) == (1463, 0, 0)
    assert score.unmatched == (("", 49),)


def test_a_score_counts_right_wrong_and_missed() -> None:
    one, two = frozenset({"a", "b"}), frozenset({"b", "c"})
    score = Score.of([Answer("x", one, two), Answer("y", frozenset(), frozenset())])
    assert (score.right, score.wrong, score.missed) == (1, 1, 1)
    assert (score.precision, score.recall) == (0.5, 0.5)
    assert score.unmatched == (("y", 1),)


def test_a_report_says_what_was_not_matched() -> None:
    answers = [Answer("", frozenset(), frozenset()), Answer("", frozenset(), frozenset())]
    assert report("types", answers).splitlines() == [
        "types: precision 100.0%, recall 100.0% (0 right, 0 wrong, 0 missed)",
        "  not matched, 2 ×: (empty)",
    ]


def test_the_command_prints_its_report(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    assert capsys.readouterr().out.startswith("words: precision 100.0%, recall 100.0% ")
