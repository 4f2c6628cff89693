"""The SPARQL 1.1 Protocol: SPARQLWrapper writes the request and reads the answer.

What it would send with urllib, without time limit or guard, is handed to whoever runs the route.
SPARQLWrapper is imported where a peer is read: it takes 0.1 s.
"""

from __future__ import annotations

import io
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from harvester.fetch.answers import media_type
from harvester.fetch.errors import FetchError
from harvester.fetch.route import Step
from harvester.fetch.values import Answer
from vocab.messages import say

RDF = "application/n-triples, text/turtle;q=0.9"
RESULTS = "application/sparql-results+json, application/json;q=0.5"
WAYS = ("GET", "POST urlencoded", "POST postdirectly")
"""The three ways of the protocol to ask (SPARQL 1.1 Protocol, section 2.1)."""

_LONGEST_GET = 4_000  # characters of an address that servers take
_OTHER_WAY = frozenset({400, 403, 404, 405, 406, 411, 413, 414, 415, 422, 431, 501})
_RDF_TYPES = frozenset({"application/n-triples", "text/turtle", "text/plain", "text/n3"})


@dataclass
class Exchange:
    """Asks one endpoint, in the way that it was found to understand."""

    endpoint: str
    way: str = ""

    def ask(self, query: str, accept: str) -> Generator[Step, Answer | FetchError, Answer]:
        """The answer to ``query``, asked in each way until one is taken.

        Raises:
            FetchError: when none is, or when the endpoint does not answer; the first reason.
        """
        refusal: FetchError | None = None
        for way in self._ways(query):
            answer = yield self._step(query, accept, way)
            if isinstance(answer, Answer):
                self.way = way
                return answer
            if answer.status not in _OTHER_WAY:
                raise answer
            refusal = refusal or answer
        assert refusal is not None  # noqa: S101  # there is one for each way
        raise refusal

    def value(self, query: str, name: str) -> Generator[Step, Answer | FetchError, list[str]]:
        """The values of the variable ``name`` in the rows that answer the SELECT ``query``.

        Raises:
            FetchError: when there is no answer, or it holds no rows.
        """
        from SPARQLWrapper import JSON  # noqa: PLC0415
        from SPARQLWrapper.Wrapper import QueryResult  # noqa: PLC0415

        answer = yield from self.ask(query, RESULTS)
        try:
            if "json" not in media_type(answer.headers)[0]:
                raise ValueError  # noqa: TRY301
            response: Any = _Response(answer)
            told: Any = QueryResult((response, JSON)).convert()
            values = [str(row[name]["value"]) for row in told["results"]["bindings"]]
            "".join(values).encode()  # half a surrogate pair can be asked about nowhere
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise no_endpoint(self.endpoint, media_type(answer.headers)[0]) from error
        return values

    def graph(self, query: str) -> Generator[Step, Answer | FetchError, Answer]:
        """The answer to the CONSTRUCT ``query``, in N-Triples or Turtle.

        Raises:
            FetchError: when there is none, or it is something else.
        """
        answer = yield from self.ask(query, RDF)
        given = media_type(answer.headers)[0]
        if given not in _RDF_TYPES:
            raise no_endpoint(self.endpoint, given)
        return answer

    def _ways(self, query: str) -> list[str]:
        """The way that was taken before, then the others; long queries are not put in addresses."""
        first = self.way or WAYS[len(self._step(query, RDF, WAYS[0]).url) > _LONGEST_GET]
        return [first, *(way for way in WAYS if way != first)]

    def _step(self, query: str, accept: str, way: str) -> Step:
        from SPARQLWrapper import SPARQLWrapper  # noqa: PLC0415

        parts = urlsplit(self.endpoint)
        wrapper = SPARQLWrapper(urlunsplit(parts._replace(query="", fragment="")))
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            wrapper.addParameter(name, value)
        method, _, form = way.partition(" ")
        wrapper.setOnlyConneg(True)
        wrapper.setMethod(method)
        wrapper.setRequestMethod(form or "urlencoded")
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.setQuery(query)
        request = wrapper._createRequest()  # noqa: SLF001  # the public way would send it
        kept = ("Accept", "Content-type")
        headers = {name: value for name, value in request.header_items() if name in kept}
        body = request.data if isinstance(request.data, bytes) else None
        return Step(request.full_url, headers, body)


def no_endpoint(url: str, given: str) -> FetchError:
    """What answered is no SPARQL endpoint."""
    message = say(
        "{url} answers with {given}, not with the result of a query — write the address of a "
        "SPARQL endpoint, which often ends in /sparql",
        url=url,
        given=given or "?",
    )
    return FetchError("not-sparql", message)


class _Response:
    """An answer as SPARQLWrapper reads one."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.read = io.BytesIO(answer.body).read

    def info(self) -> dict[str, str]:
        return dict(self._answer.headers)

    def geturl(self) -> str:
        return self._answer.url
