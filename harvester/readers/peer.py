"""Pages of a SPARQL endpoint, in N-Triples or Turtle, each with its proof at the end."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.peers.proof import Proof, proof_of
from harvester.readers import rdf
from harvester.records import Content, Issue, ReadOptions, Record
from vocab.messages import say

CUT = "peer-cut-short"
"""The code of the issue that tells that a page was not whole."""


def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
    """The things that were asked for, and not those that they lead to.

    An answer without proof, which was not read by this program, is read like any RDF.

    Raises:
        ReadError: when the body is not RDF.
    """
    proof = proof_of(content.body)
    if proof is None:
        yield from rdf.read(content, options)
        return
    if not proof.things:
        return
    quads = rdf.statements(content, options)
    yield from rdf.described(quads, proof.things)
    given = len(set(quads))
    if given != proof.statements:
        yield _cut(proof, given)


def _cut(proof: Proof, given: int) -> Issue:
    if proof.statements < 0:
        message = say(
            "the peer does not count what it says: whether its answers are whole is not known, "
            "and nothing is taken for gone"
        )
    else:
        message = say(
            "the peer gave {given} of the {count} statements that it counts for {things} things: "
            "it cuts its answers, and nothing is taken for gone — write a smaller “page_size”",
            given=given,
            count=proof.statements,
            things=len(proof.things),
        )
    return Issue(CUT, message, "warning")
