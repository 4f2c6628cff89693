"""The table of what the editors decided."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from zoneinfo import ZoneInfo

from harvester.curation.values import Edit
from harvester.telling.tables import Table
from vocab.messages import Message, say

_DONE = MappingProxyType(
    {"hide": say("hidden"), "pin": say("put first"), "correct": say("corrected")}
)


_DID = MappingProxyType(
    {
        "hide": say("{name}: hidden; its address says so, and its source still says what it says"),
        "pin": say("{name}: first on the first page and in its day"),
        "correct": say("{name}: {property} is now {value}; the page tells what the source says"),
    }
)
_UNDID = MappingProxyType(
    {
        "hide": say("{name}: shown again, as long as a source announces it"),
        "pin": say("{name}: no longer put first"),
        "correct": say("{name}: {property} is what its source says again"),
    }
)
_CUT = 60  # characters of a value that are shown


def did(edit: Edit, name: str) -> Message:
    """What was done to the thing ``name`` by ``edit``."""
    return _filled(_DID[edit.kind], edit, name)


def undid(edit: Edit, name: str) -> Message:
    """What taking ``edit`` back did to the thing ``name``."""
    return _filled(_UNDID[edit.kind], edit, name)


def _filled(message: Message, edit: Edit, name: str) -> Message:
    value = ", ".join(value.value for _, value in edit.said)
    shown = value if len(value) <= _CUT else f"{value[:_CUT]}…"
    return Message(message.text, {"name": name, "property": edit.name, "value": shown})


def listing(edits: Iterable[tuple[Edit, str]], timezone: str) -> Table:
    """A row for each decision: what it is about, what was decided, by whom, when and why."""
    zone = ZoneInfo(timezone)
    return Table(
        (say("what"), say("decided"), say("by"), say("on"), say("why"), say("address")),
        tuple(
            (
                name or "–",
                _DONE[edit.kind] if edit.kind != "correct" else _correction(edit),
                edit.by,
                f"{edit.at.astimezone(zone):%Y-%m-%d}",
                edit.why,
                edit.entity,
            )
            for edit, name in edits
        ),
    )


def _correction(edit: Edit) -> str:
    return f"{edit.name} = {', '.join(edit.written)}"
