"""Every file of tests/data/readers gives exactly the records and issues written beside it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.readers import READERS
from harvester.records import Content, Issue, ReadOptions, Record, Window

DATA = Path(__file__).parents[1] / "data" / "readers"
OPTIONS = ReadOptions(Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)))
KINDS = {".ics": "ics", ".rss": "feed", ".atom": "feed", ".geojson": "geojson", ".csv": "csv"}
CASES = sorted(
    path for path in DATA.iterdir() if path.suffix in KINDS or path.name.endswith(".feed.json")
)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_case_gives_the_records_and_issues_written_beside_it(path: Path) -> None:
    content = Content(path.read_bytes(), url="https://example.org/source")
    found = list(READERS[KINDS.get(path.suffix, "feed")](content, OPTIONS))
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    records = [{"key": list(one.key), "data": one.data} for one in found if isinstance(one, Record)]
    issues = [[one.code, one.severity, one.where] for one in found if isinstance(one, Issue)]
    assert records == expected["records"]
    assert issues == expected["issues"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_nobody_is_named_in_the_records_of_a_case(path: Path) -> None:
    text = path.with_suffix(".expected.json").read_text(encoding="utf-8")
    assert "Jeanne" not in text
    assert "Paul Exemple" not in text
