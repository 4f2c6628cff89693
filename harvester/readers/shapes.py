"""JSON of known publishers → Records: entries taken out of the envelopes they come in.

The JSON reader finds the entries; a shape then says, of each, which Records it holds. Names
of fields stay those of the publisher: what they mean is said in the mapping files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harvester.readers import json_entries
from harvester.records import Content, Issue, Reader, ReadOptions, Record

_OF_KEYS = frozenset({"no-key", "json-same-key"})
"""What the JSON reader tells of ids: a shape makes its own."""

Shape = Callable[[Record, ReadOptions], Iterator[Record | Issue]]


def shaped(shape: Shape) -> Reader:
    """A reader of JSON whose entries are what ``shape`` makes of those of ``json_entries``.

    Two Records of one key are left to the caller, as those of every reader.
    """

    def read(content: Content, options: ReadOptions) -> Iterator[Record | Issue]:
        for one in json_entries.read(content, options):
            if isinstance(one, Record):
                yield from shape(one, options)
            elif one.code not in _OF_KEYS:
                yield one

    return read
