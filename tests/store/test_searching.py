"""A reader's words: what answers them, of every kind, whether they are rare or everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from store import lookup
from store.index import NAME, build
from store.lookup import Index, Wanted
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
    monkeypatch.setattr(lookup, "COMMON", request.param)
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


@pytest.mark.parametrize("common", [3_000, 2])
@pytest.mark.parametrize(
    ("days", "found"),
    [
        (("2026-11-26", "2026-11-30"), ["2026-11-01", "2026-11-27"]),
        (("2026-12-01", "2026-12-31"), ["2026-11-01", "2026-12-05"]),
        (("", "2026-11-10"), ["2026-11-01", "2026-11-01"]),
        (("2026-12-20", ""), ["2026-11-01"]),
        (("2027-01-01", ""), []),
        (("", "2026-10-31"), []),
    ],
)
def test_words_find_the_events_of_a_period_and_what_goes_on_in_it(
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
    common: int,
    days: tuple[str, str],
    found: list[str],
) -> None:
    monkeypatch.setattr(lookup, "COMMON", common)
    first, last = days
    wanted = Wanted(kinds=("event",), first=first, last=last, words="atelier", order="days")
    assert [event.start for event in index.find(wanted)] == found
    assert index.count(wanted) == len(found)


def test_a_common_word_is_not_taken_for_the_beginning_of_others(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "COMMON", 2)
    assert index._question("atelier") == '"ateli"'
    assert index._question("forge") == '("forg" OR "forge"*)'
