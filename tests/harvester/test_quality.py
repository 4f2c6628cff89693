"""The completeness of a source: what it loses points for, and what is not held against it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.appraisal.needs import NEEDS
from harvester.appraisal.quality import assess, looks, newest
from store.changes import Lines
from vocab import term
from vocab.iris import Iris

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SOON = '"2026-06-13"^^<http://www.w3.org/2001/XMLSchema#date>'
PAST = '"2026-04-01"^^<http://www.w3.org/2001/XMLSchema#date>'
WHOLE = {
    "schema:location": "<https://node.example/x#location>",
    "eb:commune": "<https://node.example/id/commune/73081>",
    "schema:endDate": SOON,
    "schema:description": '"Un bal."@fr',
    "schema:url": "<https://asso.example/bal>",
    "eb:theme": "<https://w3id.org/enbauges/concept/theme/culture-arts>",
}


def record(key: str, kind: str, said: dict[str, str]) -> dict[str, Lines]:
    iri = IRIS.record("agenda", key)
    types = (f"<{iri}> <{term('rdf:type')}> <{term(name)}> ." for name in (kind, "eb:SourceRecord"))
    told = (f"<{iri}> <{term(name)}> {value} ." for name, value in said.items())
    return {iri: frozenset((*types, *told))}


def event(key: str, *without: str, start: str = SOON, **more: str) -> dict[str, Lines]:
    said = {
        "schema:name": f'"{key}"@fr',
        "schema:startDate": start,
        **WHOLE,
        **{name.replace("_", ":"): value for name, value in more.items()},
    }
    kept = {name: value for name, value in said.items() if name not in without}
    return record(key, "schema:Event", kept)


def judged(
    *records: dict[str, Lines], texts: bool = True, refused: int = 0
) -> tuple[int | None, list[tuple[str, int]]]:
    together = {iri: lines for each in records for iri, lines in each.items()}
    score, penalties = assess(looks(together), NOW, texts=texts, refused=refused)
    return score, [(remark.code, remark.points) for remark in penalties]


def test_a_source_that_says_all_has_every_point() -> None:
    assert judged(event("bal"), event("loto")) == (100, [])


def test_what_is_missing_costs_its_share() -> None:
    found = judged(event("bal", "schema:location", "eb:commune"), event("loto"))
    assert found == (88, [("event-no-place", 12)])


def test_a_penalty_is_told_in_the_words_of_the_person() -> None:
    records = event("bal", "schema:url") | event("loto")
    _, [penalty] = assess(looks(records), NOW, texts=True)
    assert str(penalty.message) == "1 of 2 events lead to no page: −8"
    assert penalty.message.render("fr") == "événements qui ne mènent à aucune page : 1 sur 2, −8"
    assert "URL" in str(penalty.remedy)


def test_what_costs_little_still_costs_a_point_so_that_the_points_add_up() -> None:
    many = [event(str(number)) for number in range(40)]
    score, penalties = judged(*many, event("last", "schema:endDate"))
    assert (score, penalties) == (99, [("event-no-end", 1)])


def test_who_gives_no_place_is_not_told_as_well_that_it_is_in_no_commune() -> None:
    _, penalties = judged(event("bal", "schema:location", "eb:commune"))
    assert [code for code, _ in penalties] == ["event-no-place"]
    _, penalties = judged(event("bal", "eb:commune"))
    assert [code for code, _ in penalties] == ["event-no-commune"]


def test_texts_that_are_withheld_are_not_missed() -> None:
    assert judged(event("bal", "schema:description"), texts=False) == (100, [])
    assert judged(event("bal", "schema:description"), texts=True)[0] == 80


def test_events_that_are_over_are_not_judged_while_others_are_to_come() -> None:
    bare = event("vieux", *WHOLE, start=PAST)
    assert judged(bare, event("bal")) == (100, [])
    assert judged(bare)[0] == 15


def test_the_dates_of_a_series_are_not_judged_beside_it() -> None:
    series = IRIS.record("agenda", "marche")
    date = event("d", *WHOLE, schema_superEvent=f"<{series}>")
    assert judged(event("bal"), date) == (100, [])


def test_entries_that_were_left_out_cost_points() -> None:
    assert judged(event("bal"), refused=1) == (80, [("refused", 20)])
    assert judged(refused=2) == (60, [("refused", 40)])


def test_each_kind_weighs_as_its_share_of_the_source() -> None:
    place = record("salle", "schema:Place", {"schema:name": '"Salle"@fr'})
    score, penalties = judged(place, event("bal"), event("loto"), event("fete"))
    assert score == 100 - sum(points for _, points in penalties)
    assert ("place-no-position", 8) in penalties


def test_a_source_without_records_is_not_judged() -> None:
    assert judged() == (None, [])


@pytest.mark.parametrize("kind", ["event", "place", "organization", "service", "article"])
def test_what_is_asked_of_a_kind_is_worth_a_hundred_points(kind: str) -> None:
    assert sum(need.weight for need in NEEDS if need.kind == kind) == 100


def test_a_record_that_says_nothing_has_no_point_left() -> None:
    assert judged(record("note", "schema:Article", {}))[0] == 0


def test_the_newest_date_is_a_publication_or_the_start_of_a_single_event() -> None:
    stamp = '"2026-05-01T09:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    article = record("note", "schema:Article", {"schema:datePublished": stamp})
    assert newest(looks(article)) == datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert newest(looks(event("bal"))) == datetime(2026, 6, 13, tzinfo=UTC)
    series = record("marche", "schema:EventSeries", {"schema:startDate": SOON})
    assert newest(looks(series)) is None
    assert newest({}) is None
