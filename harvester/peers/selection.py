"""What is asked of a peer, as SPARQL.

The things are paged by their IRI, and not by offset: a page is what lies between two IRIs, so that
nothing is read twice or missed when the peer gives fewer rows than it was asked for. The text of
a query stays short, whatever a page holds, for servers that take queries in an address only.

::

    count ─▶ things after … ─▶ statements between … and … ─▶ the same, counted
                  ▲─────────────────────┘
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from vocab import PREFIXES

CLASSES: Final = (
    *("schema:Event", "schema:EventSeries", "schema:Place", "schema:Organization"),
    *("schema:Article", "eb:ThirdPlace", "schema:NGO", "schema:Cooperative"),
    *("schema:GovernmentOrganization", "schema:LocalBusiness"),
)
"""What is asked for where a source names neither classes nor a query."""

_PROLOGUE = re.compile(
    r"(?:\s|#[^\n]*\n|\bPREFIX\s+[^\s:]*:\s*<[^<>]*>|\bBASE\s+<[^<>]*>)*", re.IGNORECASE
)
_SELECTED = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?[?$](\w+)", re.IGNORECASE)
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

_LEVELS = (
    "?{thing} ?eb_p ?eb_o . BIND(?{thing} AS ?eb_s)",
    f"?{{thing}} ?eb_to ?eb_s . FILTER(?eb_to != {_TYPE}) ?eb_s ?eb_p ?eb_o .",
    f"""?{{thing}} ?eb_to ?eb_near . FILTER(?eb_to != {_TYPE}) ?eb_near ?eb_on ?eb_s .
    FILTER(isBlank(?eb_s) || CONTAINS(STR(?eb_s), "/.well-known/genid/")
      || STRBEFORE(CONCAT(STR(?eb_s), "#"), "#") = STRBEFORE(CONCAT(STR(?eb_near), "#"), "#"))
    ?eb_s ?eb_p ?eb_o .""",
)
"""What is said of a thing, of what it leads to, and of the parts of that: blank nodes, fragments of
the same document, blank nodes that were given a name (RDF 1.1, section 3.5)."""

_NO_PART = """FILTER NOT EXISTS { ?eb_whole ?eb_holds ?eb_thing
    FILTER(STRSTARTS(STR(?eb_thing), CONCAT(STR(?eb_whole), "#"))
      && ?eb_holds NOT IN (<http://xmlns.com/foaf/0.1/primaryTopic>,
        <https://schema.org/mainEntity>)) }"""
"""The place of an event is no thing of its own, where its IRI is a fragment of the event's; what a
page is about is one."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which things are asked of a peer.

    ``classes`` are IRIs, or names with a known prefix; ``query`` is a SELECT whose first variable
    is the things, where known prefixes need no declaration, "" to go by the classes; ``graph`` is
    the IRI of the graph that is asked, "" for the default one.
    """

    classes: tuple[str, ...] = CLASSES
    query: str = ""
    graph: str = ""

    @property
    def thing(self) -> str:
        """The name of the variable that holds the things; "" when the query names none."""
        if not self.query:
            return "eb_thing"
        found = _SELECTED.match(self._body)
        return found[1] if found else ""

    def count(self) -> str:
        """How many things there are: one row, ``?count``."""
        thing = self.thing
        return self._written(
            f"SELECT (COUNT(DISTINCT ?{thing}) AS ?count)", f"{self._things}\n  {self._between()}"
        )

    def things(self, after: str, most: int) -> str:
        """The next ``most`` things after the IRI ``after``, in order: ``?{thing}``."""
        where = f"{self._things}\n  {self._between(after)}"
        head = f"SELECT DISTINCT ?{self.thing}"
        return f"{self._written(head, where)}\nORDER BY ?{self.thing} LIMIT {most}"

    def statements(self, after: str, last: str) -> str:
        """What is said of the things after ``after`` up to ``last``."""
        return self._written("CONSTRUCT { ?eb_s ?eb_p ?eb_o }", self._said(after, last))

    def counted(self, after: str, last: str) -> str:
        """How many different statements ``statements`` has: one row, ``?count``."""
        inner = f"{{ SELECT DISTINCT ?eb_s ?eb_p ?eb_o WHERE {{ {self._said(after, last)} }} }}"
        return self._written("SELECT (COUNT(*) AS ?count)", inner)

    def _said(self, after: str, last: str) -> str:
        things = f"{self._things}\n  {self._between(after, last)}"
        page = f"{{ SELECT DISTINCT ?{self.thing} WHERE {{ {things} }} }}"
        return " UNION ".join(
            f"{{ {page} {level.replace('{thing}', self.thing)} }}" for level in _LEVELS
        )

    @property
    def _things(self) -> str:
        if self.query:
            return f"{{ {self._body} }}"
        listed = " ".join(f"<{iri_of(each)}>" for each in self.classes)
        return f"VALUES ?eb_kind {{ {listed} }} ?eb_thing a ?eb_kind .\n  {_NO_PART}"

    def _between(self, after: str = "", last: str = "") -> str:
        """Things that have an IRI, which are the ones that can be paged."""
        thing = self.thing
        bounds = [f"isIRI(?{thing})"]
        bounds += [f"STR(?{thing}) > {_quoted(after)}"] if after else []
        bounds += [f"STR(?{thing}) <= {_quoted(last)}"] if last else []
        return f"FILTER({' && '.join(bounds)})"

    @property
    def _body(self) -> str:
        return self.query[len(self._own_prologue) :].strip()

    @property
    def _own_prologue(self) -> str:
        found = _PROLOGUE.match(self.query)
        return found[0] if found else ""

    @property
    def _prologue(self) -> str:
        """The prefixes that the query declares, and the known ones that it uses without."""
        own = self._own_prologue
        used = {name for name in PREFIXES if re.search(rf"(?<![\w.-]){name}:", self._body)}
        known = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in sorted(used))
        return known + own

    def _written(self, head: str, where: str) -> str:
        graph = f" FROM <{self.graph}>" if self.graph else ""
        return f"{self._prologue}{head}{graph} WHERE {{\n  {where}\n}}"


def iri_of(name: str) -> str:
    """The IRI of a class, which may be written with a known prefix (``schema:Event``)."""
    prefix, colon, rest = name.partition(":")
    known = PREFIXES.get(prefix) if colon and not rest.startswith("//") else None
    return f"{known}{rest}" if known else name


def _quoted(text: str) -> str:
    """A string of SPARQL, whose escapes are those of JSON but for characters beyond U+FFFF."""
    return json.dumps(text, ensure_ascii=False)
