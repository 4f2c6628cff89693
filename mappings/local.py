"""A mapping on a local file: what ``enbauges map`` does.

The mapping's own ``sources`` say how the file is read: rows of a CSV file, or the items
that a JSONPath selects. Both stream; nothing is normalised, blank nodes stay.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import ijson
import pyoxigraph as ox

from mappings.compiler import Compiled
from mappings.expressions import Notes
from mappings.paths import Item, as_item, select
from mappings.paths import Path as Steps
from mappings.plan import Source
from mappings.platform import compile_yarrrml
from mappings.problems import MappingError, Problem, problem
from mappings.unmet import Unmet
from vocab.messages import say

_GRAPH = ox.DefaultGraph()


def map_file(mapping: Path, file: Path | None, base: str, problems: list[Problem]) -> Iterator[str]:
    """The N-Quads lines, without line end, of a YARRRML mapping on the file that it reads.

    Args:
        mapping: a YARRRML file.
        file: read instead of the file that the mapping names.
        base: what relative IRIs are appended to; "" for the document's own base.
        problems: gets what values could not be used, and at the end what the mapping reads
            that no record has.

    Raises:
        MappingError: when the mapping, or the file, cannot be used.
    """
    compiled = compile_yarrrml(mapping, base=base)
    by_source: dict[Source, list[Compiled]] = {}
    references: dict[Source, list[Steps]] = {}
    for each, plan in zip(compiled.compiled, compiled.plan.triples_maps, strict=True):
        for source in each.sources:
            by_source.setdefault(source, []).append(each)
            references.setdefault(source, []).extend(plan.references())
    _check(mapping, file, by_source)
    for source, every in by_source.items():
        path = file or _found(source.access, mapping)
        unmet = Unmet(references[source])
        lines = _mapped(_items(path, source, unmet), every, unmet, problems)
        first = next(lines, None)
        if first is not None:
            yield first
            yield from lines
        problems.extend(unmet.problems())
        if first is None and path.stat().st_size:
            problems.append(_nothing(path, source, unmet.count))


def _nothing(path: Path, source: Source, count: int) -> Problem:
    """What to say of a file that holds something and gives no statement."""
    if count:
        said = say(
            "{file}: the mapping makes no statement of its records ({count}) — check the"
            " references and the conditions",
            file=str(path),
            count=count,
        )
    elif source.formulation == "csv":
        said = say("{file}: the table has no row under its first one", file=str(path))
    else:
        said = say(
            "{file}: the iterator {iterator} selects no record — check it against the file",
            file=str(path),
            iterator=source.iterator,
        )
    return problem("nothing-mapped", said, path)


def _mapped(
    items: Iterator[Item], every: list[Compiled], unmet: Unmet, problems: list[Problem]
) -> Iterator[str]:
    for item in items:
        unmet.look(item)
        quads: list[ox.Quad] = []
        notes = Notes(problems)
        for each in every:
            each.run(item, _GRAPH, quads.append, notes)
        for quad in quads:
            yield f"{quad} ."


def _check(mapping: Path, file: Path | None, by_source: dict[Source, list[Compiled]]) -> None:
    names = sorted({source.access for source in by_source})
    if not names:
        raise MappingError(
            say(
                "{file}: no mapping names a source — write sources: [data.csv~csv]",
                file=str(mapping),
            ),
            file=str(mapping),
        )
    if file and len(names) > 1:
        raise MappingError(
            say(
                "{file}: the mapping reads several files ({names}) — leave out the file name",
                file=str(mapping),
                names=", ".join(names),
            ),
            file=str(mapping),
        )


def _found(access: str, mapping: Path) -> Path:
    """The file ``access``, from the working directory or else from beside the mapping."""
    path = Path(access)
    return path if path.exists() else mapping.parent / access


def _items(path: Path, source: Source, unmet: Unmet) -> Iterator[Item]:
    try:
        if source.formulation == "csv":
            yield from _rows(path, source, unmet)
        else:
            for value in _selected(path, Steps.parse(source.iterator)):
                yield as_item(value)
    except OSError as error:
        raise MappingError(
            say(
                "{file}: the file cannot be read: {reason} — check the path",
                file=str(path),
                reason=error.strerror or "",
            ),
            file=str(path),
        ) from error
    except (ijson.JSONError, csv.Error, UnicodeError, LookupError, ValueError) as error:
        raise MappingError(
            say(
                "{file}: this is not {formulation}: {reason} — check the file and its encoding",
                file=str(path),
                formulation="CSV" if source.formulation == "csv" else "JSON",
                reason=str(error),
            ),
            file=str(path),
        ) from error


def _rows(path: Path, source: Source, unmet: Unmet) -> Iterator[Item]:
    """The rows of a CSV file (RFC 4180); an empty cell has no value."""
    encoding = "utf-8-sig" if source.encoding.lower() in ("utf-8", "utf8") else source.encoding
    with path.open(encoding=encoding, newline="") as lines:
        rows = csv.DictReader(lines, delimiter=source.delimiter)
        unmet.header(rows.fieldnames or ())
        for row in rows:
            yield {key: cell for key, cell in row.items() if key is not None and cell}


def _selected(path: Path, steps: Steps) -> Iterator[Any]:
    """What ``steps`` select in a JSON file, item by item where it is a list that they cross."""
    names = [*takewhile(lambda step: isinstance(step, str), steps.steps)]
    rest = steps.steps[len(names) :]
    if any("." in str(name) for name in names) or rest[:1] != (None,):
        yield from select(json.loads(path.read_bytes()), steps.steps)
        return
    found = False
    with path.open("rb") as stream:
        for value in ijson.items(stream, ".".join([*map(str, names), "item"]), use_float=True):
            found = True
            yield from select(value, rest[1:])
    if not found:
        yield from select(json.loads(path.read_bytes()), steps.steps)
