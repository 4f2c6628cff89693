"""Today's mapping on what sources said last: shown first, then committed as a run of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.child import digest_of
from harvester.records import HarvestError
from harvester.runs import REPLAYED
from harvester.seeing.looking import looking
from harvester.seeing.replay import OutpacedError, Replayed, commit, replayed, shown_on
from harvester.seeing.review import review
from harvester.session import chosen, opened
from store.captures import Captures
from store.changelog import ChangeLog
from store.standing import Saved, StoredIssue
from store.state import State
from tests.harvester.test_preview import bytes_of
from tests.harvester.test_runs import BAL, CONCERT, IRIS, MARCHE, Node, calendar
from tests.loopback import Page, loopback_site
from vocab import term
from vocab.messages import say

MANY = [(f"e{number}", f"Bal {number}") for number in range(12)]
MAPPING = """\
prefixes:
  schema: https://schema.org/
  eb: https://w3id.org/enbauges/ns#
  ebf: https://w3id.org/enbauges/function#
sources:
  records: [records.json~jsonpath, "$.records[*]"]
mappings:
  event:
    sources: records
    s: $(_record.iri)
    po:
      - [a, [schema:Event, eb:SourceRecord]]
      - [schema:name, $(summary), fr~lang]
      - p: schema:startDate
        o: {function: "ebf:date(value=$(start))"}
"""
MORE = "      - [schema:keywords, $(uid)]\n"
ONLY = (
    '    condition: idlab-fn:equal(grel:valueParameter=$(summary), grel:valueParameter2="{name}")\n'
)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        node = Node(tmp_path, site)
        node.more += f'mapping = "{tmp_path / "agenda.yml"}"\n'
        mapped(node, MAPPING)
        node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
        node.harvest()
        yield node


def mapped(node: Node, text: str) -> None:
    (node.folder / "agenda.yml").write_text(text, encoding="utf-8")


def only(name: str) -> str:
    """The mapping for what bears one name; it says nothing of the rest."""
    return MAPPING.replace("    po:\n", ONLY.format(name=name) + "    po:\n")


def shown(node: Node, *ids: str, accept: bool = False) -> dict[str, Replayed]:
    node.now += timedelta(minutes=1)
    config = node.config()
    with looking(
        config, node.place, version="1.0", clock=lambda: node.now, digest=digest_of,
        accept=accept, replay=True,
    ) as means:  # fmt: skip
        return {each.source.id: each for each in replayed(chosen(config, ids), means)}


def committed(node: Node, *, accept: bool = False, generation: int | None = None) -> None:
    node.now += timedelta(minutes=1)
    config = node.config()
    basis = shown_on(node.place) if generation is None else generation
    with opened(
        config, node.place, version="1.0", clock=lambda: node.now, digest=digest_of,
        accept=accept, replay=True,
    ) as session:  # fmt: skip
        commit(session, config.sources, basis)


def records(node: Node) -> frozenset[str]:
    return node.graphs().get(IRIS.source_graph("mairie"), frozenset())


def test_what_a_changed_mapping_changes_is_shown_and_nothing_is_written(node: Node) -> None:
    mapped(node, MAPPING + MORE)
    before, asked = bytes_of(node.folder), list(node.site.asked)
    found = shown(node)["mairie"]
    assert found.changes
    (graph,) = [each for each in found.differences if "/source/" in each.graph]
    assert (graph.added, graph.removed) == (2, 0)
    assert graph.properties == {term("schema:keywords"): (2, 0)}
    assert {change.kind for change in graph.changes} == {"~"}
    assert bytes_of(node.folder) == before
    assert node.site.asked == asked
    lines = list(review(found, IRIS, "en"))
    assert max(map(len, lines)) <= 80
    assert any(line.strip().startswith("+ schema:keywords") for line in lines)


def test_it_is_committed_as_a_run_of_its_own_without_asking_anybody(node: Node) -> None:
    mapped(node, MAPPING + MORE)
    asked, state = list(node.site.asked), node.state("mairie")
    committed(node)
    assert node.site.asked == asked
    assert sum(f"<{term('schema:keywords')}>" in line for line in records(node)) == 2
    entry, _ = ChangeLog(node.place.changes).entries("mairie")
    told = {line for line in node.graphs()[IRIS.graph("provenance")] if entry.activity in line}
    assert any(REPLAYED in line for line in told)
    after = node.state("mairie")
    assert after.checked_at == state.checked_at
    assert (after.etag, after.content_hash) == (state.etag, state.content_hash)
    assert after.changed_at == node.now


def test_the_harvest_after_it_finds_nothing_to_do(node: Node) -> None:
    mapped(node, MAPPING + MORE)
    committed(node)
    before = node.graphs()
    report = node.harvest()["mairie"]
    assert (report.outcome, report.quads) == ("unchanged", 0)
    assert node.site.statuses[-1] == 304
    assert node.graphs() == before


def test_a_mapping_that_did_not_change_changes_nothing(node: Node) -> None:
    found = shown(node)["mairie"]
    assert (found.changes, found.report.outcome) == (False, "unchanged")


def test_a_source_whose_answer_is_not_kept_is_told_and_others_go_on(node: Node) -> None:
    node.site.pages["/asso"] = Page(calendar(MARCHE))
    node.harvest()
    Captures(node.place.captures).drop("mairie")
    mapped(node, MAPPING + MORE)
    found = shown(node)
    assert "not kept" in str(found["mairie"].report.reason)
    assert found["asso"].changes
    committed(node)
    assert node.state("mairie").outcome == "unchanged"
    assert node.state("mairie").failures == 0


def test_a_mapping_that_says_nothing_of_most_entries_is_held_and_said(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(*MANY))
    node.harvest()
    mapped(node, only("Bal 3"))
    before = records(node)
    found = shown(node)["mairie"]
    assert found.report.outcome == "held"
    assert len(found.stuck) == 11
    assert "11 of the 14 entries" in str(found.report.reason)
    committed(node)
    assert records(node) == before
    taken = shown(node, "mairie", accept=True)["mairie"]
    assert len(taken.missing) >= 11
    committed(node, accept=True)
    assert node.names() == {"Bal 3", "Bal", "Concert"}, "those were missing before"
    assert any("Tombstone" in line for line in node.graphs()[IRIS.graph("tombstones")])


def test_records_that_come_out_of_it_no_longer_are_named(node: Node) -> None:
    node.more += 'scope = "wide"\n'
    found = shown(node)["mairie"]
    assert len(found.missing) == 2
    assert "they come out of it no longer (× 2)" in "\n".join(review(found, IRIS, "en"))
    committed(node)
    assert node.names() == {"Bal", "Concert"}, "removals are guarded as ever"
    with State(node.place.state) as state:
        assert set(state.absences("mairie")) == set(found.missing)


def test_what_was_missing_is_not_missing_once_more_because_it_is_read_again(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    with State(node.place.state) as state:
        before = state.absences("mairie")
    mapped(node, MAPPING + MORE)
    node.now += timedelta(days=2)
    committed(node)
    assert len(before) == 1
    with State(node.place.state) as state:
        assert state.absences("mairie") == before
    assert node.names() == {"Bal", "Concert"}


def test_a_source_that_fails_goes_on_failing(node: Node) -> None:
    page, node.site.pages["/mairie"] = node.site.pages["/mairie"], Page(b"", status=500)
    node.harvest()
    mapped(node, MAPPING + MORE)
    committed(node)
    state = node.state("mairie")
    assert (state.outcome, state.failures) == ("failed", 1)
    assert sum(f"<{term('schema:keywords')}>" in line for line in records(node)) == 2
    node.site.pages["/mairie"] = page
    assert node.harvest()["mairie"].outcome == "unchanged"


def test_pages_that_were_left_unread_are_not_taken_for_gone(node: Node) -> None:
    with State(node.place.state) as state:
        unread = StoredIssue("pages-limit", "notice", say("pages were left unread"))
        state.save([Saved(state.get("mairie"), issues=[unread])])
    node.more += 'scope = "wide"\n'
    found = shown(node)["mairie"]
    assert any(each.code == "pages-limit" for each in found.report.issues)
    assert found.missing == ()


def test_changes_that_were_shown_on_another_state_are_not_committed(node: Node) -> None:
    generation = shown_on(node.place)
    assert generation == 1
    node.site.pages["/mairie"] = Page(calendar(MARCHE))
    node.harvest()
    mapped(node, MAPPING + MORE)
    before = node.graphs()
    with pytest.raises(OutpacedError, match="harvested meanwhile"):
        committed(node, generation=generation)
    node.place.unfinished.touch()
    assert shown_on(node.place) is None
    with pytest.raises(HarvestError, match="interrupted"):
        committed(node, generation=2)
    node.place.unfinished.unlink()
    assert node.graphs() == before
