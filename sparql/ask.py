"""Asking from inside the program: the command line, and the pages' saved queries."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from sparql.exchange import Operation
from sparql.protocol import prepare
from sparql.values import Limits
from sparql.workers import Pool
from store.generations import Generation

QUERIES = Path(__file__).parent / "queries"
Row = dict[str, str]
_PARAMETERS = re.compile(r"^ *VALUES \((?P<names>[^)]*)\) \{.*\}$", re.MULTILINE)


def saved(name: str, **values: ox.NamedNode | ox.Literal) -> str:
    """The saved query ``queries/NAME.rq``, with ``values`` in the place of its own.

    The file holds example values on one ``VALUES`` line, so that it runs as it is. Values
    are RDF terms, written by pyoxigraph, which escapes what they hold.

    Raises:
        KeyError: the names are not those of the query's ``VALUES`` line.
    """
    text = (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    if not values:
        return text
    found = _PARAMETERS.search(text)
    names = found["names"].replace("?", "").split() if found else []
    if found is None or set(names) != set(values):
        raise KeyError(name, sorted(names), sorted(values))
    row = " ".join(str(values[name]) for name in names)
    line = f"  VALUES ({found['names']}) {{ ({row}) }}"
    return text[: found.start()] + line + text[found.end() :]


async def rows(pool: Pool, text: str, client: str) -> list[Row]:
    """The solutions of a SELECT: for each, the lexical value of its bound variables.

    Raises:
        SparqlError: the query is refused, or has no answer in time.
    """
    plan = prepare(Operation(text, (), (), "json"), "", pool, text)
    async with pool.ask(plan.question, client) as answer:
        body = b"".join([chunk async for chunk in answer.chunks])
    bindings: list[Mapping[str, Mapping[str, str]]] = json.loads(body)["results"]["bindings"]
    return [{name: term["value"] for name, term in binding.items()} for binding in bindings]


def run_query(
    generation: Generation,
    text: str,
    out: BinaryIO,
    *,
    format: str = "",  # noqa: A002  # the word that people write
    limits: Limits | None = None,
) -> None:
    """Answer ``text`` on ``generation`` into ``out``, as the endpoint would.

    The same check and the same limits hold, in one worker that is started for it.

    Args:
        generation: the published state to ask.
        text: the query.
        out: where the result is written, binary.
        format: short name or media type; "" is JSON for rows and Turtle for graphs.
        limits: the endpoint's when None.

    Raises:
        SparqlError: the query is refused, malformed or too heavy; ``out`` may then hold the
            beginning of a result.
    """
    asyncio.run(_run_query(generation, text, out, format, limits or Limits()))


async def _run_query(
    generation: Generation, text: str, out: BinaryIO, name: str, limits: Limits
) -> None:
    async with Pool(lambda: generation, replace(limits, workers=1)) as pool:
        plan = prepare(Operation(text, (), (), name), "", pool, text)
        async with pool.ask(plan.question, "") as answer:
            async for chunk in answer.chunks:
                out.write(chunk)
