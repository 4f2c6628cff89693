"""The W3C's cases of the SPARQL 1.1 Protocol, read in place: queries, and all that must fail."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from rdflib import RDF, Graph, Namespace
from rdflib.collection import Collection

from sparql.values import Limits
from store.generations import Generation

SUITE = Path(__file__).parents[2].parent / "shared" / "conformance" / "w3c-sparql11" / "protocol"
DATA = "http://kasei.us/2009/09/sparql/data/"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
FORMATS = {
    "tabular": ("sparql-results", "csv", "tab-separated"),
    "boolean": ("sparql-results",),
    "RDF": ("turtle", "n-triples", "rdf+xml"),
}

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's suite is not beside us")

Publish = Callable[[Path, Mapping[str, frozenset[str]]], Generation]
Serve = Callable[..., AbstractContextManager[str]]


@dataclass(frozen=True)
class Exchange:
    """One request of the suite and what must come back."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    succeeds: bool
    boolean: str
    format: str


def _cases() -> list[Any]:
    return list(_exchanges()) if SUITE.is_dir() else []


def _exchanges() -> Iterator[Any]:
    graph = Graph().parse(SUITE / "manifest.ttl")
    for test in sorted(graph.subjects(RDF.type, MF.ProtocolTest), key=str):
        name = str(test).rpartition("#")[2]
        if name.startswith("update_"):
            continue
        (listed,) = graph.objects(graph.value(test, MF.action), HT.requests)
        requests = Collection(graph, listed)
        yield pytest.param([_exchange(graph, request) for request in requests], id=name)


def _exchange(graph: Graph, request: Any) -> Exchange:
    headers = graph.value(request, HT.headers)
    body = graph.value(request, HT.body)
    encoding = str(graph.value(body, CNT.characterEncoding) or "utf-8") if body else ""
    response = graph.value(request, HT.resp)
    statuses = {str(status)[-3:] for status in graph.objects(response, MF.expectedStatus)}
    return Exchange(
        method=str(graph.value(request, HT.methodName)),
        path=str(graph.value(request, HT.absolutePath)),
        headers={
            str(graph.value(header, HT.fieldName)): str(graph.value(header, HT.fieldValue))
            for header in (Collection(graph, headers) if headers else ())
        },
        body=str(graph.value(body, CNT.chars)).encode(encoding) if body else b"",
        succeeds="2xx" in statuses,
        boolean=str(graph.value(response, MF.expectedBoolean) or ""),
        format=str(graph.value(response, MF.expectedFormat) or ""),
    )


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, publish: Publish, serve: Serve
) -> Iterator[str]:
    root = tmp_path_factory.mktemp("w3c")
    graphs = {
        f"{DATA}data{number}.rdf": frozenset(
            (SUITE / f"data{number}.nt").read_text(encoding="utf-8").splitlines()
        )
        for number in (1, 2, 3)
    }
    publish(root, graphs)
    with serve(root / "generations", Limits(workers=1, per_client=1)) as address:
        yield address


@pytest.mark.parametrize("exchanges", _cases())
def test_the_protocol_is_kept(
    client: httpx.Client, address: str, exchanges: list[Exchange]
) -> None:
    for exchange in exchanges:
        response = client.request(
            exchange.method,
            address + exchange.path,
            headers=exchange.headers,
            content=exchange.body,
        )
        assert response.is_success == exchange.succeeds, response.text
        assert response.is_success or 400 <= response.status_code < 500
        if exchange.boolean:
            assert str(response.json()["boolean"]).lower() == exchange.boolean
        if exchange.format:
            kinds = FORMATS[exchange.format]
            assert any(kind in response.headers["content-type"] for kind in kinds)
