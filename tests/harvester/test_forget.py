"""What is forgotten is in no file any more, and does not come back."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.life import forget
from harvester.life.forget import Plan, residue
from harvester.life.lifecycle import LifeError, rename
from harvester.life.meant import takedowns_for
from harvester.life.safekeeping import back_up_node, restore_node
from harvester.life.scrub import Scrub
from harvester.records import Content
from harvester.session import opened
from harvester.sources import load
from mappings import platforms
from store.errors import StoreError
from store.follow import path_of
from store.generations import Generations
from store.standing import Saved, StoredIssue
from store.state import State
from store.takedown import Takedowns, save, text_takedown
from store.takedown import load as takedowns_of
from tests.harvester.test_runs import IRIS, Node
from tests.loopback import Page, loopback_site
from vocab import term
from vocab.messages import say

WHO = "Eudoxie Zorglub"


def event(uid: str, title: str, about: str = "Venez nombreux", day: int = 13) -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{title}\r\nDTSTART;VALUE=DATE:202606{day}\r\n"
        f"DESCRIPTION:{about}\r\nEND:VEVENT\r\n"
    )


def calendar(*events: str) -> Page:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\n"
    return Page(f"{head}{''.join(events)}END:VCALENDAR\r\n".encode())


BAL = event("bal", "Bal")
TALK = event("talk", f"Causerie de {WHO}")
WALK = event("walk", "Flânerie", "Avec EUDOXIE  ZORGLUB\\, guide. Tél. 06 01 02 03 04")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that holds the name in every room; the tests work on copies of it."""
    with loopback_site() as site:
        site.pages["/mairie"] = calendar(BAL, TALK, WALK)
        site.pages["/fete"] = calendar(event("f", "Fête"))
        node = Node(tmp_path_factory.mktemp("built"), site)
        node.harvest()
        # An earlier version of an entry, another source, and an issue: the log and the state
        # hold the name as well.
        site.pages["/fete"] = calendar(event("f", f"Fête chez {WHO}"))
        node.harvest()
        site.pages["/fete"] = calendar(event("f", "Fête"))
        node.harvest()
        with State(node.place.state) as state:
            issue = StoredIssue("x", "error", say("{who} is unknown", who=WHO), key=("talk",))
            state.save([Saved(state.get("mairie"), [issue])])
        yield node


@pytest.fixture
def node(built: Node, tmp_path: Path) -> Iterator[Node]:
    pages = dict(built.site.pages)
    shutil.copytree(built.folder, tmp_path / "node", symlinks=True)
    node = Node(tmp_path / "node", built.site)
    node.now = built.now
    yield node
    built.site.pages.clear()
    built.site.pages.update(pages)


def plan_for(node: Node, what: str, *, text: bool = False, act: bool = True) -> Plan:
    node.now += timedelta(minutes=1)
    config = node.config()
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        entries = takedowns_for(what, session, config, as_text=text)
        plan = forget.planned(session, config, session.means.takedowns.with_(*entries))
        if act:
            forget.carry_out(plan, session, config)
            session.publish()
    if act:
        forget.renew(node.place, now=node.now)
    return plan


def holding(node: Node, *words: str) -> list[str]:
    """The files of the data folder with one of ``words`` in any spelling, looked into."""
    found = []
    for path in sorted(node.place.var.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        contents = [path.read_bytes()]
        if path.suffix == ".gz":
            contents.append(gzip.decompress(contents[0]))
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                contents += [archive.read(name) for name in archive.namelist()]
        if any(word.lower().encode() in content.lower() for content in contents for word in words):
            found.append(path.relative_to(node.place.var).as_posix())
    return found


def tombstones(node: Node) -> str:
    return "\n".join(sorted(node.graphs().get(IRIS.graph("tombstones"), ())))


# A text


def test_the_name_was_everywhere(node: Node) -> None:
    """Else the tests below would show nothing."""
    rooms = {name.partition("/")[0] for name in holding(node, "zorglub")}
    assert rooms >= {"store", "captures", "changes", "generations"}
    assert any(name.startswith("state.sqlite") for name in holding(node, "zorglub"))


def test_a_text_is_in_no_byte_of_the_node_any_more(node: Node) -> None:
    plan_for(node, WHO)
    assert holding(node, "zorglub", "eudoxie") == []
    assert residue(node.place, WHO) == []
    assert node.names() == {"Bal", "Flânerie", "Fête"}


def test_what_stays_is_what_does_not_hold_it(node: Node) -> None:
    before = node.graphs()[IRIS.source_graph("mairie")]
    plan = plan_for(node, WHO)
    (mairie,) = plan.sources  # the other one only had it once
    assert mairie.gone == {IRIS.record("mairie", "talk")}
    assert mairie.cut == 1
    after = node.graphs()[IRIS.source_graph("mairie")]
    assert after < before
    assert "06 01 02 03 04" not in "\n".join(after)  # in the same text, which left as a whole


def test_its_entity_leaves_a_tombstone_without_description(node: Node) -> None:
    entity = next(
        line.split(" ")[2][1:-1]
        for line in node.graphs()[IRIS.graph("links")]
        if "/mairie/talk>" in line
    )
    plan_for(node, WHO)
    tomb = tombstones(node)
    assert f"<{entity}> <{term('rdf:type')}> <{term('eb:Tombstone')}>" in tomb
    assert f"<{entity}> <{term('eb:formerType')}>" in tomb
    assert "/record/" not in tomb


def test_it_does_not_come_back_with_the_next_harvests(node: Node) -> None:
    plan_for(node, WHO)
    node.site.pages["/mairie"] = calendar(BAL, TALK, WALK, event("new", f"Atelier de {WHO}"))
    node.site.pages["/fete"] = calendar(event("f", "Fête"), event("g", "Gala"))
    reports = node.harvest()
    assert reports["mairie"].outcome in {"unchanged", "committed"}
    assert node.names() == {"Bal", "Flânerie", "Fête", "Gala"}
    assert holding(node, "zorglub", "eudoxie") == []
    assert node.harvest()["mairie"].quads == 0
    assert holding(node, "zorglub", "eudoxie") == []


def test_raw_answers_are_kept_again_once_they_hold_it_no_more(node: Node) -> None:
    plan_for(node, WHO)
    assert not (node.place.captures / "mairie").exists()
    node.site.pages["/mairie"] = calendar(BAL)
    node.harvest()
    assert list((node.place.captures / "mairie").iterdir())


def test_a_telephone_number_is_found_however_it_is_grouped(node: Node) -> None:
    plan = plan_for(node, "0601020304", act=False)
    assert [(each.source, each.cut) for each in plan.sources] == []  # masked when it was read
    assert plan.captures == {"mairie"}


def test_only_the_current_generation_is_left(node: Node) -> None:
    plan_for(node, WHO)
    current = Generations(node.place.generations).current()
    assert current is not None
    names = {path.name for path in node.place.generations.iterdir()}
    assert names == {"current", current.path.name}


def test_a_plan_changes_nothing(node: Node) -> None:
    before, files = node.graphs(), holding(node, "zorglub")
    told = [str(each) for each in forget.plan_told(plan_for(node, WHO, act=False))]
    assert node.graphs() == before
    assert holding(node, "zorglub") == files
    assert f"  Causerie de {WHO} — {IRIS.record('mairie', 'talk')}" in told
    assert not node.place.takedowns.exists()


def test_asking_again_after_an_interruption_does_the_rest(node: Node) -> None:
    """The store was committed, and nothing else was done."""
    config = node.config()
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        plan = forget.planned(
            session,
            config,
            session.means.takedowns.with_(*takedowns_for(WHO, session, config, as_text=False)),
        )
        save(plan.takedowns, node.place.takedowns)
        for each in plan.sources:
            forget._settle(each, plan.scrub, session, config)
    assert holding(node, "zorglub")
    plan_for(node, WHO)
    assert holding(node, "zorglub", "eudoxie") == []


def test_what_a_crash_left_half_written_goes_as_well(node: Node) -> None:
    left = [
        node.place.captures / "fete" / "20260504T120000Z-0123456789ab.part",
        node.place.changes / "fete" / "20260504T120000Z.rdfp.gz.part",
    ]
    for path in left:
        path.write_bytes(gzip.compress(WHO.encode()))
    plan_for(node, WHO)
    assert not any(path.exists() for path in left)


def test_the_feed_of_a_publisher_goes_though_no_raw_answer_is_kept(node: Node) -> None:
    shutil.rmtree(node.place.captures / "mairie")
    path_of(node.place.var, "mairie").write_text(WHO, encoding="utf-8")
    plan_for(node, WHO)
    assert holding(node, "zorglub", "eudoxie") == []


def test_a_letter_that_a_fold_cuts_in_two_hides_nothing() -> None:
    """RFC 5545 counts octets: older programs fold in the middle of a character."""
    barred = Takedowns((text_takedown("Élisabeth Martin", "ab" * 16, "2026-05-04"),))
    body = "SUMMARY:Élisabeth Martin".encode().replace(b"\xc3\x89", b"\xc3\r\n \x89")
    assert Scrub(barred, IRIS).bars_content([Content(body)])


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-16", ""), ("utf-16-le", ""), ("utf-32", ""), ("cp1252", ""), ("koi8-r", "koi8-r")],
)
def test_no_encoding_hides_what_is_barred(encoding: str, charset: str) -> None:
    name = "Мария Петрова" if charset else "Élisabeth Martin"
    barred = Takedowns((text_takedown(name, "ab" * 16, "2026-05-04"),))
    body = f"X-NOTE:vu avec {name[:6]}\r\n {name[6:]} hier\r\n".encode(encoding)
    assert Scrub(barred, IRIS).bars_content([Content(body, charset=charset)])
    assert not Scrub(barred, IRIS).bars_content([Content(body[:24], charset=charset)])


def test_a_sources_file_that_names_it_is_said(node: Node) -> None:
    node.more += f"# {WHO}\n"
    assert plan_for(node, WHO, act=False).in_file


def test_too_short_a_text_is_refused(node: Node) -> None:
    with pytest.raises(StoreError, match="too short"):
        plan_for(node, "le")


# A thing


@pytest.mark.parametrize("by", ["record", "entity", "part"])
def test_a_thing_is_forgotten_by_any_of_its_addresses(node: Node, by: str) -> None:
    record = IRIS.record("mairie", "talk")
    link = next(line for line in node.graphs()[IRIS.graph("links")] if f"<{record}>" in line)
    entity = link.split(" ")[2][1:-1]
    plan_for(node, {"record": record, "entity": entity, "part": f"{entity}#offer"}[by])
    assert node.names() == {"Bal", "Flânerie", "Fête"}
    assert holding(node, "Causerie") == []
    assert holding(node, record) == []
    assert f"<{entity}> <{term('rdf:type')}> <{term('eb:Tombstone')}>" in tombstones(node)
    node.site.pages["/mairie"] = calendar(BAL, TALK)
    node.harvest()
    assert "Causerie" not in "".join(node.names())
    assert holding(node, "Causerie") == []


def test_a_thing_does_not_come_back_under_another_id(node: Node) -> None:
    plan_for(node, IRIS.record("mairie", "talk"))
    node.site.pages["/mairie"] = calendar(BAL, TALK.replace("UID:talk", "UID:renewed"))
    node.harvest()
    assert node.names() == {"Bal", "Flânerie", "Fête"}


def test_a_thing_that_has_left_already_leaves_the_log_as_well(node: Node) -> None:
    record = IRIS.record("mairie", "talk")
    node.site.pages["/mairie"] = calendar(BAL, WALK)
    for _ in range(4):
        node.now += timedelta(days=3)
        node.harvest()
    entity = next(line.split(" ")[0][1:-1] for line in tombstones(node).splitlines())
    assert record not in "\n".join(node.graphs()[IRIS.source_graph("mairie")])
    plan_for(node, entity)
    assert holding(node, "Causerie") == []
    assert entity in tombstones(node)


def test_an_address_that_names_nothing_is_refused(node: Node) -> None:
    with pytest.raises(LifeError, match="no thing that is or was kept here"):
        plan_for(node, "https://node.example/id/event/nobody")


def cut_short(*_: object) -> None:
    raise StoreError(say("a crash"))


def test_a_takedown_follows_a_source_to_its_new_id_before_its_data(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_for(node, IRIS.record("mairie", "talk"))
    written = node.config

    def config() -> object:
        path = written().path
        text = path.read_text(encoding="utf-8").replace('id = "mairie"', 'id = "commune"')
        path.write_text(text, encoding="utf-8")
        return load(path, kinds=platforms().keys())

    node.config = config  # type: ignore[method-assign,assignment]
    with opened(node.config(), node.place, version="1.0", clock=lambda: node.now) as session:
        with monkeypatch.context() as cut:
            cut.setattr(session, "commit", cut_short)
            with pytest.raises(StoreError):
                rename(session, node.config(), "mairie", "commune")
        assert {each.source for each in takedowns_of(node.place.takedowns).entries} == {"commune"}
        rename(session, node.config(), "mairie", "commune")
        session.publish()
    node.site.pages["/mairie"] = calendar(BAL, TALK)
    node.harvest()
    assert "Causerie" not in "".join(node.names())


# A source


def test_a_source_is_forgotten_with_all_that_it_said(node: Node) -> None:
    plan_for(node, "mairie")
    assert node.names() == {"Fête"}
    assert holding(node, "Agenda /mairie", "Flânerie", "Causerie", "/mairie.ics") == []
    assert node.state("mairie").checked_at is None
    assert tombstones(node).count(term("eb:Tombstone")) == 3
    assert "/record/" not in tombstones(node)


def test_a_forgotten_source_is_not_read_even_under_another_id(node: Node) -> None:
    plan_for(node, "mairie")
    report = node.harvest()["mairie"]
    assert report.outcome == "failed"
    assert "forgotten on request" in str(report.reason)
    assert node.names() == {"Fête"}


# What outlives it


def test_a_backup_made_before_brings_nothing_back(node: Node) -> None:
    made = back_up_node(
        node.place,
        node.folder / "sources.toml",
        {},
        node.folder.parent / "b.tar",
        now=node.now,
        version="1.0",
    )
    plan_for(node, WHO)
    restored = restore_node(
        made.path, node.place, node.folder / "sources.toml", now=node.now, force=True
    )
    assert restored.forgotten
    assert node.place.forgetting.exists(), "a crash before it is forgotten again is told"
    assert takedowns_of(node.place.takedowns).bars_text(WHO)
    config = node.config()
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        plan = forget.planned(session, config, session.means.takedowns)
        forget.carry_out(plan, session, config)
        session.publish()
    forget.renew(node.place, now=node.now)
    assert holding(node, "zorglub", "eudoxie") == []


def test_what_is_lifted_comes_back(node: Node) -> None:
    plan_for(node, WHO)
    config = node.config()
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        entries = takedowns_for("eudoxie ZORGLUB", session, config, as_text=False)
        assert "barred no more" in str(forget.lifted(session, entries))
        other = takedowns_for("somebody else", session, config, as_text=False)
        assert "never forgotten" in str(forget.lifted(session, other))
    node.site.pages["/mairie"] = calendar(BAL, TALK)
    node.harvest()
    assert f"Causerie de {WHO}" in node.names()


def test_the_store_is_not_made_anew_over_what_waits_to_be_published(node: Node) -> None:
    node.place.unfinished.touch()
    with pytest.raises(StoreError, match="enbauges harvest"):
        forget.renew(node.place, now=node.now)
