"""Real files of each platform, and nobody's mailbox or mobile number in any graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from harvester.digest import Digest
from harvester.records import ReadError
from tests import platform_samples as samples
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


MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MOBILE = re.compile(
    r"(?<![\d/.-])(?:(?:\+|00)33\s?(?:\(0\))?|0)[\s.-]?[67](?:[\s.-]?\d{2}){4}(?!\d)"
)
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
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
MORE = ("mednum", "openagenda", "wordpress", "fablabs", "communecter", "datainclusion")


def kinds(path: Path) -> tuple[str, ...]:
    """The kinds that a file may be registered as, by mistake or not."""
    if path.relative_to(shared("corpus")).parts[0] == "feed":
        return ("feed",)
    found = KINDS.get(path.suffix, ())
    return (*found, *MORE) if path.suffix == ".json" else found


def leaks(found: Digest) -> Iterator[str]:
    """Statements with a mailbox or a mobile number that is nobody's structured contact."""
    for lines in found.records.values():
        types = {line.split(" ")[0]: set() for line in lines}  # type: dict[str, set[str]]
        for line in lines:
            subject, predicate, value = line.split(" ", 2)
            if predicate.endswith("22-rdf-syntax-ns#type>"):
                types[subject].add(value.split("/")[-1].removesuffix("> ."))
        for line in lines:
            subject, predicate, value = line.split(" ", 2)
            if predicate == "<https://schema.org/email>":
                allowed = "Organization" in types[subject]
            elif predicate == "<https://schema.org/telephone>":
                allowed = not types[subject].isdisjoint({"Organization", "Place"})
            else:
                allowed = False
            text = value if not value.startswith("<") else ""
            told = MAILBOX.search(text) or MOBILE.search(text) or "<mailto:" in value
            if told and not allowed:
                yield line


def adrift(found: Digest) -> Iterator[str]:
    """The parts of records that nothing in their record leads to."""
    for iri, lines in found.records.items():
        told = {line.split(" ")[0] for line in lines}
        objects = {line.split(" ", 2)[2].removesuffix(" .") for line in lines}
        yield from (each for each in told if each != f"<{iri}>" and each not in objects)


@pytest.mark.slow
def test_no_graph_holds_a_mailbox_outside_the_contact_of_an_organisation_nor_a_part_adrift() -> (
    None
):
    root = shared("corpus")
    read = 0
    leaked: list[str] = []
    lost: list[str] = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        for kind in kinds(path):
            try:
                graph = samples.digest(kind, content(path))
            except ReadError:
                continue
            read += len(graph.records)
            name = f"{kind} {path.relative_to(root)}"
            leaked += [f"{name}: {line}" for line in leaks(graph)]
            lost += [f"{name}: {part}" for part in adrift(graph)]
    assert read > 20_000
    assert leaked == []
    assert lost == []
