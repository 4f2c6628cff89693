"""Every real file ends with records, issues or an error that a person can act on.

What the bare libraries see of a file, the readers give as Records, or name in an Issue.
"""

import io
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import icalendar
import pytest

from harvester.readers import READERS
from harvester.records import Content, Issue, ReadError, ReadOptions, Record, Window

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
OPTIONS = ReadOptions(Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)))
NATIVE = {".csv": "csv", ".geojson": "geojson", ".json": "json", ".umap": "json"}
SECONDS = 10
"""CPU time that one file may take; the largest is 4 MB with 10,000 events."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside this checkout"),
]

Found = list[Record | Issue]


def files(*kinds: str) -> Iterator[Path]:
    for kind in kinds:
        yield from sorted(path for path in (CORPUS / kind).rglob("*") if path.is_file())


def run(kind: str, path: Path) -> Found | ReadError:
    """What the reader makes of a file; any exception but ReadError fails the test."""
    before = time.process_time()
    try:
        return list(READERS[kind](Content(path.read_bytes(), url="https://x.example/"), OPTIONS))
    except ReadError as error:
        return error
    finally:
        assert time.process_time() - before < SECONDS, path


@pytest.mark.slow
def test_valid_calendars_yield_every_event_that_icalendar_sees() -> None:
    for path in files("ics", "ics-nasty", "load"):
        if path.suffix != ".ics":
            continue
        found = run("ics", path)
        seen = events_by_icalendar(path) or 0
        if isinstance(found, ReadError):
            assert seen == 0, path
            continue
        told = {one.where for one in found if is_event(one)}
        assert len(told) >= seen, path
        keys = [one.key for one in found if isinstance(one, Record)]
        assert len(keys) == len(set(keys)), path


def events_by_icalendar(path: Path) -> int | None:
    """The number of VEVENTs in a file, None where icalendar refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            parsed = icalendar.Calendar.from_ical(path.read_bytes(), multiple=True)
            return sum(len(one.walk("VEVENT")) for one in parsed)
        except Exception:  # noqa: BLE001  # whatever it raises, it does not read the file
            return None


def is_event(one: Record | Issue) -> bool:
    """Whether it stands for a VEVENT: a Record, an error, or an edition replaced by a later."""
    told = isinstance(one, Record) or one.severity == "error" or one.code == "ics-duplicate"
    return told and one.where.startswith("VEVENT")


def test_valid_feeds_yield_every_entry_that_feedparser_sees() -> None:
    for path in files("feed"):
        found = run("feed", path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen = len(feedparser.parse(io.BytesIO(path.read_bytes()))["entries"])
        if isinstance(found, ReadError):
            assert seen == 0, path
        else:
            told = [one for one in found if isinstance(one, Record) or one.code == "feed-duplicate"]
            assert len(told) >= seen, path


def test_inventories_are_read_by_the_reader_of_their_format() -> None:
    for path in files("carto"):
        kind = NATIVE.get(path.suffix)
        if kind is not None:
            found = run(kind, path)
            assert isinstance(found, ReadError) or validly_empty(path) or records(found), path


def records(found: list[Record | Issue]) -> list[Record]:
    return [one for one in found if isinstance(one, Record)]


def validly_empty(path: Path) -> bool:
    """Whether the file is an answer of Overpass that found nothing."""
    return path.read_bytes().split() == [b"{", b'"elements":', b"[]", b"}"]


def test_a_file_given_to_the_wrong_reader_ends_like_any_other() -> None:
    for path in [*files("carto"), *list(files("ics-nasty"))[::5], *list(files("feed"))[::20]]:
        for kind in READERS:
            run(kind, path)
