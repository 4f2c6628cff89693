"""The SPARQL 1.1 Protocol over real HTTP: formats, errors, caching, what is cut short."""

import csv
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox
import pytest

from sparql.values import Limits
from store.generations import Generation

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ALL = "SELECT * { ?s ?p ?o }"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3"

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Given so that no context is made for each request: that takes longer than most answers."""

Serve = Callable[..., AbstractContextManager[str]]
Publish = Callable[[Path, Mapping[str, frozenset[str]]], Generation]


@pytest.fixture(scope="module")
def endpoint(published: Generation, roomy: Limits, serve: Serve) -> Iterator[str]:
    with serve(published.path.parent, roomy) as address:
        yield f"{address}/sparql"


@pytest.fixture(scope="module")
def hurried(published: Generation, serve: Serve) -> Iterator[str]:
    """The same data with a deadline of one second."""
    limits = Limits(seconds=1, workers=2, per_client=2)
    with serve(published.path.parent, limits) as address:
        yield f"{address}/sparql"


def _get(endpoint: str, query: str, accept: str = "", **parameters: str) -> httpx.Response:
    headers = {"accept": accept} if accept else {}
    return _request("GET", endpoint, params={"query": query, **parameters}, headers=headers)


def _request(method: str, address: str, **given: Any) -> httpx.Response:
    return httpx.request(method, address, timeout=20, verify=NO_TLS, **given)


def test_the_three_ways_of_asking_get_the_same_answer(endpoint: str) -> None:
    ways = [
        _get(endpoint, COUNT),
        _request("POST", endpoint, data={"query": COUNT}),
        _request(
            "POST", endpoint, content=COUNT, headers={"content-type": "application/sparql-query"}
        ),
    ]
    assert {way.status_code for way in ways} == {200}
    assert {way.json()["results"]["bindings"][0]["n"]["value"] for way in ways} == {"4000"}


@pytest.mark.parametrize(
    ("accept", "kind", "format_"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", "JSON"),
        ("application/json", "application/json", "JSON"),
        ("application/sparql-results+xml", "application/sparql-results+xml", "XML"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", "TSV"),
    ],
)
def test_rows_come_in_the_format_asked(endpoint: str, accept: str, kind: str, format_: str) -> None:
    response = _get(endpoint, ALL, accept)
    assert response.headers["content-type"] == kind
    results = ox.parse_query_results(
        response.content, format=getattr(ox.QueryResultsFormat, format_)
    )
    assert isinstance(results, ox.QuerySolutions)
    assert len(list(results)) == 4000


def test_csv_has_a_line_for_each_row(endpoint: str) -> None:
    response = _get(endpoint, ALL, "text/csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.reader(io.StringIO(response.text)))) == 4001


@pytest.mark.parametrize(
    ("accept", "format_"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/n-quads", ox.RdfFormat.N_QUADS),
        ("application/trig", ox.RdfFormat.TRIG),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_graphs_come_in_the_format_asked(endpoint: str, accept: str, format_: ox.RdfFormat) -> None:
    response = _get(endpoint, GRAPH, accept)
    assert response.headers["content-type"].startswith(accept)
    assert len(list(ox.parse(response.content, format=format_))) == 3


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv"])
def test_ask_says_yes_or_no(endpoint: str, accept: str) -> None:
    assert "true" in _get(endpoint, "ASK { ?s ?p ?o }", accept).text


def test_the_format_parameter_goes_before_the_accept_header(endpoint: str) -> None:
    response = _get(endpoint, COUNT, "text/turtle", format="csv")
    assert response.text == "n\r\n4000\r\n"


@pytest.mark.parametrize(
    ("query", "accept", "status", "told"),
    [
        ("SELECT * { ?s ?p", "", 400, "line 1, column"),
        ("hello", "", 400, "SELECT, ASK, CONSTRUCT"),
        ("", "", 400, "SELECT, ASK, CONSTRUCT"),
        ("INSERT DATA { <a:a> <a:a> <a:a> }", "", 403, "only reads"),
        ("SELECT * { SERVICE <http://127.0.0.1/> {} }", "", 403, "SERVICE"),
        ("SELECT * " + "{" * 500 + "}" * 500, "", 403, "nested"),
        (COUNT, "text/turtle", 406, "text/csv"),
        (COUNT, "image/png", 406, "text/csv"),
    ],
)
def test_what_is_wrong_is_told_in_plain_text(
    endpoint: str, query: str, accept: str, status: int, told: str
) -> None:
    headers = {"accept-language": "en"} | ({"accept": accept} if accept else {})
    response = _request("GET", endpoint, params={"query": query}, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert told in response.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"ASK {}", "text/plain", 415),
        (b"ASK {}", "", 415),
        (b"ASK {}", "application/sparql-query; charset=utf-16", 415),
        (b"INSERT DATA {}", "application/sparql-update", 403),
        (b"update=CLEAR+ALL", "application/x-www-form-urlencoded", 403),
        (b"a=b", "application/x-www-form-urlencoded", 400),
        (b"ASK { \xff }", "application/sparql-query", 400),
        (b"query=%FF", "application/x-www-form-urlencoded", 400),
        (b"query=ASK{}&query=ASK{}", "application/x-www-form-urlencoded", 400),
        (b"query=" + b"a" * (1 << 20), "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_post_that_is_not_a_query_is_refused(
    endpoint: str, content: bytes, kind: str, status: int
) -> None:
    response = _request("POST", endpoint, content=content, headers={"content-type": kind})
    assert response.status_code == status
    assert response.text


def test_other_methods_are_told_which_there_are(endpoint: str) -> None:
    response = _request("PUT", endpoint, params={"query": COUNT})
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_a_relative_graph_is_refused(endpoint: str) -> None:
    assert _get(endpoint, COUNT, **{"default-graph-uri": "canonical"}).status_code == 400


def test_the_default_graph_is_the_canonical_one_unless_the_client_names_one(
    endpoint: str,
) -> None:
    provenance = "https://data.example/graph/provenance"
    by_protocol = _get(endpoint, COUNT, "text/csv", **{"default-graph-uri": provenance})
    by_query = _get(endpoint, COUNT.replace("{", f"FROM <{provenance}> {{"), "text/csv")
    by_graph = _get(
        endpoint, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{provenance}> {{ ?s ?p ?o }} }}", "text/csv"
    )
    assert {by_protocol.text, by_query.text, by_graph.text} == {"n\r\n1\r\n"}


def test_the_dataset_of_the_protocol_replaces_that_of_the_query(endpoint: str) -> None:
    provenance = "https://data.example/graph/provenance"
    query = COUNT.replace("{", f"FROM <{provenance}> {{")
    response = _get(endpoint, query, "text/csv", **{"default-graph-uri": "urn:nothing"})
    assert response.text == "n\r\n0\r\n"


def test_an_answer_is_fresh_until_the_next_generation(
    tmp_path: Path, publish: Publish, serve: Serve, roomy: Limits
) -> None:
    graph = "https://data.example/graph/canonical"
    publish(tmp_path, {graph: frozenset({"<urn:a> <urn:p> <urn:o> ."})})
    with serve(tmp_path / "generations", replace(roomy, workers=1), every=0.05) as address:
        first = _get(f"{address}/sparql", COUNT, "text/csv")
        again = {"if-none-match": first.headers["etag"], "accept": "text/csv"}
        same = _request("GET", f"{address}/sparql", params={"query": COUNT}, headers=again)
        assert (same.status_code, same.content) == (304, b"")
        json = _get(f"{address}/sparql", COUNT, "application/json")
        assert json.headers["etag"] != first.headers["etag"]
        assert first.headers["vary"] == "Accept"
        publish(tmp_path, {graph: frozenset({"<urn:b> <urn:p> <urn:o> ."})})
        while _request("GET", f"{address}/readyz").text != "generation 2\n":
            time.sleep(0.02)
        renewed = _request("GET", f"{address}/sparql", params={"query": COUNT}, headers=again)
        assert (renewed.status_code, renewed.text) == (200, "n\r\n2\r\n")


def test_an_answer_that_changes_with_time_is_not_kept(endpoint: str) -> None:
    response = _get(endpoint, "SELECT (NOW() AS ?now) {}")
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"


def test_a_page_of_another_site_may_ask(endpoint: str) -> None:
    preflight = _request("OPTIONS", endpoint)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = _get(endpoint, COUNT)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]


def test_head_has_the_headers_alone(endpoint: str) -> None:
    response = _request("HEAD", endpoint, params={"query": ALL})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "application/sparql-results+json"
    assert _request("HEAD", endpoint, params={"query": "ASK {"}).status_code == 400


def test_the_service_describes_itself(endpoint: str) -> None:
    response = _request("GET", endpoint, headers={"accept": "text/turtle"})
    store = ox.Store()
    store.load(response.content, format=ox.RdfFormat.TURTLE)
    described = store.query(
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
        "PREFIX void: <http://rdfs.org/ns/void#> "
        "ASK { ?service a sd:Service ; sd:endpoint ?endpoint ; "
        "sd:supportedLanguage sd:SPARQL11Query ; sd:resultFormat ?format ; "
        "sd:defaultDataset [ sd:defaultGraph [ void:triples 4000 ] ; "
        "sd:namedGraph [ sd:name <https://data.example/graph/provenance> ] ] }"
    )
    assert described
    assert endpoint in response.text


def test_a_browser_gets_a_form_and_a_table(endpoint: str) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    form = _request("GET", endpoint, headers={"accept": browser})
    assert "<textarea" in form.text
    table = _get(endpoint, "SELECT ?s { ?s ?p ?o } LIMIT 2", browser)
    assert table.text.count("<td>") == 2
    wrong = _get(endpoint, "SELECT ?s { <script>", browser)
    assert wrong.status_code == 400
    assert "<script>" not in wrong.text


def test_a_query_over_its_deadline_before_the_first_byte_is_a_proper_error(hurried: str) -> None:
    response = _get(hurried, CROSS)
    assert response.status_code == 504
    assert "LIMIT" in response.text


def test_a_result_cut_by_the_deadline_does_not_look_whole(hurried: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        _get(hurried, ENDLESS, "text/csv")


def test_a_reader_that_does_not_read_is_cut_and_frees_its_worker(hurried: str) -> None:
    where = urlsplit(hurried)
    stalled = []
    for _ in range(2):
        client = socket.create_connection((where.hostname, where.port))
        client.sendall(
            b"GET /sparql?query=SELECT*{?a?b?c.?d?e?f} HTTP/1.1\r\nHost: x\r\n"
            b"Accept: text/csv\r\n\r\n"
        )
        stalled.append(client)
    started = time.monotonic()
    assert _get(hurried, COUNT, "text/csv").text == "n\r\n4000\r\n"
    assert time.monotonic() - started < 4
    for client in stalled:
        received = b""
        while piece := client.recv(1 << 16):
            received += piece
        client.close()
        assert received
        assert not received.endswith(b"0\r\n\r\n")


def test_http_1_0_gets_a_length_so_that_a_cut_shows(endpoint: str) -> None:
    where = urlsplit(endpoint)
    with socket.create_connection((where.hostname, where.port)) as client:
        client.sendall(b"GET /sparql?query=SELECT*{?s?p?o} HTTP/1.0\r\nAccept: text/csv\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(1 << 16), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert body.count(b"\n") == 4001


def test_a_full_pool_asks_to_come_back(published: Generation, serve: Serve) -> None:
    limits = Limits(seconds=5, wait=0.1, workers=1, per_client=1)
    with serve(published.path.parent, limits) as address:
        where = urlsplit(address)
        with socket.create_connection((where.hostname, where.port)) as busy:
            query = b"SELECT(COUNT(*)AS?n){?a?b?c.?d?e?f.?g?h?i}"
            busy.sendall(b"GET /sparql?query=" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)
            response = _get(f"{address}/sparql", COUNT)
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) >= 1
        left = time.monotonic()
        while _get(f"{address}/sparql", COUNT).status_code != 200:
            assert time.monotonic() - left < limits.seconds - 1, "its worker is not freed"
