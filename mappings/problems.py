"""What can go wrong in this room: a mapping file is wrong, or a value is.

::

    MappingError (Told)    a mapping file cannot be used: raised, names file and line
    Problem                a value of a record cannot be used: returned, never raised
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from vocab.messages import Message, Told

_SOME = 12
Severity = Literal["error", "warning", "notice"]


class MappingError(Told):
    """A mapping file is wrong: its message names the file, the line and what to write.

    ``file`` and ``line`` (from 1; 0 when the whole file is meant) are kept beside the
    message for tools.
    """

    def __init__(self, message: Message, *, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that a mapping could not use.

    ``code`` is a short stable name by which problems are counted ("bad-date"); a
    ``warning`` dropped or changed a value, a ``notice`` only tells. ``value`` is the text
    as the source gives it, cut to 200 characters.
    """

    code: str
    message: Message
    severity: Severity = "warning"
    value: str = ""


def problem(code: str, message: Message, value: object, severity: Severity = "warning") -> Problem:
    """A ``Problem`` about ``value``, which is kept as ``shown``."""
    return Problem(code, message, severity, shown(value))


def shown(value: object) -> str:
    """``value`` for a message: its first 200 characters, fit to be written as UTF-8."""
    return str(value)[:200].encode("utf-8", "backslashreplace").decode()


def nearest(name: str, known: Iterable[str]) -> str:
    """What somebody who wrote ``name`` should write: the closest known name, else some."""
    names = sorted(set(known))
    folded = {each.casefold(): each for each in names}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return folded[near[0]] if near else ", ".join(names[:_SOME] + ["…"] * (len(names) > _SOME))
