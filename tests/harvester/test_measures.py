"""How sources do, as everybody may read it in the provenance graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.appraisal.measures import METRICS, Standing, measure_lines, measures_changeset
from harvester.glance import Statement, lexical
from harvester.sources import Source
from store.appraisals import Appraisal
from store.embedded import EmbeddedStore
from store.standing import SourceState
from vocab import term
from vocab.iris import Iris
from vocab.messages import say
from vocab.pinned import is_term

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
READ = SourceState("mairie", checked_at=NOW, good_at=NOW, outcome="unchanged", records=12)
SOURCE = Source(
    id="mairie", kind="ics", url="https://mairie.example/a.ics", title="Agenda", publisher="Mairie"
)


def standing(state: SourceState = READ, score: int | None = 85) -> Standing:
    source = SOURCE.model_copy(update={"id": state.source})
    return Standing(source, state, None if score is None else Appraisal(NOW, score))


def measured(*told: Standing, source: str = "mairie") -> dict[str, str]:
    """Metric → what it says of ``source``."""
    prefix = IRIS.measure(source, "")
    return {
        said.subject[1:-1].removeprefix(prefix): lexical(said.object)
        for said in map(Statement.of, measure_lines(IRIS, told))
        if said.predicate == f"<{term('dqv:value')}>" and said.subject[1:].startswith(prefix)
    }


def test_state_last_good_read_records_and_completeness_are_published() -> None:
    assert measured(standing()) == {
        "condition": "fine",
        "last-good-read": "2026-05-04T12:00:00Z",
        "records": "12",
        "completeness": "85",
    }


def test_a_source_that_never_was_read_well_says_only_that() -> None:
    failed = SourceState("mairie", checked_at=NOW, outcome="failed", reason=say("reason"))
    assert measured(standing(failed, None)) == {"condition": "failed"}
    assert measured(standing(SourceState("mairie"), None)) == {}


def test_why_a_source_fails_is_not_published() -> None:
    """It may hold the address of a private network, and is for the operator to mend."""
    failed = replace(READ, outcome="failed", reason=say("no column {name}", name="secret"))
    assert not any("secret" in line for line in measure_lines(IRIS, [standing(failed)]))


def test_every_term_is_one_of_its_vocabulary() -> None:
    used = {
        lexical(name)
        for said in map(Statement.of, measure_lines(IRIS, [standing()]))
        for name in (said.predicate, said.object)
        if name.startswith("<http") and "node.example" not in name
    }
    assert {name for name in used if is_term(name) is not True} == set()
    assert term("dqv:isMeasurementOf") in used


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path) as store:
        yield store


def test_what_is_published_follows_what_is_known(store: EmbeddedStore) -> None:
    graph = IRIS.graph("provenance")
    store.apply(
        measures_changeset(store, IRIS, [standing(), standing(replace(READ, source="amap"))])
    )
    assert store.lines(graph) == measure_lines(
        IRIS, [standing(), standing(replace(READ, source="amap"))]
    )
    later = standing(replace(READ, good_at=NOW + timedelta(hours=1)))
    changeset = measures_changeset(store, IRIS, [later])
    store.apply(changeset)
    assert store.lines(graph) == measure_lines(IRIS, [later])
    assert not measures_changeset(store, IRIS, [later])


def test_every_metric_is_defined_in_both_languages() -> None:
    lines = measure_lines(IRIS, [])
    for name in METRICS:
        defined = {line for line in lines if line.startswith(f"<{IRIS.metric(name)}>")}
        assert sum("@fr ." in line for line in defined) == 2
        assert sum("@en ." in line for line in defined) == 2
