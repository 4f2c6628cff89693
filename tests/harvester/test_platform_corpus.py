"""Real files of each platform, and nobody's mailbox or mobile number in any graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from harvester.children import shared as shared_children
from harvester.digest import Digest
from harvester.parcel import Task
from harvester.records import Content, ReadError
from tests import platform_samples as samples
from tests.people import leaks
from tests.requirements import shared

pytestmark = pytest.mark.corpus

TEC = "event-json/the-events-calendar__the-events-calendar/tests/rest_tec_v1_integration/Endpoints"
GEOTREK = "GeotrekCE__Geotrek-admin/geotrek"
UMAP = "carto/umap-project__umap/umap/tests/fixtures"
MOBILIZON = "event-json/framasoft__mobilizon/test/fixtures"
EXTRUCT = "event-json/scrapinghub__extruct/tests/samples"
UDATA = "rdf/opendatateam__udata/udata/harvest/tests/dcat"
MEDNUM = "carto/anct-cartographie-nationale__mednum-cli/assets/input"

# kind, file, records, and of how many each of these is said
CASES = [
    ("activitypub", f"{MOBILIZON}/gancio-event-activity.json", 1, {"startDate": 1, "location": 1}),
    (
        "activitypub",
        f"{MOBILIZON}/mobilizon-post-activity.json",
        1,
        {"startDate": 1, "location": 1},
    ),
    ("activitypub", f"{MOBILIZON}/mobilizon-post-activity-group.json", 0, {}),
    ("activitypub", f"{MOBILIZON}/mastodon-status.json", 0, {}),
    ("apidae", f"event-json/{GEOTREK}/tourism/tests/data/apidaeEvent.json", 1, {"startDate": 1}),
    ("apidae", f"event-json/{GEOTREK}/tourism/tests/data/apidaeContent.json", 1, {"geo": 1}),
    ("apidae", f"event-json/{GEOTREK}/tourism/tests/data/apidaeNoEvent.json", 0, {}),
    ("esprit-parc", f"event-json/{GEOTREK}/tourism/tests/data/espritparc.json", 25, {"geo": 25}),
    ("dcat", f"{UDATA}/catalog.xml", 4, {"name": 4}),
    ("dcat", f"{UDATA}/flat.jsonld", 3, {"name": 3}),
    ("dcat", f"{UDATA}/nested.jsonld", 1, {"name": 1}),
    ("html", f"{EXTRUCT}/schema.org/Event.001.html", 1, {"startDate": 1, "location": 1}),
    ("html", f"{EXTRUCT}/schema.org/LocalBusiness.003.html", 1, {"name": 1}),
    ("html", f"{EXTRUCT}/schema.org/CreativeWork.001.html", 0, {}),
    ("xml", f"event-json/{GEOTREK}/tourism/tests/data/LEIEvent.xml", 2, {}),
    ("json", f"{MEDNUM}/etapes-numerique/etapes-numerique.json", 95, {"name": 95, "commune": 95}),
    ("json", f"{MEDNUM}/gironde/gironde.json", 347, {"name": 347, "geo": 23, "location": 324}),
    ("json", f"{MEDNUM}/corse/corse.json", 161, {"name": 161}),
    ("json", f"{MEDNUM}/hub-lo/hub-lo.json", 426, {"name": 426}),
    ("mednum", f"{MEDNUM}/la-creuse/la-creuse.json", 91, {"name": 91, "geo": 91, "address": 91}),
    ("overpass", f"carto/{GEOTREK}/tourism/tests/data/information_desk_OSM.json", 4, {"geo": 4}),
    ("overpass", f"carto/{GEOTREK}/tourism/tests/data/touristic_content_OSM.json", 6, {"geo": 6}),
    ("overpass", f"carto/{GEOTREK}/outdoor/tests/data/outdoor_OSM.json", 15, {"geo": 15}),
    ("umap", f"{UMAP}/display_on_load.umap", 2, {"geo": 2}),
    ("umap", f"{UMAP}/test_upload_data.umap", 3, {"geo": 3, "name": 3}),
    ("umap", f"{UMAP}/test_upload_data_with_enum.umap", 4, {"geo": 4}),
    ("umap", f"{UMAP}/remote_data.umap", 0, {}),
]


@cache
def digest(kind: str, path: Path) -> Digest:
    return samples.digest(kind, content(path))


def content(path: Path) -> bytes:
    """A file; in those snapshots the ids are placeholders, which are no JSON."""
    if path.name.endswith(".snapshot.json"):
        count = iter(range(10_000))
        return re.sub(rb'(?<!")\{[A-Z_]+\}(?!")', lambda _: b"%d" % next(count), path.read_bytes())
    return path.read_bytes()


def said(found: Digest, name: str) -> int:
    """Of how many records the property ``name`` is said, of the record itself."""
    return sum(
        any(line.startswith(f"<{iri}> ") and re.search(rf"[/#]{name}> ", line) for line in lines)
        for iri, lines in found.records.items()
    )


@pytest.mark.parametrize(("kind", "file", "records", "properties"), CASES)
def test_a_real_file_gives_what_it_holds(
    kind: str, file: str, records: int, properties: dict[str, int]
) -> None:
    found = digest(kind, shared("corpus") / file)
    assert len(found.records) == records
    assert {name: said(found, name) for name in properties} == properties


def test_the_answers_of_the_events_calendar_are_events_and_nothing_else() -> None:
    paths = sorted((shared("corpus") / TEC).rglob("*.snapshot.json"))
    assert len(paths) > 20
    for path in paths:
        found = samples.digest("wordpress", content(path))
        if path.name.startswith("Event"):
            assert found.records
            assert said(found, "startDate") == said(found, "name") == len(found.records)
        else:
            assert not found.records


LARGE = 500_000
"""Bytes from which a file is looked at before it is read: half of the time goes to a few."""

SUSPECT = re.compile(
    rb"@|%40|u0040|&#0*64;|&#x0*40;|&commat;|=40"
    rb"|(?<![\d/.-])(?:(?:\+|00)33\s?(?:\(0\))?|0)[\s.-]?[67](?:[\s.-]?\d{2}){4}(?!\d)"
)
KINDS = {
    ".ics": ("ics",),
    ".csv": ("csv", "mednum"),
    ".html": ("html",),
    ".jsonld": ("rdf", "dcat"),
    ".rdf": ("rdf", "dcat"),
    ".ttl": ("rdf", "dcat"),
    ".xml": ("rdf", "dcat", "xml"),
    ".umap": ("umap",),
    ".geojson": ("geojson", "umap"),
    ".json": ("json", "gogocarto", "activitypub", "apidae", "datatourisme", "overpass"),
}
HARVESTED = frozenset({"ics", "ics-nasty", "feed", "carto", "load"})
MORE = ("mednum", "openagenda", "wordpress", "fablabs", "communecter", "datainclusion")


def kinds(path: Path) -> tuple[str, ...]:
    """The kinds that a file may be registered as, by mistake or not."""
    folder = path.relative_to(shared("corpus")).parts[0]
    found = KINDS.get(path.suffix, ())
    if folder == "feed" or (folder in HARVESTED and found == ("ics",)):
        return ()  # looked at in the store, by tests/test_corpus.py
    return (*found, *MORE) if path.suffix == ".json" else found


def adrift(found: Digest) -> Iterator[str]:
    """The parts of records that nothing in their record leads to."""
    for iri, lines in found.records.items():
        told = {line.split(" ")[0] for line in lines}
        objects = {line.split(" ", 2)[2].removesuffix(" .") for line in lines}
        yield from (each for each in told if each != f"<{iri}>" and each not in objects)


def could_leak(body: bytes) -> bool:
    """Whether a large file holds anything like a mailbox or a mobile number, however written."""
    return len(body) < LARGE or bool(SUSPECT.search(body))


def said_of(task: tuple[str, Path]) -> tuple[int, list[str], list[str]]:
    """How many records a file has as one kind, what leaks from them and what is adrift."""
    kind, path = task
    body = Content(content(path), url="https://source.example/page")
    source = samples.source(kind)
    try:
        graph = shared_children().digest(
            Task(source, samples.IRIS.base, samples.options(kind), (body,))
        )
    except ReadError:
        return 0, [], []
    name = f"{kind} {path.name}"
    leaked = [f"{name}: {line}" for lines in graph.records.values() for line in leaks(lines)]
    return len(graph.records), leaked, [f"{name}: {part}" for part in adrift(graph)]


@pytest.mark.slow
def test_no_graph_holds_a_mailbox_outside_the_contact_of_an_organisation_nor_a_part_adrift() -> (
    None
):
    root = shared("corpus")
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    tasks = [(kind, path) for path in paths for kind in kinds(path) if could_leak(content(path))]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(said_of, tasks))
    read, leaked, lost = zip(*found, strict=True)
    assert sum(read) > 20_000
    assert list(chain(*leaked)) == []
    assert list(chain(*lost)) == []
