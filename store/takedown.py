"""Takedowns: what must never be kept again, known by hashes only.

A takedown names a record, a text or a source. The file does not hold what it bars: each hash
is keyed with random bytes that lie beside it. So nobody reads a name in it; who has the file
*and* a list of names can try them one by one, and so it is kept as the data are.

A text is compared as words: accents, case, punctuation and mark-up do not count, a telephone
number is one word however it is grouped, and only whole words are equal.
"""

from __future__ import annotations

import html
import json
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from store.errors import StoreError, told
from store.files import OWNERS, whole
from vocab.messages import say

LEAST = 4
"""Letters and digits that a text must have: less would bar half of everything."""

FILE = "takedowns.json"

Kind = Literal["record", "text", "source"]

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<[^<>]*>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_ABROAD = re.compile(r"(?:00)?33(\d{9})")  # a French number as it is dialled from elsewhere
_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Takedown:
    """One thing that is barred.

    ``hashes`` are keyed with ``key``, all in hexadecimal. ``source`` is the id of the source of
    a record (``id/record/{source}/...``), "" otherwise; ``words`` how many words a text has;
    ``at`` when it was asked for (ISO 8601).
    """

    kind: Kind
    hashes: tuple[str, ...]
    key: str
    at: str
    source: str = ""
    words: int = 0


@dataclass(frozen=True)
class Takedowns:
    """What is barred; false when nothing is."""

    entries: tuple[Takedown, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.entries)

    def with_(self, *entries: Takedown) -> Takedowns:
        """These and ``entries``, each once."""
        known = {(each.kind, each.source, each.hashes) for each in self.entries}
        new = (each for each in entries if (each.kind, each.source, each.hashes) not in known)
        return Takedowns((*self.entries, *new))

    def without(self, entry: Takedown) -> Takedowns:
        """These without those that bar the same as ``entry``."""
        barred = set(entry.hashes)
        return Takedowns(
            tuple(
                each
                for each in self.entries
                if (each.kind, each.source) != (entry.kind, entry.source)
                or not barred & set(each.hashes)
            )
        )

    def renamed(self, old: str, new: str) -> Takedowns:
        """These, with the records of the source ``old`` now those of ``new``."""
        return Takedowns(
            tuple(
                replace(each, source=new) if each.source == old else each for each in self.entries
            )
        )

    @property
    def key(self) -> str:
        """The key of new entries: the one that is there, or a fresh one."""
        return self.entries[0].key if self.entries else os.urandom(_KEY_BYTES).hex()

    def bars_record(self, source: str, key: str) -> bool:
        """Whether a record is barred, or what it is a date of: ``key`` is its IRI's end."""
        above = key.rpartition("/")[0]
        return self._bars("record", source, _record(key)) or bool(
            above and self._bars("record", source, _record(above))
        )

    def bars_thing(self, source: str, natural_key: tuple[str, ...]) -> bool:
        """Whether a record is barred that its publisher now gives another id."""
        return self._bars("record", source, _thing(natural_key))

    def bars_source(self, source: str, address: str) -> bool:
        """Whether a source is barred, by its id or its address."""
        return self._bars("source", "", f"id\n{source}") or self._bars(
            "source", "", f"address\n{address}"
        )

    def bars_text(self, text: str) -> bool:
        """Whether ``text``, which may be long, holds a barred one."""
        if not self._texts:
            return False
        return any(
            _hash(key, " ".join(stream[start : start + size])) in hashes
            for (key, size), hashes in self._texts.items()
            for stream in _streams(text)
            for start in range(len(stream) - size + 1)
        )

    def _bars(self, kind: Kind, source: str, text: str) -> bool:
        groups = self._named.get((kind, source), {})
        return any(_hash(key, text) in hashes for key, hashes in groups.items())

    @cached_property
    def _named(self) -> dict[tuple[Kind, str], dict[str, set[str]]]:
        found: dict[tuple[Kind, str], dict[str, set[str]]] = {}
        for each in self.entries:
            if each.kind != "text":
                groups = found.setdefault((each.kind, each.source), {})
                groups.setdefault(each.key, set()).update(each.hashes)
        return found

    @cached_property
    def _texts(self) -> dict[tuple[str, int], set[str]]:
        found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        for each in self.entries:
            if each.kind == "text":
                found[each.key, each.words].update(each.hashes)
        return dict(found)


def record_takedown(
    source: str, key: str, natural_key: tuple[str, ...] | None, takedown_key: str, at: str
) -> Takedown:
    """Bar the record of ``source`` whose IRI ends with ``key``, its dates and its successors."""
    texts = [_record(key), *([_thing(natural_key)] if natural_key else [])]
    hashes = tuple(_hash(takedown_key, text) for text in texts)
    return Takedown("record", hashes, takedown_key, at, source=source)


def source_takedown(source: str, address: str, takedown_key: str, at: str) -> Takedown:
    """Bar a source, under this id and, when it is known, at this address."""
    texts = [f"id\n{source}", *([f"address\n{address}"] if address else [])]
    return Takedown("source", tuple(_hash(takedown_key, each) for each in texts), takedown_key, at)


def text_takedown(text: str, takedown_key: str, at: str) -> Takedown:
    """Bar a text.

    Raises:
        StoreError: when it has fewer than ``LEAST`` letters and digits.
    """
    stream = _wanted(text)
    if sum(map(len, stream)) < LEAST:
        raise StoreError(
            say(
                "“{text}” is too short to be forgotten everywhere: it takes {least} letters or "
                "digits at least — give more of it, or the address of the entry",
                text=text,
                least=LEAST,
            )
        )
    hashed = _hash(takedown_key, " ".join(stream))
    return Takedown("text", (hashed,), takedown_key, at, words=len(stream))


def load(path: Path) -> Takedowns:
    """The takedowns in the file ``path``; none when there is no such file.

    Raises:
        StoreError: when it cannot be read: what it bars would come back.
    """
    with told(path):
        if not path.exists():
            return Takedowns()
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))["takedowns"]
            return Takedowns(
                tuple(Takedown(**{**each, "hashes": tuple(each["hashes"])}) for each in entries)
            )
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                say(
                    "{path}: the takedowns cannot be read ({reason}) — put the file back from a "
                    "backup: without it, what was forgotten would come back",
                    path=str(path),
                    reason=f"{type(error).__name__}: {error}",
                ),
                about=path,
            ) from error


def save(takedowns: Takedowns, path: Path) -> None:
    """Write the takedowns to disk; only their owner may read them.

    Raises:
        StoreError: when they cannot be written; the file is then as it was.
    """
    told_of = {"takedowns": [asdict(each) for each in takedowns.entries]}
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path, OWNERS) as file:
            file.write(json.dumps(told_of, indent=1).encode())


def _record(key: str) -> str:
    return f"record\n{key}"


def _thing(natural_key: Iterable[str]) -> str:
    return "thing\n" + "\n".join(natural_key)


def _hash(key: str, text: str) -> str:
    return blake2b(text.encode(), key=bytes.fromhex(key), digest_size=_KEY_BYTES).hexdigest()


def _wanted(text: str) -> list[str]:
    """The words of a text to bar: a number is one word, whatever its spaces."""
    plain, *joined = _streams(text)
    return joined[0] if joined and all(word.isdigit() for word in plain) else plain


def _streams(text: str) -> Iterator[list[str]]:
    """The words of a text, and once more with its numbers joined when that is not the same."""
    plain = _words(text)
    yield plain
    joined = list(_joined(plain))
    if joined != plain:
        yield joined


def _words(text: str) -> list[str]:
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = unquote(text)
    folded = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return _WORD.findall(bare.translate(_LIGATURES))


def _joined(words: Iterable[str]) -> Iterator[str]:
    digits = ""
    for word in (*words, ""):
        if word.isdigit():
            digits += word
            continue
        if digits:
            yield _ABROAD.sub(r"0\1", digits) if _ABROAD.fullmatch(digits) else digits
            digits = ""
        if word:
            yield word
