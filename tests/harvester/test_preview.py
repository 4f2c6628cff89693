"""Seeing before saving: the preview tells what the harvest after it does, and writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harvester.child import digest_of
from harvester.fetch import Fetched, Validators
from harvester.records import Content, HarvestError
from harvester.seeing.differences import GraphDifference
from harvester.seeing.looking import looking
from harvester.seeing.machine import plain_preview
from harvester.seeing.preview import Preview, preview
from harvester.seeing.text import shown
from store import takedown
from store.captures import Captures
from store.changelog import ChangeLog
from store.embedded import EmbeddedStore
from store.errors import StoreError
from store.generations import Generations
from store.looking import PublishedStore, state_as_it_is
from store.standing import Saved
from store.state import State
from store.takedown import Takedowns
from tests.harvester.test_runs import BAL, CONCERT, IRIS, MARCHE, NOW, Node, calendar
from tests.loopback import Page, loopback_site
from vocab import term

TABLE = """\
Titre,Date,Tél,Remarque
Bal,2026-06-13,04 79 00 00 00,Appeler Jeanne au 06 12 34 56 78
Concert,2026-06-14,,
"""
MAPPING = """\
prefixes: {schema: "https://schema.org/"}
sources:
  records: [records.json~jsonpath, "$.records[*]"]
mappings:
  event:
    sources: records
    s: $(_record.iri)
    po:
      - [a, schema:Event]
      - [schema:name, $(Titer), fr~lang]
      - [schema:startDate, $(Date), xsd:date]
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        node = Node(tmp_path, site)
        node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
        yield node


def seen(node: Node, most: int = 5, source: str = "mairie", **block: Any) -> Preview:
    """The preview of a source of the node, with ``block`` in place of what its file says."""
    config = node.config()
    meant = config.source(source).model_copy(update=block)
    with looking(
        config, node.place, version="1.0", clock=lambda: node.now, digest=digest_of
    ) as means:
        return preview(meant, means, most)


def of(found: Preview, graph: str) -> GraphDifference:
    return next(each for each in found.differences if each.graph == graph)


def bytes_of(folder: Path) -> dict[str, str]:
    """Every file under ``folder`` by its path, with the hash of its content."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_preview_shows_what_the_source_says_and_what_would_be_published(node: Node) -> None:
    found = seen(node, most=1)
    assert (found.outcome, found.report.records, found.report.added) == ("committed", 2, 2)
    (entry,) = found.entries
    assert (entry.fields["summary"], entry.fate) == ("Bal", "new")
    assert any('"Bal"@fr' in line for line in entry.lines)
    assert found.types == {term("schema:Event"): 2}
    assert found.dates is not None
    assert (found.dates.first, found.dates.ahead) == ("2026-06-13", 2)
    assert {"event-location", "event-organizer"} <= {each.code for each in entry.issues}


def test_the_preview_says_what_the_harvest_after_it_does(node: Node) -> None:
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL, ("b", "Concert déplacé"), MARCHE))
    found = seen(node)
    done = node.harvest()["mairie"]
    told = {
        each.graph: (each.added, each.removed)
        for each in found.differences
        if each.graph != IRIS.graph("provenance")  # measurements are published beside it
    }
    assert {name: told[name] for name in told} == {
        name: tuple(counts) for name, counts in done.graphs.items() if name in told
    }
    same = ("outcome", "records", "added", "changed", "removed", "quads", "issues")
    assert [getattr(found.report, name) for name in same] == [getattr(done, name) for name in same]
    assert [entry.fate for entry in found.entries] == ["same", "changed", "new"]


def test_the_difference_is_told_by_record_and_by_property(node: Node) -> None:
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL, ("b", "Concert déplacé")))
    graph = of(seen(node), IRIS.source_graph("mairie"))
    (change,) = graph.changes
    assert change.kind == "~"
    assert graph.properties[term("schema:name")] == (1, 1)
    assert ['"Concert"@fr' in line for line in change.delta.removed] == [True]


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("a preview writes nothing")


def test_a_preview_writes_nothing(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL, MARCHE))
    before = bytes_of(node.folder)
    writes: Sequence[tuple[type, str]] = (
        *((EmbeddedStore, name) for name in ("apply", "flush", "backup", "__enter__")),
        *((State, name) for name in ("save", "post", "delivered", "postpone")),
        *((Captures, name) for name in ("keep", "drop")),
        (ChangeLog, "write"),
        (Generations, "publish"),
    )
    for owner, name in writes:
        monkeypatch.setattr(owner, name, refuse)
    assert seen(node).report.added == 1
    assert bytes_of(node.folder) == before


def test_a_look_at_a_new_node_leaves_it_without_data(node: Node) -> None:
    assert seen(node).outcome == "committed"
    assert not node.place.var.exists()


def test_a_look_is_possible_while_a_harvest_holds_the_store(node: Node) -> None:
    node.harvest()
    with EmbeddedStore(node.place.store), State(node.place.state) as state:
        state.save([])
        assert seen(node).outcome == "unchanged"


def test_a_collapse_is_told_as_held(node: Node) -> None:
    many = [(f"e{number}", f"Bal {number}") for number in range(12)]
    node.site.pages["/mairie"] = Page(calendar(*many))
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(*many[:3]))
    found = seen(node)
    assert found.outcome == "held"
    assert "disappeared at once" in str(found.reason)


def test_without_a_licence_texts_are_seen_and_withheld(node: Node) -> None:
    found = seen(node, licence=None)
    (entry, _) = found.entries
    assert entry.fields["description"] == "Venez nombreux"
    assert not any("Venez" in line for line in entry.lines)
    assert found.sample.withheld == {term("schema:description"): 2}
    told = "\n".join(shown(found, "en"))
    assert "licence à clarifier" in told
    assert "withheld, for want of a licence" in told


def test_a_rule_of_robots_txt_for_everybody_is_told(node: Node) -> None:
    node.site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /\n", "text/plain")
    found = seen(node)
    assert found.outcome == "committed"
    assert any(issue.code == "robots-advice" for issue in found.issues)
    assert "tells every robot" in " ".join("\n".join(shown(found, "en")).split())


def test_what_cannot_be_read_is_told_and_nothing_else(node: Node) -> None:
    node.site.pages["/mairie"] = Page(b"<!DOCTYPE html><html></html>", "text/html")
    found = seen(node)
    assert (found.outcome, found.entries, found.differences) == ("failed", (), ())
    assert "web page" in "\n".join(shown(found, "en"))


def table(node: Node, mapping: str = MAPPING) -> dict[str, Any]:
    file = node.folder / "agenda.yml"
    file.write_text(mapping, encoding="utf-8")
    node.site.pages["/table"] = Page(TABLE.encode(), "text/csv; charset=utf-8")
    return {"source": "table", "kind": "csv", "mapping": file}


def test_a_mistyped_column_is_told_with_the_nearest_name(node: Node) -> None:
    found = seen(node, **table(node))
    (told,) = [issue for issue in found.issues if issue.code == "unmet-reference"]
    assert str(told.message) == (
        "agenda.yml:10: no record has “Titer”, which the mapping reads — did you mean Titre?"
    )
    assert "Titre × 2" in " ".join("\n".join(shown(found, "en")).split())


def test_a_mapping_that_says_nothing_is_told_beside_the_fields(node: Node) -> None:
    block = table(node, MAPPING.replace("[a, schema:Event]", "[schema:image, $(photo)]"))
    block["mapping"].write_text(
        block["mapping"].read_text("utf-8").replace("$(Date)", "$(Dtae)"), encoding="utf-8"
    )
    found = seen(node, **block)
    assert found.outcome == "failed"
    assert "none of its entries could be used" in str(found.reason)
    assert {issue.code for issue in found.issues} >= {"nothing-mapped", "unmet-reference"}
    assert [entry.fields["Titre"] for entry in found.entries] == ["Bal", "Concert"]
    assert [entry.fate for entry in found.entries] == ["left out", "left out"]


def test_fields_that_no_rule_reads_and_contacts_that_are_masked_are_counted(node: Node) -> None:
    remark = "xsd:date]\n      - [schema:description, $(Remarque)]"
    block = table(node, MAPPING.replace("$(Titer)", "$(Titre)").replace("xsd:date]", remark))
    found = seen(node, **block)
    assert found.sample.unread == {"Tél": 1}
    assert found.sample.masked == {"Remarque": 1}


def test_people_are_counted_where_they_are_and_never_published(node: Node) -> None:
    body = calendar(BAL).replace(
        b"DESCRIPTION", b"ATTENDEE;CN=Jeanne:mailto:jeanne@mairie.example\r\nDESCRIPTION"
    )
    node.site.pages["/mairie"] = Page(body)
    found = seen(node)
    assert found.people == {"attendee": 1}
    assert "people, never published" in "\n".join(shown(found, "en"))
    assert "jeanne" not in json.dumps(plain_preview(found)).lower()


def test_what_was_forgotten_is_not_shown(node: Node) -> None:
    node.harvest()
    barred = takedown.text_takedown("Concert", "0f" * 16, NOW.isoformat())
    takedown.save(Takedowns((barred,)), node.place.takedowns)
    found = seen(node)
    assert [entry.fields.get("summary") for entry in found.entries] == ["Bal"]


def test_what_came_already_is_not_asked_again(node: Node) -> None:
    config, body = node.config(), calendar(MARCHE)
    came = Fetched("https://elsewhere.example/", NOW, 200, (Content(body),), Validators())
    with looking(
        config, node.place, version="1.0", clock=lambda: node.now, digest=digest_of
    ) as means:
        found = preview(config.source("mairie"), means, answer=came)
    assert [entry.fields["summary"] for entry in found.entries] == ["Marché"]
    assert node.site.asked == []


@pytest.mark.parametrize("diff", [False, True])
def test_a_preview_fits_eighty_columns(node: Node, *, diff: bool) -> None:
    node.harvest()
    long = "Concert dont le nom ne finit pas " * 2 + "https://mairie.example/" + "x" * 90
    node.site.pages["/mairie"] = Page(calendar(BAL, ("b", long)))
    lines = list(shown(seen(node), "fr", diff=diff))
    assert max(map(len, lines)) <= 80
    assert any("Concert" in line for line in lines)


def test_what_a_stranger_wrote_does_not_steer_the_terminal(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(("a\x1b]0;x\x07", "Bal \x1b[31mrouge\u202e")))
    for diff in (False, True):
        text = "".join(shown(seen(node), "fr", diff=diff))
        assert "rouge" in text
        assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_a_preview_is_plain_json(node: Node) -> None:
    plain = json.loads(json.dumps(plain_preview(seen(node))))
    assert (plain["outcome"], plain["added"]) == ("committed", 2)
    assert plain["entries"][0]["fields"]["summary"] == "Bal"
    assert len(plain["entries"][0]["statements"]) > 3
    graph = next(each for each in plain["differences"] if "/source/" in each["graph"])
    assert graph["added"] == sum(len(each["added"]) for each in graph["changes"])


def test_the_published_store_refuses_to_be_written_to(node: Node) -> None:
    node.harvest()
    generation = Generations(node.place.generations).current()
    with PublishedStore(generation, node.place.store) as store:
        lines = store.lines(IRIS.source_graph("mairie"))
        assert lines
        with pytest.raises(StoreError):
            store.flush()


def test_a_state_that_is_being_written_to_is_copied_with_its_log(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with State(path) as live:
        before = live.get("mairie")
        live.save([])
        with state_as_it_is(path) as copy:
            assert copy.get("mairie") == before
            copy.save([Saved(replace(before, records=7))])
            assert copy.get("mairie").records == 7
        assert live.get("mairie").records == 0


def test_another_base_is_refused_as_by_a_harvest(node: Node) -> None:
    node.harvest()
    config = node.config("https://other.example/")
    with (
        pytest.raises(HarvestError, match="base"),
        looking(config, node.place, version="1.0", clock=lambda: node.now),
    ):
        pass
