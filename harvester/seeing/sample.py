"""What is looked at of a source beside what is stored of it; gathered where its bytes are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harvester.records import Record
from mappings.functions.content import mask
from mappings.reads import Reads, fields_of
from store.changes import Lines

MADE = frozenset({"all_day", "feed", "geometry", "_line", "_columns"})
"""What a reader says of an entry that is not in it, or says again (docs/records.md)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The first records of a source as its reader gave them, and what is not published of all.

    ``records`` is record IRI → fields; ``unread`` counts the records by the fields that no rule
    of the mapping reads; ``withheld`` those by the properties (IRIs) that are kept back for want
    of a licence, ``masked`` those by the texts in which a number or a mailbox is masked.
    """

    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    withheld: Mapping[str, int] = field(default_factory=dict)
    masked: Mapping[str, int] = field(default_factory=dict)


class Sampler:
    """Looks at each record of a source, and remembers the first ``most`` of them.

    A field whose value stands in another one that is read, or is the id, is not missed.
    """

    def __init__(self, most: int, reads: Reads, *, contacts: bool) -> None:
        """Look for what ``reads`` leaves; ``contacts`` tells that texts are published whole."""
        self._most = most
        self._reads = reads
        self._contacts = contacts
        self._records: dict[str, Mapping[str, Any]] = {}
        self._unread = Counter[str]()
        self._withheld = Counter[str]()
        self._masked = Counter[str]()

    def look(self, iri: str, record: Record) -> None:
        """Look at a record before it is mapped."""
        if len(self._records) < self._most:
            self._records[iri] = record.data
        unread, masked, read = dict[str, Any](), set[str](), set[str](record.key)
        for names, value in fields_of(record.data):
            told = ".".join(names)
            if not self._reads.reads(names):
                unread[told] = value
                continue
            read.add(str(value))
            if not self._contacts and isinstance(value, str) and _holds_contact(value):
                masked.add(told)
        self._masked.update(masked)
        self._unread.update(
            name
            for name, value in unread.items()
            if str(value) not in read and name.partition(".")[0] not in MADE
        )

    def withhold(self, lines: Lines) -> None:
        """Take note of statements about one record that are kept back."""
        self._withheld.update({line.split(" ", 2)[1][1:-1] for line in lines})

    def sample(self) -> Sample:
        """What was seen."""
        counts = (self._unread, self._withheld, self._masked)
        return Sample(self._records, *(dict(each.most_common()) for each in counts))


def _holds_contact(text: str) -> bool:
    """Whether a number or a mailbox stands inside ``text``, and is not all of it."""
    masked = mask(text)
    return masked != text and masked.strip(" …") != ""
