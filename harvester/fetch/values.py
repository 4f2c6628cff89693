"""The values that the client works with: limits, validators, what came, what is told of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from harvester.fetch.pages import PARTIAL
from harvester.records import Content, Issue

NOTICES = PARTIAL | {"moved", "robots-advice"}
"""Codes of what is told of an answer, and not of what it holds."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last good answer gave, by which the next one may be found unchanged."""

    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""

    @property
    def conditional(self) -> bool:
        """Whether a server may answer 304 to a request made with them."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much a fetch may take.

    ``connect`` (to one host) and ``read`` (between two packets) are seconds, and so is
    ``total``, from the first hop of the first page to the last byte of the last one, the
    look-up of names and robots.txt included; only waiting for one's turn at a host does not
    count. ``max_bytes`` counts the decoded bytes of all pages.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    max_bytes: int = 50 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address gave, after redirects.

    ``url`` is the final address and ``trail`` the chain that led there, for people; ``moved``
    is the address that has replaced the asked one for good, "" when there is none. ``headers``
    are looked up without regard to case.
    """

    url: str
    trail: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    moved: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``contents`` is None when nothing changed since ``validators`` were given.

    It holds one content for each page of the source. ``url`` is the final address; ``moved``
    is the address that the server says has replaced the registered one for good (301, 308),
    "" when there is none. ``fresh_until`` is until when the publisher says that it holds, None
    when it does not say; ``notices`` are what the operator should know.
    """

    url: str
    at: datetime
    status: int
    contents: tuple[Content, ...] | None
    validators: Validators
    moved: str = ""
    fresh_until: datetime | None = None
    notices: tuple[Issue, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether the server (304) or the hash of the content says that nothing changed."""
        return self.contents is None

    @property
    def is_whole(self) -> bool:
        """Whether every page was read: what the ones read lack may stand on the others."""
        return is_whole(self.notices)


def is_whole(notices: Iterable[Issue]) -> bool:
    """Whether no notice tells of a page that was left unread."""
    return not any(notice.code in PARTIAL for notice in notices)


def hash_of(bodies: Sequence[bytes]) -> str:
    """A digest of all the pages of a source; that of one page is its SHA-256."""
    if len(bodies) == 1:
        return hashlib.sha256(bodies[0]).hexdigest()
    each = b"".join(hashlib.sha256(body).digest() for body in bodies)
    return hashlib.sha256(each).hexdigest()
