"""Records of another source, for a mapping that joins them with its own.

The mapping names that source by its id, as the file ``ID.json`` of its records: what ``enbauges
map`` reads beside the mapping, a harvest takes from the last good answer that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.records import Content, Issue, ReadOptions
from harvester.sources import Source
from mappings import Mapping, MappingError
from vocab.messages import say

_FILE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.json")


@dataclass(frozen=True, slots=True)
class Other:
    """A source that others are joined with: how it is read, and its last good answer."""

    source: Source
    options: ReadOptions
    contents: tuple[Content, ...]
    content_hash: str


def joined_ids(mapping: Mapping, file: str) -> Iterator[str]:
    """The ids of the sources that ``mapping``, written in ``file``, joins with its own.

    Raises:
        MappingError: when it names a file that is no source's.
    """
    for access in mapping.elsewhere:
        found = _FILE.fullmatch(access)
        if found is None:
            raise MappingError(
                say(
                    "{file}: the mapping of a harvested source joins the records of another "
                    "source, and {access} is none — write ['ID.json~jsonpath', '$.records[*]'], ID "
                    "being the id of that source",
                    file=file,
                    access=access,
                )
            )
        yield found[1]


def absent(source: str) -> Issue:
    """Nothing of the source that is joined can be had."""
    message = say(
        "the mapping joins the records of the source “{source}”, of which nothing is kept here: "
        "what depends on them is left out — check its id, and harvest it first",
        source=source,
    )
    return Issue("join-absent", message, "warning")
