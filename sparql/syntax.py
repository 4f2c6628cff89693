"""Why a query cannot be read, in words that its author can act on.

The parser of pyoxigraph tells the furthest character it looked at and everything it tried
there. It compares a keyword after taking as many characters as the keyword has, so that the
place is some characters too far, and what it tried may be the whole alphabet. Read again
with wide spaces (``widen``), the text gives a place that belongs to one word only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from sparql.guard import Token, pieces, tokens
from vocab import PREFIXES
from vocab.messages import Message, say

_GAP = " " * 20
"""Wider than the longest keyword, GROUP_CONCAT."""

_LONGEST = 8 * 1024
"""Characters of a text that is worth reading twice."""

_SHOWN = 72
"""Characters of the line that is shown under an error."""

_MOST_EXPECTED = 5
_KEYWORDS = (
    "SELECT", "DISTINCT", "REDUCED", "CONSTRUCT", "DESCRIBE", "PREFIX", "FROM", "NAMED", "WHERE",
    "GROUP", "HAVING", "ORDER", "DESC", "LIMIT", "OFFSET", "VALUES", "OPTIONAL", "GRAPH", "UNION",
    "FILTER", "MINUS", "BIND", "UNDEF", "EXISTS",
)  # fmt: skip
_PLACE = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): expected (?:one of )?")
_EXPECTED = re.compile(
    r"""(?P<group>\[(?:'(?:\\.|[^'\\])+'|[^\]'])*\]) | "(?P<quoted>(?:\\.|[^"\\])*)"
      | (?P<plain>[^,"\[]+)""",
    re.VERBOSE,
)
_OTHER_NAMES = MappingProxyType(
    {"dc": "dcterms", "dct": "dcterms", "enbauges": "eb", "sdo": "schema"}
)
"""Prefixes that are usual elsewhere for what has another one here."""

_NOT_A_PREFIX = "Prefix not found"
_NOT_AN_IRI = "IRI parsing failed"
_MEANINGS = MappingProxyType(
    {
        "The SELECT contains a variable that is unbound": say(
            "the SELECT names a variable that is neither in GROUP BY nor inside an aggregate: "
            "add it to GROUP BY, or take one of its values with SAMPLE"
        ),
        "The SELECT contains an expression with a variable that is unbound": say(
            "the SELECT contains an expression with a variable that is unbound: add the variable "
            "to GROUP BY, or use it inside an aggregate such as COUNT or SAMPLE"
        ),
        "Duplicated variable name in SELECT": say(
            "two columns of the SELECT have the same name: give each its own after AS"
        ),
        "SELECT * is not authorized with GROUP BY": say(
            "SELECT * cannot go with GROUP BY: name the variables instead of the star"
        ),
    }
)
"""What the parser finds wrong in a text whose grammar is right; its place says nothing."""


@dataclass(frozen=True, slots=True)
class _Reason:
    """What the parser told: where it was, counted in characters, and what it expected there."""

    at: int
    words: tuple[str, ...]
    signs: tuple[str, ...]
    classes: bool

    @classmethod
    def read(cls, text: str, reason: str) -> _Reason | None:
        """The parser's ``reason`` about ``text``; None when it tells no place."""
        found = _PLACE.match(reason)
        if found is None:
            return None
        before = text.split("\n")[: int(found["line"]) - 1]
        expected = [*_EXPECTED.finditer(reason, found.end())]
        plain = [one["plain"].strip() for one in expected if one["plain"]]
        return cls(
            at=sum(len(line) + 1 for line in before) + int(found["column"]) - 1,
            words=tuple(word for word in plain if word.isalpha() or "_" in word),
            signs=tuple(one["quoted"] for one in expected if one["quoted"]),
            classes=any(one["group"] for one in expected),
        )

    @property
    def start(self) -> int:
        """Where reading began to fail: before the keywords, when these are all there is."""
        if self.signs or self.classes or not self.words:
            return self.at
        return self.at - max(map(len, self.words))


def widen(text: str) -> str:
    """``text`` with wide spaces, which means the same; "" when it is too long to be worth it."""
    return _GAP.join([*(run for _, run in _runs(text)), ""]) if len(text) <= _LONGEST else ""


def explain(text: str, reason: str, widely: str) -> Message:
    """What is wrong with ``text``, where, and what to write instead.

    Args:
        text: the query.
        reason: what the parser says of it.
        widely: what it says of ``widen(text)``, "" when it was not asked.
    """
    undeclared = _undeclared(text)
    if undeclared is not None and _NOT_A_PREFIX in reason + widely:
        return _prefix(text, undeclared)
    for sentence, meaning in _MEANINGS.items():
        if sentence in reason or sentence in widely:
            return meaning
    found, wide = _Reason.read(text, reason), _Reason.read(widen(text), widely)
    if found is None:
        return say("the query cannot be read: {reason}", reason=reason)
    if _NOT_AN_IRI in reason:
        return say(
            "line {line}, column {column}: what stands between < and > is not an IRI — "
            "percent-encode what an IRI cannot hold, such as a space\n{excerpt}",
            **_place(text, found.at - 1),
        )
    at = _narrowed(text, wide) if wide else min(found.start, len(text))
    if undeclared is not None and undeclared.at == at:
        return _prefix(text, undeclared)
    return _from_here(text, at, _readable(wide or found))


def _from_here(text: str, at: int, expected: str) -> Message:
    """What is said of a place where nothing that stands there can."""
    end = len(text.rstrip())
    if at >= end:
        return say(
            "line {line}, column {column}: the query ends before it is complete\n{excerpt}",
            **_place(text, end),
        )
    word = next((token.text for token in tokens(text[at : at + _SHOWN])), "")
    meant = get_close_matches(word.upper(), _KEYWORDS, n=1, cutoff=0.75)
    if meant and word.upper() not in _KEYWORDS:
        return say(
            "line {line}, column {column}: the query cannot be read from here on — "
            "{word} is no keyword: did you mean {meant}?\n{excerpt}",
            word=word,
            meant=meant[0],
            **_place(text, at),
        )
    if expected:
        return say(
            "line {line}, column {column}: the query cannot be read from here on — "
            "expected here: {expected}\n{excerpt}",
            expected=expected,
            **_place(text, at),
        )
    return say(
        "line {line}, column {column}: the query cannot be read from here on\n{excerpt}",
        **_place(text, at),
    )


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """What stands between white space and comments, each with its place in ``text``."""
    start = None
    for sort, at, piece in pieces(text):
        if sort == "space" and (piece[0] == "#" or not piece.strip(" \t\r\n")):
            if start is not None:
                yield start, text[start:at]
            start = None
        elif start is None:
            start = at
    if start is not None:
        yield start, text[start:]


def _narrowed(text: str, wide: _Reason) -> int:
    """The place in ``text`` of a place in ``widen(text)``."""
    begins = 0
    place = 0
    for at, run in _runs(text):
        if begins > wide.start:
            return place
        place = at + min(wide.start - begins, len(run) - 1)
        begins += len(run) + len(_GAP)
    return len(text) if begins <= wide.start + 1 else place


def _readable(reason: _Reason) -> str:
    """What the parser expected, when that is few signs or short words; "" when it helps nobody.

    A keyword hides the shorter ones that were tried in the same place.
    """
    known = [*reason.signs, *(word for word in reason.words if len(word) <= len("BY"))]
    return " ".join(known) if len(known) <= _MOST_EXPECTED and not reason.classes else ""


def _undeclared(text: str) -> Token | None:
    """The first prefixed name whose prefix neither the query nor the endpoint declares."""
    declared = {*PREFIXES, "_"}
    before = ""
    for token in tokens(text):
        prefix = token.text.partition(":")[0]
        if before == "PREFIX":
            declared.add(prefix)
        elif token.sort == "name" and prefix not in declared:
            return token
        before = token.text.upper() if token.sort == "word" else ""
    return None


def _prefix(text: str, name: Token) -> Message:
    prefix = name.text.partition(":")[0]
    place = _place(text, name.at)
    meant = _meant(prefix)
    if meant:
        return say(
            "line {line}, column {column}: the prefix {prefix}: is not declared — write {meant}: "
            "instead, which needs no declaration, or add: PREFIX {prefix}: <{namespace}>\n"
            "{excerpt}",
            prefix=prefix,
            meant=meant,
            namespace=PREFIXES[meant],
            **place,
        )
    return say(
        "line {line}, column {column}: the prefix {prefix}: is not declared — "
        "add: PREFIX {prefix}: <…>\n{excerpt}",
        prefix=prefix,
        **place,
    )


def _meant(prefix: str) -> str:
    """The prefix that needs no declaration and of which ``prefix`` is another spelling."""
    folded = prefix.casefold()
    if folded in _OTHER_NAMES:
        return _OTHER_NAMES[folded]
    return next(iter(get_close_matches(folded, PREFIXES, n=1, cutoff=0.8)), "")


def _place(text: str, at: int) -> dict[str, object]:
    """Line and column of a place, and the line with a caret under it."""
    begins = text.rfind("\n", 0, at) + 1
    line = text[begins:].partition("\n")[0].rstrip("\r").replace("\t", " ")
    column = at - begins
    cut = max(0, column - _SHOWN * 2 // 3) if len(line) > _SHOWN else 0
    shown = ("…" if cut else "") + line[cut : cut + _SHOWN]
    shown += "…" if cut + _SHOWN < len(line) else ""
    caret = " " * (column - cut + bool(cut)) + "^"
    return {
        "line": text.count("\n", 0, at) + 1,
        "column": column + 1,
        "excerpt": f"  {shown}\n  {caret}",
    }
