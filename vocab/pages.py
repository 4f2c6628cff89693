"""The pages of the vocabulary, in French and in English, written from the graphs.

``vocabulary_page`` and ``scheme_page`` give what stands in the body of a page, with an
anchor for every term; whoever serves them adds the frame. Nothing in a page is written by
hand but the words around the terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from vocab import CONCEPT, EB, ROOM, load_graph, read_turtle
from vocab.concepts import SCHEMES, curie, node
from vocab.facts import Facts, Node
from vocab.headings import WORDS
from vocab.picture import WIDTH, picture, short

_HEADER = (
    "owl:versionInfo",
    "dcterms:issued",
    "dcterms:license",
    "vann:preferredNamespacePrefix",
    "vann:preferredNamespaceUri",
    "dcterms:bibliographicCitation",
)
_TERM = (
    "rdfs:subClassOf",
    "rdfs:subPropertyOf",
    "schema:domainIncludes",
    "schema:rangeIncludes",
    "rdfs:seeAlso",
    "dcterms:source",
    "vs:term_status",
)
_MATCHES = tuple(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related"))
_CONCEPT = ("skos:altLabel", "skos:broader", "skos:notation", *_MATCHES, "dcterms:source")


@dataclass(frozen=True, slots=True)
class Value:
    """Something in a table: a text, and the address that it leads to, if any."""

    text: str
    href: str = ""
    about: str = ""


Rows = Sequence[tuple[str, Sequence[Value]]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A term or a concept on its page; ``anchor`` is the last part of its IRI."""

    iri: str
    anchor: str
    label: str
    other_label: str
    other_language: str
    definition: str
    rows: Rows
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one kind."""

    anchor: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of the vocabulary says, before it is HTML."""

    language: str
    title: str
    description: str
    header: Rows = ()
    sections: tuple[Section, ...] = ()
    schemes: tuple[Value, ...] = ()
    picture: str = ""

    def html(self) -> Markup:
        """The body of the page."""
        template = _templates().get_template("vocabulary.html")
        return Markup(template.render(page=self, words=WORDS[self.language]))  # noqa: S704  # autoescaped


def vocabulary_page(language: str, root: str = "/") -> Page:
    """The page of the own terms.

    Args:
        language: ``fr`` or ``en``.
        root: where the namespaces are served: ``{root}ns``, ``{root}concept/{scheme}``.
    """
    writer = _Writer(language, root)
    ontology = next(iter(writer.facts.instances(node("owl:Ontology"))))
    kinds = {
        "owl:Class": ["owl:Class"],
        "properties": ["owl:ObjectProperty", "owl:DatatypeProperty"],
        "rdfs:Datatype": ["rdfs:Datatype"],
    }
    return Page(
        language=language,
        title=writer.text(ontology, "dcterms:title"),
        description=writer.text(ontology, "dcterms:description"),
        header=writer.rows(ontology, _HEADER),
        sections=tuple(
            Section(
                kind.partition(":")[2].lower() or kind,
                writer.words[kind],
                tuple(
                    writer.entry(term, "rdfs:label", writer.rows(term, (*_TERM, *_MATCHES)))
                    for one in names
                    for term in writer.facts.instances(node(one))
                    if str(term).startswith(f"<{EB}")
                ),
            )
            for kind, names in kinds.items()
        ),
        schemes=tuple(
            Value(
                writer.text(NamedNode(CONCEPT + slug), "dcterms:title"),
                f"{root}concept/{slug}",
                writer.text(NamedNode(CONCEPT + slug), "dcterms:description"),
            )
            for slug in SCHEMES
        ),
        picture=picture_svg(language),
    )


def scheme_page(slug: str, language: str, root: str = "/") -> Page:
    """The page of one concept scheme, with an anchor for every concept.

    Raises:
        KeyError: when there is no such scheme.
    """
    if slug not in SCHEMES:
        raise KeyError(slug)
    writer = _Writer(language, root)
    scheme = NamedNode(CONCEPT + slug)
    concepts = [
        concept
        for concept in writer.facts.instances(node("skos:Concept"))
        if scheme in writer.facts.values(concept, node("skos:inScheme"))
    ]
    return Page(
        language=language,
        title=writer.text(scheme, "dcterms:title"),
        description=writer.text(scheme, "dcterms:description"),
        header=writer.rows(scheme, ("dcterms:license",)),
        sections=(
            Section(
                "concepts",
                writer.words["concepts"],
                tuple(
                    writer.entry(
                        concept,
                        "skos:prefLabel",
                        [
                            *writer.rows(concept, _CONCEPT),
                            (writer.words["narrower"], writer.narrower(concept)),
                        ],
                    )
                    for concept in concepts
                ),
            ),
        ),
    )


def picture_svg(language: str) -> Markup:
    """The picture of the classes, as SVG text."""
    template = _templates().get_template("picture.svg")
    layout = picture(Facts(read_turtle(ROOM / "enbauges.ttl")))
    words = WORDS[language]
    return Markup(template.render(picture=layout, words=words, box_width=WIDTH))  # noqa: S704  # autoescaped


class _Writer:
    """Reads the graphs for one language."""

    def __init__(self, language: str, root: str) -> None:
        self.language = language
        self.words: Mapping[str, str] = WORDS[language]
        self.facts = _facts()
        self._root = root

    def text(self, subject: Node, name: str, language: str = "") -> str:
        """The value of a property in the language of the page, or another."""
        wanted = language or self.language
        for value in self.facts.values(subject, node(name)):
            if isinstance(value, Literal) and value.language == wanted:
                return value.value
        return ""

    def entry(self, term: Node, label: str, rows: Rows) -> Entry:
        """A term or concept, and what is said of it."""
        other = "en" if self.language == "fr" else "fr"
        return Entry(
            iri=str(term).strip("<>"),
            anchor=short(term),
            label=self.text(term, label),
            other_label=self.text(term, label, other),
            other_language=other,
            definition=self.text(term, "skos:definition"),
            rows=rows,
            examples=tuple(value.text for value in self._values(term, "skos:example")),
        )

    def rows(self, subject: Node, names: Iterable[str]) -> Rows:
        """Heading → values, for these properties."""
        return [(self.words[name], list(self._values(subject, name))) for name in names]

    def narrower(self, concept: Node) -> list[Value]:
        """The concepts whose broader concept this is."""
        broader = node("skos:broader")
        return [
            self._value(other)
            for other in self.facts.subjects(broader)
            if concept in self.facts.values(other, broader)
        ]

    def _values(self, subject: Node, name: str) -> Iterator[Value]:
        for value in self.facts.values(subject, node(name)):
            if not isinstance(value, Literal) or value.language in {None, self.language}:
                yield self._value(value)

    def _value(self, value: Node) -> Value:
        if not isinstance(value, NamedNode):
            return Value(value.value if isinstance(value, Literal) else str(value))
        title = next(
            filter(None, (self.text(value, title, tag) for title in _TITLES for tag in _TAGS)), ""
        )
        return Value(title or curie(value.value), self._address(value.value))

    def _address(self, iri: str) -> str:
        if iri.startswith(EB):
            return f"{self._root}ns#{iri.removeprefix(EB)}"
        if iri.startswith(CONCEPT) and "#" not in iri:
            scheme, _, concept = iri.removeprefix(CONCEPT).partition("/")
            return f"{self._root}concept/{scheme}" + (f"#{concept}" if concept else "")
        return "" if iri.startswith(CONCEPT) else iri


_TITLES = ("rdfs:label", "skos:prefLabel", "dcterms:title")
_TAGS = ("", "fr")


@cache
def _facts() -> Facts:
    """What the pages are written from: terms, concepts, alignments."""
    return Facts([*load_graph(), *read_turtle(ROOM / "alignments.ttl")])


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
