"""One mapping language into another: what ``enbauges map --to`` does.

A document is read leniently: what this engine does not run (databases, targets, quoted triples,
functions of others) is carried over where the other language has words for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mappings.documents import Items, Table, Value, read
from mappings.functions import Registry, registry
from mappings.plan import Expression, Plan, Reference, Template, TermMap, TermType
from mappings.platform import text_of_file
from mappings.problems import MappingError, Problem, problem
from mappings.rml import read_rml, write_legacy, write_rml
from mappings.source import CsvDialect, Source
from mappings.table import ShortForm
from mappings.yarrrml import MAPPING, read_document
from mappings.yarrrml_writer import write_yarrrml
from vocab.messages import say

_WRITERS: Mapping[str, Callable[[Plan, Registry], str]] = MappingProxyType(
    {
        "yarrrml": lambda plan, _functions: write_yarrrml(plan),
        "rml": write_rml,
        "rml-legacy": write_legacy,
    }
)
_UNSAID = MappingProxyType(
    {
        TermType.URI: "URI",
        TermType.UNSAFE_IRI: "UnsafeIRI",
        TermType.UNSAFE_URI: "UnsafeURI",
    }
)
LANGUAGES: Final = tuple(_WRITERS)
"""The languages that a mapping is written down in."""


def translated(files: Sequence[Path], language: str, problems: list[Problem] | None = None) -> str:
    """The mapping of ``files`` in one of ``LANGUAGES``.

    Several files, all YARRRML, are one mapping: what they say of the same name is put together.
    ``problems`` gets what the language has no words for.

    Raises:
        MappingError: when one cannot be used.
    """
    functions = registry()
    plan = _plan(files, functions)
    if problems is not None and (lost := ", ".join(sorted(set(_lost(plan, language))))):
        said = say(
            "{file}: {language} has no words for {what}, which is left out — keep this mapping"
            " beside the other one",
            file=files[0].name,
            language=language,
            what=lost,
        )
        problems.append(problem("left-out", said, lost))
    return _WRITERS[language](plan, functions)


def _lost(plan: Plan, language: str) -> Iterator[str]:
    """What ``plan`` says and ``language`` cannot, by the words of RML."""
    if language == "rml":
        return
    for each in plan.triples_maps:
        for source in each.sources:
            if source.database is None:
                yield from _lost_source(source, language)
        if language == "yarrrml":
            yield from filter(None, map(_lost_term, each.terms()))


def _lost_source(source: Source, language: str) -> Iterator[str]:
    if source.compression:
        yield "rml:compression"
    if set(source.nulls) != ({""} if source.formulation != "jsonpath" else set()):
        yield "rml:null"
    plain = replace(CsvDialect.of(source.access), delimiter=source.dialect.delimiter)
    if language == "yarrrml" and source.dialect != plain:
        yield "csvw:dialect"


def _lost_term(term_map: TermMap) -> str:
    """What YARRRML has no word for; there, $(name) alone is a reference, and is not encoded."""
    if term_map.type in _UNSAID:
        return f"rml:{_UNSAID[term_map.type]}"
    bare = term_map.type.named and _is_bare(term_map.expression)
    return 'rml:template "{…}"' if bare else ""


def _is_bare(expression: Expression | None) -> bool:
    """Whether it is a template of nothing but a reference, which is no address already."""
    match expression:
        case Template(parts=(Reference(raw=False),)):
            return True
    return False


def translated_table(form: ShortForm, language: str) -> str:
    """The table of a source in ``sources.toml`` in one of ``LANGUAGES``."""
    functions = registry()
    return _WRITERS[language](form.plan(functions), functions)


def _plan(files: Sequence[Path], functions: Registry) -> Plan:
    first = files[0]
    if len(files) == 1 and first.suffix == ".ttl":
        return read_rml(text_of_file(first), functions, first.name, lenient=True)
    document: Table | None = None
    for file in files:
        added = read(text_of_file(file), file.name)
        document = added if document is None else merged(document, added, file.name)
    assert document is not None  # noqa: S101  # for the type checker: there is a file
    return read_document(document, functions, first.name, lenient=True)


def merged(document: Table, added: Table, file: str) -> Table:
    """Two YARRRML documents as one.

    What stands under the same name is put together: rules are added to rules, and what one
    document leaves out is taken from the other.

    Raises:
        MappingError: when both say the same thing differently; ``file`` names the second one.
    """
    made = _copy(document)
    for key, value in added.items():
        known = made.get(key)
        if isinstance(known, Table) and isinstance(value, Table):
            inside = key in MAPPING_KEYS
            made[key] = _mappings(known, value, file) if inside else _same(known, value, file)
        elif known is None:
            made[key] = value
        elif known != value:
            raise _twice(key, value, file)
    return made


MAPPING_KEYS: Final = ("mappings", "mapping", "m")


def _mappings(known: Table, added: Table, file: str) -> Table:
    made = _copy(known)
    for name, value in added.items():
        mine = made.get(name)
        if isinstance(mine, Table) and isinstance(value, Table):
            made[name] = _same(_spelled(mine), _spelled(value), file)
        else:
            made[name] = value if mine is None or mine == "" else mine
    return made


def _same(known: Table, added: Table, file: str) -> Table:
    made = _copy(known)
    for key, value in added.items():
        mine = made.get(key)
        if key == "predicateobjects" and isinstance(mine, Items) and isinstance(value, Items):
            together = Items([*mine, *(each for each in value if each not in mine)])
            together.line = mine.line
            made[key] = together
        elif mine is not None and mine != value:
            raise _twice(key, value, file)
        else:
            made[key] = value
    return made


def _spelled(table: Table) -> Table:
    """``table``, a mapping, with its keys in their long spelling."""
    long = {spelling: name for name, every in MAPPING.items() for spelling in every}
    made = Table((long.get(key, key), value) for key, value in table.items())
    made.line = table.line
    return made


def _copy(table: Table) -> Table:
    made = Table(table)
    made.line = table.line
    return made


def _twice(key: str, value: Value, file: str) -> MappingError:
    return MappingError(
        say(
            "{file}:{line}: “{name}” says something else than in the other document — keep one",
            file=file,
            line=value.line,
            name=key,
        ),
        file=file,
        line=value.line,
    )
