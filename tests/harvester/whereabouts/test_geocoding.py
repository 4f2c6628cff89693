"""An address service on loopback, well and badly, and what a harvest makes of it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from harvester.child import digest_of
from harvester.fetch import Client, Limits
from harvester.place import Place
from harvester.report import Report
from harvester.runs import harvest
from harvester.seeing.looking import looking
from harvester.session import opened
from harvester.sources import Config, load
from harvester.whereabouts.locator import AddressService, Budget, Pending
from harvester.whereabouts.said import Said
from harvester.whereabouts.service import AnswerError, Found, Question, found
from mappings import platforms
from store import addresses
from store.addresses import Noted
from store.embedded import EmbeddedStore
from store.state import State
from tests.answering import Handler, Server, serving
from vocab import term
from vocab.iris import Iris
from vocab.territory.points import Point

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HEAD = """
[site]
title = "Essai"
base = "https://node.example/"
contact = "contact@node.example"
territory = ["73081"]
{more}
[[source]]
id = "lieux"
kind = "csv"
url = "{url}/lieux.csv"
title = "Lieux"
publisher = "Réseau"
licence = "etalab-2.0"
allow_private = true
{block}
"""
ROWS = """id,nom,adresse,code postal,commune
1,Le Fournil,12 rue de l'Église,73630,Le Châtelard
2,La Forge,3 place du Marché,73630,Le Châtelard
"""
CENTRE = (45.6842, 6.1301)


def feature(**told: Any) -> dict[str, Any]:
    """One answer of the service; a number of "at" moves it away."""
    properties = {"score": 0.93, "type": "housenumber", "citycode": "73081", "postcode": "73630"}
    latitude, longitude = told.pop("at", CENTRE)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties | told,
    }


def answer(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@dataclass
class World:
    """The site of a source and an address service, and what a test says that they answer."""

    folder: Path
    server: Server
    rows: str = ROWS
    body: bytes = answer(feature())
    status: int = 200
    slow: float = 0.0
    asked: list[dict[str, str]] = field(default_factory=list)
    now: datetime = NOW
    block: str = ""
    geocoder: bool = True
    limits: Limits = field(default_factory=Limits)

    def reply(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        if parts.path == "/lieux.csv":
            handler.answer(200, self.rows.encode(), Content_Type="text/csv; charset=utf-8")
        elif parts.path in {"/search/", "/reverse/"}:
            told = {key: values[0] for key, values in parse_qs(parts.query).items()}
            self.asked.append({"at": parts.path, **told})
            time.sleep(self.slow)
            handler.answer(self.status, self.body, Content_Type="application/json")
        else:
            handler.answer(404, b"")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def config(self) -> Config:
        more = f'geocoder = "{self.url}/search/"' if self.geocoder else ""
        file = self.folder / "sources.toml"
        file.write_text(HEAD.format(url=self.url, more=more, block=self.block), "utf-8")
        return load(file, kinds=platforms().keys())

    def harvest(self) -> Report:
        self.now += timedelta(minutes=1)
        with opened(
            self.config(),
            Place(self.folder / "var"),
            version="1.0",
            clock=lambda: self.now,
            limits=self.limits,
            digest=digest_of,
        ) as session:
            (report,) = session.harvest(self.config().sources)
        return report

    def look(self) -> Report:
        """What a harvest would report, with nothing written."""
        place, clock = Place(self.folder / "var"), lambda: self.now
        with looking(
            self.config(), place, version="1.0", clock=clock, limits=self.limits, digest=digest_of
        ) as means:
            (report,) = harvest(self.config().sources, means)
        return report

    def lines(self) -> frozenset[str]:
        iris = Iris("https://node.example/")
        with EmbeddedStore(self.folder / "var" / "store") as store:
            return store.lines(iris.source_graph("lieux"))

    def values(self, name: str) -> set[str]:
        predicate = f" <{term(name)}> "
        return {line.partition(predicate)[2][:-2] for line in self.lines() if predicate in line}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(lambda handler: handler.answer(404, b"")) as server:
        made = World(tmp_path, server)
        server.reply = made.reply
        yield made


def codes(report: Report) -> list[str]:
    """What is told of it, but that its entries have no page of their own."""
    return [issue.code for issue in report.issues if issue.code != "record-page"]


def test_an_address_without_a_position_gets_the_one_that_the_service_knows(world: World) -> None:
    report = world.harvest()
    assert codes(report) == []
    assert {each["q"] for each in world.asked} == {
        "12 rue de l'Église 73630 Le Châtelard",
        "3 place du Marché 73630 Le Châtelard",
    }
    assert {each["citycode"] for each in world.asked} == {"73081"}
    assert {value.partition("^^")[0] for value in world.values("schema:latitude")} == {'"45.6842"'}
    assert world.values("prov:wasAttributedTo") == {f"<{world.url}/search/>"}
    assert world.values("dcterms:type") == {'"housenumber"'}


def test_what_was_answered_is_not_asked_again_and_changes_nothing(world: World) -> None:
    world.harvest()
    before, asked = world.lines(), len(world.asked)
    world.rows += "3,Le Four,5 rue Basse,73630,Le Châtelard\n"
    world.body = answer(feature(at=(45.7, 6.2)))
    world.harvest()
    assert len(world.asked) == asked + 1
    assert before <= world.lines()
    world.rows = ROWS
    assert world.harvest().outcome in {"committed", "held"}
    assert len(world.asked) == asked + 1


def test_without_a_service_nothing_is_asked_and_later_what_is_kept_is_looked_up(
    world: World,
) -> None:
    world.geocoder = False
    assert codes(world.harvest()) == []
    assert world.asked == []
    assert world.values("schema:latitude") == set()
    world.geocoder = True
    assert (world.harvest().changed, len(world.asked)) == (2, 2)


def test_what_the_source_says_of_its_position_stays(world: World) -> None:
    world.rows = "id,nom,adresse,commune,lat,lon\n1,Le Fournil,12 rue Haute,École,45.68,6.13\n"
    world.harvest()
    assert world.asked == []
    assert world.values("prov:wasAttributedTo") == set()


@pytest.mark.parametrize("told", [{"score": 0.41}, {"type": "municipality"}, {"citycode": "73106"}])
def test_an_answer_that_is_not_sure_is_none(told: dict[str, Any]) -> None:
    assert found(Question("12 rue", commune="73081"), answer(feature(**told))) is None


def test_what_the_service_does_not_know_is_remembered_for_a_month(world: World) -> None:
    world.body = answer(feature(score=0.41))
    assert codes(world.harvest()) == []
    assert world.values("schema:latitude") == set()
    world.rows += "\n"
    world.harvest()
    assert len(world.asked) == 2
    world.now += timedelta(days=31)
    world.rows += "\n"
    world.harvest()
    assert len(world.asked) == 4


@pytest.mark.parametrize("status", [404, 429])
def test_a_service_that_fails_fails_no_source_and_is_asked_once_a_harvest(
    world: World, status: int
) -> None:
    world.status = status
    report = world.harvest()
    assert report.outcome == "committed"
    assert codes(report) == ["not-looked-up"] * 2
    assert f"(http-{status})" in str(report.issues[0].message)
    assert len(world.asked) == 1
    world.status = 200
    again = world.harvest()  # nothing new comes from the source, and yet
    assert (again.changed, codes(again)) == (2, [])
    assert world.values("dcterms:type") == {'"housenumber"'}


@pytest.mark.parametrize(
    "at", [[math.nan, math.nan], [math.inf, 45.6], [5_000, 5_000], [45.6, 6.1]]
)
def test_a_position_that_is_not_in_france_is_none(at: list[float]) -> None:
    """Not a number, beyond the poles, longitude and latitude the other way round."""
    told = feature() | {"geometry": {"type": "Point", "coordinates": at}}
    assert found(Question("12 rue", commune="73081"), answer(told)) is None


@pytest.mark.parametrize(
    "body",
    [
        *(b"<html>", b"{}", b"[]", b'{"features": [{}]}', b"[" * 5_000),
        answer(feature(citycode="<b>73081</b>")),
        answer(feature(citycode=None)),
        answer(feature() | {"geometry": {"type": "Point", "coordinates": [10**400, 45]}}),
    ],
    ids=range(8),
)
def test_what_is_no_answer_of_an_address_service_is_known_as_such(body: bytes) -> None:
    with pytest.raises(AnswerError):
        found(Question("12 rue", commune="73081"), body)


def test_an_answer_of_something_else_is_told(world: World) -> None:
    world.body = b"<html>"
    report = world.harvest()
    assert codes(report) == ["not-looked-up"] * 2
    assert "geocoder" in str(report.issues[0].message)


def test_a_service_that_is_slow_is_left_alone(world: World) -> None:
    world.slow, world.limits = 1.5, Limits(read=0.3)
    assert codes(world.harvest()) == ["not-looked-up"] * 2
    assert len(world.asked) == 1


def test_a_service_that_refuses_a_question_is_asked_the_next_one(world: World) -> None:
    world.status = 400
    assert codes(world.harvest()) == []
    assert len(world.asked) == 2


def test_a_lost_state_takes_no_position_away_while_the_service_is_down(world: World) -> None:
    world.harvest()
    before = world.lines()
    for file in (world.folder / "var").glob("state.sqlite*"):
        file.unlink()
    world.status = 503
    assert codes(world.harvest()) == ["not-looked-up"] * 2
    assert world.lines() == before
    world.rows = ROWS.replace("12 rue de l'Église", "40 rue Neuve")
    world.harvest()
    assert len(before & world.lines()) < len(before)
    assert sum(" <https://schema.org/latitude> " in line for line in world.lines()) == 1


def test_a_calendar_is_asked_about_streets_and_not_about_halls() -> None:
    place = f"<r> <{term('schema:location')}> <r#l> ."
    for name, count in (("12 rue de l'Église, 73630 École", 1), ("Salle des fêtes, École", 0)):
        lines = {
            place,
            f"<r#l> <{term('rdf:type')}> <{term('schema:Place')}> .",
            f'<r#l> <{term("schema:name")}> "{name}"@fr .',
            f"<r#l> <{term('eb:commune')}> <https://node.example/id/commune/73106> .",
        }
        said = Said.of("r", frozenset(lines), Iris("https://node.example/"))
        found = [(each.owner, each.commune) for each in said.addresses]
        assert found == [("<r#l>", "73106")] * count


def test_a_dry_run_asks_nothing(world: World) -> None:
    assert codes(world.look()) == ["not-looked-up"] * 2
    assert world.asked == []


def test_a_source_in_words_is_not_looked_up_where_it_names_no_place(world: World) -> None:
    world.rows = "id,nom,adresse\n1,Le Fournil,12 rue de l'Église\n"
    world.harvest()
    assert world.asked == []


def test_the_commune_of_a_position_is_asked_for(world: World) -> None:
    world.rows = "id,nom,lat,lon\n1,Le Fournil,45.6843,6.1302\n"
    world.harvest()
    assert [each["at"] for each in world.asked] == ["/reverse/"]
    assert world.values("eb:commune") == {"<https://node.example/id/commune/73081>"}


def test_of_a_wide_source_only_what_is_in_the_territory_is_looked_up(world: World) -> None:
    world.block = 'scope = "wide"'
    world.rows += "3,Ailleurs,1 rue Royale,74000,Annecy\n"
    assert codes(world.harvest()) == ["outside-territory"]
    assert len(world.asked) == 2


def service(state: State, **more: Any) -> AddressService:
    made = AddressService("https://a.example/search/", Client("essai"), state, lambda: NOW)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_harvest_asks_no_more_than_its_budget(tmp_path: Path) -> None:
    with State(tmp_path / "state.sqlite") as state:
        spent = service(state, budget=Budget(questions=0))
        with pytest.raises(Pending, match="enough"):
            spent(Question("1 rue Haute", commune="73081"))
        with pytest.raises(Pending, match="enough"):
            service(state, budget=Budget(seconds=0))(Question("1 rue Haute", commune="73081"))


def test_answers_are_kept_without_their_questions_and_the_oldest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MOST", 2)
    with State(tmp_path / "state.sqlite") as state:
        keys = [Question(f"{number} rue Haute", "73630").key("service") for number in range(4)]
        for days, key in enumerate(keys):
            state.note_address(key, Noted(NOW + timedelta(days=days), ""))
        assert [state.address(key) is not None for key in keys] == [False, False, True, True]
    assert b"rue Haute" not in (tmp_path / "state.sqlite").read_bytes()


def test_a_question_is_the_same_whatever_its_case_and_spaces() -> None:
    one, other = Question("1 rue  Haute", "73630"), Question("1 Rue Haute", "73630")
    assert one.key("a") == other.key("a")
    assert one.key("a") != Question("1 rue Haute", "73340").key("a")
    assert one.key("a") != one.key("b")


def test_the_reverse_of_a_service_stands_beside_its_search() -> None:
    at = Question(at=Point(45.68, 6.13))
    for search, reverse in (
        ("https://a.example/search/", "https://a.example/reverse/"),
        ("https://a.example/geo/search", "https://a.example/geo/reverse"),
    ):
        assert at.address(search) == f"{reverse}?lat=45.680000&lon=6.130000"


def test_an_answer_is_read_back_as_it_was_kept() -> None:
    told = found(Question("12 rue", commune="73081"), answer(feature()))
    assert told == Found(Point(*CENTRE), "housenumber", "73081")
    assert Found.from_json(told.to_json()) == told
    assert found(Question("12 rue", postcode="73630"), answer(feature())) == told
    assert found(Question("12 rue", postcode="74000"), answer(feature())) is None
    assert found(Question("12 rue", commune="73081"), answer()) is None
    assert found(Question(at=Point(46.0, 6.0)), answer(feature())) is None
    with pytest.raises(AnswerError):
        found(Question("12 rue", commune="73081"), answer({"properties": {}}))
