"""Words of a source → concepts of the vocabulary's schemes, and what matched nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Any

from mappings.functions.general import text_of
from mappings.functions.registry import EBF, Function, Lookup, Parameter, declare
from mappings.problems import Problem, problem, shown
from vocab.messages import say
from vocab.words import in_name

_Known = Callable[[str], str | None]
_REMEMBERED = 8192  # values of one mapping: a source repeats the same few for every entry
_LONGEST = 5_000  # characters of a list of words; what is longer is a text
_LONGEST_WORD = 200  # no label of a concept is longer
_SEPARATORS = (re.compile(r"[;|\n]"), re.compile(r","), re.compile(r"/"))


def functions(lookup: Lookup, schemes: Callable[[], Collection[str]]) -> tuple[Function, ...]:
    """The functions on words, on the concepts that ``lookup`` knows of ``schemes``."""

    @lru_cache(maxsize=_REMEMBERED)
    def parts(among: str, text: str) -> tuple[tuple[str, str | None], ...]:
        names = among.split("|")

        def known(word: str) -> str | None:
            if len(word) > _LONGEST_WORD:
                return None
            return next((iri for name in names if (iri := lookup(name, word))), None)

        return tuple(_parts(text, known, 0))

    def words(among: str, value: Any) -> tuple[tuple[str, str | None], ...]:
        return parts(among, text_of(value)[:_LONGEST])

    def concept(scheme: str, values: list[Any]) -> list[str]:
        found = (pair for value in values for pair in words(scheme, value))
        return list(dict.fromkeys(iri for _, iri in found if iri))

    def unmatched(among: str, values: list[Any]) -> list[str | Problem]:
        found = (pair for value in values for pair in words(among, value))
        strange = dict.fromkeys(word for word, iri in found if not iri)
        long = (value for value in values if len(text_of(value)) > _LONGEST)
        return [*strange, *map(_unmatched, strange), *map(_too_long, long)]

    def said(scheme: str, name: Any) -> list[str]:
        return list(in_name(scheme, text_of(name)[:_LONGEST_WORD]))

    values = Parameter(EBF + "value", "list")
    return (
        declare(EBF, "concept", concept, Parameter(EBF + "scheme", choices=schemes), values),
        declare(EBF, "inName", said, Parameter(EBF + "scheme", choices=schemes), "value"),
        declare(EBF, "unmatched", unmatched, Parameter(EBF + "schemes", choices=schemes), values),
    )


def _parts(text: str, known: _Known, depth: int) -> Iterator[tuple[str, str | None]]:
    """Each word of a value with its concept.

    A value is taken whole where it is known whole; else it is split on ``;``, ``|`` and new
    lines, then on ``,``, then on ``/``, as ``vocab.words.find`` does.
    """
    word = " ".join(text.split())
    if not word:
        return
    if (concept := known(word)) or depth == len(_SEPARATORS):
        yield word, concept
        return
    for part in _SEPARATORS[depth].split(text):
        yield from _parts(part, known, depth + 1)


def _too_long(value: Any) -> Problem:
    return problem(
        "long-words",
        say(
            "this is no list of words: “{value}” — only its first {count} characters were read",
            value=shown(text_of(value)),
            count=_LONGEST,
        ),
        text_of(value),
    )


def _unmatched(word: str) -> Problem:
    return problem(
        "unmatched-word",
        say("no concept is called “{value}”: it is kept as a keyword", value=shown(word)),
        word,
        "notice",
    )
