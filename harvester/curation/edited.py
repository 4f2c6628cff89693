"""What the decisions of the editors make of an entity, and what is told of them. Pure.

A correction takes the place of what the sources say in the canonical graph, where the sources'
own graphs keep it; beside it stands a statement about the statement (RDF 1.1 Semantics,
reification) with who decided it, when and why. What is hidden has a tombstone attributed to
whoever hid it: the one kind of tombstone that is, since the others are due to a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from types import MappingProxyType

import pyoxigraph as ox

from harvester.curation.values import Edit, Edits, Said
from harvester.glance import Statement, lexical
from store.changes import Lines
from store.graphs import normalise
from vocab import term
from vocab.iris import Iris

_HERE = ox.NamedNode("urn:scratch")
_TYPE = term("rdf:type")
PINNED = term("eb:pinnedSince")
ABOUT = term("schema:about")
_BY = term("prov:wasAttributedTo")
_START, _END = term("schema:startDate"), term("schema:endDate")
_PARTS = MappingProxyType(
    {
        term("schema:geo"): term("schema:GeoCoordinates"),
        term("schema:address"): term("schema:PostalAddress"),
        term("schema:location"): term("schema:Place"),
        term("schema:organizer"): term("schema:Organization"),
    }
)
"""Property that leads to a part → the class of a part that is made anew."""

Triple = tuple[str, str, ox.NamedNode | ox.Literal]


def edited(entity: str, lines: Lines, edits: Iterable[Edit], iris: Iris) -> Lines:
    """``lines``, the canonical statements of an entity and its parts, once ``edits`` are applied.

    Of what is hidden nothing is left; what its sources withdrew is left as it is.
    """
    chosen = list(edits)
    if any(each.kind == "hide" for each in chosen):
        return frozenset()
    if not any(line.startswith(f"<{entity}> <{_TYPE}> ") for line in lines):
        return lines
    before = lines
    for each in chosen:
        if each.kind == "correct":
            lines = _corrected(entity, lines, each.said, iris)
        else:
            lines |= _written([(entity, PINNED, _stamp(each))])
    names = {each.name for each in chosen}
    if "startDate" in names and "endDate" not in names:
        lines = _ending_as_long_after(entity, before, lines)
    return _reached(entity, lines)


def _ending_as_long_after(entity: str, before: Lines, after: Lines) -> Lines:
    """``after`` with its end moved as far as its start was; without one where that cannot be told.

    Who corrects a beginning means the whole event, and an end before it would be refused.
    """
    old, new, end = (
        next((lexical(each.object) for each in _said(entity, predicate, lines)), "")
        for predicate, lines in ((_START, before), (_START, after), (_END, after))
    )
    if not end:
        return after
    kept = after - {each.line() for each in _said(entity, _END, after)}
    try:
        was, now, ends = map(datetime.fromisoformat, (old, new, end))
        moved = ends + (now - was)
    except (ValueError, TypeError, OverflowError):
        return kept
    if len({"T" in text for text in (old, new, end)}) > 1:
        return kept
    day = "T" not in end
    kind = ox.NamedNode(term("xsd:date" if day else "xsd:dateTime"))
    text = moved.date().isoformat() if day else moved.isoformat()
    return kept | _written([(entity, _END, ox.Literal(text, datatype=kind))])


def _said(entity: str, predicate: str, lines: Lines) -> list[Statement]:
    start = f"<{entity}> <{predicate}> "
    return sorted(Statement.of(line) for line in lines if line.startswith(start))


def _corrected(entity: str, lines: Lines, said: Iterable[Said], iris: Iris) -> Lines:
    """``lines`` with the values ``said`` in the place of all that the same paths lead to."""
    listed = list(said)
    for path in dict.fromkeys(path for path, _ in listed):
        subject = entity
        if path[1:]:
            subject, lines = _part(entity, path[0], lines, iris)
        values = [value for each, value in listed if each == path]
        gone = f"<{subject}> <{path[-1]}> "
        lines = frozenset(line for line in lines if not line.startswith(gone))
        lines |= _written([(subject, path[-1], value) for value in values])
    return lines


def _part(entity: str, predicate: str, lines: Lines, iris: Iris) -> tuple[str, Lines]:
    """The part of an entity that ``predicate`` leads to: its own, or one that is made for it.

    Another thing of the node, which others refer to as well, is never changed through this one.
    """
    if part := _own_part(entity, predicate, lines, iris):
        return part, lines
    made, start = f"{entity}#{predicate.rpartition('/')[2]}", f"<{entity}> <{predicate}> "
    kept = frozenset(line for line in lines if not line.startswith(start))
    new: list[Triple] = [
        (entity, predicate, ox.NamedNode(made)),
        (made, _TYPE, ox.NamedNode(_PARTS[predicate])),
    ]
    return made, kept | _written(new)


def _own_part(entity: str, predicate: str, lines: Lines, iris: Iris) -> str:
    """The first part of its own that ``predicate`` leads to, "" when there is none."""
    own, found = (f"<{entity}#", f"<{iris.skolems}"), _said(entity, predicate, lines)
    return next((each.object[1:-1] for each in found if each.object.startswith(own)), "")


def _reached(entity: str, lines: Lines) -> Lines:
    """``lines`` without those about parts that nothing leads to any more."""
    said: dict[str, list[str]] = {}
    for line in lines:
        said.setdefault(Statement.of(line).subject, []).append(line)
    kept, waiting = set[str](), [f"<{entity}>"]
    while waiting:
        for line in said.pop(waiting.pop(), ()):
            kept.add(line)
            waiting.append(Statement.of(line).object)
    return frozenset(kept)


def decisions(entity: str, lines: Lines, edits: Edits, iris: Iris) -> Lines:
    """What ``graph/provenance`` tells of the corrections and the pin of an entity itself.

    ``lines`` are its canonical statements once edited; of what is not shown nothing is told.
    """
    found: list[Triple] = []
    for each in edits.of(entity) if lines else ():
        for number, (subject, predicate, value) in enumerate(_reified(each, lines, iris)):
            node = f"{entity}#curation-{each.name or each.kind}{f'-{number + 1}' if number else ''}"
            found += [
                (node, _TYPE, ox.NamedNode(term("rdf:Statement"))),
                (node, term("rdf:subject"), ox.NamedNode(subject)),
                (node, term("rdf:predicate"), ox.NamedNode(predicate)),
                (node, term("rdf:object"), value),
                (node, ABOUT, ox.NamedNode(entity)),
                (node, term("prov:generatedAtTime"), _stamp(each)),
                *_who(node, each, iris),
            ]
    return _written(found)


def _reified(edit: Edit, lines: Lines, iris: Iris) -> Iterator[Triple]:
    """The canonical statements that a decision made."""
    if edit.kind == "pin":
        yield edit.entity, PINNED, _stamp(edit)
    for path, value in edit.said:
        part = _own_part(edit.entity, path[0], lines, iris) if path[1:] else ""
        yield part or edit.entity, path[-1], value


def hidden_lines(entity: str, record: str, former_type: str, edit: Edit, iris: Iris) -> Lines:
    """The tombstone of an entity that the editors hid; ``record`` still describes it."""
    return _written(
        [
            (entity, _TYPE, ox.NamedNode(term("eb:Tombstone"))),
            (entity, term("eb:formerType"), ox.Literal(former_type)),
            (entity, term("prov:wasDerivedFrom"), ox.NamedNode(record)),
            (entity, term("prov:invalidatedAtTime"), _stamp(edit)),
            *_who(entity, edit, iris),
        ]
    )


def is_hidden(tombstone: Lines) -> bool:
    """Whether a tombstone tells that its entity was hidden, and not that its sources left it."""
    return any(f" <{_BY}> " in line for line in tombstone)


def editor_lines(edits: Edits, iris: Iris) -> Lines:
    """The people and groups that decided something, each a prov:Agent under the name they gave."""
    return _written(
        [
            said
            for name in sorted({each.by for each in edits.all})
            for said in (
                (iris.editor(name), _TYPE, ox.NamedNode(term("prov:Agent"))),
                (iris.editor(name), term("schema:name"), ox.Literal(name)),
            )
        ]
    )


def told_lines(edits: Edits, iris: Iris) -> Lines:
    """The decisions as a whole, by which the store knows whether it has followed them."""
    return _written(
        [
            (iris.curation, _TYPE, ox.NamedNode(term("prov:Entity"))),
            (iris.curation, term("dcterms:identifier"), ox.Literal(f"sha256:{edits.fingerprint}")),
        ]
    )


def _who(node: str, edit: Edit, iris: Iris) -> Iterator[Triple]:
    yield node, _BY, ox.NamedNode(iris.editor(edit.by))
    if edit.why:
        yield node, term("dcterms:description"), ox.Literal(edit.why, language="fr")


def _stamp(edit: Edit) -> ox.Literal:
    return ox.Literal(edit.at.isoformat(), datatype=ox.NamedNode(term("xsd:dateTime")))


def _written(triples: Iterable[Triple]) -> Lines:
    """Statements as the store gives them back."""
    quads = [
        ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, _HERE)
        for subject, predicate, value in triples
    ]
    return normalise(quads, skolem=None).get(_HERE.value, frozenset())
