"""The logical sources of an RML document (RML-IO, and rml:source of the older vocabulary)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
from lxml import etree

from mappings.paths import Path, PathError
from mappings.plan import Source
from mappings.problems import nearest
from mappings.rml.document import Document, Term, written
from mappings.rml.vocabulary import CSVW, D2RQ, DCAT, FORMATS, FORMULATIONS, SD, TD, VOID, local
from mappings.xml_items import compiled
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
    access, root = _access(document, given)
    formulation = _formulation(document, node, access)
    delimiter, encoding = _dialect(document, given, access)
    made = Source(
        access,
        formulation,
        _iterator(document, node, formulation),
        delimiter,
        encoding,
        root=root,
        nulls=tuple(each.value for each in document.values(given, "null")),
        compression=_compression(document, given),
        namespaces=tuple(sorted(_namespaces(document, node))),
        line=document.line("path", access) if access else 1,
    )
    _check(document, made)
    return made


def _about(document: Document, node: Term) -> tuple[str, ...]:
    for name in ("tableName", "sqlQuery", "query", "iterator", "referenceFormulation"):
        if (found := document.values(node, name)) and (text := written(found[0])):
            return name, text
    return ("logicalSource",)


def _access(document: Document, given: Term) -> tuple[str, str]:
    """The file of a source, and what its path is seen from."""
    if isinstance(given, ox.Literal):
        return given.value, ""
    if (path := document.text(given, "path")) is not None:
        root = document.value(given, "root")
        name = local(root.value) if isinstance(root, ox.NamedNode) else ""
        if name in _ROOTS:
            return path, _ROOTS[name]
        return path, root.value if root is not None else ""
    for name in _FILES:
        if (address := document.text(given, name)) is not None:
            return _file(document, address), ""
    if any(key.startswith((D2RQ, SD, TD)) for key in document.facts.get(given, {})):
        raise document.error(
            say(
                "{file}:{line}: databases, endpoints and services are not asked — export the data,"
                " and write rml:path with the file"
            ),
            "source",
        )
    if isinstance(given, ox.NamedNode) and given not in document.facts:
        return _file(document, given.value), ""
    raise document.error(
        say("{file}:{line}: this source names no file — write rml:path with the file"), "source"
    )


def _file(document: Document, address: str) -> str:
    """The path that an address means; relative ones are names beside the mapping."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        return unquote(parts.path).removeprefix("/") if parts.path.count("/") == 1 else parts.path
    if parts.scheme in ("http", "https", "ftp"):
        raise document.error(
            say(
                "{file}:{line}: {address} is not fetched — download it, and write rml:path with the"
                " file",
                address=address,
            ),
            address,
        )
    return address


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


def _dialect(document: Document, given: Term, access: str) -> tuple[str, str]:
    """The delimiter and the encoding of a file, as CSVW and RML-IO write them."""
    said = {"delimiter": "\t" if access.lower().endswith(".tsv") else ",", "encoding": "utf-8"}
    dialect = document.value(given, CSVW + "dialect")
    for node in (given, *([dialect] if dialect is not None else [])):
        for key in said:
            if (text := document.text(node, CSVW + key)) is not None:
                said[key] = text
    if (encoding := document.value(given, "encoding")) is not None:
        said["encoding"] = local(encoding.value) or encoding.value
    return said["delimiter"], said["encoding"]


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
            compiled(made.iterator, made)
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
