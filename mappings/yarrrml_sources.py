"""The sources of a YARRRML document: named ones, long forms and short forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mappings.documents import Items, Table, Text, Value
from mappings.paths import Path, PathError
from mappings.plan import Source
from mappings.problems import nearest
from mappings.yarrrml_text import Reading
from vocab.messages import say

Named = Mapping[str, Source]

FORMULATIONS = ("csv", "jsonpath")
"""The reference formulations that this engine reads."""

_KEYS = {
    key: (key,)
    for key in (
        "access",
        "type",
        "referenceFormulation",
        "iterator",
        "delimiter",
        "encoding",
        "driver",
        "credentials",
        "query",
        "queryFormulation",
        "table",
        "structureDefinitions",
    )
}
_SQL = ("query", "table", "queryFormulation")


def named_sources(value: Value | None, reading: Reading) -> dict[str, Source]:
    """The sources at the root of the document, by name.

    Raises:
        MappingError: when one cannot be used.
    """
    if value is None or value == "":
        return {}
    if not isinstance(value, Table):
        raise reading.error(
            value, say("{file}:{line}: write the name of a source, and its keys under it")
        )
    return {name: _source(child, {}, reading) for name, child in value.items()}


def sources_of(value: Value | None, named: Named, reading: Reading) -> tuple[Source, ...]:
    """The sources of one mapping: one or several, named, long or short.

    Raises:
        MappingError: when one cannot be used, or a name is unknown.
    """
    if value is None or value == "":
        return ()
    if not isinstance(value, Items) or _is_short(value):
        return (_source(value, named, reading),)
    return tuple(_source(each, named, reading) for each in value)


def _is_short(value: Items) -> bool:
    """``[file~csv]`` and ``[file~jsonpath, iterator]`` are one source, not a list of names."""
    return bool(value) and isinstance(value[0], Text) and "~" in value[0]


def _source(value: Value, named: Named, reading: Reading) -> Source:
    if isinstance(value, Table):
        return _long(value, reading)
    if isinstance(value, Items):
        return _short(value, reading)
    if "~" in value:
        items = Items([value])
        items.line = value.line
        return _short(items, reading)
    if value not in named:
        raise reading.error(
            value,
            say(
                "{file}:{line}: there is no source “{name}” — write {near}",
                name=value,
                near=nearest(value, named) or "[file~csv]",
            ),
        )
    return named[value]


def _short(value: Items, reading: Reading) -> Source:
    access, _, formulation = reading.text(value[0]).rpartition("~")
    iterator = value[1] if len(value) > 1 else None
    return _made(access, formulation, iterator, value, reading)


def _long(value: Table, reading: Reading) -> Source:
    table = reading.table(value, _KEYS)
    if any(key in table for key in _SQL):
        raise reading.error(
            value,
            say(
                "{file}:{line}: databases are not read — export the data as CSV or JSON, and"
                " write “access” and “referenceFormulation”"
            ),
        )
    for key in ("access", "referenceFormulation"):
        if key not in table:
            raise reading.error(
                value, say("{file}:{line}: a key “{name}” is missing — add it", name=key)
            )
    access, formulation = (reading.text(table[key]) for key in ("access", "referenceFormulation"))
    source = _made(access, formulation, table.get("iterator"), value, reading)
    delimiter = str(reading.text(table["delimiter"])) if "delimiter" in table else ","
    encoding = str(reading.text(table["encoding"])) if "encoding" in table else "utf-8"
    return replace(source, delimiter=delimiter, encoding=encoding)


def _made(
    access: str, formulation: str, iterator: Value | None, where: Value, reading: Reading
) -> Source:
    if formulation not in FORMULATIONS:
        raise reading.error(
            where,
            say(
                "{file}:{line}: the reference formulation “{name}” is not read — write {near}",
                name=formulation,
                near=" / ".join(FORMULATIONS),
            ),
        )
    if iterator is None or formulation == "csv":
        default = {"jsonpath": "$", "xpath": "/"}.get(formulation, "")
        return Source(access, formulation, default, line=where.line)
    text = reading.text(iterator)
    try:
        Path.parse(text)
    except PathError as error:
        raise reading.error(
            text,
            say(
                "{file}:{line}: “{part}” in the iterator is not understood — write it as"
                " $.records[*]",
                part=str(error),
            ),
        ) from error
    return Source(access, formulation, str(text), line=text.line)
