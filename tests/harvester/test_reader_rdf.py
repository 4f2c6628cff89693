"""RDF from elsewhere: the same graph in another order is the same, and nothing runs for ever."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyoxigraph as ox
import pytest

from harvester.readers import rdf
from harvester.readers.text import hash_key
from harvester.records import Content, Issue, ReadOptions, Record, Window

OPTIONS = ReadOptions(Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)))


def records(body: bytes) -> dict[tuple[str, ...], Any]:
    found = rdf.read(Content(body, "application/n-triples"), OPTIONS)
    return {one.key: one.data for one in found if isinstance(one, Record)}


def shuffled(text: str, seed: int) -> bytes:
    """The same N-Triples in another order, and with other labels."""
    labels = set(re.findall(r"_:\w+", text))
    names = {label: f"_:x{hash_key(seed, label)[1:]}" for label in labels}
    lines = [re.sub(r"_:\w+", lambda found: names[found[0]], line) for line in text.splitlines()]
    return "\n".join(sorted(lines, key=partial(hash_key, seed))).encode()


def in_ntriples(turtle: str) -> str:
    head = "@prefix s: <https://schema.org/> . @base <https://pair.example/> .\n"
    quads = ox.parse(input=(head + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return "\n".join(f"{quad.triple} ." for quad in quads)


def ring(count: int) -> str:
    """So many blank nodes, each of which leads to the next."""
    return " ".join(f"_:a{n} s:follows _:a{(n + 1) % count} ." for n in range(count))


EVENT = 's:name "Fête" ; s:startDate "2026-06-13"'


def parts(count: int, said: str) -> str:
    """So many blank nodes that the event leads to."""
    return " ".join(
        f"<e> s:about _:b{n} . _:b{n} s:name '{said.format(n)}' ." for n in range(count)
    )


@pytest.mark.parametrize(
    ("turtle", "count"),
    [
        (f'<e> a s:Event ; {EVENT} ; s:location [ s:name "Salle" ; s:geo [ s:latitude 4 ] ] .', 1),
        # the same name, day and address: two entries of one key, of which the first counts
        (f'[] a s:Event ; {EVENT} ; s:about "a" . [] a s:Event ; {EVENT} ; s:about "b" .', 1),
        # the place leads back to the event, and nothing to either from outside
        (f"_:e a s:Event ; {EVENT} ; s:location _:p . _:p a s:Place ; s:event _:e .", 2),
        # six in a ring, all alike
        (f"<e> a s:Event ; {EVENT} ; s:about _:a0 . {ring(6)}", 1),
        # a thousand that say the same are one
        (f"<e> a s:Event ; {EVENT} . {parts(1000, 'x')}", 1),
        # more parts than are read of one record: always the same ones
        (f"<e> a s:Event ; {EVENT} . {parts(300, '{}')}", 1),
    ],
)
def test_the_order_and_the_labels_of_blank_nodes_mean_nothing(turtle: str, count: int) -> None:
    text = in_ntriples(turtle)
    first = records(text.encode())
    assert len(first) == count
    for seed in range(4):
        assert records(shuffled(text, seed)) == first


@pytest.mark.parametrize("count", [9, 1000])
def test_blank_nodes_that_nothing_tells_apart_leave_their_record_out(count: int) -> None:
    seen = " ".join(f"<g> s:about _:a{n} ." for n in range(count))
    text = in_ntriples(f"<f> a s:Event ; {EVENT} . <g> a s:Event ; {EVENT} . {seen} {ring(count)}")
    started = time.process_time()
    found = list(rdf.read(Content(text.encode(), "application/n-triples"), OPTIONS))
    assert time.process_time() - started < 5
    assert [one.key for one in found if isinstance(one, Record)] == [("https://pair.example/f",)]
    (issue,) = [one for one in found if isinstance(one, Issue)]
    assert (issue.code, issue.key) == ("blank-nodes-alike", ("https://pair.example/g",))


def test_a_long_chain_in_a_circle_is_told_apart_in_time() -> None:
    text = in_ntriples(f"<e> a s:Event ; {EVENT} ; s:about _:a0 . {ring(200)}")
    started = time.process_time()
    first = records(text.encode())
    assert time.process_time() - started < 5
    assert len(first) == 1
    assert records(shuffled(text, 1)) == first
