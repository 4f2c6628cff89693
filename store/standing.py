"""What is remembered of sources and their runs, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.appraisals import Appraisal
from vocab.messages import Message


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of one source; the one of a source never read is empty.

    ``fingerprint`` tells whether the way of reading changed (source block, mapping, code);
    ``etag``, ``last_modified`` and ``content_hash`` whether the content did. ``checked_at``
    is the last run, ``changed_at`` the last one that changed a quad, ``good_at`` the last one
    that could read the source. ``outcome`` is that of the last
    run, ``reason`` why it is not what it should be; ``failures`` counts the runs that failed
    in a row, since ``broken_since``. ``records`` is how many the last good run read.
    ``not_before`` is when the server that failed asked to be left alone until (Retry-After);
    ``block`` tells whether what the operator wrote of the source changed since the last run,
    and is empty when the run did not say. ``fresh_until`` is until when the server says that
    the last answer holds (Cache-Control, ``ttl``); ``gone_at`` since when it says that the
    address is gone for good (410). ``title`` is what the operator called it at the last run.
    """

    source: str
    fingerprint: str = ""
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""
    checked_at: datetime | None = None
    changed_at: datetime | None = None
    good_at: datetime | None = None
    outcome: str = ""
    reason: Message | None = None
    failures: int = 0
    broken_since: datetime | None = None
    records: int = 0
    not_before: datetime | None = None
    block: str = ""
    fresh_until: datetime | None = None
    gone_at: datetime | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """Something that a run could not understand; ``count`` times the same but for its place.

    ``where`` and ``key`` are those of the first. Severity is error, warning or notice.
    """

    code: str
    severity: str
    message: Message
    where: str = ""
    key: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Absence:
    """A record that its source no longer gives: since when, and for how many good reads."""

    first_missing: datetime
    reads: int


@dataclass(frozen=True, slots=True)
class PastRun:
    """How one run of a source ended, in numbers of records; ``seconds`` of wall time."""

    at: datetime
    outcome: str
    records: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    seconds: float = 0.0
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What a run leaves of one source; None keeps what the run before left."""

    state: SourceState
    issues: Sequence[StoredIssue] | None = None
    absences: Mapping[str, Absence] | None = None
    run: PastRun | None = None
    appraisal: Appraisal | None = None
