"""The sources of a YARRRML document: named ones, long forms and short forms."""

from __future__ import annotations

from codecs import lookup
from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from mappings.documents import Items, Table, Text, Value
from mappings.paths import Path, PathError
from mappings.problems import nearest
from mappings.source import ENCODINGS, CsvDialect, Database, Source, place
from mappings.xml_items import check
from mappings.yarrrml_text import Reading
from vocab.messages import say

Named = Mapping[str, Source]

FORMULATIONS = ("csv", "jsonpath", "xpath")
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
    return {name: _source(child, {}, reading, name) for name, child in value.items()}


def sources_of(
    value: Value | None, named: Named, reading: Reading, mapping: str
) -> tuple[Source, ...]:
    """The sources of one ``mapping``: one or several, named, long or short.

    Raises:
        MappingError: when one cannot be used, or a name is unknown.
    """
    if value is None or value == "":
        return ()
    if not isinstance(value, Items) or _is_short(value):
        return (_source(value, named, reading, mapping),)
    return tuple(_source(each, named, reading, mapping) for each in value)


def _is_short(value: Items) -> bool:
    """``[file~csv]`` and ``[file~jsonpath, iterator]`` are one source, not a list of names."""
    return bool(value) and isinstance(value[0], Text) and "~" in value[0]


def _source(value: Value, named: Named, reading: Reading, name: str) -> Source:
    if isinstance(value, Table):
        return _long(value, reading, name)
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


def _long(value: Table, reading: Reading, name: str) -> Source:
    table = reading.table(value, _KEYS)
    if any(key in table for key in _SQL):
        if reading.lenient:
            return _database(table, reading, name, value.line)
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
    if "delimiter" in table:
        delimiter = reading.text(table["delimiter"])
        mark = "\t" if delimiter == "\\t" else str(delimiter)
        if len(mark) != 1:
            raise reading.error(
                delimiter,
                say(
                    "{file}:{line}: “{text}” cannot be the {name} of a table — write one character",
                    text=mark,
                    name="delimiter",
                ),
            )
        source = replace(source, dialect=replace(source.dialect, delimiter=mark))
    return (
        replace(source, encoding=_encoding(table["encoding"], reading))
        if "encoding" in table
        else source
    )


def _encoding(value: Value, reading: Reading) -> str:
    name = reading.text(value)
    try:
        lookup(name)
    except LookupError as error:
        raise reading.error(
            name,
            say(
                "{file}:{line}: the encoding “{name}” is not known — write {near}",
                name=name,
                near=nearest(name, ENCODINGS),
            ),
        ) from error
    return str(name)


def _database(table: Mapping[str, Value], reading: Reading, name: str, line: int) -> Source:
    """A database, for translation: it is not asked for anything."""

    def text(key: str) -> str:
        return " ".join(reading.text(table[key]).split("\n")) if key in table else ""

    keys = {"username": ("username",), "password": ("password",)}
    given = reading.table(table["credentials"], keys) if "credentials" in table else {}
    credentials = {key: str(reading.text(value)) for key, value in given.items()}
    database = Database(
        text("query"),
        text("table"),
        text("queryFormulation") or "sql2008",
        text("type"),
        credentials.get("username", ""),
        credentials.get("password", ""),
        name,
    )
    formulation = text("referenceFormulation") or "csv"
    return Source(text("access"), formulation, database=database, line=line)


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
    spaces = tuple(sorted(reading.prefixes.items())) if formulation == "xpath" else ()
    found = place(access)
    source = Source(
        found["access"],
        formulation,
        root=found.get("root", ""),
        address=found.get("address", ""),
        iterator={"jsonpath": "$", "xpath": "/"}.get(formulation, ""),
        dialect=CsvDialect.of(access),
        nulls=() if formulation == "jsonpath" else ("",),
        namespaces=spaces,
        line=where.line,
    )
    if iterator is None or formulation == "csv":
        return source
    text = reading.text(iterator)
    source = replace(source, iterator=str(text), line=text.line)
    try:
        if formulation == "jsonpath":
            Path.parse(text)
        elif not reading.lenient:
            check(text, source)
    except (PathError, etree.XPathError) as error:
        raise reading.error(
            text,
            say(
                "{file}:{line}: “{part}” in the iterator {iterator} is not understood — write it as"
                " {example}",
                part=str(error),
                iterator=str(text),
                example="$.records[*]" if formulation == "jsonpath" else "/records/record",
            ),
        ) from error
    return source
