"""``sources.toml``: what this node is, and the sources it harvests.

``load`` gives a ``Config``, or raises a ``ConfigError`` that holds every mistake of the file
with its line. The rules of the fields are in ``values``, TOML itself in
``toml_syntax``; here they meet: sections, defaults, what holds between sources, and the
sentences for what pydantic found.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from harvester.curation.values import Edits
from harvester.records import HarvestError
from harvester.sources.faults import explain, meant, unknown_section
from harvester.sources.problems import ConfigError, Problem, WrongValueError, closest, toml
from harvester.sources.surroundings import Surroundings
from harvester.sources.table import table_beside
from harvester.sources.toml_lines import KeyPath
from harvester.sources.toml_syntax import Parsed, parse
from harvester.sources.values import Expect, Notify, Site, Source
from vocab.messages import Message, say

_SECTIONS = MappingProxyType(
    {
        "site": "[site]",
        "notify": "[notify]",
        "defaults": "[defaults]",
        "source": "[[source]]",
    }
)
_GROUPS: Mapping[str, type[BaseModel]] = MappingProxyType({"expect": Expect})
"""The keys of a source that are groups of keys themselves."""

_APART = (*("iterator", "key", "mapping", "query", "classes", "graph", "sitemap", "pages", "only"),)
"""What tells two harvests of one address apart."""

_OWN = frozenset({"id", "url", "title"})  # of one source: they cannot be defaults
_Model = TypeVar("_Model", bound=BaseModel)


class UnknownSourceError(HarvestError):
    """No source of the configuration has this id."""


@dataclass(frozen=True, slots=True)
class Config:
    """A valid ``sources.toml``; the defaults are already in the sources, in file order.

    ``edits`` are the decisions of the editors in the file beside it (``harvester.curation``),
    ``communes`` the text of the table that lies beside it, "" without one
    (``vocab.territory.atlas``).
    """

    path: Path
    site: Site
    sources: tuple[Source, ...]
    notify: Notify | None = None
    edits: Edits = field(default_factory=Edits)
    communes: str = ""

    def source(self, source_id: str) -> Source:
        """The source with this id.

        Raises:
            UnknownSourceError: when there is none; it proposes the nearest id.
        """
        by_id = {source.id: source for source in self.sources}
        if source_id in by_id:
            return by_id[source_id]
        if guess := closest(source_id, by_id):
            told = say(
                "{file} has no source “{id}” — did you mean “{guess}”?",
                file=str(self.path), id=source_id, guess=guess,
            )  # fmt: skip
        else:
            told = say(
                "{file} has no source “{id}” — “enbauges status” lists them all",
                file=str(self.path), id=source_id,
            )  # fmt: skip
        raise UnknownSourceError(told)


def load(path: Path, *, kinds: Collection[str]) -> Config:
    """Read and check a ``sources.toml``. ``kinds`` are the platforms that have a mapping.

    Raises:
        ConfigError: with all the mistakes of the file.
    """
    return checked(path, _read(path), kinds=kinds)


def checked(path: Path, text: str, *, kinds: Collection[str]) -> Config:
    """As ``load``, of the ``text`` that the file ``path`` has, or would have.

    Raises:
        ConfigError: with all the mistakes of the text.
    """
    parsed = parse(text)
    own, known = table_beside(path)
    check = _Check(parsed, Surroundings(frozenset(kinds), path.absolute().parent, known))
    site, notify, sources = check.whole()
    if check.problems or site is None:
        raise ConfigError(path, check.problems)
    return Config(path, site, tuple(sources), notify, communes=own)


def _read(path: Path) -> str:
    """The text of the file, which may begin with the mark that Windows puts there."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        what = say("there is no such file")
        remedy = say("“enbauges init” writes one, or name yours with --config FILE")
        raise ConfigError(path, [Problem(None, None, what, remedy)]) from error
    except OSError as error:
        what = say("the file cannot be read: {reason}", reason=error.strerror or str(error))
        remedy = say("check its name and its permissions")
        raise ConfigError(path, [Problem(None, None, what, remedy)]) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = say("the file is not written in UTF-8")
        remedy = say("in your editor, save it again with the encoding UTF-8")
        raise ConfigError(path, [Problem(line, None, what, remedy)]) from error


class _Check:
    """One pass over a parsed file, gathering the mistakes in ``problems``."""

    def __init__(self, parsed: Parsed, around: Surroundings) -> None:
        self.problems: list[Problem] = []
        self._parsed = parsed
        self._around = around

    def whole(self) -> tuple[Site | None, Notify | None, list[Source]]:
        """What the file says; complete only when it has no problems."""
        blocks = self._blocks()
        for slip in self._parsed.slips:
            self._add(slip.line, self._id_at(slip.path, blocks), slip.message, slip.remedy)
        self._sections()
        site = self._section("site", Site)
        notify = self._section("notify", Notify)
        sources = self._sources(blocks)
        return site, notify, sources

    def _add(self, line: int | None, source: str | None, message: Message, remedy: Message) -> None:
        self.problems.append(Problem(line, source, message, remedy))

    def _line(self, *path: str | int) -> int | None:
        return self._parsed.positions.line(path)

    def _blocks(self) -> list[Any]:
        blocks = self._parsed.document.get("source", [])
        return blocks if isinstance(blocks, list) else []

    def _id_at(self, path: KeyPath, blocks: list[Any]) -> str | None:
        match path:
            case ("source", int(number), *_) if number < len(blocks):
                return _id_of(blocks[number])
        return None

    def _sections(self) -> None:
        for name, content in self._parsed.document.items():
            line = self._line(name)
            if name not in _SECTIONS:
                self._add(line, None, *unknown_section(name, content, _SECTIONS))
            elif name == "source" and not isinstance(content, list):
                message = say("“source” is not a list of blocks: {value}", value=toml(content))
                self._add(line, None, message, say("begin each source with [[source]]"))
            elif name != "source" and not isinstance(content, dict):
                message = say("“{name}” is not a section", name=name)
                remedy = say("write [{name}], in single brackets, alone on its line", name=name)
                self._add(line, None, message, remedy)
        if "site" not in self._parsed.document and not self._parsed.spoiled(("site",)):
            remedy = say("add it, with title, base, contact and territory")
            self._add(None, None, say("section [site] is missing"), remedy)

    def _section(self, name: str, model: type[_Model]) -> _Model | None:
        content = self._parsed.document.get(name)
        if not isinstance(content, dict):
            return None
        section, faults = self._validate(model, content)
        self._report(faults, model, (name,), None)
        return section

    def _validate(
        self, model: type[_Model], content: Mapping[str, Any]
    ) -> tuple[_Model | None, list[ErrorDetails]]:
        try:
            return model.model_validate(content, context=self._around), []
        except ValidationError as error:
            return None, error.errors(include_url=False)

    def _report(
        self,
        faults: list[ErrorDetails],
        model: type[BaseModel],
        base: KeyPath,
        source: str | None,
        known_elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        """Turn what pydantic found into problems.

        A key is not said to be missing when it stands there under a wrong name, in a line
        that could not be read, or (``known_elsewhere``) in defaults that are wrong.
        """
        fields = model.model_fields
        misspelt = meant(faults, fields)
        for fault in faults:
            path = (*base, *fault["loc"], *_within(fault))
            missing = fault["type"] == "missing"
            if missing and (path[-1] in misspelt | known_elsewhere or self._parsed.spoiled(path)):
                continue
            group = _GROUPS.get(str(fault["loc"][0])) if fault["loc"] else None
            known = group.model_fields if group else fields
            self._add(self._line(*path), source, *explain(fault, known))

    def _defaults(self) -> tuple[dict[str, Any], frozenset[str]]:
        """The defaults that can be used, and the keys that were meant but cannot."""
        content = self._parsed.document.get("defaults", {})
        if not isinstance(content, dict):
            return {}, frozenset()
        shared = {key: value for key, value in content.items() if key not in _OWN}
        for key in content.keys() & _OWN:
            message = say("“{key}” cannot be the same for all sources", key=key)
            remedy = say("write it in each [[source]] block")
            self._add(self._line("defaults", key), None, message, remedy)
        _, found = self._validate(Source, shared)
        faults = [fault for fault in found if fault["loc"][0] in shared]
        self._report(faults, Source, ("defaults",), None)
        wrong = {str(fault["loc"][0]) for fault in faults}
        usable = {key: value for key, value in shared.items() if key not in wrong}
        unread = {key for key in Source.model_fields if self._parsed.spoiled(("defaults", key))}
        return usable, frozenset(wrong | unread | meant(faults, Source.model_fields))

    def _sources(self, blocks: list[Any]) -> list[Source]:
        defaults, elsewhere = self._defaults()
        sources = []
        merged: dict[int, dict[str, Any]] = {}
        for number, block in enumerate(blocks):
            if not isinstance(block, dict):
                message = say("a source is not a block of keys: {value}", value=toml(block))
                remedy = say("begin each source with [[source]]")
                self._add(self._line("source", number), None, message, remedy)
                continue
            merged[number] = {**defaults, **block}
            source, faults = self._validate(Source, merged[number])
            self._report(faults, Source, ("source", number), _id_of(block), elsewhere)
            if source:
                sources.append(source)
        self._same_ids(merged)
        self._same_harvests(merged)
        return sources

    def _same_ids(self, blocks: Mapping[int, Mapping[str, Any]]) -> None:
        first: dict[str, int | None] = {}
        for number, block in blocks.items():
            if not isinstance(given := block.get("id"), str):
                continue
            line = self._line("source", number, "id")
            if given in first:
                message = say(
                    "this id stands on two lines, {first} and {line}", first=first[given], line=line
                )
                remedy = say("give this source another id")
                self._add(line, _id_of(block), message, remedy)
            first.setdefault(given, line)

    def _same_harvests(self, blocks: Mapping[int, Mapping[str, Any]]) -> None:
        """The same thing must not be harvested twice; a disabled block harvests nothing."""
        first: dict[tuple[str, ...], int | None] = {}
        for number, block in blocks.items():
            if block.get("enabled") is False or not {"kind", "url"} <= block.keys():
                continue
            parts = ("kind", "url", *_APART)
            same = tuple(repr(block.get(part)) for part in parts)
            line = self._line("source", number, "url")
            if same in first:
                message = say(
                    "this address is harvested twice as the same kind, by lines {first} and {line}",
                    first=first[same], line=line,
                )  # fmt: skip
                remedy = say(
                    "remove one of the two, or give them another mapping, iterator, key or query"
                )
                self._add(line, _id_of(block), message, remedy)
            first.setdefault(same, line)


def _within(fault: ErrorDetails) -> KeyPath:
    """The wrong key of a value that is a table, where a rule of ours names it."""
    error = fault.get("ctx", {}).get("error")
    return error.within if isinstance(error, WrongValueError) else ()


def _id_of(block: object) -> str | None:
    given = block.get("id") if isinstance(block, dict) else None
    return given if isinstance(given, str) and given.isprintable() and given else None
