"""What is wrong in a configuration file, said so that a volunteer can mend it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from harvester.records import HarvestError
from vocab.messages import Message, say

_SHOWN = 60  # characters of a value that a sentence repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what is wrong, what to write instead.

    ``line`` is None when it is about the whole file; ``source`` is the id of the source
    block it stands in, None elsewhere and in a block without an id.
    """

    line: int | None
    source: str | None
    message: Message
    remedy: Message

    def render(self, filename: str, language: str = "en") -> str:
        """The mistake as one line, ``sources.toml:12: source “agenda”: what — remedy``."""
        if self.line is None:
            whole = say("{file}: {what} — {remedy}")
        elif self.source is None:
            whole = say("{file}:{line}: {what} — {remedy}")
        else:
            whole = say("{file}:{line}: source “{source}”: {what} — {remedy}")
        values = {
            "file": filename,
            "line": self.line,
            "source": self.source,
            "what": self.message.render(language),
            "remedy": self.remedy.render(language),
        }
        return " ".join(Message(whole.text, values).render(language).splitlines())


class ConfigError(HarvestError):
    """``sources.toml`` cannot be used; ``problems`` are all its mistakes, by line."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        super().__init__(
            say("{file} has mistakes: {count}", file=str(path), count=len(self.problems))
        )

    def render(self, language: str = "en") -> str:
        """Every mistake, one a line."""
        return "\n".join(problem.render(str(self.path), language) for problem in self.problems)

    def __str__(self) -> str:
        return self.render()


class WrongValueError(ValueError):
    """A value that a field refuses, with the two halves of the sentence about it.

    ``within`` leads to the wrong key inside of a value that is a table.
    """

    def __init__(self, message: Message, remedy: Message, within: tuple[str, ...] = ()) -> None:
        super().__init__(message.render())
        self.message = message
        self.remedy = remedy
        self.within = within


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one most likely stands for, or None."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def toml(value: object) -> str:
    """A value as it is written in TOML, cut where it is long."""
    match value:
        case str():
            shown = json.dumps(value, ensure_ascii=False)
        case bool():
            shown = str(value).lower()
        case date() | time():
            shown = value.isoformat()
        case list():
            shown = "[…]" if value else "[]"
        case dict():
            shown = "{…}" if value else "{}"
        case _:
            shown = str(value)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
