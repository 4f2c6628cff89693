"""Entries without a native id: which of their fields could be it.

A key made from the content changes with it, so that a renamed place becomes a new one. The
operator is told once per source, and which fields might identify the entries instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvester.records import Issue
from vocab.messages import say

_LOOKED_AT = 200  # entries: enough to see whether a field repeats itself
_SHOWN = 5
_LONGEST = 80  # characters: longer texts describe, they do not identify


class Unkeyed:
    """Watches the entries of one source that have no id."""

    def __init__(self) -> None:
        self._count = 0
        self._all = True
        self._values: dict[str, set[str]] = {}

    def watch(self, fields: Mapping[str, Any], *, has_id: bool) -> None:
        """Look at one entry; one that has an id means that the source has ids."""
        if has_id:
            self._all = False
        if not self._all or self._count >= _LOOKED_AT:
            return
        told = {name: text for name, value in fields.items() if (text := _name_like(value))}
        if not self._count:
            self._values = {name: set() for name in told if not name.startswith("_")}
        self._count += 1
        for name in list(self._values):
            values = self._values[name]
            values.add(told.get(name, ""))
            if "" in values or len(values) < self._count:
                del self._values[name]

    def issue(self) -> Issue | None:
        """The notice for the source, None where its entries have ids or there are none."""
        if not self._all or self._count < 2:  # noqa: PLR2004  # one entry is no table
            return None
        if not self._values:
            message = say(
                "no column identifies the rows, so that a change of one makes it a new one — ask"
                " its publisher for a column of lasting ids, and write key = with its name"
            )
            return Issue("no-key", message, "notice")
        message = say(
            "no column identifies the rows, so that a change of one makes it a new one — write"
            " key = with the name of a column that is filled, different and lasting in each row,"
            " such as: {columns}",
            columns=", ".join(list(self._values)[:_SHOWN]),
        )
        return Issue("no-key", message, "notice")


def _name_like(value: Any) -> str:
    """``value`` as text where it may name a thing: short, and no decimal number."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = str(value).strip()
    is_decimal = (
        not text.isdecimal() and text.lstrip("+-").replace(",", ".").replace(".", "", 1).isdecimal()
    )
    return "" if is_decimal or len(text) > _LONGEST else text
