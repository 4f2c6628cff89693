"""``curation.toml``: what the editors decided, written by the commands or by hand.

::

    # Fête du four à pain
    [[hide]]
    entity = "https://agenda.example.org/id/event/abc"
    at = 2026-11-26T16:20:00+01:00
    by = "Camille"
    why = "annonce en double"

``[[pin]]`` is the same; ``[[correct]]`` also has a ``property`` and its ``value``, or a list of
them. Writing changes no other line of the file: comments stay where they are.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from harvester.curation.properties import Here, property_of, read
from harvester.curation.values import EDITORS, Edit, Edits, Kind
from harvester.sources.problems import ConfigError, Problem, WrongValueError, closest, toml
from harvester.sources.toml_lines import KeyPath, Positions, locate
from harvester.sources.toml_syntax import Parsed, parse
from harvester.sources.values import Site
from store.errors import told
from store.files import instead
from store.things import KINDS
from vocab.iris import Iris
from vocab.messages import Message, language_of, say

FILE = "curation.toml"
HEAD = say(
    "What the editors of this node hide, put first or correct: written by “enbauges curate”, or "
    "by hand. All of it is published."
)
"""The first line of a new file."""

_KINDS: tuple[Kind, ...] = ("hide", "pin", "correct")
_YEARS = range(1970, 2970)
_KEYS = ("entity", "at", "by", "why")
_CORRECTED = ("property", "value")
_UNSEEN = {code: " " for code in (*range(32), 127) if chr(code) != "\n"}


def path_beside(config: Path) -> Path:
    """The file that belongs to a sources file."""
    return config.with_name(FILE)


def load(path: Path, site: Site) -> Edits:
    """The decisions in the file ``path``; none when there is no such file.

    Raises:
        ConfigError: with all the mistakes of the file.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Edits()
    except (OSError, UnicodeDecodeError) as error:
        what = say("the file cannot be read: {reason}", reason=str(error))
        remedy = say("check its permissions, and save it with the encoding UTF-8")
        raise ConfigError(path, [Problem(None, None, what, remedy)]) from error
    return _Reading(parse(text), site).edits(path)


class _Reading:
    """One pass over a parsed file, gathering its mistakes."""

    def __init__(self, parsed: Parsed, site: Site) -> None:
        self._parsed = parsed
        self._here = Here(Iris(site.base), site.timezone)
        self._zone = ZoneInfo(site.timezone)
        self._problems = [
            Problem(slip.line, None, slip.message, slip.remedy) for slip in parsed.slips
        ]

    def edits(self, path: Path) -> Edits:
        found: list[Edit] = []
        lines: dict[tuple[str, str, str], int | None] = {}
        for kind, block, where in self._blocks():
            edit = self._edit(kind, block, where)
            if edit and edit.key in lines:
                what = say("the same was decided on line {first} already", first=lines[edit.key])
                self._tell(where, what, say("remove one of the two"))
            elif edit:
                lines[edit.key] = self._parsed.positions.line(where)
                found.append(edit)
        if self._problems:
            raise ConfigError(path, self._problems)
        return Edits(tuple(found))

    def _tell(self, where: KeyPath, what: Message, remedy: Message) -> None:
        """Note a mistake, unless a slip that is told already made it."""
        if self._parsed.spoiled(where):
            return
        self._problems.append(Problem(self._parsed.positions.line(where), None, what, remedy))

    def _blocks(self) -> Iterator[tuple[Kind, Mapping[str, Any], KeyPath]]:
        for name, content in self._parsed.document.items():
            kind = next((each for each in _KINDS if each == name), None)
            blocks = content if isinstance(content, list) else [content]
            if not all(isinstance(block, dict) for block in blocks):
                what = say("“{key}” stands outside any section", key=toml(name)[1:-1])
                self._tell((name,), what, _sections())
            elif kind is None:
                guess = closest(name, _KINDS)
                what = say("there is no section “{name}”", name=toml(name)[1:-1])
                meant = say("did you mean {guess}?", guess=f"[[{guess}]]") if guess else _sections()
                self._tell((name,), what, meant)
            elif not isinstance(content, list):
                what = say("“{name}” is not a list of blocks", name=name)
                remedy = say("write [[{name}]], with two brackets on each side", name=name)
                self._tell((name,), what, remedy)
            else:
                for number, block in enumerate(blocks):
                    yield kind, block, (name, number)

    def _edit(self, kind: Kind, block: Mapping[str, Any], where: KeyPath) -> Edit | None:
        before = len(self._problems)
        known = (*_KEYS, *(_CORRECTED if kind == "correct" else ()))
        for key in block.keys() - set(known):
            guess = closest(key, known)
            what = say("unknown key “{key}”", key=toml(key)[1:-1])
            choice = say("write one of: {known}", known=", ".join(known))
            meant = say("did you mean “{guess}”?", guess=guess) if guess else choice
            self._tell((*where, key), what, meant)
        entity = self._entity(block, where)
        at = self._moment(block, where)
        by, why = (self._text(block, key, where) for key in ("by", "why"))
        name, written = self._correction(block, where) if kind == "correct" else ("", ())
        if len(self._problems) > before or not entity or at is None:
            return None
        try:
            edit = Edit(kind, entity, at, by or EDITORS, why, name, written)
            return understood(edit, self._here)
        except WrongValueError as error:
            key = "value" if name and error.within else "property"
            self._tell((*where, key), error.message, error.remedy)
            return None

    def _entity(self, block: Mapping[str, Any], where: KeyPath) -> str:
        entity, base = block.get("entity"), self._here.iris.base
        rooms = tuple(f"{base}id/{kind}/" for kind in KINDS)
        if not isinstance(entity, str) or not entity.startswith(rooms) or "#" in entity:
            what = (
                say("“{key}” is missing", key="entity")
                if entity is None
                else say("“entity” names nothing of this node: {value}", value=toml(entity))
            )
            remedy = say("write the address of a thing here: {example}", example=f"{rooms[0]}…")
            self._tell((*where, "entity"), what, remedy)
            return ""
        return entity

    def _moment(self, block: Mapping[str, Any], where: KeyPath) -> datetime | None:
        at = block.get("at")
        if isinstance(at, date) and at.year not in _YEARS:
            at = str(at)
        if isinstance(at, datetime):
            return at if at.tzinfo else at.replace(tzinfo=self._zone)
        if isinstance(at, date):
            return datetime.combine(at, time.min, self._zone)
        what = (
            say("“{key}” is missing", key="at")
            if at is None
            else say("“at” is not a date: {value}", value=toml(at))
        )
        remedy = say("write the day on which it was decided, without quotes: at = 2026-11-26")
        self._tell((*where, "at"), what, remedy)
        return None

    def _text(self, block: Mapping[str, Any], key: str, where: KeyPath) -> str:
        text = block.get(key, "")
        if isinstance(text, str):
            return text.strip()
        what = say("“{key}” is not text: {value}", key=key, value=toml(text))
        self._tell((*where, key), what, say("put it between quotes"))
        return ""

    def _correction(self, block: Mapping[str, Any], where: KeyPath) -> tuple[str, tuple[str, ...]]:
        for key in _CORRECTED:
            if key not in block:
                example = say('add a line like {key} = "…"', key=key)
                self._tell((*where, key), say("“{key}” is missing", key=key), example)
        value = block.get("value")
        values = value if isinstance(value, list) else [value]
        return self._text(block, "property", where), tuple(map(_as_written, values))


def kind_of(entity: str) -> str:
    """The kind of a thing, as its IRI tells it: event, place..."""
    return entity.rpartition("/id/")[2].partition("/")[0]


def understood(edit: Edit, here: Here) -> Edit:
    """``edit`` with what it says, read from what a person wrote.

    Raises:
        WrongValueError: for a property or a value that cannot be; ``within`` tells the latter.
    """
    if edit.kind != "correct":
        return edit
    name = property_of(edit.name, kind_of(edit.entity))
    try:
        said = read(name, edit.written, here)
    except WrongValueError as error:
        raise WrongValueError(error.message, error.remedy, within=("value",)) from error
    return replace(edit, name=name, said=said)


def write(path: Path, edit: Edit, title: str) -> None:
    """Write ``edit`` into the file, in the place of one about the same; ``title`` is a comment.

    Raises:
        StoreError: when it cannot be written; the file is then as it was.
    """
    text = _text_of(path) or f"# {HEAD.render(language_of())}\n"
    _put(path, _without(text, edit) + _block(edit, title))


def erase(path: Path, edit: Edit) -> None:
    """Take ``edit`` out of the file.

    Raises:
        StoreError: when it cannot be written; the file is then as it was.
    """
    _put(path, _without(_text_of(path), edit))


def _put(path: Path, text: str) -> None:
    """Put ``text`` in the place of the file, with the line ends, the mode and the links it had."""
    with told(path):
        before = path.read_bytes() if path.exists() else b""
        newline = "\r\n" if b"\r\n" in before else "\n"
        mark = BOM_UTF8 if before.startswith(BOM_UTF8) else b""
        with instead(path) as file:
            file.write(mark + text.lstrip("\n").replace("\n", newline).encode())


def _text_of(path: Path) -> str:
    with told(path):
        if not path.exists():
            return ""
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    return text if not text or text.endswith("\n") else f"{text}\n"


def _block(edit: Edit, title: str) -> str:
    """The lines of a decision, after an empty one."""
    written: dict[str, Any] = {"entity": edit.entity}
    if edit.kind == "correct":
        value = edit.written[0] if len(edit.written) == 1 else list(edit.written)
        written |= {"property": edit.name, "value": value}
    lines = [f"# {' '.join(title.translate(_UNSEEN).split())}", f"[[{edit.kind}]]"]
    lines += [f"{key} = {_toml(value)}" for key, value in written.items()]
    lines.append(f"at = {edit.at.isoformat(timespec='seconds')}")
    told_of = {"by": edit.by if edit.by != EDITORS else "", "why": edit.why}
    lines += [f"{key} = {_toml(value)}" for key, value in told_of.items() if value]
    return "\n" + "\n".join(lines) + "\n"


def _toml(value: str | list[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value.translate(_UNSEEN), ensure_ascii=False)


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def _without(text: str, edit: Edit) -> str:
    """``text`` without the block of a decision, and without the comments right above it."""
    lines, positions = text.split("\n"), locate(text)
    for number, block in enumerate(parse(text).document.get(edit.kind, [])):
        if _is_about_the_same(block, edit):
            begin, end = _extent((edit.kind, number), positions, lines)
            return "\n".join([*lines[:begin], *lines[end:]])
    return text


def _is_about_the_same(block: Mapping[str, Any], edit: Edit) -> bool:
    if block.get("entity") != edit.entity:
        return False
    if edit.kind != "correct":
        return True
    return property_of(str(block.get("property")), kind_of(edit.entity)) == edit.name


def _extent(path: KeyPath, positions: Positions, lines: list[str]) -> tuple[int, int]:
    """The lines of a block, from and up to; comments above the next header are the next one's."""
    begin = positions.lines[path] - 1
    later = (each.line - 1 for each in positions.statements if each.line - 1 > begin)
    inside = {each.line - 1 for each in positions.statements if each.table == path}
    end = next((line for line in later if line not in inside), len(lines) - 1)
    while begin and lines[begin - 1].startswith("#"):
        begin -= 1
    while end > begin and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    if begin and not lines[begin - 1].strip():  # the empty line that set it apart
        begin -= 1
    return begin, end


def _sections() -> Message:
    return say("write one of: {known}", known=", ".join(f"[[{each}]]" for each in _KINDS))
