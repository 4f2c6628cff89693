"""A picture of the classes, laid out from the ontology: an SVG that needs no script.

Classes stand in columns, each over those that extend it; a box lists the own properties that
may describe its class, and what their values are. Boxes are links to the terms' anchors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from vocab import EB
from vocab.concepts import node
from vocab.facts import Facts, Node
from vocab.pinned import namespace_of

WIDTH, GAP, LINE, PADDING = 300, 36, 20, 12
COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A property in a box, and what its values are."""

    name: str
    values: str


@dataclass(frozen=True, slots=True)
class Box:
    """A class, the own properties that may describe it, and its top left corner."""

    name: NamedNode
    rows: tuple[Row, ...]
    left: int
    top: int

    @property
    def height(self) -> int:
        """Room for the name and the rows."""
        return 2 * PADDING + LINE * (1 + len(self.rows))

    @property
    def local(self) -> str:
        """The last part of the name."""
        return short(self.name)

    @property
    def own(self) -> bool:
        """Whether the class is of this vocabulary."""
        return self.name.value.startswith(EB)


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a class to the one that it extends, by the lane right of their column."""

    edge: int
    lane: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What ``templates/picture.svg`` draws."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture(own: Facts) -> Picture:
    """The layout of the classes of ``own``."""
    columns = _columns(_families(own), own)
    boxes = {box.name: box for column in columns for box in column}
    return Picture(
        width=COLUMNS * (WIDTH + GAP) + 1,
        height=max(box.top + box.height for box in boxes.values()) + 1,
        boxes=tuple(boxes.values()),
        arrows=tuple(_arrow(boxes[parent], boxes[child]) for parent, child in _extensions(own)),
    )


def _classes(own: Facts) -> list[NamedNode]:
    """The own classes, what they extend, and what own properties describe; most used first."""
    found: dict[NamedNode, None] = {}
    for curie in ("schema:domainIncludes", "rdfs:subClassOf"):
        for subject in own.subjects(node(curie)):
            for value in own.values(subject, node(curie)):
                if isinstance(value, NamedNode):
                    found[value] = None
    for value in own.instances(node("owl:Class")):
        if isinstance(value, NamedNode):
            found[value] = None
    return sorted(found, key=lambda name: (-len(_rows(own, name)), name.value))


def _rows(own: Facts, name: NamedNode) -> tuple[Row, ...]:
    return tuple(
        Row(short(subject), ", ".join(short(of) for of in _ranges(own, subject)))
        for subject in own.subjects(node("schema:domainIncludes"))
        if name in own.values(subject, node("schema:domainIncludes"))
    )


def _ranges(own: Facts, subject: Node) -> Sequence[Node]:
    """The range, or the scheme that the values are taken from where they are concepts."""
    schemes = own.values(subject, node("rdfs:seeAlso"))
    return schemes or own.values(subject, node("schema:rangeIncludes"))


def _extensions(own: Facts) -> Iterator[tuple[NamedNode, NamedNode]]:
    for child in own.subjects(node("rdfs:subClassOf")):
        for parent in own.values(child, node("rdfs:subClassOf")):
            if isinstance(child, NamedNode) and isinstance(parent, NamedNode):
                yield parent, child


def _families(own: Facts) -> list[list[NamedNode]]:
    """Classes with those that extend them right after them."""
    extensions = list(_extensions(own))
    children = {child for _, child in extensions}
    return [
        [name, *(child for parent, child in extensions if parent == name)]
        for name in _classes(own)
        if name not in children
    ]


def _columns(families: Sequence[Sequence[NamedNode]], own: Facts) -> list[list[Box]]:
    """Each family at the foot of the column that is the shortest so far."""
    columns: list[list[Box]] = [[] for _ in range(COLUMNS)]
    feet = [1] * COLUMNS
    for family in families:
        place = feet.index(min(feet))
        for name in family:
            box = Box(name, _rows(own, name), place * (WIDTH + GAP) + 1, feet[place])
            columns[place].append(box)
            feet[place] += box.height + GAP
    return columns


def _arrow(parent: Box, child: Box) -> Arrow:
    edge = parent.left + WIDTH
    return Arrow(
        edge=edge,
        lane=edge + GAP // 2,
        start=child.top + child.height // 2,
        end=parent.top + parent.height // 2,
    )


def short(name: Node) -> str:
    """The last part of an IRI."""
    iri = name.value if isinstance(name, NamedNode) else str(name)
    return iri.removeprefix(namespace_of(iri))
