"""The competency questions: each has an answer, on data as a node publishes it."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse

from vocab import ROOM, load_graph

DATA = Path(__file__).parents[1] / "data" / "vocab" / "questions"
QUESTIONS = sorted((ROOM / "questions").glob("*.rq"))
BASE = "https://exemple.org/graph/"


@pytest.fixture(scope="module")
def store() -> Store:
    filled = Store()
    filled.extend(parse(path=DATA / "data.trig", format=RdfFormat.TRIG))
    graph = NamedNode(BASE + "vocabulary")
    filled.extend(Quad(s, p, o, graph) for s, p, o in load_graph())
    return filled


def test_there_are_thirty_questions() -> None:
    assert [path.stem for path in QUESTIONS] == [f"CQ{number:02}" for number in range(1, 31)]


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_has_its_expected_answer(path: Path, store: Store) -> None:
    query = path.read_text(encoding="utf-8")
    canonical = NamedNode(BASE + "canonical")
    answer = store.query(query, default_graph=canonical)
    assert isinstance(answer, QuerySolutions)
    rows = answer.serialize(format=QueryResultsFormat.CSV)
    assert rows is not None
    expected = (DATA / f"{path.stem}.csv").read_text(encoding="utf-8")
    assert rows.decode().splitlines() == expected.splitlines()


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_asked_in_french_then_in_english(path: Path) -> None:
    french, english = path.read_text(encoding="utf-8").splitlines()[:2]
    assert french.endswith(" ?")
    assert english.endswith("?")
    assert not english.endswith(" ?")
