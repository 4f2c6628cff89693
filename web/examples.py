"""The saved queries as pages offer them: ready to run here, or from a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.requests import Request

from sparql.ask import saved
from vocab.iris import Iris
from vocab.messages import Message, say
from web.agenda import Period
from web.shell import language_of

TITLES: Mapping[str, Message] = MappingProxyType(
    {
        "agenda": say("The agenda of this week"),
        "counts": say("How many things of each kind"),
        "places-by-type": say("The places by type"),
        "sources": say("The sources, their licences, and when they last changed"),
        "curated": say("What was corrected or put first by hand, and by whom"),
    }
)
"""The saved queries, ``sparql/queries/*.rq``."""


@dataclass(frozen=True, slots=True)
class Example:
    """A saved query, ready to run.

    ``address`` shows its answer as a page, ``csv`` gives it as a table; ``command`` asks it from
    a terminal.
    """

    name: str
    title: Message
    text: str
    address: str
    csv: str
    command: str


def examples(request: Request, period: Period, base: str) -> list[Example]:
    """The saved queries, asked of the node at ``base`` about ``period``."""
    tag = ox.Literal(language_of(request))
    provenance = ox.NamedNode(Iris(base).graph("provenance"))
    values: Mapping[str, Mapping[str, ox.Literal | ox.NamedNode]] = {
        "agenda": {**period.values(), "language": tag},
        "counts": {},
        "places-by-type": {"language": tag},
        "sources": {"provenance": provenance},
        "curated": {"provenance": provenance},
    }
    endpoint = str(request.url_for("sparql"))
    return [
        _example(name, saved(name, **values[name]), endpoint, language_of(request))
        for name in TITLES
    ]


def _example(name: str, text: str, endpoint: str, language: str) -> Example:
    query = shlex.quote(text)
    return Example(
        name,
        TITLES[name],
        text,
        f"/sparql?{urlencode({'lang': language, 'query': text})}",
        f"/sparql?{urlencode({'format': 'csv', 'query': text})}",
        f"curl -G -H 'Accept: text/csv' {endpoint} \\\n  --data-urlencode query={query}",
    )
