"""The page ``docs/platforms.md``, made from the mapping files: which field becomes what.

python -m mappings.described > docs/platforms.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from mappings.documents import Items, Table, Text, Value, read
from mappings.platform import FOLDER, platform, platforms

_HEAD = """# Platforms: which field becomes what

This page is made from the files of `mappings/platforms/` by `python -m mappings.described`. What a
kind of source reads, and what the engine's functions do, is said in [mappings.md](mappings.md).

In the tables, the fields of one line stand in the order in which they are tried. `#location`,
`#address`… are parts of a record. A property is written only where its fields hold something, and
under the conditions that the mapping file gives.
"""
_REFERENCE = re.compile(r"\$\(((?:\[[^\]]*\]|[^()\[\]])+)\)")
_CALL = re.compile(r"\b(?:ebf|grel):(\w+)\(")
_SCHEME = re.compile(r"schemes?='?([\w|]+)'?")
_PICK = re.compile(r"among=([^,]+), where=([^,]+), equals=([^,]+), take=([^,)]+)")
_PASSING = frozenset({"first", "field", "split", "pick", "boolean_and", "boolean_or", "present"})
"""Functions that choose a value: what becomes of it is said by the others."""


def page() -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD]
    for name in platforms():
        kind = platform(name)
        parts.append(f"\n## {kind.title['en']} — `{name}`\n")
        parts.append(f"Reads {kind.reads['en']}. Reader: `{kind.reader}`.\n")
        document = _document(name)
        like = document["platform"]
        if isinstance(like, Table) and "like" in like and "mappings" not in document:
            parts.append(
                f"Its fields become what those of [`{like['like']}`]({_anchor(like)}) do.\n"
            )
        else:
            parts += ["| Property | From | How |", "|---|---|---|"]
            parts += dict.fromkeys(_rows(document))
    return "\n".join(parts).rstrip("\n") + "\n"


def _anchor(table: Table) -> str:
    """The heading of the platform that ``table`` is like, as Markdown names it."""
    name = str(table["like"])
    title = f"{platform(name).title['en']} — {name}".casefold()
    return "#" + re.sub(r"[^\w\- ]", "", title).replace(" ", "-")


def _document(name: str) -> Table:
    path = Path(FOLDER / f"{name}.yml")
    return read(path.read_text("utf-8"), path.name)


def _rows(document: Table) -> Iterator[str]:
    external = document.get("external")
    names = dict(external) if isinstance(external, Table) else {}
    mappings = document["mappings"]
    if not isinstance(mappings, Table):
        return
    for mapping in mappings.values():
        if not isinstance(mapping, Table):
            continue
        part = str(mapping["s"]).partition("#")[2]
        for one in mapping["po"]:
            told = _line(one, str(mapping.get("condition", "")), names)
            if told:
                yield f"| {f'`#{part}` ' if part else ''}{told}"


def _line(one: Value | str, around: str, names: dict[str, Value]) -> str:
    """The line of one predicate and its objects, "" for a link to another part of the record.

    A value that is always the same depends on the fields of its condition, or on those of the
    mapping ``around`` it.
    """
    if isinstance(one, Table):
        predicate, given, condition = one["p"], one["o"], str(one.get("condition", "")) or around
    elif isinstance(one, Items):
        predicate, given, condition = one[0], one[1], around
    else:
        return ""
    texts = list(_texts(given))
    told = " ".join(texts)
    own = _fields(told, names)
    if not own and _REFERENCE.search(told) and "(" in told:
        return ""
    how = ", ".join(dict.fromkeys(_how(told)))
    if not own:
        own, how = _fields(condition, names), ", ".join(_code(each) for each in texts)
    predicates = predicate if isinstance(predicate, Items) else [predicate]
    shown = ", ".join(_code(str(each)) for each in predicates)
    return f"{shown} | {_cell(', '.join(own) or 'always')} | {_cell(how)} |"


def _fields(text: str, names: dict[str, Value]) -> list[str]:
    """The fields that ``text`` refers to, each once, in the order in which they are tried."""
    picked = [
        f"{_code(f'{among}[*].{take}')} where its {_code(where)} is {_code(equals)}"
        for among, where, equals, take in _PICK.findall(text)
    ]
    named = (_named(each, names) for each in _REFERENCE.findall(text))
    return list(dict.fromkeys([*picked, *(_code(each) for each in named if each)]))


def _code(text: str) -> str:
    return f"`{text.removesuffix('~iri')}`"


def _texts(value: Value | str) -> Iterator[str]:
    """What an object is made of: the text of its value or function, of each of several."""
    if isinstance(value, Table):
        for key in ("function", "value"):
            if key in value:
                yield from _texts(value[key])
    elif isinstance(value, Items):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, Text | str):
        yield str(value)


def _named(reference: str, names: dict[str, Value]) -> str:
    """A field as its publisher writes it; "" for what the harvester adds to records."""
    if reference.startswith(("_record", "_source", "_node", "_columns")) or reference == "$":
        return ""
    if reference.startswith("_") and reference[1:] in names:
        return str(names[reference[1:]]).replace("|", ", ")
    return re.sub(r"^\['([^']+)'\]$", r"\1", reference)


def _how(text: str) -> Iterator[str]:
    schemes = _SCHEME.findall(text)
    for name in _CALL.findall(text):
        if name in {"concept", "inName"} and schemes:
            yield f"concept of “{schemes[0]}”"
        elif name == "unmatched":
            yield "words that are no concept"
        elif name not in _PASSING:
            yield f"`{name}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
