"""Statements held for looking at: by subject, by class, by property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from vocab import term

Node = NamedNode | BlankNode | Literal | Triple
RDF_TYPE = NamedNode(term("rdf:type"))


class Facts:
    """A small graph in memory. A subject's values keep the order in which they came."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: defaultdict[Node, dict[NamedNode, list[Node]]] = defaultdict(dict)
        self._subjects: defaultdict[NamedNode, dict[Node, None]] = defaultdict(dict)
        self._instances: defaultdict[Node, dict[Node, None]] = defaultdict(dict)
        for subject, predicate, value in triples:
            self._values[subject].setdefault(predicate, []).append(value)
            self._subjects[predicate][subject] = None
            if predicate == RDF_TYPE:
                self._instances[value][subject] = None

    def values(self, subject: Node, predicate: NamedNode) -> Sequence[Node]:
        """The objects of ``subject`` for ``predicate``."""
        known = self._values.get(subject)
        return known.get(predicate, ()) if known else ()

    def value(self, subject: Node, predicate: NamedNode) -> Node | None:
        """The first of ``values``, None when there is none."""
        return next(iter(self.values(subject, predicate)), None)

    def predicates(self, subject: Node) -> Iterable[NamedNode]:
        """The properties that ``subject`` has."""
        return self._values.get(subject, {})

    def subjects(self, predicate: NamedNode) -> Iterable[Node]:
        """The subjects that have ``predicate``."""
        return self._subjects.get(predicate, {})

    def instances(self, of: Node) -> Iterable[Node]:
        """The subjects whose rdf:type is the class ``of``; subclasses are not inferred."""
        return self._instances.get(of, {})

    def list_of(self, head: Node) -> list[Node]:
        """The members of an RDF collection."""
        members = []
        while (first := self.value(head, NamedNode(term("rdf:first")))) is not None:
            members.append(first)
            head = self.values(head, NamedNode(term("rdf:rest")))[0]
        return members
