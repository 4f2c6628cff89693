"""From the words of a source to concepts: whole values, never a guess.

A category, a tag or a type is looked up as a whole in one scheme of ``concepts.ttl``,
whatever its case, accents and punctuation. Nothing is stemmed and no substring is ever
matched: a word that names no concept stays a keyword of the record, to be counted.

Short codes (CC, CA, SA, EI, AG: three characters at most, written in capitals) are ordinary
words once their capitals are lost ("ça", "sa", "sel"), so they match only as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType

from pyoxigraph import Literal

from vocab import CONCEPT, PREFIXES, ROOM, VocabularyError, read_turtle
from vocab.messages import say

_SKOS = PREFIXES["skos"]
_REMEMBERED = 65_536  # words: a source repeats the same few for every entry
_LABELS = frozenset(_SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel", "notation"))
_CODE = re.compile(r"[A-Z0-9]{2,5}")
_CODE_LENGTH = 3
_WORD_LENGTH = 2
_ELLIPSIS = "…"
_SEPARATORS = (re.compile(r"[;|\n]"), re.compile(r","), re.compile(r"/"))
_NAME_PARTS = re.compile(r"\s-\s|[/,;|\n]|\bET\b|\bet\b")


@dataclass(slots=True)
class _Index:
    """The words of one scheme, each with the IRI of its concept.

    ``whole`` holds normalised labels, and short codes as written; ``codes`` all codes in
    capitals; ``openings`` and ``endings`` the patterns of names ("ville de …", "… agglo").
    """

    whole: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    openings: dict[str, str] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, concept: str) -> None:
        """Enter a label; the first concept to bear it keeps it."""
        if label.endswith(_ELLIPSIS):
            self.openings.setdefault(normalise(label), concept)
        elif label.startswith(_ELLIPSIS):
            self.endings.setdefault(normalise(label), concept)
        else:
            self.whole.setdefault(label if is_code(label) else normalise(label), concept)
            if _CODE.fullmatch(label):
                self.codes.setdefault(label, concept)


def normalise(text: str) -> str:
    """``text`` for comparison: case folded, no accents, words parted by single spaces.

    >>> normalise("Café-associatif  (Le Châtelard)")
    'cafe associatif le chatelard'
    """
    if text.isascii():
        folded = text.casefold()
    else:
        spread = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
        folded = "".join(char for char in spread if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


@lru_cache(maxsize=_REMEMBERED)
def lookup(scheme: str, text: str) -> str | None:
    """The concept of ``scheme`` that ``text``, taken as a whole, names; None when none does.

    Args:
        scheme: slug of a scheme: ``type``, ``theme``, ``actor``…
        text: a value as the source writes it: "Café associatif", "office=coworking", "CC".

    Raises:
        VocabularyError: when there is no such scheme, or ``concepts.ttl`` cannot be read.
    """
    return _match(_index(scheme), text)


def find(scheme: str, text: str) -> tuple[str, ...]:
    """The concepts named in a field that holds several values, in order, each once.

    The field is split on ``;``, ``|`` and new lines, then on ``,``, then on ``/``; a part
    that is itself a label ("Fablab / Makerspace / Hackerspace") is not split further.

    Raises:
        VocabularyError: as ``lookup``.
    """
    return tuple(dict.fromkeys(_parts(_index(scheme), text, 0)))


def in_name(scheme: str, name: str) -> tuple[str, ...]:
    """The concepts that the name of an organisation says, in order, each once.

    A name may be that of two organisations ("VILLE DE X ET GRAND X"): each part counts. A
    part says a concept when it is one of its labels, when it begins or ends as one of the
    patterns of ``concepts.ttl`` ("régie de quartiers …", "… métropole"), or when one of its
    words is a code in capitals. Codes of two letters count as the first word only: in names
    written in capitals throughout, "SA" and "CA" are words as well.

    Raises:
        VocabularyError: as ``lookup``.
    """
    index = _index(scheme)
    found = [iri for part in _NAME_PARTS.split(name) for iri in _said(index, part)]
    return tuple(dict.fromkeys(found))


def schemes() -> tuple[str, ...]:
    """The slugs of the schemes, in alphabetical order."""
    return tuple(sorted(_indexes()))


def is_code(label: str) -> bool:
    """Whether ``label`` is a short code ("CC", "€/h"), which matches only as written."""
    plain = normalise(label)
    return len(plain) <= _CODE_LENGTH and (label == label.upper() or label.casefold() != plain)


@cache
def _indexes() -> Mapping[str, _Index]:
    """The index of every scheme, built once per process."""
    built: defaultdict[str, _Index] = defaultdict(_Index)
    for triple in read_turtle(ROOM / "concepts.ttl"):
        subject, label = triple.subject, triple.object
        if triple.predicate.value in _LABELS and isinstance(label, Literal):
            concept = str(subject)[1:-1]
            scheme = concept.removeprefix(CONCEPT).partition("/")[0]
            built[scheme].add(label.value, concept)
    return MappingProxyType(dict(built))


def _index(scheme: str) -> _Index:
    try:
        return _indexes()[scheme]
    except KeyError as error:
        raise VocabularyError(
            say(
                "there is no concept scheme {scheme} — write one of: {known}",
                scheme=scheme,
                known=", ".join(schemes()),
            )
        ) from error


def _match(index: _Index, text: str) -> str | None:
    return index.whole.get(normalise(text)) or index.whole.get(text.strip())


def _parts(index: _Index, text: str, depth: int) -> Iterator[str]:
    if whole := _match(index, text):
        yield whole
    elif depth < len(_SEPARATORS):
        for part in _SEPARATORS[depth].split(text):
            yield from _parts(index, part, depth + 1)


def _said(index: _Index, part: str) -> Iterator[str]:
    if whole := _match(index, part):
        yield whole
    words = normalise(part).split()
    for size in range(1, len(words)):
        if concept := index.openings.get(" ".join(words[:size])):
            yield concept
        if concept := index.endings.get(" ".join(words[-size:])):
            yield concept
    for place, token in enumerate(re.findall(r"\w+", part)):
        if token in index.codes and (place == 0 or len(token) > _WORD_LENGTH):
            yield index.codes[token]
