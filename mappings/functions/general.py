"""Functions on plain values: choosing, comparing, cutting, and finding a column."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from mappings.functions.registry import EBF, Function, Parameter, declare
from mappings.problems import Problem, problem, shown
from vocab.messages import say

_SOME_NAMES, _SOME_COLUMNS = 3, 20
_BEGINNING, _GLANCE = 80, 400
_NOT_WORD = re.compile(r"[\W_]+")
_TRUE = frozenset({"true", "1", "oui", "vrai", "yes", "o", "x", "y"})
_FALSE = frozenset({"false", "0", "non", "faux", "no", "n"})


def is_true(value: Any) -> bool:
    """Whether a condition holds: True, or the text "true"."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def text_of(value: Any) -> str:
    """A plain value as text: booleans and numbers as JSON writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if type(value) is str else str(getattr(value, "value", value))


def present(value: Any) -> bool:
    """Whether there is something: not null, not blank, not an empty list or object."""
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {})


def fold(text: str) -> str:
    """``text`` without case, accents or punctuation, its words joined by ``_``."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return _NOT_WORD.sub("_", letters.replace("œ", "oe").replace("æ", "ae")).strip("_")


def beginning(value: Any) -> str:
    """The first words of ``value``, 80 characters of it at most, and ``…`` where it goes on."""
    text = " ".join(text_of(value)[:_GLANCE].split())
    if len(text) <= _BEGINNING:
        return text
    words = text[: _BEGINNING + 1].rsplit(" ", 1)[0][:_BEGINNING]
    return words.rstrip(" ,;:.–—-") + "…"


def slug(value: Any) -> str | None:
    """``value`` as a short name for an address: ``Le Châtelard`` → ``le-chatelard``."""
    return fold(text_of(value)).replace("_", "-") or None


def first(values: list[Any]) -> Any:
    """The first of ``values`` that is present."""
    return next((value for value in values if present(value)), None)


def field(of: dict[str, Any], names: str, columns: list[Any]) -> Any:
    """The first field of the object ``of`` that bears one of ``names`` and is present.

    ``names`` are separated by ``|``, best first; case, accents and punctuation do not
    count, so ``code postal`` finds ``Code_Postal``. Where ``columns`` are all those of a table
    and none bears one of the names, that is a ``Problem``, the same for every row.
    """
    found = first([of[key] for key in _candidates(tuple(of), names)])
    if found is None and columns and not _candidates(tuple(map(text_of, columns)), names):
        return _no_column(names, columns)
    return found


def _no_column(names: str, columns: list[Any]) -> Problem:
    told = ", ".join(map(text_of, columns[:_SOME_COLUMNS]))
    return problem(
        "no-column",
        say(
            "no column is called {names} — the table has: {columns}; rename one of them, or write"
            " a mapping (docs/mappings.md)",
            names=", ".join(names.split("|")[:_SOME_NAMES]),
            columns=shown(told),
        ),
        told,
    )


@lru_cache(maxsize=4096)
def _candidates(keys: tuple[str, ...], names: str) -> tuple[str, ...]:
    known: dict[str, str] = {}
    for key in keys:
        known.setdefault(fold(key), key)
    wanted = (fold(name) for name in names.split("|"))
    return tuple(known[name] for name in wanted if name in known)


def boolean(value: Any) -> bool | None:
    """``oui``, ``non``, ``true``, ``0``... as a boolean; None for any other word."""
    word = text_of(value).strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def split(value: Any, separators: Any) -> list[str]:
    """The parts of ``value`` between any of the characters ``separators``, trimmed."""
    parts = re.split(f"[{re.escape(text_of(separators))}]", text_of(value))
    return [part.strip() for part in parts if part.strip()]


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same text."""
    return text_of(one) == text_of(other)


def contains(values: list[Any], value: Any) -> bool:
    """Whether ``value`` is one of ``values``."""
    return any(equal(each, value) for each in values)


def among(values: list[Any] | None, names: str) -> bool:
    """Whether any of ``values`` is one of ``names``, which are written as those of ``field``."""
    known = set(map(fold, names.split("|")))
    return any(fold(text_of(each)) in known for each in values or ())


FUNCTIONS: tuple[Function, ...] = (
    declare(EBF, "first", first, Parameter(EBF + "value", "rest")),
    declare(
        EBF,
        "field",
        field,
        Parameter(EBF + "of", "object"),
        "names",
        Parameter(EBF + "columns", "list", required=False),
    ),
    declare(
        EBF,
        "present",
        present,
        Parameter(EBF + "value", "list", required=False),
    ),
    declare(
        EBF,
        "absent",
        lambda value: not present(value),
        Parameter(EBF + "value", "list", required=False),
    ),
    declare(EBF, "contains", contains, Parameter(EBF + "values", "list"), "value"),
    declare(EBF, "among", among, Parameter(EBF + "values", "list", required=False), "names"),
    declare(EBF, "slug", slug, "value"),
    declare(EBF, "beginning", beginning, "value"),
    declare(EBF, "boolean", boolean, "value"),
    declare(EBF, "split", split, "value", "separators"),
)
