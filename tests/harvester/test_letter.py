"""The letter to a publisher: polite, concrete, and ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from babel.messages.pofile import read_po

from harvester import telling
from harvester.appraisal.health import Health
from harvester.sources import Site, Source
from harvester.telling.letter import _ADVICE
from store.appraisals import Appraisal, Remark
from store.standing import Absence, SourceState, StoredIssue
from vocab.messages import Message, say

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SITE = Site(
    title="EnBauges",
    base="https://node.example/",
    contact="contact@node.example",
    territory=("73081",),
)
SOURCE = Source(
    id="mairie", kind="ics", url="https://mairie.example/a.ics", title="Agenda", publisher="Mairie"
)
FINE = SourceState("mairie", checked_at=NOW, good_at=NOW, outcome="unchanged", records=3)
MISSING = say(
    "{url} does not exist ({status}) — look on the publisher's site for the address of today",
    url="https://mairie.example/a.ics",
    status=404,
)


def broken(reason: Message = MISSING, good_at: datetime | None = NOW) -> SourceState:
    return SourceState(
        "mairie", checked_at=NOW, good_at=good_at, outcome="failed", reason=reason,
        failures=3, broken_since=NOW,
    )  # fmt: skip


def letter(
    state: SourceState = FINE,
    *issues: StoredIssue,
    remarks: tuple[Remark, ...] = (),
    command: str = "curl x",
    follow: str = "https://node.example/f",
    absences: Mapping[str, Absence] = MappingProxyType({}),
) -> str:
    appraisal = Appraisal(NOW, 85, None, remarks)
    odd = appraisal.of("anomaly")
    health = Health(SOURCE, state, NOW, issues, absences, (), appraisal, odd)
    return telling.letter(health, SITE, telling.Reach(command, follow))


def refused(number: int) -> StoredIssue:
    return StoredIssue("x", "error", say("no column {name}", name="titre"), f"line {number}")


def test_a_letter_says_who_writes_and_how_to_stop_it() -> None:
    text = letter()
    assert text.startswith("Objet : « Agenda », relayé pour le territoire\n")
    for said in ("EnBauges", "https://mairie.example/a.ics", "contact@node.example",
                 "User-agent: EnBauges\n    Disallow: /", "Répondez simplement"):  # fmt: skip
        assert said in text
    assert "rien à corriger" in text
    assert "CE QUI" not in text


def test_an_address_that_fails_is_told_with_its_day_and_what_the_publisher_can_do() -> None:
    text = letter(broken())
    assert text.startswith("Objet : « Agenda » n'est plus lisible\n")
    assert "Depuis le 1er mai 2026" in text
    assert "\nhttps://mairie.example/a.ics n'existe pas" in text.replace("’", "'")
    assert "(404)." in text
    assert "dites-nous celle d'aujourd'hui" in " ".join(text.split())
    assert "    curl x\n" in text
    assert "rien n'a été retiré" in text


def test_what_only_the_operator_can_do_is_not_asked_of_the_publisher() -> None:
    told = say("{url} leads elsewhere — write allow_private = true in this source", url="x")
    assert "allow_private" not in letter(broken(told))


def test_an_entry_is_told_without_what_only_the_operator_can_do() -> None:
    asked = StoredIssue("x", "error", say("it is wrong — its publisher must mend it"), "line 3")
    text = letter(FINE, asked)
    assert "it is wrong\n" in text
    assert "its publisher" not in text


def test_a_source_that_was_never_read_has_nothing_that_stays_visible() -> None:
    assert "reste visible" not in letter(broken(good_at=None))


def test_entries_are_told_by_their_line_and_the_rest_is_counted() -> None:
    text = letter(FINE, *map(refused, range(1, 16)))
    assert "- ligne 1\N{NO-BREAK SPACE}: no column titre\n" in text
    assert "ligne 12" in text
    assert "ligne 13" not in text
    assert "et 3 autres" in text


def test_what_would_be_better_comes_with_how() -> None:
    remarks = (
        Remark("penalty", "event-no-place", say("address"), say("complete"), NOW, 15),
        Remark("anomaly", "at-night", say("reason"), say("state"), NOW),
    )
    text = letter(FINE, remarks=remarks)
    assert "(complétude : 85 sur 100)\n- adresse\n  → complet\n" in text
    assert "- raison (depuis le 1er mai 2026)\n  → état\n" in text


def test_a_part_that_has_nothing_to_say_leaves_no_gap() -> None:
    for text in (letter(), letter(broken()), letter(broken(), command="", follow="")):
        assert "\n\n\n" not in text
        assert not any(line.endswith(" ") for line in text.splitlines())


@pytest.mark.parametrize("sign", [sign for sign, _ in _ADVICE])
def test_each_advice_is_about_a_reason_that_the_program_gives(sign: str) -> None:
    path = Path(__file__).parents[2] / "vocab" / "locale" / "fr.po"
    with path.open("rb") as file:
        reasons = [str(message.id) for message in read_po(file) if message.id]
    assert any(sign in reason and reason.partition(" — ")[1] for reason in reasons)


def test_a_letter_asks_whether_what_is_missing_was_meant_to_leave() -> None:
    absences = {
        f"https://node.example/id/record/mairie/fete-{number}": Absence(NOW, 1)
        for number in range(15)
    }
    text = letter(replace(FINE, outcome="held"), absences=absences)
    assert "quelques annonces à revoir" in text
    assert "Tout s'y lit, mais des annonces n'y sont plus" in text
    assert "fete-0" in text
    assert "et 3 autres" in text


def test_a_publisher_whose_robots_txt_refuses_us_is_told_that_we_comply() -> None:
    reason = say(
        "{url} may not be read: line {line} of {robots} tells {agent} “{rule}” — ask its publisher "
        "to let us in, or write enabled = false",
        url="https://mairie.example/a.ics",
        line=2,
        robots="https://mairie.example/robots.txt",
        agent="EnBauges",
        rule="Disallow: /",
    )
    text = " ".join(letter(broken(reason)).split())
    assert "nous nous y tenons" in text
    assert "dans un navigateur" not in text
