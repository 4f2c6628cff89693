"""The kind of an answer, from what it holds: the likeliest first, each with its reason.

What tells a platform from others is said in its own file (``mappings.detecting``). Here the
platforms are asked, those that recognise an answer are put in order, and an answer that none
recognises is called what it is: an error page, a log-in, a PDF file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

from harvester.discovery.forms import Shape, shape_of
from harvester.discovery.marks import marks_of
from harvester.records import Content
from mappings import Platform
from mappings.detecting import Condition, Marks
from vocab.messages import Message, say

_NAMED = 4  # marks that a reason names

_FORMS = {
    "ics": say("it begins as an iCalendar calendar"),
    "json": say("it is JSON"),
    "csv": say("it is a table with the names of its columns in the first line"),
    "xml": say("it is XML"),
    "html": say("it is a web page that describes things in data (schema.org)"),
    "rdf": say("it is RDF"),
}
_FORMS_WITH = {
    "json": say("it is JSON with {names}"),
    "csv": say("it is a table with the columns {names}"),
    "xml": say("it is XML with {names}"),
    "rdf": say("it is RDF with {names}"),
}
_LOGIN = re.compile(r"<input\b[^<>]{0,300}type\s{0,5}=\s{0,5}[\"']?password", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)
_ERROR_TITLE = re.compile(
    r"\b(?:40[0-9]|50[0-9])\b|not found|introuvable|n.existe (?:pas|plus)|forbidden|interdit"
    r"|just a moment|access denied|accès refusé|maintenance|moved",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind that an answer may be of, why, and how much of it was recognised."""

    kind: str
    reason: Message
    weight: int


@dataclass(frozen=True, slots=True)
class Detection:
    """What an answer is: ``guesses``, the likeliest first; if there are none, ``why`` not.

    ``form`` is the syntax of its beginning ("json", "html"…), "" when it is none that we read.
    """

    form: str
    guesses: tuple[Guess, ...] = ()
    why: Message | None = None

    @property
    def kind(self) -> str:
        """The likeliest kind, "" when it is of none."""
        return self.guesses[0].kind if self.guesses else ""


def detect(content: Content, kinds: Iterable[Platform]) -> Detection:
    """What kind of source ``content`` is an answer of; its beginning is enough to tell.

    Args:
        content: the bytes, with their content type and their address.
        kinds: the platforms that it may be of.
    """
    shape = shape_of(content)
    marks = marks_of(shape, content)
    guesses = []
    for kind in kinds:
        met = [held for clue in kind.clues if (held := clue.met(shape.form, marks)) is not None]
        if met:
            best = max(met, key=len)
            guesses.append(Guess(kind.name, _reason(shape.form, best, marks), len(best)))
    guesses.sort(key=lambda guess: (-guess.weight, guess.kind))
    return Detection(shape.form, tuple(guesses), None if guesses else _why_none(shape))


def _reason(form: str, met: Iterable[Condition], marks: Marks) -> Message:
    """Why an answer of ``form`` is of a kind whose conditions it has ``met``."""
    names = list(dict.fromkeys(_plain(each, marks) for each in met if each.mark not in _UNSAID))
    if not names or form not in _FORMS_WITH:
        return _FORMS[form]
    return Message(_FORMS_WITH[form].text, {"names": ", ".join(names[:_NAMED])})


_UNSAID = frozenset({"entries", "kind", "media", "xmlns"})
"""Marks whose names tell an operator nothing."""

_TOLD = frozenset({"root", "type"})
"""Marks of which not the name, but the value stands in the answer."""


def _plain(condition: Condition, marks: Marks) -> str:
    """A condition as an operator finds it in the answer: the last name of its path."""
    if condition.mark in _TOLD:
        return marks[condition.mark][0]
    return condition.mark.removeprefix("$..").rpartition(".")[2].strip("<>") or condition.mark


def _why_none(shape: Shape) -> Message:
    """What an answer is that no platform recognises, and what to do about it."""
    if shape.form == "empty":
        return say("the answer is empty — open the address in a browser to see what it gives")
    if shape.form == "binary":
        return say(
            "the answer is a PDF, an image, a spreadsheet or an archive — ask its publisher for "
            "the same thing as a calendar (.ics), a feed or a CSV table"
        )
    if shape.form == "html":
        return _why_no_page(shape.text)
    if shape.form == "json":
        return say(
            "the answer is JSON, but no list of things: {start} — it may be an error of the "
            "server, or another address of the same API gives the list",
            start=_start(shape.text),
        )
    return say(
        "the answer is none of the formats that are read: {start} — ask its publisher for a "
        "calendar (.ics), a feed, GeoJSON or a CSV table",
        start=_start(shape.text),
    )


def _why_no_page(text: str) -> Message:
    title = " ".join(unescape(found[1]).split())[:80] if (found := _TITLE.search(text)) else ""
    if _LOGIN.search(text):
        return say(
            "the answer is a log-in page (“{title}”) — ask its publisher for an address that "
            "needs no account",
            title=title,
        )
    if _ERROR_TITLE.search(title):
        return say(
            "the answer is an error page, or asks whether you are human (“{title}”) — open it "
            "in a browser, and copy the address where the data are",
            title=title,
        )
    return say(
        "the answer is a web page without data (“{title}”) — look on it for “iCal”, “RSS” or "
        "“export”, and copy the address of that link",
        title=title,
    )


def _start(text: str) -> str:
    return " ".join(text[:200].split())[:60]
