"""The questions that the samples can answer, on data that came through the whole pipeline."""

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, Store

from vocab import ROOM

CANONICAL = NamedNode("https://data.enbauges.example/graph/canonical")
EVENT = "https://exemple.org/id/event/laser"
PLACE = "https://exemple.org/id/place/forge"
WEEKEND = {"2026-05-16": "2026-05-09", "2026-05-17": "2026-05-10"}
SINCE_MONDAY = {"2026-05-11T": "2026-05-04T"}


def ask(store: Store, question: str, parameters: dict[str, str]) -> list[str]:
    """The rows of a question; the values that the file gives as examples are replaced."""
    query = (ROOM / "questions" / f"{question}.rq").read_text(encoding="utf-8")
    for example, value in parameters.items():
        assert example in query
        query = query.replace(example, value)
    answer = store.query(query, default_graph=CANONICAL)
    assert isinstance(answer, QuerySolutions)
    text = answer.serialize(format=QueryResultsFormat.CSV)
    assert text is not None
    return text.decode().splitlines()[1:]


def named(store: Store, name: str) -> str:
    """The canonical entity of that name."""
    query = f'SELECT ?one {{ ?one <https://schema.org/name> "{name}"@fr }}'
    answer = store.query(query, default_graph=CANONICAL)
    assert isinstance(answer, QuerySolutions)
    return str(next(answer)["one"]).strip("<>")


@pytest.mark.parametrize(
    ("question", "parameters", "expected"),
    [
        ("CQ01", WEEKEND, "Fête du plan d'eau,2026-05-09,Lescheraines"),
        ("CQ02", {}, "Marché du Châtelard"),
        ("CQ03", SINCE_MONDAY, "Réunion publique : la ressource en eau (annulée)"),
        ("CQ04", {}, "Permanence France Services,https://schema.org/Tuesday,2026-05-19T14:00"),
        ("CQ07", {}, "theme/jeux-loisirs,Jeux et loisirs,"),
        ("CQ08", {}, "Aillon-le-Vieux,https://w3id.org/enbauges/concept/type/espace-du-faire"),
        ("CQ09", {}, "Coworking de la Halle"),
        ("CQ11", {}, "La Fabrique de Rossane"),
        ("CQ15", {}, "Point numérique d'Arith,Arith"),
        ("CQ25", {}, "Carte des initiatives en Bauges,2026-05-04T12:00:00Z"),
        ("CQ30", {}, "Grange aux idées (café associatif),false,true,true"),
    ],
)
def test_a_question_is_answered_by_the_samples(
    question: str, parameters: dict[str, str], expected: str, node: Store
) -> None:
    rows = ask(node, question, parameters)
    assert any(expected in row for row in rows), rows[:10]


@pytest.mark.parametrize(
    ("question", "example", "name", "expected"),
    [
        ("CQ05", EVENT, "Concert Voix d'alpage", "Les Voix de la Combe"),
        ("CQ16", PLACE, "Point numérique d'Arith", "service,"),
        ("CQ21", PLACE, "Point numérique d'Arith", "https://schema.org/name,1,1"),
        ("CQ22", PLACE, "Point numérique d'Arith", "etalab-2.0"),
    ],
)
def test_a_question_about_one_thing_is_answered_by_the_samples(
    question: str, example: str, name: str, expected: str, node: Store
) -> None:
    rows = ask(node, question, {example: named(node, name)})
    assert any(expected in row for row in rows), rows
    assert len(rows) == len(set(rows))
