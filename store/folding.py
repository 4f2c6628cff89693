"""Words as the index keeps them: without accents, ligatures, capitals or French endings.

"Réparations", "réparation" and "REPARATION" are one word, and so are "œuvre" and "oeuvre".
Folding goes before stemming on both sides, so that a reader who leaves the accents out finds
the same things as one who writes them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

_LIGATURES = {"œ": "oe", "æ": "ae", "’": "'"}
_LIGATURE = re.compile("[œæ’]")
_MARKS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[0-9a-z]+")
_STEMMER = snowballstemmer.stemmer("french")
_SHORTEST = 2
_LONGEST = 40
_PREFIX = 4
_MOST_WORDS = 12
"""Words of a question that count: each costs a look-up."""


def fold(text: str) -> str:
    """``text`` in small letters without accents: two spellings of one name are equal."""
    plain = _LIGATURE.sub(lambda found: _LIGATURES[found[0]], text.casefold())
    return _MARKS.sub("", unicodedata.normalize("NFKD", plain))


def slug(text: str) -> str:
    """``text`` as one segment of an address: ``salle-des-fetes``."""
    return "-".join(_WORD.findall(fold(text)))


def stems(text: str) -> str:
    """The stems of the words of ``text``, separated by spaces, in their order."""
    return " ".join(map(_stem, _words(text)))


def match(text: str, *, unfinished: bool = True) -> str:
    """``text`` as a question to FTS5: every word counts, the last one may be ``unfinished``.

    Nothing of what a reader writes is an operator. A short prefix would match nearly
    everything and is none. Empty when there is no word in ``text``.
    """
    words = list(_words(text))[:_MOST_WORDS]
    asked = [f'"{_stem(word)}"' for word in words]
    if unfinished and words and len(words[-1]) >= _PREFIX:
        asked[-1] = f'({asked[-1]} OR "{words[-1]}"*)'
    return " AND ".join(asked)


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(fold(text)):
        if len(word) >= _SHORTEST:
            yield word[:_LONGEST]


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))
