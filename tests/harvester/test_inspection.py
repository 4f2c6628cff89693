"""Looking at sources as they are now: server, robots.txt, licence, dates, fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harvester.appraisal.fields import KEPT, Share, compared, remembered
from harvester.appraisal.health import healths, named
from harvester.appraisal.quality import looks
from harvester.child import digest_of
from harvester.records import Content
from harvester.seeing.findings import findings
from harvester.seeing.inspection import Inspection, inspect, is_wrong
from harvester.seeing.licences import contradicts, stated
from harvester.seeing.looking import looking
from harvester.seeing.machine import plain_inspection
from harvester.session import chosen
from harvester.telling.wording import absence_lines
from store.appraisals import Appraisal, Shares
from store.generations import Generations
from store.standing import Saved
from store.state import State
from tests.harvester.test_preview import bytes_of
from tests.harvester.test_runs import BAL, CONCERT, IRIS, NOW, Node, calendar
from tests.loopback import Page, loopback_site
from vocab import term

ZONE = ZoneInfo("Europe/Paris")
PLACE = term("schema:location")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        node = Node(tmp_path, site)
        node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
        yield node


def located(places: int, events: int) -> Page:
    """A calendar of so many events, of which the first have a place."""
    body = calendar(*((f"e{number}", f"Bal {number}") for number in range(events)))
    return Page(body.replace(b"DESCRIPTION", b"LOCATION:Foyer\r\nDESCRIPTION", places))


def looked(node: Node, *ids: str) -> dict[str, Inspection]:
    config = node.config()
    with looking(
        config, node.place, version="1.0", clock=lambda: node.now, digest=digest_of
    ) as means:
        return {each.source.id: each for each in inspect(chosen(config, ids), means)}


def text(found: Inspection, language: str = "en") -> str:
    lines = list(findings(found, IRIS, language, ZONE))
    assert max(map(len, lines)) <= 80
    return " ".join(" ".join(lines).split())


def test_a_source_that_is_well_is_all_right_and_nothing_is_written(node: Node) -> None:
    node.harvest()
    before = bytes_of(node.folder)
    found = looked(node)["mairie"]
    assert not is_wrong(found)
    assert found.answered is not None
    assert (found.answered.fetched.status, found.report.records) == (200, 2)
    told = text(found)
    assert "all right answer 200 in" in told
    assert "robots.txt nothing against it" in told
    assert "2026-06-13 to 2026-06-13, to come: 2" in told
    assert "schema:description 100 %" in told
    assert bytes_of(node.folder) == before


def test_a_server_that_fails_is_wrong_and_others_are_looked_at(node: Node) -> None:
    node.site.pages["/asso"] = Page(b"", status=404)
    found = looked(node)
    assert (is_wrong(found["asso"]), is_wrong(found["mairie"])) == (True, False)
    assert "does not exist (404)" in text(found["asso"])
    assert plain_inspection(found["asso"])["status"] is None


def test_a_rule_for_every_robot_is_told_with_its_line(node: Node) -> None:
    node.site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /mairie\n", "text/plain")
    found = looked(node)["mairie"]
    assert not is_wrong(found)
    assert "line 2 tells *: Disallow: /mairie" in text(found)
    assert "écrivez robots" in text(found, "fr")


def test_a_rule_for_our_name_is_wrong(node: Node) -> None:
    node.site.pages["/robots.txt"] = Page(b"User-agent: EnBauges\nDisallow: /\n", "text/plain")
    found = looked(node)["mairie"]
    assert is_wrong(found)
    assert found.robots is not None
    assert found.robots.agent == "EnBauges"


def test_a_field_that_most_entries_lost_is_wrong_with_the_day_it_was_lost(node: Node) -> None:
    node.site.pages["/mairie"] = located(5, 5)
    node.harvest()
    node.now += timedelta(days=8)
    node.site.pages["/mairie"] = located(3, 5)
    node.harvest()
    lost = node.now.date()
    node.now += timedelta(days=3)
    found = looked(node)["mairie"]
    (share,) = [each for each in found.shares if each.name == PLACE]
    assert (share.percent, share.points, share.fell) == (60, -40, True)
    assert is_wrong(found)
    assert f"schema:location (place) 60 % (−40 points since {lost})" in text(found)
    plain = json.loads(json.dumps(plain_inspection(found)))
    assert {"event"} == {each["kind"] for each in plain["fields"]}


def test_a_field_that_is_lost_at_this_very_moment_is_told_against_the_last_read(
    node: Node,
) -> None:
    node.site.pages["/mairie"] = located(4, 4)
    node.harvest()
    node.site.pages["/mairie"] = located(0, 4)
    (share,) = [each for each in looked(node)["mairie"].shares if each.name == PLACE]
    assert (share.percent, share.before, share.since) == (0, 100, node.now)


def test_entries_that_nothing_can_be_made_of_are_wrong(node: Node) -> None:
    broken = calendar(BAL, ("b", "")).replace(b"SUMMARY:\r\n", b"")
    node.site.pages["/mairie"] = Page(broken)
    found = looked(node)["mairie"]
    assert is_wrong(found)
    assert "entries left out, or as they were: 1" in text(found)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"license": "https://creativecommons.org/licenses/by-sa/4.0/"}', ("cc-by-sa-4.0",)),
        (
            b'{"licence": "https:\\/\\/creativecommons.org\\/licenses\\/by\\/3.0\\/"}',
            ("https://creativecommons.org/licenses/by/3.0/",),
        ),
        (b"<rights>Donn\xc3\xa9es sous Licence Ouverte 2.0</rights>", ("etalab-2.0",)),
        (b"The data is available under the Open Database License, copyright ODbL", ("odbl-1.0",)),
        (b"Licence : CC BY-NC", ("cc-by-nc-4.0",)),
        (b"Un atelier sur les communs, CC BY compris", ()),
        (b"<a href='https://creativecommons.org/publicdomain/zero/1.0/'>", ("cc0-1.0",)),
    ],
)
def test_a_source_states_the_licence_that_its_bytes_name(
    body: bytes, names: tuple[str, ...]
) -> None:
    assert stated([Content(body)]) == names


def test_another_licence_than_that_of_the_block_is_wrong(node: Node) -> None:
    body = calendar(BAL, ("b", "Licence : CC BY-SA"))
    node.site.pages["/mairie"] = Page(body)
    found = looked(node)["mairie"]
    assert is_wrong(found)
    assert "“etalab-2.0”, and the source itself cc-by-sa-4.0" in text(found)
    source = found.source.model_copy(update={"licence": "lov2"})
    assert not contradicts(source, ["etalab-2.0"])
    assert not contradicts(source.model_copy(update={"licence": "accord"}), ["odbl-1.0"])


def test_a_licence_that_the_source_states_and_the_block_does_not_is_told(node: Node) -> None:
    node.more = ""
    node.site.pages["/mairie"] = Page(calendar(("a", "Licence : CC BY")))
    found = looked(node)["mairie"]
    assert not is_wrong(found)
    assert "the source states a licence, cc-by-4.0" in text(found)


def test_shares_are_remembered_when_they_change_and_only_then() -> None:
    iri = IRIS.record("mairie", "a")
    lines = frozenset(
        {f"<{iri}> <{term('rdf:type')}> <{term('schema:Event')}> .",
         f"<{iri}> <{PLACE}> <{iri}#location> ."}
    )  # fmt: skip
    found = looks({iri: lines})
    once = remembered((), found, NOW)
    assert remembered(once, found, NOW + timedelta(days=1)) == once
    many = tuple(Shares(NOW, {"event": {PLACE: number}}) for number in range(KEPT))
    assert len(remembered(many, found, NOW)) == KEPT
    assert list(compared(found, once, NOW)) == [Share("event", PLACE, 100, 1)]


def test_shares_are_kept_in_the_state(tmp_path: Path) -> None:
    shares = (Shares(NOW, {"event": {PLACE: 92}}),)
    with State(tmp_path / "state.sqlite") as state:
        state.save([Saved(state.get("mairie"), appraisal=Appraisal(NOW, 80, shares=shares))])
        kept = state.appraisal("mairie")
    assert kept is not None
    assert kept.shares == shares


def test_entries_that_are_no_longer_announced_are_told_by_their_names(node: Node) -> None:
    node.harvest()
    node.site.pages["/mairie"] = Page(calendar(BAL))
    node.harvest()
    (health,) = healths(node.place.state, node.config().sources, node.now)
    generation = Generations(node.place.generations).current()
    seen = named(health, generation, IRIS)
    assert "Concert (2026-06-13)" in "\n".join(absence_lines(seen, ZONE, "en"))
    assert "b@agenda.example" in "\n".join(absence_lines(named(health, None, IRIS), ZONE, "en"))
