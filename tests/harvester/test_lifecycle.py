"""The life of a source: taken out of the file, retired, renamed, put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.life.lifecycle import Done, LifeError, rename, retire
from harvester.life.renaming import Renaming
from harvester.life.strays import orphans
from harvester.records import HarvestError
from harvester.session import Session, opened
from harvester.sources import Config, load
from mappings import platforms
from store.captures import Capture, Captures
from store.captures import Page as Captured
from store.changelog import ChangeLog
from store.errors import StoreError
from store.generations import Generations
from store.standing import Absence, Saved
from store.state import State
from tests.harvester.test_runs import BAL, CONCERT, IRIS, MARCHE, Node, calendar
from tests.loopback import Page, loopback_site
from vocab import term
from vocab.messages import say

PROVENANCE, TOMBSTONES = IRIS.graph("provenance"), IRIS.graph("tombstones")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
        site.pages["/fete"] = Page(calendar(MARCHE))
        node = Node(tmp_path, site)
        node.harvest()
        yield node


def take_out(node: Node, path: str = "/mairie") -> None:
    """Take the block of a page out of the file."""
    node.site.pages.pop(path)


def operate(node: Node, act: Callable[[Session], Done]) -> Done:
    node.now += timedelta(minutes=1)
    with opened(node.config(), node.place, version="1.0", clock=lambda: node.now) as session:
        done = act(session)
        session.publish()
    return done


def retired(node: Node, source: str = "mairie", *, withdraw: bool = False) -> Done:
    config = node.config()
    return operate(node, lambda session: retire(session, config, source, withdraw=withdraw))


def renamed(node: Node, old: str = "mairie", new: str = "commune") -> Done:
    config = node.config()
    return operate(node, lambda session: rename(session, config, old, new))


def spoken_of(node: Node) -> tuple[str, ...]:
    return orphans(node.config(), Generations(node.place.generations).current())


# Taken out, and retired


def test_a_source_taken_out_stays_published_and_is_spoken_of(node: Node) -> None:
    take_out(node)
    node.harvest()
    assert node.names() == {"Bal", "Concert", "Marché"}
    assert spoken_of(node) == ("mairie",)


def test_a_source_retired_with_its_data_kept_is_spoken_of_no_more(node: Node) -> None:
    take_out(node)
    assert retired(node).records == 2
    assert node.names() == {"Bal", "Concert", "Marché"}
    assert spoken_of(node) == ()
    said = "\n".join(node.graphs()[PROVENANCE])
    assert f"<{IRIS.source('mairie')}> <{term('prov:invalidatedAtTime')}>" in said
    assert node.state("mairie").checked_at is None
    node.harvest()
    assert spoken_of(node) == ()


def test_a_source_retired_with_its_data_leaves_tombstones(node: Node) -> None:
    take_out(node)
    retired(node, withdraw=True)
    assert node.names() == {"Marché"}
    assert spoken_of(node) == ()
    graphs = node.graphs()
    assert IRIS.source_graph("mairie") not in graphs
    tombs = {line for line in graphs[TOMBSTONES] if f"<{term('eb:Tombstone')}>" in line}
    assert len(tombs) == 2
    assert "Agenda /mairie" not in "\n".join(graphs[PROVENANCE])
    entry = next(ChangeLog(node.place.changes).entries("mairie"))
    assert any(entry.activity in line for line in graphs[PROVENANCE])


def test_data_that_were_kept_can_be_withdrawn_later(node: Node) -> None:
    take_out(node)
    retired(node)
    with pytest.raises(LifeError, match="--withdraw"):
        retired(node)
    retired(node, withdraw=True)
    assert node.names() == {"Marché"}
    with pytest.raises(LifeError, match="withdrawn already"):
        retired(node, withdraw=True)


@pytest.mark.parametrize("withdraw", [False, True])
def test_a_retired_source_comes_back_with_its_block(node: Node, withdraw: bool) -> None:  # noqa: FBT001
    page = node.site.pages["/mairie"]
    before = node.graphs()
    take_out(node)
    retired(node, withdraw=withdraw)
    node.site.pages["/mairie"] = page
    assert node.harvest()["mairie"].outcome in {"committed", "unchanged"}
    assert node.names() == {"Bal", "Concert", "Marché"}
    assert "invalidatedAtTime" not in "\n".join(node.graphs()[PROVENANCE])
    assert node.graphs()[IRIS.graph("links")] == before[IRIS.graph("links")]
    assert TOMBSTONES not in node.graphs()


def test_captures_go_with_a_retired_source(node: Node) -> None:
    captures = Captures(node.place.captures)
    for source in ("mairie", "fete"):
        captures.keep(source, Capture(node.now, "a" * 64, (Captured(b"Bal"),)))
    take_out(node)
    retired(node)
    assert not list(captures.all("mairie"))
    assert list(captures.all("fete"))


def test_a_source_still_in_the_file_is_not_retired(node: Node) -> None:
    with pytest.raises(LifeError, match=r"take its block out first.*enabled = false"):
        retired(node)


def test_a_source_that_was_never_there_is_not_retired(node: Node) -> None:
    with pytest.raises(LifeError, match="nothing is kept of a source nobody"):
        retired(node, "nobody")


# Another id


def rewrite(node: Node) -> None:
    """The block of /mairie under the id ``commune``, from now on."""
    written = node.config

    def config() -> Config:
        path = written().path
        text = path.read_text(encoding="utf-8").replace('id = "mairie"', 'id = "commune"')
        path.write_text(text, encoding="utf-8")
        return load(path, kinds=platforms().keys())

    node.config = config  # type: ignore[method-assign,assignment]


def test_a_new_id_for_an_address_is_not_read_until_it_is_said_what_it_is(node: Node) -> None:
    before = node.graphs()
    rewrite(node)
    report = node.harvest()["commune"]
    assert report.outcome == "failed"
    assert "enbauges source rename mairie commune" in str(report.reason)
    assert "enbauges source retire mairie" in str(report.reason)
    assert node.graphs() == before


def test_after_retiring_the_old_id_the_new_one_is_read(node: Node) -> None:
    rewrite(node)
    retired(node, withdraw=True)
    assert node.harvest()["commune"].added == 2


def test_renaming_moves_everything_and_entities_keep_their_iris(node: Node) -> None:
    before = node.graphs()
    rewrite(node)
    node.harvest()
    assert renamed(node).records == 2
    after = node.graphs()
    assert "mairie/" not in "\n".join(after[IRIS.source_graph("commune")]).replace("/mairie", "")
    assert IRIS.source_graph("mairie") not in after
    links = {line.split(" ")[2] for line in before[IRIS.graph("links")]}
    assert {line.split(" ")[2] for line in after[IRIS.graph("links")]} == links
    assert IRIS.record("mairie", "a@agenda.example") not in "\n".join(
        line for lines in after.values() for line in lines
    )
    assert node.names() == {"Bal", "Concert", "Marché"}
    assert TOMBSTONES not in after


def test_after_renaming_a_harvest_finds_nothing_new(node: Node) -> None:
    rewrite(node)
    renamed(node)
    before = node.graphs()
    report = node.harvest()["commune"]
    assert (report.outcome, report.quads) == ("unchanged", 0)
    assert node.graphs() == before
    assert spoken_of(node) == ()


def test_state_captures_and_the_change_log_follow(node: Node) -> None:
    old, new = IRIS.record("mairie", "a"), IRIS.record("commune", "a")
    with State(node.place.state) as state:
        state.save([Saved(state.get("mairie"), absences={old: Absence(node.now, 1)})])
    captures, log = Captures(node.place.captures), ChangeLog(node.place.changes)
    kept, (first,) = list(captures.all("mairie")), log.entries("mairie")
    rewrite(node)
    node.harvest()  # refused: it leaves a state of its own
    renamed(node)
    with State(node.place.state) as state:
        assert list(state.absences("commune")) == [new]
        assert state.get("commune").good_at
        assert state.get("mairie").checked_at is None
    assert list(captures.all("commune")) == kept
    assert log.sources() == ["commune", "fete"]
    renaming, second = list(log.entries("commune"))
    assert second.activity == first.activity.replace("/mairie/", "/commune/")
    assert "/mairie/" not in "".join(second.changeset.graphs)
    assert second.changeset.graphs[IRIS.source_graph("commune")].added == {
        line.replace("/record/mairie/", "/record/commune/")
        for line in first.changeset.graphs[IRIS.source_graph("mairie")].added
    }
    assert list(renaming.changeset.graphs) == [PROVENANCE]


def test_a_renaming_that_was_interrupted_is_finished_by_doing_it_again(node: Node) -> None:
    captures = Captures(node.place.captures)
    rewrite(node)
    renamed(node)
    captures.keep("mairie", Capture(node.now, "a" * 64, (Captured(b"Bal"),)))
    before = node.graphs()
    renamed(node)
    assert "a" * 64 in {each.content_hash for each in captures.all("commune")}
    assert not (node.place.captures / "mairie").exists()
    assert node.graphs() == before


def test_a_change_log_that_was_not_rewritten_yet_is_found_again(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError(say("no room"))

    rewrite(node)
    with monkeypatch.context() as disk:
        disk.setattr(ChangeLog, "rewrite", full)
        with pytest.raises(StoreError):
            renamed(node)
    renamed(node)
    log = ChangeLog(node.place.changes)
    assert log.sources() == ["commune", "fete"]
    assert all("/commune/" in entry.activity for entry in log.entries("commune"))


def test_renaming_is_refused_with_the_remedy(node: Node) -> None:
    with pytest.raises(LifeError, match='write id = "commune" in its block'):
        renamed(node)
    take_out(node)
    with pytest.raises(HarvestError, match="has no source"):
        renamed(node)
    with pytest.raises(LifeError, match="holds data of its own"):
        renamed(node, "mairie", "fete")
    with pytest.raises(LifeError, match="nothing is kept of a source nobody"):
        renamed(node, "nobody", "fete")


def test_only_iris_of_the_source_are_renamed() -> None:
    renaming = Renaming("mairie", "commune", IRIS)
    for same in (
        "https://node.example/id/record/mairie-jarsy/a",
        "https://node.example/graph/source/mairie-jarsy",
        "https://node.example/id/event/mairie",
        "https://mairie.example/id/record/mairie/a",
        "mairie",
    ):
        assert renaming.iri(same) == same
    genid = "https://node.example/.well-known/genid/mairie/a#1"
    assert renaming.iri(genid) == genid.replace("mairie", "commune")
    assert renaming.iri(IRIS.source("mairie")) == IRIS.source("commune")
    line = f'<{IRIS.record("mairie", "a")}> <http://e.org/p> "{IRIS.record("mairie", "b")}" .'
    (named,) = renaming.lines(frozenset({line}))
    assert named == line.replace("/mairie/a", "/commune/a")
