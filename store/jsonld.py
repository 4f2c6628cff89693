"""JSON-LD that a script can read: entities compacted by our own context, one at a time.

pyoxigraph writes expanded JSON-LD only, rdflib does not frame, and PyLD is quadratic. This
writer does what publishing needs of compaction (JSON-LD 1.1 API, sections 5.6 and 6): terms
with ``@type``, ``@container: @language`` or ``@set``, prefixes and ``@vocab``. A value that a
term cannot say without loss is written in full, so that expanding gives the very statements
back. (An IRI such as ``<schema:Event>``, whose scheme is one of our prefixes, expands to what
its publisher meant.)
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyoxigraph as ox

from store.errors import StoreError
from vocab import ROOM, term
from vocab.messages import say

BUNDLED = ROOM / "context.jsonld"

Node = ox.NamedNode | ox.BlankNode
Value = Node | ox.Literal
Lookup = Callable[[ox.NamedNode], Iterable[tuple[ox.NamedNode, Value]]]
"""Subject → its predicates and values."""

_RDF_TYPE = term("rdf:type")
_STRING, _BOOLEAN, _INTEGER = term("xsd:string"), term("xsd:boolean"), term("xsd:integer")
_TEXT = (_STRING, term("rdf:langString"))
_GEN_DELIMS = tuple(":/?#[]@")
_UNDERSTOOD = frozenset({"@id", "@type", "@container", "@prefix", "@protected"})
_LOSSLESS = 2**53
_DEEPEST = 30


@dataclass(frozen=True, slots=True, order=True)
class _Term:
    """How a key writes the values of its property."""

    key: str
    coerced: str = ""
    language_map: bool = False
    always_list: bool = False

    def suits(self, value: Value) -> bool:
        """Whether ``value`` is of the kind that this key is made for."""
        if self.language_map:
            return isinstance(value, ox.Literal) and value.datatype.value in _TEXT
        if not isinstance(value, ox.Literal):
            return self.coerced in ("", "@id", "@vocab")
        return self.coerced in ("", value.datatype.value)


class Context:
    """A JSON-LD context, read once: which key says which property.

    ``document`` is what a JSON-LD document carries under ``@context``. A term that uses other
    features than those named above is left alone: its property is written by prefix.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._vocab = str(document.get("@vocab", ""))
        self._defined = {name: text for name, text in document.items() if name[0] != "@"}
        self._prefixes = {
            name: text
            for name, text in self._defined.items()
            if isinstance(text, str) and text.endswith(_GEN_DELIMS)
        }
        self._terms: defaultdict[str, list[_Term]] = defaultdict(list)
        for name, definition in sorted(self._defined.items()):
            self._define(name, definition)
        self._names: dict[str, str] = {}

    @classmethod
    def load(cls, path: Path = BUNDLED) -> Self:
        """The context in the file ``path``.

        Raises:
            StoreError: when it cannot be read, or sets a default that would alter documents.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))["@context"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                say(
                    "{path}: not a JSON-LD context ({reason}) — restore the file",
                    path=str(path),
                    reason=str(error),
                ),
                about=path,
            ) from error
        for keyword in ("@language", "@direction", "@base", "@import"):
            if keyword in document:
                raise StoreError(
                    say(
                        "{path}: {keyword} would change what documents say — remove it",
                        path=str(path),
                        keyword=keyword,
                    ),
                    about=path,
                )
        return cls(document)

    def name(self, iri: str) -> str:
        """The shortest key that stands for ``iri``: a term, a word of ``@vocab``, a prefix."""
        if iri not in self._names:
            self._names[iri] = (
                self._terms[iri][0].key if iri in self._terms else self._by_prefix(iri)
            )
        return self._names[iri]

    def node(
        self,
        subject: ox.NamedNode,
        lookup: Lookup,
        *,
        is_part: Callable[[str], bool],
        seen: set[str],
        depth: int = 0,
    ) -> dict[str, Any]:
        """``subject`` as a node object, its parts nested where they are first met.

        Args:
            subject: an entity, or a part that stands alone.
            lookup: what is said of it and of its parts; nothing of what is not to be nested.
            is_part: whether an IRI names a part.
            seen: the subjects written so far; those written here are added. Parts nested more
                than 30 deep are referred to, and left for the caller to write.
            depth: how deep ``subject`` itself is nested.
        """
        seen.add(subject.value)

        def part(value: Node) -> dict[str, Any] | None:
            if not isinstance(value, ox.NamedNode) or depth >= _DEEPEST:
                return None
            if value.value in seen or not is_part(value.value):
                return None
            return self.node(value, lookup, is_part=is_part, seen=seen, depth=depth + 1)

        return self._object(subject, lookup(subject), part)

    def alone(
        self, subject: Node | ox.Triple, said: Sequence[tuple[ox.NamedNode, Value | ox.Triple]]
    ) -> dict[str, Any]:
        """``subject`` as a node object that refers to others and nests none.

        Raises:
            OSError: one of its terms is a statement (RDF 1.2), which JSON-LD 1.1 cannot hold.
        """
        about = [(key, value) for key, value in said if not isinstance(value, ox.Triple)]
        if isinstance(subject, ox.Triple) or len(about) < len(said):
            raise OSError("JSON-LD cannot hold a statement about a statement: ask for Turtle")
        return self._object(subject, about)

    def _object(
        self,
        subject: Node,
        about: Iterable[tuple[ox.NamedNode, Value]],
        part: Callable[[Node], dict[str, Any] | None] = lambda _: None,
    ) -> dict[str, Any]:
        """A node object; ``part`` gives the one of a value that is to be nested."""
        types: list[Any] = []
        said: defaultdict[_Term, list[tuple[str, Any]]] = defaultdict(list)
        for predicate, value in sorted(about, key=_order):
            if predicate.value == _RDF_TYPE and not isinstance(value, ox.Literal):
                types.append(self.name(_id(value)))
                continue
            key = self._choose(predicate.value, value)
            if isinstance(value, ox.Literal):
                said[key].append((value.language or "@none", self._literal(key, value)))
            else:
                said[key].append(("", part(value) or self._reference(key, value)))
        node: dict[str, Any] = {"@id": _id(subject)}
        if types:
            node["@type"] = _one_or_all(types)
        return node | {key.key: _values(key, said[key]) for key in sorted(said)}

    def _define(self, name: str, definition: Any) -> None:
        """Keep what a term does, when it does no more than what is understood here."""
        if isinstance(definition, str):
            definition = {"@id": definition}
        if not isinstance(definition, dict) or definition.keys() - _UNDERSTOOD:
            return
        containers = definition.get("@container", [])
        containers = {containers} if isinstance(containers, str) else set(containers)
        coerced = str(definition.get("@type", ""))
        iri = self._expand(str(definition.get("@id", name)))
        if iri[:1] == "@" or containers - {"@language", "@set"}:
            return
        if coerced[:1] == "@" and coerced not in ("@id", "@vocab"):
            return
        self._terms[iri].append(
            _Term(
                key=name,
                coerced=coerced if coerced[:1] == "@" else self._expand(coerced),
                language_map="@language" in containers,
                always_list="@set" in containers,
            )
        )

    def _expand(self, name: str) -> str:
        """The IRI that ``name`` stands for inside the context itself."""
        prefix, colon, local = name.partition(":")
        if colon:
            return self._prefixes.get(prefix, f"{prefix}:") + local
        if not name or name[0] == "@":
            return name
        return self._vocab + name

    def _by_prefix(self, iri: str) -> str:
        local = iri.removeprefix(self._vocab)
        if self._vocab and local and local != iri and not _is_taken(local, self._defined):
            return local
        for prefix, namespace in self._prefixes.items():
            local = iri.removeprefix(namespace)
            short = f"{prefix}:{local}"
            if local != iri and short not in self._defined and not local.startswith("//"):
                return short
        return iri

    def _choose(self, predicate: str, value: Value) -> _Term:
        """The key that says ``value`` shortest: coerced to its very type, then any other."""
        suited = [key for key in self._terms.get(predicate, []) if key.suits(value)]
        if suited:
            return max(suited, key=lambda key: (bool(key.coerced), key.language_map, key.key))
        spelt = [key for key in self._terms.get(predicate, []) if not key.language_map]
        return spelt[0] if spelt else _Term(self._by_prefix(predicate))

    def _reference(self, key: _Term, value: Node) -> Any:
        if key.coerced == "@id":
            return _id(value)
        return self.name(_id(value)) if key.coerced == "@vocab" else {"@id": _id(value)}

    def _literal(self, key: _Term, value: ox.Literal) -> Any:
        text, datatype = value.value, value.datatype.value
        if key.language_map or key.coerced == datatype:
            return text
        if value.language:
            full = {"@value": text, "@language": value.language}
            return full | ({"@direction": value.direction.value} if value.direction else {})
        if datatype == _STRING:
            return {"@value": text} if key.coerced else text
        if not key.coerced and datatype == _BOOLEAN and text in ("true", "false"):
            return text == "true"
        if not key.coerced and datatype == _INTEGER and _is_lossless(text):
            return int(text)
        return {"@type": self.name(datatype), "@value": text}


def _id(node: Node) -> str:
    """What ``@id`` says of a node."""
    return node.value if isinstance(node, ox.NamedNode) else str(node)


def _values(key: _Term, said: list[tuple[str, Any]]) -> Any:
    """The values of one key: a language map, a list, or the only one as it is."""
    if not key.language_map:
        values = [value for _, value in said]
        return values if key.always_list else _one_or_all(values)
    languages: defaultdict[str, list[Any]] = defaultdict(list)
    for language, text in said:
        languages[language].append(text)
    return {language: _one_or_all(texts) for language, texts in sorted(languages.items())}


def _order(said: tuple[ox.NamedNode, Value]) -> tuple[str, str]:
    return said[0].value, str(said[1])


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _is_taken(local: str, defined: Mapping[str, Any]) -> bool:
    """Whether ``local`` would not be read as a word of ``@vocab``."""
    return local in defined or ":" in local or local[0] == "@"


def _is_lossless(text: str) -> bool:
    """Whether ``text`` comes back the same from a JSON number."""
    return text.lstrip("-").isdecimal() and abs(int(text)) < _LOSSLESS and str(int(text)) == text
