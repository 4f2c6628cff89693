"""Which licences a source states itself, as far as its bytes name one. Pure.

Looser than what ``discovery`` writes into a block: this is told to a person, who looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harvester.records import Content
from harvester.sources.rules import AGREEMENT, LICENCES, licence_meant
from harvester.sources.values import Source

_MOST = 4 << 20  # bytes of a page that are looked at
_ADDRESS = re.compile(
    r"(?:creativecommons\.org/(?:licenses|publicdomain)|opendatacommons\.org/licenses"
    r"|spdx\.org/licenses)/[\w./-]{1,60}"
)
_SPOKEN = re.compile(
    r"(?:licen[cs]e|rights|droits|copyright|attribution)[^\n]{0,120}?"
    r"(?:(?P<odbl>\bodbl\b|\bopen database licen[cs]e\b)"
    r"|(?P<etalab>licence ouverte|etalab|\blov2\b)|(?P<zero>\bcc0\b)"
    r"|\bcc[ -](?P<cc>by(?:-nc)?(?:-sa|-nd)?)\b)",
    re.IGNORECASE,
)
"""A licence that is named beside a word which says that it is one."""

_NAMES = {"odbl": "odbl-1.0", "etalab": "etalab-2.0", "zero": "cc0-1.0"}


def stated(contents: Iterable[Content]) -> tuple[str, ...]:
    """The licences that a source names in its bytes: short names or addresses, each once."""
    found: dict[str, None] = {}
    for content in contents:
        text = content.body[:_MOST].decode("utf-8", "replace").replace("\\/", "/")
        found |= dict.fromkeys(filter(None, map(licence_meant, _ADDRESS.findall(text))))
        for match in _SPOKEN.finditer(text):
            group = match.lastgroup or ""
            found[_NAMES.get(group) or f"cc-{match[group].lower()}-4.0"] = None
    return tuple(found)


def contradicts(source: Source, names: Iterable[str]) -> bool:
    """Whether the source states licences, and its block another one than any of them."""
    known = {LICENCES.get(name, name) for name in names}
    stated_in_block = source.licence not in {None, AGREEMENT}
    return bool(known) and stated_in_block and source.licence_iri not in known
