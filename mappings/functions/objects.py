"""Functions on objects in JSON: the ones of a kind in a list, tags, texts by language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.functions.general import present, text_of
from mappings.functions.registry import EBF, Function, Parameter, declare, optional
from mappings.paths import Path, PathError, select

_LANGUAGES = ("fr", "fr-FR", "libelleFr", "en", "libelleEn")


def pick(of: dict[str, Any], among: Any, where: Any, equals: Any, take: Any) -> Any:
    """Of the objects at ``among`` in ``of``, the field ``take`` where ``where`` is ``equals``.

    The first, third and last are references (``type.id``); ``equals`` may be several texts
    parted by ``|``: the telephone among the ways to reach somebody.
    """
    wanted = text_of(equals).split("|")
    found = [
        value
        for each in _at(of, text_of(among))
        if isinstance(each, dict)
        and any(text_of(one) in wanted for one in _at(each, text_of(where)))
        for value in _at(each, text_of(take))
        if value is not None
    ]
    return found or None


def _at(of: dict[str, Any], path: str) -> Iterator[Any]:
    try:
        yield from (each for one in select(of, Path.parse(path).steps) for each in _flat(one))
    except PathError:
        return


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    else:
        yield value


def pairs(of: dict[str, Any]) -> list[str]:
    """The fields of an object as ``key=value``, one for each value between ``;`` (OSM tags)."""
    return [
        f"{key}={part.strip()}"
        for key, value in of.items()
        if not isinstance(value, dict | list)
        for part in text_of(value).split(";")
        if part.strip()
    ]


def localised(of: dict[str, Any], language: Any = None) -> Any:
    """The text of an object that holds one per language: ``{"fr": …, "en": …}``.

    In ``language``, French where none is asked for, else English, else whatever there is.
    """
    for name in (*([text_of(language)] if language else ()), *_LANGUAGES):
        if present(of.get(name)):
            return of[name]
    return next((each for each in of.values() if present(each) and _is_text(each)), None)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )


_OF = Parameter(EBF + "of", "object")

FUNCTIONS: tuple[Function, ...] = (
    declare(EBF, "pick", pick, _OF, "among", "where", "equals", "take"),
    declare(EBF, "pairs", pairs, _OF),
    declare(EBF, "localised", localised, _OF, optional("language")),
)
