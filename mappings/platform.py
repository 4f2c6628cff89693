"""Platforms: the software behind sources, each described by one YARRRML file.

``platforms/NAME.yml`` is a YARRRML document that any engine may run on exported records,
with one key more, ``platform``: its title, the reader of its bytes, and how it announces
and withdraws things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

from mappings.compiler import Mapping as Compiled
from mappings.detecting import Clue, Sites, read_clues, read_sites
from mappings.documents import Table, Value, read
from mappings.functions import Lookup, registry
from mappings.paging import Paging, read_paging
from mappings.problems import MappingError, nearest
from mappings.rml import read_rml
from mappings.table import ShortForm
from mappings.yarrrml import read_yarrrml
from mappings.yarrrml_text import Reading
from vocab.messages import say
from vocab.words import lookup

ENGINE: Final = "4"
"""Raised whenever the same mapping file comes to give other quads."""

FOLDER: Final = Path(__file__).parent / "platforms"
READERS: Final = (
    *("ics", "feed", "geojson", "json", "csv", "xml", "html", "rdf"),
    *("activitypub", "apidae", "communecter", "datatourisme", "dcat", "flat", "mediawiki"),
    *("openagenda", "overpass", "sparql", "table", "umap"),
)
REMOVALS: Final = ("guarded", "sliding")

_PLAIN = ("reader", "iterator", "key", "removals", "like")
_KEYS = {key: (key,) for key in ("title", "reads", "paging", "detect", "sites", *_PLAIN)}
_MAPS = re.compile(r"^mappings?:|^m:", re.MULTILINE)
_LANGUAGES = {key: (key,) for key in ("fr", "en")}


@dataclass(frozen=True, slots=True)
class Platform:
    """One kind of source.

    ``title``, and what it ``reads``, are by language ("fr", "en"); ``reader`` names the format
    of its bytes; ``iterator`` and ``key`` tell the JSON reader where its entries and their ids are;
    ``removals`` is "sliding" where what is absent is merely old (design, rules of a run, 2);
    a file that is ``like`` another platform's has its mapping, for records of the same fields;
    ``paging`` are the ways in which a long answer may go on, none where it is one;
    ``clues`` tell its answers from others, and ``sites`` where its sites give them;
    ``fingerprint`` changes when its file or the engine does, so that what was mapped
    before is mapped again.
    """

    name: str
    title: Mapping[str, str]
    reads: Mapping[str, str]
    reader: str
    iterator: str
    key: str
    removals: Literal["guarded", "sliding"]
    fingerprint: str
    mapping: Compiled
    paging: tuple[Paging, ...] = ()
    clues: tuple[Clue, ...] = ()
    sites: tuple[Sites, ...] = ()


class _Platforms(Mapping[str, Platform]):
    """Every platform by name; each file is read and compiled when it is first asked for."""

    def __getitem__(self, name: str) -> Platform:
        if name not in _names():
            raise KeyError(name)
        return _load(FOLDER / f"{name}.yml")

    def __iter__(self) -> Iterator[str]:
        return iter(_names())

    def __len__(self) -> int:
        return len(_names())


def platforms() -> Mapping[str, Platform]:
    """The platforms that this installation knows, by name, compiled when first read."""
    return _Platforms()


def platform(name: str) -> Platform:
    """The platform called ``name``.

    Raises:
        MappingError: when there is none, naming the nearest; or when its file is wrong.
    """
    if name not in _names():
        raise MappingError(
            say(
                "there is no platform “{name}” — write {near}",
                name=name,
                near=nearest(name, _names()),
            )
        )
    return _load(FOLDER / f"{name}.yml")


def compile_yarrrml(
    source: Path | str, *, words: Lookup = lookup, base: str = "", file: str = ""
) -> Compiled:
    """The mapping that a YARRRML file, or the text of one, writes.

    Args:
        source: the path of a file, or the text itself.
        words: finds the concept of a word in a scheme.
        base: what relative IRIs are appended to, instead of the document's own base.
        file: the name of ``source`` in errors.

    Raises:
        MappingError: when it cannot be used.
    """
    text, name = _text(source, file)
    functions = registry(words)
    plan, _ = read_yarrrml(text, functions, name)
    return Compiled(replace(plan, base=base) if base else plan, functions)


def compile_file(path: Path, *, words: Lookup = lookup, base: str = "") -> Compiled:
    """The mapping that a file writes: RML where it ends in ``.ttl``, else YARRRML.

    Args:
        path: the file.
        words: finds the concept of a word in a scheme.
        base: what relative IRIs are appended to, instead of the document's own base.

    Raises:
        MappingError: when it cannot be used.
    """
    if path.suffix != ".ttl":
        return compile_yarrrml(path, words=words, base=base)
    functions = registry(words)
    plan = read_rml(text_of_file(path), functions, path.name)
    return Compiled(replace(plan, base=base) if base else plan, functions)


def compile_table(form: ShortForm, *, words: Lookup = lookup) -> Compiled:
    """The mapping that a table of ``sources.toml`` writes."""
    functions = registry(words)
    return Compiled(form.plan(functions), functions)


def load_platform(path: Path, words: Lookup = lookup) -> Platform:
    """The platform that the file ``path`` describes.

    Raises:
        MappingError: when it cannot be used, or lacks the key ``platform``.
    """
    text, name = _text(path, path.name)
    functions = registry(words)
    reading = Reading(name, {}, functions, {})
    if _MAPS.search(text):
        plan, document = read_yarrrml(text, functions, name)
    else:
        document = read(text, name)
    if "platform" not in document:
        raise reading.error(
            document, say("{file}:{line}: the key “platform” is missing — add title and reader")
        )
    table = reading.table(document["platform"], _KEYS)
    values = {key: str(reading.text(value)) for key, value in table.items() if key in _PLAIN}
    if "like" in table:
        model = _choice("like", table, _names(), reading)
        liked, file = _text(path.with_name(f"{model}.yml"), f"{model}.yml")
        text += liked
        plan, _ = read_yarrrml(liked, functions, file)
    elif not _MAPS.search(text):
        raise reading.error(
            document, say("{file}:{line}: there is no key “mappings” — add it and what it maps")
        )
    return Platform(
        path.stem,
        _told("title", table.get("title"), document["platform"], reading),
        _told("reads", table.get("reads"), document["platform"], reading),
        _choice("reader", table, READERS, reading),
        values.get("iterator", ""),
        values.get("key", ""),
        cast(Literal["guarded", "sliding"], _choice("removals", table, REMOVALS, reading)),
        sha256(f"{ENGINE}\n{text}".encode()).hexdigest()[:16],
        Compiled(plan, functions),
        read_paging(table.get("paging"), reading),
        read_clues(table.get("detect"), reading),
        read_sites(table.get("sites"), reading),
    )


def _told(key: str, value: Value | None, where: Value, reading: Reading) -> Mapping[str, str]:
    """The text of ``key`` by language."""
    table = reading.table(value, _LANGUAGES) if isinstance(value, Table) else {}
    if set(table) != set(_LANGUAGES):
        raise reading.error(
            where,
            say(
                "{file}:{line}: “{key}” of a platform is in two languages — write fr and en",
                key=key,
            ),
        )
    return MappingProxyType({language: str(reading.text(text)) for language, text in table.items()})


def _choice(key: str, table: Mapping[str, Value], known: tuple[str, ...], reading: Reading) -> str:
    """The value of ``key``, one of ``known``, the first of which is meant when it is absent."""
    if key not in table:
        return known[0]
    value = reading.text(table[key])
    if value not in known:
        raise reading.error(
            value,
            say(
                "{file}:{line}: {name} cannot be “{value}” — write one of: {known}",
                name=key,
                value=value,
                known=", ".join(known),
            ),
        )
    return str(value)


def _text(source: Path | str, file: str) -> tuple[str, str]:
    if isinstance(source, str):
        return source, file or "mapping.yml"
    return text_of_file(source, file), file or str(source)


def text_of_file(source: Path, file: str = "") -> str:
    """The text of a mapping file; ``file`` names it in errors.

    Raises:
        MappingError: when it cannot be read, or is not UTF-8.
    """
    name = file or str(source)
    try:
        return source.read_text("utf-8")
    except OSError as error:
        raise MappingError(
            say(
                "{file}: the file cannot be read: {reason} — check the path",
                file=name,
                reason=error.strerror or "",
            ),
            file=name,
        ) from error
    except UnicodeDecodeError as error:
        raise MappingError(
            say("{file}: the file is not UTF-8 — save it as UTF-8", file=name), file=name
        ) from error


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


@cache
def _load(path: Path) -> Platform:
    return load_platform(path)
