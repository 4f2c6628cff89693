"""What a page of a peer must hold, written at its end by us, so that a kept page tells it too.

It is a comment of N-Triples and Turtle: ``#! {"statements": 1204, "things": ["https://…", …]}``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

_MARK = b"\n#! "


@dataclass(frozen=True, slots=True)
class Proof:
    """How many different statements the page has, by the peer's own count, and about what."""

    statements: int
    things: tuple[str, ...]


def sealed(body: bytes, statements: int, things: Sequence[str]) -> bytes:
    """``body`` with its proof at the end."""
    told = {"statements": statements, "things": list(things)}
    return body + _MARK + json.dumps(told).encode() + b"\n"


def proof_of(body: bytes) -> Proof | None:
    """The proof at the end of ``body``; None where there is none."""
    _, mark, written = body.rpartition(_MARK)
    if not mark:
        return None
    try:
        told = json.loads(written)
        return Proof(int(told["statements"]), tuple(map(str, told["things"])))
    except (ValueError, KeyError, TypeError):
        return None
