"""What travels between the harvester and a child that reads for it.

A task goes as a pickle, since the harvester is to be trusted. What a child answers is JSON:
it has read foreign bytes, and a pickle would be a program.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from traceback import format_exc
from typing import Any

from harvester.digest import Digest, Origin
from harvester.joining import Other
from harvester.records import Content, Issue, ReadError, ReadOptions
from harvester.seeing.sample import Sample
from harvester.sources import Source
from vocab.messages import Message
from vocab.territory.atlas import own_table


@dataclass(frozen=True, slots=True)
class Task:
    """The pages of one source, and how to read them; ``base`` is that of the node's IRIs.

    ``shown`` of its records are to come with the digest as they were read, None for none;
    ``communes`` is the node's own table of them (``vocab.territory.atlas``); ``others`` are the
    sources that its mapping joins with this one.
    """

    source: Source
    base: str
    options: ReadOptions
    contents: tuple[Content, ...]
    shown: int | None = None
    communes: str = field(default_factory=own_table)
    others: tuple[Other, ...] = ()


class UnforeseenError(Exception):
    """Reading met what the program does not know; the text names it."""


def packed(digest: Digest) -> bytes:
    """A digest as JSON."""
    issues = [
        (each.code, each.message.to_json(), each.severity, each.where, each.key)
        for each in digest.issues
    ]
    told = {
        "records": {iri: tuple(lines) for iri, lines in digest.records.items()},
        "issues": issues,
        "origins": digest.origins,
        "sample": digest.sample and asdict(digest.sample),
    }
    return json.dumps(told).encode()


def refused(error: ReadError) -> bytes:
    """The reason why there is no digest."""
    return json.dumps({"refused": error.message.to_json()}).encode()


def unforeseen(error: Exception) -> bytes:
    """What the program does not know."""
    told = {"unforeseen": f"{type(error).__name__}: {error}", "trace": format_exc()}
    return json.dumps(told).encode()


def unpacked(answer: bytes) -> Digest:
    """The digest that a child answered.

    Raises:
        ReadError: the reason why there is none.
        UnforeseenError: what the program does not know.
    """
    told = json.loads(answer)
    if "refused" in told:
        raise ReadError(Message.from_json(told["refused"]))
    if "unforeseen" in told:
        error = UnforeseenError(told["unforeseen"])
        error.add_note(told["trace"])
        raise error
    return Digest(
        records={iri: frozenset(lines) for iri, lines in told["records"].items()},
        issues=tuple(map(_issue, told["issues"])),
        origins={iri: Origin(tuple(key), where) for iri, (key, where) in told["origins"].items()},
        sample=told["sample"] and Sample(**told["sample"]),
    )


def _issue(told: list[Any]) -> Issue:
    code, message, severity, where, key = told
    return Issue(code, Message.from_json(message), severity, where, tuple(key))
