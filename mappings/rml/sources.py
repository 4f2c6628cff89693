"""The logical sources of an RML document (RML-IO, and rml:source of the older vocabulary)."""

from __future__ import annotations

from codecs import lookup
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
from lxml import etree

from mappings.paths import Path, PathError
from mappings.problems import nearest
from mappings.rml.dialects import dialect
from mappings.rml.document import Document, Term, written
from mappings.rml.vocabulary import CSVW, D2RQ, DCAT, FORMATS, FORMULATIONS, SD, TD, VOID, local
from mappings.source import ENCODINGS, Source, place
from mappings.xml_items import check
from vocab.messages import say

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".json": "jsonpath", ".xml": "xpath"}
_ROOTS = {"MappingDirectory": "mapping", "CurrentWorkingDirectory": "working"}
_COMPRESSIONS = {"none": "", "gzip": "gzip", "zip": "zip", "targz": "targz", "tarxz": "tarxz"}
_SQL = ("query", "sqlQuery", "tableName")
_FILES = (DCAT + "accessURL", DCAT + "downloadURL", VOID + "dataDump", CSVW + "url")


def source(document: Document, node: Term) -> Source:
    """The source that the logical source ``node`` describes.

    Raises:
        MappingError: when it is no local file, or what is said of it cannot be understood.
    """
    given = document.value(node, "source")
    if given is None or any(document.values(node, key) for key in _SQL):
        raise document.error(
            say(
                "{file}:{line}: this source is no file — export the data as CSV, JSON or XML, and"
                " write rml:source with the file"
            ),
            *_about(document, node),
        )
    found = _place(document, given)
    access = found["access"]
    formulation = _formulation(document, node, access)
    made = Source(
        access,
        formulation,
        root=found.get("root", ""),
        address=found.get("address", ""),
        iterator=_iterator(document, node, formulation),
        dialect=dialect(document, given, access),
        encoding=_encoding(document, given),
        nulls=_nulls(document, given, formulation),
        compression=_compression(document, given),
        namespaces=tuple(sorted(_namespaces(document, node))),
        line=document.line("path", access) if access else 1,
    )
    _check(document, made)
    return made


def _nulls(document: Document, given: Term, formulation: str) -> tuple[str, ...]:
    """The texts that say nothing.

    In a table, an empty cell is an empty text unless the source says otherwise (RML-IO, NULL
    values). The older vocabulary has no word for it, and its engines take an empty cell for none.
    """
    stated = tuple(each.value for each in document.values(given, "null"))
    return ("", *stated) if document.is_legacy and formulation != "jsonpath" else stated


def _about(document: Document, node: Term) -> tuple[str, ...]:
    for name in ("tableName", "sqlQuery", "query", "iterator", "referenceFormulation"):
        if (found := document.values(node, name)) and (text := written(found[0])):
            return name, text
    return ("logicalSource",)


def _place(document: Document, given: Term) -> dict[str, str]:
    """The file of a source, and what its path is seen from, as fields of a ``Source``."""
    if isinstance(given, ox.Literal):
        return place(given.value)
    if (path := document.text(given, "path")) is not None:
        root = document.value(given, "root")
        name = local(root.value) if isinstance(root, ox.NamedNode) else ""
        seen = _ROOTS.get(name, root.value if root is not None else "")
        return {"access": path, "root": seen}
    for name in _FILES:
        if (address := document.text(given, name)) is not None:
            return _file(address)
    if any(key.startswith((D2RQ, SD, TD)) for key in document.facts.get(given, {})):
        raise document.error(
            say(
                "{file}:{line}: databases, endpoints and services are not asked — export the data,"
                " and write rml:path with the file"
            ),
            "source",
        )
    if isinstance(given, ox.NamedNode) and given not in document.facts:
        return _file(given.value)
    raise document.error(
        say("{file}:{line}: this source names no file — write rml:path with the file"), "source"
    )


def _file(address: str) -> dict[str, str]:
    """The path that an address means, as fields of a ``Source``."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        path = unquote(parts.path)
        return {"access": path.removeprefix("/") if path.count("/") == 1 else path}
    return place(address)


def _formulation(document: Document, node: Term, access: str) -> str:
    given = document.value(node, "referenceFormulation")
    if given is None:
        for ending, formulation in _ENDINGS.items():
            if access.lower().endswith(ending):
                return formulation
        raise document.error(
            say(
                "{file}:{line}: the source {name} has no reference formulation — write"
                " rml:referenceFormulation rml:CSV, rml:JSONPath or rml:XPath",
                name=access,
            ),
            access,
        )
    names = {local(given.value) or given.value, *document.types(given)}
    if FORMATS + "SPARQL_Results_CSV" in names:
        return "csv"
    for name in names:
        if name in FORMULATIONS:
            return FORMULATIONS[name]
    written_as = local(given.value) or given.value
    raise document.error(
        say(
            "{file}:{line}: the reference formulation “{name}” is not read — write {near}",
            name=written_as,
            near=nearest(written_as, FORMULATIONS),
        ),
        written(given),
    )


def _iterator(document: Document, node: Term, formulation: str) -> str:
    text = document.text(node, "iterator")
    if formulation == "csv":
        return ""
    return text or ("$" if formulation == "jsonpath" else "/")


def _encoding(document: Document, given: Term) -> str:
    """The encoding of a file, "" where nothing is said; what RML-IO says comes first."""
    found = document.value(given, "encoding")
    if found is None:
        described = document.value(given, CSVW + "dialect")
        places = (given, described) if described is not None else (given,)
        stated = (document.value(each, CSVW + "encoding") for each in places)
        found = next((each for each in stated if each is not None), None)
    if found is None:
        return ""
    name = local(found.value) or found.value
    try:
        lookup(name)
    except LookupError as error:
        raise document.error(
            say(
                "{file}:{line}: the encoding “{name}” is not known — write {near}",
                name=name,
                near=nearest(name, ENCODINGS),
            ),
            "encoding",
            name,
        ) from error
    return name


def _compression(document: Document, given: Term) -> str:
    found = document.value(given, "compression")
    if found is None:
        return ""
    name = written(found)
    if name not in _COMPRESSIONS:
        raise document.error(
            say(
                "{file}:{line}: the compression “{name}” is not read — write {near}",
                name=name,
                near=nearest(name, _COMPRESSIONS),
            ),
            name,
        )
    return _COMPRESSIONS[name]


def _namespaces(document: Document, node: Term) -> Iterator[tuple[str, str]]:
    formulation = document.value(node, "referenceFormulation")
    for each in document.values(formulation, "namespace") if formulation is not None else ():
        prefix = document.text(each, "namespacePrefix")
        address = document.text(each, "namespaceURL")
        if prefix and address:
            yield prefix, address


def _check(document: Document, made: Source) -> None:
    """Refuse an iterator that is none."""
    try:
        if made.formulation == "jsonpath":
            Path.parse(made.iterator)
        elif made.formulation == "xpath":
            check(made.iterator, made)
    except (PathError, etree.XPathError) as error:
        raise document.error(
            say(
                "{file}:{line}: “{part}” in the iterator {iterator} is not understood — write it as"
                " {example}",
                part=str(error),
                iterator=made.iterator,
                example="$.records[*]" if made.formulation == "jsonpath" else "/records/record",
            ),
            "iterator",
            made.iterator,
        ) from error
