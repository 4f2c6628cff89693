"""What readers yield: a Record, one thing as the source says it, or an Issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from vocab.messages import Message, Told

Severity = Literal["error", "warning", "notice"]


class HarvestError(Told):
    """Base of the harvester's errors.

    ::

        HarvestError
        ├── ConfigError    sources.toml cannot be used
        ├── FetchError     an address could not be read, or must not be
        └── ReadError      the bytes are not what the source's kind says
    """


class ReadError(HarvestError):
    """The whole content cannot be read as the format it is said to be."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that came from a source, and what the server said of them.

    ``charset`` and ``media_type`` are those of the Content-Type header, lower case, "" when
    it has none. ``url`` is the final address, which relative links are resolved against.
    """

    body: bytes
    media_type: str = ""
    charset: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The span of time in which recurring events are expanded; both ends aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader needs to know besides the bytes.

    ``timezone`` is the IANA name that floating times are read in; ``iterator`` the JSONPath
    of the entries in a JSON document; ``key`` a dotted path to the native id of an entry
    ("" lets the reader choose); ``delimiter`` and ``encoding`` override detection; ``graph`` is
    the only one that is read of RDF with named graphs, "" for all or the one meant for others.
    """

    window: Window
    timezone: str = "Europe/Paris"
    iterator: str = ""
    key: str = ""
    delimiter: str = ""
    encoding: str = ""
    graph: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing as the source says it, before RDF.

    ``key`` is its native id (an occurrence: the uid of its series, then its recurrence id);
    ``data`` its fields, nested plain values (str, int, float, bool, None, list, dict), as
    ``docs/records.md`` lists them per reader; ``where`` tells a person its place in the
    source ("VEVENT 12, line 340").
    """

    key: tuple[str, ...]
    data: dict[str, Any]
    where: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that could not be understood, kept and shown.

    ``code`` is a short stable name ("ics-bad-rule") by which issues are counted; ``where``
    the place in the source; ``key`` the native id when it is known; an ``error`` left a
    record out, a ``warning`` changed or dropped a value, a ``notice`` only tells.
    """

    code: str
    message: Message
    severity: Severity = "error"
    where: str = ""
    key: tuple[str, ...] = field(default=())


class Reader(Protocol):
    """Bytes → Records, lazily. A broken entry is an Issue, never the end of the file.

    Raises:
        ReadError: on the first ``next()``, when the content as a whole is not the format.
    """

    def __call__(self, content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
        """Yield what ``content`` holds."""
        ...


Json = Mapping[str, Any]
