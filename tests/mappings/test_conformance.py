"""The published conformance suites, read where they lie beside the checkout."""

from __future__ import annotations

from benchmarks import conformance
from tests.requirements import shared


def missed(suite: str) -> list[conformance.Case]:
    return [case for case in conformance.RUNS[suite](shared("conformance")) if case.fault]


def test_every_case_of_rml_core_is_met_and_fails_for_its_reason_where_it_must() -> None:
    assert missed("rml-core") == []


def test_every_yarrrml_case_is_translated_to_its_rml() -> None:
    assert missed("yarrrml-validation") == []
