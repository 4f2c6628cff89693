"""What editors are told of their decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pyoxigraph as ox

from harvester.curation.file import FILE
from harvester.curation.properties import called
from harvester.curation.values import Edit
from harvester.sources import Config
from store.generations import Generation
from store.published import Published
from vocab.messages import Message, language_of, say

_DECIDED = MappingProxyType(
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
    value = _value(edit)
    shown = value if len(value) <= _CUT else f"{value[:_CUT]}…"
    named = called(edit.name, language_of())
    return Message(message.text, {"name": name, "property": named, "value": shown})


def idle(config: Config, generation: Generation | None) -> Iterator[Message]:
    """A sentence for each thing that was decided about and of which nothing was ever published."""
    if generation is None or not config.edits:
        return
    published = Published.open(generation)
    for iri in config.edits.entities:
        if not (published.document(iri) or published.tombstone(iri)):
            yield say("{file}: nothing was ever published at {iri} — is the address complete?",
                      file=FILE, iri=iri)  # fmt: skip


def listing(edits: Iterable[tuple[Edit, str]], zone: ZoneInfo, language: str) -> Iterator[str]:
    """Two lines for each decision: what was decided, by whom, when and why; and about what."""
    for edit, name in edits:
        decided = _DECIDED[edit.kind].render(language)
        if edit.kind == "correct":
            decided = f"{decided}, {called(edit.name, language)} = {_value(edit)}"
        why = f" — {edit.why}" if edit.why else ""
        day = f"{edit.at.astimezone(zone):%Y-%m-%d}"
        told = say(
            "{name}: {decided} ({by}, {day})", name=name, decided=decided, by=edit.by, day=day
        )
        yield told.render(language) + why
        yield f"    {edit.entity}"


def _value(edit: Edit) -> str:
    """What it says, as it was written where that is easier to read."""
    terms = [value for _, value in edit.said]
    literal = all(isinstance(each, ox.Literal) for each in terms)
    return ", ".join([each.value for each in terms] if literal else edit.written)
