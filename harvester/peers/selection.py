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

_SAID = f"""?{{thing}} ?eb_p ?eb_o .
    OPTIONAL {{{{ ?eb_o ?eb_q ?eb_v . FILTER(?eb_p != {_TYPE})
      OPTIONAL {{{{ ?eb_v ?eb_r ?eb_w . FILTER(isBlank(?eb_v)
        || CONTAINS(STR(?eb_v), "/.well-known/genid/")
        || STRBEFORE(CONCAT(STR(?eb_v), "#"), "#") = STRBEFORE(CONCAT(STR(?eb_o), "#"), "#"))
      }}}} }}}}"""
"""Everything said of a thing, of what it leads to, and of the parts of that: blank nodes,
fragments of the same document, blank nodes that were given a name (RDF 1.1, section 3.5)."""

_TRIPLES = (("{thing}", "eb_p", "eb_o"), ("eb_o", "eb_q", "eb_v"), ("eb_v", "eb_r", "eb_w"))


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
        template = " . ".join(f"?{s} ?{p} ?{o}" for s, p, o in self._triples)
        return self._written(f"CONSTRUCT {{ {template} }}", self._said(after, last))

    def counted(self, after: str, last: str) -> str:
        """How many different statements ``statements`` has: one row, ``?count``."""
        said = self._said(after, last)
        ways = " UNION ".join(
            f"{{ {said} FILTER(BOUND(?{o})) BIND(?{s} AS ?eb_1) BIND(?{p} AS ?eb_2)"
            f" BIND(?{o} AS ?eb_3) }}"
            for s, p, o in self._triples
        )
        inner = f"{{ SELECT DISTINCT ?eb_1 ?eb_2 ?eb_3 WHERE {{ {ways} }} }}"
        return self._written("SELECT (COUNT(*) AS ?count)", inner)

    @property
    def _triples(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(name.format(thing=self.thing) for name in each) for each in _TRIPLES)

    def _said(self, after: str, last: str) -> str:
        said = _SAID.format(thing=self.thing)
        return f"{self._things}\n  {self._between(after, last)}\n  {said}"

    @property
    def _things(self) -> str:
        if self.query:
            return f"{{ {self._body} }}"
        return f"VALUES ?eb_kind {{ {_listed(self.classes)} }} ?eb_thing a ?eb_kind .\n  {_NO_PART}"

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


def _listed(classes: tuple[str, ...]) -> str:
    return " ".join(f"<{iri_of(each)}>" for each in classes)


def iri_of(name: str) -> str:
    """The IRI of a class, which may be written with a known prefix (``schema:Event``)."""
    prefix, colon, rest = name.partition(":")
    known = PREFIXES.get(prefix) if colon and not rest.startswith("//") else None
    return f"{known}{rest}" if known else name


_NO_PART = f"""FILTER(!CONTAINS(STR(?eb_thing), "#") || NOT EXISTS {{
    ?eb_whole ?eb_to ?eb_thing ; a ?eb_any . VALUES ?eb_any {{ {_listed(CLASSES)} }}
    FILTER(STRSTARTS(STR(?eb_thing), CONCAT(STR(?eb_whole), "#"))) }})"""
"""The place of an event is no thing of its own, where its IRI is a fragment of the event's."""


def _quoted(text: str) -> str:
    """A string of SPARQL, whose escapes are those of JSON but for characters beyond U+FFFF."""
    return json.dumps(text, ensure_ascii=False)
