"""Which licences a source states itself, as far as its bytes name one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harvester.records import Content
from harvester.sources.rules import AGREEMENT, LICENCES
from harvester.sources.values import Source

_MOST = 4 << 20  # bytes of a page that are looked at
_ADDRESSES = (
    (re.compile(r"creativecommons\.org/licenses/(by(?:-nc)?(?:-sa|-nd)?)/([0-9]\.[0-9])"), "cc-"),
    (re.compile(r"creativecommons\.org/publicdomain/zero"), "cc0-1.0"),
    (re.compile(r"opendatacommons\.org/licenses/odbl|openstreetmap\.org/copyright"), "odbl-1.0"),
    (re.compile(r"opendatacommons\.org/licenses/by\b"), "odc-by-1.0"),
    (re.compile(r"etalab\.gouv\.fr/[\w/-]*licence|spdx\.org/licenses/etalab-2\.0"), "etalab-2.0"),
)
_SPOKEN = re.compile(
    r"(?:licen[cs]e|rights|droits|copyright|attribution)[^\n]{0,120}?"
    r"(?:\b(?P<odbl>odbl|open database licen[cs]e)\b|(?P<etalab>licence ouverte|etalab|\blov2\b)"
    r"|\bcc[ -](?P<cc>by(?:-nc)?(?:-sa|-nd)?)\b|(?P<zero>\bcc0\b))",
    re.IGNORECASE,
)
"""A licence that is named beside a word which says that it is one."""

_NAMES = {"odbl": "odbl-1.0", "etalab": "etalab-2.0", "zero": "cc0-1.0"}


def stated(contents: Iterable[Content]) -> tuple[str, ...]:
    """The licences that a source names in its bytes, by their short names, each once."""
    found: dict[str, None] = {}
    for content in contents:
        text = content.body[:_MOST].decode("utf-8", "replace").replace("\\/", "/")
        for pattern, name in _ADDRESSES:
            for match in pattern.finditer(text):
                found[name + "-".join(match.groups()) if match.groups() else name] = None
        for match in _SPOKEN.finditer(text):
            group = match.lastgroup or ""
            found[_NAMES.get(group) or f"cc-{match[group].lower()}-4.0"] = None
    return tuple(found)


def contradicts(source: Source, names: Iterable[str]) -> bool:
    """Whether the source states licences, and its block another one than any of them."""
    known = {LICENCES.get(name, name) for name in names}
    block = source.licence
    return bool(known) and block not in (None, AGREEMENT) and source.licence_iri not in known
