"""What a query text may be, checked before any worker sees it.

pyoxigraph has no switch against ``SERVICE``, and deeply nested brackets overflow the stack
of its parser and end the process. Both are found here on tokens, so that a word inside a
string, an IRI, a comment, a variable or a prefixed name is not mistaken for a keyword.
A worker's sandbox is the second wall behind this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sparql.values import Limits, QueryMalformedError, QueryRefusedError, QueryTooLongError
from vocab.messages import say

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
FORMS: dict[str, Form] = {
    "SELECT": "SELECT",
    "ASK": "ASK",
    "CONSTRUCT": "CONSTRUCT",
    "DESCRIBE": "DESCRIBE",
}
UPDATES = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH")
)
VOLATILE = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE"))

_GRAPH_FOLLOWS = frozenset(("GRAPH", "FROM", "NAMED", "DESCRIBE"))

_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_CHAR = rf"(?:[\w·]|{_CODEPOINT})"
_LOCAL = rf"(?:[\w·:]|{_CODEPOINT}|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%])"
_TAIL = rf"(?:{_LOCAL}(?:(?:{_LOCAL}|[.\-])*{_LOCAL})?)?"
# SPARQL 1.1, section 19.8. Every alternative ends where it began to fail, so that reading
# stays linear: a name and a word are one run of characters, told apart by the colon after
# it, and a short string without its end goes as far as the line.
_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\ufeff]+ | \#[^\r\n]*)
  | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20] | {_CODEPOINT})*>)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*\"\"\" | '''(?:'{{0,2}}(?:[^'\\]|\\.))*'''
      | "(?:[^"\\\r\n]|\\.)*"? | '(?:[^'\\\r\n]|\\.)*'?)
  | (?P<variable>[?$]{_CHAR}+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<name>:{_TAIL})
  | (?P<run>{_CHAR}(?:(?:{_CHAR}|[.\-])*{_CHAR})?(?P<colon>:{_TAIL})?)
  | (?P<open>[{{(\[])
  | (?P<close>[}})\]])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(f"{_CHAR}+")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: what sort it is, its text with codepoint escapes decoded, where."""

    sort: str
    text: str
    at: int


def decode(text: str) -> str:
    r"""``text`` with ``\uXXXX`` and ``\UXXXXXXXX`` replaced (SPARQL 1.1, section 19.2)."""
    return re.sub(_CODEPOINT, _character, text)


def pieces(text: str) -> Iterator[tuple[str, int, str]]:
    """Everything ``text`` is made of, white space and comments too: sort, place, piece."""
    for match in _TOKEN.finditer(text):
        yield match.lastgroup or "other", match.start(), match.group()


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, white space and comments left out. Never fails."""
    for match in _TOKEN.finditer(text):
        sort = match.lastgroup or "other"
        if sort == "run" and match["colon"] is None:
            for word in _WORD.finditer(text, *match.span()):
                yield Token("word", decode(word.group()), word.start())
        elif sort != "space":
            yield Token("name" if sort == "run" else sort, decode(match.group()), match.start())


@dataclass(frozen=True, slots=True)
class Checked:
    """What the text tells before it runs.

    ``dataset``: it names its own with FROM. ``volatile``: it calls a function whose value
    changes from one evaluation to the next, so that its result is not that of a generation.
    ``again``: for a DESCRIBE, what stands before and after the IRIs in a query that describes
    others of the same dataset.
    """

    form: Form
    dataset: bool
    volatile: bool
    again: tuple[str, str] | None = None


def check(text: str, limits: Limits) -> Checked:
    """What the query is, once nothing in ``text`` is refused.

    The text is read twice, as it is and with its codepoint escapes decoded first: parsers
    differ in when they decode, and neither reading may hide a keyword.

    Raises:
        QueryTooLongError: beyond ``limits.length`` characters.
        QueryRefusedError: it holds ``SERVICE``, is an update, or nests beyond ``limits.depth``.
        QueryMalformedError: it is no query at all.
    """
    if len(text) > limits.length:
        raise QueryTooLongError(
            say(
                "the query has {length} characters, this endpoint reads at most {most}: "
                "shorten it, or split its VALUES over several queries",
                length=len(text),
                most=limits.length,
            )
        )
    checked = _read(text, limits)
    decoded = decode(text)
    return checked if decoded == text else _read(decoded, limits)


def _read(text: str, limits: Limits) -> Checked:
    """One reading of the text: refuse, or tell what it is."""
    read = list(tokens(text))
    _refuse_service(text, read)
    words = list(_words(text, read, limits.depth))
    outer = [word for word, depth in words if depth == 0]
    form = next((form for form in map(_form, outer) if form is not None), None)
    if form is None:
        raise QueryMalformedError(
            say("this is not a query: it must be a SELECT, ASK, CONSTRUCT or DESCRIBE")
        )
    volatile = any(word in VOLATILE for word, _ in words)
    again = _again(text, read) if form == "DESCRIBE" else None
    return Checked(form, dataset="FROM" in outer, volatile=volatile, again=again)


def _again(text: str, read: list[Token]) -> tuple[str, str]:
    """The prologue of a DESCRIBE up to that word, and its clauses of FROM."""
    (at, form), *_ = (
        (place, token)
        for place, token in enumerate(read)
        if token.sort == "word" and token.text.upper() == "DESCRIBE"
    )
    dataset: list[str] = []
    for before, token in zip(read[at:], read[at + 1 :], strict=False):
        if token.sort == "open":
            break
        if token.sort == "word" and token.text.upper() in ("FROM", "NAMED", "WHERE"):
            dataset.append(token.text if token.text.upper() != "WHERE" else "")
        elif before.sort == "word" and before.text.upper() in ("FROM", "NAMED"):
            dataset.append(token.text)
    return f"{text[: form.at]} DESCRIBE ", f" {' '.join(dataset)}"


def _refuse_service(text: str, read: list[Token]) -> None:
    """Refuse the keyword, also where it touches what stands beside it.

    pyoxigraph reads no tokens and asks for no space: it takes ``trueSERVICE`` for two words,
    and in ``SERVICEex:x { }`` it goes back from a triple that does not come to the endpoint
    that ``ex:x`` names. A name before a brace is only a name where a graph is expected.
    """
    for before, token, after in zip([None, *read], read, [*read[1:], None], strict=False):
        if "SERVICE" not in token.text.upper():
            continue
        called = token.sort == "word"
        if token.sort == "name" and after is not None and after.text == "{":
            called = before is None or before.text.upper() not in _GRAPH_FOLLOWS
        if called:
            raise QueryRefusedError(
                say(
                    "line {line}: SERVICE is refused, this endpoint asks no other one: "
                    "query both and join their results on your side",
                    line=_line(text, token.at),
                )
            )


def _words(text: str, read: list[Token], most: int) -> Iterator[tuple[str, int]]:
    """The bare words, upper case, each with how many brackets it stands in."""
    depth = 0
    for token in read:
        if token.sort == "open":
            depth += 1
        elif token.sort == "close":
            depth -= 1
        elif token.sort == "word":
            yield token.text.upper(), depth
        if depth > most:
            raise QueryRefusedError(
                say(
                    "line {line}: brackets are nested more than {most} deep: "
                    "write the query flatter",
                    line=_line(text, token.at),
                    most=most,
                )
            )


def _form(word: str) -> Form | None:
    """The query form that ``word`` starts, None within the prologue."""
    if word in UPDATES:
        raise QueryRefusedError(
            say(
                "{word}: this endpoint only reads, and its data come from the harvested sources: "
                "write a SELECT, ASK, CONSTRUCT or DESCRIBE",
                word=word,
            )
        )
    return FORMS.get(word)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _character(match: re.Match[str]) -> str:
    code = int(match.group()[2:], base=16)  # noqa: FURB166  # "\\u" is no prefix of Python
    return chr(code) if code <= 0x10FFFF else match.group()  # noqa: PLR2004  # last code point
