"""Words said to people, as values: a text in English and what fills it.

A message is made where something is known and rendered where somebody reads it, so that
a reason kept in the state of a source can be shown in French on a page and in English in
a terminal. Texts in the code are English; ``vocab/locale/*.po`` hold the translations
(gettext catalogues, read with Babel, no compiled file to keep in step).
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

LANGUAGES = ("fr", "en")
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person: ``Message("no column {name}", {"name": "titre"})``.

    ``text`` is the English sentence, a ``str.format_map`` template, and the key of its
    translation. ``values`` must be plain values (str, int, float, bool), so that the
    message can be kept as JSON; another message among them is told in the same language.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def render(self, language: str = "en") -> str:
        """The sentence in ``language``; English where a translation is missing."""
        values = {
            name: value.render(language) if isinstance(value, Message) else _harmless(value)
            for name, value in self.values.items()
        }
        return translations(language).gettext(self.text).format_map(values)

    def __str__(self) -> str:
        return self.render()

    def to_json(self) -> str:
        """The message as JSON text, for the operational state."""
        return json.dumps([self.text, dict(self.values)], ensure_ascii=False, default=str)

    @classmethod
    def from_json(cls, text: str) -> Message:
        """The inverse of ``to_json``."""
        sentence, values = json.loads(text)
        return cls(sentence, values)


def _harmless(value: object) -> object:
    """A value without what steers a terminal (ECMA-48) or turns the text around it (UAX 9).

    It may be a title that a stranger wrote.
    """
    return _STEERING.sub(" ", value) if isinstance(value, str) else value


def say(text: str, /, **values: object) -> Message:
    """A ``Message``, written the short way: ``say("no column {name}", name="titre")``."""
    return Message(text, values)


class Told(Exception):  # noqa: N818  # the rooms' errors end in Error
    """Base of the rooms' errors: it says, in a ``Message``, what is wrong and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message.render()


@cache
def translations(language: str) -> NullTranslations:
    """The gettext catalogue of ``language``, an empty one for English or an unknown one."""
    path = _CATALOGUES / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # only where French is spoken
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    catalogue = GNUTranslations(compiled)
    catalogue.add_fallback(_Shapes() if language == "fr" else NullTranslations())
    return catalogue


class _Shapes(NullTranslations):
    """The messages of the SHACL shapes, which hold their own translation."""

    def gettext(self, message: str) -> str:
        """``message`` in French, or as it is."""
        from vocab.shapes import french_messages  # noqa: PLC0415  # it speaks through this file

        return french_messages().get(message, message)


def language_of(environ: Mapping[str, str] = os.environ) -> str:
    """The language to speak: ``ENBAUGES_LANG``, else the locale; French unless it says English.

    The order of the variables is that of POSIX (``LC_ALL``, ``LC_MESSAGES``, ``LANG``).
    """
    for name in ("ENBAUGES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "en" if value.lower().startswith("en") else "fr"
    return "fr"
