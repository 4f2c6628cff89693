"""The pages of the vocabulary's addresses: those of ``vocab.pages``, and plain lists for the rest.

A version, the shapes and the founding documents have no page of their own in the vocabulary:
here they become lists of the same ``Page``, from the statements behind their address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from vocab import CONCEPT, EB
from vocab.concepts import SCHEMES, curie, node
from vocab.documents import description
from vocab.facts import Facts, Node
from vocab.headings import WORDS
from vocab.messages import Message, say
from vocab.pages import Entry, Page, Rows, Section, Value, scheme_page, vocabulary_page
from vocab.picture import short

_SEVERITIES = MappingProxyType(
    {
        "sh:Violation": say("What keeps a record from being published"),
        "sh:Warning": say("What is published and flagged"),
        "sh:Info": say("What is counted, no more"),
    }
)
_TARGETS = MappingProxyType(
    {"sh:targetClass": say("Things of class"), "sh:targetSubjectsOf": say("Things that have")}
)
_KINDS = MappingProxyType(
    {
        "owl:Class": ("owl:Class",),
        "properties": ("owl:ObjectProperty", "owl:DatatypeProperty"),
        "rdfs:Datatype": ("rdfs:Datatype",),
    }
)
_HEADER = ("owl:versionInfo", "dcterms:issued", "dcterms:license", "dcterms:bibliographicCitation")


def page_of(path: str, language: str) -> Page:
    """The page of an address that ``vocab.documents.description`` knows, but a lone concept."""
    room, _, rest = path.partition("/")
    if path == "ns":
        return vocabulary_page(language)
    if path == "concept/sources":
        return _sources(_Reader(path, language))
    if room == "concept":
        return scheme_page(rest, language)
    if room == "ns":
        return _version(_Reader(path, language))
    return _shapes(_Reader(path, language))


class _Reader:
    """Reads what is behind one address, in one language."""

    def __init__(self, path: str, language: str) -> None:
        self.language = language
        self.facts = Facts(description(path))
        self.words: Mapping[str, str] = WORDS[language]

    def say(self, message: Message) -> str:
        """A sentence in the language of the page."""
        return message.render(self.language)

    def text(self, subject: Node, name: str, language: str = "") -> str:
        """The value of a property in the language of the page; else in any."""
        values = [one for one in self.facts.values(subject, node(name)) if isinstance(one, Literal)]
        wanted = language or self.language
        return next((one.value for one in values if one.language == wanted), "") or (
            values[0].value if values and not language else ""
        )

    def rows(self, subject: Node, headings: Mapping[str, str]) -> Rows:
        """Heading → values, for the properties that have a heading."""
        return [
            (heading, [_value(value) for value in self.facts.values(subject, node(name))])
            for name, heading in headings.items()
        ]

    def entry(self, subject: Node, anchor: str, label: str) -> Entry:
        """A term or a concept: its names and its definition."""
        other = "en" if self.language == "fr" else "fr"
        return Entry(
            iri=_iri(subject),
            anchor=anchor,
            label=self.text(subject, label),
            other_label=self.text(subject, label, other),
            other_language=other,
            definition=self.text(subject, "skos:definition"),
            rows=(),
            examples=(),
        )


def _version(reader: _Reader) -> Page:
    """The terms and the concepts of a version, as it was published."""
    ontology = next(iter(reader.facts.instances(node("owl:Ontology"))))
    return Page(
        language=reader.language,
        title=f"{reader.text(ontology, 'dcterms:title')} "
        f"{reader.text(ontology, 'owl:versionInfo')}",
        description=reader.text(ontology, "dcterms:description"),
        header=reader.rows(ontology, {name: reader.words[name] for name in _HEADER}),
        sections=(
            *(_terms(reader, kind, classes) for kind, classes in _KINDS.items()),
            *_schemes(reader),
        ),
    )


def _terms(reader: _Reader, kind: str, classes: Iterable[str]) -> Section:
    return Section(
        kind.partition(":")[2].lower() or kind,
        reader.words[kind],
        tuple(
            reader.entry(term, short(term), "rdfs:label")
            for name in classes
            for term in reader.facts.instances(node(name))
            if _iri(term).startswith(EB)
        ),
    )


def _schemes(reader: _Reader) -> Iterator[Section]:
    """The concepts by scheme; some schemes have the name of a property, so anchors are paths."""
    for slug in SCHEMES:
        scheme = NamedNode(CONCEPT + slug)
        concepts = tuple(
            reader.entry(
                concept, f"concept/{_iri(concept).removeprefix(CONCEPT)}", "skos:prefLabel"
            )
            for concept in reader.facts.subjects(node("skos:inScheme"))
            if scheme in reader.facts.values(concept, node("skos:inScheme"))
        )
        if concepts:
            title = reader.text(scheme, "dcterms:title")
            yield Section(f"concept/{slug}", title, concepts)


def _shapes(reader: _Reader) -> Page:
    """What a record must be, by what happens to it otherwise."""
    rules = list(reader.facts.subjects(node("sh:message")))
    return Page(
        language=reader.language,
        title=reader.say(say("What a record must be")),
        description=reader.say(
            say(
                "The shapes, in SHACL: what is wrong with a record that does not conform, and "
                "what becomes of it. Any SHACL validator runs them."
            )
        ),
        sections=tuple(
            Section(
                curie(severity).partition(":")[2].lower(),
                reader.say(heading),
                tuple(
                    _rule(reader, rule)
                    for rule in rules
                    if node(severity) in reader.facts.values(rule, node("sh:severity"))
                ),
            )
            for severity, heading in _SEVERITIES.items()
        ),
    )


def _rule(reader: _Reader, rule: Node) -> Entry:
    shapes = (rule, *_holders(reader.facts, rule))
    targets = [
        (
            reader.say(heading),
            [_value(one) for shape in shapes for one in reader.facts.values(shape, node(name))],
        )
        for name, heading in _TARGETS.items()
    ]
    return Entry(
        iri=_iri(rule),
        anchor=short(rule),
        label=short(rule),
        other_label="",
        other_language=reader.language,
        definition=reader.text(rule, "sh:message"),
        rows=[*targets, (reader.say(say("Property")), _paths(reader.facts, rule))],
        examples=(),
    )


def _holders(facts: Facts, rule: Node) -> list[Node]:
    property_ = node("sh:property")
    return [shape for shape in facts.subjects(property_) if rule in facts.values(shape, property_)]


def _paths(facts: Facts, rule: Node) -> Sequence[Value]:
    """The property that a rule looks at, or each of those of an alternative path."""
    paths: list[Node] = []
    for path in facts.values(rule, node("sh:path")):
        choice = facts.value(path, node("sh:alternativePath"))
        paths += [path] if choice is None else facts.list_of(choice)
    return [_value(path) for path in paths]


def _sources(reader: _Reader) -> Page:
    """The documents that the terms and the definitions are taken from."""
    headings = {
        "schema:publisher": reader.say(say("Published by")),
        "dcterms:issued": reader.words["dcterms:issued"],
        "rdfs:seeAlso": reader.words["rdfs:seeAlso"],
    }
    documents = tuple(
        Entry(
            iri=_iri(document),
            anchor=_iri(document).partition("#")[2],
            label=reader.text(document, "dcterms:title"),
            other_label="",
            other_language=reader.language,
            definition="",
            rows=reader.rows(document, headings),
            examples=(),
        )
        for document in reader.facts.subjects(node("dcterms:title"))
    )
    about = say("What the terms, the concepts and their definitions are taken from.")
    return Page(
        language=reader.language,
        title=reader.say(say("Founding documents")),
        description=reader.say(about),
        sections=(Section("documents", reader.say(say("Documents")), documents),),
    )


def _iri(subject: Node) -> str:
    return subject.value if isinstance(subject, NamedNode) else str(subject)


def _value(value: Node) -> Value:
    if not isinstance(value, NamedNode):
        return Value(value.value if isinstance(value, Literal) else str(value))
    iri = value.value
    return Value(curie(iri), f"/ns#{iri.removeprefix(EB)}" if iri.startswith(EB) else iri)
