"""A reader's words: what answers them, of every kind, whether they are rare or everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from store import searching
from store.index import NAME, build
from store.lookup import Index
from store.published import Published
from store.searching import search
from store.things import Thing

TODAY = "2026-11-26"


class Invented(Published):
    """A generation of things made up for a test."""

    def __init__(self, things: list[Thing]) -> None:
        self._made = things

    def things(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        return iter(self._made)

    def labels(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        return iter(())

    def centres(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        return iter(())

    def sources(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        return iter(())


def thing(kind: str, name: str, text: str = "", start: str = "", end: str = "") -> Thing:
    return Thing(f"https://data.example/id/{kind}/{name}{start}", kind, (), name, text,
                 start=start, end=end)  # fmt: skip


THINGS = [
    thing("event", "Atelier bois", start="2026-12-05"),
    thing("event", "Atelier bois", start="2026-11-01"),
    thing("event", "Exposition", "autour des ateliers", start="2026-11-01", end="2026-12-31"),
    thing("event", "Atelier vélo", start="2026-11-27"),
    thing("place", "Forge", "on y tient un atelier"),
    thing("place", "Atelier partagé"),
    thing("organization", "Amis du four"),
    thing("article", "Nouvel atelier"),
]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    build(Invented(THINGS), tmp_path / NAME)
    return Index(tmp_path / NAME)


Ask = Callable[[str], dict[str, list[str]]]


@pytest.fixture(params=[3_000, 2], ids=["ranked", "too many to be ranked"])
def ask(request: pytest.FixtureRequest, index: Index, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Names by kind, where words are rare and where they are everywhere."""
    monkeypatch.setattr(searching, "RANKED", request.param)
    monkeypatch.setattr(searching, "_SOME", f"{searching._MATCHES} LIMIT {request.param + 1}")
    return lambda words: {
        each.kind: [f"{one.name} {one.start}".strip() for one in each.things]
        for each in search(index, words, TODAY, 10)
    }


def test_events_that_are_over_are_left_out_and_the_others_come_by_day(ask: Ask) -> None:
    assert ask("atelier")["event"] == [
        "Exposition 2026-11-01",
        "Atelier vélo 2026-11-27",
        "Atelier bois 2026-12-05",
    ]


def test_what_bears_the_word_in_its_name_comes_first(ask: Ask) -> None:
    assert ask("ateliers")["place"] == ["Atelier partagé", "Forge"]


def test_every_word_counts_and_the_last_may_be_unfinished(ask: Ask) -> None:
    assert ask("atelier parta") == {"place": ["Atelier partagé"]}
    assert set(ask("atel")) == {"event", "place", "article"}


def test_words_that_nothing_bears_find_nothing(ask: Ask) -> None:
    assert ask("piscine") == {}
    assert ask("?!") == {}


def test_there_is_more_than_what_is_asked_for(index: Index) -> None:
    [events, places, _] = search(index, "atelier", TODAY, 2)
    assert ([len(events.things), events.more], [len(places.things), places.more]) == (
        [2, True],
        [2, False],
    )
