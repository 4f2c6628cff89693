"""What the endpoint works with: limits, a question, and the errors it answers.

::

    SparqlError
    ├── QueryRefusedError      the text is one this endpoint does not run
    │   └── QueryTooLongError  it is longer than the limit
    ├── QueryMalformedError    the parser cannot read it
    ├── UnsupportedBodyError   a POST of a media type that the protocol does not have
    ├── MethodRefusedError     a method that the protocol does not have
    ├── NotAcceptableError     no format fits what the client accepts
    ├── PoolBusyError          every worker is taken, or this client holds its share
    ├── NotPublishedError      there is no generation to ask
    ├── DeadlineError          evaluation and sending took too long
    ├── QueryFailedError       the store could not evaluate it
    └── WorkerDiedError        the worker ran out of memory or crashed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vocab.messages import Message, Told


class SparqlError(Told):
    """Base of the room's errors; ``status`` is the HTTP status that says the same."""

    status: ClassVar[int] = 500


class QueryRefusedError(SparqlError):
    """The text asks for something this endpoint never does."""

    status = 403


class QueryTooLongError(QueryRefusedError):
    """The text is longer than the limit."""

    status = 413


class QueryMalformedError(SparqlError):
    """The text is not a SPARQL query."""

    status = 400


class UnsupportedBodyError(SparqlError):
    """The Content-Type of the request is not one of the two that the protocol has."""

    status = 415


class MethodRefusedError(SparqlError):
    """The method is not one that the query operation has."""

    status = 405


class NotAcceptableError(SparqlError):
    """None of the formats of this kind of result is one the client accepts."""

    status = 406


class PoolBusyError(SparqlError):
    """No worker became free in time; worth asking again after ``retry_after`` seconds."""

    status = 503

    def __init__(self, message: Message, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotPublishedError(SparqlError):
    """Nothing has been published yet."""

    status = 503


class DeadlineError(SparqlError):
    """The time for evaluating the query and sending its result is over."""

    status = 504


class QueryFailedError(SparqlError):
    """The store could not evaluate the query."""


class WorkerDiedError(SparqlError):
    """The process that ran the query ended: memory limit, CPU limit or crash."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one query and on what a client may hold.

    ``seconds`` covers evaluation and sending; ``wait`` is how long, in seconds, a query may
    wait for a worker; ``memory`` is the address space of a worker in bytes; ``length`` counts
    characters and ``depth`` nested brackets of the text; ``spool`` bounds, in bytes, an
    answer that must be held whole (HTTP/1.0 has no way to say that a body was cut).
    """

    seconds: float = 30.0
    wait: float = 5.0
    memory: int = 1 << 30
    length: int = 64 * 1024
    depth: int = 64
    workers: int = 4
    per_client: int = 2
    waiting: int = 64
    waiting_per_client: int = 16
    spool: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Question:
    """A query as a worker runs it.

    ``base`` is what its relative IRIs are resolved against, the node's own.
    ``default_graphs`` and ``named_graphs`` are the dataset that the protocol names; None
    leaves the dataset to the query and to the store. ``results`` is the key of the format in
    ``formats.FORMATS``. ``again`` is, for a DESCRIBE, what stands before and after the IRIs in
    a query that describes others of the same dataset.
    """

    text: str
    results: str
    base: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    again: tuple[str, str] | None = None
