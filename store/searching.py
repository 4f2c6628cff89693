"""What answers a reader's words, of every kind, in one pass over the index.

Ranking costs two microseconds a match, and a word that a tenth of a million statements hold has
tens of thousands: then what bears the words in its name comes first, and the rest in the order of
the index. So an answer takes about as long whatever is asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from store.folding import match
from store.lookup import Index
from store.things import KINDS, Thing

_MATCHES = "SELECT rowid FROM words WHERE words MATCH ?"
_RANKED = f"{_MATCHES} ORDER BY bm25(words, 5.0, 1.0), rowid"


@dataclass(frozen=True, slots=True)
class Found:
    """What answers of one kind: the best of it, and whether there is ``more``."""

    kind: str
    things: tuple[Thing, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class _Span:
    """The numbers of the things of one kind that may answer: a range, and some before it."""

    first: int
    last: int
    before: frozenset[int] = frozenset()

    def of(self, numbers: Sequence[int], *, in_order: bool) -> Iterator[int]:
        """Those of ``numbers`` that are its own; ``in_order`` tells that they are sorted."""
        if not in_order:
            yield from (each for each in numbers if self._holds(each))
            return
        yield from (each for each in sorted(self.before) if _is_in(each, numbers))
        start = bisect_left(numbers, self.first)
        yield from islice(numbers, start, bisect_left(numbers, self.last + 1))

    def _holds(self, number: int) -> bool:
        return self.first <= number <= self.last or number in self.before


def search(index: Index, words: str, today: str, most: int) -> list[Found]:
    """What answers ``words``, at most ``most`` of each kind; of events those that are not over.

    Events come by day, the rest by rank.

    Args:
        index: that of the generation.
        words: a reader's.
        today: the ISO day on which it is asked.
        most: how many of each kind.

    Raises:
        GenerationError: when the index is damaged.
    """
    spans = _spans(index, today)
    found = {kind: dict[int, None]() for kind in KINDS}
    for numbers, in_order in _matches(index, words):
        for kind, span in spans.items():
            own = span.of(numbers, in_order=in_order)
            own = islice(own, None if kind == "event" and not in_order else most + 1)
            found[kind] = found[kind] | dict.fromkeys(own)
        if all(len(found[kind]) > most for kind in spans):
            break
    chosen = {kind: _best(kind, numbers) for kind, numbers in found.items() if numbers}
    return [
        Found(kind, tuple(_things(index, numbers[:most])), len(numbers) > most)
        for kind, numbers in chosen.items()
    ]


def _matches(index: Index, words: str) -> Iterator[tuple[Sequence[int], bool]]:
    """The numbers of the things that bear the words: ranked, or in order where they are many."""
    for question in dict.fromkeys((match(words, unfinished=False), match(words))):
        if question and index.is_common(question):
            for asked in (f"name : ({question})", question):
                yield [number for (number,) in index.rows(_MATCHES, asked)], True
            return
    if question := match(words):
        yield [number for (number,) in index.rows(_RANKED, question)], False


def _spans(index: Index, today: str) -> Mapping[str, _Span]:
    """Kind → the numbers of its things; of events those that end on ``today`` or later."""
    spans = {kind: _Span(first, last) for kind, first, last in index.spans}
    if "event" in spans:
        coming = index.rows(
            "SELECT id FROM thing WHERE kind = 'event' AND first >= ? ORDER BY first, id LIMIT 1",
            today,
        )
        going_on = index.rows(
            "SELECT id FROM thing WHERE kind = 'event' AND first < ? AND last >= ?", today, today
        )
        last = spans["event"].last
        first = coming[0][0] if coming else last + 1
        spans["event"] = _Span(first, last, frozenset(number for (number,) in going_on))
    return spans


def _best(kind: str, numbers: Mapping[int, None]) -> list[int]:
    return sorted(numbers) if kind == "event" else list(numbers)


def _is_in(number: int, numbers: Sequence[int]) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def _things(index: Index, numbers: Sequence[int]) -> Iterator[Thing]:
    for number in numbers:
        for (doc,) in index.rows("SELECT doc FROM thing WHERE id = ?", number):
            yield Thing.from_json(doc)
