"""Undoing runs, and reading what a thing was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from harvester.life import forget
from harvester.life.history import History, history, plain, told
from harvester.life.lifecycle import LifeError
from harvester.life.meant import takedowns_for
from harvester.life.rollback import Undone, roll_back, stamp_of
from harvester.session import opened
from harvester.sources import UnknownSourceError
from store.changelog import ChangeLog, Entry
from store.changes import Changeset, Delta
from store.generations import Generations
from tests.harvester.test_runs import BAL, CONCERT, IRIS, MARCHE, Node, calendar
from tests.loopback import Page, loopback_site
from vocab import term

GRAPH = IRIS.source_graph("mairie")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        node = Node(tmp_path, site)
        give(node, BAL, CONCERT)
        node.harvest()
        yield node


def give(node: Node, *events: tuple[str, str]) -> None:
    node.site.pages["/mairie"] = Page(calendar(*events))


def harvested(node: Node, *events: tuple[str, str]) -> None:
    give(node, *events)
    node.harvest()


def undo(node: Node, to: str | None = None, source: str = "mairie") -> Undone:
    node.now += timedelta(minutes=1)
    config = node.config()
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        undone = roll_back(session, config, source, to)
        session.publish()
    return undone


def runs(node: Node) -> list[str]:
    """The runs of the source, the oldest first."""
    return [stamp_of(each) for each in ChangeLog(node.place.changes).entries("mairie")][::-1]


def shared_graphs(node: Node) -> dict[str, frozenset[str]]:
    """The graphs that a run and its undoing leave the same, unlike provenance."""
    return {
        name: lines for name, lines in node.graphs().items() if name != IRIS.graph("provenance")
    }


def test_the_last_run_is_undone_in_every_graph(node: Node) -> None:
    before = shared_graphs(node)
    harvested(node, BAL, ("b", "Concert déplacé"), MARCHE)
    undone = undo(node)
    assert (undone.back, undone.gone, undone.changed) == (0, 1, 1)
    assert node.names() == {"Bal", "Concert"}
    after = shared_graphs(node)
    tombs = after.pop(IRIS.graph("tombstones"))
    assert len([line for line in tombs if term("eb:Tombstone") in line]) == 1
    assert after == before


def test_undoing_is_a_run_of_its_own(node: Node) -> None:
    harvested(node, BAL)
    harvested(node, BAL, MARCHE)
    (run,) = undo(node).runs
    assert run == runs(node)[-2]
    entry = next(ChangeLog(node.place.changes).entries("mairie"))
    said = "\n".join(node.graphs()[IRIS.graph("provenance")])
    assert f"<{entry.activity}> <{term('dcterms:description')}>" in said
    assert node.state("mairie").records == 2
    current = Generations(node.place.generations).current()
    assert current is not None
    assert current.created == node.now


def test_undoing_twice_is_doing_again(node: Node) -> None:
    harvested(node, BAL, CONCERT, MARCHE)
    before = shared_graphs(node)
    undo(node)
    undo(node)
    assert shared_graphs(node) == before


def test_it_stays_undone_until_the_source_says_something_new(node: Node) -> None:
    harvested(node, BAL, CONCERT, MARCHE)
    undo(node)
    assert node.harvest()["mairie"].quads == 0
    assert node.names() == {"Bal", "Concert"}
    harvested(node, BAL, CONCERT, MARCHE, ("d", "Gala"))
    assert node.names() == {"Bal", "Concert", "Marché", "Gala"}


def test_a_source_goes_back_to_what_it_was_after_a_run(node: Node) -> None:
    wanted = node.graphs()[GRAPH]
    for number in range(3):
        harvested(node, ("a", f"Bal {number}"), CONCERT)
    first, *others = runs(node)
    undone = undo(node, to=first)
    assert undone.runs == tuple(reversed(others))
    assert node.graphs()[GRAPH] == wanted


def test_a_thing_that_came_under_another_id_keeps_its_entity(node: Node) -> None:
    links = node.graphs()[IRIS.graph("links")]
    harvested(node, ("renewed", "Bal"), CONCERT)
    undo(node)
    assert node.graphs()[IRIS.graph("links")] == links
    assert IRIS.graph("tombstones") not in node.graphs()


def test_a_run_that_did_not_take_place_is_not_undone(node: Node) -> None:
    """Its entry was written, and then the program was killed."""
    harvested(node, BAL, CONCERT, MARCHE)
    line = f'<{IRIS.record("mairie", "x")}> <{term("schema:name")}> "Rien" .'
    never = Entry(
        "mairie",
        node.now + timedelta(seconds=30),
        IRIS.activity("mairie", "20990101T000000Z"),
        Changeset({GRAPH: Delta(removed=frozenset({line}))}),
    )
    ChangeLog(node.place.changes).write(never)
    undo(node)
    assert node.names() == {"Bal", "Concert"}


def test_texts_withheld_since_do_not_come_back(node: Node) -> None:
    harvested(node, BAL)
    node.more = ""  # the licence was taken out
    node.harvest()
    undo(node, to=runs(node)[0])
    assert "Venez nombreux" not in "\n".join(node.graphs()[GRAPH])


def test_what_was_forgotten_does_not_come_back(node: Node) -> None:
    config = node.config()
    first = runs(node)[0]
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        entries = takedowns_for("Concert", session, config, as_text=True)
        plan = forget.planned(session, config, session.means.takedowns.with_(*entries))
        forget.carry_out(plan, session, config)
        session.publish()
    harvested(node, BAL, MARCHE)
    undo(node, to=first)
    assert node.names() == {"Bal"}


def test_there_may_be_nothing_to_undo(node: Node) -> None:
    with pytest.raises(LifeError, match=f"no run 2020.*{runs(node)[0]}"):
        undo(node, to="20200101T000000Z")
    with pytest.raises(LifeError, match="no run changed its records after"):
        undo(node, to=runs(node)[0])
    with pytest.raises(UnknownSourceError):
        undo(node, source="nobody")
    for path in ChangeLog(node.place.changes).paths("mairie"):
        path.unlink()
    with pytest.raises(LifeError, match="nothing to undo"):
        undo(node)


# What a thing was


def story(node: Node, iri: str) -> History:
    current = Generations(node.place.generations).current()
    assert current is not None
    return history(iri, current, ChangeLog(node.place.changes))


def record(uid: str) -> str:
    return IRIS.record("mairie", f"{uid}@agenda.example")


def entity(node: Node, key: str) -> str:
    return next(
        line.split(" ")[2][1:-1]
        for line in node.graphs()[IRIS.graph("links")]
        if f"<{record(key)}>" in line
    )


@pytest.mark.parametrize("by", ["record", "entity"])
def test_a_history_tells_what_changed_and_when(node: Node, by: str) -> None:
    iri = record("b") if by == "record" else entity(node, "b")
    harvested(node, BAL, ("b", "Concert déplacé"))
    undo(node)
    found = story(node, iri)
    assert [each.event for each in found.moments] == ["appeared", "changed", "changed"]
    assert [each.purpose for each in found.moments] == ["", "", "Retour à l'état d'avant"]
    lines = list(told(found, UTC, "en"))
    assert any(line.endswith("+ schema:name: Concert déplacé") for line in lines)
    assert any(line.endswith("- schema:name: Concert déplacé") for line in lines)
    assert (found.earlier, found.tombstone) == (False, False)
    assert len(found.related) == 1


def test_a_thing_that_has_gone_keeps_its_history(node: Node) -> None:
    harvested(node, BAL, CONCERT, MARCHE)
    gone = entity(node, "c")
    undo(node)
    found = story(node, gone)
    assert [each.event for each in found.moments] == ["appeared", "left"]
    assert found.tombstone
    assert "has gone" in list(told(found, UTC, "en"))[-1]
    undo(node)
    found = story(node, gone)
    assert [each.event for each in found.moments] == ["appeared", "left", "returned"]
    assert not found.tombstone


def test_what_is_older_than_the_log_is_said(node: Node) -> None:
    for path in ChangeLog(node.place.changes).paths("mairie"):
        path.unlink()
    harvested(node, ("a", "Grand bal"), CONCERT)
    found = story(node, record("a"))
    assert found.earlier
    assert [each.event for each in found.moments] == ["changed"]
    assert "before the change log" in "\n".join(told(found, UTC, "en"))


def test_a_history_can_be_read_by_programs(node: Node) -> None:
    data = plain(story(node, record("a")))
    (moment,) = data["moments"]
    assert (moment["event"], moment["source"]) == ("appeared", "mairie")
    assert data["published"]
    assert not moment["removed"]


def test_nothing_is_known_of_a_wrong_address(node: Node) -> None:
    with pytest.raises(LifeError, match="nothing is known"):
        story(node, IRIS.record("mairie", "nobody"))
