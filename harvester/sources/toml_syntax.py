"""TOML as people mistype it: every slip reported in our words, and read past.

``tomllib`` stops at the first error. A slip contained in one line (a missing quote, a key
written twice) is reported, taken out, and the rest is read, so that a person sees all the
mistakes of a file at once. Where an error may change the meaning of what follows (a bracket
left open, a section opened twice), only what stands before it is read.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from harvester.sources.toml_lines import KeyPath, Positions, Repeat, Statement, locate
from vocab.messages import Message, say

_LONG = 300  # characters of a line that a remedy repeats
_MOST = 50  # slips read past: each costs one more parse
_ERROR = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), .*|end of document)\)", re.DOTALL)
_UNQUOTED = re.compile(r"""\s*(?P<key>[\w.-]+)\s*=\s*(?P<value>[^"'\[{\s#][^#]*?)\s*(?:#.*)?""")
_EMPTY = re.compile(r"\s*(?P<key>[\w.-]+)\s*=\s*(?:#.*)?")
_TRUTHS = frozenset({"true", "false", "yes", "no", "oui", "non", "vrai", "faux"})
_TYPOGRAPHIC = "“”„«»‘’` \u00a0\u202f\"'"


@dataclass(frozen=True, slots=True)
class Slip:
    """A syntax error; ``path`` is the key or the table it stands in."""

    line: int | None
    path: KeyPath
    message: Message
    remedy: Message


@dataclass(slots=True)
class Parsed:
    """What could be read; ``cut`` when that is only the beginning of the text.

    ``unsure`` are the keys, and the tables, that a slip took something away from.
    """

    positions: Positions
    document: dict[str, Any] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)
    unsure: set[KeyPath] = field(default_factory=set)
    cut: bool = False

    def spoiled(self, path: KeyPath) -> bool:
        """Whether a key may be absent only because of a slip already reported."""
        return (self.cut and len(path) == 1) or not self.unsure.isdisjoint((path, path[:-1]))


def parse(text: str) -> Parsed:
    """Read a TOML document as far as its structure is sure; positions are those of ``text``."""
    text = text.replace("\r\n", "\n")
    parsed = Parsed(locate(text))
    text = _double_brackets(text, parsed)
    for _ in range(_MOST):
        try:
            parsed.document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            text = _read_past(text, parsed, str(error))
            parsed.positions = locate(text)
        except (ValueError, RecursionError):  # a number of 5,000 digits, 1,000 brackets
            message = say("a number is too long, or brackets are nested too deeply")
            parsed.slips.append(Slip(None, (), message, say("give this file simple values only")))
            break
        else:
            return parsed
    parsed.cut = True
    return parsed


def _double_brackets(text: str, parsed: Parsed) -> str:
    """``[source]`` read as ``[[source]]``, the slip that everyone makes once."""
    lines = text.split("\n")
    mended = set()
    for statement in parsed.positions.statements:
        header = lines[statement.line - 1]
        if statement.path == ("source",) and header.lstrip().startswith("["):
            lines[statement.line - 1] = re.sub(r"\[([^\]]*)\]", r"[[\1]]", header, count=1)
            mended.add(statement.line)
    text = "\n".join(lines)
    if mended:
        parsed.positions = locate(text)
    message = say("a source does not begin with [source]")
    remedy = say("write [[source]], with two brackets on each side")
    parsed.slips.extend(
        Slip(statement.line, statement.path, message, remedy)
        for statement in parsed.positions.statements
        if statement.line in mended
    )
    return text


def _read_past(text: str, parsed: Parsed, error: str) -> str:
    """Report the first error of ``text`` and return the text without it."""
    lines = text.split("\n")
    found = _ERROR.fullmatch(error)
    noticed = int(found["line"]) if found and found["line"] else len(lines)
    statement = _statement(parsed.positions, noticed, lines)
    written = lines[statement.line - 1]
    header = written.lstrip().startswith("[")
    repeat = next((seen for seen in parsed.positions.repeats if seen.line <= noticed), None)
    if repeat:
        slip = _repeated(repeat, header=header)
        contained = statement.path == repeat.path
    else:
        message, remedy = _explain(found["why"] if found else "", written)
        slip = Slip(statement.line, statement.path or statement.table, message, remedy)
        contained = statement.line == noticed
    parsed.slips.append(slip)
    parsed.unsure.add(slip.path)
    if header or not contained:
        parsed.cut = True
        parsed.unsure.add(statement.table)
        noticed = len(lines)
    lines[statement.line - 1 : noticed] = [""] * (noticed - statement.line + 1)
    return "\n".join(lines)


def _statement(positions: Positions, line: int, lines: list[str]) -> Statement:
    """The statement that begins on ``line`` or is still open there; a comment is one, too."""
    begun = [statement for statement in positions.statements if statement.line <= line]
    last = begun[-1] if begun else Statement(line, (), ())
    comment = lines[line - 1].lstrip().startswith("#")
    return Statement(line, last.table, ()) if comment else last


def _repeated(repeat: Repeat, *, header: bool) -> Slip:
    """A key or a section written twice; both lines are named."""
    if header:
        name = ".".join(map(str, repeat.path))
        message = say(
            "section [{name}] is opened twice, on lines {first} and {line}",
            name=name,
            first=repeat.first,
            line=repeat.line,
        )
        remedy = say("put all its keys under one [{name}]", name=name)
        return Slip(repeat.line, repeat.path, message, remedy)
    message = say(
        "key “{key}” is written twice, on lines {first} and {line}",
        key=repeat.path[-1],
        first=repeat.first,
        line=repeat.line,
    )
    return Slip(repeat.line, repeat.path, message, say("keep one of the two"))


_EXPLANATIONS = (
    (
        ("Unclosed array", "Unclosed inline table", "Cannot mutate", "Cannot redefine"),
        say("the list or the braces that begin here are not closed, or a comma is missing"),
        say("put a comma between two values, and ] or }} at the end"),
    ),
    (
        ("Unterminated string", "Illegal character '\\n'", "Expected \"'", "Expected '\"'"),
        say("the quotes that are opened here are not closed"),
        say("put the same quotes at the end of the text"),
    ),
    (
        ("Unescaped", "Invalid hex value", "Escaped character"),
        say("a backslash has a meaning of its own between double quotes"),
        say("write it twice (\\\\), or put the text between single quotes: 'C:\\data'"),
    ),
    (
        ("Illegal character", "Found invalid character"),
        say("there is an invisible control character in this line"),
        say("delete the line and type it again"),
    ),
    (
        ("Expected '=' after",),
        say("there is no “=” after the key"),
        say('write key = "value", or begin the line with # to make it a comment'),
    ),
    (
        ("Expected ']'", "Expected ']]'"),
        say("the name of this section is not closed"),
        say("write [site], [defaults] or [[source]], alone on its line"),
    ),
)


def _explain(why: str, written: str) -> tuple[Message, Message]:
    """What is wrong with a statement that tomllib refuses for the reason ``why``."""
    for beginnings, message, remedy in _EXPLANATIONS:
        if why.startswith(beginnings):
            return message, remedy
    if empty := _EMPTY.fullmatch(written):
        message = say("“{key}” has no value", key=empty["key"])
        return message, say("write one after the “=”, or # before the line")
    bare = _UNQUOTED.fullmatch(written)
    if bare is None:
        message = say("this line cannot be understood")
        remedy = say('write key = "value", a section such as [site], or # before a comment')
        return message, remedy
    key, value = bare["key"], bare["value"].strip(_TYPOGRAPHIC)
    if value.lower() in _TRUTHS:
        message = say("{value} is not a value here", value=value)
        return message, say("write {key} = true or {key} = false, in lower case", key=key)
    message = say("the value of “{key}” is not between straight quotes", key=key)
    quote = "'" if "\\" in value else '"'
    written = f"{key} = {quote}{value}{quote}"
    return message, say("write {line}", line=written if len(written) <= _LONG else f'{key} = "…"')
