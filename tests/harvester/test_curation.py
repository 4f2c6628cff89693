"""The editorial hand over a harvested node: hidden, put first, corrected, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from harvester.curation import file
from harvester.curation.desk import CurationError, Desk
from harvester.curation.values import Kind
from harvester.life.forget import carry_out, planned
from harvester.life.meant import takedowns_for
from harvester.report import Report
from harvester.session import Session, opened
from harvester.sources import Config
from store.generations import Generations
from tests.harvester.test_runs import BAL, CONCERT, IRIS, Node, calendar
from tests.loopback import Page, loopback_site
from vocab import term

T = TypeVar("T")
CANONICAL, TOMBSTONES = IRIS.graph("canonical"), IRIS.graph("tombstones")
PROVENANCE = IRIS.graph("provenance")

WEEKLY = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\nBEGIN:VEVENT\r\n"
    b"UID:hebdo\r\nSUMMARY:Atelier\r\nDTSTART:20260601T160000Z\r\nDTEND:20260601T180000Z\r\n"
    b"RRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Edited(Node):
    """A node whose editors decide things."""

    def config(self, base: str = "https://node.example/") -> Config:
        config = super().config(base)
        return replace(config, edits=file.load(file.path_beside(config.path), config.site))

    def operate(self, act: Callable[[Session, Config], T]) -> T:
        self.now += timedelta(minutes=1)
        config = self.config()
        with opened(config, self.place, version="1.0", clock=lambda: self.now) as session:
            done = act(session, config)
            session.publish()
        return done

    def hide(self, iri: str, by: str = "", why: str = "") -> str:
        return str(self.operate(lambda *node: Desk(*node).decide("hide", iri, by=by, why=why)))

    def pin(self, iri: str) -> str:
        return str(self.operate(lambda *node: Desk(*node).decide("pin", iri)))

    def correct(self, iri: str, name: str, *values: str, by: str = "", why: str = "") -> str:
        return str(
            self.operate(
                lambda *node: Desk(*node).decide(
                    "correct", iri, name=name, values=values, by=by, why=why
                )
            )
        )

    def undo(self, kind: Kind, iri: str, name: str = "") -> str:
        return str(self.operate(lambda *node: Desk(*node).undo(kind, iri, name)))

    def forget(self, text: str) -> None:
        def act(session: Session, config: Config) -> None:
            entries = takedowns_for(text, session, config, as_text=True)
            every = session.means.takedowns.with_(*entries)
            carry_out(planned(session, config, every), session, config)

        self.operate(act)

    def said(self, iri: str, graph: str = CANONICAL) -> set[tuple[str, str]]:
        """Predicate and value of what a graph says of a thing."""
        lines = (line for line in self.graphs().get(graph, ()) if line.startswith(f"<{iri}> "))
        return {(line.split(" ", 2)[1][1:-1], line.split(" ", 2)[2][:-2]) for line in lines}

    def value(self, iri: str, curie: str) -> set[str]:
        return {value for predicate, value in self.said(iri) if predicate == term(curie)}

    def iri(self, name: str) -> str:
        """The canonical entity of that name."""
        return next(
            line.split("> ")[0][1:]
            for line in sorted(self.graphs()[CANONICAL])
            if f'"{name}"' in line and "/id/" in line and "#" not in line.split("> ")[0]
        )

    def number(self) -> int:
        current = Generations(self.place.generations).current()
        assert current is not None
        return current.number


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Edited]:
    with loopback_site() as site:
        site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
        node = Edited(tmp_path, site)
        node.harvest()
        yield node


def read_again(node: Edited, page: Page) -> Report:
    node.site.pages["/mairie"] = page
    return node.harvest()["mairie"]


# Hidden


def test_what_is_hidden_leaves_at_once_and_its_source_still_says_it(node: Edited) -> None:
    bal, before = node.iri("Bal"), node.number()
    node.hide(bal, by="Camille", why="publicité")
    assert node.names() == {"Concert"}
    assert node.said(bal) == set()
    assert any('"Bal"' in line for line in node.graphs()[IRIS.source_graph("mairie")])
    assert node.number() == before + 1
    told = dict(node.said(bal, TOMBSTONES))
    assert told[term("rdf:type")] == f"<{term('eb:Tombstone')}>"
    assert told[term("prov:wasAttributedTo")] == f"<{IRIS.editor('Camille')}>"
    assert told[term("dcterms:description")] == '"publicité"@fr'
    assert (term("schema:name"), '"Camille"') in node.said(IRIS.editor("Camille"), PROVENANCE)


def test_what_is_hidden_stays_so_over_harvests(node: Edited) -> None:
    """A 304, the same without a validator, another name, a breakdown."""
    bal = node.iri("Bal")
    node.hide(bal)
    for page in (
        Page(calendar(BAL, CONCERT)),
        Page(calendar(BAL, CONCERT), tagged=False),
        Page(calendar(("a", "Bal costumé"), CONCERT)),
        Page(b"", status=500),
    ):
        read_again(node, page)
        assert node.names() == {"Concert"}
        assert node.said(bal, TOMBSTONES)


def test_what_is_hidden_and_leaves_comes_back_hidden(node: Edited) -> None:
    bal = node.iri("Bal")
    node.hide(bal)
    for _ in range(4):
        node.now += timedelta(days=3)
        read_again(node, Page(calendar(CONCERT)))
    gone = dict(node.said(bal, TOMBSTONES))
    assert term("prov:wasInvalidatedBy") in gone
    assert term("prov:wasAttributedTo") not in gone
    read_again(node, Page(calendar(BAL, CONCERT)))
    assert node.names() == {"Concert"}
    assert term("prov:wasAttributedTo") in dict(node.said(bal, TOMBSTONES))
    node.undo("hide", bal)
    assert node.names() == {"Bal", "Concert"}
    assert node.said(bal, TOMBSTONES) == set()


def test_a_hidden_series_hides_its_dates_and_those_that_come_after(node: Edited) -> None:
    read_again(node, Page(WEEKLY))
    series = next(
        line.split("> ")[0][1:] for line in node.graphs()[CANONICAL] if "/id/series/" in line[:60]
    )
    node.hide(series)
    assert "Atelier" not in node.names()
    more = WEEKLY.replace(b"COUNT=3", b"COUNT=5")
    read_again(node, Page(more))
    assert "Atelier" not in node.names()
    node.undo("hide", series)
    assert "Atelier" in node.names()


def test_a_harvest_that_finds_all_as_decided_writes_nothing(node: Edited) -> None:
    node.hide(node.iri("Bal"))
    node.correct(node.iri("Concert"), "name", "Grand concert")
    before, number = node.graphs(), node.number()
    node.harvest()
    assert node.graphs() == before
    assert node.number() == number


# Put first


def test_what_is_put_first_says_since_when(node: Edited) -> None:
    bal = node.iri("Bal")
    node.pin(bal)
    assert node.value(bal, "eb:pinnedSince") == {
        f'"2026-05-04T12:02:00Z"^^<{term("xsd:dateTime")}>'
    }
    read_again(node, Page(calendar(("a", "Bal costumé"), CONCERT)))
    assert node.value(bal, "eb:pinnedSince")
    node.undo("pin", bal)
    assert not node.value(bal, "eb:pinnedSince")


def test_what_is_hidden_is_not_put_first(node: Edited) -> None:
    bal = node.iri("Bal")
    node.hide(bal)
    with pytest.raises(CurationError, match=f"curate show {bal}"):
        node.pin(bal)


# Corrected


def test_an_editor_is_answered_in_one_language(
    node: Edited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENBAUGES_LANG", "fr")
    bal = node.iri("Bal")

    def act(session: Session, config: Config) -> str:
        desk = Desk(session, config)
        with pytest.raises(CurationError) as refused:
            desk.decide("correct", bal, name="début", values=("demain",))
        assert "ne peut pas être lue" in refused.value.message.render("fr")
        assert "read" not in refused.value.message.render("fr")
        given = f" {bal}\n"  # as it comes from a browser or a pipe
        return desk.decide("correct", given, name="début", values=("2026-06-14",)).render("fr")

    assert "début vaut maintenant 2026-06-14" in node.operate(act)


def test_a_corrected_value_takes_the_place_of_what_the_source_says(node: Edited) -> None:
    bal = node.iri("Bal")
    node.correct(bal, "name", "Bal folk", by="Camille", why="nom complet")
    assert node.value(bal, "schema:name") == {'"Bal folk"@fr'}
    read_again(node, Page(calendar(("a", "Bal de village"), CONCERT)))
    assert node.value(bal, "schema:name") == {'"Bal folk"@fr'}
    assert any('"Bal de village"' in line for line in node.graphs()[IRIS.source_graph("mairie")])
    told = dict(node.said(f"{bal}#curation-name", PROVENANCE))
    assert told[term("rdf:subject")] == f"<{bal}>"
    assert told[term("rdf:predicate")] == f"<{term('schema:name')}>"
    assert told[term("rdf:object")] == '"Bal folk"@fr'
    assert told[term("prov:wasAttributedTo")] == f"<{IRIS.editor('Camille')}>"
    node.undo("correct", bal, "nom")
    assert node.value(bal, "schema:name") == {'"Bal de village"@fr'}
    assert node.said(f"{bal}#curation-name", PROVENANCE) == set()
    assert node.said(IRIS.editor("Camille"), PROVENANCE) == set()


def test_a_corrected_beginning_takes_the_end_along(node: Edited) -> None:
    read_again(node, Page(WEEKLY.replace(b"RRULE:FREQ=WEEKLY;COUNT=3\r\n", b"")))
    event = node.iri("Atelier")
    node.correct(event, "début", "8 juin 2026 à 20h30")
    zone = f"^^<{term('xsd:dateTime')}>"
    assert node.value(event, "schema:startDate") == {f'"2026-06-08T20:30:00+02:00"{zone}'}
    assert node.value(event, "schema:endDate") == {f'"2026-06-08T22:30:00+02:00"{zone}'}
    node.correct(event, "fin", "9 juin 2026 à 1h")
    assert node.value(event, "schema:endDate") == {f'"2026-06-09T01:00:00+02:00"{zone}'}


def test_a_corrected_place_is_a_part_of_its_own_and_undone_without_a_trace(node: Edited) -> None:
    bal, before = node.iri("Bal"), node.graphs()[CANONICAL]
    node.correct(bal, "lieu", "Salle du foyer")
    assert node.value(f"{bal}#location", "schema:name") == {'"Salle du foyer"@fr'}
    node.undo("correct", bal, "location")
    assert node.graphs()[CANONICAL] == before


def test_what_is_corrected_of_a_series_holds_for_its_dates_but_their_days(node: Edited) -> None:
    read_again(node, Page(WEEKLY))
    graph = node.graphs()[CANONICAL]
    series = next(
        line.split("> ")[0][1:] for line in graph if line.startswith(f"<{IRIS.base}id/series/")
    )
    starts = {
        line for line in graph if f"<{term('schema:startDate')}>" in line and "/id/event/" in line
    }
    node.correct(series, "name", "Atelier vélo")
    node.correct(series, "startDate", "2 juin 2026 à 18h")
    after = node.graphs()[CANONICAL]
    names = {
        line.split('"')[1]
        for line in after
        if f"<{term('schema:name')}>" in line and "/id/event/" in line
    }
    assert names == {"Atelier vélo", "Bal", "Concert"}
    assert {
        line for line in after if f"<{term('schema:startDate')}>" in line and "/id/event/" in line
    } == starts


def test_a_value_that_breaks_a_rule_is_refused_and_nothing_changes(node: Edited) -> None:
    bal, before = node.iri("Bal"), node.graphs()
    refused = {
        ("name", "<b>Bal</b>"): "HTML",
        ("name", "06 12 34 56 78"): "portable|mobile number",
        ("endDate", "2026-06-01"): "nothing was changed",
        ("startdat", "2026-06-13"): "startDate",
        ("startDate", "demain"): "demain",
        ("couleur", "rouge"): "name, description|nom, texte",
    }

    def act(session: Session, config: Config) -> None:
        for (name, value), told in refused.items():
            with pytest.raises(CurationError, match=told):
                Desk(session, config).decide("correct", bal, name=name, values=(value,))

    node.operate(act)
    assert node.graphs() == before
    assert not file.path_beside(node.folder / "sources.toml").exists()


# What is meant


def test_a_thing_is_named_by_any_address_of_its_page_and_by_its_record(node: Edited) -> None:
    bal = node.iri("Bal")
    path = bal.removeprefix("https://node.example")
    addresses = [
        *(bal, f"http://127.0.0.1:8000{path}?lang=en#dates", path, f"{bal}.ics", f"{bal}.html"),
        IRIS.record("mairie", "a@agenda.example"),
    ]

    def act(session: Session, config: Config) -> None:
        for given in addresses:
            desk = Desk(session, config)
            desk.decide("hide", given)
            desk.undo("hide", bal)

    node.operate(act)


def test_what_is_nowhere_is_told(node: Edited) -> None:
    wrong = ("https://node.example/id/event/nope", "https://elsewhere.example/", "Bal", "", "<>")

    def act(session: Session, config: Config) -> None:
        for given in wrong:
            with pytest.raises(CurationError):
                Desk(session, config).decide("hide", given)

    node.operate(act)


def test_what_is_no_text_is_told_and_not_written(node: Edited) -> None:
    """A terminal in Latin-1 gives bytes that Python keeps as halves of a surrogate pair."""
    bal = node.iri("Bal")
    with pytest.raises(CurationError, match="UTF-8"):
        node.correct(bal, "name", "F\udceate")
    with pytest.raises(CurationError, match="UTF-8"):
        node.hide(bal, why="F\udceate")
    assert not file.path_beside(node.folder / "sources.toml").exists()


def test_what_no_line_shows_is_stored_as_it_is_written(node: Edited) -> None:
    """A tab or an escape is a space in the file: the next harvest has nothing to change."""
    bal = node.iri("Bal")
    node.correct(bal, "name", "Bal\tfolk \x1b", by="Ca\tmille", why="une\x07faute")
    number = node.number()
    assert node.value(bal, "schema:name") == {'"Bal folk"@fr'}
    node.harvest()
    assert node.number() == number


def test_a_decision_taken_twice_is_told_and_changes_nothing(node: Edited) -> None:
    bal = node.iri("Bal")
    node.hide(bal)
    number = node.number()
    assert "already" in node.hide(bal)
    assert node.number() == number


def test_a_decision_taken_again_without_a_reason_keeps_the_one_it_had(node: Edited) -> None:
    iri = node.iri("Bal")
    node.hide(iri, by="La mairie", why="doublon")
    node.hide(iri)
    assert node.config().edits.find("hide", iri) is not None
    text = file.path_beside(node.config().path).read_text(encoding="utf-8")
    assert "doublon" in text
    assert "La mairie" in text


def test_what_was_not_decided_cannot_be_taken_back(node: Edited) -> None:
    with pytest.raises(CurationError, match="nothing of the kind"):
        node.undo("hide", node.iri("Bal"))


# By hand, and beside the other commands


def test_a_decision_written_by_hand_holds_from_the_next_harvest_on(node: Edited) -> None:
    bal = node.iri("Bal")
    path = file.path_beside(node.folder / "sources.toml")
    path.write_text(f'[[hide]]\nentity = "{bal}"\nat = 2026-05-04\n', encoding="utf-8")
    assert node.harvest()["mairie"].outcome == "unchanged"
    assert node.names() == {"Concert"}
    path.unlink()
    node.harvest()
    assert node.names() == {"Bal", "Concert"}


def test_what_was_forgotten_is_not_published_again_by_a_decision(node: Edited) -> None:
    bal = node.iri("Bal")
    node.correct(bal, "name", "Bal de Zébulon Marchepied")

    node.forget("Zébulon Marchepied")
    node.harvest()
    assert not any("Zébulon" in line for lines in node.graphs().values() for line in lines)
    with pytest.raises(CurationError, match="forgotten on request"):
        node.correct(bal, "name", "Zébulon Marchepied en bal")


def test_what_was_hidden_stays_so_when_who_hid_it_or_why_is_forgotten(node: Edited) -> None:
    bal, concert = node.iri("Bal"), node.iri("Concert")
    node.hide(bal, by="Zébulon Marchepied")
    node.hide(concert, why="à la demande de Zébulon Marchepied")

    node.forget("Zébulon Marchepied")
    node.harvest()
    assert node.names() == set()
    assert node.said(bal, TOMBSTONES)
    assert not any("bulon" in line for lines in node.graphs().values() for line in lines)


def test_decisions_are_listed_with_the_names_of_what_they_are_about(node: Edited) -> None:
    node.hide(node.iri("Bal"), why="doublon")
    listed = node.operate(lambda *parts: list(Desk(*parts).listed()))
    assert [(edit.kind, edit.why, name) for edit, name in listed] == [("hide", "doublon", "Bal")]
